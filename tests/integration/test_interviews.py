"""The record of an interview through its endpoints: created, read, listed, changed, deleted."""

from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from interview_service import lifecycle
from interview_service.database.accounts import AuditEntryModel
from interview_service.database.models import (
    Base,
    ChangeModel,
    DeliveryAttemptModel,
    InterviewModel,
)
from interview_service.database.session import Database
from interview_service.domain.workflow import FINAL, State, Transition
from interview_service.repository import Repository
from interview_service.webhooks.transport import Outcome
from tests.callers import BASE, Caller, details
from tests.conftest import Hands
from tests.lives import INFO, TURNS, interview_in, take, work

NOT_FOUND = (404, {"statusCode": 404, "message": "Interview not found"})
STALE = (
    412,
    {
        "statusCode": 412,
        "message": "If-Match does not match the current ETag: read the record again",
    },
)


def answer(response: TestResponse) -> tuple[int, Any]:
    """Return the status and the body of an answer."""
    return response.status_code, response.json


def read(caller: Caller, interview_id: str) -> dict[str, Any]:
    response = caller.get(f"/interviews/{interview_id}")
    assert response.status_code == 200, response.json
    record: dict[str, Any] = response.json
    return record


def tag(caller: Caller, interview_id: str) -> str:
    return caller.get(f"/interviews/{interview_id}").headers["ETag"]


def listed(caller: Caller, **query: Any) -> list[str]:
    """Return the ids of a page of the list, whose total must fit."""
    page = caller.get("/interviews", query_string=query).json
    assert page["meta"]["total"] == len(page["data"])
    return [row["id"] for row in page["data"]]


def total(caller: Caller, state: State | None = None) -> int:
    query = {} if state is None else {"state": state.value}
    found: int = caller.get("/interviews", query_string=query).json["meta"]["total"]
    return found


# --- creating and reading


def test_a_new_interview_has_every_field_and_null_for_what_was_not_given(caller: Caller) -> None:
    given = details(jobDescription=..., scheduledAt=...)
    response = caller.post("/interviews", given)
    record = response.json
    assert response.status_code == 201
    assert record == {
        **given,
        "id": record["id"],
        "tenantId": "acme",
        "jobDescription": None,
        "companyName": None,
        "companyDescription": None,
        "workflowState": "RECEIVED",
        "runId": record["runId"],
        "planId": None,
        "assessmentId": None,
        "callbackUrl": None,
        "externalId": None,
        "scheduledAt": None,
        "durationMinutes": None,
        "location": None,
        "interviewers": [],
        "overallScore": None,
        "recommendation": None,
        "decision": None,
        "candidateErasedAt": None,
        "createdAt": record["createdAt"],
        "updatedAt": record["createdAt"],
    }
    assert record["id"] != record["runId"]
    assert response.headers["Location"] == f"{BASE}/interviews/{record['id']}"


def test_everything_that_was_given_is_kept_and_read_again(caller: Caller) -> None:
    given = details(
        companyName="Acme GmbH",
        companyDescription="Builds rockets.\nAnd anvils.",
        callbackUrl="https://ats.example.com/webhook",
        externalId="req-1",
    )
    created = caller.post("/interviews", given)
    response = caller.get(f"/interviews/{created.json['id']}")
    assert answer(response) == (200, created.json)
    assert {name: response.json[name] for name in given} == given
    assert caller.client.get(created.headers["Location"], headers=caller.headers).json == (
        created.json
    )


def test_the_longest_of_everything_is_kept_character_by_character(app: Flask) -> None:
    wide = "😀"
    tenant, subject = wide * 100, wide * 255
    caller = Caller(app, tenant, subject=subject)
    given = details(
        candidateName=wide * 200,
        candidateEmail="a" * 312 + "@b.co.uk",
        position="ש" * 200,
        skills=[f"{number:02}" + wide * 98 for number in range(50)],
        jobDescription=wide * 20_000,
        companyName=wide * 200,
        companyDescription=wide * 5_000,
        callbackUrl="https://ats.example.com/" + "x" * (2_048 - 24),
        externalId=wide * 200,
    )
    key = {"Idempotency-Key": on_the_wire(wide * 200)}
    created = caller.post("/interviews", given, headers=key)
    assert created.status_code == 201, created.json
    record = read(caller, created.json["id"])
    assert record == {**created.json, **given, "tenantId": tenant}
    assert answer(caller.post("/interviews", given, headers=key)) == answer(created)
    assert answer(caller.post("/interviews", given)) == (200, record)
    assert listed(caller, q=wide * 200) == [record["id"]]
    path = f"/workflow/interviews/{record['id']}"
    reason = wide * 2_000
    taken = caller.post(f"{path}/transition", {"transition": "CANCEL", "reason": reason})
    assert taken.status_code == 200, taken.json
    [entry] = caller.get(f"{path}/history").json["data"]
    assert (entry["triggeredBy"], entry["reason"]) == (subject, reason)


