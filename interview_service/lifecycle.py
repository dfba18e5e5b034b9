"""The use cases: one function, one transaction. Each gets the repository of the caller's tenant.

Whether a transition is allowed is asked of `domain.workflow`; what a transition brings with it (the
history entry, the worker's next look, the approval that schedules) happens in one place, `_apply`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from interview_service.database.models import (
    Assessment,
    Delivery,
    DeliveryAttempt,
    HistoryEntry,
    IdempotencyKey,
    Interview,
    Plan,
    TenantSettings,
    Transcript,
)
from interview_service.domain import transcript as said
from interview_service.domain import workflow
from interview_service.domain.assessment import AssessmentResult
from interview_service.domain.clock import clock, new_id
from interview_service.domain.completeness import MissingItem, blocks, missing_items
from interview_service.domain.errors import (
    AssessmentNotAvailable,
    FieldsFixed,
    IdempotencyKeyReused,
    InterviewNotFound,
    InvalidFields,
    NotFoundError,
    PermissionMissing,
    PlanNotAvailable,
    PreconditionFailed,
    ServiceTransition,
    TranscriptNotAvailable,
    TransitionNotAllowed,
    WrongState,
)
from interview_service.domain.interview import Brief, Level, api_name, folded
from interview_service.domain.outbox import (
    LONGEST_PAUSE,
    DeliveryState,
    delivery_pause,
    longest_wait,
    work_pause,
)
from interview_service.domain.plan import PlanStructure
from interview_service.domain.workflow import State, Transition, WaitingFor
from interview_service.repository import Repository
from interview_service.webhooks import payloads, signing
from interview_service.webhooks.transport import Outcome

P = ParamSpec("P")
R = TypeVar("R")

SERVICE = "service"
IDEMPOTENCY_HOURS = 24
DELIVERY_LEASE = timedelta(seconds=30)
LIST_AGE = timedelta(minutes=1)  # no transaction that adds an interview lasts as long
LIST_BLOCKS = 50  # blocks that one transaction closes
LIST_PARTS = 50
SECRET_OVERLAP = timedelta(hours=24)

BRIEF_FIELDS = ("position", "level", "skills", "job_description")
"""What feeds the plan."""

WRITABLE_FIELDS = (
    "candidate_name",
    "candidate_email",
    *BRIEF_FIELDS,
    "company_name",
    "company_description",
    "scheduled_at",
    "callback_url",
)

REQUIRED_FIELDS = ("candidate_name", "candidate_email", "position", "level", "skills")
"""What an interview that has it cannot lose again; the intake may take one in without."""

_WORK_STATES = {State.RECEIVED, State.VALIDATING_SKILLS, State.GENERATING_PLAN}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and what they may do."""

    subject: str
    permissions: frozenset[str] = field(default_factory=frozenset)


