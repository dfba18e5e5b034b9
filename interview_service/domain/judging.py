"""What an assessment stands on: people's scorecards, else a model's draft, else the words alone.

No rule scores a person or advises to hire: without cards and draft there are no numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from interview_service.domain.assessment import Recommendation
from interview_service.domain.clock import rfc3339
from interview_service.domain.documents import Assessment
from interview_service.domain.plan import Criterion
from interview_service.domain.scorecard import Scorecard, tally

VERDICTS = tuple(each for each in Recommendation if each is not Recommendation.NO_DECISION)
"""What people may decide."""


class Basis(StrEnum):
    """Whose the numbers of an assessment are."""

    SCORECARDS = "SCORECARDS"
    MODEL = "MODEL"
    TRANSCRIPT = "TRANSCRIPT"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides about a candidate.

    :param recommendation: one of `VERDICTS`.
    :param reason: why; None where nobody says.
    """

    recommendation: Recommendation
    reason: str | None = None


def new_assessment(assessment_id: str, interview_id: str, now: datetime) -> Assessment:
    """Return an assessment that stands on nothing yet."""
    return Assessment(
        id=assessment_id,
        interview_id=interview_id,
        revision=0,
        overall_score=None,
        recommendation=Recommendation.NO_DECISION,
        summary=None,
        scores={},
        basis=None,
        agreement=None,
        draft=None,
        coverage=(),
        evidence=(),
        notes=(),
        binder_summary=None,
        candidate_speaker=None,
        decision=None,
        transcript=None,
        generated_by={"engine": "scorecards"},
        feedback=None,
        created_at=now,
    )


def judged(
    assessment: Assessment,
    cards: Sequence[Scorecard],
    criteria: Sequence[Criterion],
    names: Mapping[str, str],
) -> Assessment:
    """Return an assessment with the numbers of its present basis, as its next revision.

    People's cards come first and are never averaged with a model's draft.

    :param criteria: what the interview is judged by.
    :param names: of the cards' authors, by their subjects, as far as they are users.
    """
    handed_in = [card for card in cards if card.submitted]
    draft = assessment.draft
    fallback = assessment.binder_summary
    if draft is not None:
        fallback = str(draft["summary"])
    judgement: Mapping[str, object] = {
        "basis": Basis.TRANSCRIPT if assessment.transcript is not None else None,
        "overall_score": None,
        "recommendation": Recommendation.NO_DECISION,
        "scores": {},
        "agreement": None,
        "summary": fallback,
    }
    if handed_in:
        said = tally(handed_in, criteria)
        judgement = {
            "basis": Basis.SCORECARDS,
            "overall_score": said.overall_score,
            "recommendation": said.recommendation,
            "scores": said.scores,
            "agreement": said.agreement,
            "summary": summary_of(handed_in, names) or fallback,
        }
    elif draft is not None:
        judgement = {
            "basis": Basis.MODEL,
            "overall_score": draft["overallScore"],
            "recommendation": draft["recommendation"],
            "scores": draft["scores"],
            "agreement": None,
            "summary": fallback,
        }
    return replace(assessment, revision=assessment.revision + 1, **judgement)  # type: ignore[arg-type]


def summary_of(cards: Sequence[Scorecard], names: Mapping[str, str]) -> str | None:
    """Return the cards' summaries under their authors' names; None where no card has one."""
    parts = [
        f"{names.get(card.interviewer, card.interviewer)}:\n{card.summary}"
        for card in cards
        if card.summary
    ]
    return "\n\n".join(parts) or None


def decided(assessment: Assessment, verdict: Verdict, by: str, now: datetime) -> Assessment:
    """Return an assessment with what people decided."""
    decision = {
        "recommendation": verdict.recommendation.value,
        "by": by,
        "reason": verdict.reason,
        "at": rfc3339(now),
    }
    return replace(assessment, revision=assessment.revision + 1, decision=decision)
