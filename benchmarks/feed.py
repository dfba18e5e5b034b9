"""The feed of changes: what it costs a write, and what it tells: `python -m benchmarks.feed`.

The same writes are made with and without the feed, in turn, and the best of all turns counts. Then
several writers create, change and delete interviews at the same time, while a consumer reads on.
"""

import argparse
import math
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from benchmarks.background import BENCH, DETAILS
from benchmarks.cpu import CpuClock
from benchmarks.databases import Databases
from interview_service import lifecycle
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.feed import ChangeKind, FeedPlace
from interview_service.domain.roles import Role
from interview_service.repository import Repository, totals

TENANT = "bench"
TURNS = 40
WRITES_OF_A_TURN = 20
PAGE = 50
ADMIN = lifecycle.Actor("bench", Role.ADMIN.permissions)


def main() -> None:
    """Measure on each backend, and print what was found."""
    parser = argparse.ArgumentParser(prog="benchmarks.feed", description=__doc__.split("\n")[0])
    parser.add_argument("--backends", default="sqlite,postgresql,mariadb")
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--interviews", type=int, default=100, help="of each writer")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Databases(Path(name)) as made:
        for backend in chosen.backends.split(","):
            if not made.can_make(backend):
                continue
            engine = make_engine(made.make(backend))
            schema.upgrade(engine)
            database = Database(engine)
            print(backend)
            _compare(database)
            _write_in_parallel(database, chosen.writers, chosen.interviews)
            engine.dispose()


# --- what it costs


def _compare(database: Database) -> None:
    clock = CpuClock(database)
    with_feed = Repository(database, TENANT)
    without = Repository(database, TENANT)
    without.work._before_commit = totals.write
    sides = {"with the feed": with_feed, "without": without}
    best = dict.fromkeys(sides, (math.inf, math.inf))
    ids = [lifecycle.create(with_feed, DETAILS, BENCH)[0].id for _ in range(WRITES_OF_A_TURN)]
    for turn in range(TURNS):
        for name, repository in sides.items():
            wall, cpu = time.perf_counter(), clock.seconds()
            for each in ids:
                lifecycle.update(repository, each, {"company_name": f"{name} {turn}"}, ADMIN)
            took = (time.perf_counter() - wall, clock.seconds() - cpu)
            best[name] = (min(best[name][0], took[0]), min(best[name][1], took[1]))
    for name, (wall, cpu) in best.items():
        each_wall, each_cpu = (value / WRITES_OF_A_TURN * 1000 for value in (wall, cpu))
        print(f"  an update {name}: {each_cpu:.2f} ms CPU, {each_wall:.2f} ms")
    ratios = [best["with the feed"][side] / best["without"][side] for side in (1, 0)]
    print(f"  ratio: {ratios[0]:.2f} CPU, {ratios[1]:.2f} wall")


# --- what it tells


class _Consumer(threading.Thread):
    """Reads on and on, and keeps what it was told."""

    def __init__(self, database: Database, place: FeedPlace) -> None:
        super().__init__()
        self._repository = Repository(database, TENANT)
        self._place = place
        self.numbers: list[int] = []
        self.last: dict[str, ChangeKind] = {}
        self.is_last = threading.Event()

    def _read(self) -> bool:
        page = lifecycle.changes(self._repository, self._place, limit=PAGE)
        self._place = page.next_place
        for each in page.changes:
            self.numbers.append(each.number)
            self.last[each.interview_id] = each.change
        return bool(page.changes)

    def run(self) -> None:
        """Read until nothing more is to come."""
        is_last = False
        while self._read() or not is_last:
            is_last = self.is_last.is_set()


def _write_in_parallel(database: Database, writers: int, interviews: int) -> None:
    place: FeedPlace | None = None
    while True:
        page = lifecycle.changes(Repository(database, TENANT), place, limit=PAGE)
        place = page.next_place
        if not page.changes:
            break
    consumer = _Consumer(database, place)
    written: Counter[str] = Counter()
    expected: dict[str, ChangeKind] = {}

    def write() -> None:
        repository = Repository(database, TENANT)
        for number in range(interviews):
            made, _ = lifecycle.create(repository, DETAILS, BENCH)
            lifecycle.update(repository, made.id, {"company_name": str(number)}, ADMIN)
            written.update(("created", "updated"))
            if number % 3 == 0:
                lifecycle.delete(repository, made.id, ADMIN)
                written["deleted"] += 1
            expected[made.id] = ChangeKind.DELETED if number % 3 == 0 else ChangeKind.UPSERTED

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in (consumer, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    consumer.is_last.set()
    consumer.join()
    missed = sum(consumer.last.get(each) is not kind for each, kind in expected.items())
    repeated = len(consumer.numbers) - len(set(consumer.numbers))
    is_in_order = consumer.numbers == sorted(consumer.numbers)
    print(
        f"  {writers} writers: {written['created']} created, {written['updated']} updated, "
        f"{written['deleted']} deleted; told {len(consumer.numbers)} changes of "
        f"{len(consumer.last)} interviews: {missed} missed, {repeated} told twice, "
        f"{'in order' if is_in_order else 'out of order'}"
    )


if __name__ == "__main__":
    main()
