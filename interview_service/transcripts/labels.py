"""Names of speakers at the beginning of lines: `Name:`, `[Name]`, `Name  00:12`, `**Name**`.

A line is first taken apart into what looks like a name and the words; which of these are names is
decided when all lines are known, since a prefix that comes back is a speaker and one that comes
once may be prose.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from interview_service.transcripts.times import HEAD, time_first, time_last
from interview_service.transcripts.turns import tidy
from interview_service.transcripts.words import NOISE, PARTICLES, PROSE, PROSE_FIRST, ROLES

MAX_NAME = 100
"""Characters of a name; what is longer is taken for words."""


class Style(StrEnum):
    """How a label is set off from the words."""

    COLON = "colon"
    TIGHT_COLON = "tight colon"  # no blank after it
    BRACKETS = "brackets"  # before words
    HEADING = "heading"  # a line of its own, in bold or brackets
    TIMED = "timed"  # before or after a time


@dataclass(frozen=True, slots=True)
class Line:
    """A line of speech, taken apart.

    :param label: what looks like the speaker's name, if anything does.
    :param at: the time that stands with it, as `HH:MM:SS.mmm`.
    :param words: what follows the label, or the whole line.
    :param whole: the line as words, in case the label is no name.
    :param opens: the line begins a cue, a paragraph, or what follows a dash on a line of its own.
    :param changes: a dash or `>>` before it says that somebody else speaks.
    """

    number: int
    label: str | None
    style: Style | None
    at: str | None
    words: str
    whole: str
    opens: bool = False
    changes: bool = False


# --- what a label may look like

_MARKED = re.compile(r"[:：\[(【*_<>#\d•●–—‐-]")  # without any of these a line has no label
_COLON = re.compile(r":(?=\s|$)|：")
_TIGHT_COLON = re.compile(r"(?<=[^\W_])[ \u00a0]?:(?=[^\W\d_])")
_BOLD = re.compile(r"(?:\*\*|__|<b>)([^<>*_:]+)([:：]?)(?:\*\*|__|</b>)(?:[ \t]*([:：]))?[ \t]*")
_BRACKETS = re.compile(r"[\[(【]([^\[\]()【】<>]+)[\])】](?!\()")
_CHANGE = re.compile(r"(?:>{2,3}|[-–—‐•●*](?=[ \t]))[ \t]*")
_TIGHT_DASH = re.compile(r"[-–—‐](?=[^\W\d_])")
_ODD = frozenset("?!;<>{}=\\•")
_SENTENCE_END = re.compile(r"[^\W\d_]{4}\.\s")
_TITLES_END = ("prof.", "inc.", "corp.", "gmbh.", "capt.")
_DATE = re.compile(r"\d:\d|, ?(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d", re.ASCII)
_SCHEMES = frozenset({"http", "https", "ftp", "mailto", "file", "tel", "ssh"})
_PHONE = re.compile(r"[+(]?[\d*xX][\d*xX ()./\-]{5,24}")
_GENERIC = re.compile(
    r"(?:unknown |unidentified )?(?:speaker|spkr?|sprecher(?:in)?|participant|teilnehmer(?:in)?"
    r"|locuteur|locutrice|intervenant|interlocuteur|hablante|orador|interlocutor|persona?|voice"
    r"|stimme|guest|gast|user|caller|channel|interviewer|interviewee|candidate|applicant)"
    r"(?:[ _#:.\-]{0,2}\d{1,4}|[ _#:.\-]{1,2}[a-z])?",
    re.IGNORECASE,
)


def folded(label: str) -> str:
    """Return a label in the form in which labels are compared."""
    return tidy(label).casefold()


def is_generic(label: str) -> bool:
    """Tell `Speaker 1`, `SPEAKER_00` and `Interviewer` from anybody's own name."""
    return _GENERIC.fullmatch(label) is not None


def may_be_a_name(label: str) -> bool:
    """Tell what can be anybody's name at all: it has a letter or a digit, and is no address."""
    return (
        0 < len(label) <= MAX_NAME
        and any(char.isalnum() for char in label)
        and "//" not in label
        and not _DATE.search(label)
        and label.lower() not in _SCHEMES
    )


