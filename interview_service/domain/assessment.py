"""The result of assessing an interview, and what makes one sound: every score has its quote."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from interview_service.domain.transcript import Transcript

MIN_SCORE, MAX_SCORE = 1, 5
MAX_SUMMARY = 5_000


class Recommendation(StrEnum):
    """What the assessment advises; people decide."""

    STRONG_HIRE = "STRONG_HIRE"
    HIRE = "HIRE"
    NO_HIRE = "NO_HIRE"
    STRONG_NO_HIRE = "STRONG_NO_HIRE"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote that stands word for word in the transcript's turn number `turn` (from 0)."""

    criterion: str
    quote: str
    turn: int


@dataclass(frozen=True, slots=True)
class AssessmentResult:
    """An assessment as drafted.

    :param overall_score: 0 to 100.
    :param scores: group to criterion to score (1 to 5); a criterion without evidence is absent.
    """

    overall_score: int
    recommendation: Recommendation
    summary: str
    scores: Mapping[str, Mapping[str, int]]
    evidence: tuple[Evidence, ...]

    def faults(self, transcript: Transcript) -> list[str]:
        """Say in words what is wrong with this result; an empty list means that it is sound."""
        faults = []
        if not 0 <= self.overall_score <= 100:
            faults.append(f"overallScore must be 0 to 100, not {self.overall_score}")
        if not self.summary.strip() or len(self.summary) > MAX_SUMMARY:
            faults.append(f"summary must have 1 to {MAX_SUMMARY} characters")
        scored = {criterion for group in self.scores.values() for criterion in group}
        if sum(len(group) for group in self.scores.values()) != len(scored):
            faults.append("a criterion is scored in more than one group")
        for group in self.scores.values():
            for criterion, score in group.items():
                if not MIN_SCORE <= score <= MAX_SCORE:
                    faults.append(f"the score of {criterion!r} must be 1 to 5, not {score}")
        quoted = {item.criterion for item in self.evidence}
        faults += [
            f"{criterion!r} has a score but no quote" for criterion in sorted(scored - quoted)
        ]
        faults += [
            f"a quote is given for {criterion!r}, which has no score"
            for criterion in sorted(quoted - scored)
        ]
        for item in self.evidence:
            if not item.quote.strip():
                faults.append(f"the quote for {item.criterion!r} is empty")
            elif not 0 <= item.turn < len(transcript.turns):
                faults.append(
                    f"the quote for {item.criterion!r} names turn {item.turn}: there is none"
                )
            elif item.quote not in transcript.turns[item.turn].text:
                faults.append(
                    f"the quote for {item.criterion!r} is not in turn {item.turn} word for word"
                )
        return faults

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, in the API's names."""
        return {
            "overallScore": self.overall_score,
            "recommendation": self.recommendation.value,
            "summary": self.summary,
            "scores": {group: dict(scores) for group, scores in self.scores.items()},
            "evidence": [
                {"criterion": item.criterion, "quote": item.quote, "turn": item.turn}
                for item in self.evidence
            ],
        }
