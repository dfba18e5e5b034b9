"""The command line, `interview-service …`: a thin layer over what the other modules do.

Each file holds a group of commands. What a command needs beyond click and the settings it imports
when it runs, so that `--help` and the like answer at once.
"""

import click

from interview_service import __version__

from . import (
    audit,
    backup,
    candidate,
    db,
    demo,
    keys,
    mail,
    moving,
    openapi,
    running,
    tenant,
    token,
    users,
    webhooks,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="interview-service")
def main() -> None:
    """Interview Service keeps the record of every job interview, from request to verdict.

    Settings are read from the environment and from a .env file in the working directory;
    docs/settings.md lists them.
    """


for _command in (
    running.serve,
    running.web,
    running.worker,
    db.db,
    token.token,
    users.user,
    keys.key,
    audit.audit,
    candidate.candidate,
    tenant.tenant,
    webhooks.webhooks,
    mail.mail,
    demo.demo,
    backup.backup,
    backup.restore,
    moving.export_,
    moving.import_,
    openapi.openapi,
):
    main.add_command(_command)