def looks_like_a_name(label: str) -> bool:
    """Tell `Jane van der Berg` and `+49 170 1234567` from `So here is the thing`."""
    if is_generic(label) or _is_phone(label):
        return True
    if _ODD & set(label) or _ends_a_sentence(label):
        return False
    words = [word for word in (each.strip("()[]{}\"“”„'’,") for each in label.split()) if word]
    if not words or len(words) > 10 or not any(char.isalpha() for char in label):
        return False
    if any(word.casefold() in ROLES for word in words):
        return True
    if is_prose(label) or words[0][0].islower():
        return False
    core = _outside_brackets(label).split()
    return all(
        not word[0].islower() or word.casefold() in PARTICLES or f" {word}." in label
        for word in core
    )


def is_prose(label: str) -> bool:
    """Tell what opens a sentence or a heading: `Note`, `The problem`, `Step 2`, `Frage`."""
    words = [word for word in re.split(r"[^\w'’]", label.casefold()) if word]
    if not words:
        return False
    counted = [word for word in words if not word.isdigit()]
    if len(counted) == 1:
        return counted[0] in PROSE or (
            counted[0] in PROSE_FIRST and len(words) == 1 and len(counted[0]) > 1
        )
    return words[0] in PROSE_FIRST or (words[0] in PROSE and len(counted) > 1)


def is_noise(label: str) -> bool:
    """Tell `laughs` and `background noise` from a name in brackets."""
    words = [word.strip(".,…").casefold() for word in label.split()]
    return not words or any(word in NOISE for word in words) or label[-1] in ".!?…"


def _is_phone(label: str) -> bool:
    return _PHONE.fullmatch(label) is not None and sum(map(str.isdigit, label)) >= 4


def _ends_a_sentence(label: str) -> bool:
    match = _SENTENCE_END.search(label)
    return match is not None and not label[: match.end() - 1].lower().endswith(_TITLES_END)


def _outside_brackets(label: str) -> str:
    depth = 0
    kept = []
    for char in label:
        depth += char in "([{"
        kept.append(" " if depth or char in "\"“”„'’,-–—|/·#&+@." else char)
        depth -= char in ")]}" and depth > 0
    return "".join(kept)


# --- taking a line apart


def take_apart(number: int, line: str, *, heading: bool, opens: bool, in_cue: bool = False) -> Line:
    """Look for a name at the beginning of a line, and for a time before, after or behind it.

    :param line: without blanks at its ends.
    :param heading: whether the line may be a name on its own, in bold, in brackets, or before a
        time, with the words in the lines that follow.
    :param in_cue: a dash may stand right before a word, as subtitles have it.
    """
    if not _MARKED.search(line[:HEAD]):
        return Line(number, None, None, None, line, line, opens)
    rest, changes = _without_mark(line, in_cue)
    found = _split(rest, heading) if rest else None
    if found is None:
        said = rest if in_cue else line
        return Line(number, None, None, None, said, said, opens, changes)
    label, words, style = found[0], found[1].strip(), found[2]
    time = time_last(label)
    at = None
    if time:
        at, label, style = time.at, label[: time.start], Style.TIMED
    elif style is not Style.HEADING and words:
        behind = time_first(words)
        if behind and behind.marked and (words[0] == "[" or words[0] == "("):
            at, words = behind.at, words[behind.end :]
    label = _bare(label)
    if not may_be_a_name(label):
        said = rest if in_cue else line
        return Line(number, None, None, None, said, said, opens, changes)
    opens = opens or (style is Style.TIMED and heading)
    return Line(number, label, style, at, words, rest if in_cue else line, opens, changes)


def _without_mark(line: str, in_cue: bool) -> tuple[str, bool]:
    mark = _CHANGE.match(line) or (_TIGHT_DASH.match(line) if in_cue else None)
    return (line[mark.end() :], True) if mark else (line, False)


