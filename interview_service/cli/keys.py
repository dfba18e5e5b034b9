"""`key …`: API keys, with which programs call the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from interview_service.cli.base import (
    confirm_tenant,
    directory_of,
    load_settings,
    operator,
    refusals,
    repository_of,
    valid,
    yes_option,
)
from interview_service.cli.token import Duration
from interview_service.cli.users import ROLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interview_service.domain.accounts import ApiKey
    from interview_service.repository import Repository


@click.group()
def key() -> None:
    """Manage a tenant's API keys."""


@key.command()
@click.argument("name")
@click.option("--tenant", required=True, help="Whose data the key gives access to.")
@click.option("--role", type=ROLE, help="What it may do.")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    metavar="NAME",
    help="A permission, such as interview:read, instead of a role; repeat for more.",
)
@click.option("--expires", type=Duration(), help="How long it is good: 8h, 90d.  [default: ever]")
@yes_option
def add(
    name: str,
    tenant: str,
    role: str | None,
    permissions: tuple[str, ...],
    expires: timedelta | None,
    yes: bool,
) -> None:
    """Make a key named NAME, and print it, this once."""
    from interview_service.api.schemas.accounts import NewApiKeySchema
    from interview_service.domain.clock import clock
    from interview_service.domain.roles import Role
    from interview_service.lifecycle import keys

    repository = repository_of(tenant)
    confirm_tenant(directory_of(load_settings()), tenant, yes=yes)
    body: dict[str, Any] = {"name": name}
    if permissions:
        body["permissions"] = list(permissions)
    given = valid(NewApiKeySchema(), body)
    with refusals():
        made = keys.create_key(
            repository,
            given["name"],
            operator(),
            role=Role(role) if role else None,
            permissions=tuple(given.get("permissions", ())),
            expires_at=clock.now() + expires if expires is not None else None,
        )
    click.echo(made.key)


@key.command("list")
@click.option("--tenant", required=True, help="Whose keys.")
def show(tenant: str) -> None:
    """List a tenant's keys.

    Each line has name, beginning, what it may do, when it was last used, its end, and its maker.
    """
    found = False
    for each in _keys(repository_of(tenant)):
        found = True
        held = each.role or ",".join(each.permissions)
        used = each.last_used_at.isoformat(timespec="seconds") if each.last_used_at else "never"
        ends = each.expires_at.isoformat(timespec="seconds") if each.expires_at else "never"
        click.echo(
            f"{each.name}  {each.prefix}…  {held}  used={used}  ends={ends}  by={each.created_by}"
        )
    if not found:
        click.echo("no keys", err=True)


@key.command()
@click.argument("name")
@click.option("--tenant", required=True, help="Whose key.")
def revoke(name: str, tenant: str) -> None:
    """Have the key NAME refused everywhere, within 30 seconds."""
    from interview_service.lifecycle import keys

    repository = repository_of(tenant)
    for each in _keys(repository):
        if each.name == name:
            with refusals():
                keys.revoke_key(repository, each.id, operator())
            click.echo(f"{name} is revoked")
            return
    raise click.ClickException(f"there is no key {name}")


def _keys(repository: Repository) -> Iterator[ApiKey]:
    from interview_service.lifecycle import keys

    after = None
    while True:
        page = keys.api_keys(repository, limit=100, after=after)
        yield from page.keys
        if page.next_id is None:
            return
        after = page.next_id
