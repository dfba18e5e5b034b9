"""After an erasure nothing of the candidate is left: database, files and log are searched."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.test import TestResponse

from interview_service import lifecycle
from interview_service.cli import main
from interview_service.database.session import Database
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from interview_service.webhooks.transport import Outcome
from tests.callers import Caller, details
from tests.conftest import AppFactory
from tests.engines import GENERATED_BY, assessment_of, plan_of
from tests.lives import LEASE, TURNS, interview_in, work
from tests.marks import ALL, EMAIL, HOOK, STRUCTURE, Marks, files_of, found_in, live, raw

ROUNDS = 4
PATIENCE_SECONDS = 60


@pytest.fixture
def app(database: Database, app_on: AppFactory) -> Flask:
    return app_on(database, webhook_allow_private=True)


@pytest.fixture
def caller(app: Flask) -> Caller:
    """Somebody of the tenant `acme` who may do everything, on each backend in turn."""
    return Caller(app, "acme", *ALL)


def test_nothing_of_an_erased_candidate_is_left_in_the_raw_database(
    caller: Caller, repository: Repository, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    marks = Marks()
    interview_id = live(caller, repository, marks)
    before = raw(database)
    assert found_in(before, marks) == set(marks.made)
    erased = caller.post("/candidates/erase", {"email": EMAIL.upper()})
    assert (erased.status_code, erased.json) == (200, {"interviewIds": [interview_id]})
    while post := lifecycle.begin_delivery(repository, interview_id):
        assert post.url == HOOK
        lifecycle.record_delivery(repository, post, Outcome(200, 3, "markCallback", None))
    after = raw(database)
    assert interview_id in after
    assert found_in(after, marks) == set()
    assert found_in(caplog.text, marks) == set()


def test_nothing_is_left_in_sqlites_files_after_a_checkpoint(
    own_database: Database, app_on: AppFactory
) -> None:
    caller = Caller(app_on(own_database, webhook_allow_private=True), "acme", *ALL)
    repository = Repository(own_database, "acme")
    marks = Marks()
    interview_id = live(caller, repository, marks)
    assert found_in(files_of(own_database), marks) == set(marks.made)
    assert caller.delete(f"/interviews/{interview_id}/candidate-data").status_code == 204
    while post := lifecycle.begin_delivery(repository, interview_id):
        lifecycle.record_delivery(repository, post, Outcome(200, 3, "", None))
    assert found_in(files_of(own_database), marks) == set()


def test_a_vacuum_leaves_no_piece_of_a_name_in_the_index_of_searches(
    own_database: Database, app_on: AppFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    caller = Caller(app_on(own_database), "acme", *ALL)
    pieces = {"zqx", "qxj", "xjk"}  # the index has a name by every three letters

    def left() -> set[str]:
        return {each for each in pieces if each in files_of(own_database)}

    interview_id = caller.create(candidateName="Zqxjk")["id"]
    caller.create()
    assert left() == pieces
    assert caller.delete(f"/interviews/{interview_id}/candidate-data").status_code == 204
    done = CliRunner().invoke(main, ["db", "vacuum"])
    assert (done.exit_code, done.output) == (0, "done\n")
    assert left() == set()
    assert caller.get("/interviews?q=jane").json["meta"]["total"] == 1


def test_what_failed_and_what_was_wished_for_are_gone_before_they_are_of_use(
    caller: Caller, repository: Repository, database: Database
) -> None:
    marks = Marks()
    interview_id = interview_in(State.PENDING, caller, repository)
    path = f"/workflow/interviews/{interview_id}/transition"
    wish = {"transition": "MODIFY", "reason": marks.new("Wish")}
    assert caller.post(path, wish).status_code == 200
    begun = lifecycle.begin_work(repository, interview_id, LEASE)
    assert begun is not None
    lifecycle.record_failure(repository, interview_id, begun.version, marks.new("Failure"))
    assert found_in(raw(database), marks) == set(marks.made)
    assert caller.delete(f"/interviews/{interview_id}/candidate-data").status_code == 204
    assert found_in(raw(database), marks) == set()
    assert caller.post(f"/workflow/interviews/{interview_id}/retry").status_code == 409


def test_an_engine_at_work_brings_nothing_back(
    caller: Caller, repository: Repository, database: Database
) -> None:
    marks = Marks()
    planned = caller.create(scheduledAt=None)["id"]
    assessed = interview_in(State.COMPLETED, caller, repository)
    said = [{**turn, "text": marks.new(f"Said{n}")} for n, turn in enumerate(TURNS)]
    put = caller.put(f"/interviews/{assessed}/transcript", {"turns": said})
    assert put.status_code == 200
    begun = [lifecycle.begin_work(repository, each, LEASE) for each in (planned, assessed)]
    for each in (planned, assessed):
        assert caller.delete(f"/interviews/{each}/candidate-data").status_code == 204
    before = raw(database)
    plan, assessment = begun
    assert plan is not None
    assert assessment is not None
    assert assessment.plan is not None
    assert assessment.transcript is not None
    structure = plan_of(replace(plan.brief, position=marks.new("Position")), ())
    draft = assessment_of(assessment.plan, assessment.transcript)
    by = GENERATED_BY.to_dict()
    assert not lifecycle.attach_plan(repository, planned, plan.version, structure, by)
    assert not lifecycle.attach_assessment(repository, assessed, assessment.version, draft, by)
    lifecycle.record_failure(repository, planned, plan.version, marks.new("Failure"))
    until = plan.leased_until
    assert lifecycle.renew_lease(repository, planned, plan.version, until, LEASE) is None
    assert lifecycle.begin_work(repository, planned, LEASE) is None
    assert raw(database) == before
    assert found_in(before, marks) == set()


def test_a_post_under_way_brings_nothing_back(
    caller: Caller, repository: Repository, database: Database
) -> None:
    marks = Marks()
    interview_id = caller.create(callbackUrl=HOOK)["id"]
    post = lifecycle.begin_delivery(repository, interview_id)
    assert post is not None
    assert caller.delete(f"/interviews/{interview_id}/candidate-data").status_code == 204
    assert lifecycle.begin_delivery(repository, interview_id) is None  # the other is not overtaken
    lifecycle.record_delivery(repository, post, Outcome(200, 3, marks.new("Answer"), None))
    told = []
    while following := lifecycle.begin_delivery(repository, interview_id):
        told.append(following)
        answer = Outcome(200, 3, marks.new(f"Answer{len(told)}"), None)
        lifecycle.record_delivery(repository, following, answer)
    assert [each.url for each in told] == [HOOK, HOOK]
    assert found_in(raw(database), marks) == set()
    assert "markCallback" not in raw(database)


# --- the plan was copied for others


def kit(*questions: str) -> dict[str, object]:
    """Return a plan that was written by hand."""
    asked = [{"text": each, "lookFor": ["Says what was done"]} for each in questions]
    section = {"name": "Talk", "duration": 30, "topics": ["Work"], "questions": asked}
    return {"duration": 30, "sections": [section]}


def questions_of(caller: Caller, interview_id: str) -> list[str]:
    plan = caller.get(f"/interviews/{interview_id}/plan").json["structure"]
    return [each["text"] for part in plan["sections"] for each in part["questions"]]


def test_the_copy_of_a_plan_does_not_name_the_candidate_that_it_was_written_for(
    caller: Caller, repository: Repository, database: Database
) -> None:
    marks = Marks()
    marks.made += ["markjane", "marksmith"]
    named = {"candidateName": "Markjane Marksmith", "candidateEmail": "markjane@example.com"}
    first = interview_in(State.PENDING, caller, repository, **named)
    written = kit(
        "Markjane said that her team was small: how did it work?",
        "What did Ms Marksmith, or MARKJANE MARKSMITH, build at Acme?",
        "Who is markjane@example.com to you?",
        "Which system did you build last?",
    )
    put = caller.put(f"/interviews/{first}/plan", {"structure": written})
    assert put.status_code == 200, put.json
    body = details(planFromInterviewId=first, candidateEmail="other@example.com")
    copy = caller.post("/interviews", body).json["id"]
    again = caller.post("/interviews", {**body, "planFromInterviewId": copy}).json["id"]
    assert caller.delete(f"/interviews/{first}/candidate-data").status_code == 204
    assert found_in(raw(database), marks) == set()
    for each in (copy, again):
        assert questions_of(caller, each) == [
            "Candidate said that her team was small: how did it work?",
            "What did Ms Candidate, or Candidate, build at Acme?",
            "Who is [email] to you?",
            "Which system did you build last?",
        ]


@pytest.mark.parametrize("name", ["Will Price", "Mark Jenkins", "Grace Long", "May Rust"])
def test_the_copy_of_a_plan_keeps_words_that_are_names_as_well(
    sqlite_caller: Caller, sqlite_database: Database, name: str
) -> None:
    repository = Repository(sqlite_database, "acme")
    named = {"candidateName": name, "skills": ["Rust", "Jenkins"]}
    first = interview_in(State.PENDING, sqlite_caller, repository, **named)
    asked = [
        "Will you price it with grace, and mark what may take long?",
        "Price one: what rusts? What did you build in Rust, and with Jenkins?",
        "Mark the risks. May we see them? Long ones first.",
    ]
    structure = {"structure": kit(*asked)}
    assert sqlite_caller.put(f"/interviews/{first}/plan", structure).status_code == 200
    copy = sqlite_caller.post("/interviews", details(planFromInterviewId=first)).json["id"]
    assert questions_of(sqlite_caller, copy) == asked


def test_the_copy_of_a_plan_that_was_made_as_wished_is_peoples_as_well(
    caller: Caller, repository: Repository, database: Database
) -> None:
    """Its criteria may have the words of a wish, so an erasure renames them as the first one's."""
    first = interview_in(State.PENDING, caller, repository)
    wish = {"transition": "MODIFY", "reason": "Ask more about how they explain things"}
    assert caller.post(f"/workflow/interviews/{first}/transition", wish).status_code == 200
    assert work(repository, first)
    body = details(planFromInterviewId=first)
    copy = caller.post("/interviews", body).json["id"]
    again = caller.post("/interviews", {**body, "planFromInterviewId": copy}).json["id"]
    for each in (first, copy, again):
        assert caller.delete(f"/interviews/{each}/candidate-data").status_code == 204
        structure = caller.get(f"/interviews/{each}/plan").json["structure"]
        names = [section["name"] for section in structure["sections"]]
        assert names == [f"Section {number}" for number in range(1, len(names) + 1)]


