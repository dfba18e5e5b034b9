"""Scorecards: drafts, blindness, versions, and the numbers that come of several."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask_jwt_extended import create_access_token
from sqlalchemy import event

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.interview import InterviewRow
from interview_service.domain.workflow import State, Transition
from interview_service.repository import Repository
from tests.callers import Caller, details
from tests.conftest import Hands
from tests.engines import GENERATED_BY, assessment_of
from tests.lives import LEASE, interview_in, put_transcript, take, work
from tests.panels import (
    INTERVIEWER,
    assessment,
    card,
    hand_in,
    interviewer,
    judged_interview,
)

ME = "/interviews/{}/scorecards/me"
RACERS = 8


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


@pytest.fixture
def repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


# --- writing


def test_a_card_comes_back_whole(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    given = {
        "ratings": [
            {"criterion": "depth", "rating": 5.0, "note": "Knew why.", "name": None, "group": None},
            {
                "criterion": "humour",
                "rating": None,
                "note": None,
                "name": "Humour",
                "group": "team",
            },
        ],
        "recommendation": "STRONG_HIRE",
        "summary": "Clear and kind.",
        "submitted": True,
    }
    put = hand_in(interviewer(caller, "ada"), one, given)
    shown = {key: value for key, value in put.json.items() if key in given}
    assert shown == given
    assert put.json["interviewer"] == "ada"
    assert put.json["interviewerName"] is None
    assert put.json["submittedAt"] == put.json["updatedAt"]
    read = interviewer(caller, "ada").get(ME.format(one))
    assert (read.json, read.headers["ETag"]) == (put.json, put.headers["ETag"])


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (card(rating=6), "ratings"),
        (card(rating=0), "ratings"),
        (card(rating=3.5), "ratings"),  # type: ignore[arg-type]
        (card(rating=True), "ratings"),
        (card(rating="4"), "ratings"),  # type: ignore[arg-type]
        (card(ratings=[{"criterion": "depth"}]), "ratings"),
        (card(ratings=[{"criterion": "unheard_of", "rating": 3}]), "ratings"),
        (card(ratings=[{"criterion": "own", "rating": 3, "name": "Own"}]), "ratings"),
        (card(ratings=[{"criterion": "depth", "rating": 3}] * 2), "ratings"),
        (card(ratings=[{"criterion": f"c{n}", "rating": 3} for n in range(31)]), "ratings"),
        (card(ratings=[{"criterion": "depth", "rating": 3, "note": "n" * 2001}]), "ratings"),
        (card(ratings=None), "ratings"),
        (card(summary="s" * 5001), "summary"),
        (card(summary="\0"), "summary"),
        (card(recommendation="MAYBE"), "recommendation"),
        (card(recommendation=None), "recommendation"),  # type: ignore[arg-type]
        (card(submitted="yes"), "submitted"),
        ({"ratings": [], "recommendation": "HIRE"}, "submitted"),
        (card(overallScore=3), "overallScore"),
    ],
)
def test_a_card_that_is_not_valid_is_refused_and_changes_nothing(
    given: dict[str, Any], place: str, caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    before = caller.get(f"/interviews/{one}").json
    put = interviewer(caller, "ada").put(ME.format(one), given)
    assert put.status_code == 422, put.json
    assert list(put.json["errors"]["json"]) == [place]
    assert interviewer(caller, "ada").get(ME.format(one)).status_code == 404
    assert caller.get(f"/interviews/{one}").json == before


def test_the_largest_card_is_taken(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    own = [
        {"criterion": f"c{n}", "rating": 3, "note": "n" * 2000, "name": "Own", "group": "own"}
        for n in range(30)
    ]
    put = hand_in(interviewer(caller, "ada"), one, card(ratings=own, summary="s" * 5000))
    assert len(put.json["ratings"]) == 30


@pytest.mark.parametrize("state", State)
def test_cards_are_written_from_the_approval_until_the_verdict(
    state: State, caller: Caller, repository: Repository
) -> None:
    one = interview_in(state, caller, repository)
    ada = interviewer(caller, "ada")
    is_open = state in {
        State.APPROVED,
        State.SCHEDULED,
        State.IN_PROGRESS,
        State.COMPLETED,
        State.ASSESSMENT_PENDING,
    }
    put = ada.put(ME.format(one), card())
    assert put.status_code == (200 if is_open else 409), put.json
    removed = ada.delete(ME.format(one))
    assert removed.status_code == (204 if is_open else 409)


def test_who_may_write_a_card(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    for held in (("interview:read",), ("interview:approve", "interview:update")):
        for method in ("GET", "PUT", "DELETE"):
            refused = caller.other("acme", *held).call(method, ME.format(one), json=card())
            assert refused.status_code == 403
            assert refused.json["message"].endswith("Required: interview:score")
    for tenant in ("acme", "globex"):
        name = one if tenant == "globex" else "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"
        for method in ("GET", "PUT", "DELETE"):
            absent = caller.other(tenant, *INTERVIEWER).call(method, ME.format(name), json=card())
            assert (absent.status_code, absent.json["message"]) == (404, "Interview not found")


def test_a_program_cannot_hand_in_a_card(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    made = caller.other("acme", "interview:*", "key:manage").post(
        "/api-keys", {"name": "robot", "permissions": ["interview:*"]}
    )
    robot = caller.other()
    robot.headers = {"X-API-Key": made.json["key"]}
    for method in ("PUT", "DELETE"):
        refused = robot.call(method, ME.format(one), json=card())
        assert refused.status_code == 403
        assert refused.json["message"] == "API keys cannot hand in scorecards: only people judge"


def test_a_card_is_not_overwritten_by_who_has_not_seen_it(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    ada = interviewer(caller, "ada")
    first = hand_in(ada, one, card(submitted=False)).headers["ETag"]
    stale = {"If-Match": first}
    assert ada.put(ME.format(one), card("NO_HIRE"), headers=stale).status_code == 200
    assert ada.put(ME.format(one), card("HIRE"), headers=stale).status_code == 412
    assert ada.delete(ME.format(one), headers=stale).status_code == 412
    assert ada.get(ME.format(one)).json["recommendation"] == "NO_HIRE"
    assert ada.get(ME.format(one), headers={"If-None-Match": first}).status_code == 200
    assert ada.delete(ME.format(one)).status_code == 204
    assert ada.delete(ME.format(one)).status_code == 404
    assert hand_in(ada, one, card(submitted=False)).headers["ETag"] != first


def test_a_draft_is_its_authors_alone_and_touches_nothing(
    caller: Caller, repository: Repository
) -> None:
    caller.put("/tenant/settings", {"webhookUrl": "https://example.com/hook"})
    one = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    auditor = caller.other("acme", "audit:read")
    before = (
        caller.get(f"/interviews/{one}").headers["ETag"],
        caller.get(f"/interviews/{one}/assessment").headers["ETag"],
        auditor.get("/audit").json["data"],
        caller.get(f"/interviews/{one}/deliveries").json["data"],
    )
    ada = interviewer(caller, "ada")
    hand_in(ada, one, card(submitted=False))
    hand_in(ada, one, card("NO_HIRE", submitted=False))
    assert ada.get(f"/interviews/{one}/scorecards").json["data"][0]["submitted"] is False
    assert caller.get(f"/interviews/{one}/scorecards").json["data"] == []
    assert caller.get(f"/interviews/{one}/scorecards/ada/versions").status_code == 404
    assert ada.delete(ME.format(one)).status_code == 204
    after = (
        caller.get(f"/interviews/{one}").headers["ETag"],
        caller.get(f"/interviews/{one}/assessment").headers["ETag"],
        auditor.get("/audit").json["data"],
        caller.get(f"/interviews/{one}/deliveries").json["data"],
    )
    assert after == before


def test_what_is_handed_in_and_withdrawn_is_audited_without_its_content(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    ada = interviewer(caller, "ada")
    hand_in(ada, one)
    hand_in(ada, one, card(submitted=False))
    hand_in(ada, one)
    ada.delete(ME.format(one))
    entries = caller.other("acme", "audit:read").get(f"/audit?interviewId={one}").json["data"]
    actions = [each for each in reversed(entries) if each["action"].startswith("scorecard")]
    assert [each["action"] for each in actions] == [
        "scorecard.submit",
        "scorecard.withdraw",
        "scorecard.submit",
        "scorecard.delete",
    ]
    assert {(each["actor"], each["targetId"]) for each in actions} == {("ada", "ada")}
    assert actions[0]["fields"] == ["ratings", "recommendation", "summary"]


def test_the_same_card_again_changes_nothing(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    ada = interviewer(caller, "ada")
    first = hand_in(ada, one)
    tag = caller.get(f"/interviews/{one}").headers["ETag"]
    again = hand_in(ada, one)
    assert (again.json, again.headers["ETag"]) == (first.json, first.headers["ETag"])
    assert caller.get(f"/interviews/{one}").headers["ETag"] == tag
    versions = caller.get(f"/interviews/{one}/scorecards/ada/versions").json["data"]
    assert [each["number"] for each in versions] == [1]


def test_the_last_fifty_times_that_a_card_was_handed_in_are_kept(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    subject = "https://id.example.com/users/ada"
    ada = interviewer(caller, subject)
    for number in range(52):
        hand_in(ada, one, card(summary=f"Number {number + 1}"))
        hand_in(ada, one, card(submitted=False))
    ada.delete(ME.format(one))
    hand_in(ada, one, card(summary="Number 53"))
    path = f"/interviews/{one}/scorecards/{subject}/versions"
    versions = caller.get(path).json["data"]
    assert [each["number"] for each in versions] == list(range(53, 3, -1))
    assert versions[0]["summary"] == "Number 53"
    assert ada.get(path).status_code == 403
    assert caller.other("globex").get(path).status_code == 404


def test_an_interview_has_fifty_cards_at_most(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    for number in range(50):
        hand_in(interviewer(caller, f"interviewer-{number}"), one, card(submitted=number % 2 == 0))
    refused = interviewer(caller, "one-too-many").put(ME.format(one), card())
    assert refused.status_code == 409
    hand_in(interviewer(caller, "interviewer-1"), one, card("NO_HIRE"))


def test_a_card_goes_with_its_interview(caller: Caller, repository: Repository) -> None:
    one = judged_interview(caller, repository, card())
    assert caller.delete(f"/interviews/{one}").status_code == 204
    assert repository.scorecards.of_interview(one) == []
    assert repository.scorecards.versions(one, "interviewer-0") == []


# --- who sees what


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


# --- what comes of them


def test_three_who_disagree(caller: Caller, repository: Repository) -> None:
    one = judged_interview(
        caller,
        repository,
        card("STRONG_HIRE", 5, summary="Deep and kind."),
        card("NO_HIRE", 2),
        card(
            "HIRE",
            ratings=[
                {"criterion": "depth", "rating": 4},
                {"criterion": "calm", "rating": 4, "name": "Calm", "group": "people"},
            ],
            summary="Calm.",
        ),
    )
    found = assessment(caller, one)
    record = caller.get(f"/interviews/{one}").json
    for changing in ("id", "createdAt"):
        assert found.pop(changing)
    assert found == {
        "interviewId": one,
        "overallScore": 77,  # 20 × (11/3 + 4) / 2 = 76.67
        "recommendation": "HIRE",
        "summary": "interviewer-0:\nDeep and kind.\n\ninterviewer-2:\nCalm.",
        "scores": {"skills": {"depth": 3.7}, "people": {"calm": 4}},
        "basis": "SCORECARDS",
        "agreement": "SPLIT",
        "draft": None,
        "coverage": [],
        "evidence": [],
        "notes": [],
        "candidateSpeaker": None,
        "decision": None,
        "transcript": None,
        "generatedBy": {"engine": "scorecards"},
    }
    assert (record["overallScore"], record["recommendation"]) == (77, "HIRE")
    assert record["decision"] is None


def test_cards_of_before_the_end_bring_the_assessment_with_it(
    caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card())
    status = caller.get(f"/interviews/{one}/status").json
    assert (status["workflowState"], status["waitingFor"]) == ("ASSESSMENT_PENDING", "verdict")
    history = caller.get(f"/workflow/interviews/{one}/history").json["data"]
    assert [each["transition"] for each in history[-2:]] == ["COMPLETE", "ASSESSMENT_READY"]
    assert history[-1]["triggeredBy"] == "service"
    assert not work(repository, one)


def test_so_they_do_where_the_state_is_asked_for(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.IN_PROGRESS, caller, repository)
    hand_in(caller, one)
    put = caller.put(f"/interviews/{one}", {"workflowState": "COMPLETED"})
    assert put.json["workflowState"] == "ASSESSMENT_PENDING"
    assert put.json["overallScore"] == 80


def test_without_evidence_an_interview_waits_for_some_and_a_card_is_enough(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.COMPLETED, caller, repository)
    assert caller.get(f"/interviews/{one}/status").json["waitingFor"] == "evidence"
    hand_in(interviewer(caller, "ada"), one, card(submitted=False))
    assert caller.get(f"/interviews/{one}/status").json["waitingFor"] == "evidence"
    hand_in(interviewer(caller, "ada"), one)
    assert caller.get(f"/interviews/{one}/status").json["waitingFor"] == "verdict"


def test_a_card_does_not_wait_for_the_binder_nor_the_binder_for_the_card(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.COMPLETED, caller, repository)
    put_transcript(caller, one)
    begun = lifecycle.begin_work(repository, one, LEASE)
    assert begun is not None
    hand_in(interviewer(caller, "ada"), one, card("NO_HIRE", 2))
    before = assessment(caller, one)
    assert (before["basis"], before["coverage"]) == ("SCORECARDS", [])
    assert before["transcript"].startswith("Ada Interviewer: What did you build")
    assert lifecycle.begin_work(repository, one, LEASE) is None, "the lease holds"
    kept = lifecycle.renew_lease(repository, one, begun.version, begun.leased_until, LEASE)
    assert kept is not None
    transitions = caller.get(f"/workflow/interviews/{one}/history").json["data"]
    assert _attach(repository, one, begun)
    after = assessment(caller, one)
    assert after["id"] == before["id"]
    assert (after["overallScore"], after["recommendation"]) == (40, "NO_HIRE")
    assert [each["status"] for each in after["coverage"]] == ["ANSWERED"]
    assert after["draft"]["overallScore"] == 70
    assert after["candidateSpeaker"] == "Jane Smith"
    assert caller.get(f"/workflow/interviews/{one}/history").json["data"] == transitions
    assert not work(repository, one)


def test_a_card_does_not_wait_for_a_binder_that_fails(
    caller: Caller, repository: Repository, hands: Hands
) -> None:
    one = interview_in(State.COMPLETED, caller, repository)
    put_transcript(caller, one)
    begun = lifecycle.begin_work(repository, one, LEASE)
    assert begun is not None
    lifecycle.record_failure(repository, one, begun.version, "The model is busy")
    hand_in(interviewer(caller, "ada"), one)
    status = caller.get(f"/interviews/{one}/status").json
    assert status["workflowState"] == "ASSESSMENT_PENDING"
    assert status["error"]["message"] == "The model is busy"
    assert caller.post(f"/workflow/interviews/{one}/retry").status_code == 202
    assert work(repository, one)
    assert caller.get(f"/interviews/{one}/status").json["error"] is None
    assert assessment(caller, one)["coverage"] != []
    hands.forward(days=1)
    assert not work(repository, one)


def _attach(repository: Repository, one: str, begun: lifecycle.Work) -> bool:
    assert begun.plan is not None
    assert begun.transcript is not None
    draft = assessment_of(begun.plan, begun.transcript)
    return lifecycle.attach_assessment(
        repository, one, begun.version, draft, GENERATED_BY.to_dict()
    )


def test_people_come_before_the_model_and_are_never_averaged_with_it(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    model = assessment(caller, one)
    tag = caller.get(f"/interviews/{one}/assessment").headers["ETag"]
    assert (model["basis"], model["overallScore"]) == ("MODEL", 70)
    assert model["draft"] == {
        "overallScore": 70,
        "recommendation": "HIRE",
        "scores": {"skills": {"depth": 4}},
        "summary": "Sound.",
    }
    ada = interviewer(caller, "ada")
    hand_in(ada, one, card("STRONG_NO_HIRE", 1))
    people = assessment(caller, one)
    assert (people["id"], people["createdAt"]) == (model["id"], model["createdAt"])
    assert (people["basis"], people["overallScore"]) == ("SCORECARDS", 20)
    assert people["recommendation"] == "STRONG_NO_HIRE"
    assert people["summary"] == "Sound."
    assert people["draft"] == model["draft"]
    assert caller.get(f"/interviews/{one}/assessment").headers["ETag"] != tag
    hand_in(ada, one, card("HIRE", 3))
    assert assessment(caller, one)["overallScore"] == 60
    hand_in(ada, one, card(submitted=False))
    assert assessment(caller, one) == model
    assert caller.get(f"/interviews/{one}").json["overallScore"] == 70


def test_with_no_evidence_left_the_state_stays_and_nobody_judges(
    caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card(summary="Good."))
    assert interviewer(caller, "interviewer-0").delete(ME.format(one)).status_code == 204
    left = assessment(caller, one)
    assert (left["basis"], left["overallScore"], left["scores"]) == (None, None, {})
    assert (left["recommendation"], left["summary"]) == ("NO_DECISION", None)
    record = caller.get(f"/interviews/{one}").json
    assert record["workflowState"] == "ASSESSMENT_PENDING"
    assert (record["overallScore"], record["recommendation"]) == (None, "NO_DECISION")


def test_a_changed_transcript_renews_what_was_read_of_it_in_place(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    before = assessment(caller, one)
    steps = caller.get(f"/workflow/interviews/{one}/history").json["data"]
    turns = [{"speaker": "Jane Smith", "text": "I moved it all back again."}]
    assert caller.put(f"/interviews/{one}/transcript", {"turns": turns}).status_code == 200
    assert assessment(caller, one) == before
    assert work(repository, one)
    after = assessment(caller, one)
    assert after["id"] == before["id"]
    assert [each["quote"] for each in after["evidence"]] == ["I moved it all back again."]
    assert after["transcript"] == "Jane Smith: I moved it all back again."
    assert caller.get(f"/workflow/interviews/{one}/history").json["data"] == steps
    assert not work(repository, one)


def test_a_transcript_that_comes_after_the_cards_is_read_without_a_transition(
    caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card())
    put_transcript(caller, one)
    assert work(repository, one)
    found = assessment(caller, one)
    assert (found["basis"], found["overallScore"]) == ("SCORECARDS", 80)
    assert found["coverage"] != []
    interviewer(caller, "interviewer-0").delete(ME.format(one))
    assert assessment(caller, one)["basis"] == "MODEL"


def test_what_an_engine_made_of_other_words_is_dropped(
    caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card())
    put_transcript(caller, one)
    begun = lifecycle.begin_work(repository, one, LEASE)
    assert begun is not None
    turns = [{"speaker": "Jane Smith", "text": "Something else."}]
    caller.put(f"/interviews/{one}/transcript", {"turns": turns})
    assert not _attach(repository, one, begun)
    assert assessment(caller, one)["evidence"] == []


def test_a_webhook_tells_of_each_card_that_is_handed_in_and_not_what_it_says(
    caller: Caller, repository: Repository
) -> None:
    url = "https://example.com/hook"
    one = interview_in(State.IN_PROGRESS, caller, repository, callbackUrl=url)
    ada = interviewer(caller, "ada")
    hand_in(ada, one, card(submitted=False))
    hand_in(ada, one)
    hand_in(ada, one, card("NO_HIRE"))
    take(caller, one, Transition.COMPLETE)
    hand_in(interviewer(caller, "grace"), one, card("HIRE", 5))
    deliveries = repository.deliveries.of_interview(one)
    events = [each.event.removeprefix("interview.") for each in deliveries]
    assert events[-5:] == [
        "scorecard_submitted",
        "scorecard_submitted",
        "completed",
        "assessment_ready",
        "scorecard_submitted",
    ]
    assert [each.number for each in deliveries] == list(range(len(deliveries)))
    for each in deliveries:
        assert "HIRE" not in each.body
        assert "ada" not in each.body


# --- who is missing


def test_those_are_missing_who_are_expected_and_have_not_handed_in(
    caller: Caller, repository: Repository
) -> None:
    admin = caller.other("acme", "user:*", "interview:*")
    ada = admin.post("/users", {"email": "Ada@Example.com", "name": "Ada", "role": "INTERVIEWER"})
    assert ada.status_code == 201, ada.json
    user_id = ada.json["id"]
    expected = ["ada@example.COM", "auth0|7", user_id, "grace@example.com", "auth0|7"]
    one = interview_in(State.APPROVED, caller, repository, interviewers=expected)

    def missing() -> list[str]:
        return list(caller.get(f"/interviews/{one}/status").json["missingScorecards"])

    assert missing() == ["ada@example.COM", "auth0|7", "grace@example.com"]
    hand_in(interviewer(caller, "AUTH0|7"), one)
    assert "auth0|7" in missing()
    hand_in(interviewer(caller, "auth0|7"), one)
    assert missing() == ["ada@example.COM", "grace@example.com"]
    unverified = _with_email(caller, "grace-1", "grace@example.com", verified=False)
    hand_in(unverified, one)
    assert "grace@example.com" in missing()
    hand_in(_with_email(caller, "grace-2", "Grace@Example.com", verified=True), one)
    assert missing() == ["ada@example.COM"]
    verified = _with_email(caller, "idp|ada", "ada@example.com", verified=True)
    hand_in(verified, one)
    assert missing() == []
    hand_in(verified, one, card(submitted=False))
    assert missing() == ["ada@example.COM"]


def _with_email(caller: Caller, subject: str, email: str, *, verified: bool) -> Caller:
    claims = {
        "tenantId": "acme",
        "permissions": list(INTERVIEWER),
        "email": email,
        "email_verified": verified,
    }
    with caller.app.app_context():
        text = create_access_token(subject, additional_claims=claims)
    who = caller.other("acme", *INTERVIEWER, subject=subject)
    who.headers = {"Authorization": f"Bearer {text}"}
    return who


# --- on every database


@pytest.fixture
def of_backend(database: Database, app: Flask) -> tuple[Caller, Repository]:
    """Somebody who may do everything, on each backend in turn."""
    return Caller(app), Repository(database, "acme")


def test_the_numbers_of_eight_cards_at_once_are_those_of_all_eight(
    of_backend: tuple[Caller, Repository],
) -> None:
    caller, repository = of_backend
    one = interview_in(State.COMPLETED, caller, repository)
    barrier = Barrier(RACERS)
    ratings = [1, 2, 3, 4, 5, 5, 5, 5]

    def submit(number: int) -> int:
        who = interviewer(caller, f"racer-{number}")
        body = card("HIRE" if number % 2 else "NO_HIRE", ratings[number])
        barrier.wait(60)
        return who.put(ME.format(one), body).status_code

    with ThreadPoolExecutor(RACERS) as pool:
        statuses = Counter(pool.map(submit, range(RACERS)))
    assert statuses == {200: RACERS}
    found = assessment(caller, one)
    assert found["scores"] == {"skills": {"depth": 3.8}}
    assert found["overallScore"] == 75
    assert found["recommendation"] == "NO_HIRE"
    assert found["agreement"] == "SPLIT"
    record = caller.get(f"/interviews/{one}").json
    assert (record["overallScore"], record["recommendation"]) == (75, "NO_HIRE")
    assert len(repository.assessments.ids(one, limit=10)) == 1
    history = caller.get(f"/workflow/interviews/{one}/history").json["data"]
    assert [each["transition"] for each in history].count("ASSESSMENT_READY") == 1
    print(f"\n{repository.work.database.backend.name}: {found['overallScore']} {found['scores']}")


def test_one_card_costs_this_many_statements(of_backend: tuple[Caller, Repository]) -> None:
    caller, repository = of_backend
    one = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    hand_in(interviewer(caller, "first"), one)
    ada = interviewer(caller, "ada")
    statements: list[str] = []
    engine = repository.work.database.engine
    listen = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    try:
        hand_in(ada, one)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    of_tables = [each for each in statements if " " in each and "set_config" not in each]
    print(f"\n{repository.work.database.backend.name}: {len(of_tables)} statements for one card")
    assert len(of_tables) <= 18, of_tables
