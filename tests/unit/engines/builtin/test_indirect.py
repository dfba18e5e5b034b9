"""Questions that wishes ask indirectly, turned to the candidate."""

import pytest

from interview_service.engines.builtin.wish_indirect import question_of


@pytest.mark.parametrize(
    ("clause", "question"),
    [
        (
            "find out how they would deal with a rude guest",
            "How would you deal with a rude guest?",
        ),
        ("ask how she plans her week", "How do you plan your week?"),
        ("I'd like to know what he'd do first", "What would you do first?"),
        (
            "see whether they can work by themselves",
            "Tell me about a time when you had to work by yourself.",
        ),
        (
            "check if they have worked with volunteers",
            "Have you worked with volunteers? Please give me an example.",
        ),
    ],
)
def test_what_is_asked_indirectly_is_put_to_the_candidate(clause: str, question: str) -> None:
    assert question_of(clause) == question


@pytest.mark.parametrize(
    "clause",
    [
        "don't ask how they plan their week",
        "ask why she left her last job",
        "find out what he earns now",
        "find out whether she plans to have kids",
        "see how they fit in with our team",
        "ask about Excel",
    ],
)
def test_what_is_refused_or_no_question_is_none(clause: str) -> None:
    assert question_of(clause) is None
