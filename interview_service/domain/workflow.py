"""The life of an interview: one table of transitions, from which everything else is derived.

The table says what may happen in which state, who may do it and with which permission, and what it
brings with it: its event, the work that is due next, and what the interview forgets. Nothing else
in the service decides that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where an interview stands (`workflowState`)."""

    RECEIVED = "RECEIVED"
    VALIDATING_SKILLS = "VALIDATING_SKILLS"
    INFO_NEEDED = "INFO_NEEDED"
    GENERATING_PLAN = "GENERATING_PLAN"
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    ASSESSMENT_PENDING = "ASSESSMENT_PENDING"
    ASSESSMENT_APPROVED = "ASSESSMENT_APPROVED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing can happen any more."""
        return self in FINAL


class Transition(StrEnum):
    """What can happen to an interview."""

    VALIDATE = "VALIDATE"
    REQUEST_INFO = "REQUEST_INFO"
    COMPLETE_INFO = "COMPLETE_INFO"
    GENERATE_PLAN = "GENERATE_PLAN"
    PLAN_READY = "PLAN_READY"
    APPROVE = "APPROVE"
    REJECT = "REJECT"
    MODIFY = "MODIFY"
    SCHEDULE = "SCHEDULE"
    START = "START"
    NO_SHOW = "NO_SHOW"
    COMPLETE = "COMPLETE"
    ASSESSMENT_READY = "ASSESSMENT_READY"
    APPROVE_ASSESSMENT = "APPROVE_ASSESSMENT"
    REJECT_ASSESSMENT = "REJECT_ASSESSMENT"
    CANCEL = "CANCEL"

    @property
    def permission(self) -> str | None:
        """The permission that triggering it wants; None where only the service may."""
        return TABLE[self].permission


class WaitingFor(StrEnum):
    """What has to happen next."""

    INFO = "info"
    PLAN = "plan"
    APPROVAL = "approval"
    SCHEDULE = "schedule"
    START = "start"
    COMPLETION = "completion"
    EVIDENCE = "evidence"
    ASSESSMENT = "assessment"
    VERDICT = "verdict"


FINAL = frozenset({State.REJECTED, State.ASSESSMENT_APPROVED, State.CANCELLED})

UPDATE, APPROVAL = "interview:update", "interview:approve"
SCORE = "interview:score"
"""What handing in a scorecard of one's own wants."""


class Event(StrEnum):
    """What receivers of webhooks are told."""

    RECEIVED = "received"
    INFO_NEEDED = "info_needed"
    INFO_COMPLETED = "info_completed"
    PLAN_GENERATED = "plan_generated"
    APPROVED = "approved"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    RESCHEDULED = "rescheduled"
    NO_SHOW = "no_show"
    STARTED = "started"
    COMPLETED = "completed"
    ASSESSMENT_READY = "assessment_ready"
    ASSESSMENT_APPROVED = "assessment_approved"
    ASSESSMENT_REJECTED = "assessment_rejected"
    CANCELLED = "cancelled"
    SCORECARD_SUBMITTED = "scorecard_submitted"
    CANDIDATE_ERASED = "candidate_erased"
    DELETED = "deleted"


class WorkKind(StrEnum):
    """What an interview needs an engine for."""

    PLAN = "plan"
    ASSESSMENT = "assessment"


_FAILURES = ("attempts", "last_error", "leased_until")
"""What an interview remembers of background work that failed."""

_WISHES = ("feedback", *_FAILURES)
"""What people asked of the engine, and how it failed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    :param permission: what a caller needs; None where only the service triggers it.
    :param event: what receivers are told; None where it is a step on the way to another.
    :param event_within: what they are told where it leads back to the state that it came from.
    :param work: what is due next; of an assessment, only while there are words that no engine has
        read yet.
    :param forgets: attributes of the interview that are empty after it.
    :param gives_feedback: whether its reason is added to what the engine is to heed.
    :param then: what the service takes right after it, where the interview has what comes next.
    :param then_where: the attribute of the interview that has to be there for that.
    :param only_by_name: whether asking for its target state does not ask for it.
    """

    sources: tuple[State, ...]
    target: State
    permission: str | None = None
    event: Event | None = None
    event_within: Event | None = None
    work: WorkKind | None = None
    forgets: tuple[str, ...] = _FAILURES
    gives_feedback: bool = False
    then: Transition | None = None
    then_where: str = ""
    only_by_name: bool = False

    def event_from(self, source: State) -> Event | None:
        """Return what receivers are told of it from this state."""
        within = self.event_within if source is self.target else None
        return within or self.event