def test_the_time_of_creation_is_the_present_moment(caller: Caller, hands: Hands) -> None:
    record = caller.create()
    shown = hands.moment.isoformat(timespec="milliseconds")[:23] + "Z"
    assert (record["createdAt"], record["updatedAt"]) == (shown, shown)


# --- versions


def test_every_answer_with_a_record_names_its_version(caller: Caller) -> None:
    created = caller.post("/interviews", details(externalId="req-1"))
    path = f"/interviews/{created.json['id']}"
    first = created.headers["ETag"]
    assert first.startswith('"')
    assert first.endswith('"')
    assert caller.get(path).headers["ETag"] == first
    assert caller.call("HEAD", path).headers["ETag"] == first
    assert caller.post("/interviews", details(externalId="req-1")).headers["ETag"] == first
    changed = caller.put(path, {"companyName": "New"})
    assert changed.headers["ETag"] != first
    assert caller.get(path).headers["ETag"] == changed.headers["ETag"]


def test_a_transition_makes_another_version(caller: Caller, repository: Repository) -> None:
    interview_id = interview_in(State.PENDING, caller, repository)
    before = tag(caller, interview_id)
    take(caller, interview_id, Transition.APPROVE)
    assert tag(caller, interview_id) != before


def test_a_change_to_what_is_there_already_makes_no_other_version(caller: Caller) -> None:
    record = caller.create()
    before = tag(caller, record["id"])
    response = caller.put(f"/interviews/{record['id']}", {"companyName": None, "level": "SENIOR"})
    assert (response.json, response.headers["ETag"]) == (record, before)


def test_a_version_that_is_known_already_is_not_sent_again(caller: Caller) -> None:
    interview_id = caller.create()["id"]
    current = tag(caller, interview_id)
    for known in (current, f"W/{current}", f'"other", {current}', "*"):
        response = caller.get(f"/interviews/{interview_id}", headers={"If-None-Match": known})
        assert (response.status_code, response.data) == (304, b""), known
        assert response.headers["ETag"] == current


def test_a_version_that_is_not_known_is_sent(caller: Caller) -> None:
    record = caller.create()
    before = tag(caller, record["id"])
    changed = caller.put(f"/interviews/{record['id']}", {"companyName": "New"}).json
    response = caller.get(f"/interviews/{record['id']}", headers={"If-None-Match": before})
    assert answer(response) == (200, changed)


def test_a_plan_that_is_known_already_is_not_sent_again(
    caller: Caller, repository: Repository
) -> None:
    path = f"/interviews/{interview_in(State.PENDING, caller, repository)}/plan"
    current = caller.get(path).headers["ETag"]
    response = caller.get(path, headers={"If-None-Match": current})
    assert (response.status_code, response.data) == (304, b"")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_stale_version_is_neither_changed_nor_deleted(caller: Caller, method: str) -> None:
    interview_id = caller.create()["id"]
    path = f"/interviews/{interview_id}"
    stale = tag(caller, interview_id)
    record = caller.put(path, {"companyName": "Somebody else's"}).json
    body = {"companyName": "Mine"} if method == "PUT" else None
    current = tag(caller, interview_id)
    for given in (stale, '"nonsense"', f"W/{stale}", f'{stale}, "other"', ""):
        response = caller.call(method, path, json=body, headers={"If-Match": given})
        assert answer(response) == STALE, given
    assert read(caller, interview_id) == record
    assert (total(caller), tag(caller, interview_id)) == (1, current)


@pytest.mark.parametrize("form", ["{}", '"other", {}', "*", "W/{}"])
def test_the_present_version_is_changed_and_deleted(caller: Caller, form: str) -> None:
    interview_id = caller.create()["id"]
    path = f"/interviews/{interview_id}"
    match = {"If-Match": form.format(tag(caller, interview_id))}
    changed = caller.put(path, {"companyName": "New"}, headers=match)
    assert (changed.status_code, changed.json["companyName"]) == (200, "New")
    match = {"If-Match": form.format(changed.headers["ETag"])}
    assert caller.delete(path, headers=match).status_code == 204


