"""The worker plans and assesses each interview once, whatever happens, and leaves none stuck."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

from interview_service.database.engine import make_engine
from interview_service.database.models import InterviewModel, TranscriptModel
from interview_service.database.session import Database
from interview_service.domain import workflow
from interview_service.domain.clock import to_milliseconds
from interview_service.domain.errors import DatabaseUnavailable
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.domain.workflow import State, Transition
from interview_service.engines.base import Draft, Engine, EngineError
from interview_service.repository import Repository
from interview_service.webhooks.transport import Transport
from interview_service.worker import Worker
from tests.callers import Caller, details
from tests.conftest import Hands
from tests.engines import (
    ANCHORS,
    GENERATED_BY,
    PATIENCE_SECONDS,
    BlockingEngine,
    FailingEngine,
    GarbageEngine,
    GoodEngine,
    MeddledEngine,
)
from tests.lives import INFO, LEASE, TURNS, interview_in, put_transcript, take

MakeWorker = Callable[[Engine], Worker]

OTHER_PARTS: dict[str, list[Any]] = {
    **{name: [] for name in ("opening", "closing", "checks", "notes")},
    "criteria": [{"key": "depth", "group": "skills", "name": "Depth", "anchors": ANCHORS}],
}


@pytest.fixture
def worker_of(database: Database) -> Iterator[MakeWorker]:
    """Makes workers on the database of the test, each as its own process would have it."""
    made: list[tuple[Worker, Database]] = []

    def make(engine: Engine) -> Worker:
        own = Database(make_engine(database.engine.url))
        worker = Worker(own, engine, Transport(allow_private=True), lease=LEASE)
        made.append((worker, own))
        return worker

    yield make
    for worker, own in made:
        worker.stop()
        own.engine.dispose()


@pytest.fixture
def sqlite_worker_of(sqlite_database: Database) -> Iterator[MakeWorker]:
    made: list[Worker] = []

    def make(engine: Engine) -> Worker:
        made.append(Worker(sqlite_database, engine, Transport(allow_private=True), lease=LEASE))
        return made[-1]

    yield make
    for worker in made:
        worker.stop()


@pytest.fixture
def sqlite_repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


def record(caller: Caller, interview_id: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"/interviews/{interview_id}").json
    return found


def state(caller: Caller, interview_id: str) -> str:
    found: str = record(caller, interview_id)["workflowState"]
    return found


def status(caller: Caller, interview_id: str) -> dict[str, Any]:
    run_id = record(caller, interview_id)["runId"]
    found: dict[str, Any] = caller.get(f"/interviews/{run_id}/status").json
    return found


def plans(caller: Caller, interview_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(f"/interviews/{interview_id}/plans").json["data"]
    return found


def transitions(caller: Caller, interview_id: str) -> list[str]:
    entries = caller.get(f"/workflow/interviews/{interview_id}/history").json["data"]
    return [entry["transition"] for entry in entries]


def retry(caller: Caller, interview_id: str) -> int:
    return caller.post(f"/workflow/interviews/{interview_id}/retry").status_code


def iso(hands: Hands, **later: Any) -> str:
    moment = hands.moment + timedelta(**later)
    thousandths = to_milliseconds(moment) % 1000
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{thousandths:03}Z"


# --- plans


def test_an_interview_that_was_created_gets_one_plan(caller: Caller, worker_of: MakeWorker) -> None:
    engine = GoodEngine()
    worker = worker_of(engine)
    interview_id = caller.create()["id"]
    for _ in range(3):
        worker.advance("acme", interview_id)
        worker.sweep()
    assert state(caller, interview_id) == "PENDING"
    assert transitions(caller, interview_id) == ["VALIDATE", "GENERATE_PLAN", "PLAN_READY"]
    assert len(engine.asked) == 1
    plan = caller.get(f"/interviews/{interview_id}/plan").json
    assert plan == {
        "id": record(caller, interview_id)["planId"],
        "interviewId": interview_id,
        "structure": {
            "duration": 45,
            "sections": [
                {
                    "name": "Talk",
                    "duration": 30,
                    "topics": ["TypeScript", "React", "Node.js"],
                    "questions": [
                        {
                            "text": "Why Senior Engineer?",
                            "lookFor": ["Reasons"],
                            "followUps": [],
                            "criterion": None,
                        }
                    ],
                },
                {"name": "Close", "duration": 15, "topics": ["Next steps"], "questions": []},
            ],
            **OTHER_PARTS,
        },
        "generatedBy": GENERATED_BY.to_dict(),
        "createdAt": plan["createdAt"],
    }
    assert plans(caller, interview_id) == [{**plan, "feedback": None}]


def test_feedback_reaches_the_engine_and_earlier_plans_stay_readable(
    caller: Caller, worker_of: MakeWorker
) -> None:
    engine = GoodEngine()
    worker = worker_of(engine)
    interview_id = caller.create()["id"]
    worker.sweep()
    first = caller.get(f"/interviews/{interview_id}/plan").json
    take(caller, interview_id, Transition.MODIFY, reason="More about databases")
    assert caller.get(f"/interviews/{interview_id}/plan").status_code == 404
    assert record(caller, interview_id)["planId"] is None
    worker.sweep()
    second = caller.get(f"/interviews/{interview_id}/plan").json
    assert [each.feedback for each in engine.asked] == [(), ("More about databases",)]
    assert "As asked: More about databases" in second["structure"]["sections"][0]["topics"]
    assert plans(caller, interview_id) == [
        {**second, "feedback": "More about databases"},
        {**first, "feedback": None},
    ]
    take(caller, interview_id, Transition.MODIFY)
    worker.sweep()
    assert [each.feedback for each in engine.asked][2:] == [("More about databases",)]
    assert len(plans(caller, interview_id)) == 3


def test_a_plan_that_was_put_in_by_hand_stays_beside_the_engines(
    caller: Caller, worker_of: MakeWorker
) -> None:
    worker = worker_of(GoodEngine())
    interview_id = caller.create()["id"]
    worker.sweep()
    first = caller.get(f"/interviews/{interview_id}/plan").json
    structure = {
        "duration": 20,
        "sections": [{"name": "Ours", "duration": 20, "topics": ["Us"], "questions": []}],
    }
    own = caller.put(f"/interviews/{interview_id}/plan", {"structure": structure}).json
    assert (own["structure"], own["generatedBy"]) == (
        {**structure, **OTHER_PARTS, "criteria": []},
        {"engine": "manual", "subject": "tester"},
    )
    assert [each["id"] for each in plans(caller, interview_id)] == [own["id"], first["id"]]
    worker.sweep()
    assert caller.get(f"/interviews/{interview_id}/plan").json == own


def test_plans_are_approved_by_the_service_where_the_tenant_wants_it_and_then_scheduled(
    caller: Caller, worker_of: MakeWorker
) -> None:
    assert caller.put("/tenant/settings", {"autoApprovePlans": True}).status_code == 200
    timed, untimed = caller.create()["id"], caller.create(scheduledAt=None)["id"]
    foreign = caller.other("globex")
    not_ours = foreign.create()["id"]
    worker_of(GoodEngine()).sweep()
    assert [state(caller, timed), state(caller, untimed)] == ["SCHEDULED", "APPROVED"]
    assert state(foreign, not_ours) == "PENDING"
    entries = caller.get(f"/workflow/interviews/{timed}/history").json["data"]
    assert [(each["transition"], each["triggeredBy"], each["reason"]) for each in entries[2:]] == [
        ("PLAN_READY", "service", None),
        ("APPROVE", "service", "autoApprovePlans"),
        ("SCHEDULE", "service", None),
    ]


def test_an_interview_from_the_intake_is_planned_once_it_is_complete(
    caller: Caller, worker_of: MakeWorker
) -> None:
    worker = worker_of(GoodEngine())
    interview_id = caller.post("/a2a/interview", {}).json["interviewId"]
    worker.sweep()
    worker.advance("acme", interview_id)
    assert state(caller, interview_id) == "INFO_NEEDED"
    caller.call("PATCH", f"/a2a/interview/{interview_id}/complete-info", json=INFO)
    worker.sweep()
    assert state(caller, interview_id) == "PENDING"


# --- assessments


def test_a_transcript_and_complete_bring_an_assessment(
    caller: Caller, repository: Repository, worker_of: MakeWorker
) -> None:
    worker = worker_of(GoodEngine())
    interview_id = interview_in(State.IN_PROGRESS, caller, repository)
    put_transcript(caller, interview_id)
    worker.sweep()
    assert state(caller, interview_id) == "IN_PROGRESS"
    take(caller, interview_id, Transition.COMPLETE)
    assert status(caller, interview_id)["waitingFor"] == "assessment"
    worker.sweep()
    assert status(caller, interview_id)["waitingFor"] == "verdict"
    assessment = caller.get(f"/interviews/{interview_id}/assessment").json
    assert assessment == {
        "id": record(caller, interview_id)["assessmentId"],
        "interviewId": interview_id,
        "overallScore": 70,
        "recommendation": "HIRE",
        "summary": "Sound.",
        "scores": {"skills": {"depth": 4}},
        "evidence": [{"criterion": "depth", "quote": TURNS[1]["text"], "turn": 1}],
        "basis": "MODEL",
        "agreement": None,
        "draft": {
            "overallScore": 70,
            "recommendation": "HIRE",
            "summary": "Sound.",
            "scores": {"skills": {"depth": 4}},
        },
        "coverage": [
            {"criterion": "depth", "name": "Depth", "status": "ANSWERED", "followUp": None}
        ],
        "notes": ["Nothing was checked."],
        "candidateSpeaker": TURNS[1]["speaker"],
        "decision": None,
        "transcript": "\n".join(f"{turn['speaker']}: {turn['text']}" for turn in TURNS),
        "generatedBy": GENERATED_BY.to_dict(),
        "createdAt": assessment["createdAt"],
    }


def test_complete_without_a_transcript_waits_for_it(
    caller: Caller, repository: Repository, worker_of: MakeWorker
) -> None:
    engine = GoodEngine()
    worker = worker_of(engine)
    interview_id = interview_in(State.COMPLETED, caller, repository)
    worker.sweep()
    worker.advance("acme", interview_id)
    found = status(caller, interview_id)
    assert (found["workflowState"], found["waitingFor"], found["error"]) == (
        "COMPLETED",
        "evidence",
        None,
    )
    assert engine.asked == []
    put_transcript(caller, interview_id)
    worker.sweep()
    assert state(caller, interview_id) == "ASSESSMENT_PENDING"


def test_a_rejected_assessment_is_made_again_with_what_was_said_of_it(
    caller: Caller, repository: Repository, worker_of: MakeWorker
) -> None:
    engine = GoodEngine()
    worker = worker_of(engine)
    interview_id = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    first = caller.get(f"/interviews/{interview_id}/assessment").json
    take(caller, interview_id, Transition.REJECT_ASSESSMENT, reason="Too kind")
    assert caller.get(f"/interviews/{interview_id}/assessment").status_code == 404
    worker.sweep()
    second = caller.get(f"/interviews/{interview_id}/assessment").json
    assert [each.feedback for each in engine.asked] == [("Too kind",)]
    assert (second["summary"], second["id"] != first["id"]) == ("Sound. Too kind", True)


def test_a_transcript_put_while_the_worker_assesses_is_the_one_that_counts(
    caller: Caller, repository: Repository, worker_of: MakeWorker
) -> None:
    interview_id = interview_in(State.COMPLETED, caller, repository)
    put_transcript(caller, interview_id)
    newer = {"turns": [{"speaker": "Jane Smith", "text": "What I meant is Rust.", "at": None}]}
    engine = MeddledEngine(lambda: caller.put(f"/interviews/{interview_id}/transcript", newer))
    worker = worker_of(engine)
    worker.sweep()
    assert state(caller, interview_id) == "COMPLETED"
    worker.sweep()
    assessment = caller.get(f"/interviews/{interview_id}/assessment").json
    assert assessment["evidence"][0]["quote"] == "What I meant is Rust."
    assert len(engine.asked) == 2


@pytest.mark.parametrize(
    "before", [each for each in State if each.value not in workflow.TRANSCRIPT_STATES]
)
def test_a_transcript_is_refused_before_the_interview_starts_and_after_its_end(
    before: State, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(before, sqlite_caller, sqlite_repository)
    response = sqlite_caller.put(f"/interviews/{interview_id}/transcript", {"turns": TURNS})
    message = f"Cannot take a transcript: workflowState is {before}"
    assert (response.status_code, response.json) == (409, {"statusCode": 409, "message": message})


# --- names


def test_an_engine_never_gets_a_name_an_email_or_an_id(
    caller: Caller, worker_of: MakeWorker
) -> None:
    engine = GoodEngine()
    worker = worker_of(engine)
    about = "Jane Smith (jane@example.com)"
    taken = caller.post(
        "/interviews",
        details(
            position=f"Successor of {about}",
            skills=["TypeScript", f"Work with {about}"],
            jobDescription=f"{about} was recommended for this. Jane, SMITH.",
            companyName=f"Friends of {about}",
            companyDescription=f"{about} founded us. Jane, SMITH.",
            externalId="ats-4711",
        ),
    ).json
    interview_id = taken["id"]
    worker.sweep()
    take(caller, interview_id, Transition.MODIFY, reason="Ask Jane about jane@example.com")
    worker.sweep()
    questions = [{"text": f"What would {about} do, Jane?", "lookFor": [about]}]
    section = {"name": about, "duration": 20, "topics": [about], "questions": questions}
    own = {"structure": {"duration": 20, "sections": [section]}}
    assert caller.put(f"/interviews/{interview_id}/plan", own).status_code == 200
    for name in (Transition.APPROVE, Transition.START):
        take(caller, interview_id, name)
    put_transcript(caller, interview_id)
    take(caller, interview_id, Transition.COMPLETE)
    worker.sweep()
    take(caller, interview_id, Transition.REJECT_ASSESSMENT, reason=f"Be fair to Jane: {about}")
    worker.sweep()
    assert state(caller, interview_id) == "ASSESSMENT_PENDING"
    planned, again, assessed, assessed_again = engine.asked
    assert assessed.transcript is not None
    assert [turn.speaker for turn in assessed.transcript.turns] == ["Interviewer", "Candidate"]
    ids = (interview_id, taken["runId"], "ats-4711", "acme")
    for each in (planned, again, assessed, assessed_again):
        seen = repr(each).casefold()
        for secret in ("jane", "smith", "ada", "example.com", *ids):
            assert secret.casefold() not in seen
    quotes = caller.get(f"/interviews/{interview_id}/assessment").json["evidence"]
    assert [each["quote"] for each in quotes] == [TURNS[1]["text"]]


def test_a_skill_that_is_a_part_of_the_candidates_name_is_still_a_skill(
    sqlite_caller: Caller, sqlite_worker_of: MakeWorker
) -> None:
    engine = GoodEngine()
    sqlite_caller.create(
        candidateName="Ruby Swift", position="Swift Engineer", skills=["Swift", "Ruby"]
    )
    sqlite_worker_of(engine).sweep()
    [asked] = engine.asked
    assert (asked.brief.position, asked.brief.skills) == ("Swift Engineer", ("Swift", "Ruby"))


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<ul><li>Bake bread</li><li>Order&nbsp;flour</li></ul>", "- Bake bread\n- Order flour"),
        ("&lt;p&gt;Bake &amp;amp; serve&lt;/p&gt;", "Bake & serve"),
        ("## Day\n\n* **Bake** bread", "Day\n- Bake bread"),
        ("Bake bread, a < b", "Bake bread, a < b"),
        (None, None),
    ],
)
def test_an_engine_reads_a_job_description_as_the_text_that_it_shows(
    sqlite_caller: Caller, sqlite_worker_of: MakeWorker, sent: str | None, read: str | None
) -> None:
    engine = GoodEngine()
    made = sqlite_caller.create(jobDescription=sent)
    sqlite_worker_of(engine).sweep()
    [asked] = engine.asked
    assert asked.brief.job_description == read
    assert record(sqlite_caller, made["id"])["jobDescription"] == sent


def test_a_quote_is_given_back_in_the_words_that_were_said(
    caller: Caller, repository: Repository, worker_of: MakeWorker
) -> None:
    interview_id = interview_in(State.COMPLETED, caller, repository)
    said = "They call me Jane, I moved billing."
    body = {"turns": [{"speaker": "Jane Smith", "text": said}]}
    assert caller.put(f"/interviews/{interview_id}/transcript", body).status_code == 200
    engine = GoodEngine()
    worker_of(engine).sweep()
    [asked] = engine.asked
    assert asked.transcript is not None
    assert "Jane" not in asked.transcript.turns[0].text
    assessment = caller.get(f"/interviews/{interview_id}/assessment").json
    assert assessment["evidence"][0]["quote"] == said


# --- failures


def test_a_failure_keeps_the_state_shows_in_the_status_and_is_tried_again_with_growing_pauses(
    caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    engine = FailingEngine(6)
    worker = worker_of(engine)
    interview_id = caller.create()["id"]
    version = caller.get(f"/interviews/{interview_id}").headers["ETag"]
    for attempts, pause in enumerate((5, 30, 120, 600, 3600, 3600), start=1):
        worker.sweep()
        worker.sweep()
        found = status(caller, interview_id)
        assert (found["workflowState"], found["waitingFor"], found["error"]) == (
            "GENERATING_PLAN",
            "plan",
            {
                "message": "The model is busy",
                "attempts": attempts,
                "nextAttemptAt": iso(hands, seconds=pause),
            },
        )
        if attempts > 1:
            assert caller.get(f"/interviews/{interview_id}").headers["ETag"] == version
        version = caller.get(f"/interviews/{interview_id}").headers["ETag"]
        hands.forward(milliseconds=pause * 1000 - 1)
        worker.sweep()
        worker.advance("acme", interview_id)
        assert len(engine.asked) == attempts
        hands.forward(milliseconds=1)
    worker.sweep()
    found = status(caller, interview_id)
    assert (found["workflowState"], found["error"]) == ("PENDING", None)
    assert len(engine.asked) == 7
    assert transitions(caller, interview_id) == ["VALIDATE", "GENERATE_PLAN", "PLAN_READY"]


def test_feedback_outlives_a_failure(caller: Caller, worker_of: MakeWorker, hands: Hands) -> None:
    engine = FailingEngine(0)
    worker = worker_of(engine)
    interview_id = caller.create()["id"]
    worker.sweep()
    take(caller, interview_id, Transition.MODIFY, reason="Shorter")
    engine.left = 1
    worker.sweep()
    hands.forward(seconds=5)
    worker.sweep()
    assert [each.feedback for each in engine.asked] == [(), ("Shorter",), ("Shorter",)]
    assert plans(caller, interview_id)[0]["feedback"] == "Shorter"


def test_retry_tries_at_once(caller: Caller, worker_of: MakeWorker, hands: Hands) -> None:
    engine = FailingEngine(1)
    worker = worker_of(engine)
    interview_id = caller.create()["id"]
    worker.sweep()
    response = caller.post(f"/workflow/interviews/{interview_id}/retry")
    assert (response.status_code, response.json) == (202, status(caller, interview_id))
    assert response.json["error"] == {
        "message": "The model is busy",
        "attempts": 1,
        "nextAttemptAt": iso(hands),
    }
    worker.sweep()
    assert state(caller, interview_id) == "PENDING"


def test_a_failed_assessment_is_tried_again_as_well(
    caller: Caller, repository: Repository, worker_of: MakeWorker, hands: Hands
) -> None:
    worker = worker_of(FailingEngine(1))
    interview_id = interview_in(State.COMPLETED, caller, repository)
    put_transcript(caller, interview_id)
    worker.sweep()
    found = status(caller, interview_id)
    assert (found["workflowState"], found["waitingFor"]) == ("COMPLETED", "assessment")
    assert found["error"] == {
        "message": "The model is busy",
        "attempts": 1,
        "nextAttemptAt": iso(hands, seconds=5),
    }
    hands.forward(seconds=5)
    worker.sweep()
    assert state(caller, interview_id) == "ASSESSMENT_PENDING"


def test_a_defect_of_an_engine_is_shown_without_its_secrets_and_logged(
    sqlite_caller: Caller, sqlite_worker_of: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    worker = sqlite_worker_of(FailingEngine(1, RuntimeError("key sk-secret")))
    interview_id = sqlite_caller.create()["id"]
    worker.sweep()
    assert status(sqlite_caller, interview_id)["error"]["message"] == "The engine failed"
    [logged] = [each for each in caplog.records if each.message == "the engine failed"]
    assert logged.exc_info is not None
    assert logged.interview_id == interview_id  # type: ignore[attr-defined]


@pytest.mark.parametrize("before", [State.RECEIVED, State.COMPLETED])
def test_an_engine_that_answers_garbage_for_ever_leaves_an_interview_that_can_be_cancelled(
    before: State,
    caller: Caller,
    repository: Repository,
    worker_of: MakeWorker,
    hands: Hands,
) -> None:
    worker = worker_of(GarbageEngine())
    interview_id = interview_in(before, caller, repository)
    if before is State.COMPLETED:
        put_transcript(caller, interview_id)
    for attempts in range(1, 9):
        worker.sweep()
        error = status(caller, interview_id)["error"]
        assert error["attempts"] == attempts
        assert error["message"].startswith("The engine's answer is not sound: ")
        hands.forward(hours=1)
    assert len(plans(caller, interview_id)) == (1 if before is State.COMPLETED else 0)
    assert caller.get(f"/interviews/{interview_id}/assessment").status_code == 404
    take(caller, interview_id, Transition.CANCEL)
    found = status(caller, interview_id)
    assert (found["workflowState"], found["waitingFor"], found["error"]) == (
        "CANCELLED",
        None,
        None,
    )
    assert retry(caller, interview_id) == 409


def test_a_better_engine_finishes_what_a_bad_one_left(
    caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    interview_id = caller.create()["id"]
    worker_of(GarbageEngine()).sweep()
    assert retry(caller, interview_id) == 202
    worker_of(GoodEngine()).sweep()
    assert (state(caller, interview_id), status(caller, interview_id)["error"]) == ("PENDING", None)


def test_an_interview_whose_engine_fails_does_not_hold_up_the_others(
    caller: Caller, worker_of: MakeWorker
) -> None:
    ids = [caller.create(position=f"Engineer {number}")["id"] for number in range(5)]
    worker_of(FailingEngine(1)).sweep()
    assert sorted(state(caller, each) for each in ids) == ["GENERATING_PLAN"] + ["PENDING"] * 4


class PickyEngine(GoodEngine):
    """Fails for ever on the interviews of some positions."""

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        draft = super().plan(brief, feedback)
        if brief.position.startswith("Bad"):
            raise EngineError("The model is busy")
        return draft


def test_interviews_that_fail_for_ever_hold_up_no_new_one(
    sqlite_caller: Caller,
    sqlite_worker_of: MakeWorker,
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("interview_service.worker.SWEEP_LIMIT", 4)
    monkeypatch.setattr("interview_service.worker.turns.PLACES", 4)
    engine = PickyEngine()
    worker = sqlite_worker_of(engine)
    for number in range(12):
        sqlite_caller.create(position=f"Bad {number}")
    for _ in range(3):
        worker.sweep()
    hands.forward(seconds=6)  # all of them are due again, and longer than what is new
    new = sqlite_caller.create(position="Good")["id"]
    engine.asked.clear()
    worker.sweep()
    assert state(sqlite_caller, new) == "PENDING"
    assert "Good" in [each.brief.position for each in engine.asked[:2]]


def test_a_tenant_with_much_to_do_holds_up_no_other(
    sqlite_caller: Caller,
    sqlite_worker_of: MakeWorker,
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("interview_service.worker.SWEEP_LIMIT", 4)
    monkeypatch.setattr("interview_service.worker.turns.PLACES", 4)
    engine = GoodEngine()
    worker = sqlite_worker_of(engine)
    for number in range(20):
        sqlite_caller.create(position=f"Busy {number}")
    hands.forward(seconds=1)
    small = sqlite_caller.other("globex")
    ids = [small.create(position=f"Small {number}")["id"] for number in range(2)]
    worker.sweep_interviews()
    worker.sweep_interviews()
    worker.sweep()
    assert [state(small, each) for each in ids] == ["PENDING", "PENDING"]
    assert [each.brief.position for each in engine.asked[:4]] == [
        *("Busy 0", "Small 0"),
        *("Busy 1", "Small 1"),
    ]


def test_sweeps_begin_no_more_at_a_time_than_there_are_threads(
    sqlite_caller: Caller, sqlite_worker_of: MakeWorker
) -> None:
    engine = BlockingEngine()
    worker = sqlite_worker_of(engine)
    ids = [sqlite_caller.create()["id"] for _ in range(4)]
    with ThreadPoolExecutor(1) as threads:
        threads.submit(worker.keep_advancing)
        worker.sweep_interviews()
        assert engine.thinking.wait(PATIENCE_SECONDS)
        worker.sweep_interviews()
        assert len(engine.asked) == 1
        worker.stop()
        engine.released.set()
    assert [state(sqlite_caller, each) for each in ids] == ["PENDING"] + ["RECEIVED"] * 3


def test_an_interview_whose_work_cannot_begin_is_put_off_and_can_be_cancelled(
    caller: Caller,
    database: Database,
    repository: Repository,
    worker_of: MakeWorker,
    hands: Hands,
) -> None:
    broken = interview_in(State.COMPLETED, caller, repository)
    put_transcript(caller, broken)
    damage(database, broken)
    sound = caller.create()["id"]
    worker = worker_of(GoodEngine())
    for attempts, pause in ((1, 5), (2, 30)):
        worker.sweep()
        worker.sweep()
        found = status(caller, broken)
        assert (found["waitingFor"], found["error"]) == (
            "assessment",
            {
                "message": "The work cannot begin",
                "attempts": attempts,
                "nextAttemptAt": iso(hands, seconds=pause),
            },
        )
        hands.forward(seconds=pause)
    assert state(caller, sound) == "PENDING"
    take(caller, broken, Transition.CANCEL)
    assert status(caller, broken)["error"] is None


def damage(database: Database, interview_id: str) -> None:
    """Empty an interview's transcript of what a transcript is made of, as no use case does."""
    with database.transaction("acme") as connection:
        connection.execute(
            update(TranscriptModel.__table__)  # type: ignore[arg-type]
            .where(TranscriptModel.interview_id == interview_id)
            .values(turns=[{"nobody": "nothing"}])
        )
        connection.commit()


