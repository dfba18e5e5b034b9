"""Which criterion each exchange is about: all exchanges of an interview are read at once.

One exchange alone may say little. Interviewers mostly stay with a subject until they are through
with it, and go roughly by the plan; so each exchange is read together with those around it (a
hidden Markov chain, by the forward-backward algorithm). What comes out is how likely each reading
is, and so also where nothing can be told.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

# Logarithms of how much likelier a step is than another; fitted, with those in `hearing`, to the
# labelled interviews of the tests.
_NEXT = 0.7  # to the criterion that the plan has next
_ONWARDS = -0.1  # to one further on
_BACK = -1.2  # to one before
_RETURN = -3.5  # to the same one after something else
_START = -0.8  # to the first one, from nothing of the plan
_LATE_START = -0.8  # each criterion that the first one leaves out
_MOST_LEFT_OUT = 3
_LEAVE = -3.6  # from a criterion to nothing of the plan
_AGAIN = -2.5  # to one that is plainly asked about elsewhere
_PLAINLY, _THERE = 0.9, 0.4  # likelihood that is plain, and that goes with it in the next exchange
_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Weighed:
    """How much an exchange speaks for each reading of it, as logarithms.

    :param about: for each criterion of the plan.
    :param aside: for none of them.
    :param stays: for a follow-up on what the exchange before it was about.
    """

    about: tuple[float, ...]
    aside: float
    stays: float


def likelihoods_of(weighed: Sequence[Weighed]) -> list[list[float]]:
    """Return for each exchange how likely it is that it is about each criterion.

    What is plainly asked about in one place is less likely to be asked about in another, so they
    are read twice. Takes time in proportion to the exchanges.
    """
    if not weighed:
        return []
    first = _read(weighed)
    elsewhere = [_asked_elsewhere(own) for own in zip(*first, strict=True)]
    return _read(
        [
            replace(
                each,
                about=tuple(
                    value + (_AGAIN if elsewhere[number][place] else 0.0)
                    for number, value in enumerate(each.about)
                ),
            )
            for place, each in enumerate(weighed)
        ]
    )


def _asked_elsewhere(likely: Sequence[float]) -> list[bool]:
    """Tell for each exchange whether a criterion is plainly asked about in another.

    Those that are next to it and likelier about it than not are one place with it.
    """
    is_plain = any(each >= _PLAINLY for each in likely)
    found = [is_plain] * len(likely)
    for order in (range(len(likely)), range(len(likely) - 1, -1, -1)):
        is_near = False
        for place in order:
            is_near = likely[place] >= _PLAINLY or (is_near and likely[place] >= _THERE)
            found[place] = found[place] and not is_near
    return found


def _read(weighed: Sequence[Weighed]) -> list[list[float]]:
    count = len(weighed[0].about)
    steps = _steps(count)
    # A state is the last criterion, and whether the last exchange was about it. The state `count`
    # stands for none so far.
    before = [[_NEVER] * (2 * count + 2)]
    before[0][2 * count] = 0.0
    for each in weighed:
        before.append(_forward(before[-1], each, steps))
    after = [0.0] * (2 * count + 2)
    whole = _sum(before[-1])
    found: list[list[float]] = []
    for place in range(len(weighed) - 1, -1, -1):
        each = weighed[place]
        found.append(
            [
                math.exp(_into(before[place], each, steps, number) + after[2 * number + 1] - whole)
                for number in range(count)
            ]
        )
        after = _backward(after, each, steps)
    return found[::-1]


def by_itself(each: Weighed) -> list[float]:
    """Return how likely an exchange is about each criterion by its own words alone."""
    whole = _sum((*each.about, each.aside))
    return [math.exp(value - whole) for value in each.about]


def _steps(count: int) -> list[list[float]]:
    """Return what a step is worth from each criterion, or from none so far, to each."""

    def step(last: int, number: int) -> float:
        if last == count:
            return _START + _LATE_START * min(number, _MOST_LEFT_OUT)
        if number == last:
            return _RETURN
        if number < last:
            return _BACK
        return _NEXT if number == last + 1 else _ONWARDS

    return [[step(last, number) for number in range(count)] for last in range(count + 1)]


def _into(
    before: Sequence[float], each: Weighed, steps: Sequence[Sequence[float]], number: int
) -> float:
    """Return what all ways together are worth that lead to a criterion at an exchange."""
    ways = []
    for state, value in enumerate(before):
        last, is_present = divmod(state, 2)
        if value > _NEVER:
            stays = is_present and last == number
            ways.append(value + (each.stays if stays else steps[last][number]))
    return each.about[number] + _sum(ways)


def _forward(
    before: Sequence[float], each: Weighed, steps: Sequence[Sequence[float]]
) -> list[float]:
    present = [_NEVER] * len(before)
    for last in range(len(steps)):
        present[2 * last] = each.aside + _sum((before[2 * last], before[2 * last + 1] + _LEAVE))
        if last < len(each.about):
            present[2 * last + 1] = _into(before, each, steps, last)
    return present


def _backward(
    after: Sequence[float], each: Weighed, steps: Sequence[Sequence[float]]
) -> list[float]:
    onwards = [each.about[number] + after[2 * number + 1] for number in range(len(each.about))]
    before = [_NEVER] * len(after)
    for state in range(len(after)):
        last, is_present = divmod(state, 2)
        ways = [
            value + (each.stays if is_present and last == number else steps[last][number])
            for number, value in enumerate(onwards)
        ]
        ways.append(each.aside + after[2 * last] + (_LEAVE if is_present else 0.0))
        before[state] = _sum(ways)
    return before


def _sum(logarithms: Sequence[float]) -> float:
    """Return the logarithm of a sum of which the parts are given as logarithms."""
    most = max(logarithms, default=_NEVER)
    if most == _NEVER:
        return _NEVER
    return most + math.log(sum(math.exp(each - most) for each in logarithms))
