"""What people ask for when they send an assessment back, as far as the binder can do it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from interview_service.domain.transcript import CANDIDATE, Transcript
from interview_service.engines.builtin.matching import NAME, Matcher, weight_of
from interview_service.engines.builtin.words import Word, words_of

_MAX_FEEDBACK = 10_000  # characters of one feedback that are read
_MAX_PARTS = 40  # sentences of all feedback that are acted on, from the end
_MAX_ECHO = 160  # characters of a sentence that a note shows
_MAX_TURNS = 10  # that one sentence names
_MEANT = 1.4  # weight from which a sentence is about a criterion

_PART = re.compile(r"[^.!?;\n]+")
_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_TURN_WORDS = frozenset({"turn", "turns"})
_BETWEEN_NUMBERS = frozenset({"and", "or", "to", "no", "nr", "number", "numbers"})
_SPEAKER = re.compile(
    r"\b(?:speakers?|swapped|mixed up|"
    r"wrong (?:person|candidate|speaker|man|woman|one talking)|other way (?:a)?round)\b|"
    r"\bis (?:actually |really )?the (?:candidate|applicant|interviewer|recruiter)\b|"
    r"\bthe (?:candidate|applicant) is (?!not\b|nt\b)(?:actually |really )?(?:called |named )?\w+$"
)
_JUDGING = re.compile(
    r"\b(?:scor\w+|rat(?:e|es|ed|ing|ings)|grad(?:e|ed|es|ing)|recommend\w*|hir(?:e|ed|ing)|"
    r"harsh|generous|strict|"
    r"lenient|correct|incorrect|right answer|wrong answer|judg\w+|opinion|strong|weak|points)\b"
)
_JUDGED = re.compile(r"\b(?:scores?|rating|recommendation|answer (?:is|was) (?:wrong|weak|bad))\b")
_WRONG_PLACE = re.compile(
    r"\b(?:not|isnt|wasnt|arent|doesnt|dont|never|nothing)\b(?: \w+)? ?\b(?:about|belong|"
    r"belongs|to do|"
    r"relevant|answer|answers|answered|asked|covered|evidence|count|concern|concerns|fit)\b|"
    r"\b(?:remove|delete|drop|take out|unrelated|irrelevant|off topic|wrong quotes?|wrong place|"
    r"misplaced|mistaken)\b"
    r"|\b(?:quotes?|quotation|evidence|passages?|excerpts?|citations?)\b(?: \w+){0,8}? "
    r"(?:is|are|was|were|looks?|seems?) (?:\w+ )?(?:wrong|off|false|incorrect|bad|nonsense|rubbish|"
    r"weak|odd|strange)\b"
    r"|\b(?:wrong|false|incorrect|bad|odd) (?:quotes?|quotation|evidence|passages?|excerpts?)\b"
)
_MISSED = re.compile(
    r"\b(?:not|nt|didnt|did not|dont|havent) (?:see|find|found|seen|include|quote)\w*\b"
)


class Act(StrEnum):
    """What to do for a criterion."""

    LOOK_AGAIN = "look again"
    QUOTE = "quote"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that was asked for.

    :param criterion: its number in the plan.
    :param turn: of the transcript; None where none is named.
    :param said: the sentence that asked for it, for a note on what came of it.
    """

    act: Act
    criterion: int
    turn: int | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Requests:
    """All that was asked for, oldest first; `notes` say what was understood and what was not."""

    wanted: tuple[Request, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Reader:
    matcher: Matcher
    transcript: Transcript
    wanted: list[Request] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def read(self, part: str) -> None:
        words = words_of(part)
        if not words:
            return
        plain = " ".join(word.folded for word in words)
        if _SPEAKER.search(plain):
            self.notes.append(
                f"{_echo(part)}: who the candidate is cannot be changed here. Send the transcript "
                "again with candidateSpeaker."
            )
            return
        criteria = self._criteria(words)
        turns = _turns_named(words)
        is_wrong_place = bool(_WRONG_PLACE.search(plain)) and not _MISSED.search(plain)
        if turns:
            for turn in turns:
                self._about_turn(part, turn, criteria, is_wrong_place=is_wrong_place)
        elif criteria and is_wrong_place and not _JUDGED.search(plain):
            self.wanted += [Request(Act.REMOVE, number) for number in criteria]
            self.notes.append(
                f"{_echo(part)}: no words are quoted for {self._names(criteria)} now."
            )
        elif criteria and not _JUDGING.search(plain):
            self.wanted += [
                Request(Act.LOOK_AGAIN, number, said=_echo(part)) for number in criteria
            ]
        elif _JUDGING.search(plain):
            self.notes.append(
                f"{_echo(part)}: the binder scores nobody and recommends nothing, so this changed "
                "nothing. Scorecards are the place for it."
            )
        else:
            self.notes.append(f"{_echo(part)}: this was not understood and changed nothing.")

    def _about_turn(
        self, part: str, turn: int, criteria: Sequence[int], *, is_wrong_place: bool
    ) -> None:
        meant = self._candidates_turn(turn)
        if meant is None:
            self.notes.append(f"{_echo(part)}: the candidate does not speak in turn {turn}.")
            return
        criteria = criteria or self._criteria(words_of(self.transcript.turns[meant].text))[:1]
        if not criteria:
            self.notes.append(
                f"{_echo(part)}: which criterion turn {turn} is about could not be told. Name it."
            )
            return
        act = Act.REMOVE if is_wrong_place else Act.QUOTE
        self.wanted += [Request(act, number, meant) for number in criteria]
        done = "is not quoted" if is_wrong_place else "is quoted"
        self.notes.append(
            f"{_echo(part)}: turn {meant}, counted from 0, {done} for {self._names(criteria)} now."
        )

    def _candidates_turn(self, turn: int) -> int | None:
        """Return the turn that is meant: counted from 0, else from 1, else the reply to it."""
        turns = self.transcript.turns
        for number in (turn, turn - 1, turn + 1):
            if 0 <= number < len(turns) and turns[number].speaker.startswith(CANDIDATE):
                return number
        return None

    def _criteria(self, words: Sequence[Word]) -> list[int]:
        """Return the criteria that words are about, most clearly first."""
        hits = self.matcher.hits(words)
        weights = {number: weight_of(own) for number, own in hits.items()}
        named = [number for number, own in hits.items() if any(hit.label == NAME for hit in own)]
        if named:
            return sorted(named)
        most = max(weights.values(), default=0.0)
        return [number for number in sorted(weights) if weights[number] == most >= _MEANT]

    def _names(self, criteria: Sequence[int]) -> str:
        return " and ".join(self.matcher.profiles[number].criterion.name for number in criteria)


def requests_in(feedback: Sequence[str], matcher: Matcher, transcript: Transcript) -> Requests:
    """Return what people asked for.

    :param feedback: in their words, oldest first.
    """
    reader = _Reader(matcher, transcript)
    parts = [
        part.strip()
        for text in feedback
        for part in _PART.findall(text[:_MAX_FEEDBACK])
        if part.strip()
    ]
    for part in parts[-_MAX_PARTS:]:
        reader.read(part)
    return Requests(tuple(reader.wanted), tuple(dict.fromkeys(reader.notes)))


def _turns_named(words: Sequence[Word]) -> list[int]:
    return list(dict.fromkeys(_numbers_after_turn(words)))[:_MAX_TURNS]


def _numbers_after_turn(words: Sequence[Word]) -> Iterator[int]:
    is_open = False
    for word in words:
        number = _number(word.folded)
        if word.folded in _TURN_WORDS:
            is_open = True
        elif is_open and number is not None:
            yield number
        elif word.folded not in _BETWEEN_NUMBERS:
            is_open = False


def _number(word: str) -> int | None:
    if word.isascii() and word.isdigit() and len(word) <= 6:
        return int(word)
    return _NUMBERS.index(word) if word in _NUMBERS else None


def _echo(part: str) -> str:
    shown = part if len(part) <= _MAX_ECHO else part[: _MAX_ECHO - 1] + "…"
    return f"“{shown}”"
