"""Reads the engine's tables, which are TOML files beside the code that they are for."""

import tomllib
from importlib import resources
from typing import Any


def read_table(name: str) -> dict[str, Any]:
    """Return what a table holds, read anew: `work/crafts` is the file `work/crafts.toml`."""
    file = resources.files(__package__).joinpath(f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
