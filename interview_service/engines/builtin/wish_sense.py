"""What a clause says of a part of a plan, told by its words and not by its grammar.

The rules of `wishes.toml` know how people mostly put their wishes. Where none of them fits, the
words that name a part of the plan, and those that say what is to become of it, are read together:
"the documentation bit we could live without" and "a bit of documentation goes a long way" hold the
same names, and what else they say tells them apart. Nothing is read of what the plan has not.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from interview_service.engines.builtin.tables import read_table
from interview_service.engines.builtin.wish_holding import Wish
from interview_service.engines.builtin.wish_names import Known, Mention
from interview_service.engines.builtin.wish_words import WishKind
from interview_service.engines.builtin.words import stems_of, stop_stems

_NEAR = 3  # words between "not" and what alone is refused


@dataclass(frozen=True, slots=True)
class _Event:
    """An expression of the table, and where it stands."""

    start: int
    end: int
    sense: str


_KINDS: Mapping[str, tuple[WishKind | None, WishKind | None]] = {
    "out": (WishKind.WITHOUT, WishKind.KEEP),
    "less": (WishKind.LESS, WishKind.KEEP),
    "more": (WishKind.MORE, WishKind.KEEP),
    "vital": (WishKind.MORE, WishKind.LESS),
    "in": (WishKind.ADD, WishKind.WITHOUT),
    "stay": (WishKind.KEEP, WishKind.WITHOUT),
    "fine": (WishKind.KEEP, None),
    "needed": (WishKind.KEEP, WishKind.WITHOUT),
}
"""What each sense asks for, and what its contrary does."""

_CONTRARY = (frozenset(("less", "more")), frozenset(("out", "more")), frozenset(("out", "vital")))
_FIRST_TOLD = ("less", "out", "more", "vital", "stay", "in", "fine", "needed")
"""Which of several senses is meant: "ask less about" and "keep it brief" are `less`."""

_ALL_BUT = re.compile(
    r"\b(?:everything|all|anything|nothing|alles|tout|todo) (?:but|except|apart|other|ausser|sauf|"
    r"excepto|menos)\b"
)
_IN_DOUBT = re.compile(r"(?:do|does|did|why|is|are|wozu|warum|pourquoi|por que)\b")
"""Begins a question whether something is needed, which is asked where it seems not to be."""

_LEVELS = {"hard": WishKind.HARDER, "easy": WishKind.EASIER}
_LENGTHS = {"short": WishKind.SHORTER, "long": WishKind.LONGER}
_OF_THE_WHOLE = re.compile(
    r"\b(?:interview|it|(?<!on )(?<!at )(?:this|that)|whole|plan|all|overall|everything|meeting|"
    r"session|call|gesprach|ganze|es|alles|entretien|tout|entrevista|todo|la)\b"
)


def by_sense(plain: str, clause: str, language: str, known: Known) -> list[Wish]:
    """Return what a folded clause says of what the plan has; nothing where that is not plain.

    :param clause: the same as it was written, for the notes.
    """
    if language not in _expressions():
        return []
    said = mildly(plain, language)
    mentions = known.mentions(said, in_another_language=language != "english")
    events = _events(said, mentions, language)
    senses = {each.sense for each in events}
    level = [_LEVELS[each] for each in _LEVELS if each in senses]
    if len(level) == 1 and not _is_refused(events, _LEVELS):
        subject = mentions[0].name if mentions else None
        return [Wish(level[0], subject, text=clause)]
    if not mentions:
        return _of_the_length(said, clause, events)
    kind = None if _ALL_BUT.search(said) else _kind_of(said, mentions, events)
    return [] if kind is None else [Wish(kind, each, text=clause) for each in _names(mentions)]


def adds_nothing(subject: str, names: Sequence[str]) -> bool:
    """Tell whether a subject is one of some names with words around it that name nothing.

    "necessary to go through wound care" is wound care; "TypeScript generics" is no TypeScript.
    """
    named = {stem for name in names for stem in stems_of(name)}
    rest = [stem for stem in stems_of(subject) if stem not in named and stem not in stop_stems()]
    english = _expressions()["english"].values()
    return all(any(pattern.search(stem) for pattern in english) for stem in rest)


def _names(mentions: Sequence[Mention]) -> list[str]:
    return list(dict.fromkeys(each.name for each in mentions))


def _of_the_length(said: str, clause: str, events: Sequence[_Event]) -> list[Wish]:
    """Read that the interview is to be shorter or longer."""
    lengths = {each.sense for each in events} & set(_LENGTHS)
    if len(lengths) != 1 or not _OF_THE_WHOLE.search(said):
        return []
    if _is_refused(events, _LENGTHS):
        return [Wish(WishKind.SATISFIED, text=clause)]
    return [Wish(_LENGTHS[lengths.pop()], text=clause)]


def _is_refused(events: Sequence[_Event], senses: Mapping[str, WishKind]) -> bool:
    first = min((each.start for each in events if each.sense in senses), default=0)
    return any(each.sense == "not" and each.start < first for each in events)


def _kind_of(said: str, mentions: Sequence[Mention], events: Sequence[_Event]) -> WishKind | None:
    """Return what is asked for of what a clause mentions, None where that is not plain."""
    senses = {each.sense for each in events}
    if any(contrary <= senses for contrary in _CONTRARY):
        return None
    refusals = _refusals(events)
    if "needed" in senses and _IN_DOUBT.match(said):
        refusals = [*refusals, _Event(0, 0, "not")]
    told = next((each for each in _FIRST_TOLD if each in senses), None)
    if told is None:
        if len(refusals) != 1 or "much" in senses:
            return None
        between = said[refusals[0].end : mentions[0].start].split()
        is_near = refusals[0].end <= mentions[0].start and len(between) <= _NEAR
        return WishKind.WITHOUT if is_near else None
    asked, refused = _KINDS[told]
    if len(refusals) % 2 == 0:
        return asked
    if told in ("needed", "in", "stay") and "much" in senses:
        return WishKind.LESS
    return refused


def _refusals(events: Sequence[_Event]) -> list[_Event]:
    """Return what turns a clause round; "neither … nor" does so once."""
    found = [each for each in events if each.sense in ("not", "nor")]
    joined = [each for each in found if each.sense == "nor"]
    return [each for each in found if each.sense == "not"] + joined[:1]


def _events(said: str, mentions: Sequence[Mention], language: str) -> list[_Event]:
    """Return the expressions that stand beside the names, the longest where they overlap."""
    found = [
        _Event(match.start(), match.end(), sense)
        for sense, pattern in _expressions()[language].items()
        for match in pattern.finditer(said)
    ]
    found.sort(key=lambda each: (each.start - each.end, each.start))
    kept: list[_Event] = []
    taken = [(each.start, each.end) for each in mentions]
    for each in found:
        if each.sense in _LENGTHS or each.sense in _LEVELS:
            kept.append(each)  # beside what else it says
        elif not any(
            each.start < end and start < each.end and not (each.start < start and end < each.end)
            for start, end in taken
        ):
            kept.append(each)
            taken.append((each.start, each.end))
    return sorted(kept, key=lambda each: each.start)


@cache
def _expressions() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    """Return the expressions of each language by their sense."""
    return {
        language: {
            sense: re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")
            for sense, words in senses.items()
            if sense != "mild"
        }
        for language, senses in _data().items()
    }


def mildly(plain: str, language: str) -> str:
    """Return a folded clause without refusals that are none: "would it hurt to"."""
    return (
        " ".join(_mild(language).sub(" ", plain).split()) if language in _expressions() else plain
    )


@cache
def _mild(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(_data()[language]['mild'])})(?!\w)")


@cache
def _data() -> Mapping[str, Any]:
    return read_table("wish_sense")
