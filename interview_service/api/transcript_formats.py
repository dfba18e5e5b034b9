"""Reads transcript files (WebVTT, SubRip, plain text), and holds the limits of every format.

No HTTP here, and no JSON: its schema stands with the others. webvtt-py reads the times. Its file
readers are not used: their faults name no line, they drop what they cannot read, keep one voice
span a cue, and take whatever stands between `<` and `>` for a tag, where people say `List<String>`.

Reading is linear in the size of the file: every line is looked at a fixed number of times, by
patterns that stop at the next `<`, at a delimiter, or within the first `_HEAD` characters, and
a turn's words are joined once.
"""

import codecs
import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise, zip_longest

from webvtt import Caption
from webvtt.errors import MalformedCaptionError

from interview_service.api.fields import unstorable
from interview_service.domain.transcript import UNKNOWN_SPEAKER, Transcript, Turn

MAX_BYTES = 1024 * 1024
MAX_TURNS = 20_000
MAX_TEXT = 100_000
MAX_SPEAKER = 200
MAX_NAME = 100
"""Characters of a name before a colon; what is longer is taken for words."""


class TranscriptFormat(StrEnum):
    """The files that are understood, by media type."""

    WEBVTT = "text/vtt"
    SUBRIP = "application/x-subrip"
    PLAIN = "text/plain"