# --- what happens meanwhile


def test_an_interview_deleted_while_it_is_planned_stays_deleted(
    caller: Caller, worker_of: MakeWorker
) -> None:
    interview_id = caller.create()["id"]
    engine = MeddledEngine(lambda: caller.delete(f"/interviews/{interview_id}"))
    worker = worker_of(engine)
    worker.sweep()
    worker.sweep()
    assert caller.get(f"/interviews/{interview_id}").status_code == 404
    assert len(engine.asked) == 1
    assert caller.get("/interviews").json["meta"]["total"] == 0


def test_an_interview_deleted_while_its_engine_fails_stays_deleted(
    caller: Caller, worker_of: MakeWorker
) -> None:
    interview_id = caller.create()["id"]

    def delete_and_fail() -> None:
        assert caller.delete(f"/interviews/{interview_id}").status_code == 204
        raise EngineError("The model is busy")

    worker = worker_of(MeddledEngine(delete_and_fail))
    worker.sweep()
    worker.sweep()
    assert caller.get(f"/interviews/{interview_id}").status_code == 404


def test_an_interview_cancelled_while_it_is_planned_stays_cancelled(
    caller: Caller, worker_of: MakeWorker
) -> None:
    interview_id = caller.create()["id"]
    worker = worker_of(MeddledEngine(lambda: take(caller, interview_id, Transition.CANCEL)))
    worker.sweep()
    worker.sweep()
    assert transitions(caller, interview_id) == ["VALIDATE", "GENERATE_PLAN", "CANCEL"]
    assert plans(caller, interview_id) == []


