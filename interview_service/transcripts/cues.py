"""Reads the cues of WebVTT and SubRip files.

A timing is a timing where a cue may begin, and only there: what looks like times inside a cue is
something said. Speakers stand in voice spans, in cue identifiers, or before the words.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from interview_service.domain.transcript import UNKNOWN_SPEAKER
from interview_service.transcripts.identifiers import is_technical, speakers_in
from interview_service.transcripts.labels import (
    Line,
    Names,
    Style,
    folded,
    is_generic,
    is_prose,
    looks_like_a_name,
    names_among,
    take_apart,
)
from interview_service.transcripts.rolling import without_repeats
from interview_service.transcripts.times import HEAD, timing
from interview_service.transcripts.turns import (
    ParsedTranscript,
    TranscriptUnreadable,
    TurnBuilder,
    tidy,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """A line of a cue's text; it opens the cue, or follows an empty line or a lone dash."""

    number: int
    text: str
    opens: bool


@dataclass(slots=True)
class _Cue:
    """A cue: when it starts, the identifier above its timing, and its text."""

    line: int
    at: str
    identifier: str | None
    text: list[_Said] = field(default_factory=list)
    speaker: str | None = None  # as the identifier names them


_Numbered = tuple[int, str]


def are_in(lines: Sequence[str]) -> bool:
    """Tell whether plain text is a WebVTT or SubRip file under another name."""
    head = [line.strip() for line in lines[:20] if line.strip()][:2]
    if head and (head[0] == "WEBVTT" or head[0].startswith("WEBVTT ")):
        return True
    return len(head) == 2 and head[0].isdecimal() and timing(head[1]) is not None


def read(lines: Sequence[str], *, webvtt: bool) -> ParsedTranscript:
    """Read the lines of a file.

    :raise TranscriptUnreadable: the file is not of the format, or breaks a limit.
    """
    numbered = list(enumerate(lines, start=1))
    if webvtt:
        numbered = _after_header(numbered)
    cues = _Reader(webvtt).cues(list(_blocks(numbered)))
    warnings = _take_speakers_of_identifiers(cues, webvtt)
    turns = TurnBuilder()
    if any(_real_voices(cue) for cue in cues):
        warnings += _by_voice(cues, turns)
    else:
        warnings += _by_label(_without_rolling(cues), turns)
    transcript = turns.transcript()
    speakers = {turn.speaker for turn in transcript.turns}
    if speakers == {UNKNOWN_SPEAKER}:
        warnings.append(_marks_of_style(cues) or "The file names no speakers.")
    elif UNKNOWN_SPEAKER in speakers:
        warnings.append(f"Some words have no speaker; they are by “{UNKNOWN_SPEAKER}”.")
    return ParsedTranscript(transcript.turns, tuple(warnings))


# --- lines to cues


def _after_header(numbered: list[_Numbered]) -> list[_Numbered]:
    first = next(at for at, (_, text) in enumerate(numbered) if text.strip())
    line = numbered[first][1].lstrip("\ufeff \t")
    if not line.startswith("WEBVTT") or line[6:7].strip():
        raise TranscriptUnreadable("the file must begin with WEBVTT", numbered[first][0])
    rest = numbered[first + 1 :]
    for index, (_, text) in enumerate(rest):
        if not text.strip():
            return rest[index:]
        if "-->" in text:
            above = rest[index - 1][1] if index else ":"
            return rest[index:] if ":" in above or "=" in above else rest[index - 1 :]
    return []


def _blocks(numbered: Iterable[_Numbered]) -> Iterator[list[_Numbered]]:
    block: list[_Numbered] = []
    for number, raw in numbered:
        text = raw.strip("\ufeff").strip()
        if text:
            block.append((number, text))
        elif block:
            yield block
            block = []
    if block:
        yield block


