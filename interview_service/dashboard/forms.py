"""What a form sent: read field by field, with what was typed and what is wrong with it kept.

Fields are named as the API names them, so that what the use cases refuse finds its field.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, validate
from werkzeug.datastructures import MultiDict

from interview_service.domain.errors import InvalidFields
from interview_service.domain.text import unstorable
from interview_service.webhooks.addresses import UrlRefused, check_url

Choice = TypeVar("Choice", bound=StrEnum)

REQUIRED = "This is needed."
_EMAIL = validate.Email(error="This is not an email address.")


class Form:
    """The fields of a form.

    :param given: what was sent, or what the fields begin with.
    """

    def __init__(self, given: Mapping[str, object] | None = None) -> None:
        self._given: Mapping[str, object] = given or {}
        self._errors: dict[str, list[str]] = {}

    @classmethod
    def sent(cls, fields: "MultiDict[str, str]") -> "Form":
        """Return a form as a browser sent it."""
        return cls({name: fields.getlist(name) for name in fields})

    def value(self, name: str) -> str:
        """Return what a field shows: what was typed."""
        values = self.values(name)
        return values[0] if values else ""

    def values(self, name: str) -> Sequence[str]:
        """Return all that a field of several values shows."""
        given = self._given.get(name)
        if given is None:
            return ()
        if isinstance(given, list | tuple):
            return [str(each) for each in given]
        return [str(given)]

    def has(self, name: str) -> bool:
        """Tell whether a field was sent at all."""
        return name in self._given

    def errors(self, name: str) -> Sequence[str]:
        """Return what is wrong with a field, in sentences."""
        return self._errors.get(name, ())

    @property
    def has_errors(self) -> bool:
        """Tell whether anything is wrong."""
        return bool(self._errors)

    @property
    def summary(self) -> str:
        """Say what to do about the errors."""
        count = sum(map(len, self._errors.values()))
        return (
            "One field needs another look." if count == 1 else f"{count} things need another look."
        )

    def refuse(self, name: str, message: str) -> None:
        """Note that something is wrong with a field."""
        self._errors.setdefault(name, []).append(message)

    def refuse_all(self, error: InvalidFields) -> None:
        """Note what a use case found wrong."""
        for name, messages in error.errors.items():
            for message in messages:
                self.refuse(name, message)

    def text(self, name: str, max_length: int, *, required: bool = False) -> str | None:
        """Return a field's text, trimmed; None where it is empty or wrong."""
        text = self.value(name).replace("\r\n", "\n").strip()
        if not text:
            if required:
                self.refuse(name, REQUIRED)
            return None
        return self._checked(name, text, max_length)

    def _checked(self, name: str, text: str, max_length: int) -> str | None:
        fault = unstorable(text)
        if len(text) > max_length:
            fault = f"At most {max_length:,} characters; these are {len(text):,}."
        if fault is not None:
            self.refuse(name, fault)
            return None
        return text

    def password(self, name: str) -> str:
        """Return a password as it was typed."""
        text = self.value(name)
        if not text:
            self.refuse(name, REQUIRED)
        elif unstorable(text):
            self.refuse(name, "This cannot be a password.")
        return text

    def email(self, name: str, max_length: int, *, required: bool = False) -> str | None:
        """Return an email address."""
        text = self.text(name, max_length, required=required)
        if text is None:
            return None
        try:
            _EMAIL(text)
        except ValidationError:
            self.refuse(name, "This is not an email address.")
            return None
        return text

    def url(self, name: str, max_length: int, *, allow_private: bool) -> str | None:
        """Return the address of a receiver of webhooks."""
        text = self.text(name, max_length)
        if text is None:
            return None
        try:
            check_url(text, allow_private=allow_private)
        except UrlRefused as error:
            self.refuse(name, str(error))
            return None
        return text

    def lines(
        self,
        name: str,
        *,
        most: int,
        max_length: int,
        required: bool = False,
        has_commas: bool = True,
    ) -> tuple[str, ...]:
        """Return a list of which each item has a line.

        :param has_commas: a single line may have commas between items.

        Repeats, whatever their case, are dropped.
        """
        typed = self.value(name).strip().splitlines()
        if len(typed) == 1 and has_commas:
            typed = typed[0].split(",")
        items = [each.strip() for each in typed if each.strip()]
        first: dict[str, str] = {}
        for each in items:
            first.setdefault(each.casefold(), each)
        items = list(first.values())
        if required and not items:
            self.refuse(name, REQUIRED)
        if len(items) > most:
            self.refuse(name, f"At most {most}; these are {len(items)}.")
            return ()
        checked = [self._checked(name, each, max_length) for each in items]
        return tuple(each for each in checked if each is not None)

    def choice(self, name: str, choices: type[Choice], *, required: bool = True) -> Choice | None:
        """Return one of a closed set."""
        text = self.value(name)
        if not text and not required:
            return None
        try:
            return choices(text)
        except ValueError:
            self.refuse(name, "Choose one of these." if text else REQUIRED)
            return None

    def among(self, name: str, choices: Iterable[str]) -> tuple[str, ...]:
        """Return those that were ticked, each of a closed set."""
        known = set(choices)
        if not known.issuperset(self.values(name)):
            self.refuse(name, "Choose among these.")
        return tuple(each for each in self.values(name) if each in known)

    def number(self, name: str, least: int, most: int, *, required: bool = False) -> int | None:
        """Return a whole number; None where it is empty or wrong."""
        text = self.value(name).strip()
        if not text:
            if required:
                self.refuse(name, REQUIRED)
            return None
        if not (
            text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most
        ):
            self.refuse(name, f"A whole number from {least} to {most}.")
            return None
        return int(text)

    def moment(self, name: str, zone: ZoneInfo, *, required: bool = False) -> datetime | None:
        """Return a date and time as it was meant: in the team's time zone."""
        text = self.value(name).strip()
        if not text:
            if required:
                self.refuse(name, REQUIRED)
            return None
        try:
            moment = datetime.fromisoformat(text)
            if len(text) > 30 or moment.tzinfo is not None:
                raise ValueError
            return moment.replace(tzinfo=zone, microsecond=0).astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse(name, "A date and a time, like 2026-02-01T10:00.")
            return None

    def day(self, name: str, zone: ZoneInfo) -> datetime | None:
        """Return when a day begins, in the team's time zone."""
        text = self.value(name).strip()
        if not text:
            return None
        try:
            return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse(name, "A date, like 2026-02-01.")
            return None

    def is_as_shown(self, name: str, shown: object) -> bool:
        """Tell whether a field was sent back as it was shown."""
        before = "" if shown is None else str(shown)
        return self.value(name).replace("\r\n", "\n").strip() == before.strip()

    def ticked(self, name: str) -> bool:
        """Tell whether a box is ticked."""
        return self.value(name) != ""


def typed_moment(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment as a browser's field has it."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment is not None else ""
