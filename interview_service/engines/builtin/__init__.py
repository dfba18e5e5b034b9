"""The engine that needs no model: kits and binders by rules alone, offline. It scores nobody."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from interview_service.domain.assessment import AssessmentDraft
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.domain.transcript import Transcript
from interview_service.engines.base import Draft, Provenance
from interview_service.engines.builtin.applying import wanted_by
from interview_service.engines.builtin.binder import binder_of
from interview_service.engines.builtin.planner import Planner
from interview_service.engines.builtin.wish_holding import resolve
from interview_service.engines.builtin.wishes import read


class BuiltinEngine:
    """Drafts by rules alone: the same brief and feedback always give the same draft."""

    def plan(self, brief: Brief, feedback: Sequence[str] = ()) -> Draft[PlanStructure]:
        """Draft a plan from the skills, the level and the job description."""
        began = perf_counter()
        planner = Planner(brief)
        before = plan = planner.kit
        if feedback:
            names = [section.name for section in before.sections]
            topics = [*brief.skills, *(each.name for each in before.criteria)]
            wishes = resolve(read(feedback, section_names=names, topics=topics))
            plan = planner.changed(wanted_by(wishes, brief, before))
            if plan == before:
                note = (
                    f"Nothing changed for “{'”, “'.join(feedback)}”: the kit is like that already, "
                    "or it was not understood."
                )
                plan = replace(plan, notes=(*plan.notes, note))
        return Draft(plan, _provenance(began))

    def assess(
        self,
        brief: Brief,
        plan: PlanStructure,
        transcript: Transcript,
        feedback: Sequence[str] = (),
    ) -> Draft[AssessmentDraft]:
        """Bind the evidence of what the candidate says about each criterion of the plan."""
        began = perf_counter()
        binder = binder_of(brief, plan, transcript, feedback)
        return Draft(AssessmentDraft(binder), _provenance(began))


def _provenance(began: float) -> Provenance:
    return Provenance("builtin", duration_ms=round((perf_counter() - began) * 1000))
