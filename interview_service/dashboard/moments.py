"""How times are shown: in the team's time zone, which is named."""

from datetime import datetime
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

from flask import g
from markupsafe import Markup

from interview_service import lifecycle
from interview_service.dashboard.blueprint import repository
from interview_service.domain.clock import from_milliseconds, rfc3339, to_milliseconds
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


def moment(value: datetime | int | str | None) -> str:
    """Return a moment for people.

    :param value: an aware datetime, milliseconds since 1970, or RFC 3339.
    """
    return "–" if value is None else _shown(_milliseconds(value), zone(), "%b %Y, %H:%M")


def day(value: datetime | int | str | None) -> str:
    """Return the day of a moment for people."""
    return "–" if value is None else _shown(_milliseconds(value), zone(), "%b %Y")


def _milliseconds(value: datetime | int | str) -> int:
    if isinstance(value, int):
        return value
    return to_milliseconds(datetime.fromisoformat(value) if isinstance(value, str) else value)


@lru_cache(maxsize=4096)
def _shown(milliseconds: int, there: ZoneInfo, form: str) -> Markup:
    """Return a moment's element; the same rows are listed again and again."""
    at = from_milliseconds(milliseconds).astimezone(there)
    text = f"{at.day} {at:{form}}"
    # Nothing in it comes from outside; formatting it as Markup would cost ten times as much.
    return Markup(f'<time datetime="{rfc3339(milliseconds)}">{text}</time>')  # noqa: S704
