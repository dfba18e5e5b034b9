"""Events: what is posted to receivers, and what became of it."""

from marshmallow import fields

from interview_service.api.fields import Choice, Id, Timestamp
from interview_service.api.schemas.base import INTERVIEW_ID, PLAN_ID, RUN_ID, Schema, doc
from interview_service.api.schemas.interviews import state
from interview_service.api.schemas.pages import PartMetaSchema
from interview_service.domain.judging import VERDICTS
from interview_service.domain.outbox import DeliveryState
from interview_service.domain.workflow import Transition
from interview_service.webhooks import payloads

WEBHOOK_EVENTS = list(payloads.EVENT_TYPES)


class AttemptSchema(Schema):
    """One try to deliver an event."""

    number = fields.Integer(metadata=doc("From 1", 1))
    status = fields.Integer(allow_none=True, metadata=doc("The HTTP status", 204))
    latency_ms = fields.Integer(metadata=doc("How long it took, in milliseconds", 35))
    answer = fields.String(metadata=doc("The first 1 KiB of the answer"))
    error = fields.String(allow_none=True, metadata=doc("Why there was no good answer"))
    created_at = Timestamp(metadata=doc("When it ended"))


class DeliverySchema(Schema):
    """An event, and what became of it."""

    id = Id(attribute="delivery.id", metadata=doc("Its `webhook-id`", INTERVIEW_ID))
    event = fields.String(
        attribute="delivery.event", metadata=doc("Which event", "interview.approved")
    )
    url = fields.String(
        attribute="delivery.url", metadata=doc("Where it goes", "https://ats.example.com/webhook")
    )
    state = Choice(
        "DeliveryState",
        DeliveryState,
        attribute="delivery.state",
        metadata=doc("How far it is", "DELIVERED"),
    )
    next_attempt_at = Timestamp(
        attribute="delivery.due_at", allow_none=True, metadata=doc("When it is tried next")
    )
    created_at = Timestamp(attribute="delivery.created_at", metadata=doc("When it happened"))
    attempts = fields.List(fields.Nested(AttemptSchema))


class DeliveriesSchema(Schema):
    """A page of the events of an interview, in order."""

    data = fields.List(fields.Nested(DeliverySchema))
    meta = fields.Nested(PartMetaSchema)


class WebhookDataSchema(Schema):
    """What an event is about: ids and states, and nothing of the candidate."""

    interview_id = Id(required=True, metadata=doc("Whose", INTERVIEW_ID))
    run_id = Id(required=True, metadata=doc("Its run", RUN_ID))
    tenant_id = fields.String(required=True, metadata=doc("The tenant", "acme"))
    external_id = fields.String(
        required=True, allow_none=True, metadata=doc("Your own id of it", "req-1")
    )
    transition = Choice(
        "Transition",
        Transition,
        required=True,
        allow_none=True,
        metadata=doc("What happened; null where that was no transition", "APPROVE"),
    )
    previous_state = state(
        "From; null where there was no transition", required=True, allow_none=True
    )
    workflow_state = state("To", "APPROVED", required=True)
    plan_id = Id(required=True, allow_none=True, metadata=doc("Its plan", PLAN_ID))
    assessment_id = Id(
        required=True, allow_none=True, metadata=doc("Its assessment, where there is one")
    )
    decision = Choice(
        "HiringDecision",
        VERDICTS,
        required=True,
        allow_none=True,
        metadata=doc("What people decided, once they have"),
    )


class WebhookEventSchema(Schema):
    """What is posted when an interview has changed; signed as Standard Webhooks says."""

    type = Choice(
        "WebhookEventType",
        WEBHOOK_EVENTS,
        required=True,
        metadata=doc("Which event", "interview.approved"),
    )
    timestamp = Timestamp(required=True, metadata=doc("When", "2024-01-15T10:45:00.000Z"))
    data = fields.Nested(WebhookDataSchema, required=True)
