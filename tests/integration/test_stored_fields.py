"""Whatever field a schema accepts is kept: it comes back as it was sent, and nothing is lost."""

import json
from typing import Any

import pytest

from interview_service.api.schemas.interviews import (
    READ_ONLY_FIELDS,
    CompleteInfoSchema,
    IntakeSchema,
    InterviewCreateSchema,
    InterviewUpdateSchema,
)
from interview_service.api.schemas.plans import PlanReplaceSchema
from interview_service.api.schemas.tenant import TenantSettingsUpdateSchema
from interview_service.api.schemas.transcripts import TranscriptPutSchema
from interview_service.database.session import Database
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from tests.callers import Caller
from tests.lives import interview_in

VALUES: dict[str, Any] = {
    "candidateName": "Ada Byron",
    "candidateEmail": "ada@example.com",
    "position": "Analyst",
    "level": "LEAD",
    "skills": ["Analysis", "Engines"],
    "jobDescription": "Write programs for an engine that is yet to be built, and prove them right.",
    "companyName": "Engines",
    "companyDescription": "Builds engines",
    "callbackUrl": "https://ats.example.org/hook",
    "externalId": "req-77",
    "scheduledAt": "2031-05-06T07:08:09.010Z",
    "durationMinutes": 45,
    "location": "Room 12",
    "interviewers": ["ada@example.com", "auth0|17"],
}
SETTINGS: dict[str, Any] = {
    "webhookUrl": "https://ats.example.org/tenant",
    "webhookEvents": ["approved", "deleted"],
    "autoApprovePlans": True,
    "retentionDays": 180,
    "timeZone": "Europe/Berlin",
}
STRUCTURE: dict[str, Any] = {
    "duration": 30,
    "sections": [
        {
            "name": "All",
            "duration": 30,
            "topics": ["Engines"],
            "questions": [
                {
                    "text": "How would you prove a program right?",
                    "lookFor": ["an invariant"],
                    "followUps": ["And one that does not end?"],
                    "criterion": "proof",
                }
            ],
        }
    ],
    "opening": ["Welcome."],
    "closing": ["Thank you."],
    "criteria": [
        {
            "key": "proof",
            "group": "technical",
            "name": "Proof",
            "anchors": {"1": "none", "3": "by example", "5": "by induction"},
        }
    ],
    "checks": ["Degree in mathematics"],
    "notes": ["Written by hand"],
}
TURNS = [{"speaker": "Ada", "text": "By induction.", "at": "00:00:01.000"}]


def accepted(schema: Any) -> set[str]:
    """Return the names of the fields that a schema accepts."""
    return {str(field.data_key) for field in schema.load_fields.values()}


def accepted_everywhere(schema: Any, value: Any) -> None:
    """Fail where a schema accepts a field, at any depth, for which `value` has none."""
    assert accepted(schema) == set(value)
    for name, field in schema.load_fields.items():
        found = value[str(field.data_key)]
        inner = getattr(field, "inner", field)
        if hasattr(inner, "nested"):
            for each in found if isinstance(found, list) else [found]:
                accepted_everywhere(inner.schema, each)
        assert found not in (None, [], ""), name


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


@pytest.fixture
def sqlite_repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


def kept(caller: Caller, interview_id: str, names: set[str]) -> dict[str, Any]:
    record = caller.get(f"/interviews/{interview_id}").json
    return {name: record[name] for name in names}


def test_every_field_of_a_create_is_kept(caller: Caller) -> None:
    names = accepted(InterviewCreateSchema()) - {"planFromInterviewId"}
    sent = {name: VALUES[name] for name in names}
    made = caller.post("/interviews", sent)
    assert made.status_code == 201
    assert kept(caller, made.json["id"], names) == sent == {n: made.json[n] for n in names}


def test_every_field_of_an_intake_is_kept(caller: Caller) -> None:
    names = accepted(IntakeSchema())
    sent = {name: VALUES[name] for name in names}
    made = caller.post("/a2a/interview", sent)
    assert made.status_code == 201
    assert kept(caller, made.json["interviewId"], names) == sent


def test_every_field_that_completes_an_intake_is_kept(caller: Caller) -> None:
    names = accepted(CompleteInfoSchema())
    sent = {name: VALUES[name] for name in names}
    made = caller.post("/a2a/interview", {}).json["interviewId"]
    done = caller.call("PATCH", f"/a2a/interview/{made}/complete-info", json=sent)
    assert done.status_code == 200, done.json
    assert kept(caller, made, names) == sent


def test_every_field_of_a_change_is_kept(caller: Caller) -> None:
    schema = InterviewUpdateSchema()
    read_only = {str(schema.fields[name].data_key) for name in READ_ONLY_FIELDS}
    names = accepted(schema) - read_only - {"workflowState"}
    sent = {name: VALUES[name] for name in names}
    made = caller.create()
    assert caller.put(f"/interviews/{made['id']}", sent).status_code == 200
    assert kept(caller, made["id"], names) == sent


def test_every_field_of_a_tenants_settings_is_kept(caller: Caller) -> None:
    assert accepted(TenantSettingsUpdateSchema()) - {"hasSecret"} == set(SETTINGS)
    assert caller.put("/tenant/settings", SETTINGS).status_code == 200
    found = caller.get("/tenant/settings").json
    assert {name: found[name] for name in SETTINGS} == SETTINGS


def test_every_field_of_a_plan_is_kept(caller: Caller, sqlite_repository: Repository) -> None:
    accepted_everywhere(PlanReplaceSchema(), {"structure": STRUCTURE})
    pending = interview_in(State.PENDING, caller, sqlite_repository)
    put = caller.put(f"/interviews/{pending}/plan", {"structure": STRUCTURE})
    assert put.status_code == 200, put.json
    assert put.json["structure"] == STRUCTURE
    assert caller.get(f"/interviews/{pending}/plan").json["structure"] == STRUCTURE
    assert caller.get(f"/interviews/{pending}/plans").json["data"][0]["structure"] == STRUCTURE


def test_every_field_of_a_transcript_is_kept(caller: Caller, sqlite_repository: Repository) -> None:
    given = {"turns": TURNS, "candidateSpeaker": TURNS[0]["speaker"]}
    accepted_everywhere(TranscriptPutSchema(), given)
    running = interview_in(State.IN_PROGRESS, caller, sqlite_repository)
    put = caller.put(f"/interviews/{running}/transcript", given)
    assert put.status_code == 200, put.json
    kept = caller.get(f"/interviews/{running}/transcript").json
    assert {key: kept[key] for key in given} == given


def test_a_plan_of_an_earlier_version_is_shown_with_empty_parts(
    caller: Caller, sqlite_repository: Repository, sqlite_database: Database
) -> None:
    pending = interview_in(State.PENDING, caller, sqlite_repository)
    old = {
        "duration": 30,
        "sections": [
            {"name": "A", "duration": 30, "topics": ["B"], "questions": [{"text": "C?"}]},
        ],
    }
    plan_id = caller.get(f"/interviews/{pending}").json["planId"]

    with sqlite_database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE plans SET structure = ? WHERE id = ?", (json.dumps(old), plan_id)
        )
    shown = caller.get(f"/interviews/{pending}/plan").json["structure"]
    assert shown == {
        "duration": 30,
        "sections": [
            {
                "name": "A",
                "duration": 30,
                "topics": ["B"],
                "questions": [{"text": "C?", "lookFor": [], "followUps": [], "criterion": None}],
            }
        ],
        "opening": [],
        "closing": [],
        "criteria": [],
        "checks": [],
        "notes": [],
    }
