"""Whose turn it is: tenants take turns at the engine, at the mail server, and at webhooks.

Nothing here reads the database, starts a thread or waits for anything but `TenantTurns.take`.
"""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from interview_service.domain.outbox import WEBHOOK

PLACES = 200
"""How many may wait in one line; whatever finds no place is read from the database again later."""

HANGING_SECONDS = 1.0
"""After this long without an answer, a post no longer counts among those that may be under way."""

_KNOWN_RECEIVERS = 10_000
_FAILING_EVERY = 4  # of what may be posted next, every fourth goes to a receiver that fails


class TenantTurns:
    """What waits to be done, an id each: an interview to advance, a mail to send.

    Their tenants take turns, one id each time, and what failed before has turns of its own. So
    neither a tenant with much to do nor what fails for ever holds up the others.
    """

    def __init__(self) -> None:
        self._lines: OrderedDict[tuple[str, bool], OrderedDict[str, None]] = OrderedDict()
        self._changed = threading.Condition()
        self._closed = False

    def add(self, tenant_id: str, waiting_id: str, *, failed: bool = False) -> None:
        """Have something wait for its turn, once."""
        with self._changed:
            line = self._lines.setdefault((tenant_id, failed), OrderedDict())
            if len(line) < PLACES:
                line[waiting_id] = None
                self._changed.notify()

    def take(self, *, wait: bool) -> tuple[str, str] | None:
        """Return the tenant id and the id that are next.

        :return: None once closed or, unless it is waited for, where nothing waits.
        """
        with self._changed:
            while wait and not self._lines and not self._closed:
                self._changed.wait()
            if self._closed or not self._lines:
                return None
            whose, line = self._lines.popitem(last=False)
            waiting_id, _ = line.popitem(last=False)
            if line:
                self._lines[whose] = line  # behind all others
            return whose[0], waiting_id

    def busy_tenants(self, *, failed: bool) -> list[str]:
        """Return the tenants that have something waiting: the rest of theirs is read later."""
        with self._changed:
            return [tenant_id for tenant_id, of_failed in self._lines if of_failed is failed]

    def close(self) -> None:
        """Hand out nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a tenant's events go: two URLs of one host and port are one receiver."""

    tenant_id: str
    host: str
    port: int

    @classmethod
    def of(cls, tenant_id: str, url: str) -> "Receiver":
        """Return the receiver of a URL; a URL that cannot be parsed is a receiver by itself."""
        try:
            parts = urlsplit(url)
            port = parts.port or (80 if parts.scheme == "http" else 443)
            return cls(tenant_id, parts.hostname or url, port)
        except ValueError:
            return cls(tenant_id, url, 0)


@dataclass(frozen=True, slots=True)
class Turn:
    """An interview whose next event is to be posted now.

    :param line: in which the event waits.
    :param began: when the turn was given, in seconds of the monotonic clock.
    """

    tenant_id: str
    interview_id: str
    line: str
    url: str
    receiver: Receiver
    began: float


class _Waiting:
    """What waits for one receiver, as (interview id, line), and how the URLs of it begin."""

    def __init__(self) -> None:
        self.urls: OrderedDict[tuple[str, str], str] = OrderedDict()
        self.prefixes: set[str] = set()


