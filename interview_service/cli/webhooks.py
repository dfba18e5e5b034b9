"""`webhooks …`: the events of a tenant and their delivery."""

import click

from interview_service.cli.base import operator, repository_of


@click.group()
def webhooks() -> None:
    """Inspect a tenant's events and post them again."""


@webhooks.command("list")
@click.option("--tenant", "name", required=True, help="Whose events.")
@click.option(
    "--state",
    type=click.Choice(["PENDING", "DELIVERED", "DEAD"], case_sensitive=False),
    default="DEAD",
    show_default=True,
)
@click.option(
    "--failing",
    is_flag=True,
    help="Those that were not delivered though it was tried: given up, or to be tried again.",
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def show(name: str, state: str, failing: bool, limit: int) -> None:
    """List a tenant's events, newest first.

    Each line has the ids of interview and delivery, as `webhooks redeliver` takes them, the event,
    its state, the number of attempts, when the next one is due, the URL, and how the last attempt
    ended.
    """
    from interview_service.domain.outbox import DeliveryState

    repository = repository_of(name)
    if failing:
        found = repository.deliveries.failing(limit)
    else:
        found = repository.deliveries.in_state(DeliveryState(state.upper()), limit)
    for each in found:
        due = each.due_at.isoformat(timespec="seconds") if each.due_at else "-"
        last = repository.deliveries.last_attempt(each.id)
        outcome = (last.error or last.status) if last else "not tried yet"
        click.echo(
            f"{each.interview_id}  {each.id}  {each.event}  {each.state}  "
            f"attempts={each.attempt_count}  next={due}  {each.url}  {outcome}"
        )
    if not found:
        click.echo(f"no {'failing' if failing else state.upper()} events", err=True)


@webhooks.command()
@click.option("--tenant", "name", required=True, help="Whose event.")
@click.argument("interview_id")
@click.argument("delivery_id")
def redeliver(name: str, interview_id: str, delivery_id: str) -> None:
    """Post an event again, with the same webhook-id."""
    from interview_service import lifecycle
    from interview_service.domain.errors import NotFoundError

    try:
        report = lifecycle.redeliver(repository_of(name), interview_id, delivery_id, operator())
    except NotFoundError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{report.delivery.event} will be posted to {report.delivery.url}")
