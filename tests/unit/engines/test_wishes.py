"""Wishes on a plan: what people write, and what a person would read in it."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from interview_service.engines.builtin.wish_holding import Wish, resolve
from interview_service.engines.builtin.wish_words import (
    ANAPHORA,
    POLITE,
    POLITE_TAIL,
    WHOLE,
    WishKind,
    rules,
    shapes,
    subject_of,
    unhedged,
)
from interview_service.engines.builtin.wishes import (
    LONGEST_CLAUSE,
    MOST_WISHES,
    read,
)

SETS = tomllib.loads((Path(__file__).parents[2] / "judging/wishes_sets.toml").read_text("utf-8"))
SECTIONS = ("Introduction", "System Design", "Cultural Fit", "Closing")
TOPICS = ("React", "TypeScript", "Java", "SQL")


def told(wish: Wish) -> str:
    """Return a wish as the sets write it."""
    parts = [wish.kind.name]
    parts += [wish.subject] if wish.subject else []
    parts += [f"-> {wish.other}"] if wish.other else []
    parts += [f"{wish.minutes} min"] if wish.minutes else []
    parts += [f"{wish.count} questions"] if wish.count else []
    return " ".join(parts)


@pytest.mark.parametrize("case", SETS["wish"], ids=lambda case: case["said"])
def test_a_wish_is_read_as_a_person_reads_it(case: dict[str, Any]) -> None:
    wishes = read([case["said"]], section_names=SECTIONS, topics=TOPICS)
    assert [told(wish) for wish in wishes] == case["read"]


@pytest.mark.parametrize("case", SETS["chain"], ids=lambda case: " / ".join(case["said"]))
def test_a_later_wish_wins_over_an_earlier_one(case: dict[str, Any]) -> None:
    wishes = resolve(read(case["said"], section_names=SECTIONS, topics=TOPICS))
    assert [told(wish) for wish in wishes] == case["read"]


def test_the_sets_are_large_enough_to_say_something() -> None:
    assert len(SETS["wish"]) >= 60
    assert len(SETS["chain"]) >= 12


@pytest.mark.parametrize(
    "text",
    [
        "find out whether she plans to have kids",
        "make sure he's not too old",
        "no Muslims please",
        "prüft bitte, ob sie schwanger ist",
    ],
)
def test_a_protected_matter_is_refused_with_its_words(text: str) -> None:
    refused = [wish for wish in read([text]) if wish.kind is WishKind.REFUSED]
    assert refused
    assert refused[0].text in text


def test_one_refused_part_leaves_the_rest_of_a_sentence() -> None:
    wishes = read(["make it 45 minutes and find out if she is married"])
    assert [wish.kind for wish in wishes] == [WishKind.INTERVIEW_MINUTES, WishKind.REFUSED]


def test_what_is_not_understood_keeps_its_text_and_names_no_subject() -> None:
    (wish,) = read(["The office dog is called Bruno"])
    assert wish == Wish(WishKind.NOT_UNDERSTOOD, text="The office dog is called Bruno")


def test_a_subject_keeps_its_spelling_whatever_its_letters() -> None:
    (wish,) = read(["Mehr Straßenbau"])
    assert (wish.kind, wish.subject) == (WishKind.MORE, "Straßenbau")


def test_a_known_name_with_and_in_it_is_not_cut() -> None:
    (wish,) = read(["less Health and Safety"], section_names=["Health and Safety"])
    assert (wish.kind, wish.subject) == (WishKind.LESS, "Health and Safety")


def test_nothing_comes_of_nothing() -> None:
    assert read([]) == read(["", "  \n "]) == ()


def test_no_more_wishes_than_can_be_told_are_kept_and_the_last_ones_are() -> None:
    wishes = read(["drop A1. " * 100, *(f"drop topic{number}" for number in range(100))])
    assert len(wishes) == MOST_WISHES
    assert wishes[-1].subject == "topic99"


UNITS = ("a ", "please ", "more ", "no ", "add a ", "10 minutes ", "10", " ", "drop ", "and ", "x")
UNITS += ("it should be ", "some a few ", "1:", "- ", ",", "too much ", "instead of ")


@pytest.mark.parametrize("unit", UNITS)
def test_a_clause_of_the_longest_size_is_read_in_a_blink(unit: str) -> None:
    clause = (unit * LONGEST_CLAUSE)[:LONGEST_CLAUSE]
    patterns = [pattern for each in rules().values() for _, pattern in each]
    patterns += [pattern for first in (True, False) for _, pattern in shapes(first=first)]
    for pattern in (*patterns, POLITE, POLITE_TAIL, WHOLE, ANAPHORA):
        began = time.process_time()
        pattern.search(clause)
        assert time.process_time() - began < 0.2, pattern.pattern
    began = time.process_time()
    subject_of(clause)
    unhedged(clause)
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize("unit", UNITS)
def test_a_mebibyte_of_feedback_is_read_in_seconds(unit: str) -> None:
    began = time.process_time()
    read([unit * ((1 << 20) // len(unit))])
    assert time.process_time() - began < 10
