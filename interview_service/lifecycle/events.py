"""Events of webhooks: written into the outbox with the change that they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass

from interview_service.domain.clock import clock, new_id
from interview_service.domain.interview import Interview, Step
from interview_service.domain.outbox import Delivery, DeliveryState
from interview_service.domain.workflow import TABLE, Event, HistoryEntry
from interview_service.repository import Repository
from interview_service.webhooks import payloads


def webhook_url_of(repository: Repository, interview: Interview) -> str | None:
    """Return where an interview's events go; None for nowhere."""
    return interview.callback_url or repository.settings.webhook_url()


def emit_received(repository: Repository, interview: Interview) -> None:
    """Write the event of an interview that was taken in."""
    _emit(repository, [_Told(Event.RECEIVED, interview)])


def emit_steps(repository: Repository, steps: Sequence[Step]) -> None:
    """Write the events of transitions of one interview, in their order."""
    told = []
    for step in steps:
        event = TABLE[step.entry.transition].event_from(step.entry.previous_state)
        if event is not None:
            told.append(_Told(event, step.interview, step.entry))
    _emit(repository, told)


def emit_scorecard(repository: Repository, interview: Interview) -> None:
    """Write the event of a scorecard that was handed in."""
    _emit(repository, [_Told(Event.SCORECARD_SUBMITTED, interview)])


@dataclass(frozen=True, slots=True)
class _Told:
    """An event, the interview as it is after it, and the transition that it tells of, if any."""

    event: Event
    interview: Interview
    entry: HistoryEntry | None = None


def _emit(repository: Repository, told: Sequence[_Told]) -> None:
    """Put events of one interview into the outbox; each waits while an earlier one is pending."""
    url = webhook_url_of(repository, told[-1].interview) if told else None
    if url is None:
        return
    number, waits = repository.deliveries.queue(told[-1].interview.id)
    for each in told:
        repository.deliveries.add(_delivery(each, url, number, waits))
        repository.work.wake_after_commit(each.interview.id)
        number, waits = number + 1, True


def _delivery(told: _Told, url: str, number: int, waits: bool) -> Delivery:
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
        due_at=None if waits else clock.now(),
        created_at=now,
    )
