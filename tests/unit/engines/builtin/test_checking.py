"""A finished kit, gone over as a careful reader would."""

from dataclasses import replace

import pytest

from interview_service.domain.plan import Criterion, PlanStructure, Question, Section
from interview_service.engines.builtin.checking import faulty_criteria

ANCHORS = {"1": "Names nothing.", "3": "Names one.", "5": "Names both, with reasons."}
SOUND = Question(
    "Tell me about a wall that you built.", ("Names it", "Says how"), ("And then?",), "walls"
)
OTHER = Question(
    "Suppose it rains all day tomorrow. What do you do?", ("Plans", "Tells"), ("Who else?",), "rain"
)


def kit(*questions: Question) -> PlanStructure:
    names = {"walls": "Walls", "rain": "Rain"}
    return PlanStructure(
        20,
        (Section("Talk", 20, ("Work",), questions),),
        criteria=tuple(Criterion(key, "skills", name, ANCHORS) for key, name in names.items()),
    )


def test_a_sound_kit_has_no_fault() -> None:
    assert faulty_criteria(kit(SOUND, OTHER)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Tell me about a wall",
        "What about walls?",
        "Tell me about a wall that {x} built.",
        "Tell me about a wall that None built.",
        "Tell me about the the wall that you built.",
        "Tell me about a wall that you built with .",
        "Tell me about a wall  that you built.",
        "Tell me about a Maßwerk that you built.",
        "See https://example.com and tell me about it.",
        f"Tell me about {'a wall and ' * 40} a house.",
    ],
)
def test_a_question_that_a_reader_would_stumble_over_is_a_fault(text: str) -> None:
    assert faulty_criteria(kit(replace(SOUND, text=text), OTHER)) == ("walls",)


def test_what_stands_in_quotation_marks_may_be_anything() -> None:
    quoted = replace(SOUND, text="The advert says: “Maßwerk the the .” What have you done of it?")
    assert faulty_criteria(kit(quoted, OTHER)) == ()


def test_a_word_may_stand_twice_where_english_has_it_so() -> None:
    twice = replace(SOUND, text="Tell me about a wall that had had a crack in it.")
    assert faulty_criteria(kit(twice, OTHER)) == ()


@pytest.mark.parametrize(
    "question",
    [
        replace(SOUND, look_for=("Names it",)),
        replace(SOUND, look_for=("Names it", "Names it")),
        replace(SOUND, follow_ups=()),
        replace(SOUND, follow_ups=("And then?", "Why?", "Who?")),
        replace(SOUND, follow_ups=("And {then}?",)),
    ],
)
def test_look_fors_and_follow_ups_are_gone_over_as_well(question: Question) -> None:
    assert faulty_criteria(kit(question, OTHER)) == ("walls",)


def test_of_two_criteria_that_ask_or_look_for_the_same_both_or_the_later_is_left_out() -> None:
    same = replace(OTHER, text=SOUND.text)
    assert faulty_criteria(kit(SOUND, same)) == ("walls", "rain")
    alike = replace(OTHER, look_for=("Plans", "Says how"))
    assert faulty_criteria(kit(SOUND, alike)) == ("rain",)


def test_a_criterion_without_a_question_or_with_equal_anchors_is_a_fault() -> None:
    assert faulty_criteria(kit(SOUND)) == ("rain",)
    whole = kit(SOUND, OTHER)
    flat = Criterion("walls", "skills", "Walls", {"1": "Poor.", "3": "Good.", "5": "Good."})
    assert faulty_criteria(replace(whole, criteria=(flat, whole.criteria[1]))) == ("walls",)
