"""`/tenant`: what a tenant sets for itself, the secret of its webhooks, and a test of them."""

from http import HTTPStatus
from typing import Any

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint
from interview_service.api.schemas.tenant import (
    SecretSchema,
    TenantSettingsSchema,
    TenantSettingsUpdateSchema,
    WebhookTestReportSchema,
    WebhookTestSchema,
)
from interview_service.api.services import actor, repository

blueprint = Blueprint(
    "tenant", __name__, url_prefix="/tenant", description="A tenant's own settings"
)


@blueprint.route("/settings", methods=["GET"])
@blueprint.requires("tenant:read")
@blueprint.response(200, TenantSettingsSchema)
def read_settings() -> Any:
    """Get the tenant's settings"""
    return lifecycle.tenant_settings(repository())


@blueprint.route("/settings", methods=["PUT"])
@blueprint.requires("tenant:update")
@blueprint.arguments(TenantSettingsUpdateSchema, example={"autoApprovePlans": True})
@blueprint.response(200, TenantSettingsSchema)
def update_settings(given: dict[str, Any]) -> Any:
    """Change the tenant's settings

    Takes any part of them. `webhookUrl` gets the events of interviews that have no `callbackUrl`;
    `webhookEvents` chooses among the events of all. Interviews that have stood still for
    `retentionDays` are erased of their candidates' data, which cannot be undone.
    """
    return lifecycle.update_tenant_settings(repository(), given, actor())


@blueprint.route("/webhook/secret", methods=["POST"])
@blueprint.requires("tenant:update")
@blueprint.idempotent
@blueprint.response(201, SecretSchema, secret=True)
def rotate_secret() -> Any:
    """Make a new webhook secret

    Shown this once. Until `previousValidUntil` events are signed with the one before as well, but
    not with those before that: so retry with an Idempotency-Key. Where the first call was answered,
    the retry is 409: the secret is not kept to be shown again.
    """
    return lifecycle.rotate_webhook_secret(repository(), actor())


@blueprint.route("/webhook/test", methods=["POST"])
@blueprint.requires("tenant:update")
@blueprint.arguments(WebhookTestSchema, example={})
@blueprint.response(202, WebhookTestReportSchema)
@blueprint.errors({HTTPStatus.CONFLICT: "A test is under way"})
def begin_webhook_test(given: dict[str, Any]) -> Any:
    """Send a test event

    A signed `webhook.test` goes to the tenant's `webhookUrl`, or to `url`, once. The answer comes
    before it is sent: its `id` finds what came of it. One test is under way at a time.
    """
    return lifecycle.begin_webhook_test(repository(), given.get("url"), actor())


@blueprint.route("/webhook/test/<string:test_id>", methods=["GET"])
@blueprint.requires("tenant:update")
@blueprint.response(200, WebhookTestReportSchema)
@blueprint.errors({HTTPStatus.NOT_FOUND: "The tenant's last test is another one"})
def read_webhook_test(test_id: str) -> Any:
    """Get what came of a test event

    The tenant's last test is kept.
    """
    return lifecycle.webhook_test(repository(), test_id)
