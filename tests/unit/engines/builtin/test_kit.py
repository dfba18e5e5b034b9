"""The kit: what an interviewer gets for a brief, for any trade, level and wording."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_service.domain.fairness import plan_findings
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import PlanStructure
from interview_service.engines.builtin import BuiltinEngine
from interview_service.engines.builtin.planner import Planner
from interview_service.engines.builtin.work import works
from tests.judging.kits import STRANGERS, briefs, stumbles

REFERENCE = Brief(
    "Senior Engineer",
    Level.SENIOR,
    ("TypeScript", "React", "Node.js"),
    "Build scalable platform services with modern tooling.",
)


def brief(position: str, level: Level, *named: str, description: str | None = None) -> Brief:
    return Brief(position, level, named, description)


def plan_for(brief: Brief) -> PlanStructure:
    return Planner(brief).kit


def minutes(plan: PlanStructure) -> dict[str, int]:
    return {section.name: section.duration for section in plan.sections}


def questions(plan: PlanStructure) -> list[str]:
    return [question.text for section in plan.sections for question in section.questions]


def names(plan: PlanStructure) -> list[str]:
    return [criterion.name for criterion in plan.criteria]


def test_the_references_example_gives_a_whole_kit() -> None:
    plan = plan_for(REFERENCE)
    assert minutes(plan) == {
        "Technical Assessment": 35,
        "System Design": 15,
        "Working Together": 10,
    }
    technical, design, together = plan.sections
    assert technical.topics[:3] == (
        "TypeScript patterns",
        "React architecture",
        "API design (Node.js)",
    )
    assert design.topics == ("Scalability", "Database modeling")
    assert together.topics == ("Teamwork",)
    assert plan.opening[0].startswith("Welcome")
    assert "What would you like to know" in plan.closing[0]
    assert names(plan)[:3] == ["TypeScript", "React", "Node.js"]


@pytest.mark.parametrize("each", [*briefs(), *briefs(STRANGERS)], ids=lambda each: each.position)
def test_a_reader_stumbles_over_nothing(each: Brief) -> None:
    assert list(stumbles(each, plan_for(each))) == []


@pytest.mark.parametrize("work", [name for name in works() if name != "general"])
@pytest.mark.parametrize("level", [Level.JUNIOR, Level.LEAD])
def test_every_kind_of_work_has_a_kit_without_a_fault(work: str, level: Level) -> None:
    title = next(
        title.removeprefix("~").replace("*", "").replace("+", " ") for title in works()[work].titles
    )
    position = brief(title.title(), level, "Zorbing", "Reliability")
    assert list(stumbles(position, plan_for(position))) == []


def test_the_same_brief_always_gives_the_same_kit() -> None:
    assert plan_for(REFERENCE) == plan_for(REFERENCE)


def test_levels_ask_for_different_things() -> None:
    plans = [plan_for(brief("Electrician", level, "Wiring", "PLC")) for level in Level]
    assert len({str(questions(plan)) + str(plan.sections) for plan in plans}) == len(Level)
    assert [plan.duration for plan in plans] == [45, 60, 60, 75, 90]
    assert "Leading People" in minutes(plans[3])
    assert "Influence" in minutes(plans[4])
    assert any("school, training" in sentence for sentence in plans[0].opening)


@pytest.mark.parametrize(
    ("position", "level", "named", "section"),
    [
        ("Registered Nurse", Level.MID, ["Wound care"], "Clinical Practice"),
        ("Nurse Recruiter", Level.MID, ["Sourcing"], "Professional Skills"),
        ("School Cook", Level.MID, ["Allergens"], "Kitchen Skills"),
        ("Attorney", Level.SENIOR, ["Contracts", "Scalable systems"], "Legal Practice"),
        ("Software Sales Executive", Level.MID, ["Closing"], "Sales Skills"),
        ("Hospital Accountant", Level.MID, ["IFRS"], "Professional Skills"),
        ("Security Engineer", Level.MID, ["SIEM"], "Technical Assessment"),
        ("Security Guard", Level.MID, ["Patrol"], "Professional Skills"),
        ("Preschool Teacher", Level.MID, ["Lesson planning"], "Working with Children"),
        ("Krankenpfleger (m/w/d)", Level.MID, ["Grundpflege"], "Clinical Practice"),
        ("Wizard", Level.SENIOR, ["React", "CSS", "Jest"], "Technical Assessment"),
        ("Wizard", Level.SENIOR, ["Potion brewing"], "Experience and Skills"),
    ],
)
def test_the_kind_of_work_comes_from_the_whole_brief(
    position: str, level: Level, named: list[str], section: str
) -> None:
    assert plan_for(brief(position, level, *named)).sections[0].name == section


@pytest.mark.parametrize(
    ("position", "leads"),
    [
        ("Store Manager", True),
        ("Head Chef", True),
        ("Ward Sister", False),
        ("Product Manager", False),
        ("Key Account Manager", False),
        ("Filialleiterin", True),
        ("Chef d'équipe", True),
    ],
)
def test_who_leads_people_is_asked_about_it(position: str, leads: bool) -> None:
    assert ("Leading People" in minutes(plan_for(brief(position, Level.MID, "Excel")))) is leads


def test_licences_languages_and_shifts_are_not_asked_about() -> None:
    plan = plan_for(
        brief("Nurse", Level.MID, "RN license", "Fluent German", "Night shifts", "Wound care")
    )
    assert plan.checks[0] == "RN license"
    assert plan.checks[1].startswith("German (fluent): ")
    assert any("“Night shifts”" in note for note in plan.notes)
    assert not any("license" in text or "shifts" in text for text in names(plan))


def test_what_does_not_fit_is_named() -> None:
    named = ("Go", "SQL", "Redis", "Docker", "Git", "React", "Rust", "Apache Kafka")
    plan = plan_for(brief("Software Engineer", Level.SENIOR, *named))
    assert len(plan.criteria) == 7
    assert "The job also involves Git, React, Rust and Apache Kafka." in " ".join(questions(plan))
    plan = plan_for(brief("Software Engineer", Level.JUNIOR, *named, "Kubernetes"))
    assert "Left for another interview, for lack of time: Kubernetes." in plan.notes


def test_both_parts_of_a_pair_are_known_and_one_thing_stays_one() -> None:
    plan = plan_for(brief("Software Engineer", Level.PRINCIPAL, "C/C++", "CI/CD"))
    assert names(plan)[:3] == ["C", "C++", "CI/CD"]


def test_the_job_description_is_quoted_only_where_it_says_a_duty() -> None:
    said = (
        "ABOUT US\nWe are an amazing family.\n\nRequirements:\n- 3 years of hay\n\nYou will:\n"
        "- Plan harvests for regional farmers\n- Other duties as assigned\nSalary: 40k"
    )
    plan = plan_for(brief("Wizard", Level.MID, "Hay", description=said))
    quoted = [text for text in questions(plan) if "“" in text]
    assert len(quoted) == 1
    assert "“Plan harvests for regional farmers.”" in quoted[0]


@pytest.mark.parametrize(
    "said",
    [
        "<p>You will:</p><ul><li>Plan <b>harvests</b> for farmers &amp; shops</li></ul>",
        "&lt;ul&gt;&lt;li&gt;Plan harvests for farmers &amp;amp; shops&lt;/li&gt;&lt;/ul&gt;",
        "## Your role\n\n* Plan **harvests** for farmers & shops\n",
    ],
)
def test_a_job_description_is_read_as_the_text_that_it_shows(said: str) -> None:
    plan = plan_for(brief("Wizard", Level.MID, "Hay", description=said))
    assert any("“Plan harvests for farmers & shops.”" in text for text in questions(plan))


def test_no_foreign_words_stand_in_questions() -> None:
    plan = plan_for(
        brief(
            "Altenpfleger (m/w/d)",
            Level.MID,
            "Grundpflege",
            "Biographiearbeit",
            description="Wir suchen eine Pflegekraft für unser Haus. Sie pflegen die Bewohner und "
            "dokumentieren die Pflege.",
        )
    )
    assert "Dignity in personal care" in names(plan)
    assert not any("iographie" in text for text in (*questions(plan), *names(plan)))
    assert any("“Biographiearbeit”" in note for note in plan.notes)
    assert any("in German" in note for note in plan.notes)
    assert "this position" in plan.opening[0]


def test_what_nobody_is_asked_is_left_out_with_a_note() -> None:
    plan = plan_for(
        brief("Cook", Level.MID, "Baking", "No children", description="Age between 25 and 35.")
    )
    assert plan_findings(plan) == []
    assert any("“No children”" in note for note in plan.notes)


ANY_TEXT = st.text(min_size=1, max_size=120).filter(lambda text: text.strip() != "")


@settings(max_examples=150)
@given(
    position=ANY_TEXT,
    level=st.sampled_from(Level),
    named=st.lists(ANY_TEXT, min_size=1, max_size=12, unique_by=str.casefold),
    description=st.none() | st.text(max_size=400),
    company=st.none() | ANY_TEXT,
    feedback=st.lists(ANY_TEXT, max_size=2),
)
def test_any_brief_and_any_feedback_give_a_sound_kit(
    position: str,
    level: Level,
    named: list[str],
    description: str | None,
    company: str | None,
    feedback: list[str],
) -> None:
    given = Brief(position, level, tuple(named), description, company)
    plan = BuiltinEngine().plan(given, feedback).result
    assert plan.faults() == []
    assert PlanStructure.from_dict(plan.to_dict()) == plan
    assert 1 <= len(plan.criteria) <= 7