def _split(line: str, heading: bool) -> tuple[str, str, Style] | None:
    head = line[:HEAD]
    bold = _BOLD.match(head)
    if bold and (bold[2] or bold[3]):
        return bold[1], line[bold.end() :], Style.COLON
    brackets = _BRACKETS.match(head)
    if brackets and line[brackets.end() :][:1] == ":":
        return brackets[1], line[brackets.end() + 1 :], Style.COLON
    if brackets and _is_time(line[brackets.end() :].strip()):
        return line, "", Style.TIMED
    if brackets and brackets.end() < len(line) and is_generic(brackets[1]):
        return brackets[1], line[brackets.end() :], Style.BRACKETS
    colon = _COLON.search(head)
    if colon:
        return head[: colon.start()], line[colon.end() :], Style.COLON
    if heading and len(line) <= HEAD:
        if bold and bold.end() == len(line):
            return bold[1], "", Style.HEADING
        if brackets and brackets.end() == len(line):
            return brackets[1], "", Style.HEADING
        if line[0] == "#" and line.lstrip("#")[:1] == " ":
            return line.lstrip("# "), "", Style.HEADING
        time = time_last(line)
        if time and time.start:
            return line, "", Style.TIMED
    if brackets and brackets.end() < len(line):
        return brackets[1], line[brackets.end() :], Style.BRACKETS
    if bold and bold.end() < len(line):
        return bold[1], line[bold.end() :], Style.BRACKETS
    tight = _TIGHT_COLON.search(head)
    if tight:
        return head[: tight.start()], line[tight.end() :], Style.TIGHT_COLON
    return None


def _is_time(text: str) -> bool:
    time = time_last(text)
    return time is not None and time.start == 0


_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "*": "*", "_": "_", "`": "`"}


def _bare(label: str) -> str:
    """Return a label without what is set around it: brackets, quotes, bullets, hidden marks."""
    label = tidy(
        "".join(c for c in label if unicodedata.category(c) != "Cf" or c in "\u200c\u200d")
    )
    mark = _CHANGE.match(label)
    if mark:
        label = label[mark.end() :]
    if label.lstrip("#")[:1] == " ":
        label = label.lstrip("#")
    label = label.lstrip("•·▪►▶| ").rstrip("|·•▪–—- ,")
    brackets = _BRACKETS.fullmatch(label)
    if brackets:
        label = brackets[1].strip()
    if len(label) > 2 and _QUOTES.get(label[0]) == label[-1] and label.count(label[0]) <= 2:
        label = label[1:-1].strip()
    return label


# --- which labels are names


@dataclass(frozen=True, slots=True)
class Names:
    """Which labels are speakers.

    :param spelled: by the folded label: the name as it is first written.
    :param warnings: what looks like a name and was read as words, or the reverse.
    """

    spelled: dict[str, str]
    warnings: tuple[str, ...]

    def of(self, line: Line) -> str | None:
        """Return who a line's label says is speaking, if anybody."""
        if line.label is None:
            return None
        return line.label if folded(line.label) in self.spelled else None


@dataclass(slots=True)
class _Seen:
    """What is known of a label."""

    first: Line
    count: int = 0
    timed: int = 0
    opening: int = 0

    @property
    def label(self) -> str:
        return self.first.label or ""


def names_among(
    lines: Sequence[Line], *, cues: bool, known: Iterable[str] = (), opening_only: bool = False
) -> Names:
    """Decide which labels are names.

    :param lines: all lines of a file.
    :param cues: the lines are those of cues, where sentences break anywhere.
    :param known: names that are known from other marks.
    :param opening_only: judge labels by the lines that open a cue, and take them elsewhere as well.
    """
    seen = _labels(lines, opening_only)
    taken = {folded(each): each for each in known}
    settled = {
        key
        for key, each in seen.items()
        if (each.count > 1 or each.timed)
        and looks_like_a_name(each.label)
        and each.first.style is not Style.BRACKETS
    }
    by_time = _go_by_time(seen)
    every_line = _names_open_lines(lines)
    capitals = _words_are_capitalised(lines, settled)
    warnings = []
    for key, each in seen.items():
        if key in taken:
            continue
        if _is_a_name(each, seen, settled - {key}, by_time, every_line, cues) and not (
            capitals and each.count == 1 and _goes_on_small(each)
        ):
            taken[key] = each.label
        elif each.count > 1 or looks_like_a_name(each.label):
            if each.first.style in (Style.BRACKETS, Style.TIGHT_COLON) and each.count == 1:
                continue
            if is_noise(each.label) or (each.count == 1 and is_prose(each.label)):
                continue
            warnings.append(
                f"“{each.label}” on line {each.first.number} may be a speaker;"
                " it was read as words."
            )
    return Names(taken, tuple(warnings))


