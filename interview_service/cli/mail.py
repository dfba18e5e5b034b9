"""`mail …`: the mails of a tenant, and whether mail can be sent at all."""

import click

from interview_service.cli.base import load_settings, mail_of, repository_of


@click.group()
def mail() -> None:
    """Inspect a tenant's mails, and test the mail server."""


@mail.command("list")
@click.option("--tenant", "name", required=True, help="Whose mails.")
@click.option("--failing", is_flag=True, help="Only those whose last attempt failed.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def show(name: str, failing: bool, limit: int) -> None:
    """List a tenant's mails that wait or were given up.

    Newest first. Each line has what it is for, whom it goes to, its state, the number of attempts,
    when the next one is due, and how the last one ended.
    """
    from interview_service.lifecycle import mails

    found = mails.mails(repository_of(name), limit=limit, failing=failing)
    for each in found:
        waiting = each.mail
        due = waiting.due_at.isoformat(timespec="seconds") if waiting.due_at else "-"
        click.echo(
            f"{waiting.kind}  {each.user.email}  {waiting.state}  "
            f"attempts={waiting.attempt_count}  next={due}  {waiting.error or 'not tried yet'}"
        )
    if not found:
        click.echo("no mails that failed" if failing else "no mails that wait", err=True)


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
    outcome = transport.send(writer.test(address), address)
    status = f"{outcome.status} " if outcome.status is not None else ""
    if outcome.result is not Result.ACCEPTED:
        raise click.ClickException(f"{status}{outcome.said}")
    click.echo(f"{status}{outcome.said}")
