"""Ids as clients send them."""

import re
from typing import Any

from sqlalchemy import (
    ColumnElement,
)

_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}", re.ASCII)


def criterion(text: str, column: Any) -> ColumnElement[bool] | None:
    """Return the criterion for a UUID as text; None where it is no UUID in its usual form."""
    identifier = canonical(text)
    if identifier is None:
        return None
    equal: ColumnElement[bool] = column == identifier
    return equal


def canonical(text: str) -> str | None:
    """Return a UUID in lower case; None where the text is no UUID in its usual form."""
    return text.lower() if _UUID.fullmatch(text) else None