def _one_transaction(
    use_case: Callable[Concatenate[Repository, P], R],
) -> Callable[Concatenate[Repository, P], R]:
    @wraps(use_case)
    def run(repository: Repository, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return repository.run(lambda: use_case(repository, *args, **kwargs))

    return run


# --- interviews


@_one_transaction
def create(
    repository: Repository, details: Mapping[str, Any], *, external_id: str | None = None
) -> tuple[Any, bool]:
    """Take an interview in and return it; False beside it where it was there already.

    It was there when the tenant has one of the same `external_id`: that one is returned as it is.

    :param details: values of `WRITABLE_FIELDS`; what is absent is null.
    """
    if external_id is not None:
        known = repository.interview_by_external_id(external_id)
        if known is not None:
            return known, False
    now = clock.now()
    values = {name: details.get(name) for name in WRITABLE_FIELDS}
    url = values["callback_url"] or repository.webhook_url()
    interview = repository.add_interview(
        {
            **values,
            "id": new_id(now),
            "run_id": new_id(now),
            "workflow_state": State.RECEIVED.value,
            "skills": values["skills"] or [],
            "external_id": external_id,
            "search_text": _search_text(values),
            "created_at": now,
            "updated_at": now,
            "transition_count": 0,
            "has_transcript": False,
            "attempts": 0,
            "due_at": now,
        }
    )
    if url is not None:
        _emit(repository, interview, None, url)
    repository.wake_after_commit(interview.id)
    return interview, True


@_one_transaction
def take_in(
    repository: Repository, details: Mapping[str, Any], *, external_id: str | None = None
) -> tuple[Interview, bool]:
    """Take an interview in that may lack much, and validate it at once: INFO_NEEDED, or onwards.

    Like `create` in all else.
    """
    taken, created = create(repository, details, external_id=external_id)
    interview = repository.interview(taken.id, for_update=True)
    if created:
        _apply(repository, interview, Transition.VALIDATE, SERVICE)
        if blocks(missing_of(interview)):
            _apply(repository, interview, Transition.REQUEST_INFO, SERVICE)
        repository.flush()
    return interview, created


@_one_transaction
def complete_info(
    repository: Repository, interview_id: str, details: Mapping[str, Any], actor: Actor
) -> Interview:
    """Supply what an interview lacks; takes COMPLETE_INFO once nothing that blocks it is missing.

    :param details: values of `WRITABLE_FIELDS`, and `external_id` where the interview has none.
    :raise InterviewNotFound: there is none.
    :raise TransitionNotAllowed: the interview does not wait for information.
    :raise InvalidFields: the interview has another external id already, or a required field that
        it has would be emptied.
    """
    interview = repository.interview(interview_id, for_update=True)
    state = State(interview.workflow_state)
    if not workflow.is_allowed(Transition.COMPLETE_INFO, state):
        allowed = workflow.caller_transitions_from(state, actor.permissions)
        raise TransitionNotAllowed(f"Transition {Transition.COMPLETE_INFO}", state, allowed)
    external_id = details.get("external_id")
    if external_id is not None and interview.external_id not in (None, external_id):
        raise InvalidFields({"externalId": ["Read-only field"]})
    if external_id is not None and interview.external_id is None:
        known = repository.interview_by_external_id(external_id)
        if known is not None:
            raise InvalidFields({"externalId": ["Another interview has it already."]})
    given = {**details, "skills": details.get("skills") or []} if "skills" in details else details
    changed = {name: value for name, value in given.items() if getattr(interview, name) != value}
    _refuse_emptied(changed)
    for name, value in changed.items():
        setattr(interview, name, value)
    interview.search_text = _search_text(vars(interview))
    if not blocks(missing_of(interview)):
        _apply(repository, interview, Transition.COMPLETE_INFO, actor.subject)
    elif changed:
        _touch(interview)
    repository.flush()
    return interview


def interview_of_run(repository: Repository, run_id: str) -> str:
    """Return the id of a run's interview.

    :raise InterviewNotFound: there is none.
    """
    found: str = repository.record_by_run(run_id).id
    return found


@_one_transaction
def update(
    repository: Repository,
    interview_id: str,
    details: Mapping[str, Any],
    actor: Actor,
    *,
    read_only: Mapping[str, Any] | None = None,
    state: State | None = None,
    versions: Callable[[int], bool] = lambda version: True,
) -> Interview:
    """Change an interview's fields and, where `state` differs, take the transition leading there.

    :param details: new values of some of `WRITABLE_FIELDS`.
    :param read_only: values that must be those the interview has.
    :param versions: tells whether the caller accepts a version (If-Match).
    :raise InterviewNotFound: there is none.
    :raise PreconditionFailed: the interview's version is not one that the caller accepts.
    :raise InvalidFields: a read-only field differs.
    :raise Conflict: the interview's state does not allow a change.
    """
    interview = repository.interview(interview_id, for_update=True)
    if not versions(interview.version):
        raise PreconditionFailed
    _refuse_read_only(interview, read_only or {})
    changed = {name: value for name, value in details.items() if getattr(interview, name) != value}
    current = State(interview.workflow_state)
    _refuse_emptied(changed)
    _refuse_fixed(interview, changed, current)
    for name, value in changed.items():
        setattr(interview, name, value)
    interview.search_text = _search_text(vars(interview))
    replan = current is State.PENDING and any(name in BRIEF_FIELDS for name in changed)
    if replan and state is State.APPROVED:
        raise WrongState(
            f"Cannot approve and change {', '.join(map(api_name, changed))} at once: "
            "the plan has to be made anew first"
        )
    if state is not None and state is not current:
        _trigger(repository, interview, _leading_to(current, state, actor), actor)
    elif replan:
        reason = "Changed: " + ", ".join(api_name(name) for name in changed)
        _apply(repository, interview, Transition.MODIFY, actor.subject, reason)
        interview.feedback = None  # the planner is given the changed brief itself
    elif changed:
        _touch(interview)
        if interview.due_at is not None:
            _schedule_work(repository, interview)
    repository.flush()
    return interview


@_one_transaction
def delete(
    repository: Repository,
    interview_id: str,
    *,
    versions: Callable[[int], bool] = lambda version: True,
) -> None:
    """Remove an interview and everything about its candidate.

    :raise InterviewNotFound: there is none.
    :raise PreconditionFailed: the interview's version is not one that the caller accepts.
    """
    interview = repository.interview(interview_id, for_update=True)
    if not versions(interview.version):
        raise PreconditionFailed
    repository.delete_interview(interview)


# --- transitions


@_one_transaction
def transition(
    repository: Repository,
    interview_id: str,
    name: Transition,
    actor: Actor,
    *,
    reason: str | None = None,
    scheduled_at: datetime | None = None,
) -> HistoryEntry:
    """Take an interview through a transition, and return the entry of its history.

    :raise InterviewNotFound: there is none.
    :raise ServiceTransition: only the service makes this transition.
    :raise PermissionMissing: the actor may not.
    :raise TransitionNotAllowed: not from the present state.
    :raise InvalidFields: SCHEDULE with no time given or known.
    """
    interview = repository.interview(interview_id, for_update=True)
    entry = _trigger(repository, interview, name, actor, reason=reason, scheduled_at=scheduled_at)
    repository.flush()
    return entry


def refuse_actor(name: Transition, actor: Actor) -> None:
    """Refuse who may not trigger a transition, whatever the state.

    :raise ServiceTransition: only the service makes this transition.
    :raise PermissionMissing: the actor may not.
    """
    permission = name.permission
    if permission is None:
        raise ServiceTransition(name)
    if not workflow.grants(actor.permissions, permission):
        raise PermissionMissing(permission)


def _trigger(
    repository: Repository,
    interview: Interview,
    name: Transition,
    actor: Actor,
    *,
    reason: str | None = None,
    scheduled_at: datetime | None = None,
) -> HistoryEntry:
    """Take a transition that somebody asked for, after every check on who and when."""
    refuse_actor(name, actor)
    state = State(interview.workflow_state)
    if not workflow.is_allowed(name, state):
        allowed = workflow.caller_transitions_from(state, actor.permissions)
        raise TransitionNotAllowed(f"Transition {name}", state, allowed)
    if name is Transition.SCHEDULE:
        interview.scheduled_at = scheduled_at or interview.scheduled_at
        if interview.scheduled_at is None:
            raise InvalidFields({"scheduledAt": ["Required to schedule: the interview has none."]})
    if name is Transition.COMPLETE_INFO:
        missing = missing_of(interview)
        if blocks(missing):
            raise InvalidFields({item.field: [item.question] for item in missing})
    return _apply(repository, interview, name, actor.subject, reason)


def _apply(
    repository: Repository,
    interview: Interview,
    name: Transition,
    subject: str,
    reason: str | None = None,
) -> HistoryEntry:
    """Write a transition that is known to be allowed, and all that comes with it."""
    rule = workflow.TABLE[name]
    state = State(interview.workflow_state)
    assert state in rule.sources, f"{name} from {state}"
    _touch(interview)
    entry = HistoryEntry(
        tenant_id=interview.tenant_id,
        interview_id=interview.id,
        number=interview.transition_count + 1,
        transition=name,
        previous_state=state,
        new_state=rule.target,
        triggered_by=subject,
        reason=reason,
        created_at=interview.updated_at,
    )
    repository.record_transition(interview, entry)
    interview.feedback = None
    if name is Transition.MODIFY:
        interview.plan_id, interview.feedback = None, reason
    elif name is Transition.REJECT_ASSESSMENT:
        interview.assessment_id, interview.feedback = None, reason
    _schedule_work(repository, interview)
    url = _webhook_url(repository, interview) if name in payloads.EVENTS else None
    if url is not None:
        _emit(repository, interview, entry, url)
    if name is Transition.APPROVE and interview.scheduled_at is not None:
        _apply(repository, interview, Transition.SCHEDULE, SERVICE)
    return entry


def _schedule_work(repository: Repository, interview: Interview) -> None:
    """Set when the worker should look at an interview next: at once, or not at all."""
    state = State(interview.workflow_state)
    work = state in _WORK_STATES or (state is State.COMPLETED and interview.has_transcript)
    interview.due_at = clock.now() if work else None
    interview.attempts, interview.last_error, interview.leased_until = 0, None, None
    if work:
        repository.wake_after_commit(interview.id)


# --- background work


class WorkKind(Enum):
    """What an interview needs an engine for."""

    PLAN = "plan"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class Work:
    """What an engine is to do for an interview, as the interview is at `version`.

    :param plan: the interview's plan, for an assessment.
    :param transcript: what was said, for an assessment.
    :param candidate_name: to take out of what the engine is given; no engine ever gets it.
    """

    kind: WorkKind
    interview_id: str
    version: int
    brief: Brief
    feedback: str | None
    candidate_name: str | None
    plan: PlanStructure | None = None
    transcript: said.Transcript | None = None


@_one_transaction
def begin_work(repository: Repository, interview_id: str, lease: timedelta) -> Work | None:
    """Take an interview for background work, through VALIDATE and GENERATE_PLAN where they are due.

    Nobody else gets it until the lease has run out: by then it is done, or its worker is dead.

    :return: None where there is nothing to do, or another worker does it.
    """
    try:
        interview = repository.interview(interview_id, for_update=True)
    except InterviewNotFound:
        return None
    now = clock.now()
    if interview.due_at is None:
        return None
    if now < interview.due_at <= now + longest_wait(interview.attempts, lease):
        return None
    for name in (Transition.VALIDATE, Transition.GENERATE_PLAN):
        if workflow.is_allowed(name, State(interview.workflow_state)):
            feedback = interview.feedback
            attempts, last_error = interview.attempts, interview.last_error
            _apply(repository, interview, name, SERVICE)
            interview.feedback = feedback
            interview.attempts, interview.last_error = attempts, last_error
    repository.flush()
    repository.set_work(interview, due_at=now + lease, leased_until=now + lease)
    repository.wake_never(interview.id)
    return _work(repository, interview)


def _work(repository: Repository, interview: Interview) -> Work:
    brief = Brief(
        position=interview.position or "",
        level=Level(interview.level or Level.MID),
        skills=tuple(interview.skills),
        job_description=interview.job_description,
        company_name=interview.company_name,
        company_description=interview.company_description,
    )
    kind, plan, transcript = WorkKind.PLAN, None, None
    if interview.workflow_state == State.COMPLETED:
        kind = WorkKind.ASSESSMENT
        row = repository.plan(interview.plan_id) if interview.plan_id else None
        words = repository.transcript(interview.id)
        assert row is not None
        assert words is not None
        plan = PlanStructure.from_dict(row.structure)
        transcript = said.Transcript.from_list(words.turns)
    return Work(
        kind=kind,
        interview_id=interview.id,
        version=interview.version,
        brief=brief,
        feedback=interview.feedback,
        candidate_name=interview.candidate_name,
        plan=plan,
        transcript=transcript,
    )


@_one_transaction
def record_failure(
    repository: Repository, interview_id: str, version: int | None, message: str
) -> None:
    """Note that work failed, and when to try again; nothing where the interview has moved on.

    :param version: of the interview as the work began; None where it could not even begin.
    """
    try:
        interview = repository.interview(interview_id, for_update=True)
    except InterviewNotFound:
        return
    if interview.due_at is None or version not in (None, interview.version):
        return
    attempts = interview.attempts + 1
    repository.set_work(
        interview,
        attempts=attempts,
        last_error=message,
        leased_until=None,
        due_at=clock.now() + work_pause(attempts),
    )


@_one_transaction
def retry(repository: Repository, interview_id: str) -> str:
    """Have failed background work tried at once; an attempt that is under way is left alone.

    :return: the interview's run id.
    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview is not waiting for background work.
    """
    interview = repository.interview(interview_id, for_update=True)
    if interview.due_at is None:
        raise WrongState(f"Nothing to retry: workflowState is {interview.workflow_state}")
    if interview.last_error is not None and not _is_under_way(interview):
        repository.set_work(interview, due_at=clock.now())
        repository.wake_after_commit(interview.id)
    return interview.run_id


def _is_under_way(interview: Any) -> bool:
    """Tell whether a worker has an engine at work on an interview, as far as its lease says."""
    return interview.leased_until is not None and clock.now() < interview.leased_until


# --- plans, assessments, transcripts


@_one_transaction
def attach_plan(
    repository: Repository,
    interview_id: str,
    version: int,
    structure: PlanStructure,
    generated_by: Mapping[str, Any],
) -> bool:
    """Give an interview the plan that was made for its `version`, and take PLAN_READY.

    :return: False where the interview has changed since: then nothing is written.
    :raise InterviewNotFound: there is none any more.
    """
    interview = repository.interview(interview_id, for_update=True)
    if interview.version != version or interview.workflow_state != State.GENERATING_PLAN:
        return False
    _add_plan(repository, interview, structure, generated_by)
    _apply(repository, interview, Transition.PLAN_READY, SERVICE)
    settings = repository.tenant_settings()
    if settings is not None and settings.auto_approve_plans:
        _apply(repository, interview, Transition.APPROVE, SERVICE, "autoApprovePlans")
    return True


@_one_transaction
def replace_plan(
    repository: Repository, interview_id: str, structure: PlanStructure, actor: Actor
) -> Plan:
    """Put a plan of the caller's own in the place of a PENDING interview's plan.

    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview is not PENDING.
    :raise InvalidFields: the structure is not sound.
    """
    interview = repository.interview(interview_id, for_update=True)
    if interview.workflow_state != State.PENDING:
        raise WrongState(f"Cannot replace the plan: workflowState is {interview.workflow_state}")
    faults = structure.faults()
    if faults:
        raise InvalidFields({"structure": faults})
    _touch(interview)
    generated_by = {"engine": "manual", "subject": actor.subject}
    return _add_plan(repository, interview, structure, generated_by)


def _add_plan(
    repository: Repository,
    interview: Interview,
    structure: PlanStructure,
    generated_by: Mapping[str, Any],
) -> Plan:
    now = clock.now()
    plan = Plan(
        tenant_id=interview.tenant_id,
        id=new_id(now),
        interview_id=interview.id,
        structure=structure.to_dict(),
        generated_by=dict(generated_by),
        feedback=interview.feedback,
        created_at=now,
    )
    interview.plan_id = plan.id
    repository.add(plan)
    return plan


@_one_transaction
def attach_assessment(
    repository: Repository,
    interview_id: str,
    version: int,
    result: AssessmentResult,
    generated_by: Mapping[str, Any],
) -> bool:
    """Give an interview the assessment made for its `version`, and take ASSESSMENT_READY.

    :return: False where the interview has changed since: then nothing is written.
    :raise InterviewNotFound: there is none any more.
    """
    interview = repository.interview(interview_id, for_update=True)
    transcript = repository.transcript(interview.id)
    stale = interview.version != version or interview.workflow_state != State.COMPLETED
    if stale or transcript is None:
        return False
    now = clock.now()
    values = result.to_dict()
    assessment = Assessment(
        tenant_id=interview.tenant_id,
        id=new_id(now),
        interview_id=interview.id,
        overall_score=values["overallScore"],
        recommendation=values["recommendation"],
        summary=values["summary"],
        scores=values["scores"],
        evidence=values["evidence"],
        transcript=said.Transcript.from_list(transcript.turns).as_text(),
        generated_by=dict(generated_by),
        feedback=interview.feedback,
        created_at=now,
    )
    interview.assessment_id = assessment.id
    repository.add(assessment)
    _apply(repository, interview, Transition.ASSESSMENT_READY, SERVICE)
    return True


@_one_transaction
def put_transcript(
    repository: Repository, interview_id: str, transcript: said.Transcript
) -> Transcript:
    """Keep what was said, in place of what was kept before.

    An assessment that is waiting for its verdict was made of the old words: it stays as it is, and
    REJECT_ASSESSMENT has another one made of the new.

    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview has not started, or is over.
    """
    interview = repository.interview(interview_id, for_update=True)
    state = State(interview.workflow_state)
    if state not in workflow.TRANSCRIPT_STATES:
        raise WrongState(f"Cannot take a transcript: workflowState is {state}")
    row = repository.transcript(interview.id)
    _touch(interview)
    if row is None:
        row = Transcript(tenant_id=interview.tenant_id, interview_id=interview.id)
        repository.add(row)
    row.turns = transcript.to_list()
    row.updated_at = interview.updated_at
    interview.has_transcript = True
    if state is State.COMPLETED:
        _schedule_work(repository, interview)
    return row


# --- reading


def current_plan(repository: Repository, interview_id: str) -> Plan:
    """Return an interview's present plan.

    :raise InterviewNotFound: there is no such interview.
    :raise PlanNotAvailable: it has none.
    """
    interview = repository.record(interview_id)
    plan = repository.plan(interview.plan_id) if interview.plan_id else None
    if plan is None:
        raise PlanNotAvailable(State(interview.workflow_state))
    return plan


def current_assessment(repository: Repository, interview_id: str) -> Assessment:
    """Return an interview's present assessment.

    :raise InterviewNotFound: there is no such interview.
    :raise AssessmentNotAvailable: it has none.
    """
    interview = repository.record(interview_id)
    found = repository.assessment(interview.assessment_id) if interview.assessment_id else None
    if found is None:
        raise AssessmentNotAvailable(State(interview.workflow_state))
    return found


def current_transcript(repository: Repository, interview_id: str) -> Transcript:
    """Return what was said in an interview.

    :raise InterviewNotFound: there is no such interview.
    :raise TranscriptNotAvailable: it has no transcript.
    """
    interview = repository.record(interview_id)
    transcript = repository.transcript(interview.id)
    if transcript is None:
        raise TranscriptNotAvailable(State(interview.workflow_state))
    return transcript


@dataclass(frozen=True, slots=True)
class BackgroundError:
    """What made the last background attempt fail.

    :param attempts: how many failed in a row.
    :param next_attempt_at: when the next is due; None while it is under way.
    """

    message: str
    attempts: int
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """Where an interview stands, for one caller."""

    interview: Any
    waiting_for: WaitingFor | None
    missing: list[MissingItem]
    allowed_transitions: list[Transition]
    error: BackgroundError | None


def status(repository: Repository, run_id: str, actor: Actor) -> Status:
    """Return where the interview of a run stands, and what this actor may do about it.

    :raise InterviewNotFound: there is none.
    """
    interview = repository.record_by_run(run_id)
    state = State(interview.workflow_state)
    error = None
    if interview.last_error is not None:
        due_at = None if _is_under_way(interview) else interview.due_at
        error = BackgroundError(interview.last_error, interview.attempts, due_at)
    return Status(
        interview=interview,
        waiting_for=workflow.waiting_for(state, has_transcript=interview.has_transcript),
        missing=missing_of(interview) if state is State.INFO_NEEDED else [],
        allowed_transitions=workflow.caller_transitions_from(state, actor.permissions),
        error=error,
    )


def missing_of(interview: Any) -> list[MissingItem]:
    """Return what an interview still lacks."""
    return missing_items(
        candidate_name=interview.candidate_name,
        candidate_email=interview.candidate_email,
        external_id=interview.external_id,
        position=interview.position,
        level=interview.level,
        skills=interview.skills,
        job_description=interview.job_description,
    )


# --- webhooks


@dataclass(frozen=True, slots=True)
class Post:
    """A signed event, ready to be posted.

    :param attempt: the number of this attempt, from 1; 0 of a test.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]
    interview_id: str = ""
    delivery_id: str = ""
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A delivery and what was tried."""

    delivery: Delivery
    attempts: list[DeliveryAttempt]


def _emit(repository: Repository, interview: Any, entry: HistoryEntry | None, url: str) -> None:
    """Write the event of a transition (of the creation, where there is none) into the outbox."""
    event = payloads.RECEIVED if entry is None else payloads.EVENTS[Transition(entry.transition)]
    now = interview.updated_at
    body = payloads.body(
        event,
        now,
        interview_id=interview.id,
        run_id=interview.run_id,
        tenant_id=interview.tenant_id,
        external_id=interview.external_id,
        transition=None if entry is None else Transition(entry.transition),
        previous_state=None if entry is None else State(entry.previous_state),
        workflow_state=State(interview.workflow_state),
        plan_id=interview.plan_id,
        assessment_id=interview.assessment_id,
    )
    waits = repository.pending_delivery(interview.id) is not None
    repository.add(
        Delivery(
            tenant_id=interview.tenant_id,
            id=new_id(now),
            interview_id=interview.id,
            number=interview.transition_count,
            event=event,
            url=url,
            body=body.decode(),
            state=DeliveryState.PENDING,
            attempt_count=0,
            failure_count=0,
            due_at=None if waits else clock.now(),
            created_at=now,
        )
    )
    repository.flush()
    repository.wake_after_commit(interview.id)


def _webhook_url(repository: Repository, interview: Any) -> str | None:
    own: str | None = interview.callback_url
    if own is not None:
        return own
    return repository.webhook_url()


def due_url(repository: Repository, interview_id: str) -> str | None:
    """Return where the event of an interview goes that is due; None where none is."""
    delivery = repository.pending_delivery(interview_id)
    return delivery.url if delivery is not None and _is_due(delivery, clock.now()) else None


def _is_due(delivery: Delivery, now: datetime) -> bool:
    due_at = delivery.due_at
    return due_at is not None and not now < due_at <= now + LONGEST_PAUSE


@_one_transaction
def begin_delivery(repository: Repository, interview_id: str) -> Post | None:
    """Take the event of an interview that is due, and sign it.

    Nobody else gets it until the lease has run out: by then it is recorded, or its worker is dead,
    and the same event goes out again under the same id.

    :return: None where none is due, or another worker posts it.
    """
    try:
        interview = repository.interview(interview_id, for_update=True)
    except InterviewNotFound:
        return None
    delivery = repository.pending_delivery(interview.id)
    now = clock.now()
    if delivery is None or not _is_due(delivery, now):
        return None
    delivery.attempt_count += 1
    delivery.due_at = now + DELIVERY_LEASE
    body = delivery.body.encode()
    return Post(
        url=delivery.url,
        body=body,
        headers=signing.headers(_secrets(repository, now), delivery.id, now, body),
        interview_id=interview.id,
        delivery_id=delivery.id,
        attempt=delivery.attempt_count,
    )


@_one_transaction
def record_delivery(repository: Repository, post: Post, outcome: Outcome) -> None:
    """Keep what came of a post, and set what is next: another try, the next event, or nothing."""
    try:
        interview = repository.interview(post.interview_id, for_update=True)
        delivery = repository.delivery(interview.id, post.delivery_id)
    except NotFoundError:
        return  # deleted meanwhile
    now = clock.now()
    repository.add(
        DeliveryAttempt(
            tenant_id=delivery.tenant_id,
            delivery_id=delivery.id,
            number=post.attempt,
            status=outcome.status,
            latency_ms=outcome.latency_ms,
            answer=outcome.answer,
            error=outcome.error,
            created_at=now,
        )
    )
    if delivery.state != DeliveryState.PENDING or delivery.attempt_count != post.attempt:
        return  # its lease ran out, and another attempt has begun since
    if outcome.delivered:
        _finish_delivery(repository, delivery, DeliveryState.DELIVERED)
        return
    delivery.failure_count += 1
    pause = None if outcome.gone else delivery_pause(delivery.failure_count)
    head = repository.pending_delivery(interview.id)
    if pause is None:
        _finish_delivery(repository, delivery, DeliveryState.DEAD)
    elif head is not None and head.id != delivery.id:
        delivery.due_at = None  # an earlier event is delivered again: this one follows it
    else:
        delivery.due_at = now + pause


def _finish_delivery(repository: Repository, delivery: Delivery, state: DeliveryState) -> None:
    delivery.state, delivery.due_at = state, None
    repository.flush()
    following = repository.pending_delivery(delivery.interview_id)
    if following is not None:
        following.due_at = following.due_at or clock.now()
        repository.wake_after_commit(delivery.interview_id)


def deliveries(repository: Repository, interview_id: str) -> list[DeliveryReport]:
    """Return an interview's deliveries with their attempts, in order.

    :raise InterviewNotFound: there is no such interview.
    """
    interview = repository.record(interview_id)
    attempts: dict[str, list[DeliveryAttempt]] = {}
    for attempt in repository.attempts(interview.id):
        attempts.setdefault(attempt.delivery_id, []).append(attempt)
    return [
        DeliveryReport(delivery, attempts.get(delivery.id, []))
        for delivery in repository.deliveries(interview.id)
    ]


@_one_transaction
def redeliver(repository: Repository, interview_id: str, delivery_id: str) -> DeliveryReport:
    """Have an event posted once more, under the same id, to where the events go now.

    :raise InterviewNotFound: there is no such interview.
    :raise DeliveryNotFound: it has no such delivery.
    """
    interview = repository.interview(interview_id, for_update=True)
    delivery = repository.delivery(interview.id, delivery_id)
    now = clock.now()
    tried = repository.attempts(interview.id)
    attempts = [each for each in tried if each.delivery_id == delivery.id]
    if _is_being_posted(delivery, attempts, now):
        return DeliveryReport(delivery, attempts)
    delivery.url = _webhook_url(repository, interview) or delivery.url
    delivery.state, delivery.failure_count = DeliveryState.PENDING, 0
    repository.flush()
    head = repository.pending_delivery(interview.id)
    for each in repository.deliveries(interview.id):
        behind = each.state == DeliveryState.PENDING and each.id != (head and head.id)
        if behind and not _is_being_posted(each, tried, now):
            each.due_at = None
    if head is not None and (head.due_at is None or head.id == delivery.id):
        head.due_at = now
    repository.wake_after_commit(interview.id)
    return DeliveryReport(delivery, attempts)


def _is_being_posted(
    delivery: Delivery, attempts: Sequence[DeliveryAttempt], now: datetime
) -> bool:
    """Tell whether a worker has taken a delivery, and may still record what came of it."""
    if delivery.state != DeliveryState.PENDING or delivery.due_at is None:
        return False
    numbers = [each.number for each in attempts if each.delivery_id == delivery.id]
    taken = delivery.attempt_count > max(numbers, default=0)
    return taken and now < delivery.due_at <= now + DELIVERY_LEASE


# --- tenants


@dataclass(frozen=True, slots=True)
class TenantView:
    """What a tenant has set; `has_secret` tells whether a webhook secret was ever made."""

    webhook_url: str | None = None
    auto_approve_plans: bool = False
    has_secret: bool = False


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook secret, and until when the one before signs beside it."""

    secret: str
    previous_valid_until: datetime | None


def tenant_settings(repository: Repository) -> TenantView:
    """Return what the tenant has set."""
    row = repository.tenant_settings()
    if row is None:
        return TenantView()
    return TenantView(row.webhook_url, row.auto_approve_plans, row.secret is not None)


@_one_transaction
def update_tenant_settings(repository: Repository, changes: Mapping[str, Any]) -> TenantView:
    """Change what the tenant has set: `webhook_url`, `auto_approve_plans`.

    :raise InvalidFields: `has_secret` is given and not what it is.
    """
    row = _settings_row(repository)
    for name, value in changes.items():
        if name != "has_secret":
            setattr(row, name, value)
        elif value != (row.secret is not None):
            raise InvalidFields({"hasSecret": ["Read-only field"]})
    row.updated_at = clock.now()
    repository.flush()
    return TenantView(row.webhook_url, row.auto_approve_plans, row.secret is not None)


@_one_transaction
def rotate_webhook_secret(repository: Repository) -> NewSecret:
    """Make a webhook secret; the one before it signs as well for `SECRET_OVERLAP`."""
    row = _settings_row(repository)
    now = clock.now()
    if row.secret is not None:
        row.previous_secret, row.previous_secret_until = row.secret, now + SECRET_OVERLAP
    row.secret, row.updated_at = signing.new_secret(), now
    return NewSecret(row.secret, row.previous_secret_until)


@_one_transaction
def test_post(repository: Repository, url: str | None) -> Post:
    """Return a signed test event for `url`, by default for where the tenant's events go.

    :raise InvalidFields: there is no such place.
    """
    row = repository.tenant_settings()
    where = url or (row.webhook_url if row is not None else None)
    if where is None:
        raise InvalidFields({"url": ["Required: the tenant has no webhookUrl."]})
    now = clock.now()
    body = payloads.test_body(now, tenant_id=repository.tenant_id)
    headers = signing.headers(_secrets(repository, now), new_id(now), now, body)
    return Post(where, body, headers)


def _settings_row(repository: Repository) -> TenantSettings:
    row = repository.tenant_settings(for_update=True)
    if row is None:
        row = TenantSettings(
            tenant_id=repository.tenant_id, auto_approve_plans=False, updated_at=clock.now()
        )
        repository.add(row)
        repository.flush()
    return row


def _secrets(repository: Repository, now: datetime) -> list[str]:
    """Return the secrets that sign now; one is made where there is none yet."""
    row = repository.tenant_settings()
    if row is None or row.secret is None:
        row = _settings_row(repository)
        row.secret = row.secret or signing.new_secret()
    secrets = [row.secret]
    if row.previous_secret and row.previous_secret_until and now < row.previous_secret_until:
        secrets.append(row.previous_secret)
    return secrets


# --- the list


@_one_transaction
def count_list(repository: Repository, part: int) -> bool:
    """Count older stretches of a tenant's list, so that pages far down are quick to find.

    :param part: a number that grows from call to call: each recounts another part of the blocks.
    :return: whether there is more to count.
    """
    closed = repository.close_blocks(clock.now() - LIST_AGE, most=LIST_BLOCKS)
    repository.recount_blocks(part, LIST_PARTS)
    return closed == LIST_BLOCKS


# --- idempotency


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, kept for its Idempotency-Key.

    :param interview_id: the interview that the answer tells of; the answer goes when it goes.
    """

    status: int
    headers: Mapping[str, str]
    body: str
    interview_id: str | None = None


@_one_transaction
def once(
    repository: Repository, key: str, fingerprint: str, produce: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """Return the answer that a request got the first time, or produce and keep it; True if kept.

    What `produce` writes and the kept answer are on disk together or not at all.

    :raise IdempotencyKeyReused: the key came before with another fingerprint.
    """
    now = clock.now()
    expired = now - timedelta(hours=IDEMPOTENCY_HOURS)
    known = repository.idempotency_key(key)
    if known is not None and known.created_at > expired:
        if known.fingerprint != fingerprint:
            raise IdempotencyKeyReused
        return Answer(known.status, known.headers, known.body, known.interview_id), True
    answer = produce()
    repository.add_idempotency_key(
        IdempotencyKey(
            tenant_id=repository.tenant_id,
            key=key,
            interview_id=answer.interview_id,
            fingerprint=fingerprint,
            status=answer.status,
            headers=dict(answer.headers),
            body=answer.body,
            created_at=now,
        ),
        expired=expired,
    )
    return answer, False


@_one_transaction
def forget_keys(repository: Repository, before: datetime) -> None:
    """Delete a tenant's idempotency keys from before a moment."""
    repository.forget_idempotency_keys(before)


# --- what the use cases share


def _touch(interview: Interview) -> None:
    """Move `updated_at` on, even when the clock goes back, so that the version moves too."""
    interview.updated_at = max(clock.now(), interview.updated_at + timedelta(milliseconds=1))


def _search_text(values: Mapping[str, Any]) -> str:
    parts = (values["candidate_name"], values["candidate_email"], values["position"])
    return "\n".join(folded(part) for part in parts if part)


def _refuse_read_only(interview: Interview, given: Mapping[str, Any]) -> None:
    wrong = [name for name, value in given.items() if getattr(interview, name) != value]
    if wrong:
        raise InvalidFields({api_name(name): ["Read-only field"] for name in wrong})


def _refuse_emptied(changed: Mapping[str, Any]) -> None:
    errors = {}
    for name in REQUIRED_FIELDS:
        if name in changed and not changed[name]:
            least = "Length must be between 1 and 50." if name == "skills" else None
            errors[api_name(name)] = [least or "Field may not be null."]
    if errors:
        raise InvalidFields(errors)


def _refuse_fixed(interview: Interview, changed: Mapping[str, Any], state: State) -> None:
    fixed = list(changed) if state.is_final else []
    if state not in workflow.BRIEF_OPEN_STATES:
        fixed = fixed or [name for name in changed if name in BRIEF_FIELDS]
    if fixed:
        raise FieldsFixed([api_name(name) for name in fixed], state)
    if state is State.SCHEDULED and "scheduled_at" in changed and not changed["scheduled_at"]:
        raise FieldsFixed(["scheduledAt to null"], state)


def _leading_to(current: State, wanted: State, actor: Actor) -> Transition:
    found = workflow.transition_between(current, wanted)
    if found is None:
        allowed = workflow.caller_transitions_from(current, actor.permissions)
        raise TransitionNotAllowed(f"workflowState {wanted}", current, allowed)
    return found
