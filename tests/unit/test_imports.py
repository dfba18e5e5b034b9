"""The package declares what its code imports, and the domain imports nothing of it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "interview_service"
NOT_IMPORTED = {
    "psycopg": "SQLAlchemy imports it",
    "pymysql": "SQLAlchemy imports it",
    "anthropic": "Agno imports it",
    "ollama": "Agno imports it",
    "openai": "Agno imports it",
    "redis": "limits imports it",
}


def imported(folder: Path) -> Iterator[str]:
    """Yield the dotted names of all modules that the files below a folder import."""
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module is not None, file
                yield node.module


def foreign(folder: Path) -> set[str]:
    """Return the top-level packages, of others, that the files below a folder import."""
    tops = {name.partition(".")[0] for name in imported(folder)}
    return tops - set(sys.stdlib_module_names) - {"interview_service"}


def declared() -> set[str]:
    """Return the distributions that the package itself needs, with all extras except `dev`."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = list(project["dependencies"])
    for extra, more in project["optional-dependencies"].items():
        wanted += more if extra != "dev" else ()
    return {re.split(r"[\[>]", each)[0] for each in wanted}


def test_the_domain_imports_the_standard_library_and_itself_alone() -> None:
    domain = PACKAGE / "domain"
    assert foreign(domain) == set()
    own = {name for name in imported(domain) if name.startswith("interview_service")}
    assert {".".join(name.split(".")[:2]) for name in own} == {"interview_service.domain"}


def test_every_import_is_declared_and_every_declaration_is_imported() -> None:
    distributions = packages_distributions()
    found = {distributions[name][0].lower().replace("_", "-") for name in foreign(PACKAGE)}
    assert found | set(NOT_IMPORTED) == declared()
