"""The files of `deploy/`, and what a test needs to try them."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from tests.conftest import do_without
from tests.documents import ROOT

DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
SITE = DEPLOY / "nginx" / "interview-service.conf"
DOCKER = DEPLOY / "docker"


def _missing(name: str) -> NoReturn:
    do_without(f"{name} is not installed")


def program(name: str) -> str:
    """Return the path of a program, which may be one for administrators."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin") or _missing(name)


def filled_in(file: Path, values: Mapping[str, str]) -> str:
    """Return the text of a file with what an administrator changes in it, each found somewhere."""
    text = file.read_text()
    for placeholder, value in values.items():
        assert placeholder in text, placeholder
        text = text.replace(placeholder, value)
    return text