_ASIDE = re.compile(r"(?:NOTE(?:$|[ \t])|STYLE$|REGION$)")
_NOTED = re.compile(r"NOTE[ \t]+(?:speaker|voice)[ \t]*[:=]?[ \t]*(\S.*)", re.IGNORECASE)
_ARROW = re.compile("-->|->|–>|—>|→")
_OPENS_AGAIN = frozenset("([<*_>")  # a name without a colon, after an empty line in a cue
_MAX_ID_STEP = 100  # by which the next cue's number may be greater, where cues were cut out


class _Reader:
    """Tells timings and identifiers from speech, by what the file has had so far."""

    def __init__(self, webvtt: bool) -> None:
        self._webvtt = webvtt
        self._cues: list[_Cue] = []
        self._coloned: bool | None = None  # as the first timing is
        self._exact: bool | None = None
        self._counted: int | None = None  # the last cue number
        self._pending: str | None = None  # an identifier apart from its cue

    def cues(self, blocks: Sequence[list[_Numbered]]) -> list[_Cue]:
        """Return the cues.

        A block without a timing goes on with the cue before: some programs leave empty lines
        inside a cue.
        """
        for block, following in zip_longest(blocks, blocks[1:]):
            self._read(block, following)
        return self._cues

    def _read(self, block: list[_Numbered], following: list[_Numbered] | None) -> None:
        aside = self._webvtt and _ASIDE.match(block[0][1]) is not None
        found = [(place, self._starts(block, place, aside)) for place in range(len(block))]
        timings = [(place, at) for place, at in found if at is not None]
        starts = [place for place, _ in timings]
        loose = block[: starts[0]] if starts else block
        identifier = None
        if aside:
            noted = _NOTED.match(block[0][1])
            self._pending = noted[1] if noted else self._pending
            loose = []
        elif starts:
            loose, identifier = self._identifier(loose)
        elif following and self._stands_apart(block, following):
            self._pending, loose = block[0][1], []
        torn = bool(self._cues) and not self._cues[-1].text
        self._go_on(loose, opens=bool(loose) and (torn or loose[0][1][0] in _OPENS_AGAIN))
        for (place, at), end in zip(timings, [*starts[1:], len(block)], strict=False):
            text = block[place + 1 : end]
            self._begin(block[place][0], at, identifier)
            identifier = None
            if end < len(block) and text and self._is_next_identifier(text[-1][1]):
                identifier = text.pop()[1]
            self._go_on(text, opens=True)

    def _begin(self, line: int, at: str, identifier: str | None) -> None:
        identifier = identifier or self._pending
        self._pending = None
        if identifier and identifier.isdecimal():
            self._counted = int(identifier[:9])
        self._cues.append(_Cue(line, at, identifier))

    def _go_on(self, lines: Iterable[_Numbered], *, opens: bool) -> None:
        for number, text in lines:
            if not self._cues:
                raise TranscriptUnreadable("expected a cue's timing", number)
            lone = not text.strip("-–—_ ")
            if not lone:
                self._cues[-1].text.append(_Said(number, text, opens))
            opens = lone

    def _starts(self, block: list[_Numbered], place: int, aside: bool) -> str | None:
        """Return when the cue starts whose timing this line is; None where it is none."""
        number, text = block[place]
        if not _ARROW.search(text[: 2 * HEAD]):
            return None
        may_begin = not aside and self._all_identifiers(block[: min(place, 3)])
        found = timing(text)
        if found is None:
            if may_begin and self._is_broken(text, self._below_number(block, place)):
                raise TranscriptUnreadable("cue timing is not understood", number)
            return None
        like_others = self._coloned in (None, found.coloned)
        if not may_begin:
            sure = found.arrow == "-->" and found.plain and like_others
            return found.at if sure and self._exact in (None, found.exact) else None
        if found.arrow != "-->" and not (found.exact or self._below_number(block, place)):
            return None
        below_number = self._below_number(block, place)
        if self._cues and not below_number and not (found.plain and like_others):
            return None
        if self._coloned is None:
            self._coloned, self._exact = found.coloned, found.exact
        return found.at

    @staticmethod
    def _below_number(block: list[_Numbered], place: int) -> bool:
        return place > 0 and block[place - 1][1].isdecimal()

    def _all_identifiers(self, lines: list[_Numbered]) -> bool:
        return len(lines) < 2 or (len(lines) == 2 and any(text.isdecimal() for _, text in lines))

    def _is_broken(self, text: str, below_number: bool) -> bool:
        before, arrow, after = text.partition("-->")
        if not arrow:
            return False
        until = (after.split(maxsplit=1) or [""])[0]
        return below_number or not (
            any(char.isalpha() for char in before) or any(char.isalpha() for char in until)
        )

    def _identifier(self, loose: list[_Numbered]) -> tuple[list[_Numbered], str | None]:
        """Part the lines above a block's first timing into what is still said and an identifier."""
        if not loose:
            return [], None
        texts = [text for _, text in loose]
        if len(loose) == 2 and texts[0].isdecimal() and not texts[1].isdecimal():
            return [], texts[1]  # a number, then a name
        if len(loose) == 2 and texts[1].isdecimal() and (is_generic(texts[0]) or not self._cues):
            return [], texts[0]
        last = texts[-1]
        if last.isdecimal() or is_technical(last) or is_generic(last):
            return loose[:-1], last
        return ([], last) if len(loose) == 1 else (loose, None)

    def _stands_apart(self, block: list[_Numbered], following: list[_Numbered]) -> bool:
        text = block[0][1]
        is_one = len(block) == 1 and (text.isdecimal() or is_technical(text) or is_generic(text))
        return is_one and timing(following[0][1]) is not None

    def _is_next_identifier(self, text: str) -> bool:
        """Tell the number of the next cue, right below this one's words, from a number said."""
        if text.isdecimal():
            last = self._counted
            return last is not None and last <= int(text[:9]) <= last + _MAX_ID_STEP
        return is_technical(text) or is_generic(text)


