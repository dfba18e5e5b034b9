"""A candidate's data: what is handed out of it, and what was erased."""

from marshmallow import fields, validate

from interview_service.api.fields import Id, Text, Timestamp
from interview_service.api.schemas.assessments import AssessmentSchema
from interview_service.api.schemas.base import INTERVIEW_ID, Schema, doc
from interview_service.api.schemas.deliveries import DeliverySchema
from interview_service.api.schemas.interviews import InterviewSchema
from interview_service.api.schemas.plans import EarlierPlanSchema
from interview_service.api.schemas.scorecards import ScorecardSchema, ScorecardVersionSchema
from interview_service.api.schemas.transcripts import TurnSchema
from interview_service.api.schemas.workflow import HistoryEntrySchema
from interview_service.domain import limits


class CandidateSchema(Schema):
    """A candidate, by the email that their interviews have."""

    email = Text(
        max_length=limits.CANDIDATE_EMAIL,
        required=True,
        validate=[validate.Email()],
        metadata=doc("In any case", "jane@example.com", format="email"),
    )


class ErasedSchema(Schema):
    """What a candidate's data was erased from."""

    interview_ids = fields.List(
        Id(), metadata=doc("The interviews; none where nothing was kept", [INTERVIEW_ID])
    )


class ExportedRecordSchema(InterviewSchema):
    """An interview, with what is kept of it for the background work."""

    feedback = fields.List(
        fields.String(), metadata=doc("What the engine is to heed from now on", [])
    )
    last_error = fields.String(
        allow_none=True, metadata=doc("Why the last background attempt failed")
    )


class ExportedTranscriptSchema(Schema):
    """What was said, as it is kept."""

    turns = fields.List(fields.Nested(TurnSchema))
    candidate_speaker = fields.String(
        allow_none=True, metadata=doc("Who was said to be the candidate", "Jane Smith")
    )
    warnings = fields.List(
        fields.String(), allow_none=True, metadata=doc("What its reading was not sure of", [])
    )
    updated_at = Timestamp(metadata=doc("When it was handed in"))


class ExportedScorecardSchema(ScorecardSchema):
    """A scorecard, a draft as well, and what was handed in of it earlier."""

    versions = fields.List(fields.Nested(ScorecardVersionSchema))


class ExportedAssessmentSchema(AssessmentSchema):
    """An assessment, with what it was made with."""

    binder_summary = fields.String(
        allow_none=True, metadata=doc("What the binder said of the evidence")
    )
    feedback = fields.String(
        allow_none=True, metadata=doc("What a person wanted changed from the one before")
    )


class ExportedDeliverySchema(DeliverySchema):
    """An event, what was sent of it, and what became of it."""

    body = fields.String(attribute="delivery.body", metadata=doc("The JSON that was sent"))


class KeptAnswerSchema(Schema):
    """The answer to a request with an Idempotency-Key, kept for its repetition."""

    status = fields.Integer(attribute="answer.status", metadata=doc("Of HTTP", 201))
    body = fields.String(attribute="answer.body", metadata=doc("Its JSON"))
    created_at = Timestamp(metadata=doc("When it was given"))


class ExportedInterviewSchema(Schema):
    """All that is kept of a candidate in one interview."""

    interview = fields.Nested(ExportedRecordSchema)
    plans = fields.List(fields.Nested(EarlierPlanSchema))
    transcript = fields.Nested(ExportedTranscriptSchema, allow_none=True)
    scorecards = fields.List(fields.Nested(ExportedScorecardSchema))
    assessments = fields.List(fields.Nested(ExportedAssessmentSchema))
    history = fields.List(fields.Nested(HistoryEntrySchema))
    deliveries = fields.List(fields.Nested(ExportedDeliverySchema))
    answers = fields.List(fields.Nested(KeptAnswerSchema))


class CandidateExportSchema(Schema):
    """All that is kept on a candidate."""

    candidate_email = fields.String(metadata=doc("As it was asked for", "jane@example.com"))
    tenant_id = fields.String(metadata=doc("Who keeps it", "acme"))
    exported_at = Timestamp(metadata=doc("When it was handed out", "2024-03-01T10:00:00.000Z"))
    interviews = fields.List(
        fields.Nested(ExportedInterviewSchema),
        metadata=doc("Oldest first; none where nothing is kept"),
    )
