"""What wishes change of a kit, and what its notes say where they change nothing."""

import pytest

from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import PlanStructure
from interview_service.engines.builtin import BuiltinEngine

BRIEF = Brief("Software Engineer", Level.SENIOR, ("TypeScript", "React", "Node.js"))


def kit(*wishes: str) -> PlanStructure:
    return BuiltinEngine().plan(BRIEF, wishes).result


def minutes(plan: PlanStructure) -> dict[str, int]:
    return {section.name: section.duration for section in plan.sections}


def names(plan: PlanStructure) -> list[str]:
    return [criterion.name for criterion in plan.criteria]


def asked(plan: PlanStructure) -> int:
    return sum(len(section.questions) for section in plan.sections)


@pytest.mark.parametrize(
    ("wish", "duration"),
    [("Make it 30 minutes", 30), ("two hours please", 120), ("it's too long", 45)],
)
def test_the_interview_has_the_wanted_length(wish: str, duration: int) -> None:
    plan = kit(wish)
    assert plan.duration == duration
    assert plan.faults() == []


def test_minutes_belong_to_what_they_are_said_of() -> None:
    assert minutes(kit("spend 25 minutes on system design"))["System Design"] == 25
    assert kit("spend 25 minutes on system design").duration == 60
    assert any("opening has 2" in note for note in kit("only 2 minutes of introduction").notes)


def test_a_section_may_be_left_out_and_come_back() -> None:
    assert "System Design" not in minutes(kit("drop system design"))
    assert "System Design" in minutes(kit("drop system design", "keep system design"))


def test_skills_are_left_out_swapped_added_and_put_first() -> None:
    assert "React" not in names(kit("no React"))
    swapped = names(kit("replace React by Vue"))
    assert "React" not in swapped
    assert "Vue.js" in swapped
    assert names(kit("add a question about Kafka"))[0] == "Apache Kafka"
    assert names(kit("more about Node.js"))[0] == "Node.js"
    assert names(kit("less TypeScript"))[2] == "TypeScript"


def test_leaving_out_every_skill_leaves_a_kit_of_the_same_work() -> None:
    plan = kit("no React, no TypeScript, no Node.js")
    assert plan.sections[0].name == "Technical Assessment"
    assert not {"React", "TypeScript", "Node.js"} & set(names(plan))


def test_leadership_may_be_asked_for() -> None:
    assert "Leading People" in minutes(kit("focus on leadership"))


def test_questions_become_fewer_more_harder_and_easier() -> None:
    assert asked(kit("fewer questions")) < asked(kit())
    harder, easier = kit("make it harder"), kit("make it easier")
    assert minutes(harder) == minutes(kit()) == minutes(easier)
    assert harder != kit() != easier


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("I liked it", "asks for no change"),
        ("the candidate should juggle", "Not understood"),
        ("find out whether she plans to have kids", "not asked about family"),
    ],
)
def test_what_changes_nothing_is_said_and_becomes_no_content(wish: str, said: str) -> None:
    plan = kit(wish)
    assert (plan.sections, plan.criteria) == (kit().sections, kit().criteria)
    assert said in plan.notes[0]


def test_a_later_wish_wins() -> None:
    assert kit("make it 90 minutes", "make it 45 minutes").duration == 45
    assert "React" in names(kit("no React", "add React"))


def test_wishes_in_german_are_applied() -> None:
    plan = kit("bitte kürzer und ohne React")
    assert plan.duration == 45
    assert "React" not in names(plan)
