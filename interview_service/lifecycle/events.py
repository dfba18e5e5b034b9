"""Events of webhooks: written into the outbox with the change that they tell of."""

from collections.abc import Sequence

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
    url = webhook_url_of(repository, interview)
    if url is not None:
        _emit(repository, url, Event.RECEIVED, interview, None, waits=False)


def emit_steps(repository: Repository, steps: Sequence[Step]) -> None:
    """Write the events of transitions of one interview, in their order."""
    told = []
    for step in steps:
        event = TABLE[step.entry.transition].event_from(step.entry.previous_state)
        if event is not None:
            told.append((event, step))
    url = webhook_url_of(repository, steps[-1].interview) if told else None
    if url is None:
        return
    waits = repository.deliveries.pending(steps[-1].interview.id) is not None
    for event, step in told:
        _emit(repository, url, event, step.interview, step.entry, waits=waits)
        waits = True


def _emit(
    repository: Repository,
    url: str,
    event: Event,
    interview: Interview,
    entry: HistoryEntry | None,
    *,
    waits: bool,
) -> None:
    """Put an event into the outbox; it waits where an earlier one of the interview is pending."""
    now = interview.updated_at
    body = payloads.body(
        event,
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
    )
    delivery = Delivery(
        id=new_id(now),
        interview_id=interview.id,
        number=interview.transition_count,
        event=payloads.type_of(event),
        url=url,
        body=body.decode(),
        state=DeliveryState.PENDING,
        attempt_count=0,
        failure_count=0,
        due_at=None if waits else clock.now(),
        created_at=now,
    )
    repository.deliveries.add(delivery)
    repository.work.wake_after_commit(interview.id)