def test_a_version_of_what_is_not_there_is_not_found(caller: Caller) -> None:
    path = f"/interviews/{uuid4()}"
    assert answer(caller.put(path, {}, headers={"If-Match": "*"})) == NOT_FOUND
    assert answer(caller.delete(path, headers={"If-Match": "*"})) == NOT_FOUND


# --- changing


@pytest.mark.parametrize("state", [state for state in State if state is not State.INFO_NEEDED])
def test_a_record_can_be_put_back_as_it_was_read_in_every_state(
    caller: Caller, repository: Repository, state: State
) -> None:
    interview_id = interview_in(state, caller, repository)
    supplied = {"candidateEmail": "jane@example.com"}
    if state is State.VALIDATING_SKILLS:  # taken in without an email
        assert caller.put(f"/interviews/{interview_id}", supplied).status_code == 200
    record, before = read(caller, interview_id), tag(caller, interview_id)
    response = caller.put(f"/interviews/{interview_id}", record)
    assert answer(response) == (200, record)
    assert response.headers["ETag"] == before
    assert read(caller, interview_id) == record


READ_ONLY = (
    ("id", "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"),
    ("tenantId", "globex"),
    ("runId", "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"),
    ("planId", "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"),
    ("assessmentId", "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"),
    ("externalId", "req-2"),
    ("externalId", None),
    ("createdAt", "2020-01-01T00:00:00.000Z"),
    ("updatedAt", "2020-01-01T00:00:00.000Z"),
)


def test_a_read_only_field_cannot_be_changed(caller: Caller) -> None:
    record = caller.create(externalId="req-1")
    for field, value in READ_ONLY:
        body = {**record, "companyName": "New", field: value}
        assert answer(caller.put(f"/interviews/{record['id']}", body)) == (
            422,
            {
                "statusCode": 422,
                "message": "Validation failed",
                "errors": {"json": {field: ["Read-only field"]}},
            },
        )
    assert read(caller, record["id"]) == record


def test_a_part_of_the_fields_is_changed_and_the_rest_stays(caller: Caller, hands: Hands) -> None:
    record = caller.create(companyName="Acme")
    hands.forward(minutes=5)
    changes = {
        "candidateName": "Jane Doe",
        "candidateEmail": "doe@example.com",
        "skills": ["Rust"],
        "companyName": None,
        "scheduledAt": "2031-01-01T09:00:00.000Z",
        "callbackUrl": "https://ats.example.com/webhook",
    }
    response = caller.put(f"/interviews/{record['id']}", changes)
    shown = hands.moment.isoformat(timespec="milliseconds")[:23] + "Z"
    assert answer(response) == (200, {**record, **changes, "updatedAt": shown})
    assert read(caller, record["id"]) == response.json


def test_an_empty_change_changes_nothing(caller: Caller) -> None:
    record = caller.create()
    assert answer(caller.put(f"/interviews/{record['id']}", {})) == (200, record)


def test_the_time_of_the_last_change_moves_on_though_the_clock_goes_back(
    caller: Caller, hands: Hands
) -> None:
    record = caller.create()
    hands.back(hours=1)
    changed = caller.put(f"/interviews/{record['id']}", {"companyName": "New"}).json
    assert changed["updatedAt"] > record["updatedAt"]


BRIEF = {
    "position": "Another",
    "level": "JUNIOR",
    "skills": ["Cobol"],
    "jobDescription": "Another job.",
}
FIXED_FROM = [
    State.APPROVED,
    State.SCHEDULED,
    State.IN_PROGRESS,
    State.COMPLETED,
    State.ASSESSMENT_PENDING,
]