# --- identifiers


def _take_speakers_of_identifiers(cues: list[_Cue], webvtt: bool) -> list[str]:
    """Name the speakers of cues by their identifiers; in SubRip, what is no name was said."""
    identifiers = [cue.identifier for cue in cues if cue.identifier is not None]
    speakers, warnings = speakers_in(identifiers)
    before: _Cue | None = None
    for cue in cues:
        if cue.identifier is not None:
            cue.speaker = speakers.get(cue.identifier)
            said = not webvtt and cue.speaker is None and not is_technical(cue.identifier)
            if said and before is not None:
                before.text.append(_Said(cue.line - 1, cue.identifier, opens=False))
            elif said:
                raise TranscriptUnreadable("expected a cue's timing", max(1, cue.line - 1))
        before = cue
    return warnings


# --- voices

_TAG = re.compile(
    r"</?(?:b|c|font|i|lang|rt|ruby|s|u|v)(?:[.\s=][^<>]*)?>|<\d[\d:.,]*>|\{\\[^{}]*\}",
    re.ASCII | re.IGNORECASE,
)
_VOICE = re.compile(r"<[vV](?:\.[^\s<>]*)?(?:[ \t\n]([^<>]*))?>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});", re.ASCII)
_STYLED = re.compile(r"<(?:c\.|font color=)[\"']?([\w.#-]{1,60})", re.IGNORECASE)


def _clean(text: str) -> str:
    """Return a cue's text without tags, its entities as the characters that they stand for.

    `html.unescape` alone would fail on a number of thousands of digits.
    """
    if "<" in text or "{" in text:
        text = _TAG.sub("", text)
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def _named(annotation: str | None) -> str | None:
    """Return the name in a voice span; None where there is nothing but signs."""
    name = tidy(_clean(annotation or "")).strip('"“”')
    return name if any(char.isalnum() for char in name) else None


