"""Reads plain text: `Name: words` lines, and names on lines of their own with the words below."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from interview_service.domain.transcript import UNKNOWN_SPEAKER
from interview_service.transcripts.labels import (
    MAX_NAME,
    Line,
    Names,
    Style,
    folded,
    is_generic,
    is_noise,
    is_prose,
    looks_like_a_name,
    may_be_a_name,
    names_among,
    take_apart,
)
from interview_service.transcripts.times import (
    HEAD,
    duration_last,
    span_first,
    time_first,
    time_last,
)
from interview_service.transcripts.turns import (
    ParsedTranscript,
    TranscriptUnreadable,
    TurnBuilder,
    tidy,
)


def read(lines: Sequence[str]) -> ParsedTranscript:
    """Read the lines of a file.

    What an exporter adds (a title and a list of names before an empty line, "Transcribed by …") is
    left out.

    :raise TranscriptUnreadable: nobody is named and there are no times, or a limit is broken.
    """
    apart = _with_times_below(_apart(_without_numbers(lines)))
    names = names_among(apart, cues=False)
    if not names.spelled:
        apart, names = _in_another_style(apart)
    apart, names = _without_cast(apart, names)
    speaking = next((at for at, line in enumerate(apart) if names.of(line)), None)
    header = _header_length(apart, speaking, names)
    apart = apart[header:]
    times = sum(line.at is not None for line in apart)
    timed = times > 1 and 3 * times >= len(apart)
    turns = TurnBuilder()
    at = None
    for line in apart:
        name = names.of(line)
        if name is not None:
            turns.begin(line.number, name, line.at or at)
            turns.say(line.number, line.words)
            at = None
        elif not line.whole:  # a time on a line of its own, for whoever speaks next
            at = line.at
        elif turns.speaker is None:
            if not timed:
                raise TranscriptUnreadable('no speaker: expected "Name: words"', line.number)
            turns.begin(line.number, UNKNOWN_SPEAKER, line.at or at)
            turns.say(line.number, line.words)
        else:
            turns.say(line.number, line.words if timed and line.label is None else line.whole)
    transcript = turns.transcript()
    warnings = list(names.warnings)
    if any(turn.speaker == UNKNOWN_SPEAKER for turn in transcript.turns):
        warnings.append(
            f"Some words have no speaker; they are by “{UNKNOWN_SPEAKER}”."
            if names.spelled
            else "The file names no speakers."
        )
    return ParsedTranscript(transcript.turns, tuple(warnings))


# --- lines

_EXPORTERS_OWN = re.compile(
    r"transcribed by (?:https?://)?\S+|(?:meeting|transcription|recording) ended after .+"
    r"|this editable transcript was computer generated and might contain errors.*",
    re.IGNORECASE,
)
_EXPORTERS_END = (" started transcription", " stopped transcription")
_HEADING_OF_WORDS = re.compile(r"^[#*_ ]*transcript(?:ion)?:?[#*_ ]*", re.IGNORECASE)
_RULE = re.compile(r"[-–—_=*#~. ]+")


def _is_exporters_own(text: str) -> bool:
    return len(text) < HEAD and (
        _EXPORTERS_OWN.fullmatch(text) is not None or text.lower().endswith(_EXPORTERS_END)
    )


_LINE_NUMBER = re.compile(r"(\d{1,5})[.):]?[ \t]+(?=\D)")


def _without_numbers(lines: Sequence[str]) -> Sequence[str]:
    """Drop the numbers of lines, where nearly every line has the next one."""
    written = [(at, line.strip()) for at, line in enumerate(lines) if line.strip()]
    numbers = {at: match for at, line in written if (match := _LINE_NUMBER.match(line[:HEAD]))}
    values = [int(match[1]) for match in numbers.values()]
    in_order = all(other - one == 1 for one, other in pairwise(values))
    if len(values) < 3 or not in_order or 2 * len(values) < len(written):
        return lines
    return [
        line.strip()[numbers[at].end() :] if at in numbers else line
        for at, line in enumerate(lines)
    ]


def _with_times_below(lines: list[Line]) -> list[Line]:
    """Take a name with nothing but a time on the line below for a heading."""
    kept: list[Line] = []
    for line in lines:
        before = kept[-1] if kept else None
        if (
            before is not None
            and not line.whole
            and line.words != _SPAN
            and before.number + 1 == line.number
            and before.label is None
            and before.at is None
            and _may_be_a_heading(before.whole)
        ):
            kept[-1] = replace(
                before, label=tidy(before.whole), style=Style.TIMED, at=line.at, words=""
            )
        else:
            kept.append(line)
    return kept


def _may_be_a_heading(text: str) -> bool:
    return (
        0 < len(text) <= MAX_NAME
        and len(text.split()) <= _NAME_WORDS
        and text[-1] not in ".,:;?!…"
        and may_be_a_name(text)
        and looks_like_a_name(text)
        and not is_prose(text)
        and not is_noise(text)
    )


_CAST_LINES = 12


def _without_cast(apart: list[Line], names: Names) -> tuple[list[Line], Names]:
    """Drop lines at the top that say who is who, `Candidate: Jane Smith`, and warn of them."""
    counted = Counter(folded(line.label) for line in apart if line.label is not None)
    cast = [
        line
        for line in apart[:_CAST_LINES]
        if line.label is not None
        and counted[folded(line.label)] == 1
        and folded(line.words) in names.spelled
        and counted[folded(line.words)] > 0
    ]
    if not cast:
        return apart, names
    spelled = {
        key: name
        for key, name in names.spelled.items()
        if key not in {folded(line.label or "") for line in cast}
    }
    told = tuple(f"Line {line.number} says: “{line.whole[:MAX_NAME]}”." for line in cast)
    return [line for line in apart if line not in cast], Names(spelled, (*names.warnings, *told))


def _apart(lines: Sequence[str]) -> list[Line]:
    apart: list[Line] = []
    after_blank = True
    for number, (raw, following) in enumerate(zip_longest(lines, lines[1:]), start=1):
        text = (raw or "").strip().strip("\ufeff\u200b\u200e\u200f").strip()
        if text and _RULE.fullmatch(text):
            after_blank = True
            continue
        said_for = duration_last(text)
        if said_for is not None:
            _take_duration_apart(apart, number, text, said_for)
        elif text and not _is_exporters_own(text):
            spaced = text[0] == "[" or "  " in text[:HEAD] or "\t" in text[:HEAD]
            line = _take_time_apart(number, text, heading=after_blank or spaced, opens=after_blank)
            if line.label is None and (following or "").strip():
                before = apart[-1] if apart else None
                line = _as_name_below_time(line, before, text)
            apart.append(line)
        after_blank = not text
    return apart


def _take_duration_apart(apart: list[Line], number: int, text: str, start: int) -> None:
    """Take `Jane Smith 1 minute 5 seconds` for a name; it may stand on the line above as well."""
    name = tidy(text[:start])
    if name and may_be_a_name(name):
        apart.append(Line(number, name, Style.TIMED, None, "", text, opens=True))
        return
    time = time_last(text)
    at = time.at if time else None
    if apart and apart[-1].label is None and _may_be_a_heading(apart[-1].whole):
        above = apart.pop()
        label = tidy(above.whole)
        apart.append(Line(above.number, label, Style.TIMED, at, "", above.whole, opens=True))
        return
    apart.append(Line(number, None, None, at, "", ""))


def _take_time_apart(number: int, line: str, *, heading: bool, opens: bool) -> Line:
    """Look for a time at the beginning of a line, then for a name.

    A time before mere words stays with them, being perhaps a part of what is said, unless it has
    brackets or hours.
    """
    stripped = line.lstrip("*_")
    span = span_first(stripped)
    time = span or time_first(stripped)
    if time is None:
        return take_apart(number, line, heading=heading, opens=opens)
    rest = stripped[time.end :]
    if stripped != line:  # **[00:12]** Jane Smith
        rest = rest.lstrip("*_ \t")
    if span and not rest:
        return Line(number, None, None, time.at, _SPAN, "", opens)
    if not rest:
        return Line(number, None, None, time.at, "", "", opens)
    apart = take_apart(number, rest, heading=heading, opens=opens)
    if apart.label is not None and apart.label.startswith("From "):  # a chat that was saved
        apart = replace(apart, label=apart.label[5:].partition(" to ")[0])
    style = Style.TIMED if apart.label is not None else None
    if apart.style in (Style.BRACKETS, Style.TIGHT_COLON):
        style = apart.style
    return replace(
        apart,
        at=apart.at or time.at,
        style=style,
        words=apart.words if style or time.marked else line,
        whole=rest if time.marked and stripped[0] in "[(@" else line,
    )


_SPAN = "-->"  # the words of a line that is nothing but a span of time
_NAME_WORDS = 5


def _as_name_below_time(line: Line, before: Line | None, text: str) -> Line:
    """Take `0:05 Jane Smith`, or a name below a line with a span of time, for who speaks next."""
    spanned = before is not None and not before.whole and before.words == _SPAN
    time = time_first(text)
    said = line.whole if spanned or time is None else text[time.end :]
    if len(said) > MAX_NAME or not (spanned or said != text):
        return line
    words = said.split()
    if not (may_be_a_name(said) and looks_like_a_name(said) and said[-1] not in ".,:?!"):
        return line
    if not spanned and not (2 <= len(words) <= _NAME_WORDS or is_generic(said)):
        return line
    at = before.at if spanned and before is not None else line.at
    return Line(
        line.number, tidy(said), Style.TIMED, at, "", line.whole, opens=spanned or line.opens
    )


# --- styles without colons, brackets or times

_Q_AND_A = re.compile(r"([QARFIB])[.)][ \t]+(?=\S)")
_SEPARATORS = (
    re.compile(r"(?<![ \t])[ \t]+[-–—][ \t]+"),
    re.compile(r"\t[ \t]*|[ ]{3,}"),
    re.compile(r"\|[ \t]*"),
)
_ANGLED = re.compile(r"^<([^<>]+)>:?[ \t]+|^([^<>\s]+)>[ \t]+")


def _in_another_style(apart: list[Line]) -> tuple[list[Line], Names]:
    """Look for names set off by a dash, a tab or a bar, or on lines of their own."""
    for relabelled in (
        [_angled(line) for line in apart],
        [_lettered(line) for line in apart],
        *([_separated(line, separator) for line in apart] for separator in _SEPARATORS),
        _headings(apart),
    ):
        counted = Counter(folded(line.label) for line in relabelled if line.label is not None)
        again = {key for key, count in counted.items() if count > 1}
        spelled = {
            folded(line.label): line.label
            for line in reversed(relabelled)
            if line.label is not None and (folded(line.label) in again or line.opens)
        }
        covered = sum(counted[key] for key in spelled)
        if again and len(spelled) > 1 and 3 * covered >= len(apart):
            return relabelled, Names(spelled, ())
    return apart, Names({}, ())


def _relabelled(line: Line, label: str, words: str, style: Style) -> Line:
    label = tidy(label)
    if not may_be_a_name(label) or not looks_like_a_name(label) or is_prose(label):
        return replace(line, label=None, style=None)
    return replace(line, label=label, words=words, style=style)


def _angled(line: Line) -> Line:
    match = _ANGLED.match(line.whole[:HEAD])
    if match is None:
        return replace(line, label=None, style=None)
    name = match[1] or match[2]
    return replace(line, label=name, words=line.whole[match.end() :], style=Style.BRACKETS)


def _lettered(line: Line) -> Line:
    match = _Q_AND_A.match(line.whole[:HEAD])
    if match is None:
        return replace(line, label=None, style=None)
    return replace(line, label=match[1], words=line.whole[match.end() :], style=Style.COLON)


def _separated(line: Line, separator: re.Pattern[str]) -> Line:
    match = separator.search(line.whole[:HEAD])
    if match is None or match.start() == 0:
        return replace(line, label=None, style=None)
    return _relabelled(line, line.whole[: match.start()], line.whole[match.end() :], Style.COLON)


def _headings(apart: list[Line]) -> list[Line]:
    return [
        replace(line, label=tidy(line.whole), words="", style=Style.HEADING)
        if _may_be_a_heading(line.whole)
        else replace(line, label=None, style=None)
        for line in apart
    ]


# --- what stands above the words

_HEADER_LINES = 30


def _header_length(apart: Sequence[Line], speaking: int | None, names: Names) -> int:
    """Return how many lines stand above the words: a title, a date, who was there."""
    above = [at for at, line in enumerate(apart[: speaking or 0]) if line.whole]
    if not above or sum(names.of(line) is not None for line in apart) < 2:
        return 0
    last, following = apart[above[-1]], apart[above[-1] + 1]
    is_apart = (
        following.number - last.number > 1
        or not following.whole
        or _HEADING_OF_WORDS.fullmatch(last.whole[:HEAD]) is not None
        or all(_is_field(apart[at]) for at in above)
    )
    is_short = len(above) <= _HEADER_LINES and all(len(apart[at].whole) <= 500 for at in above)
    return above[-1] + 1 if is_apart and is_short else 0


def _is_field(line: Line) -> bool:
    """Tell `Date: 15 January` from words."""
    return (line.label is not None and is_prose(line.label)) or time_last(line.whole) is not None