_S, _T, _E = State, Transition, Event

TABLE: Mapping[Transition, Rule] = MappingProxyType(
    {
        _T.VALIDATE: Rule(
            sources=(_S.RECEIVED,),
            target=_S.VALIDATING_SKILLS,
            work=WorkKind.PLAN,
            forgets=(),
        ),
        _T.REQUEST_INFO: Rule(
            sources=(_S.RECEIVED, _S.VALIDATING_SKILLS),
            target=_S.INFO_NEEDED,
            event=_E.INFO_NEEDED,
        ),
        _T.COMPLETE_INFO: Rule(
            sources=(_S.INFO_NEEDED,),
            target=_S.VALIDATING_SKILLS,
            permission=UPDATE,
            event=_E.INFO_COMPLETED,
            work=WorkKind.PLAN,
        ),
        _T.GENERATE_PLAN: Rule(
            sources=(_S.VALIDATING_SKILLS,),
            target=_S.GENERATING_PLAN,
            work=WorkKind.PLAN,
            forgets=(),
        ),
        _T.PLAN_READY: Rule(
            sources=(_S.GENERATING_PLAN,),
            target=_S.PENDING,
            event=_E.PLAN_GENERATED,
        ),
        _T.APPROVE: Rule(
            sources=(_S.PENDING,),
            target=_S.APPROVED,
            permission=APPROVAL,
            event=_E.APPROVED,
            forgets=_WISHES,
            then=_T.SCHEDULE,
            then_where="scheduled_at",
        ),
        _T.REJECT: Rule(
            sources=(_S.PENDING,),
            target=_S.REJECTED,
            permission=APPROVAL,
            event=_E.REJECTED,
            forgets=_WISHES,
        ),
        _T.MODIFY: Rule(
            sources=(_S.PENDING,),
            target=_S.GENERATING_PLAN,
            permission=APPROVAL,
            work=WorkKind.PLAN,
            forgets=("plan_id", *_FAILURES),
            gives_feedback=True,
        ),
        _T.SCHEDULE: Rule(
            sources=(_S.APPROVED, _S.SCHEDULED),
            target=_S.SCHEDULED,
            permission=UPDATE,
            event=_E.SCHEDULED,
            event_within=_E.RESCHEDULED,
        ),
        _T.START: Rule(
            sources=(_S.APPROVED, _S.SCHEDULED),
            target=_S.IN_PROGRESS,
            permission=UPDATE,
            event=_E.STARTED,
        ),
        _T.NO_SHOW: Rule(
            sources=(_S.SCHEDULED, _S.IN_PROGRESS),
            target=_S.APPROVED,
            permission=UPDATE,
            event=_E.NO_SHOW,
            forgets=("scheduled_at", *_FAILURES),
            only_by_name=True,
        ),
        _T.COMPLETE: Rule(
            sources=(_S.IN_PROGRESS,),
            target=_S.COMPLETED,
            permission=UPDATE,
            event=_E.COMPLETED,
            work=WorkKind.ASSESSMENT,
            then=_T.ASSESSMENT_READY,
            then_where="assessment_id",
        ),
        _T.ASSESSMENT_READY: Rule(
            sources=(_S.COMPLETED,),
            target=_S.ASSESSMENT_PENDING,
            event=_E.ASSESSMENT_READY,
            work=WorkKind.ASSESSMENT,
            forgets=(),
        ),
        _T.APPROVE_ASSESSMENT: Rule(
            sources=(_S.ASSESSMENT_PENDING,),
            target=_S.ASSESSMENT_APPROVED,
            permission=APPROVAL,
            event=_E.ASSESSMENT_APPROVED,
            forgets=_WISHES,
        ),
        _T.REJECT_ASSESSMENT: Rule(
            sources=(_S.ASSESSMENT_PENDING,),
            target=_S.COMPLETED,
            permission=APPROVAL,
            event=_E.ASSESSMENT_REJECTED,
            work=WorkKind.ASSESSMENT,
            forgets=("assessment_id", "overall_score", "recommendation", "is_read", *_FAILURES),
            gives_feedback=True,
        ),
        _T.CANCEL: Rule(
            sources=tuple(state for state in _S if state not in FINAL),
            target=_S.CANCELLED,
            permission=UPDATE,
            event=_E.CANCELLED,
            forgets=_WISHES,
        ),
    }
)

