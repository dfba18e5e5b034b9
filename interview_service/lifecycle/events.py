"""Events of webhooks: written into the outbox with the change that they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from interview_service.domain.clock import clock, new_id
from interview_service.domain.interview import Interview, Step
from interview_service.domain.outbox import Delivery, DeliveryState
from interview_service.domain.workflow import TABLE, Event, HistoryEntry
from interview_service.repository import Repository
from interview_service.webhooks import payloads


def webhook_url_of(repository: Repository, interview: Interview) -> str | None:
    """Return where an interview's events go; None for nowhere."""
    return interview.callback_url or repository.settings.get().webhook_url


def emit_received(repository: Repository, interview: Interview) -> None:
    """Write the event of an interview that was taken in."""
    _emit(repository, interview, [_Told(Event.RECEIVED, interview)])


def emit_steps(repository: Repository, steps: Sequence[Step]) -> None:
    """Write the events of transitions of one interview, in their order."""
    if steps:
        _emit(repository, steps[-1].interview, _told_of(steps))


def emit_scorecard(repository: Repository, interview: Interview) -> None:
    """Write the event of a scorecard that was handed in."""
    _emit(repository, interview, [_Told(Event.SCORECARD_SUBMITTED, interview)])


def emit_last(
    repository: Repository,
    before: Interview,
    event: Event,
    after: Interview,
    steps: Sequence[Step] = (),
) -> None:
    """Write the event of an erasure or a deletion, in the place of every other of its interview.

    It goes to where events went until then, and holds ids alone. What is being posted is not
    overtaken: it is over before.

    :param before: the interview as it was.
    :param after: as it is now, or was when it was deleted.
    :param steps: the transitions that led there.
    """
    free_at = _free_at(repository, before)
    repository.deliveries.delete_all(before.id)
    bare = replace(after, external_id=None, plan_id=None, assessment_id=None, decision=None)
    _emit(repository, before, [*_told_of(steps), _Told(event, bare)], due_at=free_at)


def _free_at(repository: Repository, interview: Interview) -> datetime | None:
    """Return when what is being posted of an interview's events is over; None where nothing is."""
    pending = repository.deliveries.pending(interview.id)
    if pending is None:
        return None
    attempt = repository.deliveries.last_attempt(pending.id)
    attempts = [attempt] if attempt is not None else []
    return pending.due_at if pending.is_being_posted(attempts, clock.now()) else None


@dataclass(frozen=True, slots=True)
class _Told:
    """An event, the interview as it is after it, and the transition that it tells of, if any."""

    event: Event
    interview: Interview
    entry: HistoryEntry | None = None


def _told_of(steps: Sequence[Step]) -> list[_Told]:
    told = []
    for step in steps:
        event = TABLE[step.entry.transition].event_from(step.entry.previous_state)
        if event is not None:
            told.append(_Told(event, step.interview, step.entry))
    return told


def _emit(
    repository: Repository,
    receiver: Interview,
    told: Sequence[_Told],
    *,
    due_at: datetime | None = None,
) -> None:
    """Put events of one interview into the outbox; each waits while an earlier one is pending.

    :param receiver: the interview whose events go where these go.
    :param due_at: when the first is due; None for at once.
    """
    if not told:
        return
    settings = repository.settings.get()
    url = receiver.callback_url or settings.webhook_url
    wanted = [each for each in told if settings.wants(each.event)]
    if url is None or not wanted:
        return
    number, waits = repository.deliveries.queue(receiver.id)
    for each in wanted:
        due = None if waits else due_at or clock.now()
        repository.deliveries.add(_delivery(each, url, number, due))
        repository.work.wake_after_commit(receiver.id)
        number, waits = number + 1, True


def _delivery(told: _Told, url: str, number: int, due_at: datetime | None) -> Delivery:
    interview, entry = told.interview, told.entry
    now = interview.updated_at
    body = payloads.body(
        told.event,
        now,
        interview_id=interview.id,
        run_id=interview.run_id,
        tenant_id=interview.tenant_id,
        external_id=interview.external_id,
        transition=None if entry is None else entry.transition,
        previous_state=None if entry is None else entry.previous_state,
        workflow_state=interview.workflow_state,
        plan_id=interview.plan_id,
        assessment_id=interview.assessment_id,
        decision=interview.decision,
    )
    return Delivery(
        id=new_id(now),
        interview_id=interview.id,
        number=number,
        event=payloads.type_of(told.event),
        url=url,
        body=body.decode(),
        state=DeliveryState.PENDING,
        attempt_count=0,
        failure_count=0,
        due_at=due_at,
        created_at=now,
    )