class PostTurns:
    """Events that wait to be posted; tenants take turns, and so do the receivers of a tenant.

    Of the posts under way those count that began in the last second: whatever hangs longer than
    that holds up nobody else. A receiver that answers well is sent several at a time; one that is
    not known yet, that failed the last time, or that has left a post hanging is sent one at a time
    until it answers well again. Receivers that fail share half of the places.

    :param places: how many posts that do not hang may be under way: half of them to one tenant, an
        eighth to one receiver, and one at least.
    :param monotonic: the clock, in seconds.
    """

    def __init__(self, places: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._monotonic = monotonic
        self._lines: OrderedDict[str, OrderedDict[Receiver, _Waiting]] = OrderedDict()
        self._under_way: dict[tuple[str, str, str], Turn] = {}
        self._answers_well: OrderedDict[Receiver, bool] = OrderedDict()
        self._taken = 0
        self._lock = threading.Lock()

    def add(self, tenant_id: str, interview_id: str, url: str, line: str = WEBHOOK) -> None:
        """Have the next event in a line of an interview wait for its turn, once."""
        with self._lock:
            if (tenant_id, interview_id, line) in self._under_way:
                return
            receiver = Receiver.of(tenant_id, url)
            lines = self._lines.setdefault(tenant_id, OrderedDict())
            waiting = lines.setdefault(receiver, _Waiting())
            if len(waiting.urls) < PLACES:
                waiting.urls[interview_id, line] = url
                waiting.prefixes.add(_prefix(url))

    def take(self) -> Turn | None:
        """Return whose event may be posted now; None where there is none.

        Whoever takes a turn tells `done` when it is over.
        """
        with self._lock:
            now = self._monotonic()
            load = self._load(now)
            if load.young >= self._places:
                return None
            failing_may = load.failing < max(1, self._places // 2)
            order = (True, False) if self._taken % _FAILING_EVERY == 0 else (False, True)
            for of_failing in order:
                if of_failing and not failing_may:
                    continue
                turn = self._next(of_failing, load, now)
                if turn is not None:
                    self._taken += 1
                    return turn
            return None

    def done(self, turn: Turn, *, answered_well: bool | None) -> None:
        """End a turn.

        :param answered_well: whether the receiver took the event; None where nothing was posted.
        """
        with self._lock:
            self._under_way.pop((turn.tenant_id, turn.interview_id, turn.line), None)
            if answered_well is not None:
                self._answers_well[turn.receiver] = answered_well
                self._answers_well.move_to_end(turn.receiver)
            if len(self._answers_well) > _KNOWN_RECEIVERS:
                self._answers_well.popitem(last=False)

    def busy(self) -> set[tuple[str, str]]:
        """Return (tenant id, beginning of URL) of receivers that have something waiting."""
        with self._lock:
            return {
                (tenant_id, prefix)
                for tenant_id, lines in self._lines.items()
                for waiting in lines.values()
                for prefix in waiting.prefixes
            }

    def _load(self, now: float) -> "_Load":
        load = _Load()
        for each in self._under_way.values():
            load.posts_to[each.receiver] += 1
            if now - each.began >= HANGING_SECONDS:
                load.hanging.add(each.receiver)
                continue
            load.young += 1
            load.young_of[each.tenant_id] += 1
            load.failing += self._answers_well.get(each.receiver) is False
        return load

    def _next(self, of_failing: bool, load: "_Load", now: float) -> Turn | None:
        """Take the first event that may be posted, and put its tenant and receiver last."""
        for tenant_id, lines in self._lines.items():
            if load.young_of[tenant_id] >= max(1, self._places // 2):
                continue
            for receiver, waiting in lines.items():
                answers_well = self._answers_well.get(receiver)
                fails = answers_well is False or receiver in load.hanging
                room = max(1, self._places // 8) if answers_well and not fails else 1
                if fails is not of_failing or load.posts_to[receiver] >= room:
                    continue
                (interview_id, line), url = waiting.urls.popitem(last=False)
                lines.move_to_end(receiver)
                self._lines.move_to_end(tenant_id)
                if not waiting.urls:
                    del lines[receiver]
                if not lines:
                    del self._lines[tenant_id]
                turn = Turn(tenant_id, interview_id, line, url, receiver, now)
                self._under_way[tenant_id, interview_id, line] = turn
                return turn
        return None


@dataclass(slots=True)
class _Load:
    """The posts under way, counted.

    :param young: those that do not hang; `failing` of them are to receivers that failed last.
    :param hanging: receivers that have left a post hanging.
    """

    young: int = 0
    failing: int = 0
    young_of: Counter[str] = field(default_factory=Counter)
    posts_to: Counter[Receiver] = field(default_factory=Counter)
    hanging: set[Receiver] = field(default_factory=set)


def _prefix(url: str) -> str:
    """Return how a URL begins, up to the end of its host and port."""
    start = url.find("//") + 2
    ends = [at for at in (url.find(sign, start) for sign in "/?#") if at >= 0]
    return url[: min(ends) + 1] if start > 1 and ends else url