def _real_voices(cue: _Cue) -> bool:
    return any("<" in said.text and _voices(said.text) for said in cue.text) or _voices_across(cue)


def _voices(text: str) -> bool:
    return any(_named(match[1]) for match in _VOICE.finditer(text))


def _voices_across(cue: _Cue) -> bool:
    """Tell whether the name of a voice span runs over the end of a line."""
    return len(cue.text) > 1 and _voices("\n".join(said.text for said in cue.text))


def _by_voice(cues: Sequence[_Cue], turns: TurnBuilder) -> list[str]:
    """Put turns together by voice spans.

    `Name:` is then something that is said, unless the cue has no voice and the name is known.
    """
    unvoiced = [line for cue in cues if not _VOICE.search(_joined(cue)) for line in _lines_of(cue)]
    voices = {
        name
        for cue in cues
        for match in _VOICE.finditer(_joined(cue))
        if (name := _named(match[1]))
    }
    names = _labels_beside_voices(unvoiced, voices)
    nobody = 0
    for cue in cues:
        text = _joined(cue)
        if not _VOICE.search(text):
            _say_by_label(turns, cue, _lines_of(cue), names)
            continue
        # words, name, words, name, …, words
        first, *spans = _VOICE.split(text)
        _continue(turns, cue, cue.line, cue.speaker, _between_voices(first))
        for annotation, words in zip(spans[::2], spans[1::2], strict=True):
            name = _named(annotation)
            nobody += name is None
            _continue(turns, cue, cue.line, name or UNKNOWN_SPEAKER, _between_voices(words))
    return ["A voice span has no name."] if nobody else []


def _joined(cue: _Cue) -> str:
    return "\n".join(said.text for said in cue.text)


def _between_voices(text: str) -> str:
    """Return words without the dashes that stand before and after a voice span."""
    words = _clean(text).strip()
    return (
        words.removesuffix("\n-").removesuffix("\n–").removesuffix("\n—").strip("-–— ")
        if (not words.strip("-–—•>* \n"))
        else _without_last_dash(words)
    )


def _without_last_dash(words: str) -> str:
    last = words.rfind("\n")
    return words[:last] if last >= 0 and not words[last:].strip("-–—•>* \n") else words


def _labels_beside_voices(lines: Sequence[Line], voices: set[str]) -> Names:
    counted = Counter(folded(line.label) for line in lines if line.label is not None)
    known = {folded(name) for name in voices}
    spelled = {
        folded(line.label): line.label
        for line in lines
        if line.label is not None
        and line.style is not Style.BRACKETS
        and (
            folded(line.label) in known
            or (
                counted[folded(line.label)] > 1
                and looks_like_a_name(line.label)
                and not is_prose(line.label)
            )
        )
    }
    return Names(spelled, ())


# --- labels


def _lines_of(cue: _Cue) -> list[Line]:
    return [_in_cue(said, heading=len(cue.text) > 1 or not said.opens) for said in cue.text]


_BOLD_NAME = re.compile(r"<(b|i|u|font)(?:[ =][^<>]*)?>([^<>:]+)</\1>(:?)", re.IGNORECASE)


def _in_cue(said: _Said, *, heading: bool) -> Line:
    """Take a cue's line apart; a name in bold is seen before the tags are cleaned away."""
    text = said.text
    bold = _BOLD_NAME.match(text[:HEAD])
    if bold and heading and bold.end() == len(text) and not bold[3]:
        text = f"({bold[2]})"
    cleaned = _clean(text).strip()
    return take_apart(said.number, cleaned, heading=heading, opens=said.opens, in_cue=True)


def _without_rolling(cues: list[_Cue]) -> list[_Cue]:
    kept = without_repeats([[tidy(_clean(said.text)) for said in cue.text] for cue in cues])
    if kept is None:
        return cues
    for cue, lines in zip(cues, kept, strict=True):
        cue.text = [
            _Said(cue.text[place].number, text, opens=not at or cue.text[place].opens)
            for at, (place, text) in enumerate(lines)
        ]
    return [cue for cue in cues if cue.text]


