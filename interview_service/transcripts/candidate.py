"""Who of the speakers is the candidate: as told, by name, by role, or as a guess."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from interview_service.domain.transcript import UNKNOWN_SPEAKER, Transcript
from interview_service.transcripts.labels import folded, is_generic
from interview_service.transcripts.names import begins, joined, same, words_of
from interview_service.transcripts.words import BESIDE_A_NAME, CANDIDATES, DEVICES, INTERVIEWERS


class SpeakerNotFound(Exception):
    """The speaker that was named as the candidate does not speak in the transcript."""

    def __init__(self, given: str, speakers: Sequence[str]) -> None:
        shown = ", ".join(speakers[:10])
        super().__init__(f"“{given[:100]}” is not one of the speakers: {shown}")


@dataclass(frozen=True, slots=True)
class CandidateGuess:
    """Whom the service takes for the candidate.

    :param speaker: as the transcript first writes the name; None where it cannot tell.
    :param certain: told, or found by the name or the role.
    :param warning: a sentence for people, where it is not certain.
    """

    speaker: str | None
    certain: bool
    warning: str | None = None


def candidate_speaker(
    transcript: Transcript, candidate_name: str | None, given: str | None = None
) -> CandidateGuess:
    """Say which speaker is the candidate.

    The one who is given; else whoever bears the name on the record, whole or in part, in any usual
    spelling; else who is called candidate or the like; else the only one who is no interviewer;
    else, as a guess, who asks fewer questions and says more.

    :param candidate_name: as on the record; None where it is not known.
    :param given: a speaker's name, in any case and spelling.
    :raise SpeakerNotFound: nobody of that name speaks.
    """
    speakers = speakers_of(transcript)
    if given is not None and given.strip():
        return CandidateGuess(_given(given, speakers), certain=True)
    possible = [each for each in speakers if not is_interviewer(each, speakers)]
    by_name = _by_name(possible, candidate_name or "")
    if by_name is not None:
        return by_name
    called = [each for each in possible if _is_called_candidate(each, speakers)]
    if len(called) == 1:
        return CandidateGuess(called[0], certain=True)
    if called:
        return _cannot_tell(f"{_listed(called)} are all called so")
    return _guess(transcript, speakers, possible, candidate_name)


def speakers_of(transcript: Transcript) -> list[str]:
    """Return the speakers in the order in which they first speak, each as first written."""
    first: dict[str, str] = {}
    for turn in transcript.turns:
        first.setdefault(folded(turn.speaker), turn.speaker)
    return list(first.values())


def _given(given: str, speakers: Sequence[str]) -> str:
    for speaker in speakers:
        if folded(speaker) == folded(given):
            return speaker
    alike = [each for each in speakers if _spelled_alike(each, given)]
    if len(alike) == 1:
        return alike[0]
    raise SpeakerNotFound(given, speakers)


def _spelled_alike(one: str, other: str) -> bool:
    left, right = words_of(one), words_of(other)
    return bool(left) and len(left) == len(right) and all(map(same, left, right))


def _listed(speakers: Sequence[str]) -> str:
    return ", ".join(f"“{each}”" for each in speakers[:5])


def _cannot_tell(reason: str) -> CandidateGuess:
    return CandidateGuess(None, False, f"Who the candidate is cannot be told: {reason}.")


# --- by role

_ASK = frozenset({"q", "question", "questions", "frage", "pregunta", "i"})
_ANSWER = frozenset({"a", "r", "b", "answer", "answers", "antwort", "réponse", "respuesta"})


def _words(speaker: str) -> set[str]:
    return {word.casefold() for word in _LETTERS.findall(speaker)}


def _question_and_answer(speakers: Sequence[str]) -> bool:
    if len(speakers) != 2:  # asked of each of thousands of speakers
        return False
    words = [_words(each) for each in speakers]
    return (
        all(len(each) == 1 for each in words)
        and any(each <= _ASK for each in words)
        and any(each <= _ANSWER for each in words)
    )


def is_interviewer(speaker: str, speakers: Sequence[str]) -> bool:
    """Say whether a speaker is called interviewer or the like; one of all the speakers."""
    words = _words(speaker)
    if _question_and_answer(speakers) and words <= _ASK:
        return True
    return bool(INTERVIEWERS & words) and not CANDIDATES & words


def _is_called_candidate(speaker: str, speakers: Sequence[str]) -> bool:
    words = _words(speaker)
    return bool(CANDIDATES & words) or (_question_and_answer(speakers) and words <= _ANSWER)


# --- by name


class _Likeness(IntEnum):
    """How well a speaker's label fits the candidate's name."""

    NONE = 0
    FIRST_NAME = 1  # with another surname
    PART = 2  # and nothing that contradicts
    INITIALS = 3  # J. Smith, jsmith
    WITHIN = 4  # the whole name, and more
    WHOLE = 5


_LETTERS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])")
_OWNER = re.compile(r"['’`](?:s\b)?", re.IGNORECASE)
_EMAIL_HOST = re.compile(r"@[\w.-]+")
_ASIDE = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]|[|/·•,] .*| [-–—] .*")


def _by_name(possible: Sequence[str], name: str) -> CandidateGuess | None:
    own = [word for word in words_of(name) if word.casefold() not in BESIDE_A_NAME]
    if not own:
        return None
    likeness = {each: _likeness(each, own) for each in possible}
    best = max(likeness.values(), default=_Likeness.NONE)
    if best is _Likeness.NONE:
        return None
    alike = [each for each in possible if likeness[each] == best]
    if len(alike) > 1:
        return _cannot_tell(f"{_listed(alike)} fit the candidate's name alike")
    if best is _Likeness.FIRST_NAME:
        return CandidateGuess(
            alike[0],
            False,
            f"“{alike[0]}” was taken for the candidate, having the same first name.",
        )
    return CandidateGuess(alike[0], certain=True)


def _likeness(label: str, name: Sequence[str]) -> _Likeness:
    core = _ASIDE.sub(" ", label) if len(label) <= 200 else label
    found = max(_of_words(_label_words(each), name) for each in {label, core, _swapped(label)})
    return _Likeness(found)


def _swapped(label: str) -> str:
    """Return `Smith, Jane` without what makes it look like a name and a company."""
    return label.replace(",", " ", 1)


def _label_words(label: str) -> list[str]:
    text = _EMAIL_HOST.sub(" ", label)
    has_device = any(word.casefold() in DEVICES for word in _LETTERS.findall(text))
    text = _OWNER.sub("", text) if not has_device else re.sub(r"['’`]s?\b", " ", text)
    words = _LETTERS.findall(text)
    kept = [word for word in words if word.casefold() not in DEVICES]
    if has_device:  # Janes iPhone, iPad von Jane
        kept = [_nominative(word) for word in kept]
    return kept


def _nominative(word: str) -> str:
    return word[:-1] + "\0" if len(word) > 3 and word[-1] in "sS" else word


def _is(word: str, part: str) -> bool:
    if word.endswith("\0"):
        return same(word[:-1], part) or same(word[:-1] + "s", part)
    return same(word, part)


def _of_words(label: list[str], name: Sequence[str]) -> _Likeness:
    parts = [part for word in name for part in _LETTERS.findall(_OWNER.sub("", word))]
    if not label or not parts:
        return _Likeness.NONE
    other = [
        word
        for word in label
        if word.casefold() not in BESIDE_A_NAME and not any(_is(word, part) for part in parts)
    ]
    matched = [part for part in parts if any(_is(word, part) for word in label)]
    if len(matched) == len(parts):
        return _Likeness.WITHIN if other else _Likeness.WHOLE
    ends = len(parts) > 1 and parts[0] in matched and parts[-1] in matched
    if ends:
        return _Likeness.WITHIN
    if _is_joined(label, parts):
        return _Likeness.INITIALS
    long = [part for part in matched if len(part) > 1]
    if long and other and all(_is_initial(word, parts, matched) for word in other):
        return _Likeness.INITIALS
    if long and not other:
        return _Likeness.PART
    if parts[0] in matched and len(parts[0]) > 2:
        return _Likeness.FIRST_NAME
    return _Likeness.NONE


def _is_initial(word: str, parts: Sequence[str], matched: Sequence[str]) -> bool:
    return len(word) == 1 and any(begins(part, word) for part in parts if part not in matched)


def _is_joined(label: list[str], parts: Sequence[str]) -> bool:
    """Tell JaneSmith, smithjane, jsmith, janes and smithj, of the first and the last name."""
    split = [each for word in label for each in _CAMEL.split(word.rstrip("\0"))]
    own = [word for word in split if word.casefold() not in BESIDE_A_NAME]
    if not own:
        return False
    written = joined(own)
    whole = joined(list(parts))
    if written & whole:
        return True
    if len(parts) < 2:
        return False
    first, last = parts[0], parts[-1]
    return any(
        written & joined([one, two])
        for one, two in (
            (first, last),
            (last, first),
            (first[0], last),
            (last, first[0]),
            (first, last[0]),
            (last[0], first),
        )
    ) and not any(len(each) < 3 for each in written)


# --- as a guess

_QUESTION_MARKS = "?？؟"
_OF_THE_OTHER = re.compile(
    r"\b(?:you|your|youve|youre|youd|sie|ihnen|ihre?n?|vous|votre|usted)\b", re.IGNORECASE
)
_OF_ONESELF = re.compile(
    r"\b(?:i|my|me|im|ive|id|ich|mir|mich|mein\w*|je|j'ai|moi|mon|yo|mi)\b", re.IGNORECASE
)
_ASKS = re.compile(
    r"(?:what|how|why|when|where|which|who|can you|could you|would you|do you|did you|have you"
    r"|are you|tell me|tell us|describe|walk me|talk me|give me|explain|was|wie|warum|wieso|wann|wo"
    r"|welche|können sie|erzählen sie|beschreiben sie|haben sie|qu'|que|quelle?|comment"
    r"|pourquoi|pouvez|parlez|racontez|qué|cómo|por qué|cuál|cuándo|dónde|puede|cuéntame)\b",
    re.IGNORECASE,
)


def _guess(
    transcript: Transcript,
    speakers: Sequence[str],
    possible: Sequence[str],
    candidate_name: str | None,
) -> CandidateGuess:
    known = [each for each in possible if folded(each) != folded(UNKNOWN_SPEAKER)]
    if not possible:
        return _cannot_tell("every speaker is called an interviewer")
    if not known:
        return _cannot_tell("nobody is named")
    if len(known) == 1:
        return _only_one(known[0], speakers)
    nameless = [each for each in known if _is_nameless(each)]
    if candidate_name and len(nameless) == 1 and len(known) == 2:
        return _guessed(nameless[0], "the others have names of their own")
    best = _by_talk(transcript, known)
    if best is None:
        return _cannot_tell("nobody bears the candidate's name, and all ask and say as much")
    return _guessed(best, "this speaker asks fewer questions and says more")


def _only_one(speaker: str, speakers: Sequence[str]) -> CandidateGuess:
    if len(speakers) == 1 and _is_nameless(speaker):
        return _cannot_tell("there is one speaker without a name")
    return _guessed(speaker, "there is nobody else who may be")


def _guessed(speaker: str, reason: str) -> CandidateGuess:
    return CandidateGuess(
        speaker, False, f"“{speaker}” was taken for the candidate by a guess: {reason}."
    )


def _is_nameless(speaker: str) -> bool:
    return is_generic(speaker) or all(
        word.casefold() in DEVICES for word in _LETTERS.findall(speaker)
    )


def _by_talk(transcript: Transcript, known: Sequence[str]) -> str | None:
    questions = {folded(each): 0 for each in known}
    said = dict(questions)
    openings = dict(questions)
    spoken_to, spoken_of = dict(questions), dict(questions)
    for turn in transcript.turns:
        key = folded(turn.speaker)
        if key in said:
            questions[key] += sum(turn.text.count(mark) for mark in _QUESTION_MARKS)
            openings[key] += _ASKS.match(turn.text) is not None
            spoken_to[key] += len(_OF_THE_OTHER.findall(turn.text))
            spoken_of[key] += len(_OF_ONESELF.findall(turn.text))
            said[key] += len(turn.text)
    asked = questions if any(questions.values()) else openings
    if not any(
        questions.values()
    ):  # a machine wrote it down: who says "you" asks, who says "I" tells
        for key in asked:
            asked[key] += spoken_to[key] - spoken_of[key]
    if len(known) == 2:
        ranked = sorted(known, key=lambda each: (asked[folded(each)], -said[folded(each)]))
        one, two = (folded(each) for each in ranked)
        tie = asked[one] == asked[two] and said[one] == said[two]
        return None if tie else ranked[0]
    ranked = sorted(known, key=lambda each: -said[folded(each)])
    tie = said[folded(ranked[0])] == said[folded(ranked[1])]
    return None if tie else ranked[0]
