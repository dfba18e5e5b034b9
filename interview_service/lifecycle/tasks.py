"""Interviews as tasks of agents: a page of them, in the order of their last transitions."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from interview_service.domain.errors import InterviewNotFound
from interview_service.domain.workflow import State, WaitingFor, waiting_for
from interview_service.lifecycle.base import Actor
from interview_service.lifecycle.reads import Status, status_of
from interview_service.repository import Repository
from interview_service.repository.tasks import StateFilter, TaskPlace


@dataclass(frozen=True, slots=True)
class TasksPage:
    """A page of tasks, the latest first.

    :param total: how many there are on all pages.
    :param next_place: what the next page follows; None on the last.
    """

    rows: Sequence[Status]
    total: int
    next_place: TaskPlace | None


def page_of_tasks(
    repository: Repository,
    actor: Actor,
    *,
    waits: frozenset[WaitingFor] | None = None,
    states: frozenset[State] | None = None,
    since: datetime | None = None,
    after: TaskPlace | None = None,
    limit: int,
) -> TasksPage:
    """Return one page of interviews, those that last took a transition first.

    :param waits: only interviews that wait for one of these.
    :param states: only interviews in one of these states.
    :param since: only interviews whose last transition is not older.
    :param after: the place that the page follows.
    """
    filters = _filters(waits, states)
    places = repository.tasks.page(filters, since=since, after=after, limit=limit + 1)
    rows = []
    for place in places[:limit]:
        with suppress(InterviewNotFound):  # deleted since
            rows.append(status_of(repository, repository.interviews.get(place.id), actor))
    next_place = places[limit - 1] if len(places) > limit else None
    return TasksPage(rows, repository.tasks.total(filters, since=since), next_place)


def _filters(
    waits: frozenset[WaitingFor] | None, states: frozenset[State] | None
) -> Sequence[StateFilter]:
    """Return what to look for; a state in which a transcript decides is told apart by it."""
    filters = []
    for state in State:
        if states is not None and state not in states:
            continue
        without, with_one = (waiting_for(state, has_transcript=each) for each in (False, True))
        if waits is None or (without in waits and with_one in waits):
            filters.append(StateFilter(state))
        elif without in waits or with_one in waits:
            filters.append(StateFilter(state, has_transcript=with_one in waits))
    return filters


def task_of_interview(repository: Repository, interview_id: str, actor: Actor) -> Status:
    """Return where an interview stands, and what this actor may do about it.

    :raise InterviewNotFound: there is none.
    """
    return status_of(repository, repository.interviews.get(interview_id), actor)
