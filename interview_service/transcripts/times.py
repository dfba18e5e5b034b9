"""Times as transcripts write them: before a name, after it, and the timing lines of cues.

Every pattern is matched at a fixed place and repeats nothing without a bound but blanks.
"""

import re
from dataclasses import dataclass

HEAD = 160
"""Characters at the beginning of a line in which a time and a name are looked for."""

_CLOCK = (
    r"(?:(?P<{0}h>\d{{1,3}}):)?(?P<{0}m>\d{{1,3}}):(?P<{0}s>[0-5]?\d)"
    r"(?:[.,](?P<{0}f>\d{{1,6}})|[:;](?P<{0}r>\d\d)(?!\d))?"
    r"(?:[ \u00a0\u202f]?(?P<{0}p>[AaPp])\.?[Mm]\b\.?)?"
)
_DATE = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?:, ?|[ T]))?"

_FIRST = re.compile(
    rf"@?(?P<open>[\[(])?{_DATE}{_CLOCK.format('')}"
    r"(?(open)[ ]?[\])][ \t]*|(?=$|[ \t]|:[ \t])[ \t]*)(?::[ \t]+)?(?:[-–—|](?!-)[ \t]*)?"
)
_LAST = re.compile(
    rf"(?:^|(?<=[\s,|–—s-]))(?P<open>[\[(])?{_DATE}{_CLOCK.format('')}(?(open)[\])])$"
)
_SPAN = re.compile(
    rf"(?P<open>[\[(])?{_CLOCK.format('a')}[ \t]*(?P<arrow>-->|->|→|[-–—,])[ \t]*"
    rf"{_CLOCK.format('b')}(?(open)[\])])[ \t]*"
)
_SPOKEN_OUT = re.compile(
    r"(?:\d{1,3} (?:hours?|Stunden?|heures?|horas?) )?"
    r"(?:\d{1,3} (?:minutes?|Minuten?|minutos?) )?"
    r"\d{1,3} (?:secondes?|Sekunden?|segundos?|seconds?)"
)

_PART = r"(?:(?:(\d{1,4}):)?(\d{1,3}):)?(\d{1,6})(?:[.,:;](\d{1,9}))?"
_TIMING = re.compile(rf"{_PART}[ \t]*(-->|->|–>|—>|→)[ \t]*{_PART}(?=[ \t]|$)")
_SETTING = re.compile(r"[A-Za-z][A-Za-z0-9]{0,15}:\S")


def clock(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> str | None:
    """Return a time as `HH:MM:SS.mmm`; None where it is none, as `01:75:00`."""
    if (hours is not None and int(minutes) > 59) or int(seconds) > 59:
        return None
    carried, rest = divmod(int(minutes), 60)
    milliseconds = (fraction or "")[:3].ljust(3, "0")
    return f"{int(hours or 0) + carried:02d}:{rest:02d}:{int(seconds):02d}.{milliseconds}"


def _read(match: re.Match[str], prefix: str = "") -> str | None:
    hours, minutes, seconds, fraction, half = (
        match[f"{prefix}{each}"] for each in ("h", "m", "s", "f", "p")
    )
    if half is None:
        return clock(hours, minutes, seconds, fraction)
    if hours is None:  # 10:02 AM: hours and minutes
        hours, minutes, seconds = minutes, seconds, "0"
    if int(hours) > 12:
        return None
    return clock(str(int(hours) % 12 + 12 * (half in "Pp")), minutes, seconds, fraction)


@dataclass(frozen=True, slots=True)
class Found:
    """A time in a line.

    :param at: as `HH:MM:SS.mmm`.
    :param start: where it starts in the line, or where the line's words end before it.
    :param end: where it ends, blanks and a dash after it included.
    :param marked: it has brackets, hours or a date, and is hardly a part of what is said.
    """

    at: str
    start: int
    end: int
    marked: bool


def time_first(line: str) -> Found | None:
    """Return the time that a line begins with: `[00:12]`, `00:12:03`, `@0:05 -`, `10:02 AM`."""
    match = _FIRST.match(line[:HEAD])
    at = _read(match) if match else None
    if match is None or at is None:
        return None
    bare = match["open"] is None
    if bare and line[match.end() : match.end() + 1].isdigit():  # 22:00 - 06:00 every night
        return None
    marked = not bare or match["h"] is not None or match[0][0] == "@"
    return Found(at, 0, match.end(), marked)


def time_last(text: str) -> Found | None:
    """Return the time that a text of at most `HEAD` characters ends with."""
    if len(text) > HEAD or not text or text[-1] not in "0123456789)].mM":
        return None
    match = _LAST.search(text)
    at = _read(match) if match else None
    if match is None or at is None:
        return None
    return Found(at, len(text[: match.start()].rstrip(" \t,|–—-")), match.end(), True)


def duration_last(text: str) -> int | None:
    """Return where a duration in words starts that a text ends with, a time after it or not.

    Teams pastes `Jane Smith 1 minute 5 seconds`, and `1 minute 5 seconds1:05` above it.
    """
    if len(text) > HEAD:
        return None
    for match in _SPOKEN_OUT.finditer(text):
        rest = text[match.end() :].strip()
        time = time_last(rest)
        if not rest or (time is not None and time.start == 0):
            return match.start()
    return None


def span_first(line: str) -> Found | None:
    """Return the span of time that a line begins with, as `[00:01.000 --> 00:04.000]`.

    A dash between bare times of day is something said: a shift of 22:00 - 06:00.
    """
    match = _SPAN.match(line[:HEAD])
    if match is None:
        return None
    exact = all(match[f"{each}f"] or match[f"{each}r"] for each in "ab")
    in_brackets = match["open"] is not None and match["ah"] is not None
    if not (match["arrow"] == "-->" or exact or in_brackets):
        return None
    at = _read(match, "a")
    return Found(at, 0, match.end(), True) if at else None


@dataclass(frozen=True, slots=True)
class Timing:
    """The timing line of a cue.

    :param at: the start, as `HH:MM:SS.mmm`.
    :param arrow: how start and end are joined; `-->` in a file as it should be.
    :param coloned: start and end have minutes.
    :param exact: start and end have a fraction of a second.
    :param plain: nothing but settings follows.
    """

    at: str
    arrow: str
    coloned: bool
    exact: bool
    plain: bool


def timing(line: str) -> Timing | None:
    """Read `start --> end settings`; hours, minutes and fractions may be left out."""
    match = _TIMING.match(line[: 2 * HEAD])
    if match is None:
        return None
    start, arrow, end = match.groups()[:4], match[5], match.groups()[5:]
    at, until = _moment(*start), _moment(*end)
    if at is None or until is None:
        return None
    rest = line[match.end() :].split()
    plain = all(_SETTING.match(each) for each in rest)
    coloned = start[1] is not None and end[1] is not None
    exact = start[3] is not None and end[3] is not None
    return Timing(at, arrow, coloned, exact, plain)


def _moment(
    hours: str | None, minutes: str | None, seconds: str, fraction: str | None
) -> str | None:
    if minutes is not None:
        return clock(hours, minutes, seconds, fraction)
    whole = int(seconds)
    return clock(str(whole // 3600), str(whole // 60 % 60), str(whole % 60), fraction)
