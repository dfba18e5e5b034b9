"""Events of webhooks, and push notifications: written into the outbox with what they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from interview_service.domain.clock import clock, new_id
from interview_service.domain.interview import Interview, Step
from interview_service.domain.outbox import WEBHOOK, Delivery, DeliveryState
from interview_service.domain.tasks import task_state
from interview_service.domain.workflow import TABLE, Event, HistoryEntry, waiting_for
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
    pending = repository.deliveries.pending(interview.id, WEBHOOK)
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
    number, waits = repository.deliveries.queue(receiver.id, WEBHOOK)
    for each in wanted:
        due = None if waits else due_at or clock.now()
        place = _Place(WEBHOOK, url, number, due)
        _add(repository, each.interview, payloads.type_of(each.event), _body(each), place)
        number, waits = number + 1, True


def _body(told: _Told) -> bytes:
    interview, entry = told.interview, told.entry
    return payloads.body(
        told.event,
        interview.updated_at,
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


def emit_task_update(repository: Repository, interview: Interview) -> None:
    """Write, for everybody who asked to be told, where the task stands that an interview is."""
    body = None
    for config in repository.push_configs.of_interview(interview.id):
        body = body or _task_body(interview)
        number, waits = repository.deliveries.queue(interview.id, config.id)
        place = _Place(config.id, config.url, number, None if waits else clock.now())
        _add(repository, interview, payloads.STATUS_UPDATE, body, place)


def _task_body(interview: Interview) -> bytes:
    state = interview.workflow_state
    waits_for = waiting_for(state, has_transcript=interview.has_transcript)
    return payloads.task_body(
        interview.updated_at,
        interview_id=interview.id,
        run_id=interview.run_id,
        state=task_state(state, waits_for),
        workflow_state=state,
        waiting_for=waits_for,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an event stands in the outbox; without a time it waits for an earlier one."""

    line: str
    url: str
    number: int
    due_at: datetime | None


def _add(
    repository: Repository, interview: Interview, event: str, body: bytes, place: _Place
) -> None:
    now = interview.updated_at
    delivery = Delivery(
        id=new_id(now),
        interview_id=interview.id,
        line=place.line,
        number=place.number,
        event=event,
        url=place.url,
        body=body.decode(),
        state=DeliveryState.PENDING,
        attempt_count=0,
        failure_count=0,
        due_at=place.due_at,
        created_at=now,
    )
    repository.deliveries.add(delivery)
    repository.work.wake_after_commit(interview.id)
