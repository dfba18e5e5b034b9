"""`demo`: one interview from request to verdict, or thirty of a team, in a running service."""

import shlex
from datetime import timedelta

import click

from interview_service.cli.base import base_url, load_settings
from interview_service.cli.token import new_token
from interview_service.domain.roles import Role

INTERVIEWERS = ("grace", "alan")
_LIFETIME = timedelta(hours=1)


@click.command()
@click.option("--url", default=None, help="Where the service is.  [default: HOST and PORT]")
@click.option("--token", "text", default=None, help="A token; by default one is made.")
@click.option("--tenant", default="demo", show_default=True, help="The tenant of such a token.")
@click.option("--seed", is_flag=True, help="Fill the tenant with thirty interviews instead.")
def demo(url: str | None, text: str | None, tenant: str, seed: bool) -> None:
    """Play one interview against a running service.

    From request to verdict, showing each step. Two interviewers hand in a scorecard; with a token
    of your own, you do.

    With --seed, thirty interviews for six positions are there afterwards, as a team has
    them. What is there already stays as it is.
    """
    from interview_service.cli import demo_script, demo_seed

    settings = load_settings()
    if text is None:
        text = new_token(settings, tenant, "demo", ["interview:*"], _LIFETIME)
        interviewers = {
            subject: new_token(settings, tenant, subject, [], _LIFETIME, role=Role.INTERVIEWER)
            for subject in INTERVIEWERS
        }
    else:
        interviewers = {"you": text}
    play = demo_seed.play if seed else demo_script.play
    pages = url or settings.seen_at
    is_shown = settings.dashboard == "on"
    try:
        play(url or base_url(settings), text, interviewers, pages if is_shown else None)
    except demo_script.DemoFailed as error:
        raise click.ClickException(str(error)) from None
    if is_shown and INTERVIEWERS[0] in interviewers:
        _say_how_to_sign_in(tenant)


def _say_how_to_sign_in(tenant: str) -> None:
    click.echo(
        f"Sign in there as somebody of the team {tenant}. If there is nobody yet, begin by\n"
        f"the link that the service printed, with {tenant} as your team's short name, or:\n"
        f"  interview-service user add you@example.com --tenant {shlex.quote(tenant)} --role ADMIN"
    )