def test_a_brief_changed_while_it_is_planned_is_planned_anew(
    caller: Caller, worker_of: MakeWorker
) -> None:
    interview_id = caller.create()["id"]
    engine = MeddledEngine(lambda: caller.put(f"/interviews/{interview_id}", {"skills": ["Rust"]}))
    worker = worker_of(engine)
    worker.sweep()
    assert (state(caller, interview_id), plans(caller, interview_id)) == ("GENERATING_PLAN", [])
    worker.sweep()
    assert [each.brief.skills for each in engine.asked] == [
        ("TypeScript", "React", "Node.js"),
        ("Rust",),
    ]
    [plan] = plans(caller, interview_id)
    assert plan["structure"]["sections"][0]["topics"] == ["Rust"]
    assert transitions(caller, interview_id) == ["VALIDATE", "GENERATE_PLAN", "PLAN_READY"]


def test_a_brief_changed_while_its_plan_waits_is_planned_anew_from_the_brief_alone(
    caller: Caller, worker_of: MakeWorker
) -> None:
    engine = GoodEngine()
    worker = worker_of(engine)
    interview_id = caller.create()["id"]
    worker.sweep()
    caller.put(f"/interviews/{interview_id}", {"skills": ["Rust"], "level": "LEAD"})
    worker.sweep()
    assert [(each.brief.skills, each.feedback) for each in engine.asked] == [
        (("TypeScript", "React", "Node.js"), ()),
        (("Rust",), ()),
    ]
    entries = caller.get(f"/workflow/interviews/{interview_id}/history").json["data"]
    assert (entries[3]["transition"], entries[3]["reason"]) == ("MODIFY", "Changed: level, skills")


