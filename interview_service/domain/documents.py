"""What hangs on an interview, as it is kept: plans, assessments, the transcript.

Documents are JSON as the API writes it; `domain.plan`, `domain.assessment` and `domain.transcript`
know what is in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

Document = Mapping[str, object]
"""A JSON object."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that was made for an interview; the interview's `plan_id` names the present one.

    :param feedback: what it was made with, a line each; None where there was none.
    """

    id: str
    interview_id: str
    structure: Document
    generated_by: Document
    feedback: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment of an interview; the interview's `assessment_id` names the present one.

    :param revision: counts from 1, and grows with whatever changes in it.
    :param summary: of its basis; None where that has none.
    :param basis: a `Basis`; None without any evidence.
    :param draft: what a model made of it; None without one.
    :param binder_summary: what the binder says of itself; None before it has read anything.
    :param candidate_speaker: whom the binder took for the candidate; None where it could not tell.
    :param decision: what people decided: `{recommendation, by, reason, at}`.
    :param transcript: what was said, a line a turn; None where nothing was handed in.
    :param feedback: what it was made with, a line each; None where there was none.
    """

    id: str
    interview_id: str
    revision: int
    overall_score: int | None
    recommendation: str | None
    summary: str | None
    scores: Document
    basis: str | None
    agreement: str | None
    draft: Document | None
    coverage: Sequence[Document]
    evidence: Sequence[Document]
    notes: Sequence[str]
    binder_summary: str | None
    candidate_speaker: str | None
    decision: Document | None
    transcript: str | None
    generated_by: Document
    feedback: str | None
    created_at: datetime

    @property
    def tag(self) -> str:
        """What its ETag says: it changes with whatever changes in it."""
        return f"{self.id}-{self.revision}"


@dataclass(frozen=True, slots=True)
class InterviewTranscript:
    """What was said in an interview, turn by turn.

    :param candidate_speaker: who was said to be the candidate; None where nobody said.
    :param warnings: what its reading was not sure of; None of one that was kept before 0.2.
    """

    interview_id: str
    turns: Sequence[Document]
    candidate_speaker: str | None
    warnings: Sequence[str] | None
    updated_at: datetime
