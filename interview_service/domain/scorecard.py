"""What interviewers hand in, and what several of their scorecards say together.

Numbers and recommendations here are people's; nothing in this module judges anybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from interview_service.domain.assessment import Recommendation
from interview_service.domain.clock import to_milliseconds
from interview_service.domain.plan import Criterion

MIN_RATING, MAX_RATING = 1, 5
MAX_RATINGS = 30
MAX_NOTE = 2_000
MAX_SUMMARY = 5_000
MAX_CARDS = 50
MAX_VERSIONS = 50
OTHER_GROUP = "other"
"""The group of a criterion that has none."""


class Agreement(StrEnum):
    """How far the recommendations of several scorecards agree."""

    UNANIMOUS = "UNANIMOUS"
    MIXED = "MIXED"
    SPLIT = "SPLIT"


@dataclass(frozen=True, slots=True)
class Rating:
    """What one interviewer says of one criterion.

    :param criterion: a key of the plan's criteria, or one of the author's own.
    :param rating: 1 to 5; None where it was not seen.
    :param name: of a criterion of the author's own; None for one of the plan's.
    :param group: likewise.
    """

    criterion: str
    rating: int | None
    note: str | None = None
    name: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What one person says of one interview: a draft, or handed in.

    :param interviewer: the author's subject.
    :param email: what the author's identity provider has verified, folded; None without that.
    :param submitted_at: when it was handed in last; None of a draft.
    :param version: counts the times that it was saved, from 1.
    """

    interviewer: str
    ratings: tuple[Rating, ...]
    recommendation: Recommendation
    summary: str | None
    submitted_at: datetime | None
    updated_at: datetime
    version: int
    email: str | None = None

    @property
    def tag(self) -> str:
        """What its ETag says: one that was removed and begun anew has another."""
        return f"{self.version}-{to_milliseconds(self.updated_at)}"

    @property
    def submitted(self) -> bool:
        """Tell whether it was handed in."""
        return self.submitted_at is not None


@dataclass(frozen=True, slots=True)
class Tally:
    """What the scorecards that were handed in say together.

    :param overall_score: 0 to 100; None where nothing was rated.
    :param scores: group to criterion to mean rating: one decimal, whole where it is whole.
    :param agreement: None with fewer than two recommendations.
    """

    overall_score: int | None
    recommendation: Recommendation
    scores: Mapping[str, Mapping[str, int | float]]
    agreement: Agreement | None


_MOST_CAREFUL_FIRST = (
    Recommendation.STRONG_NO_HIRE,
    Recommendation.NO_HIRE,
    Recommendation.HIRE,
    Recommendation.STRONG_HIRE,
)
_FOR_HIRING = frozenset({Recommendation.HIRE, Recommendation.STRONG_HIRE})


def tally(cards: Iterable[Scorecard], criteria: Sequence[Criterion]) -> Tally:
    """Return what scorecards say together; those that were not handed in do not count.

    The overall score is 20 times the mean of the criteria's unrounded means; halves round up. The
    recommendation is the middle one, the more careful of two.

    :param criteria: the plan's, whose groups and order the scores have; the authors' own follow.
    """
    handed_in = [card for card in cards if card.submitted]
    means = _means(handed_in, criteria)
    scores: dict[str, dict[str, int | float]] = {}
    for (group, key), mean in means.items():
        scores.setdefault(group, {})[key] = _shown(mean)
    overall = None
    if means:
        overall = _half_up(20 * sum(means.values(), Fraction(0)) / len(means))
    recommendations = sorted(
        (
            card.recommendation
            for card in handed_in
            if card.recommendation is not Recommendation.NO_DECISION
        ),
        key=_MOST_CAREFUL_FIRST.index,
    )
    middle = Recommendation.NO_DECISION
    if recommendations:
        middle = recommendations[(len(recommendations) - 1) // 2]
    return Tally(overall, middle, scores, _agreement(recommendations))


def _means(
    cards: Sequence[Scorecard], criteria: Sequence[Criterion]
) -> dict[tuple[str, str], Fraction]:
    """Return the mean rating of each criterion that was rated, by its group and key."""
    group_of = {criterion.key: criterion.group for criterion in criteria}
    ratings: dict[tuple[str, str], list[int]] = {
        (criterion.group, criterion.key): [] for criterion in criteria
    }
    for card in cards:
        for each in card.ratings:
            if each.rating is not None:
                group = group_of.get(each.criterion) or each.group or OTHER_GROUP
                ratings.setdefault((group, each.criterion), []).append(each.rating)
    return {key: Fraction(sum(given), len(given)) for key, given in ratings.items() if given}


def _agreement(recommendations: Sequence[Recommendation]) -> Agreement | None:
    if len(recommendations) < 2:
        return None
    if len(set(recommendations)) == 1:
        return Agreement.UNANIMOUS
    if len({each in _FOR_HIRING for each in recommendations}) == 2:
        return Agreement.SPLIT
    return Agreement.MIXED


def _half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))  # never negative


def _shown(mean: Fraction) -> int | float:
    tenths = _half_up(mean * 10)
    return tenths // 10 if tenths % 10 == 0 else tenths / 10
