"""How far a transcript can be read at all: who speaks, in which language, and how much."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from interview_service.domain.transcript import CANDIDATE, INTERVIEWER, Transcript, Turn
from interview_service.engines.builtin.words import ENGLISH, language_of, words_of

_FEWEST_WORDS = 40  # of an interview, before anything is said of what is not in it
_ENOUGH_TO_TELL = 4_000  # words by which a language is told
_ENOUGH_FOR_A_LANGUAGE = 40  # words from which a language that is not known is no chance
_MOST_UNKNOWN = 0.2  # share of the words whose speaker need not be known

_NOT_CHECKED = "Whether the answers are right or good was not checked: people judge that."
_TAKEN_FOR_CANDIDATE = (
    "The words of one speaker were taken for the candidate's. If that is somebody else, send the "
    "transcript again and name the speaker who is the candidate."
)
_NO_CANDIDATE = (
    "Who of the speakers is the candidate could not be told, so nothing was quoted. Send the "
    "transcript again and name that speaker, or with a speaker for each turn."
)
_ONE_VOICE = (
    "Questions and answers stand under one speaker, so nobody's words could be told apart and "
    "nothing was quoted. Send the transcript again with a speaker for each turn."
)
_NO_INTERVIEWER = (
    "The transcript has no words of an interviewer, so it cannot be told what was asked."
)
_SOME_UNKNOWN = "Turns of unknown speakers were not read; what they say may be missing here."
_TOO_SHORT = "The transcript is too short to tell what was not spoken of."
_ASKING = re.compile(
    r"\b(?:tell (?:me|us)|walk (?:me|us)|can you (?:tell|describe|explain|give)|"
    r"could you (?:tell|describe|"
    r"explain|give)|do you have any questions|what would you do|how do you|have you ever|"
    r"why do you want)\b"
)
_FEWEST_ASKING = 2  # turns of one voice that ask, from which it is two people's


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be read of a transcript.

    :param is_readable: somebody's words can be taken for the candidate's.
    :param is_whole: what is not found in it was not spoken of.
    :param notes: for people: what could not be read, and what was not checked.
    """

    is_readable: bool
    is_whole: bool
    is_english: bool
    notes: tuple[str, ...]


def reading_of(transcript: Transcript) -> Reading:
    """Return how far a transcript can be read."""
    candidate = _turns_of(transcript, CANDIDATE)
    interviewers = _turns_of(transcript, INTERVIEWER)
    count = {
        "all": _count(transcript.turns),
        "candidate": _count(candidate),
        "interviewers": _count(interviewers),
    }
    unknown = count["all"] - count["candidate"] - count["interviewers"]
    notes = [_NOT_CHECKED]
    if not count["candidate"]:
        return Reading(False, False, True, (*notes, _NO_CANDIDATE))
    if not interviewers and _is_dialogue(candidate):
        return Reading(False, False, True, (*notes, _ONE_VOICE))
    notes.append(_TAKEN_FOR_CANDIDATE)
    language = _language(candidate)
    is_english = language == ENGLISH or (
        language is None and count["candidate"] < _ENOUGH_FOR_A_LANGUAGE
    )
    if not is_english:
        name = language or "a language that is not known here"
        notes.append(
            f"The candidate speaks {name}. The binder reads English: what it found goes by names "
            "and by questions it knew, and what it did not find may be there all the same."
        )
    if not interviewers:
        notes.append(_NO_INTERVIEWER)
    if unknown:
        notes.append(_SOME_UNKNOWN)
    is_short = count["all"] < _FEWEST_WORDS
    if is_short:
        notes.append(_TOO_SHORT)
    is_whole = (
        is_english
        and bool(interviewers)
        and not is_short
        and unknown <= _MOST_UNKNOWN * count["all"]
    )
    return Reading(True, is_whole, is_english, tuple(notes))


def _turns_of(transcript: Transcript, role: str) -> list[Turn]:
    return [turn for turn in transcript.turns if turn.speaker.startswith(role)]


def _count(turns: Iterable[Turn]) -> int:
    return sum(len(turn.text.split()) for turn in turns)


def _language(turns: Iterable[Turn]) -> str | None:
    words = (word.folded for turn in turns for word in words_of(turn.text))
    return language_of(islice(words, _ENOUGH_TO_TELL))


def _is_dialogue(turns: Iterable[Turn]) -> bool:
    asking = sum(
        len(_ASKING.findall(" ".join(word.folded for word in words_of(turn.text))))
        for turn in turns
    )
    return asking >= _FEWEST_ASKING
