"""The documentation is true: it names all there is to name, and nothing that does not exist."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from interview_service import __version__
from interview_service.cli import main
from interview_service.settings import describe
from tests.documents import OPERATIONS, PAGES, README, ROOT, SETTINGS, code, section

EVERYTHING = "\n".join(PAGES.values())
FOLDERS = ("interview_service", "tests", "docs", "benchmarks", "deploy", ".ci")


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


# --- settings


def test_the_table_of_settings_is_that_of_the_code() -> None:
    heading = "| Variable | Default | What it is |\n|---|---|---|\n"
    table = SETTINGS.split(heading)[1].split("\n\n")[0]
    expected = [f"| `{name}` | {default} | {text} |" for name, default, text in describe()]
    assert table.splitlines() == expected


def test_the_example_of_an_env_file_sets_nothing_that_is_no_setting() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))}
    assert named
    assert named <= {name for name, _, _ in describe()}


# --- commands


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_and_option_is_documented(path: str, command: click.Command) -> None:
    (row,) = [line for line in OPERATIONS.splitlines() if re.match(rf"\| `{path}[ `]", line)]
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


def test_no_command_is_named_that_does_not_exist() -> None:
    known = {path.split()[1] for path, _ in COMMANDS}
    pattern = r"(?:^|`|bin/|run )interview-service ([a-z]+)"
    named = set(re.findall(pattern, EVERYTHING, re.MULTILINE))
    assert named
    assert named <= known


def test_no_make_target_is_named_that_does_not_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make (?:-s )?([a-z-]+)", EVERYTHING, re.MULTILINE))
    assert named <= targets
    assert {"run", "test", "check", "token", "demo"} <= named | {"token"}


# --- what is to be typed in

MARK = re.compile(r"<!-- not typed in by a test: \S.*-->\n$")
ELSEWHERE = {
    "Backup and restore": "tests/integration/test_backup_cli.py",
    "Candidates' data": "tests/integration/test_privacy.py",
    "Mail": "tests/integration/test_mail_cli.py",
    "Moving to another database": "tests/e2e/test_year.py",
    "Upgrade": "tests/e2e/test_year.py",
}
"""Where the commands of a section are tried that no test reads from the page."""


def test_every_command_of_the_operations_is_typed_in_by_a_test_or_marked_as_not() -> None:
    tests = "\n".join(path.read_text() for path in sorted((ROOT / "tests").rglob("test_*.py")))
    unmarked = set()
    for part in OPERATIONS.split("\n## ")[1:]:
        heading, _, text = part.partition("\n")
        before, *blocks = re.split(r"^```(?:console|sql)\n", text, flags=re.MULTILINE)
        for block in blocks:
            if not MARK.search(before):
                unmarked.add(heading)
            before = block
    typed = {each for each in unmarked if f'section(OPERATIONS, "{each}")' in tests}
    assert typed
    assert unmarked - typed <= set(ELSEWHERE)
    for path in ELSEWHERE.values():
        assert (ROOT / path).exists(), path


# --- links and paths


def anchors(markdown: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def links(page: str) -> list[tuple[str, str]]:
    """Return (file, anchor) of each link of a page into the project; either may be empty."""
    return re.findall(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)", PAGES[page])


@pytest.mark.parametrize("page", PAGES)
def test_every_link_into_the_project_leads_somewhere(page: str) -> None:
    for file, anchor in links(page):
        target = (ROOT / page).parent / file if file else ROOT / page
        assert target.exists(), file
        if anchor:
            assert anchor in anchors(target.read_text()), f"{file}#{anchor}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, ahead = set(), ["README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        for file, _ in links(page):
            target = ((ROOT / page).parent / file).resolve()
            name = target.relative_to(ROOT).as_posix() if file else page
            if name in PAGES and name not in reached:
                ahead.append(name)
    assert reached == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_is_named_exists(page: str) -> None:
    pattern = rf"(?<![\w./-])((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]*)"
    for path in re.findall(pattern, PAGES[page]):
        assert (ROOT / path.rstrip(".")).exists(), path


def test_the_map_of_the_readme_shows_what_is_there() -> None:
    (tree,) = [block for block in code(section(README, "The map"), "") if "app.py" in block]
    folder, shown = Path(), set()
    for line in tree.splitlines():
        name = line.split()[0]
        folder = folder if line.startswith("  ") else Path(name)
        path = folder / name if line.startswith("  ") else folder
        assert (ROOT / path).exists(), path
        shown.add(path)
    package = Path("interview_service")
    there = {each.name for each in (ROOT / package).iterdir() if each.name[0] not in "._"}
    there -= {"py.typed"}
    assert there == {each.name for each in shown if each.parent == package}


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= 220


# --- the changelog


def test_the_changelog_begins_with_this_version_or_what_comes_after_it() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    versions = re.findall(r"^## (\S+)", changelog, re.MULTILINE)
    assert versions[versions[0] == "Unreleased"] == __version__


def test_the_wheel_that_is_named_is_the_one_that_is_built() -> None:
    named = set(re.findall(r"interview_service-([^-\s]+)-py3-none-any\.whl", EVERYTHING))
    older = set(re.findall(r"^## (\d\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE))
    assert __version__ in named
    assert named <= {__version__} | older
    assert "interview_service-*" not in EVERYTHING
