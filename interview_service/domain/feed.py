"""The feed of changes: which interviews changed since a consumer last asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DELETIONS_TOLD = timedelta(days=365)
DELETIONS_KEPT = DELETIONS_TOLD + timedelta(days=1)
"""A little longer than they are told, so that no cursor that is still good misses one."""


class ChangeKind(StrEnum):
    """What became of an interview."""

    UPSERTED = "UPSERTED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class InterviewChange:
    """The last change of an interview."""

    interview_id: str
    number: int
    change: ChangeKind
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class FeedPlace:
    """How far a consumer has read.

    :param number: of the last change that it was told.
    :param told_until: it has been told of every deletion up to then, or never knew what was
        deleted.
    """

    number: int
    told_until: datetime

    def is_too_old(self, now: datetime) -> bool:
        """Tell whether deletions may be forgotten that the consumer was never told of."""
        return now - self.told_until > DELETIONS_TOLD


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of the feed and where the next one begins."""

    changes: Sequence[InterviewChange]
    next_place: FeedPlace
