"""Keeps names from an engine: speakers become Candidate and Interviewer, in texts as well.

Texts are read once, word by word; a name is looked up in a table, so that time is linear in their
length however many names there are.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from interview_service.domain.assessment import AssessmentDraft
from interview_service.domain.transcript import (
    CANDIDATE,
    INTERVIEWER,
    Transcript,
    Turn,
)
from interview_service.transcripts.candidate import candidate_speaker, is_interviewer, speakers_of
from interview_service.transcripts.labels import folded, is_generic
from interview_service.transcripts.names import spellings, words_of
from interview_service.transcripts.words import SHORT_WORDS

EMAIL = "[email]"
SPEAKER = "Speaker"
"""Who speaks, where it cannot be told who the candidate is."""


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

    def restored(self, draft: AssessmentDraft) -> AssessmentDraft:
        """Return a draft of the anonymised transcript with the original's quotes.

        :raise ValueError: a quote does not stand in the turn that it names.
        """
        evidence = tuple(
            replace(item, quote=self.original_quote(item.turn, item.quote))
            for item in draft.binder.evidence
        )
        return replace(draft, binder=replace(draft.binder, evidence=evidence))


def anonymised(
    transcript: Transcript, candidate_name: str | None, candidate_speaker: str | None = None
) -> AnonymisedTranscript:
    """Return the transcript as an engine may see it.

    Speakers are named Candidate, and Interviewer, Interviewer 2, … in the order in which they
    first speak; where it cannot be told who the candidate is, Speaker, Speaker 2, … In the texts,
    email addresses become `[email]`, and the candidate's name, on the record or as a speaker
    (whole, with an initial, and each of its parts, as whole words), becomes Candidate; the names
    of other speakers, said in full, become what these are called. Parts of three letters or more
    are found in any case, those of two where they are capitalised. Time is linear in the length
    of the texts.

    :param candidate_name: as on the record; None where it is not known.
    :param candidate_speaker: the speaker who is the candidate; None to tell it from the transcript.
    :raise SpeakerNotFound: `candidate_speaker` is none of the speakers.
    """
    roles = _roles(transcript, candidate_name, candidate_speaker)
    speakers = {each: roles[folded(each)] for each in speakers_of(transcript)}
    names = _Names(candidate_name, speakers)
    replacements = tuple(tuple(names.found_in(turn.text)) for turn in transcript.turns)
    turns = tuple(
        Turn(roles[folded(turn.speaker)], _with(turn.text, replaced), turn.at)
        for turn, replaced in zip(transcript.turns, replacements, strict=True)
    )
    return AnonymisedTranscript(Transcript(turns), transcript, replacements)


def masked(text: str, candidate_name: str | None, *, parts: bool = True) -> str:
    """Return a text as an engine may see it: no email address and no name of the candidate.

    :param parts: mask each part of the name as well, not only the whole of it.
    """
    return _with(text, tuple(_Names(candidate_name, {}, parts=parts).found_in(text)))


def masked_for_others(text: str, candidate_name: str | None, ordinary: Collection[str]) -> str:
    """Return what was written for one candidate as it can be used for others: without their name.

    The whole name and email addresses go, as in `masked`. A part of the name goes where nothing
    says that it is just a word: it is not in lower case, and not one that begins sentences.

    :param ordinary: case-folded words that are never taken for a part of the name.
    """
    found = _Names(candidate_name, {}).found_in(text)
    return _with(text, [each for each in found if _is_surely_a_name(text, each, ordinary)])


def ordinary_words(texts: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """Return words that are ordinary ones, case-folded.

    :param texts: of which words in lower case count, but for those of email addresses.
    :param names: of things and trades: all of their words count.
    """
    without_emails = (_with(text, tuple(_emails(text))) for text in texts)
    lower = (word for text in without_emails for word in _WORD.findall(text) if word.islower())
    return frozenset((*lower, *(each.casefold() for name in names for each in _WORD.findall(name))))


def _is_surely_a_name(text: str, found: Replacement, ordinary: Collection[str]) -> bool:
    word = text[found.start : found.end]
    if found.text == EMAIL or len(_WORD.findall(word)) > 1:
        return True
    begins = text[: found.start].rstrip()[-1:] in ("", ".", "?", "!", ":", "“", '"', "-", "•")
    folded_word = word.casefold()
    is_word = folded_word in ordinary or (begins and folded_word in _BEGIN_SENTENCES)
    return not word[0].islower() and not is_word


def _roles(transcript: Transcript, candidate_name: str | None, given: str | None) -> dict[str, str]:
    """Return what each speaker is called, by the speaker's folded name."""
    speakers = speakers_of(transcript)
    candidate = candidate_speaker(transcript, candidate_name, given).speaker
    roles: dict[str, str] = {}
    counts: dict[str, int] = {}
    for speaker in speakers:
        if speaker == candidate:
            roles[folded(speaker)] = CANDIDATE
            continue
        unclear = candidate is None and not is_interviewer(speaker, speakers)
        role = SPEAKER if unclear else INTERVIEWER
        counts[role] = counts.get(role, 0) + 1
        roles[folded(speaker)] = role if counts[role] == 1 else f"{role} {counts[role]}"
    return roles


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


