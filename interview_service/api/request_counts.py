"""How many requests there were, and how long they took: counted in memory that web processes share.

Each process counts in a slot of its own, so that none waits for another. What a process that has
died counted stays, and the next one goes on counting in its slot. Routes, methods and statuses are
closed sets, so nothing that a client sends takes memory.
"""

import mmap
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

COUNTS = "interview_service_request_counts"
"""Under this name an application has its `RequestCounts`, where it counts."""

OTHER = "other"
UNKNOWN_ROUTE = "-"

BOUNDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Of the histogram, in seconds; what takes longer has a bucket of its own."""

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER)
_STATUSES = (*map(int, HTTPStatus), 0)
_STATUS_AT = {status: place for place, status in enumerate(_STATUSES)}
_BUCKETS_AT = len(_STATUSES)
_SECONDS_AT = _BUCKETS_AT + len(BOUNDS) + 1
_CELLS = _SECONDS_AT + 1  # of a method and route: each status, each bucket, all seconds
_CELL_BYTES = 8


@dataclass(slots=True)
class Counted:
    """The requests of one method and route.

    :param by_status: status, or `other`, to how many.
    :param buckets: how many took at most as long as each of `BOUNDS` and longer than the one
        before; last those that took longer than all.
    :param seconds: how long all of them took together.
    """

    method: str
    route: str
    by_status: dict[str, int] = field(default_factory=dict)
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0


class RequestCounts:
    """Counts requests. Made before the web processes are forked, which then share it.

    `slot` is the process's own; it is set after the fork.

    :param routes: each route's template and its methods.
    :param slots: how many processes may count at the same time.
    """

    def __init__(self, routes: Iterable[tuple[str, Iterable[str]]], slots: int) -> None:
        known = {(method, route) for route, methods in routes for method in methods}
        known |= {(method, UNKNOWN_ROUTE) for method in _METHODS}
        self._place: Mapping[tuple[str, str], int] = {
            each: number * _CELLS for number, each in enumerate(sorted(known))
        }
        self._slot_cells = len(self._place) * _CELLS
        self._slots = slots
        memory = mmap.mmap(-1, self._slot_cells * slots * _CELL_BYTES)
        self._cells = memoryview(memory).cast("d")
        self._lock = threading.Lock()
        self.slot = 0

    def count(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request that was answered.

        :param route: its template; None where the path leads nowhere.
        """
        place = self._place.get((method, route or UNKNOWN_ROUTE))
        if place is None:
            place = self._place[OTHER, UNKNOWN_ROUTE]
        first = min(self.slot, self._slots - 1) * self._slot_cells + place
        bucket = first + _BUCKETS_AT + bisect_left(BOUNDS, seconds)
        with self._lock:
            self._cells[first + _STATUS_AT.get(status, len(_STATUSES) - 1)] += 1
            self._cells[bucket] += 1
            self._cells[first + _SECONDS_AT] += seconds

    def __iter__(self) -> Iterator[Counted]:
        """Yield what all processes counted, of each method and route that was asked for."""
        for (method, route), place in self._place.items():
            cells = self._summed(place)
            if not any(cells):
                continue
            counted = Counted(method, route, seconds=cells[_SECONDS_AT])
            for status, number in zip(_STATUSES, cells, strict=False):
                if number:
                    counted.by_status[str(status or OTHER)] = int(number)
            counted.buckets = [int(each) for each in cells[_BUCKETS_AT:_SECONDS_AT]]
            yield counted

    def _summed(self, place: int) -> list[float]:
        starts = range(place, self._slot_cells * self._slots, self._slot_cells)
        parts = [self._cells[start : start + _CELLS].tolist() for start in starts]
        return [sum(each) for each in zip(*parts, strict=True)]
