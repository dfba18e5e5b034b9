"""Ways to reach a person are masked by their form, and what only looks like one stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_service.domain.privacy import contacts_in, without_contacts


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Call +49 170 1234567 or (555) 123-4567.", "Call [phone] or [phone]."),
        ("Tel. 0170/1234567", "Tel. [phone]"),
        ("my number is 5551234567", "my number is [phone]"),
        ("oh seven seven one two three four five six", "[phone]"),
        ("null eins sieben null eins zwei drei", "[phone]"),
        ("See linkedin.com/in/jane-smith and https://x.y/z?q=1.", "See [link] and [link]."),
        ("www.example.org!", "[link]!"),
        ("I am @janes there", "I am [handle] there"),
        ("my github handle is janesmith", "my github handle is [handle]"),
        ("Skype: jane_smith84", "Skype: [handle]"),
        ("jane dot smith at example dot com, please", "[email], please"),
        ("jane (at) example [dot] com", "[email]"),
        ("jane underscore smith at gmail.com", "[email]"),
        ("write to jane at gmail.com", "write to [email]"),
    ],
)
def test_ways_to_reach_a_person_are_masked(text: str, masked: str) -> None:
    assert without_contacts(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "From 2019-2023 and on 2024-01-15 we had 1.000.000 users.",
        "Node.js, ASP.NET, Socket.io and Vue.js",
        "192.168.100.200 and port 8080",
        "at 22:00 - 06:00 every night, 24/7",
        "p99 went from 120 to 180 ms, 10 000 000 rows",
        "GitHub is great, and GitHub Actions is what we used",
        "one, two, three steps",
        "I worked at a bank. Com was not my thing",
        "meet at dawn dot",
        "",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert without_contacts(text) == text


@given(st.lists(st.sampled_from(["jane", "at", "dot", "com", "@", "one", " ", "+49", "0170", "("])))
def test_masks_are_in_order_and_do_not_overlap(parts: list[str]) -> None:
    text = " ".join(parts)
    end = 0
    for contact in contacts_in(text):
        assert end <= contact.start < contact.end <= len(text)
        end = contact.end


@pytest.mark.parametrize("unit", ["a.", "1 ", "(", "at ", "one ", "+1", "/", "@", "skype "])
def test_a_megabyte_of_one_thing_takes_seconds(unit: str) -> None:
    began = time.process_time()
    without_contacts(unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 15
