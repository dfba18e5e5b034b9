"""What people want changed of a kit, already understood."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from interview_service.engines.builtin.subjects import Part
from interview_service.engines.builtin.timing import TimeWishes
from interview_service.engines.builtin.work import plain


@dataclass(frozen=True, slots=True)
class Wanted:
    """What people want changed of a kit, already understood.

    :param added: skills to ask about as well, first; `more`, those to begin with; `less`, those to
        put last; `without`, words whose skills and subjects are left out.
    :param dropped: parts to leave out; `kept`, parts to have in any case.
    :param is_only: whether nothing is asked about but what is named.
    :param harder: how many levels up the questions are (negative for down).
    :param questions: how many questions more (negative for fewer).
    :param prefer: `past` for questions about what was done, `case` for what would be done.
    :param notes: what to say about the wishes.
    """

    time: TimeWishes = field(default_factory=TimeWishes)
    added: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    dropped: frozenset[Part] = frozenset()
    kept: frozenset[Part] = frozenset()
    is_only: bool = False
    harder: int = 0
    questions: int = 0
    prefer: str | None = None
    notes: tuple[str, ...] = ()


def names(phrase: str, words: Iterable[str]) -> bool:
    """Tell whether one of several wishes means a phrase."""
    own = plain(phrase)
    return any(plain(word) == own or _is_within(plain(word), own) for word in words if word)


def _is_within(word: str, phrase: str) -> bool:
    return f" {word} " in f" {phrase} "
