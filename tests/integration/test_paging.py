"""Lists by page number and by cursor."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from interview_service.database.models import ListBlock
from interview_service.domain.clock import clock
from interview_service.lifecycle import LIST_AGE, count_list
from interview_service.repository import Repository
from interview_service.repository import lists as lists_module
from tests.callers import Caller
from tests.conftest import Hands

FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


def ids(caller: Caller, query: str) -> tuple[list[str], dict[str, object]]:
    answer = caller.get(f"/interviews?{query}").json
    return [row["id"] for row in answer["data"]], answer["meta"]


def test_a_cursor_goes_through_the_whole_list(caller: Caller) -> None:
    made = [caller.create(candidateName=f"No {number}")["id"] for number in range(7)]
    other = caller.other("other")
    other.create()
    newest_first = sorted(made, reverse=True)
    seen, query = [], "limit=3"
    for expected in (3, 3, 1):
        rows, meta = ids(caller, query)
        assert (len(rows), meta["total"], meta["totalPages"]) == (expected, 7, 3)
        seen += rows
        query = f"limit=3&cursor={meta['nextCursor']}"
    assert seen == newest_first
    assert meta["nextCursor"] is None
    assert meta["page"] is None


def test_rows_added_meanwhile_shift_nothing(caller: Caller) -> None:
    made = [caller.create()["id"] for _ in range(4)]
    first, meta = ids(caller, "limit=2")
    caller.create()
    second, _ = ids(caller, f"limit=2&cursor={meta['nextCursor']}")
    assert first + second == sorted(made, reverse=True)


def test_a_cursor_works_with_state_and_text(caller: Caller) -> None:
    wanted = [caller.create(candidateName="Zoë Müller")["id"] for _ in range(3)]
    caller.create(candidateName="Somebody Else")
    caller.put(f"/interviews/{caller.create()['id']}", {"workflowState": "CANCELLED"})
    first, meta = ids(caller, "limit=2&state=RECEIVED&q=ZO%C3%8B")
    second, end = ids(caller, f"limit=2&state=RECEIVED&q=ZO%C3%8B&cursor={meta['nextCursor']}")
    assert first + second == sorted(wanted, reverse=True)
    assert (meta["total"], end["nextCursor"]) == (3, None)


def test_a_page_ends_without_a_cursor(caller: Caller) -> None:
    caller.create()
    caller.create()
    assert ids(caller, "limit=2")[1]["nextCursor"] is None
    assert ids(caller, "limit=1&page=2")[1]["nextCursor"] is None
    assert ids(caller, "limit=1&page=1")[1]["nextCursor"] is not None


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%00", "AAAAAAAAAAAAAAAAAAAAAA!!", "A" * 500])
def test_what_is_no_cursor_is_refused(sqlite_caller: Caller, cursor: str) -> None:
    response = sqlite_caller.get(f"/interviews?cursor={cursor}")
    assert (response.status_code, response.json["errors"]) == (
        422,
        {"query": {"cursor": ["Not a cursor of this list."]}},
    )


def test_a_cursor_and_a_page_number_exclude_each_other(sqlite_caller: Caller) -> None:
    sqlite_caller.create()
    sqlite_caller.create()
    _, meta = ids(sqlite_caller, "limit=1")
    response = sqlite_caller.get(f"/interviews?cursor={meta['nextCursor']}&page=2")
    assert response.json == {
        "statusCode": 422,
        "message": "Validation failed",
        "errors": {"query": {"page": ["Must not be given with a cursor."]}},
    }


def counted(caller: Caller, repository: Repository, size: int) -> None:
    """Have the list counted in blocks of a size, up to now."""
    repository.work.run(lambda: repository.lists.close_blocks(FUTURE, size=size))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interview_service.repository.lists.BLOCK_SIZE", 2)


@pytest.mark.usefixtures("small_blocks")
def test_pages_far_down_are_the_same_when_the_list_is_counted(
    caller: Caller, repository: Repository
) -> None:
    made = [caller.create()["id"] for _ in range(14)]
    counted(caller, repository, 3)
    caller.other("other").create()
    late = caller.create()["id"]
    for gone in (made[0], made[7], made[8], made[13]):
        assert caller.delete(f"/interviews/{gone}").status_code == 204
        made.remove(gone)
    newest_first = sorted([*made, late], reverse=True)
    for limit in (1, 2, 3):
        pages = [ids(caller, f"limit={limit}&page={number}")[0] for number in range(1, 13)]
        assert [each for page in pages for each in page] == newest_first
    assert ids(caller, "limit=2&page=9") == (
        [],
        {"total": 11, "page": 9, "limit": 2, "totalPages": 6, "nextCursor": None},
    )


def test_a_page_far_down_is_found_by_its_block_alone(
    caller: Caller, repository: Repository, small_blocks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sorted([caller.create()["id"] for _ in range(9)], reverse=True)
    counted(caller, repository, 2)
    monkeypatch.setitem(lists_module._PAGE, (False, False, False), None)
    assert ids(caller, "limit=1&page=8")[0] == [made[7]]


def test_blocks_that_were_miscounted_are_counted_anew(
    caller: Caller, repository: Repository
) -> None:
    for _ in range(6):
        caller.create()
    counted(caller, repository, 2)

    def blocks() -> list[int]:
        with repository._database.reader(repository.tenant_id) as session:
            return list(session.scalars(select(ListBlock.total).order_by(ListBlock.last_id)))

    def miscount() -> None:
        for block in repository._writing.scalars(select(ListBlock)):
            block.total = 7

    repository.work.run(miscount)
    repository.work.run(lambda: repository.lists.recount_blocks(1, 2))
    assert blocks() == [7, 2, 7]
    repository.work.run(lambda: repository.lists.recount_blocks(2, 2))
    assert blocks() == [2, 2, 2]


def test_only_what_is_older_than_a_minute_is_counted(
    caller: Caller, repository: Repository, hands: Hands
) -> None:
    for _ in range(3):
        caller.create()
    assert _closed(repository) == 0
    hands.forward(minutes=2)
    assert _closed(repository) == 3
    assert not count_list(repository, 0)


def _closed(repository: Repository) -> int:
    before = clock.now() - LIST_AGE
    return repository.work.run(lambda: repository.lists.close_blocks(before, size=1))
