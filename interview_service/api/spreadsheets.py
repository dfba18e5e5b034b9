"""CSV that is safe to open in a spreadsheet: no cell of it is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator

CSV = "text/csv"

_LINES_AT_ONCE = 200
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
