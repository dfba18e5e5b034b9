"""What a tenant sets for itself, and its webhooks' secret and test."""

import marshmallow as ma
from marshmallow import fields, validate

from interview_service.api.fields import (
    Choice,
    Id,
    Items,
    Minutes,
    StrictBoolean,
    Text,
    Timestamp,
)
from interview_service.api.schemas.base import INTERVIEW_ID, Schema, doc, webhook_url
from interview_service.domain import limits
from interview_service.domain.outbox import DeliveryState
from interview_service.domain.tenant import time_zones
from interview_service.domain.workflow import Event


def _refuse_time_zone(value: str) -> None:
    if value not in time_zones():
        raise ma.ValidationError("Not the name of a time zone, like Europe/Berlin.")


class TenantSettingsSchema(Schema):
    """What a tenant has set for itself."""

    webhook_url = webhook_url("Where events of interviews without a callbackUrl are posted")
    webhook_events = Items(
        Choice("WebhookEventName", Event),
        max_length=len(Event),
        metadata=doc(
            "The events that are sent, wherever they go; empty for all", ["approved", "cancelled"]
        ),
    )
    auto_approve_plans = StrictBoolean(metadata=doc("Approve every plan without asking", False))
    retention_days = Minutes(
        allow_none=True,
        validate=validate.Range(limits.MIN_RETENTION_DAYS, limits.MAX_RETENTION_DAYS),
        metadata=doc(
            "After so many days a candidate's data is erased; null to keep it. Counted from the "
            "final state, else from the last change",
            180,
        ),
    )
    time_zone = Text(
        max_length=limits.TIME_ZONE,
        validate=[_refuse_time_zone],
        metadata=doc("Which one people read times in, by IANA's name", "Europe/Berlin"),
    )
    has_secret = StrictBoolean(metadata=doc("Whether a webhook secret was made; read-only", True))


class TenantSettingsUpdateSchema(TenantSettingsSchema):
    """Any part of a tenant's settings. The rest may be sent back, unchanged."""


class SecretSchema(Schema):
    """A new webhook secret, shown this once."""

    secret = fields.String(metadata=doc("Verify signatures with it", "whsec_…"))
    previous_valid_until = Timestamp(
        allow_none=True, metadata=doc("Until when the previous secret signs as well")
    )


class WebhookTestSchema(Schema):
    """Where to send a test event."""

    url = webhook_url("By default the tenant's webhookUrl")


class WebhookTestReportSchema(Schema):
    """A test event, and what came of it."""

    id = Id(metadata=doc("Its `webhook-id`", INTERVIEW_ID))
    url = fields.String(metadata=doc("Where it goes", "https://ats.example.com/webhook"))
    state = Choice(
        "DeliveryState",
        DeliveryState,
        metadata=doc("PENDING until it was posted; DEAD where it was not taken", "DELIVERED"),
    )
    created_at = Timestamp(metadata=doc("When the test was asked for"))
    status = fields.Integer(allow_none=True, metadata=doc("The HTTP status", 204))
    latency_ms = fields.Integer(
        allow_none=True, metadata=doc("How long it took, in milliseconds", 35)
    )
    answer = fields.String(allow_none=True, metadata=doc("The first 1 KiB of the answer"))
    error = fields.String(allow_none=True, metadata=doc("Why there was no good answer"))