# --- others write in the same moment


Write = Callable[[Caller, str, str], TestResponse]


def _transition(caller: Caller, interview_id: str, word: str) -> TestResponse:
    body = {"transition": "COMPLETE", "reason": word}
    path = f"/workflow/interviews/{interview_id}/transition"
    return caller.post(path, body, headers={"Idempotency-Key": word})


def _card(caller: Caller, interview_id: str, word: str) -> TestResponse:
    card = {"ratings": [], "recommendation": "HIRE", "summary": word, "submitted": False}
    return caller.put(f"/interviews/{interview_id}/scorecards/me", card)


def _transcript(caller: Caller, interview_id: str, word: str) -> TestResponse:
    turns = [{"speaker": "A", "text": word}]
    return caller.put(f"/interviews/{interview_id}/transcript", {"turns": turns})


def _plan(caller: Caller, interview_id: str, word: str) -> TestResponse:
    structure = Marks().in_(STRUCTURE, word)
    return caller.put(f"/interviews/{interview_id}/plan", {"structure": structure})


def _repeat(caller: Caller, interview_id: str, word: str) -> TestResponse:
    """Create it again by its externalId: the answer, which is kept, is the record as it was."""
    body = details(externalId="race", location=word)
    return caller.post("/interviews", body, headers={"Idempotency-Key": f"{interview_id}{word}"})


