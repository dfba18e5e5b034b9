"""Skills told apart: what is asked about, what is seen, what is agreed on, what cannot be read."""

import pytest

from interview_service.engines.builtin.advert import read
from interview_service.engines.builtin.asked import Kind, read_skill, read_skills
from interview_service.engines.builtin.phrases import (
    Shape,
    article,
    as_activity,
    in_sentence,
    shape_of,
)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("RN licence", Kind.CHECK),
        ("CDL A", Kind.CHECK),
        ("CPA", Kind.CHECK),
        ("Gesellenbrief", Kind.CHECK),
        ("BSc", Kind.CHECK),
        ("Bachelor's degree in Finance", Kind.CHECK),
        ("Forklift certificate", Kind.CHECK),
        ("fluent German", Kind.CHECK),
        ("English B2", Kind.CHECK),
        ("Inglés alto", Kind.CHECK),
        ("Own tools", Kind.CHECK),
        ("Night shifts", Kind.TERMS),
        ("Willing to travel 50%", Kind.TERMS),
        ("Lifting up to 25 kg", Kind.TERMS),
        ("Physically fit", Kind.TERMS),
        ("On call", Kind.TERMS),
        ("Certificate management", Kind.ASK),
        ("Excel", Kind.ASK),
        ("patience", Kind.ASK),
        ("Atención al cliente", Kind.ASK),
        ("Öffentliche Vergabe", Kind.FOREIGN),
        ("???", Kind.UNREADABLE),
    ],
)
def test_what_is_done_about_a_skill(said: str, kind: Kind) -> None:
    assert read_skill(said).kind is kind


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("Wound Care", "wound care"),
        ("5+ years of experience in sales", "sales"),
        ("Strong knowledge of Kubernetes", "Kubernetes"),
        ("WOUND CARE", "wound care"),
        ("ISO 9001", "ISO 9001"),
        ("MS Project", "MS Project"),
        ("Pflege", "patient care"),
        ("soudure", "welding"),
        ("Ventas", "sales"),
        ("Excel (advanced)", "Excel"),
    ],
)
def test_how_a_skill_stands_in_a_sentence(said: str, phrase: str) -> None:
    assert read_skill(said).phrase == phrase


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("C/C++", ["C", "C++"]),
        ("HTML/CSS", ["HTML", "CSS"]),
        ("CI/CD", ["CI/CD"]),
        ("TCP/IP", ["TCP/IP"]),
        ("Python, Django", ["Python", "Django"]),
        ("Hide and seek", ["hide and seek"]),
    ],
)
def test_pairs_are_parted_where_each_part_is_known(said: str, parts: list[str]) -> None:
    assert [each.phrase for each in read_skills([said], in_foreign_text=False)] == parts


@pytest.mark.parametrize(
    ("phrase", "shape"),
    [
        ("wound care", Shape.ACTIVITY),
        ("managing vendors", Shape.ACTIVITY),
        ("Zorbnet", Shape.TOOL),
        ("AutoCAD", Shape.TOOL),
        ("CNC machines", Shape.TOOL),
        ("GAAP", Shape.STANDARD),
        ("ISO 9001", Shape.STANDARD),
        ("truthfulness", Shape.QUALITY),
        ("zestful", Shape.ADJECTIVE),
    ],
)
def test_unknown_words_are_told_apart_by_their_form(phrase: str, shape: Shape) -> None:
    assert shape_of(phrase) is shape


def test_verbs_become_what_one_does() -> None:
    assert as_activity("negotiate contracts") == "negotiating contracts"
    assert as_activity("run workshops for teams") == "run workshops for teams"
    assert as_activity("support customers") == "supporting customers"
    assert as_activity("support desk") == "support desk"


@pytest.mark.parametrize(
    ("word", "said"),
    [("hour", "an"), ("university", "a"), ("SQL", "an"), ("user", "a"), ("unusual", "an")],
)
def test_articles_go_by_sound(word: str, said: str) -> None:
    assert article(word) == said
    assert in_sentence("Google Analytics") == "Google Analytics"


def test_a_messy_advert_is_read_for_its_duties_and_licences() -> None:
    advert = read(
        "🚀 JOIN US!!! 🚀\n\nWHAT YOU'LL DO\n• Install lighting in shops\n• Be part of a dynamic "
        "team\n• Read drawings and,\n\nREQUIREMENTS\n- Valid driving licence\n- A degree is not "
        "required\n- Lead a calm life\n\nBENEFITS\n- Drive a company car\n"
    )
    assert advert.duties == ("Install lighting in shops.",)
    assert advert.checks == ("Valid driving licence",)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wir suchen für unser Team eine Person mit Erfahrung in der Pflege.", "German"),
        ("Nous recherchons pour notre équipe une personne avec de l'expérience.", "French"),
        ("Buscamos para nuestro equipo una persona con experiencia en ventas.", "Spanish"),
        ("We are looking for a person with experience to join the team.", "English"),
        ("Kubernetes", "English"),
    ],
)
def test_the_language_of_an_advert_is_told(text: str, language: str) -> None:
    assert read(text).language == language


def test_reading_takes_time_in_proportion_to_the_text() -> None:
    for worst in ("a" * 20_000, "- " * 10_000, "you will " * 2_200, "(" * 20_000, "1." * 10_000):
        read(worst)
