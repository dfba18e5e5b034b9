"""Answers of the whole life of an interview are what the OpenAPI document says, headers as well."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from interview_service.domain.workflow import State
from interview_service.repository import Repository
from tests.callers import BASE, Caller, details
from tests.lives import interview_in

HEADERS = {
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "Idempotent-Replayed",
    "X-Request-ID",
}


@pytest.fixture
def document(sqlite_caller: Caller) -> dict[str, Any]:
    read: dict[str, Any] = sqlite_caller.client.get("/api/openapi.json").json
    return read


@pytest.fixture
def sqlite_repository(sqlite_caller: Caller) -> Repository:
    return Repository(sqlite_caller.app.extensions["interview_service_database"], "acme")


def assert_as_documented(document: dict[str, Any], path: str, response: TestResponse) -> None:
    """Check an answer's status, headers and body; `path` is spelled as in the document."""
    operation = document["paths"][BASE + path][response.request.method.lower()]
    assert str(response.status_code) in operation["responses"], (path, response.json)
    described = operation["responses"][str(response.status_code)]
    sent, told = HEADERS & set(response.headers.keys()), set(described["headers"])
    assert sent | {"Idempotent-Replayed"} == told | {"Idempotent-Replayed"}, path
    assert sent <= told, path
    if "content" in described:
        schema = described["content"]["application/json"]["schema"]
        validator = Draft202012Validator({**schema, "components": document["components"]})
        faults = [error.message for error in validator.iter_errors(response.json)]
        assert faults == [], path


def test_every_answer_of_a_life_is_as_documented(
    sqlite_caller: Caller, sqlite_repository: Repository, document: dict[str, Any]
) -> None:
    caller = sqlite_caller.other("acme", "interview:*", "tenant:*", "candidate:*")
    one, key = "/interviews/{interviewId}", {"Idempotency-Key": "once"}
    given = details(externalId="req-1")
    ended = interview_in(State.ASSESSMENT_APPROVED, caller, sqlite_repository)
    run = caller.get(f"/interviews/{ended}").json["runId"]
    pending = interview_in(State.PENDING, caller, sqlite_repository)
    asked = caller.post("/a2a/interview", {"externalId": "req-2"})
    plan = {"structure": caller.get(f"/interviews/{pending}/plan").json["structure"]}
    current = caller.get(f"/interviews/{ended}").headers["ETag"]
    answers = [
        ("/interviews", caller.post("/interviews", given, headers=key)),
        ("/interviews", caller.post("/interviews", given, headers=key)),
        ("/interviews", caller.post("/interviews", given)),
        ("/interviews", caller.post("/interviews", {}, headers=key)),
        ("/interviews", caller.get("/interviews?limit=2")),
        ("/interviews", caller.client.get(f"{BASE}/interviews")),
        ("/interviews", caller.other("acme", "nothing:*").get("/interviews")),
        (one, caller.get(f"/interviews/{ended}")),
        (one, caller.get(f"/interviews/{ended}", headers={"If-None-Match": current})),
        (one, caller.put(f"/interviews/{pending}", {"companyName": "Acme"})),
        (one, caller.put(f"/interviews/{pending}", {}, headers={"If-Match": '"stale"'})),
        (f"{one}/plan", caller.put(f"/interviews/{pending}/plan", plan)),
        (f"{one}/plan", caller.get(f"/interviews/{pending}/plan")),
        (f"{one}/plan", caller.get(f"/interviews/{ended}/plan")),
        (f"{one}/plans", caller.get(f"/interviews/{pending}/plans")),
        (f"{one}/transcript", caller.get(f"/interviews/{ended}/transcript")),
        (f"{one}/assessment", caller.get(f"/interviews/{ended}/assessment")),
        (f"{one}/assessment", caller.get(f"/interviews/{pending}/assessment")),
        (f"{one}/deliveries", caller.get(f"/interviews/{ended}/deliveries")),
        ("/interviews/{runId}/status", caller.get(f"/interviews/{run}/status")),
        (f"/workflow{one}/history", caller.get(f"/workflow/interviews/{ended}/history")),
        ("/a2a/interview", asked),
        ("/a2a/interview", caller.post("/a2a/interview", {"externalId": "req-2"})),
        ("/a2a/interview", caller.post("/a2a/interview", {"externalId": "req-3"}, headers=key)),
        ("/tenant/settings", caller.get("/tenant/settings")),
        ("/tenant/webhook/secret", caller.post("/tenant/webhook/secret")),
        ("/candidates/erase", caller.post("/candidates/erase", {"email": "bo@example.com"})),
        (f"{one}/candidate-data", caller.delete(f"/interviews/{ended}/candidate-data")),
        (f"{one}/candidate-data", caller.delete(f"/interviews/{run}/candidate-data")),
        (one, caller.get(f"/interviews/{ended}")),
        (f"{one}/plan", caller.get(f"/interviews/{ended}/plan")),
        (f"{one}/assessment", caller.get(f"/interviews/{ended}/assessment")),
        (f"{one}/deliveries", caller.get(f"/interviews/{ended}/deliveries")),
        (one, caller.delete(f"/interviews/{ended}")),
        (one, caller.delete(f"/interviews/{ended}")),
    ]
    for path, response in answers:
        assert_as_documented(document, path, response)