WRITES: dict[str, tuple[State, Write]] = {
    "update": (
        State.IN_PROGRESS,
        lambda caller, each, word: caller.put(f"/interviews/{each}", {"location": word}),
    ),
    "transition": (State.IN_PROGRESS, _transition),
    "card": (State.IN_PROGRESS, _card),
    "transcript": (State.IN_PROGRESS, _transcript),
    "plan": (State.PENDING, _plan),
    "repeat": (State.PENDING, _repeat),
}


@pytest.mark.parametrize("name", WRITES)
def test_whoever_writes_in_the_same_moment_brings_nothing_back(
    caller: Caller, repository: Repository, database: Database, name: str
) -> None:
    state, write = WRITES[name]
    others = [caller.other("acme", *ALL) for _ in range(2)]
    for number in range(ROUNDS):
        word = f"mark{name}{number}"
        first = {"externalId": "race", "location": word} if name == "repeat" else {}
        interview_id = interview_in(state, caller, repository, **first)
        barrier = Barrier(3, timeout=PATIENCE_SECONDS)

        def at_once(each: Caller, interview_id: str = interview_id, word: str = word) -> int:
            barrier.wait()  # noqa: B023 (every round waits for its own)
            return write(each, interview_id, word).status_code

        with ThreadPoolExecutor(2) as pool:
            written = [pool.submit(at_once, each) for each in others]
            barrier.wait()
            erased = caller.delete(f"/interviews/{interview_id}/candidate-data")
            statuses = {each.result(PATIENCE_SECONDS) for each in written}
        assert erased.status_code == 204, erased.json
        assert statuses <= {200, 201, 409}
        if 201 in statuses:  # created anew, after the erasure: no data of the erased interview
            for row in caller.get("/interviews").json["data"]:
                caller.delete(f"/interviews/{row['id']}")
        assert word.casefold() not in raw(database).casefold()
