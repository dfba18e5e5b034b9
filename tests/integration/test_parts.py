"""Lists that hang on an interview come in pages: by cursor, each row once, nothing unbounded."""

import json
from typing import Any

import pytest

from interview_service.domain.limits import PLANS_KEPT
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from tests.callers import Caller
from tests.lives import interview_in


def walked(caller: Caller, path: str, limit: int) -> list[dict[str, Any]]:
    """Return every row of a list, page by page."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = caller.get(f"{path}?limit={limit}{cursor}").json
        assert page["meta"]["limit"] == limit
        assert len(page["data"]) <= limit
        rows += page["data"]
        if page["meta"]["nextCursor"] is None:
            return rows
        assert page["data"]
        cursor = f"&cursor={page['meta']['nextCursor']}"


def test_history_and_deliveries_come_in_pages_oldest_first(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(
        State.SCHEDULED, caller, repository, callbackUrl="https://ats.example.com/hook"
    )
    for path in (
        f"/workflow/interviews/{interview_id}/history",
        f"/interviews/{interview_id}/deliveries",
    ):
        whole = caller.get(path).json
        assert whole["meta"] == {"limit": 100, "nextCursor": None}
        assert len(whole["data"]) >= 4
        for limit in (1, 2, 100):
            assert walked(caller, path, limit) == whole["data"]


def test_plans_come_in_pages_newest_first_of_a_mebibyte_at_most(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.PENDING, caller, repository)
    text = "x" * 1000
    question = {"text": text, "lookFor": [text] * 10}
    section = {"name": "All", "duration": 30, "topics": ["A"], "questions": [question] * 40}
    for _ in range(4):
        plan = {"structure": {"duration": 30, "sections": [section]}}
        assert caller.put(f"/interviews/{interview_id}/plan", plan).status_code == 200
    path = f"/interviews/{interview_id}/plans"
    first = caller.get(path)
    assert len(first.data) < 1024 * 1024 + 4096
    assert 1 <= len(first.json["data"]) < 5
    rows = walked(caller, path, 100)
    ids = [each["id"] for each in rows]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == len(set(ids)) == 5
    assert [each["id"] for each in walked(caller, path, 1)] == ids
    assert ids[0] == caller.get(f"/interviews/{interview_id}").json["planId"]


def test_of_an_interviews_plans_the_last_fifty_are_kept(
    caller: Caller, repository: Repository
) -> None:
    others = interview_in(State.PENDING, caller, repository)
    interview_id = interview_in(State.PENDING, caller, repository)
    made = [caller.get(f"/interviews/{interview_id}").json["planId"]]
    structure = {"duration": 30, "sections": [{"name": "All", "duration": 30, "topics": ["A"]}]}
    for _ in range(PLANS_KEPT + 1):
        put = caller.put(f"/interviews/{interview_id}/plan", {"structure": structure})
        made.append(put.json["id"])
    kept = [each["id"] for each in walked(caller, f"/interviews/{interview_id}/plans", 100)]
    assert kept == made[: -PLANS_KEPT - 1 : -1]
    assert caller.get(f"/interviews/{interview_id}").json["planId"] == kept[0]
    assert len(walked(caller, f"/interviews/{others}/plans", 100)) == 1


def test_a_plan_of_nearly_a_mebibyte_is_a_page_of_its_own(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.PENDING, caller, repository)
    question = {"text": "x" * 1000, "lookFor": ["y" * 1000] * 19}
    section = {"name": "All", "duration": 30, "topics": ["A"], "questions": [question] * 50}
    structure = {"duration": 30, "sections": [section]}
    assert len(json.dumps(structure)) > 0.95 * 1024 * 1024
    for _ in range(2):
        put = caller.put(f"/interviews/{interview_id}/plan", {"structure": structure})
        assert put.status_code == 200, put.json
    rows = walked(caller, f"/interviews/{interview_id}/plans", 100)
    assert len(rows) == 3
    assert len(caller.get(f"/interviews/{interview_id}/plans").json["data"]) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=nonsense!", "cursor"),
        ("cursor=LTE", "cursor"),
        ("cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk", "cursor"),
        ("page=1", "page"),
    ],
)
def test_a_bad_query_of_a_part_is_refused(sqlite_caller: Caller, query: str, field: str) -> None:
    record = sqlite_caller.create()
    for path in (
        f"/workflow/interviews/{record['id']}/history",
        f"/interviews/{record['id']}/deliveries",
        f"/interviews/{record['id']}/plans",
    ):
        response = sqlite_caller.get(f"{path}?{query}")
        assert (response.status_code, list(response.json["errors"]["query"])) == (422, [field])
