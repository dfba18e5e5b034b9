"""Which criterion each exchange is about: all exchanges of an interview are read at once.

One exchange alone may say little. Interviewers mostly stay with a subject until they are through
with it, and go roughly by the plan; so each exchange is read together with those around it (a
hidden Markov chain, by the forward-backward algorithm). What comes out is how likely each reading
is, and so also where nothing can be told.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import add, mul

# Logarithms of how much likelier a step is than another; fitted, with those in `hearing`, to the
# labelled interviews of the tests.
_NEXT = 0.9  # to the criterion that the plan has next
_ONWARDS = 0.2  # to one further on
_BACK = -2.1  # to one before
_RETURN = -3.6  # to the same one after something else
_START = -0.8  # to the first one, from nothing of the plan
_LATE_START = -2.4  # each criterion that the first one leaves out
_MOST_LEFT_OUT = 3
_LEAVE = -4.0  # from a criterion to nothing of the plan
_AGAIN = -3.0  # to one that is plainly asked about elsewhere
_PLAINLY, _THERE = 0.9, 0.4  # likelihood that is plain, and that goes with it in the next exchange


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
    if not weighed or not weighed[0].about:
        return [[] for _ in weighed]
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
    steps = _steps(len(weighed[0].about))
    # For each criterion that was the last (the one after all others stands for none so far), how
    # likely it is that the last exchange was about it, and that it was about something else.
    about, beside = [0.0] * len(steps), [0.0] * len(steps)
    beside[-1] = 1.0
    forward: list[tuple[list[float], list[float]]] = []
    for each in weighed:
        about, beside = _onwards(about, beside, each, steps)
        forward.append((about, beside))
    found: list[list[float]] = []
    after = [1.0] * len(steps), [1.0] * len(steps)
    for each, (about, beside) in zip(reversed(weighed), reversed(forward), strict=True):
        here = list(map(mul, about, after[0]))
        whole = sum(here) + sum(map(mul, beside, after[1]))
        found.append([value / whole for value in here[:-1]])
        after = _backwards(*after, each, steps)
    return found[::-1]


def _onwards(
    about: Sequence[float], beside: Sequence[float], each: Weighed, steps: Sequence[Sequence[float]]
) -> tuple[list[float], list[float]]:
    either = list(map(add, about, beside))
    stays = math.exp(each.stays) - math.exp(_RETURN)
    present = [
        math.exp(value) * (sum(map(mul, either, steps[number])) + about[number] * stays)
        for number, value in enumerate(each.about)
    ]
    leave, aside = math.exp(_LEAVE), math.exp(each.aside)
    left = [aside * (own + leave * last) for own, last in zip(beside, about, strict=True)]
    return _scaled([*present, 0.0], left)


def _backwards(
    about: Sequence[float], beside: Sequence[float], each: Weighed, steps: Sequence[Sequence[float]]
) -> tuple[list[float], list[float]]:
    onwards = [math.exp(value) * about[number] for number, value in enumerate(each.about)]
    stays = math.exp(each.stays) - math.exp(_RETURN)
    leave, aside = math.exp(_LEAVE), math.exp(each.aside)
    moved = [sum(map(mul, onwards, column)) for column in zip(*steps[:-1], strict=True)]
    stayed = [move + stays * onward for move, onward in zip(moved, [*onwards, 0.0], strict=True)]
    return _scaled(
        [stay + leave * aside * last for stay, last in zip(stayed, beside, strict=True)],
        [move + aside * last for move, last in zip(moved, beside, strict=True)],
    )


def _scaled(about: list[float], beside: list[float]) -> tuple[list[float], list[float]]:
    """Return likelihoods in such a measure that they neither vanish nor grow without end."""
    most = max(*about, *beside)
    return [value / most for value in about], [value / most for value in beside]


def by_itself(each: Weighed) -> list[float]:
    """Return how likely an exchange is about each criterion by its own words alone."""
    values = [math.exp(value) for value in each.about]
    whole = sum(values) + math.exp(each.aside)
    return [value / whole for value in values]


def _steps(count: int) -> list[list[float]]:
    """Return what steps are worth to each criterion: from each, and last from none so far."""

    def step(last: int, number: int) -> float:
        if last == count:
            return _START + _LATE_START * min(number, _MOST_LEFT_OUT)
        if number == last:
            return _RETURN
        if number < last:
            return _BACK
        return _NEXT if number == last + 1 else _ONWARDS

    steps = [[math.exp(step(last, number)) for last in range(count + 1)] for number in range(count)]
    return [*steps, [0.0] * (count + 1)]
