"""What feedback on a plan asks for, as far as rules can read it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from interview_service.domain.cases import Part
from interview_service.domain.interview import Brief, Level
from interview_service.domain.skills import called_in, content_words, find

_LONGEST_TEXT = 300
_MINUTES = re.compile(r"(?<![\d.,])(\d{2,3})[\s-]*(?:min\b|mins\b|minutes?\b)", re.IGNORECASE)
_HOURS = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d)?)[\s-]*(?:h\b|hrs?\b|hours?\b)", re.IGNORECASE)
_SPELLED_HOURS = (
    (re.compile(r"\bhalf an hour\b", re.IGNORECASE), 30),
    (re.compile(r"\b(?:an|one) hour and a half\b", re.IGNORECASE), 90),
    (re.compile(r"\btwo hours\b", re.IGNORECASE), 120),
    (re.compile(r"\b(?:an|one) hour\b", re.IGNORECASE), 60),
)
_NONE = re.compile(
    r"\b(?:without|drop|remove|skip|no|not|leave out|leave)\b|n['’]t\b", re.IGNORECASE
)
_NOT_NONE = re.compile(
    r"\b(?:not enough|too little)\b|(?:\bnot|n['’]t) (?:drop|remove|skip|leave)\b", re.IGNORECASE
)
_LESS = re.compile(r"\b(?:less|fewer|reduce|shorten|too much)\b", re.IGNORECASE)
_SHORTER = re.compile(r"\b(?:shorter|too long|shorten)\b", re.IGNORECASE)
_LONGER = re.compile(r"\b(?:longer|too short|lengthen)\b", re.IGNORECASE)
_HARDER = re.compile(
    r"\b(?:harder|tougher|deeper|more (?:difficult|challenging|advanced|depth|senior)|"
    r"too (?:easy|simple|basic|shallow))\b",
    re.IGNORECASE,
)
_EASIER = re.compile(
    r"\b(?:easier|simpler|more basic|less (?:difficult|advanced)|"
    r"too (?:hard|difficult|tough|advanced|deep|senior))\b",
    re.IGNORECASE,
)
_FEWER = re.compile(r"\b(?:fewer|less|too many) questions\b", re.IGNORECASE)
_PRACTICAL = re.compile(
    r"\b(?:practice|practical|hands-on|live coding|coding|exercises?|pairing|pair programming)\b",
    re.IGNORECASE,
)
_THEORY = re.compile(r"\b(?:theory|theoretical)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;,!?\n]|\.(?=\s|$)|\bbut\b|\band\b", re.IGNORECASE)
_INSTEAD = re.compile(
    r"\b(?:replace|swap|exchange)\b(?P<out>.+?)\b(?:with|by|for)\b(?P<into>.+)"
    r"|(?P<new>.+)\binstead of\b(?P<old>.+)",
    re.IGNORECASE,
)
_WISH_WORDS = re.compile(
    r"\b(?:please|add|ask|about|more|less|focus|on|no|not|without|drop|remove|skip|leave|out|the|"
    r"some|a|an|with|include|questions?|cover|begin|start|also|we|i|want|would|like|need|do|of|"
    r"enough|too|much|little|reduce|fewer|talk|as|well)\b",
    re.IGNORECASE,
)
_PART_WORDS: Mapping[Part, str] = {
    Part.CASE: (
        r"(?:system|data|software) (?:design|architecture)|architecture|design exercise|case study|"
        r"case|situations|test strategy|threat model\w*|problem solving"
    ),
    Part.CORE: r"technical|hands-on|coding|craft|portfolio|role skills|practice|practical",
    Part.CULTURE: r"cultur\w+|behaviou?ral|team fit|soft skills",
    Part.LEADERSHIP: r"leadership|management",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What feedback asks for, as far as rules can read it.

    :param minutes: how long the interview should be; None leaves it.
    :param scale: 1 for a longer interview, -1 for a shorter one.
    :param more, less, without: skills to begin with, to put last, and to leave out.
    :param shift: part to 1 for more of it, -1 for less.
    :param dropped: parts to leave out.
    :param fixed: part to the minutes that it should have.
    :param harder: 1 for the questions of the level above, -1 for those of the one below.
    :param practical: an exercise is wanted; `fewer`, fewer questions.
    :param rest: what no rule can read: topics of a section of their own.
    :param said: the feedback itself.
    """

    minutes: int | None = None
    scale: int = 0
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    shift: Mapping[Part, int] = field(default_factory=dict)
    dropped: frozenset[Part] = frozenset()
    fixed: Mapping[Part, int] = field(default_factory=dict)
    harder: int = 0
    practical: bool = False
    fewer: bool = False
    rest: tuple[str, ...] = ()
    said: str = ""

    def ordered(self, skills: Sequence[str]) -> tuple[str, ...]:
        """Return the skills as asked for; all of them where none would be left."""
        kept = [skill for skill in skills if skill not in (*self.more, *self.less, *self.without)]
        return (*self.more, *kept, *self.less) or tuple(skills)

    def level_from(self, level: Level) -> Level:
        """Return the level whose questions are asked."""
        levels = list(Level)
        return levels[min(max(levels.index(level) + self.harder, 0), len(levels) - 1)]

    @classmethod
    def of(cls, feedback: str, brief: Brief) -> "Wish":
        """Read feedback clause by clause."""
        wish = cls(
            scale=bool(_LONGER.search(feedback)) - bool(_SHORTER.search(feedback)),
            harder=bool(_HARDER.search(feedback)) - bool(_EASIER.search(feedback)),
            fewer=_FEWER.search(feedback) is not None,
            said=clipped(" ".join(feedback.split())),
        )
        rest: list[str] = []
        was_read = True
        start = 0
        for end, following in _clauses(feedback):
            clause = feedback[start:end]
            read = _read(clause, wish, brief)
            if read is not None:
                wish = read
                was_read = True
            elif len(content_words(clause)) > 1:
                said = clipped(" ".join(feedback[start:end].split()).strip(" .,;!"))
                joined = feedback[max(start - 4, 0) : start].strip().casefold()
                if rest and not was_read and joined in ("and", "but", ","):
                    rest[-1] = clipped(
                        f"{rest[-1]}{', ' if joined == ',' else f' {joined} '}{said}"
                    )
                else:
                    rest.append(said)
                was_read = False
            start = following
        return replace(wish, rest=tuple(dict.fromkeys(filter(None, rest)))[:_MOST_REST])


