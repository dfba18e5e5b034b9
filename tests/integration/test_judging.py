"""What comes of scorecards, a model and the words: the assessment, its state and its events."""

import pytest

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.workflow import State, Transition
from interview_service.repository import Repository
from tests.callers import Caller
from tests.conftest import Hands
from tests.engines import GENERATED_BY, assessment_of
from tests.lives import LEASE, interview_in, put_transcript, take, work
from tests.panels import (
    assessment,
    card,
    hand_in,
    interviewer,
    judged_interview,
)

ME = "/interviews/{}/scorecards/me"


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


@pytest.fixture
def repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


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
