"""What was said in an interview, turn by turn.

How names are found in it, and kept from an engine, is the business of `transcripts`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

UNKNOWN_SPEAKER = "Unknown"
CANDIDATE = "Candidate"
INTERVIEWER = "Interviewer"


@dataclass(frozen=True, slots=True)
class Turn:
    """One person speaking.

    :param at: when the turn began, in the words of the source (`00:01:05.000`), or None.
    """

    speaker: str
    text: str
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """The turns in the order in which they were spoken."""

    turns: tuple[Turn, ...]

    def to_list(self) -> list[dict[str, Any]]:
        """Return the JSON form: `[{speaker, text, at}]`."""
        return [{"speaker": t.speaker, "text": t.text, "at": t.at} for t in self.turns]

    @classmethod
    def from_list(cls, turns: Iterable[Mapping[str, Any]]) -> "Transcript":
        """Read the JSON form that `to_list` writes; `at` may be absent."""
        return cls(tuple(Turn(t["speaker"], t["text"], t.get("at")) for t in turns))

    def as_text(self) -> str:
        """Return one `Speaker: words` line a turn."""
        return "\n".join(f"{turn.speaker}: {turn.text}" for turn in self.turns)
