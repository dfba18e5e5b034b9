"""Plans: attached by the worker, replaced by people, read."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from interview_service.domain import fairness
from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock, new_id
from interview_service.domain.documents import Document, Plan
from interview_service.domain.erasure import AS_WISHED, BY_HAND, is_of_people
from interview_service.domain.errors import (
    InvalidFields,
    PlanNotAvailable,
    PreconditionFailed,
    WrongState,
)
from interview_service.domain.interview import Interview, Step, taken
from interview_service.domain.limits import PAGE_BYTES
from interview_service.domain.plan import PlanStructure, with_note_on_other_kits
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, PartPage, keep, one_transaction
from interview_service.lifecycle.blindness import tags_of
from interview_service.repository import Repository
from interview_service.repository.documents import LAST_ID
from interview_service.transcripts.anonymity import masked_for_others, ordinary_words

_COMPARED = 10
"""With so many of the newest interviews for the same position a new plan is compared."""


@one_transaction
def attach_plan(
    repository: Repository,
    interview_id: str,
    version: int,
    structure: PlanStructure,
    generated_by: Mapping[str, object],
) -> bool:
    """Give an interview the plan that was made for its `version`, and take PLAN_READY.

    :return: False where the interview has changed since: then nothing is written.
    :raise InterviewNotFound: there is none any more.
    """
    interview = repository.interviews.locked(interview_id)
    is_generating = interview.workflow_state is State.GENERATING_PLAN
    if interview.work_version != version or not is_generating:
        return False
    plan = _added(repository, interview, structure.to_dict(), generated_by)
    steps = _ready(repository, replace(interview, plan_id=plan.id))
    keep(repository, interview, steps[-1].interview, steps)
    return True


def copied_plan(plan: Plan, source: Interview) -> Plan:
    """Return a plan as other candidates get it, whom an erasure of this one does not reach.

    What an engine made of the job alone names nobody, for it is given no name. Out of what people
    wrote or wished for, the name of the candidate goes; the rest cannot be told from what is asked
    of everybody, and stays.

    :param source: the interview whose plan it is.
    """
    if not is_of_people(plan):
        return plan
    job = (source.position, *source.skills, source.company_name)
    texts = (*_texts(plan.structure), source.job_description)
    ordinary = ordinary_words(filter(None, texts), filter(None, job))

    def bare(text: str) -> str:
        return masked_for_others(text, source.known_name, ordinary)

    generated_by = dict(plan.generated_by)
    if plan.feedback is not None:
        generated_by[AS_WISHED] = True
    structure = cast(Document, _with_texts(plan.structure, bare))
    return replace(plan, structure=structure, generated_by=generated_by)


_KEYS = frozenset({"criterion", "key", "group"})
"""What ties the parts of a plan together."""


def _with_texts(value: object, change: Callable[[str], str]) -> object:
    """Return what a plan is kept as with each of its texts changed, but for its keys."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {
            name: each if name in _KEYS else _with_texts(each, change)
            for name, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_with_texts(each, change) for each in value]
    return value


def _texts(structure: Document) -> list[str]:
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    _with_texts(structure, note)
    return found


def take_plan(repository: Repository, interview: Interview, plan: Plan) -> Interview:
    """Give an interview that was just taken in the plan of another, under an id of its own.

    It takes all that leads to PENDING at once, and on where plans are approved by themselves.

    :param plan: as `copied_plan` returns it.
    """
    copy = _added(repository, interview, plan.structure, plan.generated_by)
    now = clock.now()
    steps = taken(replace(interview, plan_id=copy.id), Transition.VALIDATE, now)
    steps += taken(steps[-1].interview, Transition.GENERATE_PLAN, now)
    steps += _ready(repository, steps[-1].interview)
    return keep(repository, interview, steps[-1].interview, steps)


def _ready(repository: Repository, interview: Interview) -> list[Step]:
    """Return the way of an interview whose plan is there."""
    now = clock.now()
    steps = taken(interview, Transition.PLAN_READY, now)
    if repository.settings.get().auto_approve_plans:
        pending = steps[-1].interview
        steps += taken(pending, Transition.APPROVE, now, reason="autoApprovePlans")
    return steps


@one_transaction
def replace_plan(
    repository: Repository,
    interview_id: str,
    structure: PlanStructure,
    actor: Actor,
    *,
    versions: Callable[[int | str | None], bool] = lambda version: True,
) -> Plan:
    """Put a plan of the caller's own in the place of a PENDING interview's plan.

    :param versions: tells whether the caller accepts the interview's version or the id of its plan
        (If-Match).
    :raise InterviewNotFound: there is none.
    :raise PreconditionFailed: the caller accepts neither.
    :raise WrongState: the interview is not PENDING.
    :raise InvalidFields: the structure is not sound, or asks what is never asked.
    """
    interview = repository.interviews.locked(interview_id)
    if not any(map(versions, (*tags_of(interview.version), interview.plan_id))):
        raise PreconditionFailed
    if interview.workflow_state is not State.PENDING:
        raise WrongState(f"Cannot replace the plan: workflowState is {interview.workflow_state}")
    faults = structure.faults()
    faults += [
        f"{where} asks candidates about {finding.matter.said}: {finding.sentence!r}"
        for where, finding in fairness.plan_findings(structure)
    ]
    if faults:
        raise InvalidFields({"structure": faults})
    by_hand = {"engine": BY_HAND, "subject": actor.subject}
    plan = _added(repository, interview, structure.to_dict(), by_hand)
    record(repository, actor, "interview.replace_plan", TargetType.INTERVIEW, interview.id)
    keep(repository, interview, replace(interview, plan_id=plan.id).touched(clock.now()))
    return plan


def _added(
    repository: Repository,
    interview: Interview,
    structure: Document,
    generated_by: Mapping[str, object],
) -> Plan:
    others: Sequence[Document] = ()
    if interview.position:
        others = repository.plans.of_position(interview.position, but=interview.id, limit=_COMPARED)
    now = clock.now()
    plan = Plan(
        id=new_id(now),
        interview_id=interview.id,
        structure=with_note_on_other_kits(structure, others),
        generated_by=dict(generated_by),
        feedback="\n".join(interview.feedback) or None,
        created_at=now,
    )
    repository.plans.add(plan)
    return plan


def current_plan(repository: Repository, interview_id: str) -> Plan:
    """Return an interview's present plan.

    :raise InterviewNotFound: there is no such interview.
    :raise PlanNotAvailable: it has none.
    """
    interview = repository.interviews.get(interview_id)
    plan = repository.plans.get(interview.plan_id) if interview.plan_id else None
    if plan is None:
        raise PlanNotAvailable(interview.workflow_state)
    return plan


def plans_of(
    repository: Repository, interview_id: str, *, limit: int, before: str | None = None
) -> PartPage[Plan, str]:
    """Return plans that an interview had, newest first: a page ends at a mebibyte as well.

    :param before: the id of the plan that the page follows.
    :raise InterviewNotFound: there is no such interview.
    """
    interview = repository.interviews.get(interview_id)
    ids = repository.plans.ids(interview.id, limit=limit + 1, before=before or LAST_ID)
    rows: list[Plan] = []
    room = PAGE_BYTES
    for plan_id in ids[:limit]:
        plan = repository.plans.get(plan_id)
        if plan is None:
            continue
        room -= len(json.dumps(plan.structure))
        if rows and room < 0:
            return PartPage(rows, rows[-1].id)
        rows.append(plan)
    return PartPage(rows, rows[-1].id if rows and len(ids) > limit else None)
