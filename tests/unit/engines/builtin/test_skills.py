"""The skill table: large enough, without doubles, and found by what people write."""

from collections import Counter

import pytest

from interview_service.engines.builtin import skills
from interview_service.engines.builtin.skills import Area, find, named_in
from interview_service.engines.builtin.tables import read_table


def names(text: str) -> list[str]:
    return [skill.name for skill in named_in(text)]


def test_the_table_has_200_skills_or_more_in_every_area() -> None:
    areas = Counter(skill.area for skill in skills.skills())
    assert sum(areas.values()) >= 200
    assert set(areas) == set(Area)
    assert min(areas.values()) >= 20


def test_no_name_and_no_alias_means_two_skills() -> None:
    every = [
        skills.normalised(name)
        for skill in skills.skills()
        for name in {skills.normalised(each) for each in (skill.name, *skill.aliases)}
    ]
    assert [name for name, count in Counter(every).items() if count > 1] == []


def test_every_skill_has_topics_questions_and_what_to_look_for() -> None:
    questions = Counter(text for skill in skills.skills() for text in (skill.ask, skill.probe))
    assert [text for text, count in questions.items() if count > 1] == []
    for skill in skills.skills():
        assert len(skill.basics) == len(skill.depth) == 2, skill.name
        assert len(skill.hear) == len(skill.look_for) == 2, skill.name
        assert len({*skill.basics, *skill.depth}) == 4, skill.name
        for text in (*skill.basics, *skill.depth, *skill.hear, *skill.look_for, skill.ask):
            assert text == text.strip() != "", skill.name
        assert skill.ask != skill.probe


def test_every_name_of_its_own_is_an_alias_of_one_skill() -> None:
    listed = [name for area in Area for name in read_table(f"skilltable/{area}").get("own", ())]
    assert set(listed) == {name for skill in skills.skills() for name in skill.own}


def test_names_that_are_everyday_words_are_names_of_the_table() -> None:
    unknown = [
        word
        for area in Area
        for word in read_table(f"skilltable/{area}").get("words", ())
        if skills.normalised(word) not in skills.table()
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("k8s", "Kubernetes"),
        ("nodejs", "Node.js"),
        ("node.js", "Node.js"),
        ("Postgres", "PostgreSQL"),
        ("postgresql", "PostgreSQL"),
        ("ReactJS", "React"),
        ("TS", "TypeScript"),
        ("golang", "Go"),
        ("C#", "C#"),
        ("c++", "C++"),
        ("C", "C"),
        (".net core", ".NET"),
        ("machine-learning", "Machine Learning"),
        ("CI / CD", "CI/CD"),
        ("  react  native ", "React Native"),
        ("Python 3.12", "Python"),
        ("Advanced Python", "Python"),
        ("Java programming", "Java"),
        ("REST", "REST APIs"),
        ("React JS", "React"),
        ("HTML/CSS", "HTML"),
        ("TypeScript (advanced)", "TypeScript"),
        ("AI", "Machine Learning"),
        ("Deutsch", "English"),
    ],
)
def test_a_skill_is_found_by_what_people_write(written: str, meant: str) -> None:
    found = find(written)
    assert found is not None
    assert found.name == meant


@pytest.mark.parametrize(
    "written", ["Zorbnet", "", "   ", "x" * 100, "Java Beans of old", "日本茶"]
)
def test_an_unknown_skill_is_not_guessed(written: str) -> None:
    assert find(written) is None


def test_skills_are_seen_in_running_text() -> None:
    text = "We run node js and TypeScript/React on k8s, with postgres; CI/CD by GitHub Actions."
    assert names(text) == ["Node.js", "TypeScript", "React", "Kubernetes", "PostgreSQL", "CI/CD"]


def test_a_name_that_begins_a_line_is_a_skill() -> None:
    assert names("- Go, Kafka\n- React and CSS\n.NET services") == [
        "Go",
        "Apache Kafka",
        "React",
        "CSS",
        ".NET",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "We react to change, go home and express the rest.",
        "In spring the node of the tree will rust.",
        "I see a cat. Is it a r or a c?",
        "A swift growth of sales; feedback on learning.",
        "Go ahead. React quickly. Excel in what you do.\nExpress yourself.",
        "A solid understanding of net revenue; you will next work in San Francisco.",
        "BSc in CS. The beam of an OTP lamp; routing of parcels.",
        "",
    ],
)
def test_everyday_words_are_no_skills(text: str) -> None:
    assert names(text) == []
