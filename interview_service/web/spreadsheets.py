"""CSV that is safe to open in a spreadsheet: no cell of it is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator

from interview_service.domain.clock import rfc3339
from interview_service.domain.interview import InterviewRow, api_name

CSV = "text/csv"
INTERVIEWS = {"Content-Disposition": 'attachment; filename="interviews.csv"'}
"""Headers of a list of interviews."""

_LINES_AT_ONCE = 200
_MOMENTS = frozenset({"scheduled_at", "created_at", "updated_at"})
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """Return a value as a cell's text; a list's items are parted by semicolons.

    Text that a spreadsheet would compute begins with an apostrophe, as OWASP advises: it shows
    what was there, and runs nothing.
    """
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    text = str(value)
    is_formula = isinstance(value, str) and text.lstrip(" ").startswith(_BEGINS_FORMULA)
    return "'" + text if is_formula else text


def interviews(rows: Iterable[InterviewRow]) -> Iterator[str]:
    """Yield rows of a list as CSV, in the API's names and forms, as they are read."""
    is_moment = [name in _MOMENTS for name in InterviewRow._fields]
    records = (
        [
            rfc3339(value) if moment and isinstance(value, int) else value
            for moment, value in zip(is_moment, row, strict=True)
        ]
        for row in rows
    )
    return lines(map(api_name, InterviewRow._fields), records)


def lines(names: Iterable[str], records: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield CSV (RFC 4180) with a header, some lines at a time, as the records come."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(list(names))
    for number, record in enumerate(records, 1):
        writer.writerow([cell(each) for each in record])
        if number % _LINES_AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()
