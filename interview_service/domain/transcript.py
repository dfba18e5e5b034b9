"""What was said in an interview, turn by turn, and how names are kept from an engine.

Reading file formats is done elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interview_service.domain.assessment import AssessmentDraft

UNKNOWN_SPEAKER = "Unknown"
CANDIDATE = "Candidate"
INTERVIEWER = "Interviewer"
EMAIL = "[email]"


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


# --- without names


@dataclass(frozen=True, slots=True)
class Replacement:
    """What took the place of the original's characters `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class AnonymisedTranscript:
    """A transcript without names, and the way back to the words that were really said.

    :param transcript: what an engine is given: the same turns under the same numbers.
    :param original: what it was made from.
    :param replacements: turn by turn, in order, what was replaced in the original's text.
    """

    transcript: Transcript
    original: Transcript
    replacements: tuple[tuple[Replacement, ...], ...]

    def original_quote(self, turn: int, quote: str) -> str:
        """Return what the original has where the anonymised turn has `quote`.

        Word for word in the original, always: a quote that begins or ends within a replacement
        gets all that was replaced. Where the quote stands in the turn more than once, the first
        place counts, unless the original has the quote as it is.

        :raise ValueError: the anonymised transcript has no such turn, or not this quote in it.
        """
        if not 0 <= turn < len(self.transcript.turns):
            raise ValueError(f"there is no turn {turn}")
        original = self.original.turns[turn].text
        start = self.transcript.turns[turn].text.find(quote)
        if start < 0:
            raise ValueError(f"the quote is not in turn {turn} word for word")
        if quote in original:
            return quote
        replaced = self.replacements[turn]
        return original[_begin(replaced, start) : _end(replaced, start + len(quote))]

    def restored(self, draft: "AssessmentDraft") -> "AssessmentDraft":
        """Return a draft of the anonymised transcript with the original's quotes.

        :raise ValueError: a quote does not stand in the turn that it names.
        """
        evidence = tuple(
            replace(item, quote=self.original_quote(item.turn, item.quote))
            for item in draft.binder.evidence
        )
        return replace(draft, binder=replace(draft.binder, evidence=evidence))


def anonymised(transcript: Transcript, candidate_name: str | None) -> AnonymisedTranscript:
    """Return the transcript as an engine may see it.

    Speakers are named Candidate, and Interviewer, Interviewer 2, … in the order in which they
    first speak. In the texts, email addresses become `[email]`, and the candidate's name, on the
    record or as a speaker (whole, and each of its parts of three letters or more, as whole words
    in any case), becomes Candidate; the names of other speakers (the first twenty), said in full,
    become what these are called. Time is linear in the length of the texts.

    The candidate is whoever bears the candidate's name or a part of it, or is called candidate,
    applicant or interviewee. Failing that: of two, the one who asks fewer questions, then the one
    who says more; of several, the one who says most; a single speaker is the candidate.

    :param candidate_name: as on the record; None where it is not known.
    """
    roles = _roles(transcript, candidate_name)
    speakers: dict[str, str] = {}
    for turn in transcript.turns:
        speakers.setdefault(_key(turn.speaker), turn.speaker)
    names = _Names(candidate_name, {speakers[key]: role for key, role in roles.items()})
    replacements = tuple(tuple(names.found_in(turn.text)) for turn in transcript.turns)
    turns = tuple(
        Turn(roles[_key(turn.speaker)], _with(turn.text, replaced), turn.at)
        for turn, replaced in zip(transcript.turns, replacements, strict=True)
    )
    return AnonymisedTranscript(Transcript(turns), transcript, replacements)


def masked(text: str, candidate_name: str | None, *, parts: bool = True) -> str:
    """Return a text as an engine may see it: no email address and no name of the candidate.

    :param parts: mask each part of the name as well, not only the whole of it.
    """
    return _with(text, tuple(_Names(candidate_name, {}, parts=parts).found_in(text)))


def _begin(replaced: Iterable[Replacement], offset: int) -> int:
    """Return where in the original a span begins that begins at `offset` after replacing."""
    shift = 0
    for item in replaced:
        start = item.start - shift
        if offset < start:
            break
        if offset < start + len(item.text):
            return item.start
        shift = item.end - start - len(item.text)
    return offset + shift


