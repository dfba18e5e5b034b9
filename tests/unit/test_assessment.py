"""What makes an assessment sound: every score in range, and with its quote word for word."""

from dataclasses import replace

import pytest

from interview_service.domain.assessment import AssessmentResult, Evidence, Recommendation
from interview_service.domain.transcript import Transcript, Turn

WORDS = Transcript((Turn("Interviewer", "Why Go?", None), Turn("Candidate", "It is small.", None)))
SOUND = AssessmentResult(
    overall_score=70,
    recommendation=Recommendation.HIRE,
    summary="Knows Go.",
    scores={"technical": {"go": 4}, "communication": {"clarity": 3}},
    evidence=(Evidence("go", "It is small", 1), Evidence("clarity", "small.", 1)),
)


def scored(go: int) -> AssessmentResult:
    return replace(SOUND, scores={"technical": {"go": go}, "communication": {"clarity": 3}})


def quoting(quote: str, turn: int = 1, criterion: str = "go") -> AssessmentResult:
    return replace(SOUND, evidence=(Evidence(criterion, quote, turn), SOUND.evidence[1]))


@pytest.mark.parametrize(
    "result",
    [
        SOUND,
        replace(SOUND, overall_score=0),
        replace(SOUND, overall_score=100),
        replace(SOUND, summary="s" * 5000),
        replace(SOUND, scores={}, evidence=()),
        scored(1),
        scored(5),
    ],
)
def test_a_sound_assessment_has_no_faults(result: AssessmentResult) -> None:
    assert result.faults(WORDS) == []


@pytest.mark.parametrize(
    ("result", "faults"),
    [
        (replace(SOUND, overall_score=-1), ["overallScore must be 0 to 100, not -1"]),
        (replace(SOUND, overall_score=101), ["overallScore must be 0 to 100, not 101"]),
        (replace(SOUND, summary=" "), ["summary must have 1 to 5000 characters"]),
        (replace(SOUND, summary="s" * 5001), ["summary must have 1 to 5000 characters"]),
        (scored(0), ["the score of 'go' must be 1 to 5, not 0"]),
        (scored(6), ["the score of 'go' must be 1 to 5, not 6"]),
        (
            replace(SOUND, scores={"one": {"go": 4, "clarity": 3}, "other": {"go": 4}}),
            ["a criterion is scored in more than one group"],
        ),
        (replace(SOUND, evidence=SOUND.evidence[1:]), ["'go' has a score but no quote"]),
        (
            quoting("small", criterion="rust"),
            [
                "'go' has a score but no quote",
                "a quote is given for 'rust', which has no score",
            ],
        ),
        (quoting(" "), ["the quote for 'go' is empty"]),
        (quoting("small", 2), ["the quote for 'go' names turn 2: there is none"]),
        (quoting("small", -1), ["the quote for 'go' names turn -1: there is none"]),
        (quoting("it is small"), ["the quote for 'go' is not in turn 1 word for word"]),
        (quoting("small", 0), ["the quote for 'go' is not in turn 0 word for word"]),
    ],
)
def test_each_fault_is_named(result: AssessmentResult, faults: list[str]) -> None:
    assert result.faults(WORDS) == faults
