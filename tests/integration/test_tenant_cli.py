"""`interview-service tenant …` and `webhooks …`: for operators, on the database itself."""

from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from click.testing import CliRunner, Result

from interview_service import lifecycle
from interview_service.cli import main
from interview_service.database.session import Database
from interview_service.repository import Repository
from interview_service.webhooks.transport import Outcome
from tests.lives import SOMEBODY


@pytest.fixture
def run(own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on the test's own database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return run


@pytest.fixture
def repository(own_database: Database) -> Repository:
    return Repository(own_database, "acme")


def dead_delivery(repository: Repository) -> tuple[str, str]:
    there = {"callback_url": "https://ats.example.com/hook"}
    interview, _ = lifecycle.create(repository, there, SOMEBODY)
    post = lifecycle.begin_delivery(repository, interview.id)
    assert post is not None
    lifecycle.record_delivery(repository, post, Outcome(410, 3, "", "answered 410"))
    return interview.id, post.delivery_id


def test_a_tenants_settings_are_shown_and_changed(run: Any) -> None:
    assert run("tenant", "show", "acme").output == (
        "webhook URL         none\nwebhook events      all\nwebhook secret      none yet\n"
        "plans are approved  by people\ndata is kept        for ever\ntime zone           UTC\n"
    )
    url = "https://ats.example.com/hook"
    assert run("tenant", "set", "acme", "--webhook-url", url, "--auto-approve").exit_code == 0
    more = ("--webhook-events", "approved, deleted", "--retention-days", "180")
    done = run("tenant", "set", "acme", *more, "--time-zone", "Europe/Berlin")
    assert done.exit_code == 0, done.output
    assert run("tenant", "show", "acme").output == (
        f"webhook URL         {url}\nwebhook events      approved, deleted\n"
        "webhook secret      none yet\nplans are approved  automatically\n"
        "data is kept        for 180 days\ntime zone           Europe/Berlin\n"
    )
    back = ("--webhook-events", "all", "--retention-days", "none", "--time-zone", "UTC")
    assert run("tenant", "set", "acme", *back).exit_code == 0
    assert "events      all\n" in run("tenant", "show", "acme").output
    assert run("tenant", "set", "acme", "--webhook-url", "", "--no-auto-approve").exit_code == 0
    assert run("tenant", "show", "acme").output.startswith("webhook URL         none\n")
    assert run("tenant", "show", "other").output.startswith("webhook URL         none\n")


def test_what_cannot_be_set_is_said_in_one_line(run: Any) -> None:
    refused = run("tenant", "set", "acme", "--webhook-url", "https://127.0.0.1/")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: --webhook-url: ")
    assert len(refused.output.splitlines()) == 1
    nothing = run("tenant", "set", "acme")
    assert nothing.output == "Error: nothing to change: give an option, such as --webhook-url\n"


@pytest.mark.parametrize("name", ["", " acme", "a\nb", "a\udc80", "x" * 101])
def test_a_tenant_that_no_token_can_name_is_refused(run: Any, name: str) -> None:
    refused = run("tenant", "set", name, "--auto-approve")
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: a tenant's name has 1 to 100 printable characters\n",
    )


def test_a_secret_is_printed_when_it_is_made(run: Any) -> None:
    first, second = run("tenant", "rotate-secret", "acme"), run("tenant", "rotate-secret", "acme")
    assert first.stdout.startswith("whsec_")
    assert first.stderr == ""
    assert second.stdout != first.stdout
    assert second.stderr.startswith("events are signed with the previous secret too until ")
    assert "\nwebhook secret      set\n" in run("tenant", "show", "acme").output


def test_dead_events_are_listed_and_redelivered(run: Any, repository: Repository) -> None:
    interview_id, delivery_id = dead_delivery(repository)
    listed = run("webhooks", "list", "--tenant", "acme")
    assert listed.output == (
        f"{interview_id}  {delivery_id}  interview.received  DEAD  attempts=1  next=-  "
        "https://ats.example.com/hook  answered 410\n"
    )
    done = run("webhooks", "redeliver", "--tenant", "acme", interview_id, delivery_id)
    assert done.output == ("interview.received will be posted to https://ats.example.com/hook\n")
    assert run("webhooks", "list", "--tenant", "acme").stdout == ""
    pending = run("webhooks", "list", "--tenant", "acme", "--state", "pending")
    assert delivery_id in pending.output
    assert lifecycle.begin_delivery(repository, interview_id) is not None


def test_events_that_were_tried_in_vain_are_listed_whatever_their_state(
    run: Any, repository: Repository
) -> None:
    _, dead = dead_delivery(repository)
    there = {"callback_url": "https://ats.example.com/hook"}
    waiting, untried = (lifecycle.create(repository, there, SOMEBODY)[0].id for _ in range(2))
    post = lifecycle.begin_delivery(repository, waiting)
    assert post is not None
    lifecycle.record_delivery(repository, post, Outcome(503, 1, "", None))
    listed = run("webhooks", "list", "--tenant", "acme", "--failing").output
    assert [line.split("  ")[:4] for line in listed.splitlines()] == [
        [waiting, post.delivery_id, "interview.received", "PENDING"],
        [ANY, dead, "interview.received", "DEAD"],
    ]
    assert untried not in listed
    other = run("webhooks", "list", "--tenant", "other", "--failing")
    assert (other.stdout, other.stderr) == ("", "no failing events\n")


def test_another_tenants_event_is_not_found(run: Any, repository: Repository) -> None:
    interview_id, delivery_id = dead_delivery(repository)
    stranger = run("webhooks", "redeliver", "--tenant", "other", interview_id, delivery_id)
    assert (stranger.exit_code, stranger.output) == (1, "Error: Interview not found\n")
    unknown = run("webhooks", "redeliver", "--tenant", "acme", interview_id, interview_id)
    assert (unknown.exit_code, unknown.output) == (1, "Error: Delivery not found\n")
