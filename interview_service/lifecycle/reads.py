"""What is read of interviews: one, a page of them, where one stands, and what it went through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from interview_service.domain.clock import clock
from interview_service.domain.completeness import MissingItem
from interview_service.domain.errors import NotScheduled
from interview_service.domain.interview import Interview
from interview_service.domain.workflow import (
    HistoryEntry,
    State,
    Transition,
    WaitingFor,
    caller_transitions_from,
    waiting_for,
)
from interview_service.lifecycle.base import Actor, PartPage
from interview_service.lifecycle.blindness import SeenInterview, seen
from interview_service.lifecycle.briefs import missing_of
from interview_service.lifecycle.scorecards import missing_scorecards
from interview_service.repository import Repository


def interview(repository: Repository, interview_id: str, actor: Actor) -> SeenInterview:
    """Return an interview, as the actor may see it.

    :raise InterviewNotFound: there is none.
    """
    return seen(repository, repository.interviews.get(interview_id), actor)


def interviews_of_candidate(
    repository: Repository, email: str, actor: Actor, *, limit: int
) -> list[Interview]:
    """Return a candidate's interviews, found by their email in any case, newest first."""
    ids = repository.interviews.of_candidate(email, limit=limit)
    return [
        seen(repository, repository.interviews.get(each), actor).interview for each in reversed(ids)
    ]


def interview_of_run(repository: Repository, run_id: str) -> str:
    """Return the id of a run's interview; an interview's own id does as well.

    :raise InterviewNotFound: there is none.
    """
    return repository.interviews.by_either(run_id).id


def appointment(repository: Repository, interview_id: str) -> Interview:
    """Return an interview that has a time at which it takes place.

    :raise InterviewNotFound: there is none.
    :raise NotScheduled: it has no such time.
    """
    found = repository.interviews.get(interview_id)
    if found.scheduled_at is None:
        raise NotScheduled(found.workflow_state)
    return found


def history_of(
    repository: Repository, interview_id: str, *, limit: int, after: int | None = None
) -> PartPage[HistoryEntry, int]:
    """Return an interview's transitions, oldest first.

    :param after: the number of the transition that the page follows.
    :raise InterviewNotFound: there is no such interview.
    """
    interview = repository.interviews.get(interview_id)
    found = repository.history.of_interview(interview.id, limit=limit + 1, after=after or 0)
    rows = found[:limit]
    return PartPage(rows, rows[-1].number if len(found) > limit else None)


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
    """Where an interview stands, for one caller.

    :param missing_scorecards: those of its interviewers who have handed in none.
    """

    interview: Interview
    waiting_for: WaitingFor | None
    missing: Sequence[MissingItem]
    missing_scorecards: Sequence[str]
    allowed_transitions: Sequence[Transition]
    error: BackgroundError | None


def status(repository: Repository, run_id: str, actor: Actor) -> Status:
    """Return where the interview of a run stands, and what this actor may do about it.

    :param run_id: or the interview's own id.
    :raise InterviewNotFound: there is none.
    """
    return status_of(repository, repository.interviews.by_either(run_id), actor)


def status_of(repository: Repository, found: Interview, actor: Actor) -> Status:
    """Return where an interview stands, and what this actor may do about it."""
    state = found.workflow_state
    error = None
    if found.last_error is not None:
        due_at = None if found.is_leased(clock.now()) else found.due_at
        error = BackgroundError(found.last_error, found.attempts, due_at)
    return Status(
        interview=found,
        waiting_for=waiting_for(state, has_transcript=found.has_transcript),
        missing=missing_of(found) if state is State.INFO_NEEDED else [],
        missing_scorecards=missing_scorecards(repository, found),
        allowed_transitions=caller_transitions_from(state, actor.permissions),
        error=error,
    )
