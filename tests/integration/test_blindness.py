"""Interviewers judge blind: what others think is on no way out before they hand in their own."""

from collections.abc import Iterator
from typing import Any

import pytest

from interview_service.database.session import Database
from interview_service.domain.interview import InterviewRow
from interview_service.domain.workflow import State, Transition
from interview_service.repository import Repository
from tests.callers import BASE, Caller, details
from tests.lives import interview_in, put_transcript, take, work
from tests.panels import (
    INTERVIEWER,
    assessment,
    card,
    hand_in,
    interviewer,
    judged_interview,
)


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


@pytest.fixture
def repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


def ways_out(who: Caller, one: str) -> dict[str, Any]:
    """Return every answer in which what others think can stand."""
    row = next(each for each in who.get("/interviews").json["data"] if each["id"] == one)
    found = next(each for each in who.get("/interviews?q=Jane").json["data"] if each["id"] == one)
    (by_state,) = who.get("/interviews?state=ASSESSMENT_PENDING&limit=1").json["data"]
    created = who.post("/interviews", details(externalId="known"), headers={})
    return {
        "record": who.get(f"/interviews/{one}").json,
        "changed": who.put(f"/interviews/{one}", {"companyName": "Acme"}).json,
        "created again": created.json,
        "row": row,
        "found": found,
        "by state": by_state,
        "assessment": who.get(f"/interviews/{one}/assessment").json,
        "assessments": who.get(f"/interviews/{one}/assessments").json["data"][0],
    }


def authors(who: Caller, one: str) -> list[str]:
    """Return whose scorecards somebody sees."""
    cards = who.get(f"/interviews/{one}/scorecards").json["data"]
    return [each["interviewer"] for each in cards]


HIDDEN = ("overallScore", "recommendation", "scores", "agreement", "draft", "summary")


def read_everywhere(who: Caller, one: str) -> Iterator[tuple[str, Any]]:
    """Yield every GET of the API that a caller may make about an interview, and its answer."""
    record = who.get(f"/interviews/{one}").json
    known = {"interview_id": one, "run_id": record["runId"], "interviewer": "grace"}
    for rule in who.app.url_map.iter_rules():
        is_list = rule.rule.startswith(f"{BASE}/interviews") and not rule.arguments
        is_about_one = bool({"interview_id", "run_id"} & rule.arguments)
        if "GET" not in (rule.methods or ()) or not (is_list or is_about_one):
            continue
        if rule.arguments <= known.keys():
            with who.app.test_request_context():
                path = who.app.url_map.bind("localhost").build(
                    rule.endpoint, {name: known[name] for name in rule.arguments}
                )
            for accepted in ("application/json", "text/csv", "text/html"):
                response = who.client.get(path, headers={**who.headers, "Accept": accepted})
                yield f"{path} as {accepted}", response


