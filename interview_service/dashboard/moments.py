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
    shown = f"{at.day} {at:%b %Y, %H:%M}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        rfc3339(at), at.tzname(), shown
    )


def day(value: datetime | int | None) -> str:
    """Return the day of a moment for people."""
    if value is None:
        return "–"
    at = (from_milliseconds(value) if isinstance(value, int) else value).astimezone(zone())
    return Markup('<time datetime="{}">{}</time>').format(rfc3339(at), f"{at.day} {at:%b %Y}")
