"""Exchanges are read together: follow-ups, order, and what is asked elsewhere."""

import pytest

from interview_service.engines.builtin.alignment import Weighed, likelihoods_of

PLAIN, SILENT = 8.0, -6.0


def weighed(first: float, second: float, stays: float = -2.0) -> Weighed:
    return Weighed((first, second), aside=0.0, stays=stays)


def test_no_exchanges_are_about_nothing() -> None:
    assert likelihoods_of([]) == []


def test_an_exchange_is_about_one_criterion_or_none() -> None:
    for each in likelihoods_of([weighed(PLAIN, SILENT), weighed(1.0, 1.0), weighed(SILENT, 0.5)]):
        assert all(0.0 <= likelihood <= 1.0 for likelihood in each)
        assert sum(each) <= 1.0 + 1e-9


def test_what_speaks_for_nothing_is_about_nothing() -> None:
    assert likelihoods_of([weighed(SILENT, SILENT)])[0] == pytest.approx([0.0, 0.0], abs=0.01)


def test_a_follow_up_stays_with_what_came_before_it() -> None:
    follow_up = weighed(-2.0, -2.0, stays=3.0)
    assert likelihoods_of([weighed(PLAIN, SILENT), follow_up])[1][0] > 0.5
    assert likelihoods_of([weighed(SILENT, PLAIN), follow_up])[1][1] > 0.5


def test_the_order_of_the_plan_speaks_for_what_comes_next() -> None:
    first, second = likelihoods_of([weighed(PLAIN, SILENT), weighed(1.0, 1.0)])[1]
    assert second > first


def test_what_is_plainly_asked_elsewhere_is_less_likely() -> None:
    unsure = weighed(2.5, 2.0)
    alone = likelihoods_of([unsure])[0]
    beside = likelihoods_of([unsure, weighed(SILENT, SILENT), weighed(PLAIN, SILENT)])[0]
    assert alone[0] > alone[1]
    assert beside[1] > beside[0]
