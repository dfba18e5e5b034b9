"""Whose event is posted next: tenants take turns, and dead receivers hold up nobody."""

from collections import Counter

import pytest

from interview_service.worker.turns import PostTurns, Receiver, Turn


class Seconds:
    """A clock that goes on when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def all_of(turns: PostTurns) -> list[Turn]:
    """Take every turn that can be taken now."""
    taken = []
    while (turn := turns.take()) is not None:
        taken.append(turn)
    return taken


def fill(turns: PostTurns, tenant: str, events: int, host: str | None = None) -> None:
    for number in range(events):
        turns.add(tenant, f"{tenant}-{host}-{number}", f"https://{host or tenant}.example/{number}")


def learn(turns: PostTurns, tenant: str, *, answered_well: bool) -> None:
    """Have a receiver answer once."""
    turns.add(tenant, f"{tenant}-first", f"https://{tenant}.example/")
    [turn] = all_of(turns)
    turns.done(turn, answered_well=answered_well)


def test_tenants_take_turns_however_much_each_has_to_be_posted(seconds: Seconds) -> None:
    turns = PostTurns(4, seconds)
    for tenant, events in (("much", 50), ("some", 3), ("one", 1)):
        fill(turns, tenant, events)
    order = []
    for _ in range(6):
        turn = turns.take()
        assert turn is not None
        order.append(turn.tenant_id)
        turns.done(turn, answered_well=True)
    assert order == ["much", "some", "one", "much", "some", "much"]


def test_a_receiver_is_asked_one_at_a_time_until_it_has_answered_well(seconds: Seconds) -> None:
    turns = PostTurns(16, seconds)
    fill(turns, "new", 5)
    [turn] = all_of(turns)
    turns.done(turn, answered_well=True)
    assert len(all_of(turns)) == 2


def test_a_receiver_that_failed_is_asked_one_at_a_time_until_it_answers_well(
    seconds: Seconds,
) -> None:
    turns = PostTurns(16, seconds)
    learn(turns, "flaky", answered_well=True)
    fill(turns, "flaky", 10)
    one, other = all_of(turns)
    turns.done(one, answered_well=False)
    assert all_of(turns) == []
    turns.done(other, answered_well=False)
    for answered_well in (False, False, True):
        [turn] = all_of(turns)
        turns.done(turn, answered_well=answered_well)
    assert len(all_of(turns)) == 2


def test_a_receiver_that_hangs_is_asked_no_more_until_it_has_answered(seconds: Seconds) -> None:
    turns = PostTurns(16, seconds)
    learn(turns, "slow", answered_well=True)
    fill(turns, "slow", 10)
    first, _ = all_of(turns)
    seconds.now += 5
    turns.done(first, answered_well=True)
    assert all_of(turns) == []


@pytest.mark.parametrize("places", [1, 2, 16])
@pytest.mark.parametrize("dead_tenants", [4, 40])
def test_a_healthy_tenants_event_leaves_within_seconds_beside_dead_ones(
    seconds: Seconds, places: int, dead_tenants: int
) -> None:
    """Posts to the dead ones end at the time limit of 10 s, and there is always more for them."""
    turns = PostTurns(places, seconds)
    hanging: list[Turn] = []
    waits = []
    due_at: float | None = None
    for step in range(400):
        for number in range(dead_tenants):
            fill(turns, f"dead{number}", 2 if step else 20)
        if step >= 40 and step % 40 == 0:
            turns.add("healthy", f"event-{step}", "https://healthy.example/")
            due_at = seconds.now
        for turn in all_of(turns):
            if turn.tenant_id == "healthy":
                assert due_at is not None
                waits.append(seconds.now - due_at)
                turns.done(turn, answered_well=True)
            else:
                hanging.append(turn)
        seconds.now += 0.25
        for turn in [each for each in hanging if seconds.now - each.began >= 10]:
            hanging.remove(turn)
            turns.done(turn, answered_well=False)
        under_way = Counter(each.receiver for each in hanging)
        assert max(under_way.values(), default=0) <= 1
        assert len(hanging) <= 11 * places
    assert len(waits) == 9
    assert max(waits) <= 5


def test_receivers_that_fail_have_half_of_the_places_and_are_not_forgotten(
    seconds: Seconds,
) -> None:
    turns = PostTurns(8, seconds)
    for number in range(20):
        learn(turns, f"dead{number}", answered_well=False)
    for number in range(20):
        fill(turns, f"dead{number}", 5)
    assert len(all_of(turns)) == 4
    fill(turns, "healthy", 1)
    assert [turn.tenant_id for turn in all_of(turns)] == ["healthy"]


def test_receivers_that_fail_get_their_turn_beside_any_number_of_healthy_ones(
    seconds: Seconds,
) -> None:
    turns = PostTurns(1, seconds)
    learn(turns, "dead", answered_well=False)
    fill(turns, "dead", 1)
    for number in range(50):
        fill(turns, f"healthy{number}", 50)
    order = []
    for _ in range(8):
        turn = turns.take()
        assert turn is not None
        order.append(turn.tenant_id)
        turns.done(turn, answered_well=turn.tenant_id != "dead")
    assert "dead" in order


def test_a_tenant_with_many_receivers_has_half_of_the_places(seconds: Seconds) -> None:
    turns = PostTurns(8, seconds)
    for number in range(30):
        fill(turns, "many", 1, f"host{number}")
    assert len(all_of(turns)) == 4


def test_an_event_waits_once_and_not_while_it_is_posted(seconds: Seconds) -> None:
    turns = PostTurns(16, seconds)
    for _ in range(3):
        turns.add("acme", "interview", "https://acme.example/")
    [turn] = all_of(turns)
    turns.add("acme", "interview", "https://acme.example/")
    turns.done(turn, answered_well=True)
    assert all_of(turns) == []


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://Example.com/a", "example.com", 443),
        ("https://example.com:443/b?c", "example.com", 443),
        ("https://user@EXAMPLE.com#d", "example.com", 443),
        ("https://example.com:8443/", "example.com", 8443),
        ("http://example.com", "example.com", 80),
        ("https://[2001:DB8::1]/", "2001:db8::1", 443),
        ("https://example.com:many/", "https://example.com:many/", 0),
    ],
)
def test_a_receiver_is_a_tenants_host_and_port(url: str, host: str, port: int) -> None:
    assert Receiver.of("acme", url) == Receiver("acme", host, port)


def test_receivers_that_have_something_waiting_are_told_by_how_their_urls_begin(
    seconds: Seconds,
) -> None:
    turns = PostTurns(16, seconds)
    fill(turns, "busy", 2)
    fill(turns, "posted", 1)
    turns.add("busy", "another", "https://BUSY.example:443?x")
    all_of(turns)
    assert turns.busy() == {
        ("busy", "https://busy.example/"),
        ("busy", "https://BUSY.example:443?"),
    }
