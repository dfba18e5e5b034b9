"""What makes an engine's draft sound: every quote word for word, every score with its quote."""

from dataclasses import replace

import pytest

from interview_service.domain.assessment import (
    AssessmentDraft,
    Binder,
    Coverage,
    CoverageStatus,
    Evidence,
    ModelDraft,
    Recommendation,
    criteria_of,
)
from interview_service.domain.plan import Criterion, PlanStructure, Section
from interview_service.domain.transcript import Transcript, Turn

WORDS = Transcript((Turn("Interviewer", "Why Go?"), Turn("Candidate", "It is small.")))
PLAN = PlanStructure(
    30,
    (Section("Talk", 30, ("Go",)),),
    criteria=(
        Criterion("go", "technical", "Go", {}),
        Criterion("clarity", "communication", "Clarity", {}),
    ),
)
BINDER = Binder(
    coverage=(
        Coverage("go", "Go", CoverageStatus.ANSWERED, None),
        Coverage("clarity", "Clarity", CoverageStatus.NOT_ASKED, "Explain a channel."),
    ),
    evidence=(Evidence("go", "It is small", 1),),
    summary="One of two.",
    notes=("Nothing was checked.",),
)
MODEL = ModelDraft(70, Recommendation.HIRE, "Knows Go.", {"technical": {"go": 4}})
SOUND = AssessmentDraft(BINDER, MODEL)


def quoting(quote: str, turn: int = 1, criterion: str = "go") -> AssessmentDraft:
    return AssessmentDraft(replace(BINDER, evidence=(Evidence(criterion, quote, turn),)))


def drafting(**changes: object) -> AssessmentDraft:
    return AssessmentDraft(BINDER, replace(MODEL, **changes))


def covering(*statuses: CoverageStatus) -> AssessmentDraft:
    coverage = tuple(
        replace(each, status=status) for each, status in zip(BINDER.coverage, statuses, strict=True)
    )
    return AssessmentDraft(replace(BINDER, coverage=coverage))


@pytest.mark.parametrize(
    "draft",
    [
        SOUND,
        AssessmentDraft(BINDER),
        drafting(overall_score=0),
        drafting(overall_score=100, summary="s" * 5000),
        drafting(scores={"technical": {"go": 1}}),
        drafting(scores={}, recommendation=Recommendation.NO_DECISION),
        covering(CoverageStatus.UNCLEAR, CoverageStatus.UNCLEAR),
    ],
)
def test_a_sound_draft_has_no_faults(draft: AssessmentDraft) -> None:
    assert draft.faults(PLAN, WORDS) == []


NO_QUOTE = "'go' is answered but has no quote"


@pytest.mark.parametrize(
    ("draft", "faults"),
    [
        (drafting(overall_score=-1), ["overallScore must be 0 to 100, not -1"]),
        (drafting(overall_score=101), ["overallScore must be 0 to 100, not 101"]),
        (drafting(summary=" "), ["summary must have 1 to 5000 characters"]),
        (drafting(summary="s" * 5001), ["summary must have 1 to 5000 characters"]),
        (
            drafting(scores={"technical": {"go": 0}}),
            ["the score of 'go' must be 1 to 5, not 0"],
        ),
        (
            drafting(scores={"technical": {"go": 6}}),
            ["the score of 'go' must be 1 to 5, not 6"],
        ),
        (drafting(scores={"other": {"go": 4}}), ["'go' belongs to the group 'technical'"]),
        (
            drafting(scores={"technical": {"rust": 4}}),
            ["'rust' is no criterion of the plan"],
        ),
        (
            drafting(scores={"communication": {"clarity": 3}}),
            ["'clarity' has a score but no quote"],
        ),
        (
            drafting(scores={}),
            ["without a single score, the recommendation must be NO_DECISION"],
        ),
        (
            covering(CoverageStatus.NOT_ASKED, CoverageStatus.NOT_ASKED),
            ["'go' has a quote but is NOT_ASKED"],
        ),
        (
            covering(CoverageStatus.ASKED_NOT_ANSWERED, CoverageStatus.NOT_ASKED),
            ["'go' has a quote but is ASKED_NOT_ANSWERED"],
        ),
        (
            covering(CoverageStatus.ANSWERED, CoverageStatus.ANSWERED),
            ["'clarity' is answered but has no quote"],
        ),
        (
            AssessmentDraft(replace(BINDER, coverage=BINDER.coverage[::-1])),
            ["the coverage must name each criterion of the plan once, in its order"],
        ),
        (
            quoting("small", criterion="rust"),
            [NO_QUOTE, "a quote is given for 'rust', which is no criterion of the plan"],
        ),
        (quoting(" "), ["the quote for 'go' is empty"]),
        (quoting("small", 2), ["the quote for 'go' names turn 2: there is none"]),
        (quoting("small", -1), ["the quote for 'go' names turn -1: there is none"]),
        (quoting("it is small"), ["the quote for 'go' is not in turn 1 word for word"]),
        (
            quoting("Why Go", 0),
            ["the quote for 'go' is from turn 0, where an interviewer speaks"],
        ),
    ],
)
def test_each_fault_is_named(draft: AssessmentDraft, faults: list[str]) -> None:
    assert draft.faults(PLAN, WORDS) == faults


def test_a_plan_without_criteria_is_judged_by_its_sections() -> None:
    sections = tuple(
        Section(name, 10, ("Talk",)) for name in ("C++ & C#", "Hygiène", "Hygiene", "清掃", "—")
    )
    criteria = criteria_of(PlanStructure(50, sections))
    assert [(each.key, each.name) for each in criteria] == [
        ("c_plus_plus_c_sharp", "C++ & C#"),
        ("hygiene", "Hygiène"),
        ("hygiene_2", "Hygiene"),
        ("清掃", "清掃"),
        ("section", "—"),
    ]
    assert {each.group for each in criteria} == {"sections"}
    assert criteria_of(PLAN) == PLAN.criteria


def test_the_json_form_has_the_apis_names() -> None:
    assert SOUND.to_dict() == {
        "coverage": [
            {"criterion": "go", "name": "Go", "status": "ANSWERED", "followUp": None},
            {
                "criterion": "clarity",
                "name": "Clarity",
                "status": "NOT_ASKED",
                "followUp": "Explain a channel.",
            },
        ],
        "evidence": [{"criterion": "go", "quote": "It is small", "turn": 1}],
        "summary": "One of two.",
        "notes": ["Nothing was checked."],
        "draft": {
            "overallScore": 70,
            "recommendation": "HIRE",
            "summary": "Knows Go.",
            "scores": {"technical": {"go": 4}},
        },
    }
    assert AssessmentDraft(BINDER).to_dict()["draft"] is None
