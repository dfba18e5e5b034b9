"""Turns as they are put together from words, and the limits that every transcript keeps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from interview_service.domain import limits
from interview_service.domain.text import unstorable
from interview_service.domain.transcript import Transcript, Turn


class TranscriptUnreadable(Exception):
    """A transcript that cannot be taken.

    :param reason: what is wrong, in words.
    :param line: where in the file, from 1; None where no line is at fault.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line


class TranscriptNotText(TranscriptUnreadable):
    """A file that is no text, in UTF-8 or UTF-16: a document, a recording."""


@dataclass(frozen=True, slots=True)
class ParsedTranscript:
    """What was read from a file.

    :param turns: in the order in which they were spoken.
    :param warnings: sentences for people, on what was not sure.
    """

    turns: tuple[Turn, ...]
    warnings: tuple[str, ...] = ()

    @property
    def transcript(self) -> Transcript:
        """The turns as a value of the domain."""
        return Transcript(self.turns)


def checked(turns: Iterable[Turn]) -> Transcript:
    """Return the turns, trimmed, as a transcript that keeps the limits and the rules of text.

    :raise TranscriptUnreadable: there are no turns or too many; a speaker or text is empty, too
        long, or holds what a database cannot keep. The turn is named as `turns[n]`, from 0.
    """
    kept: list[Turn] = []
    for number, turn in enumerate(turns):
        try:
            for text in (turn.speaker, turn.text, turn.at or ""):
                fault = unstorable(text)
                if fault:
                    raise TranscriptUnreadable(fault)
            kept.append(_within_limits(turn, number))
        except TranscriptUnreadable as error:
            raise TranscriptUnreadable(f"turns[{number}]: {error.reason}") from None
    return _transcript(kept)


def tidy(text: str) -> str:
    """Return a text with single spaces and nothing at either end."""
    return " ".join(text.split())


@dataclass(slots=True)
class _OpenTurn:
    line: int
    speaker: str
    at: str | None
    words: list[str] = field(default_factory=list)
    length: int = -1  # of the words joined by single spaces

    def takes(self, words: str) -> bool:
        return not self.words or self.length + 1 + len(words) <= limits.TURN_TEXT


class TurnBuilder:
    """Puts words together to turns. A speaker who says nothing leaves no turn."""

    def __init__(self) -> None:
        self._closed: list[Turn] = []
        self._open: _OpenTurn | None = None

    @property
    def speaker(self) -> str | None:
        """Who speaks at this point; None before anybody does."""
        return self._open.speaker if self._open else None

    def begin(self, line: int, speaker: str, at: str | None) -> None:
        """Begin a turn."""
        self._close()
        self._open = _OpenTurn(line, tidy(speaker), at)

    def say(self, line: int, text: str, at: str | None = None) -> None:
        """Add words to the turn that has begun; too many go on in a new one."""
        words = tidy(text)
        assert self._open is not None
        if not words:
            return
        if not self._open.takes(words):
            self.begin(line, self._open.speaker, at)
        self._open.words.append(words)
        self._open.length += 1 + len(words)

    def transcript(self) -> Transcript:
        """Return everything that was said.

        :raise TranscriptUnreadable: nothing was said, or a limit is broken.
        """
        self._close()
        return _transcript(self._closed)

    def _close(self) -> None:
        done = self._open
        if done is None or not done.words:
            return
        try:
            turn = Turn(done.speaker, " ".join(done.words), done.at)
            self._closed.append(_within_limits(turn, len(self._closed)))
        except TranscriptUnreadable as error:
            raise TranscriptUnreadable(error.reason, done.line) from None


def _within_limits(turn: Turn, number: int) -> Turn:
    if number >= limits.TURNS:
        raise TranscriptUnreadable(f"there are more than {limits.TURNS} turns")
    turn = replace(turn, speaker=turn.speaker.strip(), text=turn.text.strip())
    lengths = (("speaker", turn.speaker, limits.SPEAKER), ("text", turn.text, limits.TURN_TEXT))
    for name, text, max_length in lengths:
        if not text:
            raise TranscriptUnreadable(f"the {name} is empty")
        if len(text) > max_length:
            raise TranscriptUnreadable(f"the {name} is longer than {max_length} characters")
    return turn


def _transcript(turns: Sequence[Turn]) -> Transcript:
    if not turns:
        raise TranscriptUnreadable("nobody says anything")
    return Transcript(tuple(turns))