@pytest.mark.parametrize("state", FIXED_FROM)
def test_what_the_plan_was_made_from_is_fixed_once_it_is_approved(
    caller: Caller, repository: Repository, state: State
) -> None:
    interview_id = interview_in(state, caller, repository)
    path, record = f"/interviews/{interview_id}", read(caller, interview_id)
    for field, value in BRIEF.items():
        response = caller.put(path, {"companyName": "New", field: value})
        message = f"Cannot change {field}: workflowState is {state}"
        assert answer(response) == (409, {"statusCode": 409, "message": message})
    assert read(caller, interview_id) == record
    other = {"candidateName": "Jane Doe", "companyName": "New"}
    changed = caller.put(path, other)
    assert answer(changed) == (
        200,
        {**record, **other, "updatedAt": changed.json["updatedAt"]},
    )


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_changes_any_more_in_a_final_state(
    caller: Caller, repository: Repository, state: State
) -> None:
    interview_id = interview_in(state, caller, repository)
    record = read(caller, interview_id)
    changes = {
        "candidateName": "Jane Doe",
        "candidateEmail": "doe@example.com",
        **BRIEF,
        "companyName": "New",
        "companyDescription": "New",
        "scheduledAt": "2031-01-01T09:00:00.000Z",
        "callbackUrl": "https://ats.example.com/webhook",
    }
    for field, value in changes.items():
        message = f"Cannot change {field}: workflowState is {state}"
        response = caller.put(f"/interviews/{interview_id}", {field: value})
        assert answer(response) == (409, {"statusCode": 409, "message": message})
    assert read(caller, interview_id) == record


# --- retries


