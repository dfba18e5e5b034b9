"""What makes an errand shorter on the pages: one stays where one was, and reads words."""

import pytest
from flask import Flask

from interview_service.dashboard.words import (
    ACTIONS,
    event_words,
    field_words,
    permission_words,
    question_words,
)
from interview_service.domain.completeness import missing_items
from interview_service.domain.interview import Level
from interview_service.domain.roles import PERMISSIONS, Role
from interview_service.domain.workflow import Event, State, Transition
from tests.integration.test_dashboard import held, judged, planned, record_of, state
from tests.pages.people import Person, kept, parsed, wrong


@pytest.fixture
def ada(app: Flask) -> Person:
    return Person(app)


@pytest.mark.parametrize("tab", ["plan", "scorecard", "transcript", "assessment", "history"])
def test_a_transition_leaves_one_on_the_page_that_asked_for_it(ada: Person, tab: str) -> None:
    interview = planned(ada)
    page = ada.page(f"/interviews/{interview}/{tab}")
    form = page.select_one("form:has(input[name=transition][value=APPROVE])")
    assert form is not None
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input[type=hidden]")}
    answer = ada.send(str(form["action"]), **{**fields, "csrf": ada.csrf()})
    assert answer.location == f"/interviews/{interview}/{tab}?said=approve"
    assert state(ada, interview) is State.APPROVED


@pytest.mark.parametrize("tab", ["", "nowhere", "sign_out", "//elsewhere.example"])
def test_a_page_that_is_none_of_an_interview_leads_to_its_overview(ada: Person, tab: str) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}"
    answer = ada.send(f"{path}/transition", transition="APPROVE", tab=tab)
    assert answer.location == f"{path}?said=approve"


def test_one_decides_beside_the_others_without_names(ada: Person) -> None:
    first = judged(ada, candidateName="Jane Smith")
    second = judged(ada, candidateName="Kim Lee", candidateEmail="kim@example.com")
    path = f"/interviews/{first}/compare"
    page = ada.get(f"{path}?names=off")
    form = parsed(page).select_one(f"form:has(input[name=decided][value='{second}'])")
    assert form is not None
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input[type=hidden]")}
    fields["csrf"] = ada.csrf()
    undecided = ada.send(path, **fields, decision="", reason="The calmest")
    assert (undecided.status_code, list(wrong(undecided))) == (422, ["decision"])
    assert "The calmest" in undecided.text
    assert "Kim" not in undecided.text
    stale = ada.send(path, **{**fields, "seen": "none"}, decision="HIRE")
    assert stale.status_code == 409
    assert "nothing was decided" in stale.text
    assert "Kim" not in stale.text
    decided = ada.send(path, **fields, decision="HIRE", reason="The calmest")
    assert decided.location == f"{path}?said=decided&names=off"
    assert "Kim" not in ada.get(decided.location).text
    assert (state(ada, first), state(ada, second)) == (
        State.ASSESSMENT_PENDING,
        State.ASSESSMENT_APPROVED,
    )
    assert record_of(ada, second).decision == "HIRE"


def test_only_who_decides_can_decide_beside_the_others(ada: Person) -> None:
    interview = judged(ada)
    path = f"/interviews/{interview}/compare"
    viewer = Person(ada.app, Role.VIEWER)
    assert viewer.page(path).select("main form") == []
    refused = viewer.send(path, decided=interview, decision="HIRE")
    assert refused.status_code == 403
    strange = Person(ada.app, tenant="globex").send(path, decided=interview, decision="HIRE")
    assert strange.status_code == 404
    assert state(ada, interview) is State.ASSESSMENT_PENDING


def test_a_card_that_says_nothing_is_not_handed_in(ada: Person) -> None:
    interview = held(ada)
    path = f"/interviews/{interview}/scorecard"
    empty = ada.send(path, do="submit", recommendation="NO_DECISION", summary=" ")
    assert (empty.status_code, list(wrong(empty))) == (422, ["recommendation"])
    assert "You handed this in on" not in ada.get(path).text
    assert ada.send(path, do="draft", recommendation="NO_DECISION").status_code == 303
    seen = kept(ada.get(path), "seen")
    told = ada.send(path, do="submit", recommendation="NO_DECISION", summary="Ill", seen=seen)
    assert told.status_code == 303
    assert "You handed this in on" in ada.get(path).text


def test_an_interviewer_who_is_nobody_of_the_team_is_told_apart(ada: Person) -> None:
    ada.send("/team", name="Grace", email="grace@example.com", role="INTERVIEWER")
    interview = planned(ada, interviewers="Grace@example.com\ngrcae@example.com")
    facts = ada.page(f"/interviews/{interview}").select_one(
        "dt:-soup-contains('Interviewers') + dd"
    )
    assert facts is not None
    shown = facts.get_text(" ", strip=True)
    assert shown == "Grace grcae@example.com (not in the team)"


def test_what_is_added_to_a_plan_can_be_taken_back_empty(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/plan/edit"
    buttons = ada.page(path).select("button[name=do]")
    arranging = [each for each in buttons if each["value"] != "save"]
    assert arranging
    assert all(each.has_attr("formnovalidate") for each in arranging)


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04\xf8\xff", b"\xff\xfeA", b"RIFF\x00\x00WAVE"],
    ids=["a document", "half of UTF-16", "a recording"],
)
def test_a_file_that_is_no_text_is_refused_in_words(ada: Person, content: bytes) -> None:
    interview = held(ada)
    answer = ada.upload(f"/interviews/{interview}/transcript", "talk.docx", content)
    assert answer.status_code == 422
    assert "This is no text file" in wrong(answer)["file"]


def test_a_key_is_shown_with_a_request_to_try_it(ada: Person) -> None:
    made = ada.send("/api-keys", name="ats", permissions="interview:read")
    shown = parsed(made).select_one("pre")
    assert shown is not None
    url = shown.get_text().split()[-1]
    assert url == "http://localhost:3009/api/v1/auth/me"
    answer = ada.app.test_client().get(
        url.removeprefix("http://localhost:3009"), headers={"X-API-Key": kept_secret(made.text)}
    )
    assert answer.status_code == 200


def kept_secret(html: str) -> str:
    """Return what a page shows once."""
    return html.partition('id="secret" readonly value="')[2].partition('"')[0]


def test_everything_has_words() -> None:
    """Nobody reads a code word where a person is spoken to."""
    for permission in PERMISSIONS:
        assert permission_words(permission) != permission
    for event in Event:
        assert event_words(f"interview.{event}") != f"interview.{event}"
    for transition in Transition:
        action = f"interview.{transition.lower()}"
        assert transition.permission is None or action in ACTIONS, action
    item = next(
        each
        for each in missing_items(
            candidate_name="Jane",
            candidate_email="jane@example.com",
            external_id=None,
            position="Nurse",
            level=None,
            skills=["Care"],
            job_description="x" * 60,
        )
        if each.field == "level"
    )
    asked = question_words(item)
    assert not any(level.value in asked for level in Level)
    assert field_words("candidateName") == "candidate name"
