"""The README's five minutes, typed in as printed."""

import json
import os
import subprocess

import pytest

from interview_service.domain.workflow import State
from tests.documents import README, code, section

from .conftest import PATIENCE_SECONDS, Service, Starter, run, until

PORT = "localhost:3009"


class Terminal:
    """A bash into which the README's commands are typed, against a service on another port."""

    def __init__(self, service: Service) -> None:
        self._port = f"127.0.0.1:{service.port}"
        self._typed: list[str] = []

    def set(self, name: str, value: str) -> None:
        """Set a variable, for the reader who looked it up in a response."""
        self._typed.append(f"{name}='{value}'")

    def define(self, commands: str) -> None:
        """Type what has no output of its own."""
        self._typed.append(commands.replace(PORT, self._port))

    def type(self, commands: str) -> list[dict[str, object]]:
        """Run commands after all that was defined, and return the JSON of each response."""
        script = "\n".join([*self._typed, commands.replace(PORT, self._port)])
        done = subprocess.run(
            ["bash", "-c", script.replace("curl ", "curl -sS -w '\\n' ")],
            env={**os.environ, "no_proxy": "*"},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return [json.loads(line) for line in done.stdout.splitlines() if line]


def transitions(block: str) -> tuple[str, list[str]]:
    """Return the shell function that a block defines, and the commands below it."""
    definition, _, rest = block.partition("\n}\n")
    commands: list[str] = []
    for line in rest.splitlines():
        if commands and commands[-1].endswith("\\"):
            commands[-1] += "\n" + line
        else:
            commands.append(line)
    return f"{definition}\n}}", commands


def test_the_five_minutes_lead_from_a_request_to_a_verdict(service: Starter) -> None:
    if subprocess.run(["which", "curl"], capture_output=True, check=False).returncode:
        pytest.fail("the README's commands need curl")
    serving = service("serve")
    terminal = Terminal(serving)
    token, create, look, drive, decide = code(section(README, "Five minutes with curl"), "console")
    assert token == "TOKEN=$(make -s token)\n"
    printed = run(serving.folder, "token", "--tenant", "demo", "--subject", "me")
    terminal.set("TOKEN", printed.stdout.strip())

    (record,) = terminal.type(create)
    assert record["workflowState"] == State.RECEIVED
    named = [line.partition("=...")[0] for line in look.splitlines() if "=..." in line]
    assert named == ["ID", "RUN"]
    terminal.set("ID", str(record["id"]))
    terminal.set("RUN", str(record["runId"]))
    status, plan = (line for line in look.splitlines() if line.startswith("curl"))
    until(lambda: terminal.type(status)[0]["waitingFor"] == "approval", "the plan")
    assert terminal.type(plan)[0]["interviewId"] == record["id"]

    function, commands = transitions(drive)
    terminal.define(function)
    responses = [terminal.type(each)[0] for each in commands]
    assert [each.get("newState") for each in responses] == [
        State.APPROVED,
        State.IN_PROGRESS,
        None,
        None,
        State.COMPLETED,
    ]
    assert len(responses[2]["turns"]) == 2  # type: ignore[arg-type]
    assert responses[3]["submitted"] is True

    assessment, approve, listed = decide.replace("\\\n", " ").splitlines()
    until(lambda: terminal.type(status)[0]["waitingFor"] == "verdict", "the assessment")
    (found,) = terminal.type(assessment)
    assert (found["interviewId"], found["basis"], found["overallScore"]) == (
        record["id"],
        "SCORECARDS",
        80,
    )
    assert terminal.type(approve)[0]["newState"] == State.ASSESSMENT_APPROVED
    (page,) = terminal.type(listed)
    assert [each["id"] for each in page["data"]] == [record["id"]]  # type: ignore[attr-defined]
