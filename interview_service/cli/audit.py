"""`audit`: who did what to which record of a tenant, when."""

from datetime import UTC, datetime

import click

from interview_service.cli.base import repository_of

_DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.command()
@click.option("--tenant", "name", required=True, help="Whose log.")
@click.option("--actor", help="Of this subject; `service` is the command line.")
@click.option("--interview", "interview_id", help="On the interview of this id.")
@click.option("--from", "since", type=_DAY, help="Of this moment or later, in UTC.")
@click.option("--to", "until", type=_DAY, help="Of earlier than this moment, in UTC.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
def audit(
    name: str,
    actor: str | None,
    interview_id: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> None:
    """Print a tenant's audit log, newest first.

    Each line has when, who, what, to which record, which fields, and from where.
    """
    from interview_service.lifecycle import audit as log

    page = log.audit_log(
        repository_of(name),
        limit=limit,
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) if until else None,
        actor=actor,
        interview_id=interview_id,
    )
    for each in page.entries:
        at = each.at.isoformat(timespec="milliseconds")
        fields = ",".join(each.fields) or "-"
        click.echo(
            f"{at}  {each.actor}  {each.action}  {each.target_type}:{each.target_id}  "
            f"{fields}  {each.address or '-'}"
        )
    if not page.entries:
        click.echo("no entries", err=True)
