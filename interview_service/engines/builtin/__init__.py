"""The engine that needs no model: plans and assessments by the rules of the domain, offline."""

from time import perf_counter

from interview_service.domain.assessing import assessment_of
from interview_service.domain.assessment import AssessmentResult
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.domain.planning import plan_for
from interview_service.domain.transcript import Transcript
from interview_service.engines.base import Draft, Provenance


class BuiltinEngine:
    """Drafts by rules alone: the same brief and feedback always give the same draft."""

    def plan(self, brief: Brief, feedback: str | None = None) -> Draft[PlanStructure]:
        """Draft a plan from the skills, the level and the job description."""
        began = perf_counter()
        return Draft(plan_for(brief, feedback), _provenance(began))

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: str | None = None,
    ) -> Draft[AssessmentResult]:
        """Draft an assessment of what the candidate says against the plan."""
        began = perf_counter()
        return Draft(assessment_of(brief, plan, transcript, feedback), _provenance(began))


def _provenance(began: float) -> Provenance:
    return Provenance("builtin", duration_ms=round((perf_counter() - began) * 1000))
