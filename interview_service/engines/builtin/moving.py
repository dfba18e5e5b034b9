"""Things put in another order than the usual one, as wishes have it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

_Item = TypeVar("_Item")


class Place(Enum):
    """Where something goes: to an end, or next to something else."""

    FIRST = "first"
    LAST = "last"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Move:
    """Something by its name, and where it goes.

    :param beside: what it goes next to, of BEFORE and AFTER.
    """

    name: str
    place: Place
    beside: str = ""


def reordered(
    items: Iterable[_Item], moves: Sequence[Move], means: Callable[[_Item, str], bool]
) -> list[_Item]:
    """Return items in the order that moves make, one after the other; the rest keep theirs.

    :param means: whether an item is the one that a name means.
    """
    found = list(items)
    for move in moves:
        own = [each for each in found if means(each, move.name)]
        rest = [each for each in found if not means(each, move.name)]
        if move.place is Place.FIRST:
            found = own + rest
        elif move.place is Place.LAST:
            found = rest + own
        else:
            beside = [at for at, each in enumerate(rest) if means(each, move.beside)]
            if beside:
                at = beside[0] if move.place is Place.BEFORE else beside[-1] + 1
                found = rest[:at] + own + rest[at:]
    return found
