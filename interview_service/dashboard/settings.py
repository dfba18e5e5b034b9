"""What a team sets for itself: its time zone, for how long it keeps data, its webhook and more."""

from functools import cache
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
from interview_service.dashboard.words import DELIVERIES, EVENTS
from interview_service.domain import limits
from interview_service.domain.errors import Conflict, InvalidFields, WebhookTestNotFound
from interview_service.domain.outbox import DeliveryState, WebhookTest
from interview_service.domain.tenant import UTC, time_zones
from interview_service.domain.workflow import Event
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
                "timeZone": kept.time_zone,
                "retentionDays": kept.retention_days,
                "webhookUrl": kept.webhook_url,
                "webhookEvents": kept.webhook_events,
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
        zones=_zones(),
        is_listed=any(form.value("timeZone") in names for _, names in _zones()),
        events=EVENTS,
        days=(limits.MIN_RETENTION_DAYS, limits.MAX_RETENTION_DAYS),
        test=test,
        test_stands=_stands(test) if test is not None else None,
        is_pending=test is not None and test.state is DeliveryState.PENDING,
    )
    return page, status


@cache
def _zones() -> list[tuple[str, list[str]]]:
    """Return the time zones by the part of the world that they are in; UTC by itself."""
    parts: dict[str, list[str]] = {}
    for name in sorted(time_zones()):
        part, _, place = name.partition("/")
        if place and part not in ("Etc", "SystemV", "posix", "right"):
            parts.setdefault(part, []).append(name)
    return [("", [UTC]), *parts.items()]


@blueprint.post("/settings")
@requires("tenant:update")
def change_settings() -> Page:
    """Change the settings."""
    form = Form.sent(request.form)
    url = form.url("webhookUrl", limits.URL, allow_private=services().allow_private)
    zone = form.text("timeZone", limits.TIME_ZONE, required=True)
    if zone is not None and zone not in time_zones():
        form.refuse("timeZone", "Choose one of these.")
    days = form.number("retentionDays", limits.MIN_RETENTION_DAYS, limits.MAX_RETENTION_DAYS)
    events = form.among("webhookEvents", Event)
    if form.has_errors:
        return _settings_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    changes = {
        "time_zone": zone,
        "retention_days": days,
        "webhook_url": url,
        "webhook_events": tuple(map(Event, events)),
        "auto_approve_plans": form.ticked("autoApprovePlans"),
    }
    lifecycle.update_tenant_settings(repository(), changes, actor())
    return go_to("settings", said="settings")


@blueprint.post("/settings/secret")
@requires("tenant:update")
def make_secret() -> Page:
    """Make a new webhook secret and show it, this once."""
    return render_template(
        "secret.html", made=lifecycle.rotate_webhook_secret(repository(), actor())
    )


def _stands(test: WebhookTest) -> tuple[str, str]:
    """Return how a test stands, and its shape: one that failed is not tried again."""
    return ("Failed", "bad") if test.state is DeliveryState.DEAD else DELIVERIES[test.state]


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
    return go_to("settings", test=test.id)
