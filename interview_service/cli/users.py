"""`user …`: the people of a tenant, without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from interview_service.cli.base import (
    confirm_tenant,
    directory_of,
    load_settings,
    operator,
    prepare,
    refusals,
    repository_of,
    valid,
    yes_option,
)
from interview_service.domain.roles import Role

if TYPE_CHECKING:
    from interview_service.domain.accounts import User
    from interview_service.repository import Repository
    from interview_service.settings import Settings

ROLE = click.Choice([each.value for each in Role], case_sensitive=False)
_tenant = click.option(
    "--tenant", "name", help="Whose user; needed where several tenants have one of this email."
)


@click.group()
def user() -> None:
    """Manage the people who sign in."""


@user.command()
@click.argument("email")
@click.option("--tenant", "name", required=True, help="Whose data they work with.")
@click.option("--role", type=ROLE, required=True, help="What they may do.")
@click.option("--name", "shown_as", help="Their name.  [default: the email]")
@yes_option
def add(email: str, name: str, role: str, shown_as: str | None, yes: bool) -> None:
    """Add a user, and print the link with which they set a password.

    The first user of a service is added in the same way; make them an ADMIN.
    """
    from interview_service.api.schemas.accounts import NewUserSchema
    from interview_service.lifecycle import users

    settings = load_settings()
    repository = repository_of(name)
    confirm_tenant(directory_of(settings), name, yes=yes)
    given = valid(NewUserSchema(), {"email": email, "name": shown_as or email, "role": role})
    with refusals():
        made = users.create_user(
            repository,
            given["email"],
            given["name"],
            Role(given["role"]),
            operator(),
            mailed=False,
        )
    _print_link(settings, repository, made)


@user.command("list")
@click.option("--tenant", "name", required=True, help="Whose users.")
def show(name: str) -> None:
    """List a tenant's users.

    Each line has email, role, status, last sign-in, and name.
    """
    from interview_service.lifecycle import users

    repository = repository_of(name)
    after = None
    while True:
        page = users.users(repository, limit=100, after=after)
        for each in page.users:
            last = each.last_sign_in_at
            shown = last.isoformat(timespec="seconds") if last else "never"
            click.echo(f"{each.email}  {each.role}  {each.status}  {shown}  {each.name}")
        if page.next_id is None:
            break
        after = page.next_id
    if after is None and not page.users:
        click.echo("no users", err=True)


@user.command()
@click.argument("email")
@_tenant
def invite(email: str, name: str | None) -> None:
    """Print a new link with which the user EMAIL sets a password.

    Good once, for 72 hours. Using it ends the user's sessions.
    """
    settings, repository, found = _found(email, name)
    _print_link(settings, repository, found)


@user.command("set-role")
@click.argument("email")
@click.argument("role", type=ROLE)
@_tenant
def set_role(email: str, role: str, name: str | None) -> None:
    """Give the user EMAIL another ROLE."""
    from interview_service.lifecycle import users

    _, repository, found = _found(email, name)
    with refusals():
        users.update_user(repository, found.id, users.UserChange(role=Role(role)), operator())
    click.echo(f"{found.email} is {role}")


@user.command()
@click.argument("email")
@_tenant
def disable(email: str, name: str | None) -> None:
    """Sign the user EMAIL out everywhere, and let them in no more."""
    _set_status(email, name, "DISABLED")


@user.command()
@click.argument("email")
@_tenant
def enable(email: str, name: str | None) -> None:
    """Let the user EMAIL sign in again."""
    _set_status(email, name, "ACTIVE")


@user.command()
@click.argument("email")
@_tenant
def remove(email: str, name: str | None) -> None:
    """Remove the user EMAIL; what they have done stays."""
    from interview_service.lifecycle import users

    _, repository, found = _found(email, name)
    with refusals():
        users.delete_user(repository, found.id, operator())
    click.echo(f"{found.email} is removed")


def _set_status(email: str, name: str | None, status: str) -> None:
    from interview_service.domain.accounts import UserStatus
    from interview_service.lifecycle import users

    _, repository, found = _found(email, name)
    with refusals():
        change = users.UserChange(status=UserStatus(status))
        users.update_user(repository, found.id, change, operator())
    click.echo(f"{found.email} is {status}")


def _found(email: str, name: str | None) -> tuple[Settings, Repository, User]:
    """Return the user of an email, and the repository of their tenant.

    :raise click.ClickException: there is none, or several tenants have one.
    """
    from interview_service.lifecycle import users

    settings = load_settings()
    prepare(settings)
    directory = directory_of(settings)
    owners = directory.owners(users.email_digest(email), tenant_id=name)
    if not owners:
        raise click.ClickException(f"there is no user {email}")
    if len(owners) > 1:
        names = ", ".join(each.tenant_id for each in owners)
        raise click.ClickException(f"{email} is a user of each of {names}: give --tenant")
    repository = directory.repository_of(owners[0].tenant_id)
    with refusals():
        return settings, repository, users.user(repository, owners[0].target_id)


def _print_link(settings: Settings, repository: Repository, found: User) -> None:
    from interview_service.domain.accounts import invitation_url
    from interview_service.lifecycle import users

    with refusals():
        link = users.invite(repository, found.id, operator(), mailed=False)
    click.echo(invitation_url(settings.seen_at, link.token))
    until = link.expires_at.isoformat(timespec="seconds")
    click.echo(f"good once, until {until}: hand it to {found.email}", err=True)
    if settings.session_secret() is None:
        click.echo("warning: sign-in is off until JWT_SECRET_KEY is set", err=True)
