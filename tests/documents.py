"""The project's documentation, as the tests that hold it to the code read it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for path in (
        ROOT / "README.md",
        ROOT / "SECURITY.md",
        ROOT / "benchmarks" / "README.md",
        *sorted((ROOT / "docs").rglob("*.md")),
    )
}
README = PAGES["README.md"]
API = PAGES["docs/api.md"]
ARCHITECTURE = PAGES["docs/architecture.md"]
OPERATIONS = PAGES["docs/operations.md"]
SETTINGS = PAGES["docs/settings.md"]


def code(markdown: str, language: str) -> list[str]:
    """Return the code blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE)


def section(markdown: str, heading: str) -> str:
    """Return what stands below a second-level heading."""
    found = markdown.split(f"\n## {heading}\n")
    assert len(found) == 2, f"no section {heading!r}, or several"
    return found[1].split("\n## ")[0]
