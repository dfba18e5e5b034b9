"""A plan that is edited by hand on its page: arranged by buttons, checked, saved, overtaken."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from interview_service import lifecycle
from interview_service.domain.documents import Document
from interview_service.domain.plan import PlanStructure
from interview_service.domain.workflow import State
from interview_service.lifecycle.base import Actor
from tests.callers import Caller
from tests.integration.test_dashboard import STRUCTURE, planned, repository_of, state
from tests.pages.people import Person, kept, parsed, wrong


@pytest.fixture
def ada(app: Flask) -> Person:
    return Person(app)


def fields_of(answer: TestResponse) -> dict[str, Any]:
    """Return what the form of a page would send, but for its button."""
    form = parsed(answer).select_one("form[data-arranged]")
    assert form is not None
    fields = {
        str(each["name"]): str(each.get("value", ""))
        if each.name == "input"
        else each.get_text().removeprefix("\n")
        for each in form.select("input[name], textarea[name]")
    }
    for each in form.select("select[name]"):
        chosen = each.select_one("option[selected]")
        fields[str(each["name"])] = str(chosen["value"]) if chosen is not None else ""
    return fields


def press(person: Person, path: str, answer: TestResponse, do: str, **typed: str) -> TestResponse:
    """Press a button of the form that a page shows, after typing into some fields."""
    return person.client.post(path, data={**fields_of(answer), **typed, "do": do})


def plan_of(person: Person, interview: str) -> Document:
    structure: Document = lifecycle.current_plan(repository_of(person), interview).structure
    return structure


def test_a_plan_that_is_saved_as_it_was_shown_is_the_same(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/plan/edit"
    assert ada.page(f"/interviews/{interview}/plan").select_one(f"a[href='{path}']") is not None
    before = plan_of(ada, interview)
    answer = press(ada, path, ada.get(path), "save")
    assert answer.location == f"/interviews/{interview}/plan?said=plan-edited"
    assert plan_of(ada, interview) == PlanStructure.from_dict(before).to_dict()
    shown = ada.page(answer.location).get_text()
    assert "by hand" in shown
    assert "It still has to be approved." in shown


def test_a_plan_is_arranged_by_buttons_and_the_kit_shows_it(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/plan/edit"
    page = press(ada, path, ada.get(path), "add-section", opening="Hello.\nHow was your trip?")
    assert page.status_code == 200
    assert plan_of(ada, interview)["opening"] == STRUCTURE["opening"]  # nothing is saved yet
    typed = {
        "s1-name": "Working together",
        "s1-minutes": "15",
        "s1-topics": "Reviews\nDisagreement, settled",
        "s1q0-text": "Tell me about a review that changed your mind.",
        "s1q0-lookFor": "Names what convinced them\nSays what they did",
    }
    page = press(ada, path, page, "add-criterion", **typed)
    named = {"c1-name": "System design", "c1-1": "a", "c1-3": "b", "c1-5": "c"}
    page = press(ada, path, page, "add-question-0", **named)
    page = press(ada, path, page, "up-section-1", **{"s0q1-text": "What broke, and who noticed?"})
    assert kept(page, "s0-name") == "Working together"
    page = press(ada, path, page, "up-question-1-1", **{"s0q0-criterion": "1"})
    assert kept(page, "s1q0-text") == "What broke, and who noticed?"
    page = press(ada, path, page, "up-criterion-1")
    page = press(ada, path, page, "down-section-0")
    page = press(ada, path, page, "up-section-1")
    assert fields_of(page)["s0q0-criterion"] == "0"
    answer = press(ada, path, page, "save")
    assert answer.status_code == 303, wrong(answer)
    assert plan_of(ada, interview) == {
        **STRUCTURE,
        "duration": 60,
        "opening": ["Hello.", "How was your trip?"],
        "sections": [
            {
                "name": "Working together",
                "duration": 15,
                "topics": ["Reviews", "Disagreement, settled"],
                "questions": [
                    {
                        "text": "Tell me about a review that changed your mind.",
                        "lookFor": ["Names what convinced them", "Says what they did"],
                        "followUps": [],
                        "criterion": "system_design",
                    }
                ],
            },
            {
                **STRUCTURE["sections"][0],
                "questions": [
                    {
                        "text": "What broke, and who noticed?",
                        "lookFor": [],
                        "followUps": [],
                        "criterion": None,
                    },
                    *STRUCTURE["sections"][0]["questions"],
                ],
            },
        ],
        "criteria": [
            {
                "key": "system_design",
                "group": "interview",
                "name": "System design",
                "anchors": {"1": "a", "3": "b", "5": "c"},
            },
            *STRUCTURE["criteria"],
        ],
    }
    assert "What broke, and who noticed?" in ada.page(f"/interviews/{interview}/kit").get_text()
    removed = press(ada, path, ada.get(path), "remove-criterion-0")
    assert fields_of(removed)["s0q0-criterion"] == ""
    removed = press(ada, path, removed, "remove-section-0")
    removed = press(ada, path, removed, "remove-question-0-0")
    assert press(ada, path, removed, "save").status_code == 303
    assert plan_of(ada, interview) == {**STRUCTURE, "opening": ["Hello.", "How was your trip?"]}


def test_what_is_wrong_stands_beside_it_and_nothing_typed_is_lost(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/plan/edit"
    typed = {
        "s0-name": "x" * 201,
        "s0-minutes": "many",
        "s0-topics": " ",
        "s0q0-text": "",
        "s0q0-lookFor": "y" * 1001,
        "s0q0-criterion": "7",
        "opening": "\n".join(f"Line {number}" for number in range(51)),
        "c0-name": "",
        "c0-3": "\x00",
    }
    answer = press(ada, path, ada.get(path), "save", **typed)
    assert (answer.status_code, set(wrong(answer))) == (422, set(typed))
    for name in set(typed) - {"s0q0-criterion", "c0-3", "s0-topics"}:
        assert kept(answer, name) == typed[name], name
    two = press(ada, path, ada.get(path), "add-section")
    typed = {"s1-name": "SYSTEMS", "s1-minutes": "480", "s1-topics": "x", "s1q0-text": "Why?"}
    answer = press(ada, path, two, "save", **typed)
    assert (answer.status_code, set(wrong(answer))) == (422, {"s1-name"})
    answer = press(ada, path, two, "save", **{**typed, "s1-name": "More"})
    assert (answer.status_code, set(wrong(answer))) == (422, {"plan"})
    assert "480 minutes, not 525" in wrong(answer)["plan"]
    assert plan_of(ada, interview) == PlanStructure.from_dict(STRUCTURE).to_dict()


def test_an_unfair_question_is_named_where_it_stands_and_to_the_api(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/plan/edit"
    typed = {
        "s0q0-text": "Do you have children?",
        "s0q0-followUps": "Why?\nAre you married?",
        "closing": "How old are you?",
    }
    answer = press(ada, path, ada.get(path), "save", **typed)
    assert answer.status_code == 422
    assert wrong(answer) == {
        "s0q0-text": "Nobody may be asked about family and pregnancy: “Do you have children?”",
        "s0q0-followUps": "Nobody may be asked about marital status: “Are you married?”",
        "closing": "Nobody may be asked about age: “How old are you?”",
    }
    structure = PlanStructure.from_dict(STRUCTURE).to_dict()
    structure["sections"][0]["questions"][0]["text"] = typed["s0q0-text"]
    refused = Caller(ada.app).put(f"/interviews/{interview}/plan", {"structure": structure})
    assert refused.status_code == 422
    assert refused.json["errors"]["json"]["structure"] == [
        "sections[0].questions[0].text asks candidates about family and pregnancy: "
        "'Do you have children?'"
    ]


def test_two_editors_do_not_overwrite_each_other(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/plan/edit"
    first, second = ada.get(path), ada.get(path)
    assert press(ada, path, first, "save", **{"s0-name": "Theirs"}).status_code == 303
    answer = press(ada, path, second, "save", **{"s0-name": "Mine"})
    assert answer.status_code == 412
    assert "Somebody changed the plan while you were writing" in answer.text
    assert kept(answer, "s0-name") == "Mine"
    assert plan_of(ada, interview)["sections"][0]["name"] == "Theirs"
    assert press(ada, path, answer, "save").status_code == 303
    assert plan_of(ada, interview)["sections"][0]["name"] == "Mine"


def test_a_plan_is_edited_until_it_is_approved(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/plan/edit"
    form = ada.get(path)
    ada.send(f"/interviews/{interview}/transition", transition="APPROVE")
    late = press(ada, path, form, "save", **{"s0-name": "Late"})
    assert (late.status_code, kept(late, "s0-name")) == (409, "Late")
    assert "edited until it is approved" in late.text
    assert ada.get(path).status_code == 409
    assert ada.page(f"/interviews/{interview}/plan").select_one(f"a[href='{path}']") is None
    assert state(ada, interview) is State.APPROVED


def test_a_form_of_nonsense_breaks_nothing(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/plan/edit"
    for do in ("", "up", "up-section-99", "remove-question-5-5", "down-criterion", "add-question"):
        assert press(ada, path, ada.get(path), do).status_code == 200, do
    emptied = ada.send(path, do="save")
    assert (emptied.status_code, set(wrong(emptied))) == (422, {"plan"})
    unnamed = {**fields_of(ada.get(path)), "seen": "", "do": "save"}
    assert ada.client.post(path, data=unnamed).status_code == 412
    forged = {**fields_of(ada.get(path)), "c0-key": "Not A Key", "do": "save"}
    assert ada.client.post(path, data=forged).status_code == 422
    actor = Actor("x")
    lifecycle.replace_plan(
        repository_of(ada), interview, PlanStructure.from_dict(STRUCTURE), actor
    )  # it is still one that can be replaced
