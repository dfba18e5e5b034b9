"""When to try again: the pauses between attempts to deliver an event, and to do background work."""

from datetime import timedelta
from enum import StrEnum


class DeliveryState(StrEnum):
    """How far an event's delivery is."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"


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

CLOCKS_DIFFER = timedelta(minutes=5)
"""By how much the clocks of two machines may differ."""

LONGEST_PAUSE = max(DELIVERY_PAUSES) + CLOCKS_DIFFER
"""What is to be delivered later than this was put off before the clock went back."""


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
