"""The feed of changes: nothing is missed, whoever writes and whenever they commit."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.clock import clock
from interview_service.domain.feed import DELETIONS_KEPT, FeedPlace
from interview_service.domain.workflow import State
from interview_service.lifecycle import SERVICE, Actor
from interview_service.repository import Repository
from interview_service.worker import Worker
from tests.callers import Caller
from tests.conftest import Hands
from tests.engines import GoodEngine
from tests.lives import LEASE, interview_in, put_transcript, work

EVERYBODY = Actor(SERVICE, frozenset({"*"}))
BRIEF = {"candidate_name": "Jane", "position": "Engineer", "level": "SENIOR", "skills": ["SQL"]}
PLAN = {
    "duration": 30,
    "sections": [
        {
            "name": "Talk",
            "duration": 30,
            "topics": ["Data"],
            "questions": [{"text": "What have you built?", "lookFor": ["A system"]}],
        }
    ],
}
WRITERS, WRITES = 4, 12
PATIENCE = 60


def read_on(caller: Caller, cursor: str | None = None, limit: int = 100) -> tuple[list[Any], str]:
    """Return what changed after a cursor, to the end, and the last cursor."""
    told = []
    while True:
        query = f"limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        answer = caller.get(f"/interviews/changes?{query}")
        assert answer.status_code == 200, answer.json
        cursor = answer.json["nextCursor"]
        if not answer.json["data"]:
            return told, str(cursor)
        told += answer.json["data"]


def kinds(told: list[Any]) -> list[tuple[str, str]]:
    return [(each["interviewId"], each["change"]) for each in told]


def test_each_change_is_told_once_and_deletions_too(caller: Caller, repository: Repository) -> None:
    empty, cursor = read_on(caller)
    assert empty == []
    first, second = caller.create()["id"], caller.create()["id"]
    caller.other("globex").create()
    caller.put(f"/interviews/{first}", {"companyName": "Acme"})
    told, cursor = read_on(caller, cursor, limit=1)
    assert kinds(told) == [(second, "UPSERTED"), (first, "UPSERTED")]
    assert read_on(caller, cursor)[0] == []
    caller.put(f"/interviews/{second}", {"companyName": "Acme"})
    caller.delete(f"/interviews/{first}")
    told, cursor = read_on(caller, cursor)
    assert kinds(told) == [(second, "UPSERTED"), (first, "DELETED")]
    assert set(told[0]) == {"interviewId", "change", "changedAt"}


def test_plans_transcripts_and_assessments_are_changes(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.RECEIVED, caller, repository)
    cursor = read_on(caller)[1]

    def is_told() -> bool:
        nonlocal cursor
        told, cursor = read_on(caller, cursor)
        return [each["interviewId"] for each in told] == [interview_id]

    assert work(repository, interview_id)
    assert is_told()
    response = caller.put(f"/interviews/{interview_id}/plan", {"structure": PLAN})
    assert response.status_code == 200, response.json
    assert is_told()
    for name in ("APPROVE", "START"):
        caller.post(f"/workflow/interviews/{interview_id}/transition", {"transition": name})
    assert is_told()
    put_transcript(caller, interview_id)
    assert is_told()
    caller.post(f"/workflow/interviews/{interview_id}/transition", {"transition": "COMPLETE"})
    assert is_told()
    begun = lifecycle.begin_work(repository, interview_id, LEASE)
    assert begun is not None
    assert not is_told()  # a lease is the worker's own affair
    lifecycle.record_failure(repository, interview_id, begun.version, "no engine")
    assert not is_told()


def test_a_new_consumer_ends_with_what_the_list_has(caller: Caller, repository: Repository) -> None:
    made = [caller.create()["id"] for _ in range(7)]
    caller.delete(f"/interviews/{made[2]}")
    caller.put(f"/interviews/{made[0]}", {"workflowState": "CANCELLED"})
    known = set()
    for each in read_on(caller, limit=2)[0]:
        if each["change"] == "DELETED":
            known.discard(each["interviewId"])
        else:
            known.add(each["interviewId"])
    assert known == {row["id"] for row in caller.get("/interviews?limit=100").json["data"]}


def test_what_is_undone_is_not_told(repository: Repository) -> None:
    def fail() -> None:
        lifecycle.create(repository, BRIEF, EVERYBODY)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        repository.work.run(fail)
    assert lifecycle.changes(repository, None, limit=9).changes == []


class Consumer(threading.Thread):
    """Reads on and on, and keeps what it was told."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.repository = Repository(database, "acme")
        self.place: FeedPlace | None = None
        self.known: dict[str, str] = {}
        self.numbers: list[int] = []
        self.is_last = threading.Event()
        self.error: Exception | None = None

    def read(self) -> bool:
        page = lifecycle.changes(self.repository, self.place, limit=3)
        self.place = page.next_place
        for each in page.changes:
            self.known[each.interview_id] = each.change
            self.numbers.append(each.number)
        return bool(page.changes)

    def run(self) -> None:
        try:
            while self.read() or not self.is_last.is_set():
                pass
        except Exception as error:  # noqa: BLE001 (shown by the test)
            self.error = error


