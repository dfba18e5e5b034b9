"""What use cases share: one transaction, who asks for it, and how what happened is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, Generic, ParamSpec, TypeVar

from interview_service.domain.clock import clock
from interview_service.domain.interview import SERVICE, Interview, Step
from interview_service.domain.workflow import WaitingFor, waiting_for
from interview_service.lifecycle.events import emit_steps, emit_task_update
from interview_service.lifecycle.mail_queue import follow
from interview_service.repository import Repository

P = ParamSpec("P")
R = TypeVar("R")
Item = TypeVar("Item")
Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class PartPage(Generic[Item, Place]):
    """A page of what hangs on an interview, and where the next one begins; None at the end."""

    rows: Sequence[Item]
    next_place: Place | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and what they may do.

    :param request_id: of the request that they ask by, for the audit log.
    :param address: the IP address that they ask from.
    :param is_key: whether it is a program with an API key, which cannot judge as a person does.
    :param email: what their identity provider has verified; None without that.
    """

    subject: str
    permissions: frozenset[str] = field(default_factory=frozenset)
    request_id: str | None = None
    address: str | None = None
    is_key: bool = False
    email: str | None = None


def one_transaction(
    use_case: Callable[Concatenate[Repository, P], R],
) -> Callable[Concatenate[Repository, P], R]:
    """Make a use case one transaction; within another use case, a part of its transaction."""

    @wraps(use_case)
    def run(repository: Repository, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return repository.work.run(lambda: use_case(repository, *args, **kwargs))

    return run


def keep(
    repository: Repository,
    before: Interview,
    after: Interview,
    steps: Sequence[Step] = (),
    *,
    by_card: bool = False,
) -> Interview:
    """Write what became of an interview, with its history, events and mails; return it as kept.

    :param before: as it was read, locked.
    :param steps: the transitions that it took on the way.
    :param by_card: a scorecard brought the change: work that is under way is still of use.
    """
    kept = repository.interviews.save(before, after, by_card=by_card)
    for step in steps:
        repository.history.add(step.entry)
    emit_steps(repository, steps)
    if steps or _waiting_for(before) is not _waiting_for(kept):
        emit_task_update(repository, kept)
    follow(repository, before, kept)
    if kept.due_at is not None and kept.due_at != before.due_at and kept.due_at <= clock.now():
        repository.work.wake_after_commit(kept.id)
    return kept


def _waiting_for(interview: Interview) -> WaitingFor | None:
    return waiting_for(interview.workflow_state, has_transcript=interview.has_transcript)


__all__ = ["SERVICE", "Actor", "PartPage", "keep", "one_transaction"]
