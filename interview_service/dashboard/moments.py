"""How times are shown: in the team's time zone, which is named."""

from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import g
from markupsafe import Markup

from interview_service import lifecycle
from interview_service.dashboard.blueprint import repository
from interview_service.domain.clock import from_milliseconds, rfc3339
from interview_service.domain.errors import DatabaseUnavailable

_UTC = ZoneInfo("UTC")


def zone() -> ZoneInfo:
    """Return the time zone that the visitor's team reads and writes times in.

    It is UTC for nobody, and on the page that says that the database cannot be reached.
    """
    if "visitor" not in g:
        return _UTC
    if "zone" not in g:
        try:
            g.zone = ZoneInfo(lifecycle.tenant_settings(repository()).time_zone)
        except DatabaseUnavailable:
            return _UTC
    return cast(ZoneInfo, g.zone)


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
