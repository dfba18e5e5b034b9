"""What a brief lists as skills: sorted into what is asked about, seen, agreed on, and offered."""

import pytest

from interview_service.engines.builtin.asked import Asked, Kind
from interview_service.engines.builtin.sorting import sort_skills


def sorted_one(said: str, *, in_foreign_text: bool = False) -> Asked:
    (asked,) = sort_skills([said], in_foreign_text=in_foreign_text).asked
    return asked


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("CSS that doesnt break", "CSS"),
        ("SQL enough to be dangerous", "SQL"),
        ("PE or music would be a bonus", "PE or music"),
        ("good with nervous customers", "nervous customers"),
        ("wire + ferrules", "wire and ferrules"),
        ("wax & polish", "wax and polish"),
        ("resetting passwords with a smile", "resetting passwords"),
        ("reading drawings inc GD&T", "reading drawings including GD&T"),
        ("excel - vlookups + pivot tables", "Excel"),
        ("calm voice", "calm"),
        ("mastercam", "Mastercam"),
        ("CI/CD", "CI/CD"),
    ],
)
def test_only_the_skill_itself_is_asked_about(said: str, phrase: str) -> None:
    asked = sorted_one(said)
    assert asked.kind is Kind.ASK
    assert asked.phrase.casefold() == phrase.casefold()


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("ACCA or CIMA", "ACCA or CIMA"),
        ("LLB/LPC", "LLB/LPC"),
        ("own tools + van", "Own tools and van"),
        ("driver", "Driving licence (“driver”)"),
        ("enhanced dbs", "Enhanced dbs"),
        ("5 yrs PQE", "5 yrs PQE"),
    ],
)
def test_qualifications_and_things_are_seen(said: str, line: str) -> None:
    assert sorted_one(said) == Asked(Kind.CHECK, line, said)


@pytest.mark.parametrize(
    ("said", "begins"), [("second language", "Further languages:"), ("Languages", "Further")]
)
def test_a_language_without_a_name_is_heard(said: str, begins: str) -> None:
    asked = sorted_one(said)
    assert asked.kind is Kind.CHECK
    assert asked.phrase.startswith(begins)


def test_a_language_beside_other_words_is_heard_in_a_foreign_brief() -> None:
    asked = sorted_one("Englisch am Telefon", in_foreign_text=True)
    assert asked.kind is Kind.CHECK
    assert asked.phrase.startswith("English ")


@pytest.mark.parametrize(
    "said", ["24/7 roster", "early starts", "heavy lifting up to 25kg", "cold hands ok", "nights"]
)
def test_what_body_or_diary_has_to_allow_is_told_to_everyone(said: str) -> None:
    assert sorted_one(said).kind is Kind.TERMS


@pytest.mark.parametrize("said", ["parents evenings", "shift handover", "DBS paperwork"])
def test_a_word_of_the_diary_or_of_a_check_makes_no_skill_one(said: str) -> None:
    assert sorted_one(said).kind is Kind.ASK


def test_what_an_employer_offers_is_no_skill() -> None:
    found = sort_skills(["competitive salary", "welding", "28 days holiday"], in_foreign_text=False)
    assert [each.phrase for each in found.asked] == ["welding"]
    assert list(found.offered) == ["competitive salary", "28 days holiday"]


def test_a_skill_that_is_listed_twice_is_asked_about_once() -> None:
    found = sort_skills(["Welding", "welding", "WELDING"], in_foreign_text=False)
    assert len(found.asked) == 1


def test_a_slip_of_the_pen_is_put_right() -> None:
    assert sorted_one("plumbng").phrase == "plumbing"


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("Umgang mit Demenz", "dementia care"),
        ("Lieferantengespräche", "negotiating with suppliers"),
    ],
)
def test_a_skill_in_another_language_is_asked_about_in_english(said: str, phrase: str) -> None:
    assert sorted_one(said, in_foreign_text=True).phrase == phrase
