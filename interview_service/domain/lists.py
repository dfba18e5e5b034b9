"""What a list of interviews can be narrowed by and ordered by, and a place in one."""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from interview_service.domain.workflow import State


class Order(StrEnum):
    """How a list is ordered: by a field of its rows, descending after a minus; ties by id.

    Rows without the value come last in either direction.
    """

    NEWEST = "-createdAt"
    OLDEST = "createdAt"
    LAST_UPDATED = "-updatedAt"
    FIRST_UPDATED = "updatedAt"
    EARLIEST = "scheduledAt"
    LATEST = "-scheduledAt"
    HIGHEST_SCORE = "-overallScore"

    @property
    def is_descending(self) -> bool:
        """Whether the largest value comes first."""
        return self.startswith("-")

    @property
    def field(self) -> str:
        """The attribute of a row that it goes by."""
        return _FIELDS[self.removeprefix("-")]


_FIELDS = {
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "scheduledAt": "scheduled_at",
    "overallScore": "overall_score",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; what is empty narrows nothing.

    :param states: any of these.
    :param q: part of a name, email or position.
    :param position: equal to it, in any case.
    :param people: keys of who one person is called among the interviewers: any of these.
    :param scheduled_from: at that moment or later; so is `created_from`.
    :param scheduled_to: before that moment; so is `created_to`.
    :param updated_after: later than that moment.
    """

    states: tuple[State, ...] = ()
    q: str | None = None
    level: str | None = None
    position: str | None = None
    external_id: str | None = None
    people: tuple[str, ...] = ()
    recommendation: str | None = None
    decision: str | None = None
    scheduled_from: datetime | None = None
    scheduled_to: datetime | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    updated_after: datetime | None = None

    @property
    def are_states_alone(self) -> bool:
        """Whether nothing else narrows the list."""
        return not any(getattr(self, each.name) for each in fields(self) if each.name != "states")


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a list, from which the next page goes on.

    :param value: what the row has of the order's field, as a number: milliseconds since 1970, or a
        score; None where it has none. Of an order by createdAt it is in the id.
    :param total: how many rows were counted as the first page was read; None where it is kept, or
        was not counted to the end.
    """

    order: Order
    id: str
    value: int | None = None
    total: int | None = None


def caseless(text: str) -> str:
    """Return a text as two are compared whose case does not matter, nor how they were typed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def key_of(text: str) -> str:
    """Return what stands for a text, in any case, in an index: 32 hexadecimal digits."""
    return hashlib.blake2b(caseless(text).encode(), digest_size=16).hexdigest()


def keys_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of texts, each once."""
    return tuple(dict.fromkeys(key_of(each) for each in texts))
