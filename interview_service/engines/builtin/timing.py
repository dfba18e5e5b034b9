"""How long each part of an interview lasts, and how many questions fit. Durations are minutes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from interview_service.domain.interview import Level
from interview_service.domain.plan import MAX_DURATION
from interview_service.engines.builtin.moving import Move, reordered
from interview_service.engines.builtin.subjects import Part

USUAL: Mapping[Level, int] = {
    Level.JUNIOR: 45,
    Level.MID: 60,
    Level.SENIOR: 60,
    Level.LEAD: 75,
    Level.PRINCIPAL: 90,
}
"""How long an interview lasts when nobody asks for something else."""

SHORTEST = 10
PER_QUESTION = 5.5
USUAL_OPENING, USUAL_CLOSING = 3, 5
_BRIEF_ENDS = (2, 3)  # opening and closing of an interview that is not rounded
_FEWEST_FOR_A_SAMPLE = 25  # minutes of an interview
_SHARE: Mapping[Part, float] = {Part.SAMPLE: 0.22, Part.LEADING: 0.2, Part.TOGETHER: 0.13}
_LEAST_OF_LEADING = 10  # minutes beside the closing, for two questions
_ROUND_FROM = 40  # minutes of an interview from which sections last a multiple of five


@dataclass(frozen=True, slots=True)
class Budget:
    """How long the parts last.

    :param parts: part to minutes, in their order; opening and closing are within the first and
        the last.
    """

    total: int
    parts: Mapping[Part, int]
    opening: int
    closing: int

    def talk(self, part: Part) -> int:
        """Return the minutes of a part that are left for questions."""
        order = list(self.parts)
        minutes = self.parts[part]
        if part is order[0]:
            minutes -= self.opening
        if part is order[-1]:
            minutes -= self.closing
        return max(minutes, 1)

    def questions(self, part: Part, each: float = PER_QUESTION) -> int:
        """Return how many questions fit into a part."""
        return asked_in(self.talk(part), each)


def asked_in(minutes: int, each: float = PER_QUESTION) -> int:
    """Return how many questions fit into some minutes of talk."""
    return max(int(minutes / each + 0.3), 1)


@dataclass(frozen=True, slots=True)
class TimeWishes:
    """What is wanted of the time.

    :param fixed: part to the minutes that it should have.
    :param shift: part to the factor by which its usual time is changed.
    :param moves: parts by their value, put elsewhere than in their usual place.
    """

    total: int | None = None
    fixed: Mapping[Part, int] = field(default_factory=dict)
    shift: Mapping[Part, float] = field(default_factory=dict)
    opening: int | None = None
    closing: int | None = None
    moves: tuple[Move, ...] = ()

    @property
    def speaks_of_length(self) -> bool:
        """Whether anything is wanted but another order."""
        return self != TimeWishes(moves=self.moves)


def budget(level: Level, parts: Iterable[Part], wishes: TimeWishes | None = None) -> Budget:
    """Return how long each of the parts lasts; they add up to the whole."""
    wishes = wishes or TimeWishes()
    wanted = set(parts)
    total = min(max(wishes.total or USUAL[level], SHORTEST), MAX_DURATION)
    if total < _FEWEST_FOR_A_SAMPLE and Part.SAMPLE not in wishes.fixed:
        wanted.discard(Part.SAMPLE)
    if total < _FEWEST_FOR_A_SAMPLE * 0.7:
        wanted -= {Part.LEADING} if Part.SKILLS in wanted else set()
    order = reordered(
        [part for part in Part if part in wanted] or [Part.SKILLS],
        wishes.moves,
        lambda part, name: part.value == name,
    )
    opening = (
        wishes.opening if wishes.opening is not None else (USUAL_OPENING if total >= 40 else 2)
    )
    closing = (
        wishes.closing if wishes.closing is not None else (USUAL_CLOSING if total >= 40 else 3)
    )
    opening, closing = min(opening, total // 3), min(closing, total // 3)
    fixed = _fitting(wishes.fixed, order, total)
    durations = dict(fixed)
    left = total - sum(fixed.values())
    free = [part for part in order if part not in fixed]
    main = Part.SKILLS if Part.SKILLS in free else (free[0] if free else None)
    for part in free:
        if part is main:
            continue
        minutes = total * _SHARE.get(part, 0.5) * wishes.shift.get(part, 1.0)
        durations[part] = _rounded(minutes, total)
    if main is None:
        last = order[-1]
        durations[last] = max(durations[last] + left, 1)
    else:
        factor = wishes.shift.get(main, 1.0)
        others = sum(durations[part] for part in free if part is not main)
        if factor != 1.0 and others:
            share = min(max((left - others) * factor, left * 0.15), left - len(free) + 1)
            scale = (left - share) / others
            for part in free:
                if part is not main:
                    durations[part] = max(round(durations[part] * scale), 1)
            others = sum(durations[part] for part in free if part is not main)
        while left - others < max(left * 0.2, 1) and others > len(free) - 1:
            longest = max((p for p in free if p is not main), key=lambda p: durations[p])
            durations[longest] -= 1
            others -= 1
        durations[main] = max(left - others, 1)
    needed = closing + (_LEAST_OF_LEADING if order[-1] is Part.LEADING else 4)
    if order[-1] not in fixed and len(order) > 1 and durations[order[-1]] < needed:
        missing = needed - durations[order[-1]]
        largest = max(order[:-1], key=lambda part: durations[part])
        if durations[largest] > 2 * missing:
            durations[order[-1]] += missing
            durations[largest] -= missing
    parts_in_order = {part: durations[part] for part in order}
    excess = sum(parts_in_order.values()) - total
    if excess:
        largest = max(parts_in_order, key=lambda part: parts_in_order[part])
        parts_in_order[largest] -= excess
    return Budget(total, parts_in_order, opening, closing)


def _fitting(fixed: Mapping[Part, int], order: list[Part], total: int) -> dict[Part, int]:
    """Return the wanted minutes of parts as far as the interview has room for them."""
    found: dict[Part, int] = {}
    for part in order:
        minutes = fixed.get(part)
        room = total - sum(found.values()) - 3 * (len(order) - len(found) - 1)
        if minutes is not None and room >= 1:
            found[part] = min(minutes, room)
    return found


def _rounded(minutes: float, total: int) -> int:
    if total < _ROUND_FROM or total % 5:
        return max(round(minutes), 1)
    return max(int(minutes / 5 + 0.5) * 5, 10)
