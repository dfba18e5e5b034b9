"""How well the binder finds what people found in labelled interviews, whatever their form."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_service.domain.assessment import Binder, CoverageStatus
from interview_service.domain.transcript import Transcript
from interview_service.engines.builtin.binder import binder_of

from .binder_cases import Case, cases, compared, total
from .labelled_cases import compared_labelled, labelled_cases

CASES = cases()
WRITTEN = [case for case in CASES if case.name.endswith("written")]
SPOKEN = [case for case in CASES if case.name.endswith("spoken")]

_ACCENTS = str.maketrans("aeiounAEIOU", "àéîöüñÀÉÎÖÜ")
_MARKS = re.compile(r"[.,!?;:\"“”—…()\[\]]")


def test_there_are_enough_of_both_forms() -> None:
    assert len(SPOKEN) >= 12
    assert len(WRITTEN) >= 12


def test_what_was_read_out_and_answered_is_found() -> None:
    tally = total([compared(case, case.binder()) for case in WRITTEN])
    assert tally.found == tally.covered
    assert tally.right == tally.quotes


def test_what_was_asked_in_other_words_is_mostly_found_and_seldom_misplaced() -> None:
    tally = total([compared(case, case.binder()) for case in SPOKEN])
    assert tally.found >= 0.85 * tally.covered
    assert tally.right >= 0.93 * tally.quotes


LABELLED = labelled_cases()


def test_interviews_as_they_come_in_are_mostly_found_and_seldom_misplaced() -> None:
    tally = total([compared_labelled(case, possible) for case, possible in LABELLED])
    assert tally.found + tally.unclear == tally.covered
    assert tally.found >= 0.85 * tally.covered
    assert tally.right >= 0.93 * tally.quotes


@pytest.mark.parametrize(
    "case", [*CASES, *(case for case, _ in LABELLED)], ids=lambda case: case.name
)
def test_what_was_answered_is_never_said_not_to_have_been(case: Case) -> None:
    said = {each.criterion: each.status for each in case.binder().coverage}
    found = {said[key] for key in case.answers}
    assert found <= {CoverageStatus.ANSWERED, CoverageStatus.UNCLEAR}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_binder_is_sound(case: Case) -> None:
    binder = case.binder()
    assert binder.faults(case.transcript) == []
    assert binder == case.binder()
    assert all((each.follow_up is None) == (each.status == "ANSWERED") for each in binder.coverage)


def found(binder: Binder) -> tuple[object, ...]:
    places = [(item.criterion, item.turn) for item in binder.evidence]
    return (binder.coverage, places, binder.summary, binder.notes)


@cache
def as_it_is(name: str) -> tuple[object, ...]:
    """Return what is found in the unchanged words of a case."""
    return found(next(each for each in CASES if each.name == name).binder())


def reworded(case: Case, change: Callable[[str], str]) -> Binder:
    turns = tuple(replace(turn, text=change(turn.text)) for turn in case.transcript.turns)
    return binder_of(case.brief, case.plan, Transcript(turns))


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        str.upper,
        lambda text: _MARKS.sub(" ", text),
        lambda text: _MARKS.sub(" ", text).lower(),
        lambda text: text.replace(".", ",").replace("?", "."),
        lambda text: text.replace(" ", ", "),
        lambda text: text.replace("'", "’"),
        lambda text: text.replace("'", ""),
        lambda text: text.translate(_ACCENTS),
        lambda text: unicodedata.normalize("NFD", text.translate(_ACCENTS)),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", " um ", 3),
        lambda text: f"Uh, {text}, erm.",
    ],
    ids=[
        *("lower", "upper", "no marks", "no marks, lower", "other marks", "commas", "curly"),
        *("no apostrophes", "accents", "decomposed", "spaces", "fillers", "fillers around"),
    ],
)
def test_the_same_words_in_another_form_give_the_same_binder(change: Callable[[str], str]) -> None:
    for case in CASES:
        assert found(reworded(case, change)) == as_it_is(case.name), case.name


@pytest.mark.parametrize("case", SPOKEN[::3], ids=lambda case: case.name)
@given(st.data())
@settings(max_examples=8)
def test_marks_and_capitals_anywhere_change_nothing(case: Case, data: st.DataObject) -> None:
    forms = st.sampled_from([str.lower, str.upper, str.title, lambda word: f"{word},", str.strip])
    form = [data.draw(forms) for _ in range(7)]

    def change(text: str) -> str:
        words = [word for word in text.split(" ") if word]
        return " ".join(form[place % 7](word) for place, word in enumerate(words))

    assert found(reworded(case, change)) == as_it_is(case.name)


def test_which_interviewer_asks_changes_nothing() -> None:
    for case in CASES:
        turns = tuple(
            replace(turn, speaker=f"Interviewer {2 + number % 3}")
            if turn.speaker.startswith("Interviewer")
            else turn
            for number, turn in enumerate(case.transcript.turns)
        )
        binder = binder_of(case.brief, case.plan, Transcript(turns))
        assert binder == case.binder(), case.name
