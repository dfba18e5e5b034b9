"""`mail …`: mails that were not sent, and whether any can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from interview_service.cli.base import (
    database_of,
    load_settings,
    mail_of,
    prepare,
    repository_of,
)

if TYPE_CHECKING:
    from interview_service.repository import Repository


@click.group()
def mail() -> None:
    """Inspect mails that were not sent, and test the mail server."""


@mail.command("list")
@click.option("--tenant", "name", help="Whose mails.  [default: every tenant's]")
@click.option("--failing", is_flag=True, help="Those alone whose last attempt failed.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def show(name: str | None, failing: bool, limit: int) -> None:
    """List the mails that wait or were given up.

    Newest first, tenant by tenant. Each line has the tenant, what the mail is for, whom it goes to,
    its state, the number of attempts, when the next one is due, and how the last one ended.
    """
    from interview_service.lifecycle import mails

    found = [
        report
        for repository in _repositories(name)
        for report in mails.mails(repository, limit=limit, failing=failing)
    ]
    for user, waiting in ((each.user, each.mail) for each in found):
        due = waiting.due_at.isoformat(timespec="seconds") if waiting.due_at else "-"
        click.echo(
            f"{user.tenant_id}  {waiting.kind}  {user.email}  {waiting.state}  "
            f"attempts={waiting.attempt_count}  next={due}  {waiting.error or 'not tried yet'}"
        )
    if not found:
        click.echo("no mails that failed" if failing else "no mails that wait", err=True)


def _repositories(name: str | None) -> list[Repository]:
    """Return the repository of a tenant, by default of each that has such mails."""
    from interview_service.repository import Repository, tenants_with_unsent_mails

    if name is not None:
        return [repository_of(name)]
    settings = load_settings()
    prepare(settings)
    database = database_of(settings)
    return [Repository(database, tenant) for tenant in tenants_with_unsent_mails(database)]


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Send a mail to ADDRESS now, and print what the mail server said."""
    from marshmallow import ValidationError, validate

    from interview_service.domain.mail import Result

    try:
        validate.Email()(address)
    except ValidationError:
        raise click.ClickException(f"{address} is no email address") from None
    settings = load_settings()
    sending = mail_of(settings)
    if sending is None:
        raise click.ClickException("no mail is sent: SMTP_URL is not set")
    writer, transport = sending
    outcome = transport.send(writer.test(address))
    status = f"{outcome.status} " if outcome.status is not None else ""
    if outcome.result is not Result.ACCEPTED:
        raise click.ClickException(f"{status}{outcome.said}")
    click.echo(f"{status}{outcome.said}")