def told_of_others(value: Any, path: str = "") -> Iterator[str]:
    """Yield where a JSON answer says what others think."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in HIDDEN and inner not in (None, {}):
                yield f"{path}.{name}"
            yield from told_of_others(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from told_of_others(inner, f"{path}[{number}]")


def test_no_endpoint_there_is_tells_an_interviewer_who_has_not_handed_in(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    hand_in(interviewer(caller, "grace"), one, card("STRONG_NO_HIRE", 2, summary="Deep."))
    blind = interviewer(caller, "ada")
    asked = 0
    for path, response in read_everywhere(blind, one):
        assert b"Deep." not in response.data, path
        assert b"STRONG_NO_HIRE" not in response.data, path
        if response.is_json:
            assert list(told_of_others(response.json)) == [], path
        asked += response.status_code == 200
    assert asked > 20
    told = {
        path.partition(" ")[0].rpartition("/")[2]
        for path, response in read_everywhere(caller, one)
        if b"STRONG_NO_HIRE" in response.data
    }
    assert {one, "interviews", "assessment", "assessments", "scorecards", "versions"} <= told


def test_who_has_not_handed_in_a_card_sees_on_no_way_what_others_think(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.COMPLETED, caller, repository, externalId="known")
    put_transcript(caller, one)
    work(repository, one)
    hand_in(interviewer(caller, "grace"), one, card("HIRE", summary="Deep."))
    hand_in(interviewer(caller, "alan"), one, card("NO_HIRE", 2))
    blind = caller.other("acme", *INTERVIEWER, "interview:create", subject="ada")
    sighted = caller.other("acme", "interview:*", subject="recruiter")
    viewer = caller.other("acme", "interview:read", "interview:update", "interview:create")
    for name, told in ways_out(blind, one).items():
        for field in HIDDEN:
            if field in told:
                assert told[field] in (None, {}), f"{field} in {name}"
        assert "Deep." not in str(told)
    for who in (sighted, viewer):
        for name, told in ways_out(who, one).items():
            assert told["overallScore"] == 60, name
            assert told["recommendation"] == "NO_HIRE", name
    whole = ways_out(sighted, one)["assessment"]
    assert whole["agreement"] == "SPLIT"
    assert whole["draft"]["overallScore"] == 70
    told = blind.get(f"/interviews/{one}/assessment").json
    assert told["evidence"] == whole["evidence"] != []
    assert told["coverage"] == whole["coverage"] != []
    assert blind.get(f"/interviews/{one}/scorecards").json["data"] == []
    assert viewer.get(f"/interviews/{one}/scorecards").json["data"] == []
    hand_in(blind, one, card(submitted=False))
    assert authors(blind, one) == ["ada"]
    assert blind.get(f"/interviews/{one}").json["overallScore"] is None
    hand_in(blind, one, card("HIRE", 5))
    seen = ways_out(blind, one)
    assert {told["overallScore"] for told in seen.values()} == {73}
    assert authors(blind, one) == ["grace", "alan", "ada"]
    hand_in(blind, one, card(submitted=False))
    assert blind.get(f"/interviews/{one}").json["overallScore"] is None


def test_what_is_hidden_has_another_etag_and_is_not_guessed(
    caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card("HIRE", 4))
    blind = interviewer(caller, "ada")
    record, paper = f"/interviews/{one}", f"/interviews/{one}/assessment"
    hidden = {path: blind.get(path).headers["ETag"] for path in (record, paper)}
    for path, tag in hidden.items():
        assert caller.get(path).headers["ETag"] != tag
        assert blind.get(path, headers={"If-None-Match": tag}).status_code == 304
    guess = blind.put(record, {"overallScore": 80})
    assert guess.status_code == 422
    assert guess.json["errors"]["json"] == {"overallScore": ["Read-only field"]}
    whole = blind.get(record).json
    kept = blind.put(record, whole, headers={"If-Match": hidden[record]})
    assert kept.status_code == 200, kept.json
    changed = blind.put(record, {**whole, "companyName": "A"}, headers={"If-Match": hidden[record]})
    assert changed.status_code == 200
    assert blind.put(record, whole, headers={"If-Match": hidden[record]}).status_code == 412
    hand_in(blind, one)
    for path, tag in hidden.items():
        assert blind.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_kept_answer_is_not_for_who_may_see_less(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.IN_PROGRESS, caller, repository, externalId="known")
    hand_in(interviewer(caller, "grace"), one)
    take(caller, one, Transition.COMPLETE)
    key, body = {"Idempotency-Key": "once"}, details(externalId="known")
    assert caller.post("/interviews", body, headers=key).json["overallScore"] == 80
    blind = caller.other("acme", *INTERVIEWER, "interview:create", subject="ada")
    assert blind.post("/interviews", body, headers=key).status_code == 409


def test_everybody_who_reads_sees_all_at_the_end(caller: Caller, repository: Repository) -> None:
    one = judged_interview(caller, repository, card("HIRE"), card("NO_HIRE", 2))
    take(caller, one, Transition.APPROVE_ASSESSMENT, decision={"recommendation": "HIRE"})
    for held in (INTERVIEWER, ("interview:read",)):
        who = caller.other("acme", *held, subject="late")
        assert who.get(f"/interviews/{one}").json["overallScore"] == 60
        assert len(who.get(f"/interviews/{one}/scorecards").json["data"]) == 2
        assert assessment(who, one)["scores"] == {"skills": {"depth": 3}}
        (row,) = who.get("/interviews").json["data"]
        assert (row["overallScore"], row["decision"]) == (60, "HIRE")


def test_every_number_of_a_row_is_one_that_blindness_knows() -> None:
    numbers = {"overall_score", "recommendation"}
    told = set(InterviewRow._fields)
    assert numbers <= told
    assert told - numbers == {
        "id",
        "candidate_name",
        "candidate_email",
        "position",
        "level",
        "workflow_state",
        "scheduled_at",
        "created_at",
        "updated_at",
        "interviewers",
        "decision",  # which there is at the end alone
    }
