"""How times are shown: in the team's time zone, which is named."""

from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from interview_service.domain.clock import from_milliseconds, rfc3339

UTC_ZONE = ZoneInfo("UTC")


def zone() -> ZoneInfo:
    """Return the time zone that times are read and shown in."""
    return UTC_ZONE


def moment(value: datetime | int | None) -> str:
    """Return a moment for people.

    :param value: an aware datetime, or milliseconds since 1970.
    """
    if value is None:
        return "–"
    at = (from_milliseconds(value) if isinstance(value, int) else value).astimezone(zone())
    return _time(value, f"{at.day} {at:%b %Y, %H:%M}")


def day(value: datetime | int | None) -> str:
    """Return the day of a moment for people."""
    if value is None:
        return "–"
    at = (from_milliseconds(value) if isinstance(value, int) else value).astimezone(zone())
    return _time(value, f"{at.day} {at:%b %Y}")


def _time(value: datetime | int, shown: str) -> Markup:
    # Nothing in it comes from outside; formatting it as Markup would cost ten times as much.
    return Markup(f'<time datetime="{rfc3339(value)}">{shown}</time>')  # noqa: S704
