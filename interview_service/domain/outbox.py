"""The outbox, and when to try again: the pauses between attempts, to deliver and to work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DeliveryState(StrEnum):
    """How far an event's delivery is."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"


DELIVERY_LEASE = timedelta(seconds=30)
"""How long a worker has an event to itself."""

DELIVERY_PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)

WORK_PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)

WEBHOOK = ""
"""The line of the events that go to the interview's own webhook."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""By how much the clocks of two machines may differ."""

LONGEST_PAUSE = max(DELIVERY_PAUSES) + CLOCKS_DIFFER
"""What is to be delivered later than this was put off before the clock went back."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event to be posted. `id` is the `webhook-id`, `body` what is signed and sent.

    :param line: where it waits: `WEBHOOK`, or the id of the push notification configuration that
        it goes to. The events of a line go out one after the other, and no line waits for another.
    :param number: orders an interview's events.
    :param event: its type, as `interview.approved`.
    :param attempt_count: all attempts that were begun.
    :param failure_count: failures since the last (re)start; picks the pause.
    :param due_at: when to try next; None while an earlier event of its line is pending, and
        when it is over.
    """

    id: str
    interview_id: str
    line: str
    number: int
    event: str
    url: str
    body: str
    state: DeliveryState
    attempt_count: int
    failure_count: int
    due_at: datetime | None
    created_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Tell whether to post it now."""
        return self.due_at is not None and not now < self.due_at <= now + LONGEST_PAUSE

    def is_being_posted(self, attempts: Sequence["DeliveryAttempt"], now: datetime) -> bool:
        """Tell whether a worker has taken it, and may still record what came of it.

        :param attempts: what was recorded, of this delivery among others.
        """
        if self.state is not DeliveryState.PENDING or self.due_at is None:
            return False
        numbers = [each.number for each in attempts if each.delivery_id == self.id]
        is_taken = self.attempt_count > max(numbers, default=0)
        return is_taken and now < self.due_at <= now + DELIVERY_LEASE


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One try to post an event, and what came of it. `number` counts from 1."""

    delivery_id: str
    number: int
    status: int | None
    latency_ms: int
    answer: str
    error: str | None
    created_at: datetime


def delivery_pause(failures: int) -> timedelta | None:
    """Return the pause after this many failures in a row; None when the event is given up."""
    return DELIVERY_PAUSES[failures - 1] if failures <= len(DELIVERY_PAUSES) else None


def work_pause(failures: int) -> timedelta:
    """Return the pause after this many failures in a row; background work is never given up."""
    return WORK_PAUSES[min(failures, len(WORK_PAUSES)) - 1]


def longest_wait(failures: int, lease: timedelta) -> timedelta:
    """Return how far ahead background work can be due that failed this many times in a row.

    What is due later was put off, or leased, before the clock went back.
    """
    pause = work_pause(failures) if failures else timedelta(0)
    return max(pause, lease) + CLOCKS_DIFFER


@dataclass(frozen=True, slots=True)
class WebhookTest:
    """The last test of a tenant's webhook; of its outcome, what is not known yet is None.

    :param id: its `webhook-id`.
    :param due_at: when a worker may post it; None once it has an outcome.
    :param status: of HTTP.
    :param latency_ms: milliseconds from the start of the post to its end.
    """

    id: str
    url: str
    state: DeliveryState
    due_at: datetime | None
    created_at: datetime
    status: int | None = None
    latency_ms: int | None = None
    answer: str | None = None
    error: str | None = None
