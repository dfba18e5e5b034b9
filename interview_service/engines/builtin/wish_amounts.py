"""Amounts in wishes beside plain minutes: shares of a length, numbers of questions on something,
and numbers whose unit the sentence gives once."""

import re
from dataclasses import dataclass

from interview_service.engines.builtin.durations import NUMBER, durations_in, number_of

_PARTS = {
    "half": 50, "third": 33, "quarter": 25, "fifth": 20, "tenth": 10, "two thirds": 67,
    "three quarters": 75, "drittel": 33, "viertel": 25, "halfte": 50, "tiers": 33, "quart": 25,
    "moitie": 50, "tercio": 33, "cuarto": 25, "mitad": 50,
}  # fmt: skip
_SHARE = (
    r"(?:about |roughly |around |some |maybe |at least |another )*(?:(?:a |one |ein |einen |um ein|"
    r"un |d'un |la |de la |die )?(?P<part>two thirds|three quarters|half|third|quarter|fifth|tenth|"
    r"drittel|viertel|halfte|tiers|quart|moitie|tercio|cuarto|mitad)|(?P<percent>[1-9]\d?) ?"
    r"(?:%|percent|per cent|prozent|pour cent|por ciento))"
)
_CUT = r"(?:cut|reduce|shorten|trim|shrink|bring|slash|scale|lower|decrease|condense|tighten)"
_GROW = r"(?:extend|lengthen|increase|expand|stretch|raise|prolong|boost)"
_SHARES = tuple(
    (is_less, re.compile(pattern))
    for is_less, pattern in (
        (True, rf"^{_CUT} (?P<x>.+?)(?: down)? (?:by|um) {_SHARE}$"),
        (False, rf"^{_GROW} (?P<x>.+?) (?:by|um) {_SHARE}$"),
        (True, rf"^(?:cut|knock|take|shave|trim|slice|lop) {_SHARE} (?:off|from|out of|of)"
         r"(?: of| from)? ?(?P<x>.*)$"),
        (True, rf"^(?:make |let )?(?P<x>.*?) ?(?:should be |must be |can be |could be |be |is )?"
         rf"(?:by )?{_SHARE} (?:shorter|less|off|smaller|kurzer|plus court|mas corta|mas corto)"
         r"(?: (?:time|minutes))?(?: (?:for|on) (?P<z>.+))?$"),
        (False, rf"^(?:make |let )?(?P<x>.*?) ?(?:should be |must be |can be |could be |be |is )?"
         rf"(?:by )?{_SHARE} (?:longer|more|bigger|langer|plus long|mas larga|mas largo)"
         r"(?: (?:time|minutes))?(?: (?:for|on) (?P<z>.+))?$"),
        (True, r"^(?:only |just |about )?(?P<part>half) (?:as long|the (?:time|length)|of "
         r"(?:it|that))(?: (?:for|on|of) (?P<x>.+))?$"),
        (True, r"^(?:(?:the )?(?P<x>.+?) )?(?:should |can |could |must )?(?:be )?(?:only |just )?"
         r"(?P<part>half) (?:as long|the (?:time|length))$"),
        (True, r"^(?:cut|split|chop|slash) (?P<x>.+?) (?:in|by) (?P<part>half)$"),
        (True, r"^(?P<x>.+?) (?:should |could |can |must |needs to |has to )?be (?:cut|split|"
         r"chopped|slashed|reduced) (?:in|by) (?P<part>half)$"),
        (True, r"^(?P<x>.+?) (?:should |could |can |must |needs to |has to )?be (?P<half>halved)$"),
        (True, r"^(?P<half>halve|halbiere\w*) (?:the (?:time|length) (?:for|on|of) )?(?P<x>.+)$"),
        (False, r"^(?:at least |about )?(?P<double>double|twice) "
         r"(?:the (?:time|length|minutes) (?:for|on|of) )?(?P<x>.+)$"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Share:
    """By which share of its length something is to be shorter or longer."""

    percent: int
    is_less: bool
    subject: str


def share_in(clause: str) -> Share | None:
    """Return the share that a folded clause asks for."""
    for is_less, pattern in _SHARES:
        match = pattern.match(clause)
        if match is None:
            continue
        groups = match.groupdict()
        if groups.get("half"):
            percent = 50
        elif groups.get("double"):
            percent = 100
        elif groups.get("part"):
            percent = _PARTS[groups["part"]]
        else:
            percent = int(groups["percent"])
        return Share(percent, is_less, (groups.get("z") or groups.get("x") or "").strip())
    return None


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that a clause gives to something, and the words for that."""

    number: int
    subject: str
    is_questions: bool


_QUESTION = r"(?:(?:good |main |key |more |extra |short |quick |different )*(?:questions?|qs?))"
_EACH = r"(?:on|about|for|to|regarding|around|in|per|with)"
_ONLY = (
    r"(?:(?:just|only|max|maximum|at most|at least|no more than|not more than|limit it to|stick to|"
    r"keep it to|up to|a maximum of|have|ask|do|use|give|make (?:it|that|them)|include|"
    r"put in|add|want|need|"
    r"exactly|spend|plan|allow|reserve|take|with|another|i think|say|like) )*"
)
_TAIL = (
    r"(?: (?:max|maximum|tops|at most|is enough|are enough|is plenty|are plenty|will do|would do|"
    r"is fine|are fine|please|suffices?|should do|should be enough|there|here|each|only|"
    r"in total|instead|is ok|are ok|then|would be (?:enough|fine|plenty)))*$"
)
_COUNTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:make|keep|have|leave) (?P<x>.+?) (?:as )?(?:just|only|at most) (?P<n>{NUMBER}) "
        rf"{_QUESTION}{_TAIL}",
        rf"^{_ONLY}(?P<n>{NUMBER}) {_QUESTION} (?:each )?{_EACH} (?P<x>.+?){_TAIL}",
        rf"^{_ONLY}(?P<n>{NUMBER}) (?P<x>.+?) {_QUESTION}{_TAIL}",
        rf"^(?:limit|cut|reduce|keep|bring|set) (?P<x>.+?) (?:down )?(?:to|at) (?P<n>{NUMBER}) "
        rf"{_QUESTION}{_TAIL}",
        rf"^(?:for |on |about )?(?P<x>.+?)[:,]? {_ONLY}(?P<n>{NUMBER}) {_QUESTION}{_TAIL}",
    )
)
_SAME = re.compile(rf"^{_ONLY}(?P<n>{NUMBER})(?: {_QUESTION})?(?: (?:of them|of those))?{_TAIL}")
_UNITLESS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^{_ONLY}(?P<n>{NUMBER}) (?:(?:of (?:it|them|that|those|which)|minutes|mins?) )?{_EACH} "
        rf"(?P<x>.+?){_TAIL}",
        rf"^{_ONLY}(?P<n>{NUMBER}) (?P<x>[^\d]+)$",
        rf"^(?:give |for |spend on |keep |make |on )?(?P<x>.+?)(?: ?[:=–-]| gets?| has| to| at| is|"
        rf" should (?:be|get|have|take))? {_ONLY}(?P<n>{NUMBER}){_TAIL}",
    )
)
_ARTICLES = frozenset(("a", "an", "un", "una", "une", "eine", "einer"))
FEW = 4  # a bare number above this is minutes, not questions


def count_in(clause: str) -> Amount | None:
    """Return how many questions a folded clause wants on something."""
    for pattern in _COUNTS:
        match = pattern.match(clause)
        if match is not None and match["x"].strip() and match["n"] not in _ARTICLES:
            return Amount(number_of(match["n"]), match["x"], is_questions=True)
    return None


def count_alone(clause: str) -> int | None:
    """Return the number in a clause that gives nothing but a number of questions: "two will do"."""
    match = _SAME.match(clause)
    return number_of(match["n"]) if match and match["n"] not in _ARTICLES else None


def unitless_in(clause: str) -> Amount | None:
    """Return a number that a folded clause gives to something, with no unit of its own."""
    if durations_in(clause):
        return None
    for pattern in _UNITLESS:
        match = pattern.match(clause)
        if match is not None:
            number = number_of(match["n"])
            return Amount(number, match["x"], is_questions=number <= FEW)
    return None


ADDED = re.compile(r"\b(?:more|extra|additional|another|fewer|less)\b")
LIMITED = re.compile(
    r"\b(?:only|just|max|maximum|at most|no more than|not more than|limit|cut|reduce|keep|up to|"
    r"enough|plenty|will do|would do|fine|ok|stick to|tops|suffices?|should do)\b"
)
QUESTIONS_SAID = re.compile(r"\bquestions?\b|\bqs\b")
AT_ONCE = re.compile(r"^[^,]+: ?\d+$")