def test_a_failure_that_comes_after_a_change_is_not_held_against_the_changed(
    caller: Caller, worker_of: MakeWorker
) -> None:
    interview_id = caller.create()["id"]

    def change_and_fail() -> None:
        caller.put(f"/interviews/{interview_id}", {"skills": ["Rust"]})
        raise EngineError("The model is busy")

    worker = worker_of(MeddledEngine(change_and_fail))
    worker.sweep()
    assert status(caller, interview_id)["error"] is None
    worker.sweep()
    assert state(caller, interview_id) == "PENDING"


def test_approving_while_the_worker_replaces_the_plan_is_a_conflict_and_the_new_plan_comes(
    caller: Caller, worker_of: MakeWorker
) -> None:
    answers = []
    interview_id = caller.create()["id"]
    worker_of(GoodEngine()).sweep()

    def approve() -> None:
        path = f"/workflow/interviews/{interview_id}/transition"
        answers.append(caller.post(path, {"transition": "APPROVE"}))
        answers.append(caller.put(f"/interviews/{interview_id}", {"workflowState": "APPROVED"}))

    take(caller, interview_id, Transition.MODIFY, reason="Longer")
    worker_of(MeddledEngine(approve)).sweep()
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json["message"] == (
        "Transition APPROVE is not allowed: workflowState is GENERATING_PLAN. "
        "Allowed transitions: CANCEL"
    )
    assert state(caller, interview_id) == "PENDING"
    assert plans(caller, interview_id)[0]["feedback"] == "Longer"
    take(caller, interview_id, Transition.APPROVE)


