"""`token`: tokens signed with the service's own secret."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import click

from interview_service.cli.base import create_secret, load_settings
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
@click.option(
    "--expires",
    type=Duration(),
    default="8h",
    show_default=True,
    help="How long the token is valid: 30m, 8h, 7d.",
)
def token(tenant: str, subject: str, permissions: tuple[str, ...], expires: timedelta) -> None:
    """Print a token signed with the service's own secret."""
    click.echo(new_token(load_settings(), tenant, subject, permissions, expires))


def new_token(
    settings: Settings,
    tenant: str,
    subject: str,
    permissions: Sequence[str],
    expires: timedelta,
) -> str:
    """Return a token that the service accepts.

    :param permissions: by default `interview:*` alone.
    :raise click.ClickException: tokens are signed elsewhere, or the service would refuse this one.
    """
    from flask import Flask
    from flask_jwt_extended import create_access_token

    from interview_service.api import auth

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
    auth.put(claims, settings.jwt_permissions_claim, list(permissions) or ["interview:*"])
    with app.app_context():
        text: str = create_access_token(subject, expires_delta=expires, additional_claims=claims)
        try:
            principal = auth.check(text)
        except auth.TokenRefused as error:
            raise click.ClickException(f"the service would refuse this token: {error}") from None
    if (principal.subject, principal.tenant_id) != (subject, tenant):
        raise click.ClickException(
            f"this token would speak for {principal.subject} of {principal.tenant_id}, because "
            f"JWT_TENANT_CLAIM is {settings.jwt_tenant_claim}"
        )
    return text
