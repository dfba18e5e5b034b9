"""Clients that are generated from the document work: one of Python against a running service.

Types for TypeScript are generated and compiled where Node.js and its packages are to be had.
"""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.e2e.conftest import PATIENCE_SECONDS, Service, Starter, until

PACKAGE = "generated_interview_client"
NPM_PACKAGES = ("openapi-typescript@7.13.0", "typescript@5.9.3")
NPM_SECONDS = 240
USE = """\
import type { components, paths } from "./schema";

type Interview = components["schemas"]["Interview"];
type Create = components["schemas"]["InterviewCreate"];
type Answer =
  paths["/api/v1/interviews/{interviewId}"]["get"]["responses"]["200"]["content"]["application/json"];

const create: Create = {
  candidateName: "Jane Smith",
  candidateEmail: "jane@example.com",
  position: "Senior Engineer",
  level: "SENIOR",
  skills: ["TypeScript"],
};
export function stateOf(interview: Answer): Interview["workflowState"] {
  const plan: string | null = interview.planId;
  return plan === null ? interview.workflowState : "PENDING";
}
// @ts-expect-error: it is no level
create.level = "GURU";
"""


@pytest.fixture
def client_package(service: Starter, tmp_path: Path) -> Iterator[tuple[Service, ModuleType]]:
    """A running service, and the client that is generated from the document it serves."""
    serve = service("serve")
    document = tmp_path / "openapi.json"
    document.write_bytes(httpx.get(f"{serve.base}/api/openapi.json").content)
    config = tmp_path / "config.yml"
    config.write_text(json.dumps({"package_name_override": PACKAGE, "post_hooks": []}))
    target = tmp_path / "client"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", str(document), "--config", str(config)),
            *("--output-path", str(target / PACKAGE)),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS * 2,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout + done.stderr
    unsupported = re.findall(r"Unsupported content type (\S+)", said)
    assert sorted(unsupported) == ["application/x-subrip", "text/plain", "text/vtt"], said
    assert said.count("WARNING") == len(unsupported), said
    sys.path.insert(0, str(target))
    yield serve, importlib.import_module(PACKAGE)
    sys.path.remove(str(target))
    for name in [each for each in sys.modules if each.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def part(path: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.{path}")


def test_a_generated_python_client_drives_the_life_of_an_interview(
    client_package: tuple[Service, ModuleType],
) -> None:
    serve, package = client_package
    models = part("models")
    with serve.client() as plain:
        token = plain.headers["Authorization"].removeprefix("Bearer ")
    client = package.AuthenticatedClient(base_url=serve.base, token=token)

    def call(path: str, *arguments: Any, **options: Any) -> Any:
        """Call an operation, and return its answer, which must be one of success."""
        response = part(f"api.{path}").sync_detailed(*arguments, client=client, **options)
        assert response.status_code < 300, response.content
        return response.parsed

    def take(interview_id: UUID, name: str, **more: Any) -> Any:
        body = models.TransitionRequest(transition=models.Transition(name), **more)
        return call("workflow.take_transition", interview_id, body=body)

    made = call(
        "interviews.create_interview",
        body=models.InterviewCreate(
            candidate_name="Jane Smith",
            candidate_email="jane@example.com",
            position="Senior Engineer",
            level=models.Level.SENIOR,
            skills=["TypeScript", "React"],
        ),
        idempotency_key="once",
    )
    assert isinstance(made, models.Interview)
    assert isinstance(made.id, UUID)
    assert (made.workflow_state, made.plan_id) == (models.WorkflowState.RECEIVED, None)

    def status() -> Any:
        return call("interviews.read_status", made.run_id)

    until(lambda: status().workflow_state is models.WorkflowState.PENDING, "the plan")
    assert status().waiting_for is models.WaitingFor.APPROVAL
    plan = call("plans.read_plan", made.id)
    assert sum(each.duration for each in plan.structure.sections) == plan.structure.duration
    own = models.PlanReplace.from_dict({"structure": plan.structure.to_dict()})
    replaced = call("plans.replace_plan", made.id, body=own)
    assert replaced.structure.to_dict() == plan.structure.to_dict()
    assert len(call("plans.read_plans", made.id).data) == 2

    take(made.id, "APPROVE", reason="good")
    scheduled = take(made.id, "SCHEDULE", scheduled_at=datetime(2031, 2, 3, 4, 5, tzinfo=UTC))
    assert scheduled.new_state is models.WorkflowState.SCHEDULED
    take(made.id, "START")
    turns = [
        models.TurnInput(speaker="Interviewer", text="How do you type an API in TypeScript?"),
        models.TurnInput(speaker="Jane Smith", text="I generate TypeScript types from OpenAPI."),
    ]
    words = call("transcripts.put_transcript", made.id, body=models.TranscriptPut(turns=turns))
    assert [each.text for each in words.turns] == [each.text for each in turns]
    take(made.id, "COMPLETE")
    waiting = models.WorkflowState.ASSESSMENT_PENDING
    until(lambda: status().workflow_state is waiting, "the assessment")
    assert call("assessments.read_assessment", made.id).interview_id == made.id
    changed = call(
        "interviews.update_interview", made.id, body=models.InterviewUpdate(company_name="Acme")
    )
    assert changed.company_name == "Acme"
    assert changed.candidate_name == "Jane Smith"
    listed = call("interviews.list_interviews", state=[waiting], limit=1)
    assert ([each.id for each in listed.data], listed.meta.total) == ([made.id], 1)
    history = call("workflow.read_history", made.id)
    assert models.Transition.COMPLETE in [each.transition for each in history.data]
    settings = call("tenant.read_settings")
    assert settings.webhook_url is None
    health = call("health.read_readiness")
    assert (health.status, health.worker.alive) == ("ok", True)

    wrong = part("api.interviews.read_interview").sync_detailed(
        UUID("0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"), client=client
    )
    assert isinstance(wrong.parsed, models.ErrorAnswer)
    assert (wrong.parsed.status_code, wrong.parsed.message) == (404, "Interview not found")
    gone = part("api.interviews.delete_interview").sync_detailed(made.id, client=client)
    client.get_httpx_client().close()
    assert gone.status_code == 204


def _without(reason: str) -> None:
    """Skip the test loudly, or fail it where everything has to be there."""
    if os.environ.get("REQUIRE_NODE") == "1":
        pytest.fail(reason)
    pytest.skip(f"TypeScript is NOT TESTED: {reason}")


@pytest.fixture(scope="session")
def node_tool(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """Runs a tool of the npm packages, which are installed for the tests alone."""
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        _without("there is no Node.js")
    assert npm is not None
    folder = tmp_path_factory.mktemp("node")
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder))
    try:
        done = subprocess.run(
            [npm, "install", *options, *NPM_PACKAGES],
            capture_output=True,
            text=True,
            timeout=NPM_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _without(f"npm did not install {', '.join(NPM_PACKAGES)} in {NPM_SECONDS} s")
    if done.returncode != 0:
        _without(f"npm cannot install {', '.join(NPM_PACKAGES)}: {done.stderr.strip()[-200:]}")

    def run(tool: str, *arguments: str, cwd: Path) -> None:
        command = [str(folder / "node_modules" / ".bin" / tool), *arguments]
        found = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, timeout=NPM_SECONDS, check=False
        )
        assert found.returncode == 0, found.stdout + found.stderr

    return run


def test_generated_typescript_types_compile(
    service: Starter, node_tool: Callable[..., None], tmp_path: Path
) -> None:
    web = service("web")
    folder = tmp_path / "types"
    folder.mkdir()
    document = httpx.get(f"{web.base}/api/openapi.json").content
    (folder / "openapi.json").write_bytes(document)
    node_tool("openapi-typescript", "openapi.json", "--output", "schema.d.ts", cwd=folder)
    (folder / "use.ts").write_text(USE)
    node_tool("tsc", "--strict", "--noEmit", "--skipLibCheck", "false", "use.ts", cwd=folder)
