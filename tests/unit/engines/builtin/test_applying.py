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


def test_a_section_gets_more_time_whether_or_not_another_leaves_some() -> None:
    assert minutes(kit("more time for system design"))["System Design"] == 20
    handed_on = minutes(kit("drop teamwork and give its time to system design"))
    assert handed_on["System Design"] == 15 + minutes(kit())["Working Together"]


def test_a_section_may_be_left_out_and_come_back() -> None:
    assert "System Design" not in minutes(kit("drop system design"))
    assert "System Design" in minutes(kit("drop system design", "keep system design"))


def on(plan: PlanStructure, name: str) -> list[str]:
    """Return the questions on a criterion."""
    key = next(each.key for each in plan.criteria if each.name == name)
    return [
        each.text
        for section in plan.sections
        for each in section.questions
        if each.criterion == key
    ]


def test_skills_are_left_out_swapped_and_added_where_they_belong() -> None:
    assert names(kit("no React")) == [name for name in names(kit()) if name != "React"]
    swapped = names(kit("replace React by Vue"))
    assert swapped == ["Vue.js" if name == "React" else name for name in names(kit())]
    assert set(names(kit("add a question about Kafka"))) == {*names(kit()), "Apache Kafka"}


def test_of_what_is_wanted_more_there_is_a_question_more_and_less_comes_last() -> None:
    assert len(on(kit("more about Node.js"), "Node.js")) > len(on(kit(), "Node.js"))
    assert len(on(kit(), "TypeScript")) == 2
    assert len(on(kit("less TypeScript"), "TypeScript")) == 1
    less = kit("less React")
    assert less.sections[0].questions[-1].text in on(less, "React")


@pytest.mark.parametrize("wish", ["no React", "replace React by Vue", "add a question on Kafka"])
def test_what_nobody_speaks_of_stays_word_for_word(wish: str) -> None:
    changed = kit(wish)
    for name in {*names(kit()), *names(changed)} - {"React", "Vue.js", "Apache Kafka"}:
        assert on(changed, name) == on(kit(), name)


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
