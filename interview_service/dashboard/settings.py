"""What a team sets for itself: its webhook, the secret and a test of it, automatic approval."""

from http import HTTPStatus

from flask import render_template, request

from interview_service import lifecycle
from interview_service.dashboard.blueprint import (
    Page,
    actor,
    blueprint,
    go_to,
    repository,
    requires,
)
from interview_service.dashboard.forms import Form
from interview_service.dashboard.words import DELIVERIES
from interview_service.domain import limits
from interview_service.domain.errors import Conflict, InvalidFields, WebhookTestNotFound
from interview_service.domain.outbox import DeliveryState
from interview_service.web.services import services


@blueprint.get("/settings")
@requires("tenant:read")
def settings() -> Page:
    """Show the settings, and what came of a test where `test` names one."""
    return _settings_page(None)


def _settings_page(
    form: Form | None, status: int = HTTPStatus.OK, problem: str | None = None
) -> Page:
    kept = lifecycle.tenant_settings(repository())
    if form is None:
        form = Form(
            {
                "webhookUrl": kept.webhook_url,
                "autoApprovePlans": ["on"] if kept.auto_approve_plans else [],
            }
        )
    try:
        asked = request.args.get("test", "")
        test = lifecycle.webhook_test(repository(), asked) if asked else None
    except WebhookTestNotFound:
        test = None
    page = render_template(
        "settings.html",
        kept=kept,
        form=form,
        problem=problem,
        test=test,
        test_stands=DELIVERIES[test.state] if test is not None else None,
        is_pending=test is not None and test.state is DeliveryState.PENDING,
    )
    return page, status


@blueprint.post("/settings")
@requires("tenant:update")
def change_settings() -> Page:
    """Change the settings."""
    form = Form.sent(request.form)
    url = form.url("webhookUrl", limits.URL, allow_private=services().allow_private)
    if form.has_errors:
        return _settings_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    changes = {"webhook_url": url, "auto_approve_plans": form.ticked("autoApprovePlans")}
    lifecycle.update_tenant_settings(repository(), changes, actor())
    return go_to("settings", said="settings")


@blueprint.post("/settings/secret")
@requires("tenant:update")
def make_secret() -> Page:
    """Make a new webhook secret and show it, this once."""
    return render_template(
        "secret.html", made=lifecycle.rotate_webhook_secret(repository(), actor())
    )


@blueprint.post("/settings/test")
@requires("tenant:update")
def test_webhook() -> Page:
    """Send a test event."""
    try:
        test = lifecycle.begin_webhook_test(repository(), None, actor())
    except InvalidFields:
        problem = "Enter a webhook address and save it first."
        return _settings_page(None, HTTPStatus.UNPROCESSABLE_ENTITY, problem)
    except Conflict as error:
        return _settings_page(None, HTTPStatus.CONFLICT, str(error))
    return go_to("settings", test=test.id, said="test")
