"""The file of an export: JSON Lines, read and written a row at a time.

    {"format": "interview-service export 1", "revision": "0016", "tenants": ["acme"], ...}
    {"table": "interviews", "columns": ["tenant_id", "id", ...]}
    ["acme", "0193...", ...]
    {"end": {"interviews": {"rows": 1, "checksum": "5f2b..."}}}

A moment is a number of milliseconds since 1970. The checksum of a table is the sum of the SHA-256
of its rows, modulo 2^256: the same in whatever order a database has them. A row is hashed as the
JSON of its values, with the keys of objects in order.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Table
from sqlalchemy.engine import Row as DatabaseRow

from interview_service.database.moving.tables import DUE, TABLES, TENANT, Row

FORMAT = "interview-service export 1"

Progress = Callable[[int], None]
"""Is told how many more rows were dealt with."""

Stage = Callable[[str, int], Progress]
"""Is told what begins, and with how many rows."""

_MODULUS = 1 << 256
_NAMES = {table.name: list(table.columns.keys()) for table in TABLES}
_TENANT_AT = {name: columns.index(TENANT) for name, columns in _NAMES.items()}
_DUE_AT = {name: columns.index(DUE) if DUE in columns else None for name, columns in _NAMES.items()}
_GZIP = b"\x1f\x8b"


class MoveRefused(Exception):
    """Records cannot be exported or imported; its text says why, in one line."""


@dataclass(slots=True)
class Tally:
    """How many rows, and their checksum."""

    rows: int = 0
    total: int = 0

    def add(self, row: Row) -> None:
        """Count a row in."""
        self.rows += 1
        digest = sha256(orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).digest()
        self.total = (self.total + int.from_bytes(digest)) % _MODULUS

    def to_dict(self) -> dict[str, Any]:
        """Return it as the last line of a file has it."""
        return {"rows": self.rows, "checksum": f"{self.total:064x}"}


@dataclass(frozen=True, slots=True)
class Summary:
    """What was moved: rows by table, and whose."""

    rows: Mapping[str, int]
    tenants: Sequence[str]
    written: int
    """How many of the rows this command has written."""

    @property
    def total(self) -> int:
        """All rows together."""
        return sum(self.rows.values())


@dataclass(frozen=True)
class Header:
    """The first line of a file."""

    revision: str
    version: str
    database: str
    made: str
    tenants: Sequence[str]
    rows: int

    def to_line(self) -> bytes:
        """Return the line."""
        return _line({"format": FORMAT, **asdict(self)})


def table_line(table: Table) -> bytes:
    """Return the line that the rows of a table come after."""
    return _line({"table": table.name, "columns": [column.name for column in table.columns]})


def row_line(row: DatabaseRow[Any]) -> bytes:
    """Return the line of a row."""
    return _line(list(row))


def end_line(tallies: Mapping[str, Tally]) -> bytes:
    """Return the last line."""
    return _line({"end": {name: tally.to_dict() for name, tally in tallies.items()}})


def _line(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def idle(table: Table, row: Row) -> Row:
    """Return a row as one that no worker looks at by itself."""
    where = _DUE_AT[table.name]
    return row if where is None else [*row[:where], None, *row[where + 1 :]]


class Entry(NamedTuple):
    """A row of a file, and how many bytes its line has."""

    table: Table
    row: Row
    size: int


class ExportFile:
    """A file that was exported, which can be read as often as it takes.

    :param tenant: whose rows are read; None reads all.
    :raise MoveRefused: it is no such file, or has nothing of this tenant.
    """

    def __init__(self, path: Path, tenant: str | None = None) -> None:
        self._path = path
        with _lines(path) as lines:
            first = _parsed(next(lines, b"null"))
        if not isinstance(first, dict) or first.pop("format", None) != FORMAT:
            raise MoveRefused("it is no export of this service")
        self.header = Header(**first)
        if tenant is not None and tenant not in self.header.tenants:
            raise MoveRefused(f"it has nothing of a tenant {tenant}")
        self.tenants = self.header.tenants if tenant is None else [tenant]
        self._wanted = frozenset(self.tenants)
        self._end: Any = None

    def tenant_of(self, entry: Entry) -> str:
        """Return whose row it is."""
        return str(entry.row[_TENANT_AT[entry.table.name]])

    def rows(self, wanted: Sequence[Table] = TABLES) -> Iterator[Entry]:
        """Yield the rows of some tables, in the order of the file.

        :raise MoveRefused: the file cannot be read, or is not what it says it is.
        """
        return (each for each in self._all_rows(wanted) if self.tenant_of(each) in self._wanted)

    def _all_rows(self, wanted: Sequence[Table]) -> Iterator[Entry]:
        by_name = {table.name: table for table in TABLES}
        table: Table | None = None
        with _lines(self._path) as lines:
            next(lines)
            for line in lines:
                if not line.startswith(b"{"):
                    if table is not None and table in wanted:
                        yield Entry(table, _parsed(line), len(line))
                    continue
                told = _parsed(line)
                self._end = told.get("end")
                table = by_name.get(told.get("table"))
                if table is not None and told.get("columns") != _NAMES[table.name]:
                    raise MoveRefused(f"its table {table.name} has other columns")

    def check(self, progress: Progress) -> dict[str, Tally]:
        """Read the whole file, and return what is wanted of it: by table, of idle rows.

        :raise MoveRefused: it is not whole, or was changed.
        """
        tallies, wanted = new_tallies(), new_tallies()
        for entry in self._all_rows(TABLES):
            tallies[entry.table.name].add(entry.row)
            if self.tenant_of(entry) in self._wanted:
                wanted[entry.table.name].add(idle(entry.table, entry.row))
            progress(1)
        if self._end != {name: tally.to_dict() for name, tally in tallies.items()}:
            raise MoveRefused("it is not whole, or was changed: its checksums are other ones")
        return wanted


def new_tallies() -> dict[str, Tally]:
    """Return a tally of no rows for each table."""
    return {str(table.name): Tally() for table in TABLES}


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[bytes]]:
    """Yield the lines of a file, which may be compressed.

    :raise MoveRefused: it is damaged.
    """
    with path.open("rb") as plain:
        compressed = plain.peek(len(_GZIP)).startswith(_GZIP)
        try:
            with gzip.open(plain, "rb") if compressed else nullcontext(plain) as file:
                yield iter(file)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise MoveRefused(f"it is damaged: {error}") from None


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        raise MoveRefused("it is damaged or cut off: a line is no JSON") from None
