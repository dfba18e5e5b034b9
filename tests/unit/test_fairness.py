"""What candidates are never asked: what people write of them is found, and its neighbours pass."""

import re
import time
import tomllib
from pathlib import Path

import pytest

from interview_service.domain.fairness import (
    MAX_FINDINGS,
    Finding,
    Matter,
    Source,
    find,
    plan_findings,
)
from interview_service.domain.fairness.frames import ADVERT, QUESTION, WISH
from interview_service.domain.fairness.reading import LANGUAGES, frame, lexicon
from interview_service.domain.plan import Criterion, PlanStructure, Question, Section

SETS = tomllib.loads((Path(__file__).parents[1] / "judging/fairness_sets.toml").read_text("utf-8"))
MIB = 1 << 20


@pytest.mark.parametrize("kind", Source)
def test_what_asks_candidates_about_themselves_is_found(kind: Source) -> None:
    missed = [line for line in SETS[kind]["refused"]["lines"] if not find(line, kind=kind)]
    assert missed == []


@pytest.mark.parametrize("kind", Source)
def test_harmless_neighbours_pass(kind: Source) -> None:
    refused = [line for line in SETS[kind]["passes"]["lines"] if find(line, kind=kind)]
    assert refused == []


def test_the_sets_are_large_enough_to_say_something() -> None:
    for verdict in ("refused", "passes"):
        assert sum(len(SETS[kind][verdict]["lines"]) for kind in Source) >= 150


def test_a_finding_says_what_and_where() -> None:
    text = "Tell me about your last job. Are you married? What did you learn?"
    assert find(text, kind=Source.QUESTION) == (
        Finding(Matter.MARITAL_STATUS, 28, 45, "Are you married?"),
    )


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("How old are you?", Matter.AGE),
        ("Do you plan to have kids?", Matter.FAMILY),
        ("What does your husband do?", Matter.MARITAL_STATUS),
        ("Which church do you attend?", Matter.RELIGION),
        ("Where is that accent from?", Matter.ORIGIN),
        ("How many sick days did you take last year?", Matter.HEALTH),
        ("Are you gay?", Matter.GENDER),
        ("Who did you vote for?", Matter.POLITICS),
        ("Are you in a union?", Matter.UNION),
        ("Do you have any debts?", Matter.RECORD),
        ("How much do you weigh?", Matter.APPEARANCE),
    ],
)
def test_each_matter_is_told_from_the_others(text: str, matter: Matter) -> None:
    assert [finding.matter for finding in find(text, kind=Source.QUESTION)] == [matter]


@pytest.mark.parametrize(
    "text",
    [
        "ARE YOU MARRIED?",
        "Are\u00a0you\u00a0married?",
        "Are you mar\u00adried?",
        "Are you maried?",
        "Êtes‑vous mariée ?",
        "Sind  Sie\nverheiratet?",
    ],
)
def test_case_typography_and_slips_of_the_hand_hide_nothing(text: str) -> None:
    assert find(text.replace("\n", " "), kind=Source.QUESTION)


def test_every_text_of_a_plan_is_read_and_said_where_it_stands() -> None:
    plan = PlanStructure(
        duration=30,
        sections=(
            Section(
                "Craft",
                30,
                ("Marital status", "Testing"),
                (
                    Question(
                        "How do you test?",
                        ("Names a tool",),
                        ("And are you pregnant?",),
                    ),
                    Question("Do you have children?", ("Is honest",)),
                ),
            ),
        ),
        opening=("Welcome. How old are you?",),
        closing=("What questions do you have?",),
        criteria=(Criterion("craft", "craft", "Craft", {"1": "Guesses", "5": "Knows"}),),
        checks=("Nursing registration",),
    )
    assert [(where, finding.matter) for where, finding in plan_findings(plan)] == [
        ("sections[0].topics[0]", Matter.MARITAL_STATUS),
        ("sections[0].questions[0].followUps[0]", Matter.FAMILY),
        ("sections[0].questions[1].text", Matter.FAMILY),
        ("opening[0]", Matter.AGE),
    ]


def test_no_more_is_reported_than_an_answer_holds() -> None:
    assert len(find("Are you married? " * 200, kind=Source.QUESTION)) == MAX_FINDINGS


def patterns() -> list[re.Pattern[str]]:
    """Return every expression that meets a text."""
    found = [frame(shape) for kind in (QUESTION, WISH, ADVERT) for shape in kind.shapes]
    for language in LANGUAGES:
        read = lexicon(language)
        found += read.guards
        found += read.idioms.patterns() + read.advert_idioms.patterns()
    return list({pattern.pattern: pattern for pattern in found}.values())


WORST = ("a ", "you ", "do you ", "are you ", "xxx", " ", "as a woman ", "1", "-", "with small ")


@pytest.mark.parametrize("unit", WORST)
def test_a_sentence_of_the_longest_size_is_read_in_a_blink(unit: str) -> None:
    text = (unit * 1_000)[:1_000]
    for pattern in patterns():
        began = time.process_time()
        pattern.search(text)
        assert time.process_time() - began < 0.05, pattern.pattern


ORDINARY = "Do you have experience with children who are ill? "


@pytest.mark.parametrize(
    "unit", ["do you have ", "no ", "'", "young ", "\u00e9a ", "x", "? ", ORDINARY]
)
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        began = time.process_time()
        find(text, kind=Source.WISH)
        return time.process_time() - began

    seconds(MIB // 256)
    assert seconds(MIB // 32) < 8 * 4 * max(seconds(MIB // 256), 0.01)
