"""The record of an interview: every field declared once, in `InterviewSchema`."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from interview_service.api.fields import Choice, Id, Items, Minutes, Text, Timestamp
from interview_service.api.schemas.base import (
    INTERVIEW_ID,
    PLAN_ID,
    RUN_ID,
    Schema,
    demand,
    doc,
    webhook_url,
)
from interview_service.domain import limits
from interview_service.domain.assessment import Recommendation
from interview_service.domain.interview import REQUIRED_FIELDS, Level
from interview_service.domain.workflow import State


def state(description: str, example: str = "PENDING", **options: Any) -> Choice:
    """Return a field with a state of the workflow."""
    return Choice("WorkflowState", State, metadata=doc(description, example), **options)


def advice(description: str, **options: Any) -> Choice:
    """Return a field with what is recommended about hiring."""
    options = {"allow_none": True, **options}
    return Choice("Recommendation", Recommendation, metadata=doc(description), **options)


def duration() -> Minutes:
    """Return a field with the length of an appointment."""
    return Minutes(
        allow_none=True,
        validate=validate.Range(limits.MIN_INTERVIEW_DURATION, limits.MAX_INTERVIEW_DURATION),
        metadata=doc("How long it takes, in minutes"),
    )


def location() -> Text:
    """Return a field with the place of an appointment."""
    return Text(
        max_length=limits.LOCATION, allow_none=True, metadata=doc("A room, or a link to a call")
    )


class InterviewSchema(Schema):
    """An interview, whole."""

    id = Id(dump_only=True, metadata=doc("Its id", INTERVIEW_ID))
    tenant_id = fields.String(dump_only=True, metadata=doc("The tenant that it belongs to", "acme"))
    candidate_name = Text(
        max_length=limits.CANDIDATE_NAME,
        allow_none=True,
        metadata=doc("The candidate's full name", "Jane Smith"),
    )
    candidate_email = Text(
        max_length=limits.CANDIDATE_EMAIL,
        allow_none=True,
        validate=[validate.Email()],
        metadata=doc("The candidate's email address", "jane@example.com", format="email"),
    )
    position = Text(
        max_length=limits.POSITION,
        allow_none=True,
        metadata=doc("The position applied for", "Senior Engineer"),
    )
    level = Choice("Level", Level, allow_none=True, metadata=doc("The seniority", "SENIOR"))
    skills = Items(
        Text(max_length=limits.SKILL),
        max_length=limits.SKILLS,
        metadata=doc(
            "What to look at; repeats, ignoring case, are dropped",
            ["TypeScript", "React", "Node.js"],
        ),
    )
    job_description = Text(
        max_length=limits.JOB_DESCRIPTION,
        allow_none=True,
        metadata=doc(
            "What the job is about", "Build scalable platform services with modern tooling."
        ),
    )
    company_name = Text(
        max_length=limits.COMPANY_NAME, allow_none=True, metadata=doc("The hiring company")
    )
    company_description = Text(
        max_length=limits.COMPANY_DESCRIPTION,
        allow_none=True,
        metadata=doc("What the hiring company does"),
    )
    workflow_state = state("Where it stands", dump_only=True)
    run_id = Id(dump_only=True, metadata=doc("The id of its run, for the status", RUN_ID))
    plan_id = Id(dump_only=True, allow_none=True, metadata=doc("Its plan", PLAN_ID))
    assessment_id = Id(dump_only=True, allow_none=True, metadata=doc("Its assessment"))
    callback_url = webhook_url("Where state changes are posted")
    external_id = Text(
        max_length=limits.EXTERNAL_ID,
        allow_none=True,
        metadata=doc(
            "Your own id of it, unique in the tenant: creating again with the same one returns "
            "the first record"
        ),
    )
    scheduled_at = Timestamp(
        allow_none=True,
        metadata=doc("When the interview takes place", "2024-02-01T10:00:00.000Z"),
    )
    duration_minutes = duration()
    location = location()
    interviewers = Items(
        Text(max_length=limits.EMAIL),
        max_length=limits.INTERVIEWERS,
        metadata=doc(
            "Who is expected to hand in a scorecard: ids or emails of users, subjects of tokens, "
            "or emails that an identity provider has verified"
        ),
    )
    overall_score = fields.Integer(
        dump_only=True,
        allow_none=True,
        metadata=doc("0 to 100, of the present assessment; null where nobody has rated"),
    )
    recommendation = advice("Of the present assessment", dump_only=True)
    decision = advice("What people decided", dump_only=True)
    candidate_erased_at = Timestamp(
        dump_only=True, allow_none=True, metadata=doc("When the candidate's data was erased")
    )
    created_at = Timestamp(
        dump_only=True, metadata=doc("When it came in", "2024-01-15T10:00:00.000Z")
    )
    updated_at = Timestamp(
        dump_only=True, metadata=doc("When it last changed", "2024-01-15T10:45:00.000Z")
    )

    @ma.post_load
    def _drop_repeats(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        if data.get("skills"):
            first: dict[str, str] = {}
            for skill in data["skills"]:
                first.setdefault(skill.casefold(), skill)
            data["skills"] = list(first.values())
        return data


class InterviewCreateSchema(InterviewSchema):
    """A new interview."""

    plan_from_interview_id = Id(
        load_only=True,
        allow_none=True,
        metadata=doc(
            "An interview whose present plan becomes this one's too, so that candidates of one "
            "position are asked the same; it wants interview:read"
        ),
    )

    def on_bind_field(self, field_name: str, field_obj: ma.fields.Field[Any]) -> None:
        """Require what an interview cannot do without."""
        super().on_bind_field(field_name, field_obj)
        if field_name in REQUIRED_FIELDS:
            demand(field_obj)


class IntakeSchema(InterviewSchema):
    """An interview request; whatever is missing is asked for."""

    def on_bind_field(self, field_name: str, field_obj: ma.fields.Field[Any]) -> None:
        """Take a list that is null as well: it is asked for like all else."""
        super().on_bind_field(field_name, field_obj)
        if field_name == "skills":
            field_obj.allow_none = True


class CompleteInfoSchema(IntakeSchema):
    """What was missing, or a part of it."""


class InterviewUpdateSchema(InterviewSchema):
    """Any part of an interview. A read-only field may be sent back, unchanged.

    So may a required field that is still null, of an interview from the intake.
    """

    def on_bind_field(self, field_name: str, field_obj: ma.fields.Field[Any]) -> None:
        """Read what is read-only as well, to see whether it is unchanged."""
        super().on_bind_field(field_name, field_obj)
        if field_name in READ_ONLY_FIELDS:
            field_obj.dump_only = False
            field_obj.metadata = {**field_obj.metadata, "description": "Read-only"}
            field_obj.metadata.pop("example", None)
        elif field_name == "workflow_state":
            field_obj.dump_only = False
            field_obj.metadata = {
                **field_obj.metadata,
                **doc("Asks for the transition that leads to this state"),
            }


_DECLARED: Mapping[str, ma.fields.Field[Any]] = InterviewSchema._declared_fields

READ_ONLY_FIELDS = (
    *(n for n, each in _DECLARED.items() if each.dump_only and n != "workflow_state"),
    "external_id",
)
"""What a change may send back, and must leave as it is."""


class InterviewReferenceSchema(InterviewSchema):
    """An interview, as a caller who may not read interviews is told of it."""

    class Meta(Schema.Meta):
        fields = ("id", "run_id", "workflow_state")
