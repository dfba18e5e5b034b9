"""What whoever runs the service watches: workers that are alive, and what waits for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

BEAT = timedelta(seconds=15)
"""How often a worker says that it is alive."""

SILENCE = 3 * BEAT
"""After this long without a word a worker is taken for dead."""

FORGOTTEN = timedelta(days=1)
"""After this long a worker that has ended is not remembered any more."""

COUNTED = 10_000
"""Rows of a queue are counted up to here, so that watching costs the same whatever waits."""


@dataclass(frozen=True, slots=True)
class Workers:
    """The workers of an installation, on whatever machines.

    :param alive: how many were seen a moment ago.
    :param last_seen_at: when one was last seen; None where there never was one.
    """

    alive: int
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for a worker, of all tenants; each is counted up to `COUNTED`.

    :param due_work: interviews whose plan or assessment is due.
    :param failed_work: interviews whose background work failed, and waits to be tried again.
    :param due_deliveries: events that are due to be posted.
    :param undelivered: events that are not delivered yet, due or not.
    :param dead: events that were given up.
    :param due_mails: mails that are due to be sent; `unsent_mails` and `dead_mails` are counted as
        events are.
    :param oldest_due_at: since when the oldest of what is due has waited; None where nothing is.
    """

    due_work: int
    failed_work: int
    due_deliveries: int
    undelivered: int
    dead: int
    due_mails: int
    unsent_mails: int
    dead_mails: int
    oldest_due_at: datetime | None

    def oldest_due_seconds(self, now: datetime) -> float:
        """Return how long the oldest of what is due has waited, in seconds."""
        if self.oldest_due_at is None:
            return 0.0
        return max(0.0, (now - self.oldest_due_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Figures:
    """What a look at the whole installation has found.

    :param by_state: how many interviews of all tenants there are in each state.
    :param read_seconds: how long the database took to answer one read.
    """

    workers: Workers
    backlog: Backlog
    by_state: Mapping[str, int]
    read_seconds: float
