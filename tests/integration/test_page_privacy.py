"""A candidate's data on the pages: handed out, erased after a confirmation, and gone afterwards."""

import json

import pytest
from flask import Flask

from interview_service.domain.roles import Role
from interview_service.domain.workflow import State
from tests.callers import Caller
from tests.integration.test_dashboard import (
    added,
    judged,
    planned,
    record_of,
    state,
)
from tests.pages.people import Person, kept, wrong


@pytest.fixture
def ada(app: Flask) -> Person:
    return Person(app)


def test_a_candidates_data_is_handed_out_as_the_api_hands_it_out(ada: Person) -> None:
    interview = judged(ada)
    added(ada, candidateEmail="JANE@example.com", position="Nurse")
    answer = ada.send(f"/interviews/{interview}/export")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="candidate.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    mine = json.loads(answer.text)
    theirs = Caller(ada.app, "acme", "candidate:export").get(
        "/candidates/export?email=jane@example.com"
    )
    assert len(mine["interviews"]) == 2
    assert mine["interviews"] == theirs.json["interviews"]
    assert "handed out a candidate’s data" in ada.get("/audit").text
    recruiter, viewer = Person(ada.app, Role.RECRUITER), Person(ada.app, Role.VIEWER)
    assert "Download all data" in recruiter.get(f"/interviews/{interview}").text
    assert "Erase this candidate" not in recruiter.get(f"/interviews/{interview}").text
    assert "Download all data" not in viewer.get(f"/interviews/{interview}").text


def test_a_candidate_is_erased_from_all_interviews_after_a_confirmation(ada: Person) -> None:
    first, second = judged(ada), planned(ada, candidateEmail="Jane@Example.com", position="Nurse")
    other = added(ada, candidateName="Kim Lee", candidateEmail="kim@example.com")
    path = f"/interviews/{first}/erase"
    page = ada.page(path).get_text(" ", strip=True)
    assert "Erase the data of Jane Smith?" in page
    assert "All 2 of jane@example.com" in page
    assert "What goes" in page
    assert "What stays" in page
    for typed in ("", "yes", "Jane"):
        answer = ada.send(path, confirmation=typed, scope="all")
        assert (answer.status_code, list(wrong(answer))) == (422, ["confirmation"])
        assert kept(answer, "confirmation") == typed
    assert record_of(ada, first).candidate_name == "Jane Smith"
    done = ada.send(path, confirmation=" jane SMITH ", scope="all")
    assert done.location == f"/interviews/{first}?said=erased"
    for interview in (first, second):
        assert record_of(ada, interview).candidate_name is None
        assert state(ada, interview) is State.CANCELLED
        shown = ada.page(f"/interviews/{interview}")
        assert "Candidate erased" in shown.select_one("h1").get_text()  # type: ignore[union-attr]
        assert "data was erased on" in shown.get_text()
        for tab in ("", "/plan", "/transcript", "/assessment", "/history", "/scorecard", "/kit"):
            told = ada.get(f"/interviews/{interview}{tab}").text
            assert not any(each in told for each in ("Jane", "jane@", "Knows what breaks", "Drew"))
        again = f"/interviews/{interview}"
        assert ada.get(f"{again}/erase").status_code == 409
        assert ada.send(f"{again}/erase", confirmation="erase").status_code == 409
        assert ada.send(f"{again}/export").status_code == 409
        assert ada.page(again).select(".actions form") == []
    assert record_of(ada, other).candidate_name == "Kim Lee"
    listed = ada.page("/interviews").select_one("tbody")
    assert listed is not None
    assert "No name yet" not in listed.get_text()
    assert "erased a candidate’s data" in ada.get("/audit").text


def test_one_interview_is_erased_alone(ada: Person) -> None:
    first, second = planned(ada), planned(ada, position="Nurse")
    answer = ada.send(f"/interviews/{first}/erase", confirmation="ERASE", scope="one")
    assert answer.status_code == 303
    assert record_of(ada, first).candidate_name is None
    assert record_of(ada, second).candidate_name == "Jane Smith"


def test_a_candidate_without_an_email_is_erased(ada: Person) -> None:
    caller = Caller(ada.app)
    taken = caller.post("/a2a/interview", {"candidateName": "Kim", "position": "Nurse"})
    interview = taken.json["interviewId"]
    assert "Download all data" not in ada.get(f"/interviews/{interview}").text
    assert ada.send(f"/interviews/{interview}/export").json["interviews"] == []
    answer = ada.send(f"/interviews/{interview}/erase", confirmation="kim")
    assert answer.status_code == 303, wrong(answer)
    assert record_of(ada, interview).candidate_name is None
