"""If-Match on transitions: nobody decides on a plan or an assessment that was swapped meanwhile."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from interview_service.database.session import Database
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from tests.callers import Caller, details
from tests.lives import interview_in

STALE = {
    "statusCode": 412,
    "message": "If-Match does not match the current ETag: read the record again",
}


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


@pytest.fixture
def repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


def transition(caller: Caller, interview_id: str, name: str, tag: str) -> TestResponse:
    path = f"/workflow/interviews/{interview_id}/transition"
    return caller.post(path, {"transition": name}, headers={"If-Match": tag})


def tag(caller: Caller, path: str) -> str:
    return str(caller.get(path).headers["ETag"])


def state(caller: Caller, interview_id: str) -> Any:
    return caller.get(f"/interviews/{interview_id}").json["workflowState"]


def swap(caller: Caller, interview_id: str) -> None:
    plan = caller.get(f"/interviews/{interview_id}/plan").json["structure"]
    response = caller.put(f"/interviews/{interview_id}/plan", {"structure": plan})
    assert response.status_code == 200


@pytest.mark.parametrize("part", ["", "/plan"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}'])
def test_a_plan_that_was_swapped_is_not_approved(
    caller: Caller, repository: Repository, part: str, form: str
) -> None:
    interview_id = interview_in(State.PENDING, caller, repository)
    seen = tag(caller, f"/interviews/{interview_id}{part}")
    swap(caller, interview_id)
    response = transition(caller, interview_id, "APPROVE", form.format(seen))
    assert (response.status_code, response.json) == (412, STALE)
    assert state(caller, interview_id) == "PENDING"
    seen = tag(caller, f"/interviews/{interview_id}{part}")
    assert transition(caller, interview_id, "APPROVE", form.format(seen)).status_code == 200


def test_an_assessment_is_approved_by_its_own_tag(caller: Caller, repository: Repository) -> None:
    interview_id = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    seen = tag(caller, f"/interviews/{interview_id}/assessment")
    for stale in ('"1"', '"0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"', ""):
        response = transition(caller, interview_id, "APPROVE_ASSESSMENT", stale)
        assert (response.status_code, response.json) == (412, STALE)
    assert transition(caller, interview_id, "APPROVE_ASSESSMENT", seen).status_code == 200


def test_the_intake_takes_tags_as_well(caller: Caller, repository: Repository) -> None:
    interview_id = interview_in(State.PENDING, caller, repository)
    run_id = caller.get(f"/interviews/{interview_id}").json["runId"]
    seen = {"If-Match": tag(caller, f"/interviews/{interview_id}/plan")}
    swap(caller, interview_id)
    body: dict[str, Any] = {"approved": True}
    assert caller.post(f"/a2a/interview/{run_id}/approve", body, headers=seen).json == STALE
    path = f"/a2a/interview/{run_id}/request-modification"
    assert caller.call("PATCH", path, json={"reason": "More"}, headers=seen).json == STALE
    fresh = {"If-Match": tag(caller, f"/interviews/{interview_id}/plan")}
    assert caller.post(f"/a2a/interview/{run_id}/approve", body, headers=fresh).status_code == 200


def test_a_plan_is_replaced_only_where_it_is_the_one_that_was_read(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.PENDING, caller, repository)
    path = f"/interviews/{interview_id}/plan"
    seen, plan = tag(caller, path), {"structure": caller.get(path).json["structure"]}
    assert caller.put(path, plan, headers={"If-Match": seen}).status_code == 200
    assert caller.put(path, plan, headers={"If-Match": seen}).json == STALE


def test_who_may_not_take_a_transition_learns_nothing_of_versions(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.PENDING, caller, repository)
    reader = caller.other("acme", "interview:read")
    stranger = caller.other("other", "interview:*")
    assert transition(reader, interview_id, "APPROVE", '"stale"').status_code == 403
    assert transition(stranger, interview_id, "APPROVE", '"stale"').status_code == 404


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "GZIP", "gzip, identity"])
def test_a_compressed_body_is_415(caller: Caller, coding: str) -> None:
    response = caller.post("/interviews", details(), headers={"Content-Encoding": coding})
    assert (response.status_code, response.json) == (
        415,
        {
            "statusCode": 415,
            "message": "Content-Encoding is not supported: send the body uncompressed",
        },
    )
    assert caller.get("/interviews").json["meta"]["total"] == 0
    plain = caller.post("/interviews", details(), headers={"Content-Encoding": "identity"})
    assert plain.status_code == 201


def test_who_may_not_read_is_told_ids_alone_of_an_interview_that_was_there(caller: Caller) -> None:
    first = caller.create(externalId="req-1")
    creator = caller.other("acme", "interview:create")
    known = creator.post("/interviews", details(externalId="req-1"))
    reference = {name: first[name] for name in ("id", "runId", "workflowState")}
    assert (known.status_code, known.json) == (200, reference)
    assert "ETag" not in known.headers
    taken = creator.post("/a2a/interview", details(externalId="req-1"))
    assert (taken.status_code, taken.json) == (
        200,
        {"runId": first["runId"], "interviewId": first["id"], "state": first["workflowState"]},
    )
    again = caller.post("/interviews", details(externalId="req-1"))
    assert (again.status_code, again.json) == (200, first)


@pytest.mark.parametrize("path", ["/interviews", "/a2a/interview"])
def test_an_answer_kept_of_a_reader_is_not_for_others(caller: Caller, path: str) -> None:
    caller.create(externalId="req-1")
    body, key = details(externalId="req-1"), {"Idempotency-Key": "once"}
    assert caller.post(path, body, headers=key).status_code == 200
    creator = caller.other("acme", "interview:create")
    refused = creator.post(path, body, headers=key)
    assert refused.status_code == 409
    assert "jane@example.com" not in refused.text
