"""Interviews as they come in: labelled by people or machines, read and made anonymous first.

A line's `{key}` says which criteria its words answer; `{key?}`, which they may be quoted for.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import Criterion, PlanStructure, Question, Section
from interview_service.domain.transcript import Transcript
from interview_service.transcripts.anonymity import anonymised
from interview_service.transcripts.reading import TranscriptFormat, parse

from .binder_cases import Case, Tally, compared

FOLDER = Path(__file__).parent / "labelled"
_MARKS = re.compile(r" ?\{([\w, ?]*)\}$", re.MULTILINE)
_LABEL = re.compile(r"^(?:\[[\d:]+\] )?(?:- )?[^:]{1,30}: ")


def labelled_cases() -> list[tuple[Case, dict[str, set[int]]]]:
    """Return the cases, each with the turns that may be quoted for a criterion besides."""
    return [each for path in sorted(FOLDER.glob("*.toml")) for each in _cases_of(path)]


def _cases_of(path: Path) -> Iterator[tuple[Case, dict[str, set[int]]]]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    brief = Brief(data["position"], Level.MID, tuple(data["skills"]))
    plan = PlanStructure(
        10 * len(data["criteria"]),
        tuple(_section(each) for each in data["criteria"]),
        criteria=tuple(
            Criterion(each["key"], "interview", each["name"], {}) for each in data["criteria"]
        ),
    )
    for each in data["transcript"]:
        turns = parse(_MARKS.sub("", each["text"]).encode(), TranscriptFormat.PLAIN).turns
        answers: dict[str, set[int]] = {}
        possible: dict[str, set[int]] = {}
        for line in each["text"].splitlines():
            marks = _MARKS.search(line)
            said = _LABEL.sub("", _MARKS.sub("", line))
            for key in marks[1].split(",") if marks else ():
                kept = possible if key.endswith("?") else answers
                turn = next(at for at, turn in enumerate(turns) if said in turn.text)
                kept.setdefault(key.strip(" ?"), set()).add(turn)
        masked = anonymised(Transcript(tuple(turns)), each["candidate"])
        yield (
            Case(
                f"{path.stem}, {each['title']}",
                brief,
                plan,
                masked.transcript,
                answers,
                frozenset(each["asked"]),
                frozenset(each["unclear"]),
            ),
            possible,
        )


def _section(criterion: dict[str, Any]) -> Section:
    return Section(
        criterion["name"],
        10,
        (criterion["topic"],),
        tuple(
            Question(
                each["text"], tuple(each["look_for"]), tuple(each["follow_ups"]), criterion["key"]
            )
            for each in criterion["questions"]
        ),
    )


def compared_labelled(case: Case, possible: dict[str, set[int]]) -> Tally:
    """Compare a case's binder with its labels; what may be quoted besides is not counted."""
    binder = case.binder()
    tally = compared(case, binder)
    besides = sum(
        item.turn in possible.get(item.criterion, ())
        and item.turn not in case.answers.get(item.criterion, ())
        for item in binder.evidence
    )
    tally.quotes -= besides
    return tally
