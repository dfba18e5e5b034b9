"""Where an interview stands, and what else is read of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interview_service.database.models import HistoryEntry, Plan
from interview_service.domain import workflow
from interview_service.domain.completeness import MissingItem
from interview_service.domain.workflow import State, Transition, WaitingFor
from interview_service.lifecycle.base import Actor
from interview_service.lifecycle.transitions import missing_of
from interview_service.lifecycle.work import is_under_way
from interview_service.repository import Page, Repository


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
    interview = repository.interviews.record_by_run(run_id)
    state = State(interview.workflow_state)
    error = None
    if interview.last_error is not None:
        due_at = None if is_under_way(interview) else interview.due_at
        error = BackgroundError(interview.last_error, interview.attempts, due_at)
    return Status(
        interview=interview,
        waiting_for=workflow.waiting_for(state, has_transcript=interview.has_transcript),
        missing=missing_of(interview) if state is State.INFO_NEEDED else [],
        allowed_transitions=workflow.caller_transitions_from(state, actor.permissions),
        error=error,
    )


def interview_of_run(repository: Repository, run_id: str) -> str:
    """Return the id of a run's interview.

    :raise InterviewNotFound: there is none.
    """
    found: str = repository.interviews.record_by_run(run_id).id
    return found


def interview(repository: Repository, interview_id: str) -> Any:
    """Return an interview.

    :raise InterviewNotFound: there is none.
    """
    return repository.interviews.record(interview_id)


def page_of_interviews(
    repository: Repository,
    *,
    state: State | None = None,
    q: str | None = None,
    page: int = 1,
    limit: int,
    after: str | None = None,
) -> Page:
    """Return one page of interviews, newest first, ties by id.

    :param q: part of a name, email or position, in any case.
    :param after: the id of the row that the page follows, instead of its number.
    """
    return repository.lists.page(state=state, q=q, page=page, limit=limit, after=after)


def plans_of(repository: Repository, interview_id: str) -> Sequence[Plan]:
    """Return every plan that an interview ever had, newest first.

    :raise InterviewNotFound: there is no such interview.
    """
    return repository.documents.plans(repository.interviews.record(interview_id).id)


def history_of(repository: Repository, interview_id: str) -> Sequence[HistoryEntry]:
    """Return an interview's transitions, oldest first.

    :raise InterviewNotFound: there is no such interview.
    """
    return repository.documents.history(repository.interviews.record(interview_id).id)