class TranscriptUnreadable(Exception):
    """A transcript that cannot be taken.

    :param reason: what is wrong, in words.
    :param line: where in the file, from 1; None where no line is at fault.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line


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


def parse(data: bytes, format: TranscriptFormat) -> Transcript:
    """Read a file of at most 1 MiB: UTF-8, or UTF-16 with a byte order mark; any line ends.

    Runs of white space become one space. `at` is `HH:MM:SS.mmm` from the beginning of the file.
    Cues in a row by one speaker are one turn; a turn of more than 100,000 characters goes on in
    another of the same speaker. Words without a speaker belong to the speaker before; in cues
    there may be none, which is then "Unknown".

    :raise TranscriptUnreadable: the file is not of that format, or breaks a limit; names the line.
    """
    lines = _lines(data)
    if format is TranscriptFormat.PLAIN:
        return _read_plain(lines)
    return _read_cues(lines, webvtt=format is TranscriptFormat.WEBVTT)


# --- bytes to lines

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_LINE_END = re.compile(r"\r\n|\r|\n")


def _lines(data: bytes) -> list[str]:
    if len(data) > MAX_BYTES:
        raise TranscriptUnreadable(f"the file is larger than {MAX_BYTES} bytes")
    mark, codec, name = next(
        (each for each in _MARKS if data.startswith(each[0])), (b"", "utf-8", "UTF-8")
    )
    body = data[len(mark) :]
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        place = f"byte 0x{body[error.start]:02X} at offset {len(mark) + error.start}"
        before = body[: error.start].decode(codec, "replace")
        raise TranscriptUnreadable(f"{place} is not {name}", _line_of(before)) from None
    nul = text.find("\x00")
    if nul >= 0:
        raise TranscriptUnreadable("must not contain U+0000", _line_of(text[:nul]))
    lines = _LINE_END.split(text)
    if not any(line.strip() for line in lines):
        raise TranscriptUnreadable("the file is empty")
    return lines


def _line_of(before: str) -> int:
    return len(_LINE_END.split(before))


# --- turns, as they are put together


@dataclass(slots=True)
class _OpenTurn:
    line: int
    speaker: str
    at: str | None
    words: list[str] = field(default_factory=list)
    length: int = -1  # of the words joined by single spaces

    def takes(self, words: str) -> bool:
        return not self.words or self.length + 1 + len(words) <= MAX_TEXT


class _Turns:
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
        self._open = _OpenTurn(line, _tidy(speaker), at)

    def say(self, line: int, text: str, at: str | None = None) -> None:
        """Add words to the turn that has begun; too many go on in a new one."""
        words = _tidy(text)
        assert self._open is not None
        if not words:
            return
        if not self._open.takes(words):
            self.begin(line, self._open.speaker, at)
        self._open.words.append(words)
        self._open.length += 1 + len(words)

    def transcript(self) -> Transcript:
        """Return everything that was said."""
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


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _within_limits(turn: Turn, number: int) -> Turn:
    if number >= MAX_TURNS:
        raise TranscriptUnreadable(f"there are more than {MAX_TURNS} turns")
    turn = replace(turn, speaker=turn.speaker.strip(), text=turn.text.strip())
    for name, text, most in (("speaker", turn.speaker, MAX_SPEAKER), ("text", turn.text, MAX_TEXT)):
        if not text:
            raise TranscriptUnreadable(f"the {name} is empty")
        if len(text) > most:
            raise TranscriptUnreadable(f"the {name} is longer than {most} characters")
    return turn


def _transcript(turns: Sequence[Turn]) -> Transcript:
    if not turns:
        raise TranscriptUnreadable("nobody says anything")
    return Transcript(tuple(turns))


# --- who speaks

_HEAD = 160
"""Characters at the beginning of a line in which a time and a name are looked for."""

_TIME = r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(?:[.,](\d{1,3}))?"
_TIME_FIRST = re.compile(rf"@?([\[(])?{_TIME}(?(1)[\])])(?:$|[ \t]+(?:[-–—][ \t]+)?)", re.ASCII)
_TIME_LAST = re.compile(rf"(?:^|([ \t]+))([\[(])?{_TIME}(?(2)[\])])$", re.ASCII)
_SPAN = re.compile(
    r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)(?:[.,](\d{1,3}))?[ \t]*-->[ \t]*[\d:.,]+$", re.ASCII
)
_COLON = re.compile(r":(?=\s|$)|：")
_BOLD = re.compile(r"(?:\*\*|__|<b>)([^<>*_:]+)(:?)(?:\*\*|__|</b>)(:?)[ \t]*")
_BRACKETED = re.compile(r"[\[(]([^\[\]()]+)[\])]")
_NO_NAME = frozenset('?!;"“”<>{}=\\•')
_SENTENCE_END = re.compile(r"(?!prof\b)[^\W\d_]{4,}\.\s", re.IGNORECASE)
_DATE = re.compile(r"\d:\d|,\s*(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d", re.ASCII)
_SCHEMES = frozenset({"http", "https", "ftp", "mailto"})
_ROLE = re.compile(
    "applicant|candidate|engineer|guest|host|interviewee|interviewer|manager|moderator|recruiter"
    "|speaker",
    re.IGNORECASE,
)
_PARTICLE = re.compile(
    "af|al|and|at|av|ben|bin|bint|da|de|del|della|den|der|des|di|do|dos|du|e|el|from|ibn|la|le|of"
    "|ter|the|till|und|van|von|y|zu|zur"
)
_OPENING = re.compile(
    "also|and|but|example|first|fyi|hint|no|note|ok|okay|ps|right|second|so|sure|thanks|third"
    "|warning|well|yeah|yes",
    re.IGNORECASE,
)
_EXPORTERS_OWN = re.compile(
    r"transcribed by (?:https?://)?\S+|(?:meeting|transcription|recording) ended after .{1,40}"
    r"|this editable transcript was computer generated and might contain errors\b.{0,200}"
    r"|.{1,100} (?:started|stopped) transcription",
    re.IGNORECASE,
)
_HEADING_OF_WORDS = re.compile("transcript(?:ion)?:?", re.IGNORECASE)
_NOISE = re.compile(
    "applause|coughing|crosstalk|inaudible|indistinct|laughing|laughs|laughter|music|noise|pause"
    "|recording|silence|sound|unintelligible",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of speech, taken apart.

    :param label: what looks like the speaker's name, if anything does.
    :param words: what follows the label, or the whole line.
    :param whole: the line as words, in case the label is no name.
    """

    number: int
    label: str | None
    at: str | None
    words: str
    whole: str


def _take_apart(number: int, line: str, *, heading: bool) -> _Line:
    """Look for a name at the beginning of a line, and for a time after the name.

    :param heading: whether the line may be a name on its own, in bold, in brackets, or before a
        time, with the words in the lines that follow.
    """
    split = _split_label(line, heading)
    if split is None:
        return _Line(number, None, None, line, line)
    label, words = split
    time = _TIME_LAST.search(label)
    at = _clock(*time.groups()[2:]) if time else None
    if time and at:
        label = label[: time.start()]
    label = _tidy(label).removeprefix("- ").removeprefix(">> ")
    bracketed = _BRACKETED.fullmatch(label)
    if bracketed:
        label = bracketed[1].strip()
    if not _may_be_a_name(label):
        return _Line(number, None, None, line, line)
    return _Line(number, label, at, words, line)


