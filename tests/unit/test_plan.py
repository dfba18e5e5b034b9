"""What makes a plan sound, at the edges."""

from dataclasses import replace

import pytest

from interview_service.domain.plan import Criterion, PlanStructure, Question, Section

TALK = Section("Talk", 40, ("Work",), (Question("Why?", ("Reasons",)),))
CLOSE = Section("Close", 20, ("Next steps",))
SOUND = PlanStructure(60, (TALK, CLOSE))


def long(minutes: int) -> PlanStructure:
    return PlanStructure(minutes, (replace(TALK, duration=minutes),))


def talking(**changes: object) -> PlanStructure:
    """Return a plan whose first section is changed."""
    return PlanStructure(60, (replace(TALK, **changes), CLOSE))  # type: ignore[arg-type]


def asking(*questions: Question) -> PlanStructure:
    return talking(questions=questions)


def in_sections(count: int) -> PlanStructure:
    names = [f"Section {number}" for number in range(count)]
    return PlanStructure(count, tuple(Section(name, 1, ("Work",)) for name in names))


@pytest.mark.parametrize(
    "plan",
    [
        SOUND,
        long(1),
        long(480),
        in_sections(20),
        talking(name="n" * 200),
        talking(topics=("t" * 1000,) * 50),
        talking(questions=()),
        asking(*[Question("q" * 1000, ("l" * 1000,))] * 50),
    ],
)
def test_a_sound_plan_has_no_faults_and_comes_back_from_json_as_it_was(plan: PlanStructure) -> None:
    assert plan.faults() == []
    assert PlanStructure.from_dict(plan.to_dict()) == plan


TOO_LONG = "every text of section 1 must have 1 to 1000 characters"
TOO_MANY = "section 1 has more than 50 topics or questions"
NO_NAME = "section 1 needs a name of 1 to 200 characters"


@pytest.mark.parametrize(
    ("plan", "faults"),
    [
        (
            long(0),
            [
                "duration must be 1 to 480 minutes, not 0",
                "section 1 must last 1 minute or more, not 0",
            ],
        ),
        (long(481), ["duration must be 1 to 480 minutes, not 481"]),
        (in_sections(21), ["a plan has 1 to 20 sections, not 21"]),
        (
            PlanStructure(60, ()),
            [
                "a plan has 1 to 20 sections, not 0",
                "the sections' durations add up to 0, the plan's duration is 60",
            ],
        ),
        (
            replace(SOUND, duration=59),
            ["the sections' durations add up to 60, the plan's duration is 59"],
        ),
        (talking(name="CLOSE"), ["two sections are named 'close'"]),
        (
            PlanStructure(6, tuple(Section(name, 1, ("Work",)) for name in "abcABC")),
            [f"two sections are named '{name}'" for name in "abc"],
        ),
        (talking(name=" "), [NO_NAME]),
        (talking(name="n" * 201), [NO_NAME]),
        (talking(topics=()), ["section 1 needs at least one topic"]),
        (talking(topics=("t",) * 51), [TOO_MANY]),
        (asking(*[Question("q")] * 51), [TOO_MANY]),
        (talking(topics=("t" * 1001,)), [TOO_LONG]),
        (asking(Question(" ")), [TOO_LONG]),
        (asking(Question("q", ("l" * 1001,))), [TOO_LONG]),
    ],
)
def test_each_fault_is_named(plan: PlanStructure, faults: list[str]) -> None:
    assert plan.faults() == faults


# --- criteria

ANCHORS = {"1": "Little.", "3": "Some.", "5": "All."}
CRAFT = Criterion("craft", "skills", "Craft", ANCHORS)
PROBING = replace(SOUND, criteria=(CRAFT,))


def test_a_plan_with_criteria_is_sound_and_comes_back_as_it_was() -> None:
    plan = replace(
        PlanStructure(
            60, (replace(TALK, questions=(Question("Why?", ("Reasons",), (), "craft"),)), CLOSE)
        ),
        criteria=(CRAFT,),
        opening=("Welcome.",),
    )
    assert plan.faults() == []
    assert PlanStructure.from_dict(plan.to_dict()) == plan


@pytest.mark.parametrize(
    ("criteria", "fault"),
    [
        ((CRAFT, CRAFT), "two criteria have the key 'craft'"),
        ((replace(CRAFT, key="Not a key"),), "in lower_snake_case"),
        ((replace(CRAFT, name=" "),), "needs a name"),
        ((replace(CRAFT, anchors={"1": "Little."}),), "needs anchors for 1, 3 and 5"),
        ((replace(CRAFT, anchors={**ANCHORS, "3": ""}),), "every anchor"),
        (tuple(replace(CRAFT, key=f"k{n}") for n in range(31)), "at most 30 criteria"),
    ],
)
def test_criteria_that_cannot_be_rated_by_are_faults(
    criteria: tuple[Criterion, ...], fault: str
) -> None:
    assert any(fault in each for each in replace(SOUND, criteria=criteria).faults())


def test_a_question_must_not_name_a_criterion_that_the_plan_lacks() -> None:
    plan = asking(Question("Why?", ("Reasons",), (), "craft"))
    assert plan.faults() == [
        "a question of section 1 names the criterion 'craft', which the plan lacks"
    ]


def test_follow_ups_and_sentences_must_have_text() -> None:
    assert asking(Question("Why?", (), ("",))).faults() != []
    assert replace(SOUND, opening=("",)).faults() == [
        "every entry of opening must have 1 to 1000 characters"
    ]


def test_a_plan_without_criteria_is_rated_by_section() -> None:
    assert [each.key for each in SOUND.probed_criteria()] == ["talk", "close"]
    assert set(SOUND.probed_criteria()[0].anchors) == {"1", "3", "5"}
    assert PROBING.probed_criteria() == (CRAFT,)
