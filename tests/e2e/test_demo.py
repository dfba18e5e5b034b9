"""`interview-service demo` plays a whole interview, fits the terminal, and says what is wrong."""

from pathlib import Path

import pytest

from interview_service.domain.workflow import State
from tests.integration.chat_server import ChatServer, raw

from .conftest import Starter, free_port, run, until

STEPS = [
    *("VALIDATE VALIDATING_SKILLS service", "GENERATE_PLAN GENERATING_PLAN service"),
    *("PLAN_READY PENDING service", "APPROVE APPROVED demo", "SCHEDULE SCHEDULED demo"),
    *("START IN_PROGRESS demo", "COMPLETE COMPLETED demo"),
    *("ASSESSMENT_READY ASSESSMENT_PENDING service",),
    *("APPROVE_ASSESSMENT ASSESSMENT_APPROVED demo",),
]


@pytest.mark.parametrize("columns", ["80", "120"])
def test_it_shows_every_step_in_full_at_the_terminals_width(
    columns: str, service: Starter, tmp_path: Path
) -> None:
    serving = service("serve")
    played = run(tmp_path, "demo", settings={**serving.settings, "COLUMNS": columns})
    assert (played.returncode, played.stderr) == (0, "")
    lines = [line.rstrip() for line in played.stdout.splitlines()]
    assert max(map(len, lines)) <= int(columns)
    assert "…" not in played.stdout
    titles = {"Scores, people's own", "Evidence, the candidate's own words", "History"}
    assert {"Plan, 60 minutes", *titles} <= set(lines)
    history = [line for line in lines[lines.index("History") :] if line.startswith("│")]
    told = [" ".join(line.replace("│", " ").split()[:3]) for line in history]
    assert told == STEPS
    assert "✓ Scorecard  grace: HIRE" in lines
    assert "✓ Scorecard  alan: NO_HIRE" in lines
    assert any(line.startswith("╭─ NO_HIRE, ") and " of 100, SPLIT " in line for line in lines)
    assert "✓ Decided  HIRE by demo: We talked it over" in " ".join(lines)
    assert "answered" in played.stdout
    address = next(line for line in lines if line.startswith("http"))
    interview = address.removeprefix(f"http://localhost:{serving.port}/interviews/")
    with serving.client("demo") as client:
        assert client.get(f"/interviews/{interview}").json()["decision"] == "HIRE"
    assert "in there as somebody of the team demo" in played.stdout


def test_a_tenant_is_filled_with_interviews_in_every_state_that_lasts(
    service: Starter, tmp_path: Path
) -> None:
    serving = service("serve")
    for made in (30, 0):  # a second time does no harm
        played = run(tmp_path, "demo", "--seed", settings=serving.settings)
        assert (played.returncode, played.stderr) == (0, "")
        assert f"{made} interviews were put in; {30 - made} were there already." in played.stdout
        assert f"http://localhost:{serving.port}/interviews\n" in played.stdout
    with serving.client("demo") as client:
        counts = client.get("/interviews/counts").json()
        passing = {State.RECEIVED, State.VALIDATING_SKILLS, State.GENERATING_PLAN}
        assert {State(each) for each, count in counts["byState"].items() if not count} == passing
        assert counts["total"] == 30
        pending = client.get("/interviews?sort=-overallScore&state=ASSESSMENT_PENDING").json()
        told = [
            client.get(f"/interviews/{each['id']}/assessment").json() for each in pending["data"]
        ]
        assert {each["agreement"] for each in told} == {"SPLIT", "MIXED", "UNANIMOUS"}
        failing = client.get("/interviews?externalId=demo-22").json()["data"][0]["id"]
        path = f"/interviews/{failing}/deliveries"
        until(lambda: client.get(path).json()["data"][0]["attempts"], "a webhook that fails")
        assert client.get(path).json()["data"][0]["attempts"][0]["error"]


def test_without_a_service_it_says_how_to_start_one(tmp_path: Path) -> None:
    port = free_port()
    played = run(tmp_path, "demo", "--token", "t", settings={"PORT": str(port)})
    assert (played.returncode, played.stdout, played.stderr) == (
        1,
        "",
        f"Error: no service answers at http://127.0.0.1:{port} (ConnectError): start one with "
        "interview-service serve, or make run in a clone\n",
    )


def test_a_token_that_is_refused_is_told_in_one_line(service: Starter, tmp_path: Path) -> None:
    settings = service("web").settings
    for token, reason in (
        ("bad", "POST /interviews answered 401: Token is invalid"),
        ("böse", "this is not a token: it has characters that no token has"),
    ):
        played = run(tmp_path, "demo", "--token", token, settings=settings)
        assert (played.returncode, played.stderr) == (1, f"Error: {reason}\n")


def test_something_else_that_answers_is_told_from_the_service(tmp_path: Path) -> None:
    with ChatServer(raw(b"<html>hello</html>", "text/html")) as other:
        url = other.url.removesuffix("/v1")
        played = run(tmp_path, "demo", "--token", "t", "--url", url)
    assert (played.returncode, played.stderr) == (
        1,
        f"Error: what answers at {url} is not Interview Service\n",
    )