def test_approving_and_changing_the_brief_at_once_is_a_conflict(
    caller: Caller, worker_of: MakeWorker
) -> None:
    interview_id = caller.create()["id"]
    worker_of(GoodEngine()).sweep()
    body = {"skills": ["Rust"], "workflowState": "APPROVED"}
    response = caller.put(f"/interviews/{interview_id}", body)
    assert response.status_code == 409
    assert (state(caller, interview_id), record(caller, interview_id)["skills"]) == (
        "PENDING",
        ["TypeScript", "React", "Node.js"],
    )


# --- at the same moment


def together(*acts: Callable[[], int]) -> list[int]:
    """Call all of them at the same moment, and return what each returns, sorted."""
    barrier = threading.Barrier(len(acts))

    def do(act: Callable[[], int]) -> int:
        barrier.wait(PATIENCE_SECONDS)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(do, acts))


def test_of_two_who_approve_at_once_one_succeeds_and_one_is_told_of_the_conflict(
    app: Flask, caller: Caller, repository: Repository
) -> None:
    for _ in range(5):
        interview_id = interview_in(State.PENDING, caller, repository)
        path = f"/workflow/interviews/{interview_id}/transition"

        def approve(name: str, path: str = path) -> int:
            return Caller(app, subject=name).post(path, {"transition": "APPROVE"}).status_code

        assert together(lambda: approve("a"), lambda: approve("b")) == [200, 409]
        assert transitions(caller, interview_id)[3:] == ["APPROVE"]


