"""Lists by page number and by cursor."""

from datetime import UTC, datetime

import pytest

from tests.callers import Caller

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
