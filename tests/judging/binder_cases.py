"""The binder's labelled interviews, each spoken and written, and how a binder compares with them.

`python -m tests.judging.binder_cases` prints the table.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from interview_service.domain.assessment import Binder, CoverageStatus
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import Criterion, PlanStructure, Question, Section
from interview_service.domain.transcript import Transcript, Turn
from interview_service.engines.builtin.binder import binder_of

FOLDER = Path(__file__).parent / "binder"
_SPEAKERS = {"I": "Interviewer", "I2": "Interviewer 2", "C": "Candidate", "U": "Unknown"}
_LABELS = re.compile(r"\{([\w, ]*)\}\s*$")


@dataclass(frozen=True)
class Case:
    """An interview with what a person would say of it.

    :param answers: the turns that answer each criterion, by its key.
    :param asked: criteria that were asked about and not answered.
    :param unclear: criteria of which nothing can be told.
    """

    name: str
    brief: Brief
    plan: PlanStructure
    transcript: Transcript
    answers: dict[str, set[int]]
    asked: frozenset[str]
    unclear: frozenset[str]

    def expected(self, key: str) -> CoverageStatus:
        """Return the status that a person would give a criterion."""
        if self.answers.get(key):
            return CoverageStatus.ANSWERED
        if key in self.asked:
            return CoverageStatus.ASKED_NOT_ANSWERED
        return CoverageStatus.UNCLEAR if key in self.unclear else CoverageStatus.NOT_ASKED

    def binder(self) -> Binder:
        """Return the binder of this interview."""
        return binder_of(self.brief, self.plan, self.transcript)


@dataclass
class Tally:
    """How a binder, or several, compare with people's labels."""

    covered: int = 0
    found: int = 0
    unclear: int = 0
    quotes: int = 0
    right: int = 0
    uncovered: int = 0
    agreed: int = 0
    wrong: list[str] | None = None

    def add(self, other: "Tally") -> None:
        """Add another's counts to these."""
        for name in ("covered", "found", "unclear", "quotes", "right", "uncovered", "agreed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def cases() -> list[Case]:
    """Return all cases: two a file."""
    return [case for path in sorted(FOLDER.glob("*.toml")) for case in cases_of(path)]


def cases_of(path: Path) -> Iterator[Case]:
    """Read the cases of a file."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    criteria = data["criteria"]
    plan = PlanStructure(
        10 * len(criteria),
        tuple(
            Section(
                each["name"],
                10,
                (each["name"],),
                tuple(
                    Question(
                        text,
                        tuple(each.get("look_for", ())),
                        tuple(each.get("follow_ups", ())),
                        each["key"],
                    )
                    for text in each["questions"]
                ),
            )
            for each in criteria
        ),
        criteria=tuple(
            Criterion(each["key"], "interview", each["name"], each.get("anchors", {}))
            for each in criteria
        ),
    )
    brief = Brief(data["position"], Level.MID, tuple(data["skills"]))
    for form in ("spoken", "written"):
        part = data.get(form)
        if part is None:
            continue
        turns, answers = _turns(part["text"])
        yield Case(
            f"{path.stem}, {form}",
            brief,
            plan,
            Transcript(tuple(turns)),
            answers,
            frozenset(part.get("asked", part.get(f"{form}_asked", ()))),
            frozenset(part.get("unclear", ())),
        )


def _turns(text: str) -> tuple[list[Turn], dict[str, set[int]]]:
    turns: list[Turn] = []
    answers: dict[str, set[int]] = {}
    for line in text.strip().splitlines():
        speaker, _, said = line.partition(": ")
        labels = _LABELS.search(said)
        for key in labels[1].split(",") if labels else ():
            answers.setdefault(key.strip(), set()).add(len(turns))
        turns.append(Turn(_SPEAKERS[speaker], _LABELS.sub("", said).strip()))
    return turns, answers


def compared(case: Case, binder: Binder) -> Tally:
    """Compare a binder with the labels of its case."""
    tally = Tally(wrong=[])
    assert tally.wrong is not None
    for each in binder.coverage:
        expected = case.expected(each.criterion)
        if expected is CoverageStatus.ANSWERED:
            tally.covered += 1
            tally.found += each.status is expected
            tally.unclear += each.status is CoverageStatus.UNCLEAR
        else:
            tally.uncovered += 1
            tally.agreed += each.status is expected
        if each.status is not expected:
            tally.wrong.append(f"{each.criterion}: {each.status}, not {expected}")
    for item in binder.evidence:
        tally.quotes += 1
        if item.turn in case.answers.get(item.criterion, ()):
            tally.right += 1
        else:
            tally.wrong.append(f"{item.criterion}: turn {item.turn} “{item.quote[:60]}”")
    return tally


def total(tallies: Sequence[Tally]) -> Tally:
    """Return the sum of some tallies."""
    whole = Tally()
    for each in tallies:
        whole.add(each)
    return whole


def table(chosen: Sequence[Case]) -> str:
    """Return the figures of some cases, and what is wrong in each."""
    lines = [
        f"{'interview':28}{'covered':>8}{'found':>7}{'unclear':>8}{'quotes':>8}{'right':>7}{'others':>8}{'agreed':>8}"
    ]
    tallies = []
    for case in chosen:
        tally = compared(case, case.binder())
        tallies.append(tally)
        lines.append(_row(case.name, tally))
        lines += [f"    {wrong}" for wrong in tally.wrong or ()]
    return "\n".join([*lines, _row("all", total(tallies))])


def _row(name: str, tally: Tally) -> str:
    return (
        f"{name:28}{tally.covered:8}{tally.found:7}{tally.unclear:8}{tally.quotes:8}{tally.right:7}"
        f"{tally.uncovered:8}{tally.agreed:8}"
    )


if __name__ == "__main__":
    print(table(cases()))
