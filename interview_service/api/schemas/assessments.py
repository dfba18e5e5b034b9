"""Assessments: whose the numbers are, the evidence, and what people decided."""

from typing import Any

from marshmallow import fields, validate

from interview_service.api.fields import Choice, Id, Stored, Timestamp
from interview_service.api.schemas.base import INTERVIEW_ID, Schema, doc
from interview_service.api.schemas.interviews import advice
from interview_service.api.schemas.pages import PlansMetaSchema
from interview_service.api.schemas.plans import GeneratedBySchema
from interview_service.domain.assessment import CoverageStatus, Recommendation
from interview_service.domain.judging import VERDICTS, Basis
from interview_service.domain.scorecard import Agreement


class CoverageSchema(Schema):
    """How far the interview got with a criterion; nothing about how good an answer was."""

    criterion = fields.String(metadata=doc("A key of the plan's criteria", "clarity"))
    name = fields.String(metadata=doc("As people read it", "Clarity"))
    status = Choice(
        "CoverageStatus",
        CoverageStatus,
        metadata=doc("Whether it was asked and answered", "ANSWERED"),
    )
    follow_up = fields.String(
        allow_none=True, metadata=doc("What to ask next; null where it was answered")
    )


class EvidenceSchema(Schema):
    """The candidate's words about a criterion."""

    criterion = fields.String(metadata=doc("Which criterion", "clarity"))
    quote = fields.String(metadata=doc("Word for word", "Let me first restate the problem"))
    turn = fields.Integer(metadata=doc("The transcript's turn, from 0", 3))


def _scores(description: str, group: str, scores: str, number: fields.Number[Any]) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=number, metadata={"x-component": scores}),
        metadata=doc(
            description,
            {"technical": {"system_design": 4}, "communication": {"clarity": 4}},
            **{"x-component": group},
        ),
    )


class ModelDraftSchema(Schema):
    """What a language model concluded: a draft for people, never averaged into their scores."""

    overall_score = fields.Integer(metadata=doc("0 to 100", 74))
    recommendation = Choice(
        "Recommendation", Recommendation, metadata=doc("What it advises", "HIRE")
    )
    scores = _scores(
        "Group to criterion to score, 1 to 5; each has a quote",
        "DraftScores",
        "DraftCriterionScores",
        fields.Integer(validate=validate.Range(1, 5)),
    )
    summary = fields.String(metadata=doc("In a few sentences"))


class AssessmentDecisionSchema(Schema):
    """What people decided, who, and when."""

    recommendation = Choice("HiringDecision", VERDICTS, metadata=doc("The decision", "HIRE"))
    by = fields.String(metadata=doc("Who decided: the subject", "me"))
    reason = fields.String(allow_none=True, metadata=doc("Why"))
    at = Timestamp(metadata=doc("When", "2024-01-15T13:00:00.000Z"))


class AssessmentSchema(Schema):
    """An assessment: what people think, what a model drafted, and the candidate's words."""

    id = Id(metadata=doc("Its id"))
    interview_id = Id(metadata=doc("Which interview it assesses", INTERVIEW_ID))
    overall_score = fields.Integer(
        allow_none=True, metadata=doc("0 to 100; null where nobody has rated", 82)
    )
    recommendation = advice(
        "What its basis advises; null for an interviewer who does not see it yet"
    )
    summary = fields.String(
        allow_none=True,
        metadata=doc(
            "The cards' summaries under their authors' names, else the model's or binder's"
        ),
    )
    scores = _scores(
        "Group to criterion to score, 1 to 5: of several cards the mean, to one decimal",
        "Scores",
        "CriterionScores",
        fields.Float(validate=validate.Range(1, 5)),
    )
    basis = Choice(
        "Basis",
        Basis,
        allow_none=True,
        metadata=doc("Whose the numbers are; null without any evidence", "SCORECARDS"),
    )
    agreement = Choice(
        "Agreement",
        Agreement,
        allow_none=True,
        metadata=doc("Of the cards' recommendations; null with fewer than two", "MIXED"),
    )
    draft = Stored(
        ModelDraftSchema, allow_none=True, metadata=doc("What a model made of it, if there is one")
    )
    coverage = fields.List(
        Stored(CoverageSchema), metadata=doc("One a criterion; empty before the words are read")
    )
    evidence = fields.List(
        Stored(EvidenceSchema), metadata=doc("The candidate's words, word for word")
    )
    notes = fields.List(
        fields.String(), metadata=doc("What the binder could not read and did not check")
    )
    candidate_speaker = fields.String(
        allow_none=True,
        metadata=doc("Whom it took for the candidate; null where it cannot tell", "Jane Smith"),
    )
    decision = Stored(
        AssessmentDecisionSchema, allow_none=True, metadata=doc("What people decided")
    )
    transcript = fields.String(
        allow_none=True, metadata=doc("What was said, a line a turn; null where there is nothing")
    )
    generated_by = Stored(GeneratedBySchema)
    created_at = Timestamp(metadata=doc("When it was made", "2024-01-15T12:30:00.000Z"))


class AssessmentsSchema(Schema):
    """A page of the assessments of an interview, newest first."""

    data = fields.List(fields.Nested(AssessmentSchema))
    meta = fields.Nested(PlansMetaSchema)
