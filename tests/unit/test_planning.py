"""The built-in plans: of the reference's kind, fit for the level and the work, and always sound."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_service.domain import planning, skills
from interview_service.domain.interview import Brief, Level
from interview_service.domain.plan import PlanStructure
from interview_service.domain.planning import plan_for

REFERENCE = Brief(
    "Senior Engineer",
    Level.SENIOR,
    ("TypeScript", "React", "Node.js"),
    "Build scalable platform services with modern tooling.",
)


def brief(position: str, level: Level, *named: str, description: str | None = None) -> Brief:
    return Brief(position, level, named, description)


def topics(plan: PlanStructure) -> list[str]:
    return [topic for section in plan.sections for topic in section.topics]


def minutes(plan: PlanStructure) -> dict[str, int]:
    return {section.name: section.duration for section in plan.sections}


def test_the_references_example_gives_the_references_plan() -> None:
    plan = plan_for(REFERENCE)
    assert plan.duration == 60
    assert minutes(plan) == {"Technical Assessment": 40, "System Design": 15, "Cultural Fit": 5}
    technical, design, culture = plan.sections
    assert technical.topics[:3] == (
        "TypeScript patterns",
        "React architecture",
        "API design (Node.js)",
    )
    assert design.topics == ("Scalability", "Database modeling")
    assert culture.topics == ("Team collaboration", "Problem-solving approach")
    assert all(section.questions for section in plan.sections)


def test_the_same_brief_always_gives_the_same_plan() -> None:
    assert plan_for(REFERENCE) == plan_for(REFERENCE)


def test_every_level_has_a_plan_of_its_own() -> None:
    plans = [plan_for(brief("Engineer", level, "Go", "SQL")) for level in Level]
    assert len({str(minutes(plan)) for plan in plans}) == len(Level)
    for number in range(2):  # the topics and the questions on the skills
        seen = {
            str(plan.sections[0].topics if number else plan.sections[0].questions) for plan in plans
        }
        assert len(seen) == len(Level)
    assert "Leadership" in minutes(plans[3])
    assert "Problem Solving" in minutes(plans[0])


def test_other_skills_give_another_plan() -> None:
    one = plan_for(brief("Engineer", Level.MID, "Go", "Kafka"))
    other = plan_for(brief("Engineer", Level.MID, "React", "CSS"))
    assert not set(one.sections[0].topics) & set(other.sections[0].topics)
    assert not set(one.sections[0].questions) & set(other.sections[0].questions)


@pytest.mark.parametrize(
    ("position", "named", "sections"),
    [
        ("Data Engineer", ["Python", "dbt"], ["Technical Assessment", "Data Design"]),
        ("Site Reliability Engineer", ["k8s"], ["Technical Assessment", "System Design"]),
        ("Product Manager", ["Roadmapping", "SQL"], ["Role Skills", "Case Study"]),
        ("Head of Sales", ["Negotiation"], ["Role Skills", "Case Study"]),
        ("Product Designer", ["Figma"], ["Portfolio and Craft", "Design Exercise"]),
        ("Registered Nurse", ["Wound care"], ["Experience and Skills", "Work Situations"]),
        ("Wizard", ["React", "CSS", "Jest"], ["Technical Assessment", "System Design"]),
    ],
)
def test_the_sections_fit_the_kind_of_work(
    position: str, named: list[str], sections: list[str]
) -> None:
    plan = plan_for(brief(position, Level.SENIOR, *named))
    assert [section.name for section in plan.sections] == [*sections, "Cultural Fit"]


def test_a_personal_skill_of_an_engineer_is_talked_about_with_culture() -> None:
    plan = plan_for(brief("Engineer", Level.SENIOR, "Go", "Mentoring"))
    assert not any("Mentoring" in topic for topic in plan.sections[0].topics)
    assert "Different learners (Mentoring)" in plan.sections[-1].topics


def test_an_unknown_skill_gets_topics_from_the_job_description() -> None:
    description = "Keep hosts healthy. You run our Zorbnet clusters and tune them."
    plan = plan_for(brief("Engineer", Level.SENIOR, "zorbnet", description=description))
    assert "zorbnet on the job: You run our Zorbnet clusters and tune them." in topics(plan)
    assert any("zorbnet" in question.text for question in plan.sections[0].questions)


def test_skills_of_the_job_description_are_talked_about_as_well() -> None:
    plan = plan_for(
        brief("Engineer", Level.MID, "Go", description="Go services on k8s with postgres.")
    )
    assert "From the job description: Kubernetes, PostgreSQL" in topics(plan)


def test_the_company_is_asked_about_where_it_is_known() -> None:
    plan = plan_for(Brief("Engineer", Level.MID, ("Go",), company_name="Paywell"))
    assert any("Paywell" in question.text for question in plan.sections[-1].questions)


def test_what_does_not_fit_into_the_time_is_named() -> None:
    named = ("Go", "SQL", "Redis", "Docker", "Git", "React", "Rust", "Jest", "Zorb", "Kafka")
    core = plan_for(brief("Engineer", Level.SENIOR, *named)).sections[0]
    assert core.topics[-1] == "If time allows: Rust, Jest, Zorb, Apache Kafka"


def test_the_task_is_work_from_the_job_description_and_not_its_advertising() -> None:
    said = (
        "We are looking for a backend developer. Requirements:\n- 3 years of Go\n"
        "- Build e.g. Node.js services for hospitals\n- Keep them running"
    )
    plan = plan_for(brief("Engineer", Level.SENIOR, "Go", description=said))
    assert plan.sections[1].questions[0].text == (
        "The job description says: “Build e.g. Node.js services for hospitals.” Design the system "
        "behind it: what do you build first, and where does it break first?"
    )
    assert "In this job: Keep them running." in plan.sections[0].topics


@pytest.mark.parametrize("description", [None, "", "-", "Everything."])
def test_without_a_job_description_the_task_is_a_case_that_can_be_worked_on(
    description: str | None,
) -> None:
    plan = plan_for(brief("Engineer", Level.SENIOR, "Go", description=description))
    assert plan.sections[1].questions[0].text.startswith("A shop has a hundred partners")


@pytest.mark.parametrize(
    ("position", "section", "topic"),
    [
        ("QA Engineer", "Test Strategy", "Risk and what is not tested"),
        ("Security Engineer", "Threat Model", "Attack paths and what stops them"),
        ("Machine Learning Engineer", "System Design", "Leakage, drift and feedback loops"),
        ("Frontend Developer", "System Design", "Performance on slow devices"),
        ("iOS Developer", "System Design", "Offline use and synchronising"),
    ],
)
def test_the_case_fits_the_narrower_kind_of_work(position: str, section: str, topic: str) -> None:
    case = plan_for(brief(position, Level.SENIOR, "Python")).sections[1]
    assert case.name == section
    assert topic in case.topics


def test_a_tool_keeps_its_own_name_in_the_plan() -> None:
    plan = plan_for(brief("Engineer", Level.SENIOR, "PyTorch", "k8s"))
    assert "Regularisation and tuning (PyTorch)" in topics(plan)
    assert "Scheduling and limits (Kubernetes)" in topics(plan)


def test_a_skill_that_is_named_twice_is_asked_about_once() -> None:
    once = plan_for(brief("Engineer", Level.SENIOR, "React", "CSS"))
    twice = plan_for(brief("Engineer", Level.SENIOR, "React", "react.js", "CSS", "reactjs"))
    assert twice == once
    plan = plan_for(brief("Recruiter", Level.MID, "Sourcing", "Interviewing"))
    assert len(set(topics(plan))) == len(topics(plan))
    assert sum("Fair interviews" in topic for topic in topics(plan)) == 1


def test_skills_that_the_table_lacks_are_not_all_asked_about_in_the_same_words() -> None:
    for level in Level:
        plan = plan_for(brief("Wizard", level, "Potion brewing", "Broom flying", "Zorb"))
        texts = [question.text for question in plan.sections[0].questions]
        patterns = {
            text.replace("potion brewing", "X").replace("broom flying", "X").replace("Zorb", "X")
            for text in texts[:3]
        }
        assert len(patterns) == len(texts[:3])


def test_no_level_of_any_kind_of_work_asks_the_same_question_twice() -> None:
    for area in skills.Area:
        named = [skill.name for skill in skills.skills() if skill.area is area][:6]
        for level in Level:
            plan = plan_for(brief("Somebody", level, *named))
            texts = [question.text for section in plan.sections for question in section.questions]
            assert len(set(texts)) == len(texts)
            assert all(section.questions for section in plan.sections)


def test_what_is_no_engineers_work_is_not_asked_about_in_an_engineers_depth() -> None:
    plan = plan_for(brief("Accountant", Level.SENIOR, "IFRS", "SAP"))
    asked = [question.text for question in plan.sections[0].questions]
    assert asked[1] == "How do you find where a value on a screen comes from?"


# --- feedback


def test_more_and_less_of_a_section_change_its_minutes() -> None:
    plan = plan_for(REFERENCE, "More system design please")
    assert minutes(plan)["System Design"] > 15
    assert plan.duration == 60
    less = plan_for(REFERENCE, "Less system design")
    assert minutes(less)["System Design"] < 15


def test_a_length_that_is_asked_for_is_given() -> None:
    assert plan_for(REFERENCE, "Make it 30 minutes").duration == 30
    assert plan_for(REFERENCE, "This is too long").duration == 40
    assert plan_for(REFERENCE, "We need a longer one").duration == 80
    assert plan_for(REFERENCE, "Make it 999 minutes").duration == 480


def test_a_skill_comes_first_last_or_not_at_all() -> None:
    first = plan_for(REFERENCE, "Focus on Node.js").sections[0].topics[0]
    assert first == "API design (Node.js)"
    last = plan_for(REFERENCE, "Less TypeScript, please").sections[0].topics
    assert last[2] == "TypeScript patterns"
    gone = plan_for(REFERENCE, "No React")
    assert not any("React" in topic for topic in gone.sections[0].topics)


def test_a_new_skill_is_added() -> None:
    plan = plan_for(REFERENCE, "Please add Kafka")
    assert plan.sections[0].topics[0] == "Ordering and delivery guarantees (Apache Kafka)"


def test_a_section_that_the_level_lacks_is_added() -> None:
    assert "Leadership" in minutes(plan_for(REFERENCE, "Ask about leadership too"))


@pytest.mark.parametrize(
    ("said", "duration"),
    [
        ("half an hour", 30),
        ("1.5 hours", 90),
        ("Make it two hours", 120),
        ("a 45-minute interview", 45),
    ],
)
def test_a_length_may_be_given_in_hours(said: str, duration: int) -> None:
    assert plan_for(REFERENCE, said).duration == duration


def test_minutes_may_be_given_to_a_section() -> None:
    plan = plan_for(REFERENCE, "Spend 30 minutes on system design")
    assert minutes(plan) == {"Technical Assessment": 25, "System Design": 30, "Cultural Fit": 5}


def test_a_section_may_be_left_out() -> None:
    assert "System Design" not in minutes(plan_for(REFERENCE, "Remove system design"))
    assert "Cultural Fit" not in minutes(plan_for(REFERENCE, "drop the cultural fit part"))


def test_one_skill_may_take_the_place_of_another() -> None:
    for said in ("Replace React with Vue", "Vue instead of React"):
        named = " ".join(topics(plan_for(REFERENCE, said)))
        assert "Vue.js" in named
        assert "React" not in named


@pytest.mark.parametrize("said", ["not enough about Node.js", "don't skip Node.js"])
def test_no_is_not_always_no(said: str) -> None:
    assert plan_for(REFERENCE, said).sections[0].topics[0] == "API design (Node.js)"


def test_harder_and_easier_questions_are_those_of_the_next_level() -> None:
    harder = plan_for(REFERENCE, "harder questions, this is too easy")
    asked = [question.text for question in harder.sections[0].questions]
    assert "How do you bring a team to a good standard in TypeScript?" in asked
    easier = plan_for(REFERENCE, "easier questions")
    asked = [question.text for question in easier.sections[0].questions]
    assert "When do you lift state up?" in asked
    assert minutes(harder) == minutes(easier) == minutes(plan_for(REFERENCE))


def test_more_practice_brings_an_exercise() -> None:
    plan = plan_for(REFERENCE, "less theory, more practice")
    assert plan.sections[0].questions[0].text.startswith("Exercise (bring a small, faulty piece")


def test_what_only_part_of_the_feedback_says_is_not_lost() -> None:
    plan = plan_for(REFERENCE, "No React, and I want to hear how they treat old code.")
    assert not any("React" in topic for topic in plan.sections[0].topics)
    focus = next(each for each in plan.sections if each.name == "Requested Focus")
    assert focus.topics == ("I want to hear how they treat old code",)


def test_feedback_that_is_read_does_not_stand_in_the_plan() -> None:
    plan = plan_for(REFERENCE, "More system design please")
    assert not any("please" in topic for topic in topics(plan))


def test_feedback_that_no_rule_can_read_becomes_a_section() -> None:
    plan = plan_for(REFERENCE, "I want to hear how they treat old code")
    focus = next(each for each in plan.sections if each.name == "Requested Focus")
    assert focus.topics == ("I want to hear how they treat old code",)
    assert plan.duration == 60


def test_dropping_every_skill_leaves_them() -> None:
    plan = plan_for(brief("Engineer", Level.MID, "Go"), "No Go")
    assert any("Go" in topic for topic in plan.sections[0].topics)


# --- whatever comes

ANY_TEXT = st.text(min_size=1, max_size=200).filter(lambda text: text.strip() != "")
ANY_SKILL = st.one_of(
    st.sampled_from([skill.name for skill in skills.skills()]),
    st.text(min_size=1, max_size=100).filter(lambda text: text.strip() != ""),
)
WISH_WORDS = (
    *("more", "less", "no", "focus on", "system design", "leadership", "culture", "technical"),
    *("React", "k8s", "5", "30", "999", "minutes", "longer", "shorter", ".", ",", "and"),
)
WISHES = st.one_of(
    st.text(string.ascii_letters + " .,0123456789", min_size=1, max_size=100),
    st.lists(st.sampled_from(WISH_WORDS), max_size=15).map(" ".join),
)


@settings(max_examples=400, deadline=None)
@given(
    position=ANY_TEXT,
    level=st.sampled_from(Level),
    named=st.lists(ANY_SKILL, min_size=1, max_size=50, unique_by=str.casefold),
    description=st.none() | st.text(max_size=500),
    company=st.none() | ANY_TEXT,
    feedback=st.none() | ANY_TEXT | WISHES,
)
def test_any_brief_and_any_feedback_give_a_sound_plan(
    position: str,
    level: Level,
    named: list[str],
    description: str | None,
    company: str | None,
    feedback: str | None,
) -> None:
    given = Brief(position, level, tuple(named), description, company)
    plan = plan_for(given, feedback)
    assert plan.faults() == []
    assert PlanStructure.from_dict(plan.to_dict()) == plan
    if feedback is not None and feedback.strip():
        assert plan != plan_for(given)


def test_the_minutes_of_every_level_add_up_to_a_round_length() -> None:
    lengths = {level: sum(parts.values()) for level, parts in planning.MINUTES.items()}
    assert lengths == {"JUNIOR": 45, "MID": 60, "SENIOR": 60, "LEAD": 75, "PRINCIPAL": 90}