def _end(replaced: Iterable[Replacement], offset: int) -> int:
    """Return where in the original a span ends that ends at `offset` after replacing."""
    shift = 0
    for item in replaced:
        start = item.start - shift
        if offset <= start:
            break
        if offset <= start + len(item.text):
            return item.end
        shift = item.end - start - len(item.text)
    return offset + shift


def _with(text: str, replaced: Iterable[Replacement]) -> str:
    parts = []
    done = 0
    for item in replaced:
        parts += [text[done : item.start], item.text]
        done = item.end
    return "".join([*parts, text[done:]])


# --- who is who

_CANDIDATE_WORDS = frozenset({"candidate", "applicant", "interviewee"})
_INTERVIEWER_WORDS = frozenset({"interviewer", "recruiter"})
_QUESTION_MARKS = "?？؟"


def _roles(transcript: Transcript, candidate_name: str | None) -> dict[str, str]:
    """Return what each speaker is called, by the speaker's key."""
    speakers = list(dict.fromkeys(_key(turn.speaker) for turn in transcript.turns))
    candidates = _candidates(transcript, speakers, candidate_name)
    interviewers = [speaker for speaker in speakers if speaker not in candidates]
    return {
        **dict.fromkeys(candidates, CANDIDATE),
        **{
            speaker: INTERVIEWER if number == 1 else f"{INTERVIEWER} {number}"
            for number, speaker in enumerate(interviewers, start=1)
        },
    }


def _candidates(
    transcript: Transcript, speakers: list[str], candidate_name: str | None
) -> list[str]:
    words = {speaker: [_plain(word) for word in _words(speaker)] for speaker in speakers}
    possible = [each for each in speakers if not _INTERVIEWER_WORDS & set(words[each])]
    name = [_plain(word) for word in _words(candidate_name or "")]
    likeness = {each: _likeness(words[each], name) for each in possible}
    best = max(likeness.values(), default=0)
    if best:
        return [each for each in possible if likeness[each] == best]
    called = [each for each in possible if _CANDIDATE_WORDS & set(words[each])]
    if called:
        return called
    known = [each for each in possible if each != _key(UNKNOWN_SPEAKER)] or possible
    if not known:
        return []
    questions = dict.fromkeys(known, 0)
    said = dict.fromkeys(known, 0)
    for turn in transcript.turns:
        speaker = _key(turn.speaker)
        if speaker in said:
            questions[speaker] += sum(turn.text.count(mark) for mark in _QUESTION_MARKS)
            said[speaker] += len(turn.text)
    # whoever opens the interview is the interviewer, other things being equal
    latest_first = reversed(known)
    if len(known) == 2:
        return [min(latest_first, key=lambda each: (questions[each], -said[each]))]
    return [max(latest_first, key=lambda each: said[each])]


def _likeness(label: list[str], name: list[str]) -> int:
    """Say how well a speaker's label fits a name: 3 all of it, 2 a part, 1 the first name, or 0."""
    if not label or not name:
        return 0
    if set(name) <= set(label):
        return 3
    if any(len(word) > 1 and word in name for word in label):
        if all(any(part.startswith(word) for part in name) for word in label):
            return 2
        if name[0] in label and len(name[0]) > 2:
            return 1
    return 0


def _key(speaker: str) -> str:
    return " ".join(speaker.split()).casefold()


# --- names in texts

_EMAIL_LIKE = re.compile(r"[\w.%+@-]+")
_PART_LETTERS = 3
_MOST_SPEAKERS = 20  # whose names are looked for in texts, which bounds the work a character
_MAX_GAP = 3  # characters between the words of a name: "Smith,  Jane"
_NEVER_A_NAME = re.compile(
    "applicant|candidate|email|guest|host|interviewee|interviewer|participant|recruiter|speaker"
    "|unknown|user"
)
_NOT_A_LETTER_BEFORE = r"(?<![^\W\d_])"
_NOT_A_LETTER_AFTER = r"(?![^\W\d_])"
_WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")


