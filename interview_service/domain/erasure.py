"""What is left of an interview's documents once its candidate's data is erased.

Numbers, states and what people recommended stay, and so do the criteria that an engine made of the
job alone. What people wrote goes, wherever it stands: it may say something of the candidate. Names
of criteria that people gave are replaced, in the same way everywhere, so that the numbers still
belong together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from interview_service.domain.documents import Assessment, Plan
from interview_service.domain.plan import (
    PLAIN_ANCHORS,
    SECTIONS_GROUP,
    Criterion,
    PlanStructure,
    Section,
)
from interview_service.domain.scorecard import OTHER_GROUP, Rating, Scorecard

BY_HAND = "manual"
"""The engine of a plan that was put in by hand."""


AS_WISHED = "revised"
"""Says of a copied plan that the one it is a copy of was made as people wished."""


def is_of_people(plan: Plan) -> bool:
    """Tell whether the words of a plan are people's: put in by hand, or made as they wished."""
    is_as_wished = plan.feedback is not None or plan.generated_by.get(AS_WISHED) is True
    return is_as_wished or plan.generated_by.get("engine") == BY_HAND


def erased_plan(plan: Plan) -> Plan:
    """Return a plan with its durations and criteria; of one of people's, the criteria's number."""
    structure = _erased_structure(_structure_of(plan), of_people=is_of_people(plan))
    return replace(plan, structure=structure.to_dict(), feedback=None)


def _structure_of(plan: Plan) -> PlanStructure:
    return PlanStructure.from_dict(cast(Any, plan.structure))


def _erased_structure(structure: PlanStructure, *, of_people: bool) -> PlanStructure:
    names = [each.name for each in structure.sections]
    criteria = structure.criteria
    if of_people:
        names = [f"Section {number}" for number, _ in enumerate(names, start=1)]
        groups = _Renamed("group")
        criteria = tuple(
            Criterion(
                f"criterion_{number}",
                groups.of(each.group),
                f"Criterion {number}",
                dict(PLAIN_ANCHORS),
            )
            for number, each in enumerate(criteria, start=1)
        )
    sections = (
        Section(name, each.duration, (name,))
        for name, each in zip(names, structure.sections, strict=True)
    )
    return PlanStructure(structure.duration, tuple(sections), criteria=criteria)


class _Renamed:
    """Names that were given anew, each once."""

    def __init__(self, kind: str, known: Mapping[str, str] | None = None) -> None:
        self._kind = kind
        self._names = dict(known or {})

    def of(self, name: str) -> str:
        """Return what a name is from now on."""
        if name not in self._names:
            taken = set(self._names.values())
            number = len(taken) + 1
            while f"{self._kind}_{number}" in taken:
                number += 1
            self._names[name] = f"{self._kind}_{number}"
        return self._names[name]


class ErasedCriteria:
    """What an interview is judged by, as it is called once the candidate's data is erased.

    :param plan: the interview's, as it was; None where it has none.
    """

    def __init__(self, plan: Plan | None) -> None:
        before: Sequence[Criterion] = ()
        after: Sequence[Criterion] = ()
        if plan is not None:
            before = _structure_of(plan).probed_criteria()
            after = _structure_of(erased_plan(plan)).probed_criteria()
        pairs = list(zip(before, after, strict=True))
        own = {SECTIONS_GROUP: SECTIONS_GROUP, OTHER_GROUP: OTHER_GROUP}
        self._keys = _Renamed("criterion", {old.key: new.key for old, new in pairs})
        self._groups = _Renamed("group", own | {old.group: new.group for old, new in pairs})
        self._names = {new.key: new.name for new in after}

    def card(self, card: Scorecard) -> Scorecard:
        """Return a scorecard with its ratings and recommendation alone."""
        return replace(card, ratings=tuple(map(self._rating, card.ratings)), summary=None)

    def _rating(self, rating: Rating) -> Rating:
        group = None if rating.group is None else self._groups.of(rating.group)
        return Rating(self._keys.of(rating.criterion), rating.rating, group=group)

    def assessment(self, assessment: Assessment) -> Assessment:
        """Return an assessment with its numbers, what is recommended and what was decided."""
        draft, decision = assessment.draft, assessment.decision
        if draft is not None:
            scores = self._scores(cast(Mapping[str, Any], draft["scores"]))
            draft = {**draft, "scores": scores, "summary": ""}
        return replace(
            assessment,
            revision=assessment.revision + 1,
            summary=None,
            scores=self._scores(cast(Mapping[str, Any], assessment.scores)),
            draft=draft,
            coverage=list(map(self._coverage, assessment.coverage)),
            evidence=[],
            notes=[],
            binder_summary=None,
            candidate_speaker=None,
            decision=None if decision is None else {**decision, "reason": None},
            transcript=None,
            feedback=None,
        )

    def _scores(self, scores: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        return {
            self._groups.of(group): {self._keys.of(key): score for key, score in each.items()}
            for group, each in scores.items()
        }

    def _coverage(self, coverage: Mapping[str, object]) -> dict[str, object]:
        key = self._keys.of(str(coverage["criterion"]))
        return {
            "criterion": key,
            "name": self._names.get(key, key),
            "status": coverage["status"],
            "followUp": None,
        }
