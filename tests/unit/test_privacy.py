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
    ("text", "masked"),
    [
        ("Contact Anna Schmidt for details.", "Contact [name] for details."),
        ("Ask for Mr. Bo Li or Mrs. Ana María de la Cruz!", "Ask for [name] or Mrs. [name]!"),
        ("Ansprechpartner ist Karl von der Heide.", "Ansprechpartner ist [name]."),
        ("Frau Dr. med. Anna Groß leitet das Team.", "Frau Dr. med. [name] leitet das Team."),
        ("M. Dupont, Mme Élodie Le Gall", "M. [name], Mme [name]"),
        ("Persona de contacto: José García López.", "Persona de contacto: [name]."),
        ("The CV of JANE DOE\nCandidate: Anna Lee", "The CV of [name]\nCandidate: [name]"),
        ("Referred by Jane O'Neill, who knows her", "Referred by [name], who knows her"),
    ],
)
def test_names_that_a_text_introduces_are_masked(text: str, masked: str) -> None:
    assert without_contacts(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Ideal candidate: Senior Java Developer with an M. Tech degree",
        "Sr. Software Engineer, MS Office and MS Excel",
        "Contact the customer. You speak to people in English",
        "Frau und Mann sind willkommen",
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


WORST = (
    "a.",
    "1 ",
    "(",
    "at ",
    "one ",
    "+1",
    "/",
    "@",
    "skype ",
    "Mr Aa ",
    "contact Aa ",
    "Aa de ",
)


@pytest.mark.parametrize("unit", WORST)
def test_a_long_text_of_one_thing_takes_seconds(unit: str) -> None:
    began = time.process_time()
    without_contacts(unit * (50_000 // len(unit)))
    assert time.process_time() - began < 15