def test_a_retry_with_the_same_key_gets_the_first_answer_again(caller: Caller) -> None:
    key = {"Idempotency-Key": "the key"}
    first = caller.post("/interviews", details(), headers=key)
    assert first.status_code == 201
    assert "Idempotent-Replayed" not in first.headers
    caller.put(f"/interviews/{first.json['id']}", {"companyName": "Changed since"})
    again = caller.post("/interviews", dict(reversed(details().items())), headers=key)
    assert answer(again) == answer(first)
    assert again.headers["Idempotent-Replayed"] == "true"
    for name in ("ETag", "Location", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert total(caller) == 1


def test_a_key_that_comes_with_another_body_or_path_is_a_conflict(caller: Caller) -> None:
    key = {"Idempotency-Key": "the key"}
    conflict = (
        409,
        {
            "statusCode": 409,
            "message": "Idempotency-Key was used before with a different request",
        },
    )
    assert caller.post("/interviews", details(), headers=key).status_code == 201
    other = caller.post("/interviews", details(candidateName="Other"), headers=key)
    assert answer(other) == conflict
    assert answer(caller.post("/a2a/interview", INFO, headers=key)) == conflict
    assert total(caller) == 1


def on_the_wire(text: str) -> str:
    """Return a header's text as WSGI passes it on: UTF-8 decoded as Latin-1."""
    return text.encode().decode("latin-1")


def test_a_key_has_1_to_200_printable_characters(caller: Caller) -> None:
    fault = "Must have 1 to 200 printable characters."
    for key in ("", "x" * 201, on_the_wire("К" * 201), "\x7f", "a\tb", "\u200b"):
        refused = caller.post("/interviews", details(), headers={"Idempotency-Key": key})
        assert answer(refused) == (
            422,
            {
                "statusCode": 422,
                "message": "Validation failed",
                "errors": {"headers": {"Idempotency-Key": [fault]}},
            },
        )
    assert total(caller) == 0


def test_every_other_key_is_a_key_of_its_own(caller: Caller) -> None:
    keys = ("x" * 200, "k", "K", "%_'\"\\", "k\u00e9", "ke", on_the_wire("К" * 200), "😀")
    made = set()
    for key in keys:
        headers = {"Idempotency-Key": key}
        first = caller.post("/interviews", details(), headers=headers)
        again = caller.post("/interviews", details(), headers=headers)
        assert (first.status_code, answer(again)) == (201, answer(first)), key
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        made.add(first.json["id"])
    assert len(made) == total(caller) == len(keys)


def test_each_tenant_has_keys_of_its_own(caller: Caller) -> None:
    key = {"Idempotency-Key": "the key"}
    mine = caller.post("/interviews", details(), headers=key)
    theirs = caller.other("globex").post("/interviews", details(), headers=key)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json["id"] != theirs.json["id"]
    assert "Idempotent-Replayed" not in theirs.headers


def test_a_request_that_failed_does_not_use_up_its_key(caller: Caller) -> None:
    key = {"Idempotency-Key": "the key"}
    assert caller.post("/interviews", details(level="GURU"), headers=key).status_code == 422
    response = caller.post("/interviews", details(), headers=key)
    assert response.status_code == 201
    assert "Idempotent-Replayed" not in response.headers


def test_a_refused_transition_does_not_use_up_its_key(
    caller: Caller, repository: Repository
) -> None:
    key = {"Idempotency-Key": "the key"}
    interview_id = interview_in(State.RECEIVED, caller, repository)
    path = f"/workflow/interviews/{interview_id}/transition"
    assert caller.post(path, {"transition": "APPROVE"}, headers=key).status_code == 409
    assert work(repository, interview_id)
    assert caller.post(path, {"transition": "APPROVE"}, headers=key).status_code == 200
    again = caller.post(path, {"transition": "APPROVE"}, headers=key)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert read(caller, interview_id)["workflowState"] == "APPROVED"


def test_a_key_goes_with_an_id_in_capitals(caller: Caller, repository: Repository) -> None:
    hook = "https://ats.example.com/webhook"
    interview_id = interview_in(State.RECEIVED, caller, repository, callbackUrl=hook)
    [delivery] = caller.get(f"/interviews/{interview_id}/deliveries").json["data"]
    capitals = interview_id.upper()
    for path in (
        f"/workflow/interviews/{capitals}/retry",
        f"/interviews/{capitals}/deliveries/{delivery['id'].upper()}/redeliver",
    ):
        key = {"Idempotency-Key": path}
        first = caller.post(path, headers=key)
        again = caller.post(path, headers=key)
        assert (first.status_code, answer(again)) == (202, answer(first)), path
        assert again.headers["Idempotent-Replayed"] == "true"


def test_a_kept_answer_is_not_for_who_lacks_the_permission(caller: Caller) -> None:
    path = f"/workflow/interviews/{caller.create()['id']}/transition"
    key, body = {"Idempotency-Key": "the key"}, {"transition": "CANCEL"}
    first = caller.post(path, body, headers=key)
    assert first.status_code == 200
    message = "Insufficient permissions. Required: interview:update"
    reader = caller.other("acme", "interview:read")
    assert answer(reader.post(path, body, headers=key)) == (
        403,
        {"statusCode": 403, "message": message},
    )
    writer = caller.other("acme", "interview:update")
    assert answer(writer.post(path, body, headers=key)) == answer(first)


def test_a_key_is_kept_for_24_hours(caller: Caller, hands: Hands) -> None:
    key = {"Idempotency-Key": "the key"}
    first = caller.post("/interviews", details(), headers=key)
    hands.forward(hours=23, minutes=59)
    again = caller.post("/interviews", details(), headers=key)
    assert answer(again) == answer(first)
    hands.forward(minutes=1)
    anew = caller.post("/interviews", details(), headers=key)
    assert anew.status_code == 201
    assert anew.json["id"] != first.json["id"]


def test_an_external_id_that_comes_again_returns_the_first_record(caller: Caller) -> None:
    first = caller.create(externalId="req-1")
    again = caller.post("/interviews", details(externalId="req-1", candidateName="Other"))
    assert answer(again) == (200, first)
    assert again.headers["Location"] == f"{BASE}/interviews/{first['id']}"
    assert total(caller) == 1
    for other in ("REQ-1", "req-1.", "réq-1"):
        assert caller.post("/interviews", details(externalId=other)).status_code == 201
    theirs = caller.other("globex").post("/interviews", details(externalId="req-1"))
    assert theirs.status_code == 201
    assert caller.delete(f"/interviews/{first['id']}").status_code == 204
    assert caller.create(externalId="req-1")["id"] != first["id"]


# --- the list


def test_the_list_is_newest_first_and_its_rows_are_the_records_in_short(caller: Caller) -> None:
    older = caller.create(candidateName="Older")
    newer = caller.create(candidateName="Newer", scheduledAt=None)
    caller.other("globex").create()
    row = (
        "id",
        "candidateName",
        "candidateEmail",
        "position",
        "level",
        "workflowState",
        "scheduledAt",
        "createdAt",
        "updatedAt",
        "interviewers",
        "overallScore",
        "recommendation",
        "decision",
    )
    nobody_yet = {
        "interviewers": [],
        "overallScore": None,
        "recommendation": None,
        "decision": None,
    }
    page = caller.get("/interviews")
    assert answer(page) == (
        200,
        {
            "data": [
                {**{name: record[name] for name in row}, **nobody_yet}
                for record in sorted((older, newer), key=lambda each: each["id"], reverse=True)
            ],
            "meta": {"total": 2, "page": 1, "limit": 20, "totalPages": 1, "nextCursor": None},
        },
    )


def test_what_came_later_stands_first(caller: Caller, hands: Hands) -> None:
    made = []
    for _ in range(3):
        made.append(caller.create()["id"])
        hands.forward(milliseconds=1)
    assert listed(caller) == made[::-1]


def test_a_change_does_not_move_a_row(caller: Caller, hands: Hands) -> None:
    first = caller.create()["id"]
    hands.forward(seconds=1)
    second = caller.create()["id"]
    hands.forward(seconds=1)
    caller.put(f"/interviews/{first}", {"companyName": "New"})
    assert listed(caller) == [second, first]


def test_an_empty_list_has_no_pages(caller: Caller) -> None:
    meta = {"total": 0, "page": 1, "limit": 20, "totalPages": 0, "nextCursor": None}
    for query in ("", "?state=PENDING", "?q=jane"):
        assert answer(caller.get(f"/interviews{query}")) == (200, {"data": [], "meta": meta})


def test_a_page_past_the_end_is_empty_and_says_how_many_there_are(caller: Caller) -> None:
    for _ in range(3):
        caller.create()
    for page in (3, 4, 10**17):
        for query in ("", "&state=RECEIVED", "&q=jane"):
            response = caller.get(f"/interviews?page={page}&limit=2{query}")
            meta = {"total": 3, "page": page, "limit": 2, "totalPages": 2, "nextCursor": None}
            assert answer(response) == (200, {"data": [], "meta": meta})


def test_the_list_of_a_state_has_that_state_only(caller: Caller, repository: Repository) -> None:
    of_state = {
        state: interview_in(state, caller, repository)
        for state in (State.RECEIVED, State.PENDING, State.INFO_NEEDED, State.CANCELLED)
    }
    for state in State:
        assert listed(caller, state=state.value) == ([of_state[state]] if state in of_state else [])


def test_the_list_is_searched_by_name_email_and_position_in_any_case(caller: Caller) -> None:
    wanted = caller.create()["id"]
    caller.create(candidateName="Bob", candidateEmail="bob@mail.test", position="Cook")
    caller.other("globex").create()
    for q in ("jane", "JANE SMITH", "e s", "EXAMPLE.COM", "jane@", "senior eng", "  EnGineer  "):
        assert listed(caller, q=q) == [wanted], q


def test_nothing_else_is_searched(caller: Caller) -> None:
    caller.create(companyName="Acme", externalId="req-1")
    for q in ("typescript", "scalable", "acme", "req-1", "RECEIVED", "smith jane", "jane senior"):
        assert listed(caller, q=q) == [], q


def test_the_list_is_searched_in_any_case_of_any_script(caller: Caller) -> None:
    for name, q in (
        ("Dr. Ärztin", "ÄRZTIN"),
        ("PRÜFÄRZTE", "prüfärzte"),
        ("Große Straße", "STRASSE"),
        ("İlknur", "İLKNUR"),
        ("Ωmega Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("Дмитрий", "ДМИТРИЙ"),
        ("李明", "明"),
        ("🚀 Rocket", "🚀 r"),
        ("ﬁnn", "FINN"),
    ):
        wanted = caller.create(candidateName=name)["id"]
        assert listed(caller, q=q) == [wanted], q
        assert listed(caller, q=name) == [wanted], name


def test_a_search_takes_every_character_literally(caller: Caller) -> None:
    caller.create(candidateName="x a b axb y")
    for q in ("%", "_", "a/b", "\\", "a%b", "a_b", "a\\b", "/%", "'", '"'):
        wanted = caller.create(candidateName=f"x{q}y")["id"]
        assert listed(caller, q=q) == [wanted], q
        assert caller.delete(f"/interviews/{wanted}").status_code == 204


def test_an_accent_makes_no_other_letter(caller: Caller) -> None:
    plain = caller.create(candidateName="Arztin")["id"]
    accented = caller.create(candidateName="Ärztin")["id"]
    for q in ("ärztin", "ARZTIN"):
        assert listed(caller, q=q) == [accented, plain]


def test_a_changed_name_is_found_at_once_and_the_old_one_no_more(caller: Caller) -> None:
    interview_id = caller.create()["id"]
    caller.put(f"/interviews/{interview_id}", {"candidateName": "Zoë Müller"})
    assert listed(caller, q="ZOË") == [interview_id]
    assert listed(caller, q="smith") == []


def test_a_search_that_is_empty_finds_everything(caller: Caller) -> None:
    interview_id = caller.create()["id"]
    assert listed(caller, q="") == [interview_id]
    assert listed(caller, q="   ") == [interview_id]


def test_the_totals_are_true_right_after_every_change(
    caller: Caller, repository: Repository
) -> None:
    first, second = caller.create()["id"], caller.create()["id"]
    assert (total(caller), total(caller, State.RECEIVED)) == (2, 2)
    assert work(repository, first)
    assert (total(caller, State.RECEIVED), total(caller, State.PENDING)) == (1, 1)
    assert caller.put(f"/interviews/{second}", {"workflowState": "CANCELLED"}).status_code == 200
    assert (total(caller, State.RECEIVED), total(caller, State.CANCELLED)) == (0, 1)
    assert caller.delete(f"/interviews/{second}").status_code == 204
    assert (total(caller), total(caller, State.CANCELLED)) == (1, 0)
    caller.post("/interviews", details(level="GURU"))
    assert (total(caller), total(caller.other("globex"))) == (1, 0)


# --- deleting


def test_a_deleted_interview_is_not_found_any_more(caller: Caller) -> None:
    interview_id = caller.create()["id"]
    response = caller.delete(f"/interviews/{interview_id}")
    assert (response.status_code, response.data) == (204, b"")
    assert "Content-Type" not in response.headers
    path = f"/interviews/{interview_id}"
    assert answer(caller.get(path)) == NOT_FOUND
    assert answer(caller.put(path, {"companyName": "New"})) == NOT_FOUND
    assert answer(caller.delete(path)) == NOT_FOUND
    assert listed(caller) == []


PARTS = (DeliveryAttemptModel,)
OUTLIVING = (ChangeModel, AuditEntryModel)
"""What keeps the id of an interview that is gone, and nothing else of it."""


def rows(database: Database) -> dict[str, int]:
    """Return how many rows each table has, of whichever tenant, that hangs on an interview."""
    found = {}
    for mapper in Base.registry.mappers:
        hangs = "interview_id" in mapper.columns or mapper.class_ in (InterviewModel, *PARTS)
        if hangs and mapper.class_ not in OUTLIVING:
            with database.across_tenants() as session:
                statement = select(func.count()).select_from(mapper.class_)
                found[mapper.local_table.name] = session.execute(statement).scalar_one()
    return found


def test_deleting_leaves_nothing_about_the_candidate(
    caller: Caller, repository: Repository, database: Database
) -> None:
    hook = "https://ats.example.com/webhook"
    key = {"Idempotency-Key": "the key"}
    kept = interview_in(State.ASSESSMENT_APPROVED, caller, repository)
    before = rows(database)
    gone = interview_in(State.ASSESSMENT_PENDING, caller, repository, callbackUrl=hook)
    transition = f"/workflow/interviews/{gone}/transition"
    body = {"transition": "REJECT_ASSESSMENT", "reason": "More about Jane"}
    assert caller.post(transition, body, headers=key).status_code == 200
    for summary in ("Jane is good", "Jane is very good"):
        card = {"ratings": [], "recommendation": "HIRE", "summary": summary, "submitted": True}
        assert caller.put(f"/interviews/{gone}/scorecards/me", card).status_code == 200
    assert caller.post("/interviews", details(), headers={"Idempotency-Key": "other"})
    made = caller.post("/interviews", details(), headers={"Idempotency-Key": "other"}).json["id"]
    told = lifecycle.GivenPushConfig("https://agent.example.com/told")
    lifecycle.set_push_config(repository, gone, told, lifecycle.Actor("tester"))
    post = lifecycle.begin_delivery(repository, gone)
    assert post is not None
    lifecycle.record_delivery(repository, post, Outcome(200, 3, "thanks", None))
    amid = rows(database)
    assert all(amid[name] > before[name] for name in amid if name != "interview_interviewers")

    assert caller.delete(f"/interviews/{gone}").status_code == 204
    assert caller.delete(f"/interviews/{made}").status_code == 204
    while last := lifecycle.begin_delivery(repository, gone):  # the event of the deletion
        lifecycle.record_delivery(repository, last, Outcome(200, 3, "thanks", None))
    after = rows(database)
    assert after == before
    assert listed(caller) == [kept]
    assert read(caller, kept)["workflowState"] == "ASSESSMENT_APPROVED"


@pytest.mark.parametrize("state", list(State))
def test_an_interview_is_deleted_in_every_state(
    caller: Caller, repository: Repository, state: State
) -> None:
    interview_id = interview_in(state, caller, repository)
    assert caller.delete(f"/interviews/{interview_id}").status_code == 204
    assert answer(caller.get(f"/interviews/{interview_id}")) == NOT_FOUND
    assert (total(caller), total(caller, state)) == (0, 0)


# --- other tenants

BODIES = {
    "PUT /interviews/{interview}": {"companyName": "Mine"},
    "PUT /interviews/{interview}/plan": {
        "structure": {
            "duration": 30,
            "sections": [{"name": "Talk", "duration": 30, "topics": ["Work"]}],
        }
    },
    "PUT /interviews/{interview}/transcript": {"turns": TURNS},
    "PUT /interviews/{interview}/scorecards/me": {
        "ratings": [],
        "recommendation": "HIRE",
        "submitted": True,
    },
    "POST /workflow/interviews/{interview}/transition": {"transition": "CANCEL"},
    "POST /a2a/interview/{run}/approve": {"approved": False},
    "PATCH /a2a/interview/{run}/request-modification": {"reason": "Mine"},
    "PATCH /a2a/interview/{interview}/complete-info": {"candidateName": "Mine"},
    "POST /a2a/interview/{interview}/approve-assessment": {"approved": False},
}


def calls(caller: Caller) -> list[tuple[str, str]]:
    """Return the method and the path of every operation of the API on one interview."""
    found = []
    for rule in caller.app.url_map.iter_rules():
        if rule.rule.startswith(BASE) and {"interview_id", "run_id"} & rule.arguments:
            path = rule.rule.removeprefix(BASE)
            for name in ("interview", "run", "delivery"):
                path = path.replace(f"<string:{name}_id>", f"{{{name}}}")
            found += [(method, path) for method in sorted(rule.methods or ()) if method != "HEAD"]
    return sorted((method, path) for method, path in found if method != "OPTIONS")


def test_another_tenants_interview_is_not_found_by_any_method_on_any_path(
    caller: Caller, repository: Repository
) -> None:
    hook = "https://ats.example.com/webhook"
    interview_id = interview_in(State.ASSESSMENT_PENDING, caller, repository, callbackUrl=hook)
    record = read(caller, interview_id)
    [delivery, *_] = caller.get(f"/interviews/{interview_id}/deliveries").json["data"]
    other = caller.other("globex", "interview:*", "candidate:*")
    known = {"interview": interview_id, "run": record["runId"], "delivery": delivery["id"]}
    unknown = {"interview": str(uuid4()), "run": str(uuid4()), "delivery": str(uuid4())}
    asked = calls(caller)
    assert set(BODIES) <= {f"{method} {path}" for method, path in asked}
    assert len(asked) >= 20
    current = tag(caller, interview_id)
    conditions = (
        {},
        {"If-Match": current},
        {"If-Match": '"stale"'},
        {"If-None-Match": current},
        {"If-None-Match": "*"},
        {"Idempotency-Key": "the key"},
    )
    for (method, path), condition in product(asked, conditions):
        body = BODIES.get(f"{method} {path}")
        sent = {**condition, "X-Request-ID": "the-request"}
        theirs = other.call(method, path.format(**known), json=body, headers=sent)
        nothing = other.call(method, path.format(**unknown), json=body, headers=sent)
        assert answer(theirs) == NOT_FOUND, f"{method} {path} {condition}"
        assert theirs.data == nothing.data
        assert list(theirs.headers) == list(nothing.headers), f"{method} {path} {condition}"
        assert "ETag" not in theirs.headers
        if method == "GET":
            head = other.call("HEAD", path.format(**known), headers=sent)
            assert (head.status_code, list(head.headers)) == (404, list(theirs.headers))
    assert read(caller, interview_id) == record
    assert (listed(other), total(other)) == ([], 0)


def test_the_location_is_right_with_a_slash_at_the_end_as_well(caller: Caller) -> None:
    response = caller.post("/interviews/", details())
    assert response.status_code == 201
    assert response.headers["Location"].endswith(f"/interviews/{response.json['id']}")
    assert "//" not in response.headers["Location"].removeprefix("http://")
