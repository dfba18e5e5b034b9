"""Skills that no table knows: what kind of noun they are, and what is asked about each."""

import pytest

from interview_service.domain.interview import Level
from interview_service.engines.builtin.unknown import (
    Noun,
    Unknown,
    is_nameable,
    noun_of,
    topic_about,
    topic_about_several,
)


@pytest.mark.parametrize(
    ("phrase", "noun"),
    [
        ("calf rearing", Noun.OTHER),
        ("taking witness statements", Noun.OTHER),
        ("training juniors", Noun.OTHER),
        ("hall bookings", Noun.OTHER),
        ("bereaved families", Noun.PEOPLE),
        ("parents on the touchline", Noun.PEOPLE),
        ("dealing with teenagers", Noun.PEOPLE),
        ("medicines book", Noun.PAPER),
        ("minutes", Noun.PAPER),
        ("oscilloscope", Noun.PROGRAM),
        ("welding machines", Noun.PROGRAM),
        ("FIZZ software", Noun.PROGRAM),
        ("BrightHR", Noun.PROGRAM),
        ("titanium", Noun.OTHER),
        ("ISO 26262", Noun.RULE),
        ("GDPR", Noun.RULE),
        ("staying alert", Noun.BEHAVIOUR),
        ("saying no to sales", Noun.BEHAVIOUR),
        ("following treatment plans", Noun.OTHER),
        ("patience", Noun.BEHAVIOUR),
        ("ETOPS", Noun.OTHER),
        ("café", Noun.OTHER),
    ],
)
def test_what_kind_of_noun_words_are(phrase: str, noun: Noun) -> None:
    assert noun_of(phrase) is noun


@pytest.mark.parametrize(
    ("phrase", "asked"),
    [
        ("medicines book", "experience of the medicines book"),
        ("medical records", "experience of medical records"),
        ("oscilloscope", "done with the oscilloscope"),
        ("dealing with nervous customers", "situation with nervous customers"),
        ("rota", "experience of the rota"),
    ],
)
def test_words_stand_in_a_sentence_as_people_say_them(phrase: str, asked: str) -> None:
    assert asked in topic_about(phrase, 0).past.text


@pytest.mark.parametrize("phrase", ["CSS that doesnt break", "with customers", "very tidy", "and"])
def test_words_that_may_be_no_noun_stand_in_quotation_marks(phrase: str) -> None:
    assert not is_nameable(phrase)
    topic = topic_about(phrase, 0)
    assert f"“{phrase}”" in topic.past.text
    assert f"“{phrase}”" in topic.case.text


@pytest.mark.parametrize("level", list(Level))
def test_no_two_unknown_skills_of_a_brief_are_asked_about_alike(level: Level) -> None:
    unknown = Unknown(level)
    topics = [unknown.topic(f"{word} rearing") for word in ("calf", "goat", "lamb", "duck")]
    for asks in ([each.past for each in topics], [each.case for each in topics]):
        points = [point for ask in asks for point in ask.look_for]
        assert len(set(points)) == len(points)


def test_beginners_and_leaders_are_asked_in_their_own_way() -> None:
    assert "so far" in topic_about("calf rearing", 0, Level.JUNIOR).past.text
    assert "expect of your team" in topic_about("calf rearing", 0, Level.LEAD).case.text


def test_several_are_told_apart_though_each_has_an_and_in_it() -> None:
    topic = topic_about_several(["oak and ash", "wayleaves"])
    assert "involves oak and ash; and wayleaves. " in topic.past.text
    assert topic.keys == ("oak and ash", "wayleaves")
