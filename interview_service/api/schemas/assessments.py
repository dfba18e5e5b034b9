"""Assessments: what was drafted of an interview, for people to judge."""

from marshmallow import fields, validate

from interview_service.api.fields import Choice, Id, Stored, Timestamp
from interview_service.api.schemas.base import INTERVIEW_ID, Schema, doc
from interview_service.api.schemas.plans import GeneratedBySchema
from interview_service.domain.assessment import Recommendation


class EvidenceSchema(Schema):
    """The words that a score stands on."""

    criterion = fields.String(metadata=doc("Which score", "clarity"))
    quote = fields.String(metadata=doc("Word for word", "Let me first restate the problem"))
    turn = fields.Integer(metadata=doc("The transcript's turn, from 0", 3))


class AssessmentSchema(Schema):
    """An assessment: a draft for people to judge."""

    id = Id(metadata=doc("Its id"))
    interview_id = Id(metadata=doc("Which interview it assesses", INTERVIEW_ID))
    overall_score = fields.Integer(allow_none=True, metadata=doc("0 to 100", 82))
    recommendation = Choice(
        "Recommendation", Recommendation, metadata=doc("What it advises", "STRONG_HIRE")
    )
    summary = fields.String(metadata=doc("In a few sentences"))
    scores = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(
            keys=fields.String(),
            values=fields.Integer(validate=validate.Range(1, 5)),
            metadata={"x-component": "CriterionScores"},
        ),
        metadata=doc(
            "Group to criterion to score, 1 to 5; a criterion without evidence has none",
            {"technical": {"system_design": 4}, "communication": {"clarity": 4}},
            **{"x-component": "Scores"},
        ),
    )
    evidence = fields.List(Stored(EvidenceSchema), metadata=doc("A quote for every score"))
    transcript = fields.String(metadata=doc("What was said, a line a turn"))
    generated_by = Stored(GeneratedBySchema)
    created_at = Timestamp(metadata=doc("When it was made", "2024-01-15T12:30:00.000Z"))