WORK_IN: Mapping[State, WorkKind] = MappingProxyType(
    {
        State.RECEIVED: WorkKind.PLAN,
        **{rule.target: rule.work for rule in TABLE.values() if rule.work is not None},
    }
)
"""The work that an interview in a state waits for."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A transition that an interview made; `number` counts from 1.

    :param triggered_by: the caller's subject, or `service`.
    """

    interview_id: str
    number: int
    transition: Transition
    previous_state: State
    new_state: State
    triggered_by: str
    reason: str | None
    created_at: datetime


TRANSCRIPT_STATES = frozenset({_S.IN_PROGRESS, _S.COMPLETED, _S.ASSESSMENT_PENDING})
"""States in which a transcript may be written."""

SCORECARD_STATES = frozenset(
    {_S.APPROVED, _S.SCHEDULED, _S.IN_PROGRESS, _S.COMPLETED, _S.ASSESSMENT_PENDING}
)
"""States in which scorecards may be written: from the plan's approval until the verdict."""

BRIEF_OPEN_STATES = frozenset(
    {_S.RECEIVED, _S.VALIDATING_SKILLS, _S.INFO_NEEDED, _S.GENERATING_PLAN, _S.PENDING}
)
"""States in which what feeds the plan may still change."""


def is_allowed(transition: Transition, state: State) -> bool:
    """Tell whether the table allows `transition` in `state`."""
    return state in TABLE[transition].sources


def transitions_from(state: State) -> list[Transition]:
    """Return every transition that the table allows in `state`, in the order of the table."""
    return [transition for transition in Transition if is_allowed(transition, state)]


def caller_transitions_from(state: State, permissions: Iterable[str]) -> list[Transition]:
    """Return the transitions that a caller with these permissions may trigger in `state`."""
    held = frozenset(permissions)
    return [
        transition
        for transition in transitions_from(state)
        if transition.permission is not None and grants(held, transition.permission)
    ]


def grants(held: frozenset[str], required: str) -> bool:
    """Tell whether `held` contains `required`, or the wildcard of its area (`interview:*`)."""
    return required in held or f"{required.partition(':')[0]}:*" in held


def transition_between(source: State, target: State) -> Transition | None:
    """Return the transition that leads from one state to another, or None.

    Where two do, the one that people trigger is meant: it stands later in the table. One that is
    taken by its name only is not found.
    """
    found = [
        t
        for t in transitions_from(source)
        if TABLE[t].target is target and not TABLE[t].only_by_name
    ]
    return next((t for t in found if t.permission is not None), found[0] if found else None)


def waiting_for(state: State, *, has_transcript: bool) -> WaitingFor | None:
    """Say what has to happen next to an interview in `state`; None when it has ended."""
    if state is State.COMPLETED:
        return WaitingFor.ASSESSMENT if has_transcript else WaitingFor.EVIDENCE
    return _WAITING.get(state)


_WAITING: Mapping[State, WaitingFor] = MappingProxyType(
    {
        _S.RECEIVED: WaitingFor.PLAN,
        _S.VALIDATING_SKILLS: WaitingFor.PLAN,
        _S.GENERATING_PLAN: WaitingFor.PLAN,
        _S.INFO_NEEDED: WaitingFor.INFO,
        _S.PENDING: WaitingFor.APPROVAL,
        _S.APPROVED: WaitingFor.SCHEDULE,
        _S.SCHEDULED: WaitingFor.START,
        _S.IN_PROGRESS: WaitingFor.COMPLETION,
        _S.ASSESSMENT_PENDING: WaitingFor.VERDICT,
    }
)