# --- names in texts

_EMAIL_LIKE = re.compile(r"[\w.%+@-]+")
_PART_LETTERS = 3
_JOINED_LETTERS = 5
_MAX_GAP = 3  # characters between the words of a name: "Smith,  Jane"
_MAX_WORDS = 8  # of a name
_NEVER_A_NAME = frozenset(
    {"applicant", "candidate", "email", "guest", "host", "interviewee", "interviewer"}
    | {"participant", "recruiter", "speaker", "unknown", "user"}
)
_BEGIN_SENTENCES = frozenset(
    {"will", "may", "can", "do", "mark", "price", "cook", "page", "long", "young", "rich", "art"}
    | {"hope", "chase"}
)
"""Words that are names as well, and with which a sentence may begin."""
_MARKS = "".join(
    chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M"
)
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}])*")
_WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")


@dataclass(frozen=True, slots=True)
class _Word:
    """A run of letters in a text."""

    start: int
    end: int
    text: str


class _Names:
    """Finds names and email addresses in what was said.

    :param roles: what each speaker is called, by the speaker's name.
    :param parts: whether parts of the candidate's name are looked for too.
    """

    def __init__(
        self, candidate_name: str | None, roles: Mapping[str, str], *, parts: bool = True
    ) -> None:
        self._roles: dict[tuple[str, ...], str] = {}
        self._short: dict[str, str] = {}
        self._unspaced: dict[str, str] = {}
        self._firsts: set[str] = set()  # with which a name begins
        self._longest = 1
        own = [candidate_name or "", *(each for each in roles if roles[each] == CANDIDATE)]
        for name in own:
            self._add(name, CANDIDATE, parts=parts)
        for speaker, role in roles.items():
            if role != CANDIDATE and len(words_of(speaker)) > 1:
                self._add(speaker, role, parts=False)
        found = sorted(self._unspaced, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, found))) if found else None

    def _add(self, name: str, role: str, *, parts: bool) -> None:
        if is_generic(name) or any(char.isdigit() for char in name):
            return
        words = [
            word
            for word in words_of(name)
            if _NEVER_A_NAME.isdisjoint(spellings(word)) and _letters(word)
        ][:_MAX_WORDS]
        if sum(_letters(word) for word in words) < 2:
            return
        if _stands_without_spaces(words[0][0]) or _stands_without_spaces(words[-1][-1]):
            self._add_unspaced(words, role, parts=parts)
            return
        self._add_words(words, role)
        if len(words) > 1:
            self._add_words([words[-1], *words[:-1]], role)
            if _letters(words[0]) + _letters(words[-1]) >= _JOINED_LETTERS:
                self._add_words([words[0] + words[-1]], role)
                self._add_words([words[-1] + words[0]], role)
            for initialled in ([words[0][0], words[-1]], [words[0], words[-1][0]]):
                self._add_words(initialled, role)
        for word in words if parts else ():
            if _letters(word) >= _PART_LETTERS:
                self._add_words([word], role)
            elif _letters(word) == _PART_LETTERS - 1 and word[0] != word[0].lower():
                self._short.setdefault(word.casefold(), role)

    def _add_unspaced(self, words: Sequence[str], role: str, *, parts: bool) -> None:
        self._unspaced.setdefault("".join(words), role)
        self._unspaced.setdefault(" ".join(words), role)
        for word in words if parts and len(words) > 1 else ():
            if len(word) > 1:
                self._unspaced.setdefault(word, role)

    def _add_words(self, words: Sequence[str], role: str) -> None:
        runs = [run for word in words for run in _WORD.findall(word)]
        if not runs:
            return
        self._longest = max(self._longest, len(runs))
        for key in _keys(runs):
            self._roles.setdefault(key, role)
            self._firsts.add(key[0])

    def found_in(self, text: str) -> Iterator[Replacement]:
        """Yield what is to be replaced, in order, without overlaps."""
        done = 0
        for email in _emails(text):
            yield from self._names(text, done, email.start)
            yield email
            done = email.end
        yield from self._names(text, done, len(text))

    def _names(self, text: str, start: int, end: int) -> Iterator[Replacement]:
        if self._pattern is not None:
            for match in self._pattern.finditer(text, start, end):
                yield from self._spaced_names(text, start, match.start())
                yield Replacement(match.start(), match.end(), self._unspaced[match[0]])
                start = match.end()
        yield from self._spaced_names(text, start, end)

    def _spaced_names(self, text: str, start: int, end: int) -> Iterator[Replacement]:
        if not self._roles and not self._short:
            return
        words = [_Word(*match.span(), match[0]) for match in _WORD.finditer(text, start, end)]
        at = 0
        while at < len(words):
            if not self._may_begin(words[at].text):
                at += 1
                continue
            length, replacement = self._found_at(text, words, at)
            if replacement is not None:
                yield replacement
            at += length

    def _may_begin(self, word: str) -> bool:
        """Tell at once that a word begins no name, as nearly every word."""
        plain, expanded = spellings(word)
        return (
            plain in self._firsts
            or expanded in self._firsts
            or plain in self._short
            or (plain[-1:] == "s" and (plain[:-1] in self._firsts or expanded[:-1] in self._firsts))
        )

    def _found_at(
        self, text: str, words: Sequence[_Word], at: int
    ) -> tuple[int, Replacement | None]:
        """Return how many words the name has that begins here, and what is to be replaced."""
        length, role = self._longest_at(text, words, at)
        word = words[at]
        if role is not None:
            return length, Replacement(word.start, words[at + length - 1].end, role)
        if word.text[-1] == "s" and word.text[0].isupper() and len(word.text) > _PART_LETTERS:
            role = self._role([word.text[:-1]])  # a genitive without an apostrophe
        return 1, Replacement(word.start, word.end - 1, role) if role is not None else None

    def _longest_at(self, text: str, words: Sequence[_Word], at: int) -> tuple[int, str | None]:
        """Return how many words are the longest name that begins here, and whose it is."""
        found: tuple[int, str | None] = (1, self._of_two_letters(text, words[at]))
        run: list[str] = []
        for length in range(1, min(self._longest, len(words) - at) + 1):
            last = words[at + length - 1]
            if length > 1 and not _stand_together(text, words[at + length - 2], last):
                break
            run.append(last.text)
            role = self._role(run)
            if role is not None:
                found = (length, role)
        return found

    def _role(self, run: Sequence[str]) -> str | None:
        return next(
            (self._roles[key] for key in _keys(run) if key in self._roles),
            None,
        )

    def _of_two_letters(self, text: str, word: _Word) -> str | None:
        """Take `Li` for the name, not `li`; `Do` only where no sentence begins with it."""
        role = self._short.get(word.text.casefold()) if len(word.text) == 2 else None
        if role is None or not word.text[0].isupper():
            return None
        if word.text.casefold() not in SHORT_WORDS:
            return role
        before = text[max(0, word.start - 2) : word.start].strip()
        return role if before[-1:].isalnum() else None


def _keys(run: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the plain spelling of words, and the one in which umlauts are two letters."""
    spelled = [spellings(word) for word in run]
    return tuple(plain for plain, _ in spelled), tuple(expanded for _, expanded in spelled)


def _stand_together(text: str, one: _Word, other: _Word) -> bool:
    gap = text[one.end : other.start]
    if other.text == "s" and gap in ("'", "’"):  # a genitive, and no initial
        return False
    return 0 < len(gap) <= _MAX_GAP and not any(char.isalnum() for char in gap)


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


def _stands_without_spaces(char: str) -> bool:
    """Say whether a name that ends in this letter runs into the next word, as in Chinese."""
    return unicodedata.name(char, "").startswith(_WITHOUT_SPACES)


def _letters(word: str) -> int:
    return sum(char.isalpha() for char in word)