def _split_label(line: str, heading: bool) -> tuple[str, str] | None:
    head = line[:_HEAD]
    bold = _BOLD.match(head)
    if bold and (bold[2] or bold[3]):
        return bold[1], line[bold.end() :]
    colon = _COLON.search(head)
    if colon:
        return head[: colon.start()], line[colon.end() :]
    if not heading or len(line) > _HEAD:
        return None
    if bold and bold.end() == len(line):
        return bold[1], ""
    bracketed = _BRACKETED.fullmatch(line)
    if bracketed:
        names = bracketed[1].split()
        noise = any(_NOISE.fullmatch(name) for name in names)
        return (line, "") if len(names) > 1 and not noise and _looks_like_a_name(names) else None
    time = _TIME_LAST.search(line)
    return (line, "") if time and time.start() else None


def _may_be_a_name(label: str) -> bool:
    return (
        0 < len(label) <= MAX_NAME
        and any(char.isalpha() for char in label)
        and not _NO_NAME & set(label)
        and "//" not in label
        and not _SENTENCE_END.search(label)
        and not _DATE.search(label)
        and label.lower() not in _SCHEMES
    )


def _looks_like_a_name(words: Sequence[str]) -> bool:
    """Tell `Jane van der Berg` from `So here is the thing`."""
    if any(_ROLE.fullmatch(word.strip("()[]")) for word in words):
        return True
    return not words[0][0].islower() and all(
        not word[0].islower() or _PARTICLE.fullmatch(word) for word in words
    )


def _clock(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> str | None:
    """Return a time as `HH:MM:SS.mmm`; None where it is none."""
    if hours is not None and int(minutes) > 59:
        return None
    carried, rest = divmod(int(minutes), 60)
    milliseconds = (fraction or "").ljust(3, "0")
    return f"{int(hours or 0) + carried:02d}:{rest:02d}:{int(seconds):02d}.{milliseconds}"


# --- plain text


def _read_plain(lines: Sequence[str]) -> Transcript:
    """Read `Name: words` lines, and names on lines of their own with the words below.

    What an exporter adds (a title and a list of names before an empty line, "Transcribed by …") is
    left out.
    """
    apart = _plain_lines(lines)
    names = _plain_names(apart)
    speaking = next((at for at, line in enumerate(apart) if line.label in names), None)
    apart = apart[_header_length(apart, speaking, names) :]
    turns = _Turns()
    at = None
    for line in apart:
        if line.label in names and line.label is not None:
            turns.begin(line.number, line.label, line.at or at)
            turns.say(line.number, line.words)
            at = None
        elif not line.whole:  # a time on a line of its own, for whoever speaks next
            at = line.at
        elif turns.speaker is None:
            raise TranscriptUnreadable('no speaker: expected "Name: words"', line.number)
        else:
            turns.say(line.number, line.whole)
    return turns.transcript()


def _plain_lines(lines: Sequence[str]) -> list[_Line]:
    apart: list[_Line] = []
    after_blank = True
    for number, (raw, following) in enumerate(zip_longest(lines, lines[1:]), start=1):
        text = (raw or "").strip()
        if text and not (len(text) < _HEAD and _EXPORTERS_OWN.fullmatch(text)):
            spaced = text[0] == "[" or "  " in text[:_HEAD] or "\t" in text[:_HEAD]
            line = _take_time_apart(number, text, heading=after_blank or spaced)
            if line.label is None and (following or "").strip():
                before = apart[-1] if apart else None
                line = _as_name_below_time(line, before, text, heading=after_blank)
            apart.append(line)
        after_blank = not text
    return apart


def _as_name_below_time(line: _Line, before: _Line | None, text: str, *, heading: bool) -> _Line:
    """Take `0:05 Jane Smith`, or a name below a line with a span of time, for who speaks next."""
    spanned = before is not None and not before.whole and before.words == "-->"
    said = line.whole if spanned else text[_words_begin(text) :]
    if len(said) > MAX_NAME or not (spanned or (heading and said != text)):
        return line
    words = said.split()
    if not (_may_be_a_name(said) and _looks_like_a_name(words) and said[-1] not in ".,:"):
        return line
    if not spanned and not 2 <= len(words) <= _NAME_WORDS:
        return line
    at = before.at if spanned and before is not None else line.at
    return _Line(line.number, _tidy(said), at, "", line.whole)


_NAME_WORDS = 5


def _plain_names(apart: Sequence[_Line]) -> frozenset[str | None]:
    """Return which labels are names.

    Where speakers stand with a time, a label that never does, and comes once, is something said.
    """
    labels = Counter(line.label for line in apart if line.label is not None)
    timed = Counter(line.label for line in apart if line.label is not None and line.at)
    only_timed = sum(timed.values()) > 1 and 2 * sum(timed.values()) > sum(labels.values())
    return frozenset(
        label
        for label, count in labels.items()
        if (count > 1 or label in timed or not only_timed)
        and (count > 1 or not _OPENING.fullmatch(label))
        and (count > 1 or len(label.split()) <= 2 or _looks_like_a_name(label.split()))
    )


def _header_length(
    apart: Sequence[_Line], speaking: int | None, names: frozenset[str | None]
) -> int:
    """Return how many lines stand above the words: a title, a date, who was there."""
    above = [at for at, line in enumerate(apart[: speaking or 0]) if line.whole]
    if not above or sum(line.label in names for line in apart) < 2:
        return 0
    last, following = apart[above[-1]], apart[above[-1] + 1]
    is_apart = (
        following.number - last.number > 1
        or not following.whole
        or _HEADING_OF_WORDS.fullmatch(last.whole)
    )
    is_short = len(above) <= _HEADER_LINES and all(len(apart[at].whole) <= 500 for at in above)
    return above[-1] + 1 if is_apart and is_short else 0


_HEADER_LINES = 20


def _words_begin(text: str) -> int:
    """Return where a line's words begin, after a time and its dash."""
    time = _TIME_FIRST.match(text[:_HEAD])
    return time.end() if time else 0


def _take_time_apart(number: int, line: str, *, heading: bool) -> _Line:
    """Look for a time at the beginning of a line, then for a name.

    A time before mere words stays with them, being perhaps a part of what is said, unless it has
    brackets or hours.
    """
    span = _SPAN.fullmatch(line[:_HEAD]) if "-->" in line[:_HEAD] else None
    if span:
        return _Line(number, None, _clock(*span.groups()), "-->", "")
    time = _TIME_FIRST.match(line[:_HEAD])
    at = _clock(*time.groups()[1:]) if time else None
    if time is None or at is None:
        return _take_apart(number, line, heading=heading)
    rest = line[time.end() :]
    if not rest:
        return _Line(number, None, at, "", "")
    spoken = time[1] is None and time[2] is None
    apart = _take_apart(number, rest, heading=heading)
    return replace(apart, at=apart.at or at, whole=line if spoken else rest)


# --- cues

_TAG = re.compile(
    r"</?(?:b|c|font|i|lang|rt|ruby|s|u|v)(?:[.\s][^<>]*)?>|<\d[\d:.]*>", re.ASCII | re.IGNORECASE
)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]*)>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});", re.ASCII)
_LIKE_TIMING = re.compile(r"\d+:\d+\S* ?\S{0,3} ?\d+:\d+", re.ASCII)
_Numbered = tuple[int, str]


