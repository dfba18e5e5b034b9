"""What an engine is: it drafts plans and assessments from a brief, and says how it came to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from interview_service.domain.assessment import AssessmentDraft
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.domain.transcript import Transcript

T_co = TypeVar("T_co", covariant=True)


class EngineError(Exception):
    """The engine could not give a sound answer; its text is safe to show to the tenant."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a draft came to be, kept with it as `generatedBy`.

    :param attempts: how many answers were asked for until one was sound.
    :param duration_ms: wall-clock time of all attempts, in milliseconds.
    """

    engine: str
    model: str | None = None
    attempts: int = 1
    input_tokens: int | None = None
    output_tokens: int | None = None
    duration_ms: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, in the API's names."""
        return {
            "engine": self.engine,
            "model": self.model,
            "attempts": self.attempts,
            "inputTokens": self.input_tokens,
            "outputTokens": self.output_tokens,
            "durationMs": self.duration_ms,
        }


@dataclass(frozen=True, slots=True)
class Draft(Generic[T_co]):
    """A sound result, and how it came to be."""

    result: T_co
    provenance: Provenance


class Engine(Protocol):
    """Drafts plans and assessments. Both methods are called outside any transaction.

    A transcript that an engine is given calls its speakers Candidate and Interviewer (numbered from
    the second interviewer on), or all of them by one unknown name, and nobody by their own.
    """

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        """Draft a plan.

        :param feedback: every wish of people on this brief, oldest first; a later one wins over an
            earlier one.
        :raise EngineError: no sound plan could be had.
        """

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: Sequence[str] = (),
    ) -> Draft[AssessmentDraft]:
        """Draft an assessment.

        :param feedback: what people found wrong with those before, oldest first.
        :raise EngineError: no sound assessment could be had.
        """