def _by_label(cues: Sequence[_Cue], turns: TurnBuilder) -> list[str]:
    """Put turns together by the names before the words, else by the cues' identifiers."""
    apart = [(cue, _lines_of(cue)) for cue in cues]
    known = [cue.speaker for cue in cues if cue.speaker is not None]
    lines = [line for _, each in apart for line in each]
    names = names_among(lines, cues=True, known=known, opening_only=True)
    warnings = list(names.warnings)
    if not names.spelled:
        names, apart = _by_first_lines(apart)
    unnamed = 0
    for cue, each in apart:
        unnamed += _say_by_label(turns, cue, each, names)
    if unnamed:
        warnings.append(
            "Dashes or arrows mark a change of speaker without a name;"
            f" those words are by “{UNKNOWN_SPEAKER}”."
        )
    return warnings


def _by_first_lines(
    apart: list[tuple[_Cue, list[Line]]],
) -> tuple[Names, list[tuple[_Cue, list[Line]]]]:
    """Take the first line of most cues for a name, where it comes back and looks like one."""
    firsts = [lines[0] for _, lines in apart if len(lines) > 1 and lines[0].label is None]
    counted = Counter(folded(line.whole) for line in firsts)
    likely = {
        folded(line.whole): line.whole
        for line in firsts
        if counted[folded(line.whole)] > 1
        and looks_like_a_name(line.whole)
        and line.whole[-1] not in ".,!?…"
        and len(line.whole.split()) <= 5
    }
    named = sum(counted[key] for key in likely)
    if len(likely) < 2 or 2 * named < len(apart):
        return Names({}, ()), apart
    changed = []
    for cue, lines in apart:
        key = folded(lines[0].whole) if lines else ""
        if key in likely and len(lines) > 1:
            first = lines[0]
            heading = Line(
                first.number, first.whole, Style.HEADING, None, "", first.whole, first.opens
            )
            lines = [heading, *lines[1:]]
        changed.append((cue, lines))
    return Names(likely, ()), changed


def _say_by_label(turns: TurnBuilder, cue: _Cue, lines: Sequence[Line], names: Names) -> int:
    """Say a cue's lines; return how often the speaker changed to somebody without a name."""
    marks = sum(line.changes for line in lines)
    unnamed = 0
    speaker = cue.speaker
    for line in lines:
        name = names.of(line)
        if name is not None:
            _continue(turns, cue, line.number, name, line.words)
        elif line.changes and speaker is None and (marks > 1 or _is_arrow(cue, line)):
            unnamed += 1
            turns.begin(line.number, UNKNOWN_SPEAKER, cue.at)
            turns.say(line.number, line.whole, cue.at)
        else:
            _continue(turns, cue, line.number, speaker, line.whole)
            speaker = None if speaker is None else speaker
        speaker = None
    return unnamed


def _is_arrow(cue: _Cue, line: Line) -> bool:
    return any(said.number == line.number and _clean(said.text)[:2] == ">>" for said in cue.text)


def _continue(turns: TurnBuilder, cue: _Cue, number: int, speaker: str | None, words: str) -> None:
    """Add a cue's words: to the turn under way, unless somebody else speaks."""
    if not words.strip() and speaker is None:
        return
    speaker = speaker or turns.speaker or UNKNOWN_SPEAKER
    if speaker != turns.speaker:
        turns.begin(number, speaker, cue.at)
    turns.say(number, words, cue.at)


def _marks_of_style(cues: Iterable[_Cue]) -> str | None:
    """Say that colours or classes may tell speakers apart, where there are several of them."""
    marks = {
        match[1].casefold()
        for cue in cues
        for said in cue.text
        if "<" in said.text
        for match in _STYLED.finditer(said.text)
    }
    if len(marks) < 2:
        return None
    return "The file names no speakers; colours or classes in it may tell them apart."