def _labels(lines: Sequence[Line], opening_only: bool) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for line in lines:
        if line.label is None or (opening_only and not (line.opens or line.changes)):
            continue
        each = seen.setdefault(folded(line.label), _Seen(line))
        each.count += 1
        each.timed += line.at is not None
        each.opening += line.opens
        if line.style is not Style.BRACKETS and each.first.style is Style.BRACKETS:
            each.first = replace(each.first, style=line.style)
    return seen


def _go_by_time(seen: dict[str, _Seen]) -> bool:
    timed = sum(each.timed for each in seen.values())
    return timed > 1 and 2 * timed > sum(each.count for each in seen.values())


def _names_open_lines(lines: Sequence[Line]) -> bool:
    """Tell whether nearly every line, or paragraph where names open these, begins with a name."""
    labelled = [line for line in lines if line.label is not None and looks_like_a_name(line.label)]
    if 2 * sum(line.opens for line in labelled) > len(labelled):
        labelled = [line for line in labelled if line.opens]
        said = sum(line.opens and bool(line.whole) for line in lines)
    else:
        said = sum(bool(line.whole) for line in lines)
    return 10 * len(labelled) >= 9 * said


def _words_are_capitalised(lines: Sequence[Line], settled: set[str]) -> bool:
    """Tell whether what speakers say begins with a capital, nearly always.

    Words that begin with a digit, or in a script without capitals, do not tell.
    """
    first = [
        line.words[0]
        for line in lines
        if line.words and line.label is not None and folded(line.label) in settled
    ]
    capitals = sum(map(str.isupper, first))
    told = capitals + sum(map(str.islower, first))
    return told > 1 and 10 * capitals >= 9 * told


def _goes_on_small(each: _Seen) -> bool:
    """Tell `Redis: it is quick` from a name: one word, and a sentence that goes on after it.

    A label in a script without capitals is no word of such a sentence.
    """
    words = each.first.words
    return (
        each.label.upper() != each.label.lower()
        and " " not in each.label
        and not is_generic(each.label)
        and each.first.style is Style.COLON
        and bool(words)
        and words[0].islower()
    )


def _is_a_name(
    each: _Seen,
    seen: dict[str, _Seen],
    settled: set[str],
    by_time: bool,
    every_line: bool,
    cues: bool,
) -> bool:
    label, style = each.label, each.first.style
    named = looks_like_a_name(label)
    if style is Style.BRACKETS:
        return is_generic(label) or (
            each.count > 1 and named and not is_noise(label) and not settled
        )
    if style is Style.HEADING:
        if is_noise(label):
            return False
        return named and (each.count > 1 or len(label.split()) > 1 or not cues)
    if style is Style.TIGHT_COLON:
        return each.count > 1 and named and not is_prose(label)
    if by_time and not each.timed:
        return named and not is_prose(label) and (is_generic(label) or each.count > 2)
    if each.timed:
        below = style is Style.TIMED and not each.first.words and not each.opening
        return each.count > 1 or (named and (not below or bool(settled)))
    if not any(char.isalpha() for char in label) and not named:
        return each.count > 1 and not settled and len(seen) > 1
    if each.count > 1:
        return not settled or _comes_back_as_a_name(each)
    return _stands_once(each, settled, every_line, cues)


def _comes_back_as_a_name(each: _Seen) -> bool:
    """Among other speakers, what comes back is one, unless it is plainly prose."""
    label = each.label
    if is_prose(label) and not is_generic(label):
        return False
    return (
        looks_like_a_name(label) or " " not in label or len(_outside_brackets(label).split()) <= 3
    )


def _stands_once(each: _Seen, settled: set[str], every_line: bool, cues: bool) -> bool:
    label = each.label
    if is_generic(label) or _is_phone(label):
        return True
    if is_prose(label):
        return False
    named = looks_like_a_name(label)
    if len(label.split()) > 1 and named:
        return True
    short = len(label.split()) <= 2 and not _ODD & set(label)
    if cues or settled:
        return named and (len(settled) < 2 or every_line)
    return short
