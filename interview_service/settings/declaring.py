"""What a setting is declared with: its kind, its default, what it says of itself, its limits."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from marshmallow import validate

_INVALID = {"int": "must be a whole number", "bool": "must be true or false"}


class SettingsError(Exception):
    """The environment holds settings that cannot be used.

    :param faults: variable name to what it should be.
    """

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        told = [f"{name}: {fault}" for name, fault in self.faults.items()]
        between = " " if len(told) == 1 else "\n  "
        super().__init__(between.join(["The settings cannot be used:", *told]))


def setting(kind: str, default: Any, doc: str, *, shown: str | None = None, **options: Any) -> Any:
    """Describe a setting: how environs parses it, its default, and what the README says of it."""
    if kind in _INVALID:
        options["error_messages"] = {"invalid": _INVALID[kind]}
    metadata = {"kind": kind, "doc": doc, "options": options, "shown": shown}
    return field(default=default, metadata=metadata)


def positive(most: int) -> validate.Range:
    return validate.Range(1, most, error="must be a whole number from {min} to {max}")


def one_of(*choices: str) -> validate.OneOf:
    return validate.OneOf(choices, error="must be one of {choices}")


RATE = validate.Regexp(
    r"[1-9]\d{0,8} ?(/|per) ?(second|minute|hour|day)$", error="must be like 600/minute"
)
