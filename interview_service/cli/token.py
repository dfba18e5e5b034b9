"""`token`: tokens signed with the service's own secret."""

import re
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from interview_service.cli.base import connected, create_secret, directory_of, load_settings
from interview_service.cli.users import ROLE
from interview_service.settings import SYMMETRIC, Settings

_DURATION = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Duration(click.ParamType[timedelta]):
    """A duration such as `30m`, `8h` or `7d`."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Parse the text of a duration."""
        if isinstance(value, timedelta):
            return value
        match = _DURATION.fullmatch(value)
        if match is None or not int(match[1]):
            self.fail(f"{value!r} is not a duration: write 30m, 8h or 7d", param, ctx)
        return timedelta(**{_UNITS[match[2]]: int(match[1])})


@click.command()
@click.option("--tenant", required=True, help="Whose data the token gives access to.")
@click.option("--subject", required=True, help="Who the token speaks for.")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    metavar="NAME",
    help="A permission, such as interview:read; repeat for more.  [default: interview:*]",
)
@click.option("--role", type=ROLE, help="A role, instead of permissions.")
@click.option(
    "--expires",
    type=Duration(),
    default="8h",
    show_default=True,
    help="How long the token is valid: 30m, 8h, 7d.",
)
@click.option("--yes", is_flag=True, help="The permissions are meant as they are.")
def token(
    tenant: str,
    subject: str,
    permissions: tuple[str, ...],
    role: str | None,
    expires: timedelta,
    yes: bool,
) -> None:
    """Print a token signed with the service's own secret."""
    settings = load_settings()
    if role is not None and permissions:
        raise click.ClickException("give either --role or --permission")
    if role is not None and settings.role_claim is None:
        raise click.ClickException("JWT_ROLE_CLAIM is none: the service takes no roles of tokens")
    _question(permissions, yes=yes)
    text = new_token(settings, tenant, subject, permissions, expires, role=role)
    _question_tenant(settings, tenant)
    click.echo(text)


def _question(permissions: Sequence[str], *, yes: bool) -> None:
    """Ask about permissions that do not exist: such a token may do nothing by them.

    :raise click.ClickException: nobody is there to answer.
    """
    from interview_service.domain.roles import PERMISSIONS, is_known

    unknown = [each for each in permissions if not is_known(each)]
    if not unknown or yes:
        return
    told = f"there is no permission {', '.join(unknown)}, only {', '.join(PERMISSIONS)}"
    if not sys.stdin.isatty():
        raise click.ClickException(f"{told}; give --yes to make the token all the same")
    click.confirm(f"{told}. Make the token all the same?", abort=True, err=True)


def _question_tenant(settings: Settings, tenant: str) -> None:
    """Warn of a tenant that a database in use has never seen: its name may be misspelt.

    A token can be made before there is a database, and while it is unreachable.
    """
    if settings.is_sqlite and not Path(settings.url.database or "").exists():
        return
    from interview_service.database import schema

    try:
        with connected(settings) as engine:
            is_current = schema.current(engine) == schema.newest()
        directory = directory_of(settings)
        if not is_current or directory.knows_tenant(tenant) or not directory.knows_any_tenant():
            return
    except (click.ClickException, SQLAlchemyError):
        return
    click.echo(
        f"warning: no interview and no user of a tenant {tenant!r} is known: is that its name?",
        err=True,
    )


def new_token(
    settings: Settings,
    tenant: str,
    subject: str,
    permissions: Sequence[str],
    expires: timedelta,
    *,
    role: str | None = None,
) -> str:
    """Return a token that the service accepts.

    :param permissions: by default `interview:*` alone, unless a role is given.
    :raise click.ClickException: tokens are signed elsewhere, or the service would refuse this one.
    """
    from flask import Flask
    from flask_jwt_extended import create_access_token

    from interview_service.api import auth
    from interview_service.api.callers import TokenRefused

    if settings.jwt_algorithm not in SYMMETRIC:
        raise click.ClickException(
            f"JWT_ALGORITHM is {settings.jwt_algorithm}: tokens come from your identity provider"
        )
    is_new = not settings.jwt_secret_key and not settings.secret_file.exists()
    create_secret(settings)
    if is_new:
        click.echo(
            f"created the secret {settings.secret_file.resolve()}: "
            "a service with another INSTANCE_PATH will not accept this token",
            err=True,
        )
    app = Flask("token")
    auth.init_app(app, settings)
    claims: dict[str, Any] = {}
    auth.put(claims, settings.jwt_tenant_claim, tenant)
    if role is not None and settings.role_claim is not None:
        auth.put(claims, settings.role_claim, role)
    else:
        auth.put(claims, settings.jwt_permissions_claim, list(permissions) or ["interview:*"])
    with app.app_context():
        text: str = create_access_token(subject, expires_delta=expires, additional_claims=claims)
        try:
            principal = auth.check(text)
        except TokenRefused as error:
            raise click.ClickException(f"the service would refuse this token: {error}") from None
    if (principal.subject, principal.tenant_id) != (subject, tenant):
        raise click.ClickException(
            f"this token would speak for {principal.subject} of {principal.tenant_id}, because "
            f"JWT_TENANT_CLAIM is {settings.jwt_tenant_claim}"
        )
    return text
