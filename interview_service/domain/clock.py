"""The one seam through which time and ids enter."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID


def _system_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Clock:
    """Tells the time; tests put another `source` in."""

    source: Callable[[], datetime] = _system_now

    def now(self) -> datetime:
        """Return the present moment, UTC, cut to milliseconds (all that is ever stored)."""
        moment = self.source()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


clock = Clock()

_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}", re.ASCII)


def to_milliseconds(moment: datetime) -> int:
    """Return the milliseconds since 1970 of an aware datetime, exactly."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_milliseconds(value: int) -> datetime:
    """Return the UTC datetime that is so many milliseconds after 1970 began."""
    return _EPOCH + timedelta(milliseconds=value)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)  # its text has no offset to cut off


def rfc3339(moment: datetime | int) -> str:
    """Return an aware datetime, or milliseconds since 1970, as `2024-01-15T10:00:00.000Z`."""
    if type(moment) is int:
        return _text_of(moment)
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def least_id(moment: datetime) -> str:
    """Return what no `new_id` of this moment or a later one comes before."""
    return str(UUID(int=(to_milliseconds(moment) & 0xFFFF_FFFF_FFFF) << 80))


def is_identifier(text: str) -> bool:
    """Tell whether a text is a UUID in its usual form, in either case."""
    return _UUID.fullmatch(text) is not None


def new_id(moment: datetime) -> str:
    """Return a UUID (version 7, RFC 9562) whose order is that of `moment`, to the millisecond."""
    value = (to_milliseconds(moment) & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


@lru_cache(maxsize=4096)
def _text_of(milliseconds: int) -> str:
    """Return a moment's text; the same rows are listed again and again."""
    moment = _NAIVE_EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds") + "Z"