@dataclass(slots=True)
class _Cue:
    line: int
    at: str
    text: list[_Numbered]


def _read_cues(lines: Sequence[str], *, webvtt: bool) -> Transcript:
    numbered = list(enumerate(lines, start=1))
    if webvtt:
        numbered = _after_header(numbered)
    cues = _cues(list(_blocks(numbered)), webvtt=webvtt)
    if any(_VOICE.search(text) for cue in cues for _, text in cue.text):
        return _by_voice(cues)
    return _by_label(cues)


def _after_header(numbered: list[_Numbered]) -> list[_Numbered]:
    first = numbered[0][1]
    if not first.startswith("WEBVTT") or first[6:7].strip():
        raise TranscriptUnreadable("the file must begin with WEBVTT", 1)
    for index, (_, text) in enumerate(numbered[1:], start=1):
        if not text.strip() or "-->" in text:
            return numbered[index:]
    return []


def _blocks(numbered: Iterable[_Numbered]) -> Iterator[list[_Numbered]]:
    block: list[_Numbered] = []
    for number, raw in numbered:
        text = raw.strip()
        if text:
            block.append((number, text))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _cues(blocks: Sequence[list[_Numbered]], *, webvtt: bool) -> list[_Cue]:
    """Return the cues of a file.

    A block without a timing is an id that was torn from its cue, or goes on with the cue before:
    some exports leave empty lines inside a cue.
    """
    cues: list[_Cue] = []
    for block, following in zip_longest(blocks, blocks[1:]):
        timings = [place for place, (_, text) in enumerate(block) if "-->" in text]
        loose = block[: timings[0]] if timings else block
        if timings and loose and (loose[-1][1].isdecimal() or (webvtt and len(loose) == 1)):
            loose = loose[:-1]  # the cue's id
        elif following and _is_torn_id(block, following):
            loose = []
        if loose and not (webvtt and _is_aside(loose[0][1])):
            _refuse_timing_without_arrow(loose)
            if not cues:
                raise TranscriptUnreadable("expected a cue's timing", loose[0][0])
            cues[-1].text += loose
        for place, end in pairwise([*timings, len(block)]):
            number, timing = block[place]
            text = block[place + 1 : end]
            if end < len(block) and text and text[-1][1].isdecimal():
                text.pop()  # the id of the next cue
            _refuse_timing_without_arrow(text)
            cues.append(_Cue(number, _start(number, timing), text))
    return cues