def test_of_one_who_approves_and_one_who_rejects_at_once_one_is_told_of_the_conflict(
    app: Flask, caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.PENDING, caller, repository)
    path = f"/workflow/interviews/{interview_id}/transition"

    def decide(name: str) -> int:
        return Caller(app).post(path, {"transition": name}).status_code

    assert together(lambda: decide("APPROVE"), lambda: decide("REJECT")) == [200, 409]
    assert state(caller, interview_id) in ("APPROVED", "REJECTED")
    assert len(transitions(caller, interview_id)) == 4


def test_an_interview_is_one_workers_until_its_lease_runs_out(
    caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    interview_id = caller.create()["id"]
    first, second = BlockingEngine(), GoodEngine()
    worker, other = worker_of(first), worker_of(second)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(worker.sweep)
        assert first.thinking.wait(PATIENCE_SECONDS)
        other.sweep()
        other.advance("acme", interview_id)
        assert retry(caller, interview_id) == 202
        other.sweep()
        assert second.asked == []
        hands.forward(milliseconds=LEASE.total_seconds() * 1000)
        other.sweep()
        assert (len(second.asked), state(caller, interview_id)) == (1, "PENDING")
        [plan] = plans(caller, interview_id)
        first.released.set()
        slow.result(PATIENCE_SECONDS)
    assert plans(caller, interview_id) == [plan]
    assert transitions(caller, interview_id) == ["VALIDATE", "GENERATE_PLAN", "PLAN_READY"]


def test_a_lease_that_is_renewed_holds_for_as_long_as_the_engine_works(
    caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    interview_id = caller.create()["id"]
    first, second = BlockingEngine(), GoodEngine()
    worker, other = worker_of(first), worker_of(second)
    most = LEASE.total_seconds() - 1
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(worker.sweep)
        assert first.thinking.wait(PATIENCE_SECONDS)
        for _ in range(3):
            hands.forward(seconds=most)
            worker.renew_leases()
            other.sweep()
            other.advance("acme", interview_id)
        assert retry(caller, interview_id) == 202
        other.sweep()
        assert second.asked == []
        first.released.set()
        slow.result(PATIENCE_SECONDS)
    assert (len(first.asked), len(plans(caller, interview_id))) == (1, 1)
    assert transitions(caller, interview_id) == ["VALIDATE", "GENERATE_PLAN", "PLAN_READY"]
    before = record(caller, interview_id)
    worker.renew_leases()
    hands.forward(seconds=2 * LEASE.total_seconds())
    other.sweep()
    assert (record(caller, interview_id), second.asked) == (before, [])


def test_a_lease_that_another_worker_has_by_now_is_not_renewed(
    caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    interview_id = caller.create()["id"]
    first, second, third = BlockingEngine(), BlockingEngine(), GoodEngine()
    worker, other, idle = worker_of(first), worker_of(second), worker_of(third)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(worker.sweep)
        assert first.thinking.wait(PATIENCE_SECONDS)
        hands.forward(seconds=LEASE.total_seconds())
        slower = pool.submit(other.sweep)
        assert second.thinking.wait(PATIENCE_SECONDS)
        hands.forward(seconds=LEASE.total_seconds() - 1)
        worker.renew_leases()
        idle.sweep()
        assert third.asked == []
        hands.forward(seconds=1)
        worker.renew_leases()
        idle.sweep()
        assert len(third.asked) == 1
        for engine in (first, second):
            engine.released.set()
        slow.result(PATIENCE_SECONDS)
        slower.result(PATIENCE_SECONDS)
    assert len(plans(caller, interview_id)) == 1


def test_renewing_goes_on_by_itself_until_the_worker_stops(
    sqlite_caller: Caller, sqlite_database: Database
) -> None:
    """By the real clock: the engine works for longer than a lease, which nobody else gets."""
    interview_id = sqlite_caller.create()["id"]
    first, second = BlockingEngine(), GoodEngine()
    lease = timedelta(milliseconds=600)
    transport = Transport(allow_private=True)
    worker, other = (
        Worker(sqlite_database, each, transport, lease=lease) for each in (first, second)
    )
    renewing = threading.Thread(target=worker.keep_renewing)
    renewing.start()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(worker.sweep)
        assert first.thinking.wait(PATIENCE_SECONDS)
        repository = Repository(sqlite_database, "acme")
        held = [repository.interviews.get(interview_id).leased_until]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(held) < 4:
            assert time.monotonic() < deadline
            other.sweep()
            until = repository.interviews.get(interview_id).leased_until
            held += [until] if until != held[-1] else []
        first.released.set()
        slow.result(PATIENCE_SECONDS)
    worker.stop()
    renewing.join(PATIENCE_SECONDS)
    other.stop()
    assert not renewing.is_alive()
    assert second.asked == []
    assert state(sqlite_caller, interview_id) == "PENDING"


def test_a_second_attempt_that_is_under_way_is_not_begun_again_by_a_retry(
    caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    interview_id = caller.create()["id"]
    worker_of(FailingEngine(1)).sweep()
    first, second = BlockingEngine(), GoodEngine()
    worker, other = worker_of(first), worker_of(second)
    hands.forward(seconds=5)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(worker.sweep)
        assert first.thinking.wait(PATIENCE_SECONDS)
        error = {"message": "The model is busy", "attempts": 1, "nextAttemptAt": None}
        assert status(caller, interview_id)["error"] == error
        assert retry(caller, interview_id) == 202
        other.sweep()
        assert second.asked == []
        first.released.set()
        slow.result(PATIENCE_SECONDS)
    assert (state(caller, interview_id), len(plans(caller, interview_id))) == ("PENDING", 1)


def test_two_workers_that_hammer_the_same_interviews_never_plan_one_twice(
    caller: Caller, worker_of: MakeWorker
) -> None:
    ids = [caller.create(position=f"Engineer {number}")["id"] for number in range(8)]
    engine = GoodEngine()
    workers = [worker_of(engine), worker_of(engine)]
    threads = 8
    barrier = threading.Barrier(threads)

    def hammer(number: int) -> None:
        barrier.wait(PATIENCE_SECONDS)
        worker = workers[number % 2]
        for each in ids if number % 4 < 2 else reversed(ids):
            worker.advance("acme", each)
        worker.sweep()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(hammer, range(threads)))
    assert engine.positions == {f"Engineer {number}": 1 for number in range(8)}
    for each in ids:
        assert (state(caller, each), len(plans(caller, each))) == ("PENDING", 1)
        assert transitions(caller, each) == ["VALIDATE", "GENERATE_PLAN", "PLAN_READY"]


# --- lost wake-ups, clocks, databases


def test_what_nobody_was_told_of_is_found_by_the_sweep_of_any_worker(
    caller: Caller, worker_of: MakeWorker
) -> None:
    ids = [caller.create()["id"], caller.other("globex").create()["id"]]
    worker_of(GoodEngine()).sweep()
    found = [state(caller, ids[0]), state(caller.other("globex"), ids[1])]
    assert found == ["PENDING", "PENDING"]


@pytest.mark.parametrize("back", [{"hours": 1}, {"days": 365}])
def test_a_clock_that_goes_back_keeps_no_new_interview_from_its_plan(
    back: dict[str, int], caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    interview_id = caller.create()["id"]
    hands.back(**back)
    worker_of(GoodEngine()).sweep()
    assert state(caller, interview_id) == "PENDING"
    entries = caller.get(f"/workflow/interviews/{interview_id}/history").json["data"]
    times = [entry["timestamp"] for entry in entries]
    assert times == sorted(times)


@pytest.mark.parametrize("back", [{"hours": 1}, {"days": 365}])
def test_a_clock_that_goes_back_leaves_no_failed_work_stuck(
    back: dict[str, int], caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    engine = FailingEngine(2)
    worker = worker_of(engine)
    alone, retried = caller.create()["id"], caller.create()["id"]
    worker.sweep()
    hands.back(**back)
    assert retry(caller, retried) == 202
    worker.advance("acme", retried)
    assert state(caller, retried) == "PENDING"
    hands.forward(hours=1, seconds=5)  # the longest pause of all
    worker.sweep()
    assert state(caller, alone) == "PENDING"


@pytest.mark.parametrize("back", [{"hours": 1}, {"days": 365}])
def test_a_clock_that_goes_back_leaves_no_dead_workers_interview_stuck(
    back: dict[str, int],
    caller: Caller,
    repository: Repository,
    worker_of: MakeWorker,
    hands: Hands,
) -> None:
    interview_id = interview_in(State.GENERATING_PLAN, caller, repository)
    hands.back(**back)
    worker_of(GoodEngine()).sweep()
    assert state(caller, interview_id) == "PENDING"


def test_a_clock_that_goes_back_while_the_engine_thinks_does_not_lose_the_plan(
    caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    interview_id = caller.create()["id"]
    engine = MeddledEngine(lambda: hands.back(days=365))
    worker_of(engine).sweep()
    assert (state(caller, interview_id), len(engine.asked)) == ("PENDING", 1)


@pytest.mark.parametrize("back", [{"hours": 1}, {"days": 365}])
def test_a_whole_life_goes_on_after_the_clock_went_back(
    back: dict[str, int], caller: Caller, worker_of: MakeWorker, hands: Hands
) -> None:
    worker = worker_of(GoodEngine())
    interview_id = caller.create()["id"]
    worker.sweep()
    hands.back(**back)
    take(caller, interview_id, Transition.MODIFY, reason="Longer")
    worker.sweep()
    take(caller, interview_id, Transition.APPROVE)
    take(caller, interview_id, Transition.START)
    put_transcript(caller, interview_id)
    hands.back(**back)
    take(caller, interview_id, Transition.COMPLETE)
    worker.sweep()
    take(caller, interview_id, Transition.APPROVE_ASSESSMENT)
    entries = caller.get(f"/workflow/interviews/{interview_id}/history").json["data"]
    times = [entry["timestamp"] for entry in entries]
    assert (times, len(times)) == (sorted(times), 11)


class Outage:
    """Has a database refuse every statement, as one does that cannot be reached any more."""

    def __init__(self) -> None:
        self.on = False

    def refuse(self, *args: Any) -> None:
        if self.on:
            raise OperationalError("a statement", {}, ConnectionError("the server went away"))


@pytest.fixture
def outage(sqlite_database: Database) -> Iterator[Outage]:
    """An outage of the SQLite database, which has not begun."""
    outage = Outage()
    engines = (sqlite_database.engine, sqlite_database._reading)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", outage.refuse)
    yield outage
    for engine in engines:
        event.remove(engine, "before_cursor_execute", outage.refuse)


def test_a_database_that_goes_away_while_the_engine_thinks_costs_a_lease_and_no_more(
    sqlite_caller: Caller,
    outage: Outage,
    sqlite_worker_of: MakeWorker,
    hands: Hands,
) -> None:
    interview_id = sqlite_caller.create()["id"]
    engine = MeddledEngine(lambda: setattr(outage, "on", True))
    worker = sqlite_worker_of(engine)
    with pytest.raises(DatabaseUnavailable):
        worker.sweep()
    with pytest.raises(DatabaseUnavailable):
        worker.sweep()
    assert sqlite_caller.post("/interviews", details()).status_code == 503
    outage.on = False
    found = status(sqlite_caller, interview_id)
    assert (found["workflowState"], found["error"]) == ("GENERATING_PLAN", None)
    hands.forward(seconds=LEASE.total_seconds())
    worker.sweep()
    assert (len(engine.asked), len(plans(sqlite_caller, interview_id))) == (2, 1)
    assert state(sqlite_caller, interview_id) == "PENDING"


def test_the_polling_thread_outlives_an_outage_and_says_so_once(
    sqlite_caller: Caller,
    outage: Outage,
    sqlite_worker_of: MakeWorker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("interview_service.worker.POLL_SECONDS", 0.01)
    outage.on = True
    swept, planned = threading.Semaphore(0), threading.Event()
    worker = sqlite_worker_of(MeddledEngine(planned.set))
    poll = worker.poll

    def counted() -> None:
        swept.release()
        poll()

    monkeypatch.setattr(worker, "poll", counted)
    loops = (worker.keep_polling, worker.keep_advancing)
    threads = [threading.Thread(target=loop) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            assert swept.acquire(timeout=PATIENCE_SECONDS)
        outage.on = False
        interview_id = sqlite_caller.create()["id"]
        assert planned.wait(PATIENCE_SECONDS)
    finally:
        worker.stop()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
    assert state(sqlite_caller, interview_id) == "PENDING"
    warnings = [each for each in caplog.records if "waiting for it" in each.message]
    assert len(warnings) == 1


def test_a_worker_that_was_stopped_begins_nothing_more(
    sqlite_caller: Caller, sqlite_worker_of: MakeWorker
) -> None:
    engine = GoodEngine()
    worker = sqlite_worker_of(engine)
    interview_id = sqlite_caller.create()["id"]
    worker.stop()
    worker.sweep()
    assert (engine.asked, state(sqlite_caller, interview_id)) == ([], "RECEIVED")


def test_nothing_is_due_once_an_interview_waits_for_people(
    caller: Caller, database: Database, repository: Repository
) -> None:
    waits = [each for each in State if each not in (State.RECEIVED, State.VALIDATING_SKILLS)]
    ids = {each: interview_in(each, caller, repository) for each in waits}
    with database.across_tenants() as session:
        due = session.scalars(
            select(InterviewModel.id).where(InterviewModel.due_at.is_not(None))
        ).all()
        total = session.scalar(select(func.count()).select_from(InterviewModel))
    assert due == [ids[State.GENERATING_PLAN]]
    assert total == len(waits)
