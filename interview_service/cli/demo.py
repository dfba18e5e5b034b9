"""`demo`: one interview from request to verdict against a running service."""

from datetime import timedelta

import click

from interview_service.cli.base import base_url, load_settings
from interview_service.cli.token import new_token
from interview_service.domain.roles import Role


@click.command()
@click.option("--url", default=None, help="Where the service is.  [default: HOST and PORT]")
@click.option("--token", "text", default=None, help="A token; by default one is made.")
@click.option("--tenant", default="demo", show_default=True, help="The tenant of such a token.")
def demo(url: str | None, text: str | None, tenant: str) -> None:
    """Play one interview against a running service.

    From request to verdict, showing each step. Two interviewers hand in a scorecard; with a token
    of your own, you do.
    """
    from interview_service.cli import demo_script

    settings = load_settings()
    if text is None:
        lifetime = timedelta(hours=1)
        text = new_token(settings, tenant, "demo", ["interview:*"], lifetime)
        interviewers = {
            subject: new_token(settings, tenant, subject, [], lifetime, role=Role.INTERVIEWER)
            for subject in ("grace", "alan")
        }
    else:
        interviewers = {"you": text}
    try:
        demo_script.play(url or base_url(settings), text, interviewers)
    except demo_script.DemoFailed as error:
        raise click.ClickException(str(error)) from None
