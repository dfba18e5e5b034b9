"""`tenant …`: a tenant's settings."""

from typing import Any

import click

from interview_service.cli.base import (
    confirm_tenant,
    directory_of,
    load_settings,
    operator,
    repository_of,
    valid,
    yes_option,
)


@click.group()
def tenant() -> None:
    """Manage a tenant's settings."""


@tenant.command()
@click.argument("name")
def show(name: str) -> None:
    """Print the settings of the tenant NAME."""
    from interview_service import lifecycle

    view = lifecycle.tenant_settings(repository_of(name))
    kept = "for ever" if view.retention_days is None else f"for {view.retention_days} days"
    click.echo(f"webhook URL         {view.webhook_url or 'none'}")
    click.echo(f"webhook events      {', '.join(view.webhook_events) or 'all'}")
    click.echo(f"webhook secret      {'set' if view.has_secret else 'none yet'}")
    click.echo(f"plans are approved  {'automatically' if view.auto_approve_plans else 'by people'}")
    click.echo(f"data is kept        {kept}")
    click.echo(f"time zone           {view.time_zone}")


@tenant.command("set")
@click.argument("name")
@click.option("--webhook-url", help="Where events are posted; an empty text for nowhere.")
@click.option("--webhook-events", help="Which ones, comma-separated; `all` for all.")
@click.option("--auto-approve/--no-auto-approve", default=None, help="Approve plans automatically.")
@click.option("--retention-days", help="Erase candidates' data after so many days; `none` never.")
@click.option("--time-zone", help="In which people read times, such as Europe/Berlin.")
@yes_option
def change(
    name: str,
    webhook_url: str | None,
    webhook_events: str | None,
    auto_approve: bool | None,
    retention_days: str | None,
    time_zone: str | None,
    yes: bool,
) -> None:
    """Change the settings of the tenant NAME."""
    from interview_service import lifecycle
    from interview_service.api.schemas.tenant import TenantSettingsUpdateSchema
    from interview_service.webhooks.addresses import UrlRefused, check_url

    changes: dict[str, Any] = {}
    if webhook_url is not None:
        changes["webhook_url"] = webhook_url.strip() or None
    if auto_approve is not None:
        changes["auto_approve_plans"] = auto_approve
    changes |= valid(
        TenantSettingsUpdateSchema(), _as_sent(webhook_events, retention_days, time_zone)
    )
    if not changes:
        raise click.ClickException("nothing to change: give an option, such as --webhook-url")
    if changes.get("webhook_url"):
        try:
            check_url(changes["webhook_url"], allow_private=load_settings().webhook_allow_private)
        except UrlRefused as error:
            raise click.ClickException(f"--webhook-url: {error}") from None
    repository = repository_of(name)
    confirm_tenant(directory_of(load_settings()), name, yes=yes)
    lifecycle.update_tenant_settings(repository, changes, operator())
    click.echo("changed")


def _as_sent(
    webhook_events: str | None, retention_days: str | None, time_zone: str | None
) -> dict[str, Any]:
    """Return what was given as a client of the API would send it."""
    body: dict[str, Any] = {}
    if webhook_events is not None:
        names = [each.strip() for each in webhook_events.split(",")]
        body["webhookEvents"] = [] if names == ["all"] else names
    if retention_days is not None:
        days = None if retention_days == "none" else retention_days
        body["retentionDays"] = int(days) if days and days.isdecimal() else days
    if time_zone is not None:
        body["timeZone"] = time_zone
    return body


@tenant.command("rotate-secret")
@click.argument("name")
@yes_option
def rotate_secret(name: str, yes: bool) -> None:
    """Create a new webhook secret for the tenant NAME.

    It is printed once, now. Until the time that is printed with it, events are signed with the
    previous secret too.
    """
    from interview_service import lifecycle

    repository = repository_of(name)
    confirm_tenant(directory_of(load_settings()), name, yes=yes)
    made = lifecycle.rotate_webhook_secret(repository, operator())
    click.echo(made.secret)
    if made.previous_valid_until is not None:
        until = made.previous_valid_until.isoformat(timespec="seconds")
        click.echo(f"events are signed with the previous secret too until {until}", err=True)
