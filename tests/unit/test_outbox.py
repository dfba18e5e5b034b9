"""The pauses between attempts: known, growing, and without an end for background work."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from interview_service.domain.outbox import (
    LONGEST_PAUSE,
    delivery_pause,
    longest_wait,
    work_pause,
)


def seconds(pause: timedelta | None) -> float | None:
    return None if pause is None else pause.total_seconds()


def test_deliveries_are_tried_again_for_a_day_and_then_given_up() -> None:
    hour = 3600
    assert [seconds(delivery_pause(failures)) for failures in range(1, 9)] == [
        *(5, 300, 1800, 2 * hour, 5 * hour, 10 * hour, 10 * hour),
        None,
    ]


def test_background_work_is_tried_again_after_growing_pauses_up_to_an_hour() -> None:
    assert [seconds(work_pause(failures)) for failures in range(1, 8)] == [
        *(5, 30, 120, 600, 3600),
        *(3600, 3600),
    ]


@given(st.integers(1, 10**9))
def test_background_work_is_never_given_up(failures: int) -> None:
    assert timedelta(0) < work_pause(failures) <= work_pause(failures + 1)


@given(st.integers(0, 100), st.timedeltas(timedelta(seconds=1), timedelta(hours=2)))
def test_work_never_waits_longer_than_is_known_of_it(failures: int, lease: timedelta) -> None:
    assert lease < longest_wait(failures, lease)
    if failures:
        assert work_pause(failures) < longest_wait(failures, lease)


@given(st.integers(1, 10**9))
def test_a_delivery_never_waits_longer_than_the_longest_pause(failures: int) -> None:
    pause = delivery_pause(failures)
    assert pause is None or timedelta(0) < pause < LONGEST_PAUSE
