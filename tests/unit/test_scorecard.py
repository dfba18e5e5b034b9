"""What several scorecards say together: people's numbers, and nothing made up."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_service.domain.assessment import Recommendation
from interview_service.domain.plan import Criterion
from interview_service.domain.scorecard import Agreement, Rating, Scorecard, tally

NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)
STRONG_HIRE, HIRE, NO_HIRE, STRONG_NO_HIRE, NONE = (
    Recommendation.STRONG_HIRE,
    Recommendation.HIRE,
    Recommendation.NO_HIRE,
    Recommendation.STRONG_NO_HIRE,
    Recommendation.NO_DECISION,
)
CRITERIA = (
    Criterion("welding", "technical", "Welding", {"1": "a", "3": "b", "5": "c"}),
    Criterion("safety", "technical", "Safety", {"1": "a", "3": "b", "5": "c"}),
    Criterion("clarity", "communication", "Clarity", {"1": "a", "3": "b", "5": "c"}),
)


def card(
    recommendation: Recommendation = HIRE, *, submitted: bool = True, **ratings: int | None
) -> Scorecard:
    return Scorecard(
        interviewer="someone",
        ratings=tuple(Rating(key, rating) for key, rating in ratings.items()),
        recommendation=recommendation,
        summary=None,
        submitted_at=NOW if submitted else None,
        updated_at=NOW,
        version=1,
    )


def test_scores_are_the_mean_of_each_criterion_with_one_decimal_at_most() -> None:
    said = tally([card(welding=4, safety=5), card(welding=5, clarity=2), card(welding=4)], CRITERIA)
    assert said.scores == {
        "technical": {"welding": 4.3, "safety": 5},
        "communication": {"clarity": 2},
    }
    assert isinstance(said.scores["technical"]["safety"], int)


def test_the_overall_score_is_twenty_times_the_mean_of_unrounded_means() -> None:
    # 13/3, 5 and 2: the mean is 34/9, twenty times that 75.56
    said = tally([card(welding=4, safety=5), card(welding=5, clarity=2), card(welding=4)], CRITERIA)
    assert said.overall_score == 76


def test_halves_round_up() -> None:
    ratings = [card(welding=2, safety=3), card(welding=3, safety=3), card(welding=3, safety=3)]
    assert tally(ratings[:2], CRITERIA).overall_score == 55  # 2.5 and 3
    eighths = [card(**{f"own{n}": r for n, r in enumerate((3, 3, 3, 3, 3, 3, 3, 4))})]
    assert tally(eighths, ()).overall_score == 63  # 62.5


def test_drafts_and_criteria_that_were_not_seen_do_not_count() -> None:
    said = tally([card(welding=4, safety=None), card(welding=1, submitted=False)], CRITERIA)
    assert said.scores == {"technical": {"welding": 4}}
    assert said.overall_score == 80
    assert said.agreement is None


def test_without_ratings_there_is_no_number() -> None:
    said = tally([card(STRONG_NO_HIRE)], CRITERIA)
    assert said.overall_score is None
    assert said.scores == {}
    assert said.recommendation is STRONG_NO_HIRE


def test_a_criterion_of_the_author_s_own_stands_in_its_group() -> None:
    own = Scorecard("me", (Rating("knots", 5, None, "Knots", "craft"),), HIRE, None, NOW, NOW, 1)
    assert tally([own], CRITERIA).scores == {"craft": {"knots": 5}}


@pytest.mark.parametrize(
    ("given", "middle", "agreement"),
    [
        ([], NONE, None),
        ([NONE], NONE, None),
        ([HIRE], HIRE, None),
        ([HIRE, NONE], HIRE, None),
        ([HIRE, HIRE], HIRE, Agreement.UNANIMOUS),
        ([STRONG_HIRE, HIRE], HIRE, Agreement.MIXED),
        ([HIRE, NO_HIRE], NO_HIRE, Agreement.SPLIT),
        ([STRONG_HIRE, NO_HIRE, STRONG_HIRE], STRONG_HIRE, Agreement.SPLIT),
        ([STRONG_HIRE, STRONG_NO_HIRE, HIRE], HIRE, Agreement.SPLIT),
        ([NO_HIRE, STRONG_NO_HIRE, NONE], STRONG_NO_HIRE, Agreement.MIXED),
        ([STRONG_HIRE, HIRE, NO_HIRE, STRONG_NO_HIRE], NO_HIRE, Agreement.SPLIT),
    ],
)
def test_the_recommendation_is_the_middle_one_and_the_more_careful_of_two(
    given: list[Recommendation], middle: Recommendation, agreement: Agreement | None
) -> None:
    said = tally([card(each) for each in given], CRITERIA)
    assert said.recommendation is middle
    assert said.agreement is agreement


@given(st.lists(st.tuples(st.sampled_from(list(Recommendation)), st.integers(1, 5)), max_size=9))
def test_the_order_of_cards_does_not_matter(cards: list[tuple[Recommendation, int]]) -> None:
    made = [card(recommendation, welding=rating) for recommendation, rating in cards]
    assert tally(made, CRITERIA) == tally(list(reversed(made)), CRITERIA)