_MOST_REST = 10


def _clauses(feedback: str) -> Iterator[tuple[int, int]]:
    """Give where each clause ends, and where the next begins."""
    for match in _CLAUSE.finditer(feedback):
        yield match.start(), match.end()
    yield len(feedback), len(feedback)


def _read(clause: str, wish: Wish, brief: Brief) -> Wish | None:
    """Return the wish with what a clause adds to it; None where no rule reads the clause."""
    instead = _INSTEAD.search(clause)
    if instead is not None:
        out = _skills_named(instead["out"] or instead["old"], brief)
        into = _skills_named(instead["into"] or instead["new"], brief)
        if out or into:
            wish = _with_skills(wish, "without", out)
            return _with_skills(wish, "more", into)
    spares = _NOT_NONE.search(clause) is not None
    none = not spares and _NONE.search(clause) is not None
    less = _LESS.search(clause) is not None
    parts = _parts_named(clause)
    minutes = _minutes_named(clause)
    if minutes and len(parts) == 1:
        return replace(wish, fixed={**wish.fixed, parts[0]: minutes})
    if minutes:
        wish = replace(wish, minutes=minutes)
    is_theory = _THEORY.search(clause) is not None
    practical = _PRACTICAL.search(clause) is not None and not (none or less)
    if practical or (is_theory and (none or less)):
        wish = replace(wish, practical=True)
    named: list[str] = []
    if parts:
        if none:
            wish = replace(wish, dropped=wish.dropped | set(parts))
        wish = replace(
            wish, shift={**wish.shift, **dict.fromkeys(parts, -1 if less or none else 1)}
        )
    else:
        named = _skills_named(clause, brief)
        wish = _with_skills(wish, "without" if none else "less" if less else "more", named)
    by_word = any(
        pattern.search(clause)
        for pattern in (_LONGER, _SHORTER, _HARDER, _EASIER, _FEWER, _PRACTICAL, _THEORY)
    )
    return wish if minutes or parts or named or by_word else None


def _with_skills(wish: Wish, kind: str, named: Sequence[str]) -> Wish:
    def added(group: str, before: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*before, *(named if kind == group else ()))))

    return replace(
        wish,
        more=added("more", wish.more),
        less=added("less", wish.less),
        without=added("without", wish.without),
    )


def _parts_named(clause: str) -> list[Part]:
    return [
        part
        for part, words in _PART_WORDS.items()
        if re.search(rf"\b(?:{words})\b", clause, re.IGNORECASE)
    ]


def _minutes_named(clause: str) -> int | None:
    number = _MINUTES.search(clause)
    if number:
        return int(number[1])
    for pattern, minutes in _SPELLED_HOURS:
        if pattern.search(clause):
            return minutes
    hours = _HOURS.search(clause)
    return round(float(hours[1].replace(",", ".")) * 60) or None if hours else None


def _skills_named(clause: str, brief: Brief) -> list[str]:
    """Return the skills that a clause names, in the brief's own spelling where it has them."""
    named = [skill for skill in brief.skills if len(skill) > 1 and stands_in(skill, clause)]
    known = [find(skill) for skill in named]
    asked = " ".join(_WISH_WORDS.sub(" ", clause).split())
    found = dict(called_in(clause))
    alone = find(asked) if asked else None
    if alone is not None and alone not in found.values():
        found[alone.called(asked)] = alone
    for called, skill in found.items():
        if skill not in known:
            own = [each for each in brief.skills if find(each) is skill]
            named.append(own[0] if own else called)
    return named


def stands_in(name: str, text: str) -> bool:
    """Tell whether a text has a name in it, in any case."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def clipped(text: str, longest: int = _LONGEST_TEXT) -> str:
    """Return a text of at most `longest` characters, an ellipsis where something is left out."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