def _is_aside(text: str) -> bool:
    return text in ("NOTE", "STYLE", "REGION") or text.startswith(("NOTE ", "NOTE\t"))


def _is_torn_id(block: list[_Numbered], following: list[_Numbered]) -> bool:
    return len(block) == 1 and block[0][1].isdecimal() and "-->" in following[0][1]


def _refuse_timing_without_arrow(lines: Iterable[_Numbered]) -> None:
    for number, text in lines:
        if text[0].isdecimal() and _LIKE_TIMING.match(_tidy(text[:_HEAD])[:40]):
            raise TranscriptUnreadable("cue timing is not understood", number)


def _start(number: int, timing: str) -> str:
    """Return when a cue starts, as `HH:MM:SS.mmm`; settings after the timing are of no interest."""
    before, _, after = timing.partition("-->")
    start, end = before.strip(), after.split(maxsplit=1)[:1]
    try:
        if not start or not end:
            raise MalformedCaptionError
        return str(Caption(start.replace(",", "."), end[0].replace(",", ".")).start)
    except MalformedCaptionError:
        raise TranscriptUnreadable("cue timing is not understood", number) from None


def _by_voice(cues: Iterable[_Cue]) -> Transcript:
    """Put turns together by voice spans; `Name:` is then something that is said."""
    turns = _Turns()
    for cue in cues:
        for number, text in cue.text:
            # words, name, words, name, …, words
            first, *spans = _VOICE.split(text)
            _continue(turns, cue, number, None, _clean(first))
            for name, words in zip(spans[::2], spans[1::2], strict=True):
                _continue(turns, cue, number, _tidy(_clean(name)) or None, _clean(words))
    return turns.transcript()


def _by_label(cues: Iterable[_Cue]) -> Transcript:
    """Put turns together by the `Name:` at the beginning of a cue, if any."""
    apart = [
        (
            cue,
            [
                _in_cue(number, text, heading=not place and len(cue.text) > 1)
                for place, (number, text) in enumerate(cue.text)
            ],
        )
        for cue in cues
    ]
    firsts = Counter(lines[0].label for _, lines in apart if lines)
    names = {
        label
        for label, count in firsts.items()
        if label is not None
        and (count > 1 or (_looks_like_a_name(label.split()) and not _OPENING.fullmatch(label)))
    }
    turns = _Turns()
    for cue, lines in apart:
        for line in lines:
            if line.label in names:
                _continue(turns, cue, line.number, line.label, line.words)
            else:
                _continue(turns, cue, line.number, None, line.whole)
    return turns.transcript()


def _in_cue(number: int, text: str, *, heading: bool) -> _Line:
    """Take a cue's line apart; a name in bold is seen before the tags are cleaned away."""
    bold = _BOLD.match(text[:_HEAD])
    if bold and heading and bold.end() == len(text) and not bold[2] and not bold[3]:
        text = f"({bold[1]})"
    return _take_apart(number, _clean(text).strip(), heading=heading)


def _continue(turns: _Turns, cue: _Cue, number: int, speaker: str | None, words: str) -> None:
    """Add a cue's words: to the turn under way, unless somebody else speaks."""
    if not words.strip() and speaker is None:
        return
    speaker = speaker or turns.speaker or UNKNOWN_SPEAKER
    if speaker != turns.speaker:
        turns.begin(number, speaker, cue.at)
    turns.say(number, words, cue.at)


def _clean(text: str) -> str:
    """Return a cue's text without tags, its entities as the characters that they stand for.

    `html.unescape` alone would fail on a number of thousands of digits.
    """
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), _TAG.sub("", text))
