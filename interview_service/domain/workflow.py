"""The life of an interview: one table of transitions, from which everything else is derived.

The table says what may happen in which state, who may do it and with which permission. Nothing
else in the service decides that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    TRANSCRIPT = "transcript"
    ASSESSMENT = "assessment"
    VERDICT = "verdict"


FINAL = frozenset({State.REJECTED, State.ASSESSMENT_APPROVED, State.CANCELLED})

UPDATE, APPROVAL = "interview:update", "interview:approve"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    :param permission: what a caller needs; None where only the service triggers it.
    """

    sources: tuple[State, ...]
    target: State
    permission: str | None


def _rule(sources: Iterable[State], target: State, permission: str | None = None) -> Rule:
    return Rule(tuple(sources), target, permission)


_S, _T = State, Transition

TABLE: Mapping[Transition, Rule] = MappingProxyType(
    {
        _T.VALIDATE: _rule([_S.RECEIVED], _S.VALIDATING_SKILLS),
        _T.REQUEST_INFO: _rule([_S.RECEIVED, _S.VALIDATING_SKILLS], _S.INFO_NEEDED),
        _T.COMPLETE_INFO: _rule([_S.INFO_NEEDED], _S.VALIDATING_SKILLS, UPDATE),
        _T.GENERATE_PLAN: _rule([_S.VALIDATING_SKILLS], _S.GENERATING_PLAN),
        _T.PLAN_READY: _rule([_S.GENERATING_PLAN], _S.PENDING),
        _T.APPROVE: _rule([_S.PENDING], _S.APPROVED, APPROVAL),
        _T.REJECT: _rule([_S.PENDING], _S.REJECTED, APPROVAL),
        _T.MODIFY: _rule([_S.PENDING], _S.GENERATING_PLAN, APPROVAL),
        _T.SCHEDULE: _rule([_S.APPROVED, _S.SCHEDULED], _S.SCHEDULED, UPDATE),
        _T.START: _rule([_S.SCHEDULED], _S.IN_PROGRESS, UPDATE),
        _T.COMPLETE: _rule([_S.IN_PROGRESS], _S.COMPLETED, UPDATE),
        _T.ASSESSMENT_READY: _rule([_S.COMPLETED], _S.ASSESSMENT_PENDING),
        _T.APPROVE_ASSESSMENT: _rule([_S.ASSESSMENT_PENDING], _S.ASSESSMENT_APPROVED, APPROVAL),
        _T.REJECT_ASSESSMENT: _rule([_S.ASSESSMENT_PENDING], _S.COMPLETED, APPROVAL),
        _T.CANCEL: _rule([state for state in _S if state not in FINAL], _S.CANCELLED, UPDATE),
    }
)

TRANSCRIPT_STATES = frozenset({_S.IN_PROGRESS, _S.COMPLETED, _S.ASSESSMENT_PENDING})
"""States in which a transcript may be written."""

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

    Where two do, the one that people trigger is meant: it stands later in the table.
    """
    found = [t for t in transitions_from(source) if TABLE[t].target is target]
    return next((t for t in found if t.permission is not None), found[0] if found else None)


def waiting_for(state: State, *, has_transcript: bool) -> WaitingFor | None:
    """Say what has to happen next to an interview in `state`; None when it has ended."""
    if state is State.COMPLETED:
        return WaitingFor.ASSESSMENT if has_transcript else WaitingFor.TRANSCRIPT
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
