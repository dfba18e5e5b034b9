"""Marshmallow fields of the API's ground rules: bounded text and lists, closed sets, timestamps.

Each refuses what is too long before it looks at what is in it: no input costs more than a valid one
of its size.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from interview_service.domain.clock import rfc3339
from interview_service.domain.limits import ERROR_MESSAGES
from interview_service.domain.text import unstorable

_TIMESTAMP = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)
_PLACE = re.compile(r"[0-9]{1,9}", re.ASCII)
_MAX_TIMESTAMP = 100


def count_messages(messages: Any) -> int:
    """Return how many messages there are in what a validation error holds."""
    if isinstance(messages, Mapping):
        return sum(map(count_messages, messages.values()))
    if isinstance(messages, list):
        return sum(map(count_messages, messages))
    return 1


class Text(ma.fields.String):
    """Text, trimmed, of `min_length` to `max_length` characters.

    Where null is allowed, text that is empty is null.
    """

    def __init__(
        self,
        *,
        max_length: int,
        min_length: int = 1,
        validate: Iterable[Any] = (),
        **kwargs: Any,
    ) -> None:
        self._min_length, self._max_length = min_length, max_length
        super().__init__(
            validate=[self._length(bool(kwargs.get("allow_none"))), *validate], **kwargs
        )

    def _length(self, optional: bool) -> validate.Length:
        return validate.Length(0 if optional else self._min_length, self._max_length)

    def demand(self) -> None:
        """Make the field one that must be there and must not be null."""
        self.required, self.allow_none = True, False
        self.validators = [self._length(False), *self.validators[1:]]

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if len(text) > self._max_length:
            self.validators[0](text)
        fault = unstorable(text)
        if fault:
            raise ma.ValidationError(fault)
        return text

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


class Items(ma.fields.List[Any]):
    """A list of `min_length` to `max_length` items.

    Its length is checked before its items, and the items no further than to the last fault that an
    answer has room for.
    """

    def __init__(
        self, item: ma.fields.Field[Any], *, max_length: int, min_length: int = 0, **kwargs: Any
    ) -> None:
        self._max_length = max_length
        super().__init__(item, validate=validate.Length(min_length, max_length), **kwargs)

    def demand(self) -> None:
        """Make the field one that must be there and must not be empty."""
        self.required, self.allow_none = True, False
        self.validators = [validate.Length(1, self._max_length)]

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        self.validators[0](value)
        items: list[Any] = []
        faults: dict[int, Any] = {}
        count = 0
        for index, each in enumerate(value):
            try:
                items.append(self.inner.deserialize(each, **kwargs))
            except ma.ValidationError as error:
                faults[index] = error.messages
                count += count_messages(error.messages)
                if count >= ERROR_MESSAGES:
                    break
        if faults:
            raise ma.ValidationError(faults)
        return items


class Choice(ma.fields.String):
    """One of a closed set of words, which the document names as a component.

    :param component: the set's name in the document.
    """

    def __init__(
        self,
        component: str,
        words: Iterable[str],
        *,
        metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        words = [str(each) for each in words]
        super().__init__(
            validate=validate.OneOf(words),
            metadata={**(metadata or {}), "x-component": component},
            **kwargs,
        )

    def demand(self) -> None:
        """Make the field one that must be there and must not be null."""
        self.required, self.allow_none = True, False


class Id(ma.fields.String):
    """The id of a record: a UUID."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(metadata={**(metadata or {}), "format": "uuid"}, **kwargs)


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


class NumberCursor(ma.fields.String):
    """A number, packed so that clients take it for what it is: a place to go on from."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return base64.urlsafe_b64encode(str(value).encode()).decode().rstrip("=")

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            digits = base64.b64decode(text + "==", altchars=b"-_", validate=True).decode()
        except ValueError:
            digits = ""
        if not _PLACE.fullmatch(digits):
            raise ma.ValidationError("Not a cursor of this list.")
        return int(digits)


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
        if not isinstance(value, str) or len(value) > _MAX_TIMESTAMP:
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
