"""What `deploy/` holds is sound by the word of systemd, nginx and linters, and fits the code.

No Docker engine is at hand: a linter and the schema of compose files check its files, and nothing
here runs them.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from interview_service.cli import main
from interview_service.settings import Settings, describe
from tests.conftest import do_without
from tests.deploying import DEPLOY, DOCKER, SITE, UNITS, filled_in, program

SERVICE, BACKUP = UNITS / "interview-service.service", UNITS / "interview-service-backup.service"
TIMER = UNITS / "interview-service-backup.timer"
INSTALLED = "/opt/interview-service/bin/interview-service"
STATE = "/var/lib/interview-service"
EXPOSURE = 15  # tenths, as systemd-analyze counts it: 0 is none, 100 all
DOCKERFILE = DOCKER / "Dockerfile"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
NAMES = {name for name, _, _ in describe()}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, arguments)), capture_output=True, text=True, timeout=60, check=False
    )


def assert_command(arguments: list[str]) -> None:
    """Assert that the command line takes these arguments."""
    command: click.Command = main
    while isinstance(command, click.Group):
        command = command.commands[arguments.pop(0)]
    command.make_parser(click.Context(command)).parse_args(arguments)


# --- systemd


def parsed(unit: Path) -> dict[str, dict[str, list[str]]]:
    """Return the values of each setting of each section; a setting may stand several times."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in unit.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and line[0] not in "#;":
            name, _, value = line.partition("=")
            found.setdefault(section, {}).setdefault(name, []).append(value)
    return found


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units in a folder, with a command that is there."""
    there = str(Path(sys.executable).with_name("python"))
    for unit in (SERVICE, BACKUP):
        (tmp_path / unit.name).write_text(filled_in(unit, {INSTALLED: there}))
    (tmp_path / TIMER.name).write_text(TIMER.read_text())
    return tmp_path


def test_systemd_finds_no_fault_in_the_units(units: Path) -> None:
    checked = run(program("systemd-analyze"), "verify", *sorted(units.iterdir()))
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize("unit", [SERVICE, BACKUP], ids=lambda unit: unit.name)
def test_systemd_finds_next_to_nothing_exposed(units: Path, unit: Path) -> None:
    checked = run(
        program("systemd-analyze"),
        "security",
        "--offline=true",
        f"--threshold={EXPOSURE}",
        units / unit.name,
    )
    assert checked.returncode == 0, checked.stdout


def test_the_backup_stands_in_the_sandbox_of_the_service() -> None:
    own = {"Type", "StateDirectory", "ExecStart", "Nice"}
    of_service = {"Restart", "RestartSec", "KillMode", "TimeoutStopSec", "LimitNOFILE"}
    service, backup = parsed(SERVICE)["Service"], parsed(BACKUP)["Service"]
    assert {name: value for name, value in backup.items() if name not in own} == {
        name: value for name, value in service.items() if name not in own | of_service
    }


def test_the_units_call_commands_that_exist_where_the_state_is() -> None:
    service = parsed(SERVICE)["Service"]
    assert service["WorkingDirectory"] == [STATE]
    assert service["StateDirectory"] == [Path(STATE).name]
    command, *arguments = shlex.split(service["ExecStart"][0])
    assert (command, arguments) == (INSTALLED, ["serve"])
    assert_command(arguments)
    command, *arguments = shlex.split(parsed(BACKUP)["Service"]["ExecStart"][0])
    assert (command, arguments[0]) == (INSTALLED, "backup")
    folders = parsed(BACKUP)["Service"]["StateDirectory"][0].split()
    assert arguments[1] in {f"/var/lib/{name}" for name in folders}
    assert TIMER.stem == BACKUP.stem


# --- nginx


def test_the_site_leads_to_where_the_service_listens() -> None:
    targets = re.findall(r"proxy_pass (\S+);", SITE.read_text())
    assert set(targets) == {f"http://127.0.0.1:{Settings().port}"}


def test_the_sites_limit_is_the_services_own() -> None:
    from interview_service.domain.limits import REQUEST_BODY_BYTES

    (limit,) = re.findall(r"client_max_body_size (\d+)m;", SITE.read_text())
    assert int(limit) << 20 == REQUEST_BODY_BYTES


# --- Docker


def test_a_linter_finds_no_fault_in_the_dockerfile() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists():
        do_without("hadolint is not installed")
    checked = run(linter, DOCKERFILE)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_compose_file_is_one_by_the_schema_of_such_files() -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    checked = run(sys.executable, "-m", "check_jsonschema", *schema, DOCKER / "compose.yaml")
    assert checked.returncode == 0, checked.stdout


def instructions(name: str) -> list[str]:
    """Return the arguments of each instruction of this name in the image that is shipped."""
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    (*_, shipped) = re.split(r"^FROM ", text, flags=re.MULTILINE)
    return re.findall(rf"^\s*{name} (.+)$", shipped, re.MULTILINE)


def test_the_image_runs_as_nobody_in_particular_and_fits_the_code() -> None:
    assert instructions("USER") == ["10001"]
    environment = dict(each.split("=", 1) for line in instructions("ENV") for each in line.split())
    assert set(environment) - {"PATH"} <= NAMES
    assert environment["PORT"] == str(Settings().port)
    assert instructions("EXPOSE") == [environment["PORT"]]
    assert instructions("VOLUME") == [environment["INSTANCE_PATH"]]
    assert instructions("ENTRYPOINT") == ['["interview-service"]']
    (command,) = instructions("CMD")
    assert command == '["serve"]'
    assert "/health/ready" in DOCKERFILE.read_text()


def test_the_image_is_built_from_files_that_exist() -> None:
    kept = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    for line in kept:
        if line.startswith("!"):
            assert (DEPLOY.parent / line[1:]).exists(), line
    needed = {"interview_service", "constraints.txt", "pyproject.toml", "README.md", "LICENSE"}
    assert {line[1:] for line in kept if line.startswith("!")} == needed


def test_compose_calls_commands_that_exist_and_sets_what_is_a_setting() -> None:
    own = [each for each in COMPOSE["services"].values() if each["image"] == "interview-service"]
    assert [each["command"] for each in own] == [["db", "upgrade"], ["serve"]]
    for each in own:
        assert_command(list(each["command"]))
        assert set(each["environment"]) <= NAMES
        assert each["environment"]["DATABASE_URL"].startswith("postgresql://interview:")
    for each in COMPOSE["services"].values():
        for source in (str(volume).split(":")[0] for volume in each.get("volumes", ())):
            assert source in COMPOSE["volumes"] or (DOCKER / source).exists()
    for service in COMPOSE["services"].values():
        for name in service.get("depends_on", ()):
            assert name in COMPOSE["services"]
    (port,) = COMPOSE["services"]["service"]["ports"]
    assert port == f"127.0.0.1:3009:{Settings().port}"
