"""What an engine hands over about an interview, and what makes it sound.

The binder is the evidence, without a judgement. A draft is what a language model would conclude
from it, marked as such. Scorecards, which come from people, live elsewhere.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from interview_service.domain.plan import Criterion, PlanStructure
from interview_service.domain.transcript import INTERVIEWER, Transcript

MIN_SCORE, MAX_SCORE = 1, 5
MAX_SUMMARY = 5_000
SECTIONS_GROUP = "sections"
"""The group of the criteria of a plan that names none."""

_MAX_KEY = 100
_NOT_A_KEY = re.compile(r"[\W_]+")


class Recommendation(StrEnum):
    """What is recommended about hiring; people decide."""

    STRONG_HIRE = "STRONG_HIRE"
    HIRE = "HIRE"
    NO_HIRE = "NO_HIRE"
    STRONG_NO_HIRE = "STRONG_NO_HIRE"
    NO_DECISION = "NO_DECISION"


class CoverageStatus(StrEnum):
    """How far an interview got with a criterion; nothing about how good the answer was."""

    ANSWERED = "ANSWERED"
    ASKED_NOT_ANSWERED = "ASKED_NOT_ANSWERED"
    NOT_ASKED = "NOT_ASKED"
    UNCLEAR = "UNCLEAR"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of one criterion in the interview.

    :param criterion: its key in the plan.
    :param name: as people read it.
    :param follow_up: a question of the plan to ask next; None where it was answered, or where the
        plan has no question about it.
    """

    criterion: str
    name: str
    status: CoverageStatus
    follow_up: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, in the API's names."""
        return {
            "criterion": self.criterion,
            "name": self.name,
            "status": self.status.value,
            "followUp": self.follow_up,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote that stands word for word in the transcript's turn number `turn` (from 0)."""

    criterion: str
    quote: str
    turn: int

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, in the API's names."""
        return {"criterion": self.criterion, "quote": self.quote, "turn": self.turn}

    def faults(self, transcript: Transcript) -> list[str]:
        """Say in words what is wrong with this quote; an empty list means that it is sound."""
        which = f"the quote for {self.criterion!r}"
        if not self.quote.strip():
            return [f"{which} is empty"]
        if not 0 <= self.turn < len(transcript.turns):
            return [f"{which} names turn {self.turn}: there is none"]
        turn = transcript.turns[self.turn]
        if self.quote not in turn.text:
            return [f"{which} is not in turn {self.turn} word for word"]
        if turn.speaker.startswith(INTERVIEWER):
            return [f"{which} is from turn {self.turn}, where an interviewer speaks"]
        return []


@dataclass(frozen=True, slots=True)
class Binder:
    """The evidence of an interview, criterion by criterion, for people to judge by.

    :param coverage: one entry a criterion, in the plan's order.
    :param evidence: the candidate's words about each criterion, in the order of the transcript.
    :param summary: what was covered and what was not, in plain words.
    :param notes: what the binder could not read, did not check, or was asked to change.
    """

    coverage: tuple[Coverage, ...]
    evidence: tuple[Evidence, ...]
    summary: str
    notes: tuple[str, ...]

    def faults(self, transcript: Transcript) -> list[str]:
        """Say in words what is wrong with this binder; an empty list means that it is sound."""
        faults = _summary_faults(self.summary)
        statuses = {each.criterion: each.status for each in self.coverage}
        if len(statuses) != len(self.coverage):
            faults.append("a criterion is covered twice")
        quoted = {item.criterion for item in self.evidence}
        for criterion, status in statuses.items():
            if status is CoverageStatus.ANSWERED and criterion not in quoted:
                faults.append(f"{criterion!r} is answered but has no quote")
            if criterion in quoted and status in (
                CoverageStatus.ASKED_NOT_ANSWERED,
                CoverageStatus.NOT_ASKED,
            ):
                faults.append(f"{criterion!r} has a quote but is {status.value}")
        faults += [
            f"a quote is given for {criterion!r}, which is no criterion of the plan"
            for criterion in sorted(quoted - statuses.keys())
        ]
        for item in self.evidence:
            faults += item.faults(transcript)
        return faults

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, in the API's names."""
        return {
            "coverage": [each.to_dict() for each in self.coverage],
            "evidence": [each.to_dict() for each in self.evidence],
            "summary": self.summary,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class ModelDraft:
    """What a language model concluded: a draft for people, never averaged into their scores.

    :param overall_score: 0 to 100.
    :param scores: group to criterion to score (1 to 5); a criterion without evidence is absent.
    """

    overall_score: int
    recommendation: Recommendation
    summary: str
    scores: Mapping[str, Mapping[str, int]]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, in the API's names."""
        return {
            "overallScore": self.overall_score,
            "recommendation": self.recommendation.value,
            "summary": self.summary,
            "scores": {group: dict(scores) for group, scores in self.scores.items()},
        }


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """What an engine makes of an interview.

    :param model: None from an engine that judges nobody.
    """

    binder: Binder
    model: ModelDraft | None = None

    def faults(self, plan: PlanStructure, transcript: Transcript) -> list[str]:
        """Say in words what is wrong with this draft; an empty list means that it is sound."""
        criteria = criteria_of(plan)
        faults = self.binder.faults(transcript)
        if [each.criterion for each in self.binder.coverage] != [each.key for each in criteria]:
            faults.append("the coverage must name each criterion of the plan once, in its order")
        if self.model is not None:
            quoted = {item.criterion for item in self.binder.evidence}
            groups = {each.key: each.group for each in criteria}
            faults += _model_faults(self.model, groups, quoted)
        return faults

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, in the API's names; `draft` is null without a model."""
        model = self.model.to_dict() if self.model is not None else None
        return {**self.binder.to_dict(), "draft": model}


def criteria_of(plan: PlanStructure) -> tuple[Criterion, ...]:
    """Return what an interview is judged by: the plan's criteria, else one a section."""
    if plan.criteria:
        return plan.criteria
    found: dict[str, Criterion] = {}
    for section in plan.sections:
        base = key = _key_of(section.name)
        number = 1
        while key in found:
            number += 1
            key = f"{base}_{number}"
        found[key] = Criterion(key, SECTIONS_GROUP, section.name, {})
    return tuple(found.values())


def _key_of(name: str) -> str:
    """Return a name as a key: `node_js`, `c_plus_plus`, `hygiene_in_the_kitchen`."""
    spelled = name.casefold().replace("+", " plus").replace("#", " sharp")
    decomposed = unicodedata.normalize("NFD", spelled)
    bare = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    return _NOT_A_KEY.sub("_", bare).strip("_")[:_MAX_KEY] or "section"


def _model_faults(model: ModelDraft, groups: Mapping[str, str], quoted: set[str]) -> list[str]:
    """Say what is wrong with a model's draft; `groups` has the group of each criterion."""
    faults = _summary_faults(model.summary)
    if not 0 <= model.overall_score <= 100:
        faults.append(f"overallScore must be 0 to 100, not {model.overall_score}")
    for group, scores in model.scores.items():
        for criterion, score in scores.items():
            if criterion not in groups:
                faults.append(f"{criterion!r} is no criterion of the plan")
                continue
            if groups[criterion] != group:
                faults.append(f"{criterion!r} belongs to the group {groups[criterion]!r}")
            if not MIN_SCORE <= score <= MAX_SCORE:
                faults.append(f"the score of {criterion!r} must be 1 to 5, not {score}")
            if criterion not in quoted:
                faults.append(f"{criterion!r} has a score but no quote")
    if not any(model.scores.values()) and model.recommendation is not Recommendation.NO_DECISION:
        faults.append("without a single score, the recommendation must be NO_DECISION")
    return faults


def _summary_faults(summary: str) -> list[str]:
    if summary.strip() and len(summary) <= MAX_SUMMARY:
        return []
    return [f"summary must have 1 to {MAX_SUMMARY} characters"]
