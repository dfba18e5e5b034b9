"""The JSON that a language model is asked for, and how its text becomes a domain value.

Reading is liberal about form (prose and fences around the JSON, numbers as text, unknown keys);
whether the value is sound is for the domain to say. Imports pydantic, which comes with Agno.
"""

import json
from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
)

from interview_service.domain.assessment import Evidence, Recommendation
from interview_service.domain.plan import Criterion, PlanStructure, Question, Section
from interview_service.engines.agno.judging import ModelAnswer

MAX_ANSWER = 200_000
"""Characters of an answer that are read; a longer one is refused."""

_DECODER = json.JSONDecoder()
_MAX_OBJECTS = 200
_MAX_FAULTS = 20

T = TypeVar("T")


class Unreadable(Exception):
    """An answer holds no JSON object of the shape asked for, or more than one.

    :param faults: what is wrong, in words that hold nothing of the answer itself.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain U+0000")
    return text


Exact = Annotated[str, AfterValidator(_storable)]
Trimmed = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_storable)]


class Answer(BaseModel, Generic[T]):
    """A shape to answer in."""

    @abstractmethod
    def to_domain(self) -> T:
        """Return the domain's value, sound or not."""


class QuestionAnswer(BaseModel):
    text: Trimmed
    lookFor: list[Trimmed] = Field(default_factory=list)  # noqa: N815 (the API's name)
    followUps: list[Trimmed] = Field(default_factory=list)  # noqa: N815 (the API's name)
    criterion: Trimmed | None = None


class SectionAnswer(BaseModel):
    name: Trimmed
    duration: int
    topics: list[Trimmed] = Field(default_factory=list)
    questions: list[QuestionAnswer] = Field(default_factory=list)


def _by_rating(anchors: Any) -> Any:
    """Read the API's own form of anchors, {"1": …, "3": …, "5": …}, as well."""
    if not isinstance(anchors, Mapping):
        return anchors
    return {_ANCHORS.get(str(name), name): text for name, text in anchors.items()}


_ANCHORS = {"1": "one", "3": "three", "5": "five"}


class AnchorsAnswer(BaseModel):
    """What an answer worth 1, 3 or 5 looks like; strict JSON schemas know no free keys."""

    one: Trimmed = ""
    three: Trimmed = ""
    five: Trimmed = ""


class CriterionAnswer(BaseModel):
    key: Trimmed
    group: Trimmed
    name: Trimmed
    anchors: Annotated[AnchorsAnswer, BeforeValidator(_by_rating)]

    def to_domain(self) -> Criterion:
        """Return the criterion, sound or not."""
        texts = (self.anchors.one, self.anchors.three, self.anchors.five)
        anchors = {rating: text for rating, text in zip(_ANCHORS, texts, strict=True) if text}
        return Criterion(self.key, self.group, self.name, anchors)


class PlanAnswer(Answer[PlanStructure]):
    """The shape of a plan."""

    duration: int
    sections: list[SectionAnswer]
    opening: list[Trimmed] = Field(default_factory=list)
    closing: list[Trimmed] = Field(default_factory=list)
    criteria: list[CriterionAnswer] = Field(default_factory=list)
    checks: list[Trimmed] = Field(default_factory=list)
    notes: list[Trimmed] = Field(default_factory=list)

    def to_domain(self) -> PlanStructure:
        """Return the plan, sound or not."""
        return PlanStructure(
            duration=self.duration,
            sections=tuple(
                Section(
                    name=section.name,
                    duration=section.duration,
                    topics=tuple(section.topics),
                    questions=tuple(
                        Question(
                            question.text,
                            tuple(question.lookFor),
                            tuple(question.followUps),
                            question.criterion,
                        )
                        for question in section.questions
                    ),
                )
                for section in self.sections
            ),
            opening=tuple(self.opening),
            closing=tuple(self.closing),
            criteria=tuple(criterion.to_domain() for criterion in self.criteria),
            checks=tuple(self.checks),
            notes=tuple(self.notes),
        )


class ScoreAnswer(BaseModel):
    criterion: Trimmed
    score: int


class EvidenceAnswer(BaseModel):
    criterion: Trimmed
    quote: Exact
    turn: int


def _as_list(scores: Any) -> Any:
    """Read the API's own form of scores, {group: {criterion: score}}, as well."""
    if not isinstance(scores, Mapping):
        return scores
    return [
        {"criterion": criterion, "score": score}
        for criteria in scores.values()
        if isinstance(criteria, Mapping)
        for criterion, score in criteria.items()
    ]


def _without_repeats(scores: list[ScoreAnswer]) -> list[ScoreAnswer]:
    if len({each.criterion for each in scores}) != len(scores):
        raise ValueError("a criterion is scored twice")
    return scores


class AssessmentAnswer(Answer[ModelAnswer]):
    """The shape of an assessment.

    Scores are a list, since strict JSON schemas of providers know no free keys.
    """

    overallScore: int  # noqa: N815 (the API's name)
    recommendation: Recommendation
    summary: Trimmed
    scores: Annotated[
        list[ScoreAnswer], BeforeValidator(_as_list), AfterValidator(_without_repeats)
    ]
    evidence: list[EvidenceAnswer]

    def to_domain(self) -> ModelAnswer:
        """Return the assessment, sound or not."""
        return ModelAnswer(
            overall_score=self.overallScore,
            recommendation=self.recommendation,
            summary=self.summary,
            scores={each.criterion: each.score for each in self.scores},
            evidence=tuple(
                Evidence(each.criterion, each.quote, each.turn) for each in self.evidence
            ),
        )


def read(text: str, shape: type[Answer[T]]) -> T:
    """Return the one value of this shape that stands in a model's answer.

    An object that is given twice counts once.

    :raise Unreadable: there is none, or there are several.
    """
    if len(text) > MAX_ANSWER:
        raise Unreadable([f"the answer is longer than {MAX_ANSWER} characters"])
    found: list[T] = []
    misfits: list[ValidationError] = []
    start = text.find("{")
    for _ in range(_MAX_OBJECTS):
        if start < 0:
            break
        end = start + 1
        try:
            value, after = _DECODER.raw_decode(text, start)
            result = shape.model_validate(value).to_domain()
        except ValidationError as error:
            misfits.append(error)
        except (ValueError, RecursionError):
            pass  # no JSON begins here
        else:
            end = after
            if result not in found:
                found.append(result)
        start = text.find("{", end)
    if len(found) == 1:
        return found[0]
    if found:
        raise Unreadable(["the answer holds more than one JSON object of the shape asked for"])
    raise Unreadable(
        [
            "the answer holds no whole JSON object of the shape asked for",
            *(_faults(misfits[0]) if misfits else ()),
        ]
    )


def _faults(error: ValidationError) -> list[str]:
    """Name places and reasons; pydantic's own text would quote the answer."""
    return [
        f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}"
        for each in error.errors(include_input=False, include_url=False)[:_MAX_FAULTS]
    ]
