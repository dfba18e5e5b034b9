"""The README is true: it names every setting, command, option and target there is."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from interview_service import __version__
from interview_service.cli import main
from interview_service.settings import describe

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def commands(group: click.Group, path: str) -> list[tuple[str, click.Command]]:
    found = []
    for name, command in group.commands.items():
        whole = f"{path} {name}"
        if isinstance(command, click.Group):
            found += commands(command, whole)
        else:
            found.append((whole, command))
    return found


COMMANDS = commands(main, "interview-service")


def test_the_table_of_settings_is_that_of_the_code() -> None:
    table = README.split("| Variable | Default | What it is |\n|---|---|---|\n")[1].split("\n\n")[0]
    expected = [f"| `{name}` | {default} | {text} |" for name, default, text in describe()]
    assert table.splitlines() == expected


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_and_option_is_in_the_readme(path: str, command: click.Command) -> None:
    (row,) = [line for line in README.splitlines() if re.match(rf"\| `{path}[ `]", line)]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            assert parameter.human_readable_name in row
        else:
            assert any(option in row for option in parameter.opts), parameter.opts
    assert command.help


@pytest.mark.parametrize("path", ["", *sorted({path.split()[1] for path, _ in COMMANDS})])
def test_the_list_of_commands_is_told_in_whole_sentences(path: str) -> None:
    told = CliRunner().invoke(main, [*path.split(), "--help"], terminal_width=80).output
    assert "..." not in told.replace("[ARGS]...", "")
    assert max(map(len, told.splitlines())) <= 80


def test_the_readme_names_no_command_that_is_not_there() -> None:
    known = {path.split()[1] for path, _ in COMMANDS}
    named = set(re.findall(r"(?:^|`|bin/|run )interview-service ([a-z]+)", README, re.MULTILINE))
    assert named <= known


def test_every_make_target_that_the_readme_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make (?:-s )?([a-z-]+)", README, re.MULTILINE))
    assert named <= targets
    assert {"run", "test", "check", "token", "demo"} <= targets


def test_no_link_inside_the_project_is_dead() -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / link).exists(), link


def test_the_changelog_begins_with_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] == __version__