def test_nothing_is_missed_among_parallel_writers(database: Database) -> None:
    consumer = Consumer(database)
    kept: list[set[str]] = [set() for _ in range(WRITERS)]
    faults = []

    def write(number: int) -> None:
        repository = Repository(database, "acme")
        try:
            for turn in range(WRITES):
                interview, _ = lifecycle.create(repository, BRIEF, EVERYBODY)
                lifecycle.update(repository, interview.id, {"company_name": str(turn)}, EVERYBODY)
                if turn % 3 == 0:
                    lifecycle.delete(repository, interview.id, EVERYBODY)
                else:
                    kept[number].add(interview.id)
        except Exception as error:  # noqa: BLE001 (shown by the test)
            faults.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in (consumer, *writers):
        thread.start()
    for thread in writers:
        thread.join(PATIENCE)
    consumer.is_last.set()
    consumer.join(PATIENCE)
    assert (faults, consumer.error, consumer.is_alive()) == ([], None, False)
    assert len(consumer.known) == WRITERS * WRITES
    there = {key for key, change in consumer.known.items() if change == "UPSERTED"}
    assert there == set().union(*kept)
    assert consumer.numbers == sorted(set(consumer.numbers))


@pytest.fixture
def postgresql_database(migrated: Any, opened: Any) -> Database:
    from tests.conftest import empty

    database = opened(migrated("postgresql"))
    empty(database)
    return database


def test_a_transaction_that_commits_late_is_not_passed_by(postgresql_database: Database) -> None:
    """One writer has done all but commit; another one begins later and would overtake it."""
    slow, quick, reader = (Repository(postgresql_database, "acme") for _ in range(3))
    has_written, may_commit = threading.Event(), threading.Event()
    made: dict[str, str] = {}
    commit = slow.work._commit

    def late(connection: Any) -> None:
        has_written.set()
        assert may_commit.wait(PATIENCE)
        commit(connection)

    slow.work._commit = late  # type: ignore[method-assign]

    def create(name: str, repository: Repository) -> None:
        made[name] = lifecycle.create(repository, BRIEF, EVERYBODY)[0].id

    first = threading.Thread(target=create, args=("slow", slow))
    second = threading.Thread(target=create, args=("quick", quick))
    first.start()
    assert has_written.wait(PATIENCE)
    second.start()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with postgresql_database.engine.connect() as connection:
        while not connection.exec_driver_sql(waiting).scalar():
            connection.rollback()
    page = lifecycle.changes(reader, None, limit=9)
    assert page.changes == []  # the quick one has the larger number, and waits with it
    may_commit.set()
    for thread in (first, second):
        thread.join(PATIENCE)
    told = lifecycle.changes(reader, page.next_place, limit=9).changes
    assert [each.interview_id for each in told] == [made["slow"], made["quick"]]


def test_other_tenants_do_not_wait_for_each_other(postgresql_database: Database) -> None:
    acme, globex = (Repository(postgresql_database, each) for each in ("acme", "globex"))

    def within() -> None:
        lifecycle.create(acme, BRIEF, EVERYBODY)
        acme.work._before_commit(acme.work)
        acme.work.changed.clear()
        acme.work.deltas.clear()
        lifecycle.create(globex, BRIEF, EVERYBODY)  # would wait for ever

    acme.work.run(within)
    assert len(lifecycle.changes(globex, None, limit=9).changes) == 1


def test_deletions_are_told_for_a_year_and_an_older_cursor_is_gone(
    caller: Caller, database: Database, hands: Hands
) -> None:
    caller.create()
    gone = caller.create()["id"]
    cursor = read_on(caller)[1]
    half = caller.get("/interviews/changes?limit=1").json["nextCursor"]
    caller.delete(f"/interviews/{gone}")
    worker = Worker(database, GoodEngine(), None)  # type: ignore[arg-type]
    hands.forward(days=364)
    worker.forget_old_deletions()
    later = Caller(caller.app)
    assert kinds(read_on(later, cursor)[0]) == [(gone, "DELETED")]
    assert (gone, "DELETED") in kinds(read_on(later, half)[0])
    hands.forward(days=2)
    later = Caller(caller.app)
    for each in (cursor, half):
        response = later.get(f"/interviews/changes?cursor={each}")
        assert response.status_code == 410
        assert response.json["statusCode"] == 410
    worker.forget_old_deletions()
    assert (gone, "DELETED") in kinds(read_on(later)[0])
    hands.forward(days=1)
    worker.forget_old_deletions()
    later = Caller(caller.app)
    told, fresh = read_on(later)
    assert gone not in [each["interviewId"] for each in told]
    assert later.get(f"/interviews/changes?cursor={fresh}").status_code == 200


def test_a_new_consumer_of_old_records_reads_on(caller: Caller, hands: Hands) -> None:
    made = [caller.create()["id"] for _ in range(3)]
    hands.forward(days=800)
    later = Caller(caller.app)
    assert kinds(read_on(later, limit=1)[0]) == [(each, "UPSERTED") for each in made]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "_" * 22, "A" * 500, "%00"])
def test_what_is_no_cursor_of_the_feed_is_refused(sqlite_caller: Caller, cursor: str) -> None:
    response = sqlite_caller.get(f"/interviews/changes?cursor={cursor}")
    assert (response.status_code, list(response.json["errors"]["query"])) == (422, ["cursor"])


def test_deletions_are_kept_a_little_longer_than_they_are_told() -> None:
    now = clock.now()
    place = FeedPlace(1, now - DELETIONS_KEPT + timedelta(seconds=1))
    assert place.is_too_old(now)
