"""Transitions of interviews, their history, and where an interview stands."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from interview_service.api.fields import Choice, Id, StrictBoolean, Text, Timestamp
from interview_service.api.schemas.base import INTERVIEW_ID, RUN_ID, Schema, doc
from interview_service.api.schemas.interviews import duration, location, state
from interview_service.api.schemas.pages import PartMetaSchema
from interview_service.domain import limits
from interview_service.domain.assessment import Recommendation
from interview_service.domain.completeness import DataQuality, Severity
from interview_service.domain.judging import VERDICTS, Verdict
from interview_service.domain.workflow import Transition, WaitingFor


class MissingItemSchema(Schema):
    """Something that an interview lacks."""

    field = fields.String(metadata=doc("The field", "jobDescription"))
    severity = Choice(
        "Severity",
        Severity,
        metadata=doc("MEDIUM is a warning; all else stops the interview", "HIGH"),
    )
    question = fields.String(metadata=doc("What to ask a person", "What is the job about?"))


class BackgroundErrorSchema(Schema):
    """What made the last background attempt fail."""

    message = fields.String(metadata=doc("What went wrong"))
    attempts = fields.Integer(metadata=doc("How many failed in a row"))
    next_attempt_at = Timestamp(
        allow_none=True, metadata=doc("When the next is due; null while it is under way")
    )


class StatusSchema(Schema):
    """Where an interview stands, and what can happen next."""

    run_id = Id(attribute="interview.run_id", metadata=doc("Its run", RUN_ID))
    interview_id = Id(attribute="interview.id", metadata=doc("Its id", INTERVIEW_ID))
    workflow_state = state("Where it stands", attribute="interview.workflow_state")
    waiting_for = Choice(
        "WaitingFor",
        WaitingFor,
        allow_none=True,
        metadata=doc("What has to happen next; null at the end", "approval"),
    )
    missing = fields.List(fields.Nested(MissingItemSchema))
    missing_scorecards = fields.List(
        fields.String(),
        metadata=doc("Those of the interviewers who have not handed in a scorecard", []),
    )
    allowed_transitions = fields.List(
        Choice("Transition", Transition),
        metadata=doc("What this caller may trigger now", ["APPROVE", "REJECT", "MODIFY"]),
    )
    error = fields.Nested(BackgroundErrorSchema, allow_none=True)
    plan_id = Id(attribute="interview.plan_id", allow_none=True)
    assessment_id = Id(attribute="interview.assessment_id", allow_none=True)
    created_at = Timestamp(attribute="interview.created_at")
    updated_at = Timestamp(attribute="interview.updated_at")


def reason() -> Text:
    """Return a field with the reason of a decision."""
    return Text(max_length=limits.REASON, allow_none=True, metadata=doc("Why, for the history"))


class DecisionSchema(Schema):
    """What people decide about a candidate."""

    recommendation = Choice(
        "HiringDecision", VERDICTS, required=True, metadata=doc("The decision", "HIRE")
    )
    reason = reason()

    @ma.post_load
    def _verdict(self, data: dict[str, Any], **kwargs: Any) -> Verdict:
        return Verdict(Recommendation(data["recommendation"]), data.get("reason"))


def decision() -> fields.Nested:
    """Return a field with a verdict."""
    return fields.Nested(
        DecisionSchema,
        allow_none=True,
        metadata=doc(
            "For the assessment's approval; without one, it is what the assessment recommends, "
            "and 422 where that is NO_DECISION. An API key always has to say"
        ),
    )


class TransitionRequestSchema(Schema):
    """A transition to take."""

    transition = Choice("Transition", Transition, required=True, metadata=doc("Which", "APPROVE"))
    reason = reason()
    scheduled_at = Timestamp(allow_none=True, metadata=doc("When, for SCHEDULE"))
    duration_minutes = duration()
    location = location()
    decision = decision()


class TransitionResultSchema(Schema):
    """A transition that was taken."""

    interview_id = Id(metadata=doc("Whose", INTERVIEW_ID))
    transition = Choice("Transition", Transition, metadata=doc("Which", "APPROVE"))
    previous_state = state("From")
    new_state = state("To", "APPROVED")
    triggered_by = fields.String(metadata=doc("The caller's subject, or `service`", "me"))
    reason = fields.String(allow_none=True, metadata=doc("Why"))
    timestamp = Timestamp(attribute="created_at", metadata=doc("When", "2024-01-15T10:45:00.000Z"))


class HistoryEntrySchema(TransitionResultSchema):
    """A transition of an interview."""

    class Meta(Schema.Meta):
        exclude = ("interview_id",)


class HistorySchema(Schema):
    """A page of the transitions, oldest first."""

    data = fields.List(fields.Nested(HistoryEntrySchema))
    meta = fields.Nested(PartMetaSchema)


class TransitionNamesSchema(Schema):
    """Transitions by name."""

    data = fields.List(
        Choice("Transition", Transition),
        metadata=doc("In the order of the table", ["APPROVE", "REJECT", "MODIFY", "CANCEL"]),
    )


class IntakeResultSchema(Schema):
    """What became of an interview request."""

    run_id = Id(metadata=doc("Its run, for the status", RUN_ID))
    interview_id = Id(metadata=doc("Its id", INTERVIEW_ID))
    state = state("Where it stands", "INFO_NEEDED")
    message = fields.String(metadata=doc("What to do next, in words"))
    data_quality = Choice(
        "DataQuality", DataQuality, metadata=doc("How complete it is", "INCOMPLETE")
    )
    missing = fields.List(fields.Nested(MissingItemSchema))


class IntakeReferenceSchema(IntakeResultSchema):
    """An interview request, as a caller who may not read interviews is told of an earlier one."""

    class Meta(Schema.Meta):
        fields = ("run_id", "interview_id", "state")


class VerdictSchema(Schema):
    """A decision."""

    approved = StrictBoolean(required=True, metadata=doc("Yes or no", True))
    reason = reason()


class AssessmentVerdictSchema(VerdictSchema):
    """A decision on an assessment."""

    decision = decision()


class ModificationSchema(Schema):
    """What should be different."""

    reason = Text(
        max_length=limits.REASON,
        required=True,
        metadata=doc("What to change", "More system design"),
    )
