"""Marshmallow fields of the API's ground rules: text, whole numbers in a query, timestamps."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from interview_service.domain.clock import rfc3339
from interview_service.domain.text import unstorable

_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)


class Text(ma.fields.String):
    """Text, trimmed, of `least` to `most` characters; empty text is null where null is allowed."""

    def __init__(self, *, least: int = 1, most: int, **kwargs: Any) -> None:
        self.length = validate.Length(0 if kwargs.get("allow_none") else least, most)
        super().__init__(**{**kwargs, "validate": [self.length, *kwargs.pop("validate", ())]})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        fault = unstorable(text)
        if fault:
            raise ma.ValidationError(fault)
        return text.strip()

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Read the text; what is empty and may be null is null."""
        if self.allow_none and isinstance(value, str) and not value.strip():
            value = None
        return super().deserialize(value, attr, data, **kwargs)


class WholeNumber(ma.fields.Integer):
    """A whole number in a query string: plain digits and nothing else."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class Cursor(ma.fields.String):
    """An id, packed so that clients take it for what it is: a place to go on from."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else packed(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            raw = base64.b64decode(text + "==", altchars=b"-_", validate=True)
            return str(UUID(bytes=raw))
        except ValueError:
            raise ma.ValidationError("Not a cursor of this list.") from None


def packed(key: str) -> str:
    """Return an id as a cursor."""
    return base64.urlsafe_b64encode(UUID(key).bytes).decode().rstrip("=")


class Stored(ma.fields.Nested):
    """JSON that is kept as the API shows it: its schema documents it, and it goes out as it is."""

    def _serialize(  # type: ignore[override]  # Nested and Field name it differently
        self, value: Any, attr: str | None, obj: Any, **kwargs: Any
    ) -> Any:
        return value


class Minutes(ma.fields.Integer):
    """A whole number in JSON: no string, no truth value; 40.0 is whole."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise self.make_error("invalid", input=value)
        return int(value)


class StrictBoolean(ma.fields.Boolean):
    """true or false in JSON, and nothing that merely looks like one."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Timestamp(ma.fields.Field[datetime]):
    """A moment as RFC 3339 writes it; out: UTC, milliseconds, `Z`. Naive input is refused."""

    default_error_messages = {
        "invalid": "Not a timestamp of RFC 3339, like 2024-01-15T10:00:00.000Z.",
        "naive": "Must carry an offset, like 2024-01-15T10:00:00.000Z.",
    }

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | None:
        return None if value is None else rfc3339(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        text = value.strip().upper()
        if not _TIMESTAMP.fullmatch(text):
            naive = _TIMESTAMP.fullmatch(text + "Z")
            raise self.make_error("naive" if naive else "invalid")
        try:
            moment = datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
