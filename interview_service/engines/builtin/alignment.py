"""Which criterion each exchange is about, where interviewers keep roughly to the plan's order.

One exchange alone may say little; a whole interview is read at once: the assignment of exchanges to
criteria is sought that their words, and the order of the plan, together speak for most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ASSIGNED = -0.3  # what words must outweigh
_NEXT = 0.8  # the criterion that the plan has next
_LEFT_OUT = -0.3  # each criterion that is jumped over
_STAYS = -0.1
_GOES_BACK = -0.9
_AGAIN = -1.0  # a criterion that another exchange names
_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Placed:
    """What an exchange is most likely about.

    :param margin: by how much that exceeds the next best reading of the whole interview.
    """

    number: int
    margin: float


def placed(
    weights: Sequence[Mapping[int, float] | None], named: Sequence[Sequence[int]], count: int
) -> list[Placed | None]:
    """Return for each exchange the criterion that it is most likely about, None for none.

    :param weights: how much an exchange's words speak for each criterion; None for an exchange that
        asks nothing of its own.
    :param named: criteria that an exchange names outright.
    :param count: how many criteria there are. Takes time in proportion to the exchanges.
    """
    anywhere = {number for own in named for number in own}
    choices = [
        _choices(own, names, anywhere, count) for own, names in zip(weights, named, strict=True)
    ]
    before = [[0.0] + [_NEVER] * count]
    for gains in choices:
        present = before[-1]
        before.append([_NEVER] * (count + 1))
        for state, value in enumerate(present):
            if value == _NEVER:
                continue
            for number, gain in gains.items():
                after, step = _step(state, number)
                before[-1][after] = max(before[-1][after], value + gain + step)
    behind = [0.0] * (count + 1)
    found: list[Placed | None] = [None] * len(choices)
    for at in range(len(choices) - 1, -1, -1):
        through: dict[int | None, float] = {}
        earlier = [_NEVER] * (count + 1)
        for state in range(count + 1):
            for number, gain in choices[at].items():
                after, step = _step(state, number)
                onwards = gain + step + behind[after]
                earlier[state] = max(earlier[state], onwards)
                whole = before[at][state] + onwards
                through[number] = max(through.get(number, _NEVER), whole)
        behind = earlier
        best = max(through, key=lambda number: through[number])
        if best is not None:
            others = [value for number, value in through.items() if number != best]
            found[at] = Placed(best, through[best] - max(others, default=_NEVER))
    return found


def _choices(
    weights: Mapping[int, float] | None, named: Sequence[int], anywhere: set[int], count: int
) -> dict[int | None, float]:
    """Return what each reading of an exchange alone is worth."""
    if named:
        return {max(named): 0.0}
    if weights is None:
        return {None: 0.0}
    gains: dict[int | None, float] = {None: 0.0}
    for number in range(count):
        again = _AGAIN if number in anywhere else 0.0
        gains[number] = _ASSIGNED + weights.get(number, 0.0) + again
    return gains


def _step(state: int, number: int | None) -> tuple[int, float]:
    """Return the state after an exchange, and what the plan's order says of it.

    A state is the number after that of the last criterion, 0 before the first.
    """
    if number is None:
        return state, 0.0
    if number + 1 == state:
        return state, _STAYS
    if number < state:
        return number + 1, _GOES_BACK
    return number + 1, _NEXT + _LEFT_OUT * (number - state)
