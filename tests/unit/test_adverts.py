"""Job descriptions are read as the text that they show, however they were written."""

import time

import pytest

from interview_service.adverts import shown_text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "<h2>Your day</h2><ul><li>Bake <b>bread</b> for 200 guests</li><li>Order flour "
            "&amp; yeast</li></ul>",
            "Your day\n- Bake bread for 200 guests\n- Order flour & yeast",
        ),
        (
            "&lt;p&gt;You care for&amp;nbsp;patients&lt;/p&gt;&lt;ol&gt;&lt;li&gt;at night"
            "&lt;/li&gt;&lt;/ol&gt;",
            "You care for patients\n- at night",
        ),
        (
            "## Tasks\n\n* Keep the **accounts**\n* File [returns](https://tax.example/x)\n",
            "Tasks\n- Keep the accounts\n- File returns",
        ),
        ("<div>One<br>Two<div>Three</div>Four</div>", "One\nTwo\nThree\nFour"),
        ("<ul><li><p>An item</p></li></ul>", "- An item"),
        ("<style>p {}</style><script>alert(1)</script><p>Seen</p><!-- not -->", "Seen"),
        ("<table><tr><td>Hours</td><td>38</td></tr></table>", "Hours 38"),
        ("&nbsp;" * 60, ""),
        ("<p>Broken <b>tags</p> stay", "Broken tags\nstay"),
        ("Fish &amp; chips", "Fish & chips"),
        ("- plain\n- as it is\n\n\n\nR&D, C++, a < b, __init__", None),
        ("List<String> and Map<K, V> in Java", None),
    ],
)
def test_an_advert_is_read_as_the_text_it_shows(source: str, shown: str | None) -> None:
    expected = source.replace("\n\n\n\n", "\n\n") if shown is None else shown
    assert shown_text(source) == expected


@pytest.mark.parametrize(
    "piece", ["<p>", "<ul><li>", "**a", "[", "[a](b ", "&lt;p", "`", "<p ", "> "]
)
def test_the_longest_hostile_advert_costs_little_more_than_a_plain_one(piece: str) -> None:
    plain, hostile = "<p>word</p>" * 1_800, piece * (20_000 // len(piece))

    def cost(source: str) -> float:
        began = time.process_time()
        shown_text(source)
        return time.process_time() - began

    assert min(cost(hostile) for _ in range(3)) < 30 * min(cost(plain) for _ in range(3)) + 0.05