class _Names:
    """Finds names and email addresses in what was said.

    :param roles: what each speaker is called, by the speaker's name; candidates first.
    :param parts: whether parts of the candidate's name are looked for too.
    """

    def __init__(
        self, candidate_name: str | None, roles: Mapping[str, str], *, parts: bool = True
    ) -> None:
        called: dict[str, str] = {}
        for name in _spellings(candidate_name or ""):
            for pattern in _patterns(name, parts=parts):
                called.setdefault(pattern, CANDIDATE)
        for speaker, role in islice(roles.items(), _MOST_SPEAKERS):
            own = role == CANDIDATE
            if any(char.isdigit() for char in speaker) or not (own or len(_words(speaker)) > 1):
                continue
            for pattern in _patterns(speaker, parts=own):
                called.setdefault(pattern, role)
        longest_first = sorted(called, key=len, reverse=True)
        self._roles = [called[pattern] for pattern in longest_first]
        self._pattern = (
            re.compile("|".join(f"({each})" for each in longest_first), re.IGNORECASE)
            if longest_first
            else None
        )

    def found_in(self, text: str) -> Iterator[Replacement]:
        """Yield what is to be replaced, in order, without overlaps."""
        done = 0
        for email in _emails(text):
            yield from self._names(text, done, email.start)
            yield email
            done = email.end
        yield from self._names(text, done, len(text))

    def _names(self, text: str, start: int, end: int) -> Iterator[Replacement]:
        if self._pattern is None:
            return
        for match in self._pattern.finditer(text, start, end):
            assert match.lastindex is not None
            role = self._roles[match.lastindex - 1]
            yield Replacement(match.start(), match.end(), role)


def _emails(text: str) -> Iterator[Replacement]:
    for match in _EMAIL_LIKE.finditer(text):
        run = match[0]
        if "@" not in run:
            continue
        bare = run.strip("@.%+-")
        start = match.start() + run.index(bare[0]) if bare else match.start()
        local, at, domain = bare.partition("@")
        if local and at and "." in domain:
            yield Replacement(start, start + len(bare), EMAIL)


def _patterns(name: str, *, parts: bool) -> Iterator[str]:
    """Yield what finds a name in a text: the whole of it and, where wanted, each part."""
    words = [word for word in _words(name) if not _NEVER_A_NAME.fullmatch(_plain(word))]
    if not words or sum(_letters(word) for word in words) < 2:
        return
    joined = rf"[\W_]{{1,{_MAX_GAP}}}".join(_literal(word) for word in words)
    yield _bounded(joined, words[0][0], words[-1][-1])
    if parts:
        long = [word for word in words if _letters(word) >= _PART_LETTERS]
        for word in long:
            yield _bounded(_literal(word), word[0], word[-1])
        if len(long) > 1:
            yield _bounded(_literal(long[0]) + _literal(long[-1]), long[0][0], long[-1][-1])


def _literal(word: str) -> str:
    return re.sub(r"['’]", "['’]", re.escape(word))


def _bounded(pattern: str, first: str, last: str) -> str:
    before = "" if _stands_without_spaces(first) else _NOT_A_LETTER_BEFORE
    after = "" if _stands_without_spaces(last) else _NOT_A_LETTER_AFTER
    return before + pattern + after


def _stands_without_spaces(char: str) -> bool:
    """Say whether a name that ends in this letter runs into the next word, as in Chinese."""
    return unicodedata.name(char, "").startswith(_WITHOUT_SPACES)


def _spellings(name: str) -> list[str]:
    """Return a name composed, decomposed and without accents: transcripts have any of them."""
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD")]
    return list(dict.fromkeys([name, *forms, _without_marks(name)]))


def _words(name: str) -> list[str]:
    """Return the words of a name, accents and inner apostrophes with them."""
    kept = "".join(
        char if char.isalnum() or char in "'’" or unicodedata.category(char)[0] == "M" else " "
        for char in name
    )
    return [word for word in (each.strip("'’") for each in kept.split()) if word]


def _letters(word: str) -> int:
    return sum(char.isalpha() for char in word)


def _plain(word: str) -> str:
    return _without_marks(word).casefold()


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", bare)
