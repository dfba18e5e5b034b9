"""`candidate …`: hand out and erase a candidate's data."""

import sys

import click

from interview_service.cli.base import operator, refusals, repository_of, valid


@click.group()
def candidate() -> None:
    """Hand out and erase candidates' data."""


@candidate.command()
@click.argument("email")
@click.option("--tenant", "name", required=True, help="Whose candidate.")
def export(email: str, name: str) -> None:
    """Print all that is kept on a candidate.

    It is one JSON document of the interviews that have EMAIL as their candidate's.
    """
    from interview_service import lifecycle
    from interview_service.api.exports import document
    from interview_service.domain.clock import clock

    known = _checked(email)
    found = lifecycle.export(repository_of(name), known, operator())
    for piece in document(found, email=known, tenant_id=name, at=clock.now()):
        sys.stdout.buffer.write(piece)
    click.echo()


@candidate.command()
@click.argument("email", required=False)
@click.option("--tenant", "name", required=True, help="Whose candidate.")
@click.option("--interview", "interviews", multiple=True, help="Only from this one; repeatable.")
@click.option("--yes", is_flag=True, help="Do not ask: it cannot be undone.")
def erase(email: str | None, name: str, interviews: tuple[str, ...], yes: bool) -> None:
    """Erase the data of a candidate.

    From all interviews of EMAIL, or from those that --interview names. States, scores, dates and
    decisions stay.
    """
    from interview_service import lifecycle

    if (email is None) is not bool(interviews):
        raise click.ClickException("give EMAIL, or --interview as often as needed")
    known = None if email is None else _checked(email)
    repository = repository_of(name)
    if not yes:
        what = known or f"{len(interviews)} interviews"
        click.confirm(f"Erase the candidate's data of {what}? It cannot be undone", abort=True)
    erased = list(interviews)
    with refusals():
        for each in interviews:
            lifecycle.erase_interview(repository, each, operator())
        if known is not None:
            erased = lifecycle.erase_candidate(repository, known, operator())
    for each in erased:
        click.echo(each)
    click.echo(f"erased from {len(erased)} interviews", err=True)


def _checked(email: str) -> str:
    from interview_service.api.schemas.candidates import CandidateSchema

    checked: str = valid(CandidateSchema(), {"email": email})["email"]
    return checked
