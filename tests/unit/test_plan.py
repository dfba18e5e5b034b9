"""What makes a plan sound, at the edges."""

from dataclasses import replace

import pytest

from interview_service.domain.plan import PlanStructure, Question, Section

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
