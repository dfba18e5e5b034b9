"""What comes in and what goes out, as marshmallow schemas: checked, written and documented."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from interview_service.api.fields import (
    Cursor,
    Minutes,
    Stored,
    StrictBoolean,
    Text,
    Timestamp,
    WholeNumber,
)
from interview_service.api.services import services
from interview_service.domain.assessment import Recommendation
from interview_service.domain.completeness import DataQuality, Severity
from interview_service.domain.interview import Level, api_name
from interview_service.domain.outbox import DeliveryState
from interview_service.domain.workflow import State, Transition, WaitingFor
from interview_service.webhooks import payloads
from interview_service.webhooks.addresses import UrlRefused, check_url

STATES = [state.value for state in State]
TRANSITIONS = [transition.value for transition in Transition]
WEBHOOK_EVENTS = list(payloads.EVENT_TYPES)
LEVELS = [level.value for level in Level]

_ID = "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"
_RUN_ID = "0190c7a4-5b1e-7c11-9f00-aabbccddeeff"
_PLAN_ID = "0190c7a4-9d2e-7a10-8c11-223344556677"


def _doc(description: str, example: Any = None) -> dict[str, Any]:
    return {"description": description, **({} if example is None else {"example": example})}


class Schema(ma.Schema):
    """A schema whose attributes are named as in Python and whose keys are named as in the API."""

    class Meta:
        unknown = ma.RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Name the key of a field in camelCase."""
        field_obj.data_key = api_name(field_obj.data_key or field_name)


def _email(**kwargs: Any) -> Text:
    return Text(
        most=320,
        validate=[validate.Email()],
        metadata={**_doc("The candidate's address", "jane@example.com"), "format": "email"},
        **kwargs,
    )


def _level(**kwargs: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf(LEVELS), metadata=_doc("Seniority", "SENIOR"), **kwargs
    )


def _skills(least: int = 1, **kwargs: Any) -> fields.List[str]:
    return fields.List(
        Text(most=100),
        validate=validate.Length(least, 50),
        metadata=_doc(
            "What to look at; repeats, ignoring case, are dropped",
            ["TypeScript", "React", "Node.js"],
        ),
        **kwargs,
    )


def _webhook_target(value: str) -> None:
    try:
        check_url(value, allow_private=services().allow_private)
    except UrlRefused as error:
        raise ma.ValidationError(str(error)) from None


class _DetailsSchema(Schema):
    """What clients may write of an interview."""

    candidate_name = Text(
        most=200, required=True, metadata=_doc("The candidate's full name", "Jane Smith")
    )
    candidate_email = _email(required=True)
    position = Text(
        most=200, required=True, metadata=_doc("The position applied for", "Senior Engineer")
    )
    level = _level(required=True)
    skills = _skills(required=True)
    job_description = Text(
        most=20_000,
        allow_none=True,
        metadata=_doc(
            "What the job is about", "Build scalable platform services with modern tooling."
        ),
    )
    company_name = Text(most=200, allow_none=True, metadata=_doc("The hiring company"))
    company_description = Text(
        most=5_000, allow_none=True, metadata=_doc("What the hiring company does")
    )
    scheduled_at = Timestamp(
        allow_none=True,
        metadata={
            **_doc("When the interview takes place", "2024-02-01T10:00:00.000Z"),
            "type": "string",
            "format": "date-time",
        },
    )
    callback_url = Text(
        most=2_048,
        allow_none=True,
        validate=[_webhook_target],
        metadata={
            **_doc("Where state changes are posted", "https://ats.example.com/webhook"),
            "format": "uri",
            "pattern": "^(https://.*)?$",
        },
    )

    @ma.post_load
    def _drop_repeats(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        if data.get("skills"):
            first: dict[str, str] = {}
            for skill in data["skills"]:
                first.setdefault(skill.casefold(), skill)
            data["skills"] = list(first.values())
        return data


class InterviewCreateSchema(_DetailsSchema):
    """A new interview."""

    external_id = Text(
        most=200,
        allow_none=True,
        metadata=_doc(
            "Your own id of it, unique in the tenant: creating again with the same one returns "
            "the first record"
        ),
    )


class InterviewSchema(Schema):
    """An interview, whole."""

    id = fields.String(metadata=_doc("Its id", _ID))
    tenant_id = fields.String(metadata=_doc("Whose it is", "acme"))
    candidate_name = fields.String(allow_none=True, metadata=_doc("Name", "Jane Smith"))
    candidate_email = fields.String(allow_none=True, metadata=_doc("Email", "jane@example.com"))
    position = fields.String(allow_none=True, metadata=_doc("Position", "Senior Engineer"))
    level = fields.String(
        allow_none=True,
        validate=validate.OneOf([*LEVELS, None]),
        metadata=_doc("Seniority", "SENIOR"),
    )
    skills = fields.List(
        fields.String(), metadata=_doc("Skills", ["TypeScript", "React", "Node.js"])
    )
    job_description = fields.String(
        allow_none=True, metadata=_doc("The job", "Build scalable platform services...")
    )
    company_name = fields.String(allow_none=True, metadata=_doc("The hiring company"))
    company_description = fields.String(allow_none=True, metadata=_doc("What it does"))
    workflow_state = fields.String(
        validate=validate.OneOf(STATES), metadata=_doc("Where it stands", "PENDING")
    )
    run_id = fields.String(metadata=_doc("Id of its run, for the status", _RUN_ID))
    plan_id = fields.String(allow_none=True, metadata=_doc("Its plan", _PLAN_ID))
    assessment_id = fields.String(allow_none=True, metadata=_doc("Its assessment"))
    callback_url = fields.String(
        allow_none=True, metadata=_doc("Webhook", "https://ats.example.com/webhook")
    )
    external_id = fields.String(allow_none=True, metadata=_doc("Your own id of it"))
    scheduled_at = Timestamp(allow_none=True, metadata=_doc("When it takes place"))
    created_at = Timestamp(metadata=_doc("When it came in", "2024-01-15T10:00:00.000Z"))
    updated_at = Timestamp(metadata=_doc("When it last changed", "2024-01-15T10:45:00.000Z"))


READ_ONLY_FIELDS = (
    "id",
    "tenant_id",
    "run_id",
    "plan_id",
    "assessment_id",
    "external_id",
    "created_at",
    "updated_at",
)


class InterviewUpdateSchema(_DetailsSchema):
    """Any part of an interview. A read-only field may be sent back, unchanged.

    So may a required field that is still null, of an interview from the intake.
    """

    candidate_name = Text(most=200, allow_none=True, metadata=_doc("The candidate's full name"))
    candidate_email = _email(allow_none=True)
    position = Text(most=200, allow_none=True, metadata=_doc("The position applied for"))
    level = fields.String(
        allow_none=True, validate=validate.OneOf([*LEVELS, None]), metadata=_doc("Seniority")
    )
    skills = _skills(least=0)

    workflow_state = fields.String(
        validate=validate.OneOf(STATES),
        metadata=_doc("Asks for the transition that leads to this state", "CANCELLED"),
    )
    id = fields.String(metadata=_doc("Read-only"))
    tenant_id = fields.String(metadata=_doc("Read-only"))
    run_id = fields.String(metadata=_doc("Read-only"))
    plan_id = fields.String(allow_none=True, metadata=_doc("Read-only"))
    assessment_id = fields.String(allow_none=True, metadata=_doc("Read-only"))
    external_id = fields.String(allow_none=True, metadata=_doc("Read-only"))
    created_at = Timestamp(metadata=_doc("Read-only"))
    updated_at = Timestamp(metadata=_doc("Read-only"))


class InterviewRowSchema(InterviewSchema):
    """An interview as a row of a list."""

    class Meta(Schema.Meta):
        fields = (
            "id",
            "candidate_name",
            "candidate_email",
            "position",
            "level",
            "workflow_state",
            "scheduled_at",
            "created_at",
            "updated_at",
        )


class PageQuerySchema(Schema):
    """Which part of the list."""

    page = WholeNumber(
        validate=validate.Range(min=1),
        metadata={**_doc("Page, from 1"), "default": 1, "maximum": 10**18 - 1},
    )
    limit = WholeNumber(
        load_default=20, validate=validate.Range(1, 100), metadata=_doc("Rows of a page")
    )
    cursor = Cursor(
        metadata=_doc("The `meta.nextCursor` of the answer before, instead of `page`"),
    )
    state = fields.String(
        validate=validate.OneOf(STATES), metadata=_doc("Only interviews in this state", "PENDING")
    )
    q = Text(
        least=0,
        most=200,
        metadata=_doc("Only interviews whose name, email or position has this part, in any case"),
    )


class PageMetaSchema(Schema):
    """Where the page stands in the whole list."""

    total = fields.Integer(metadata=_doc("Rows on all pages", 47))
    page = fields.Integer(allow_none=True, metadata=_doc("This page; null with a cursor", 1))
    limit = fields.Integer(metadata=_doc("Rows of a page at most", 20))
    next_cursor = Cursor(
        allow_none=True, metadata=_doc("What to pass as `cursor` for more; null at the end")
    )
    total_pages = fields.Integer(metadata=_doc("Pages in all; 0 of an empty list", 3))


class InterviewPageSchema(Schema):
    """A page of interviews, newest first."""

    data = fields.List(fields.Nested(InterviewRowSchema))
    meta = fields.Nested(PageMetaSchema)


class QuestionSchema(Schema):
    """A question to ask."""

    text = Text(most=1_000, required=True, metadata=_doc("The question"))
    look_for = fields.List(
        Text(most=1_000),
        load_default=list,
        validate=validate.Length(0, 50),
        metadata=_doc("What a good answer shows"),
    )


class SectionSchema(Schema):
    """A part of the interview."""

    name = Text(most=200, required=True, metadata=_doc("Its name", "Technical Assessment"))
    duration = Minutes(required=True, validate=validate.Range(1, 480), metadata=_doc("Minutes", 40))
    topics = fields.List(
        Text(most=1_000),
        required=True,
        validate=validate.Length(1, 50),
        metadata=_doc(
            "What to talk about", ["TypeScript patterns", "React architecture", "API design"]
        ),
    )
    questions = fields.List(
        fields.Nested(QuestionSchema), load_default=list, validate=validate.Length(0, 50)
    )


class PlanStructureSchema(Schema):
    """The plan itself; its sections' durations add up to its own."""

    duration = Minutes(
        required=True, validate=validate.Range(1, 480), metadata=_doc("Minutes in all", 60)
    )
    sections = fields.List(
        fields.Nested(SectionSchema), required=True, validate=validate.Length(1, 20)
    )


class GeneratedBySchema(Schema):
    """What wrote a plan or an assessment, and what that took.

    What does not apply is null, or not there.
    """

    engine = fields.String(
        required=True,
        metadata=_doc("`builtin`, `agno`, or `manual` for a plan put in by hand", "builtin"),
    )
    model = fields.String(allow_none=True, metadata=_doc("`provider:model`"))
    attempts = fields.Integer(
        allow_none=True, metadata=_doc("Answers that were asked for until one was sound", 1)
    )
    input_tokens = fields.Integer(allow_none=True, metadata=_doc("Tokens sent"))
    output_tokens = fields.Integer(allow_none=True, metadata=_doc("Tokens received"))
    duration_ms = fields.Integer(allow_none=True, metadata=_doc("Milliseconds, all attempts", 3))
    subject = fields.String(metadata=_doc("Who put it in, where that was by hand"))


class EvidenceSchema(Schema):
    """The words that a score stands on."""

    criterion = fields.String(metadata=_doc("Which score", "clarity"))
    quote = fields.String(metadata=_doc("Word for word", "Let me first restate the problem"))
    turn = fields.Integer(metadata=_doc("The transcript's turn, from 0", 3))


class PlanSchema(Schema):
    """A plan."""

    id = fields.String(metadata=_doc("Its id", _PLAN_ID))
    interview_id = fields.String(metadata=_doc("Whose plan it is", _ID))
    structure = Stored(PlanStructureSchema)
    generated_by = Stored(GeneratedBySchema)
    created_at = Timestamp(metadata=_doc("When it was made", "2024-01-15T10:45:00.000Z"))


class AssessmentSchema(Schema):
    """An assessment: a draft for people to judge."""

    id = fields.String(metadata=_doc("Its id"))
    interview_id = fields.String(metadata=_doc("Which interview it assesses", _ID))
    overall_score = fields.Integer(metadata=_doc("0 to 100", 82))
    recommendation = fields.String(
        validate=validate.OneOf([each.value for each in Recommendation]),
        metadata=_doc("What it advises", "STRONG_HIRE"),
    )
    summary = fields.String(metadata=_doc("In a few sentences"))
    scores = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(
            keys=fields.String(), values=fields.Integer(validate=validate.Range(1, 5))
        ),
        metadata=_doc(
            "Group to criterion to score, 1 to 5; a criterion without evidence has none",
            {"technical": {"system_design": 4}, "communication": {"clarity": 4}},
        ),
    )
    evidence = fields.List(Stored(EvidenceSchema), metadata=_doc("A quote for every score"))
    transcript = fields.String(metadata=_doc("What was said, a line a turn"))
    generated_by = Stored(GeneratedBySchema)
    created_at = Timestamp(metadata=_doc("When it was made", "2024-01-15T12:30:00.000Z"))


class MissingItemSchema(Schema):
    """Something that an interview lacks."""

    field = fields.String(metadata=_doc("The field", "jobDescription"))
    severity = fields.String(
        validate=validate.OneOf([each.value for each in Severity]),
        metadata=_doc("MEDIUM is a warning; all else stops the interview", "HIGH"),
    )
    question = fields.String(metadata=_doc("What to ask a person", "What is the job about?"))


class BackgroundErrorSchema(Schema):
    """What made the last background attempt fail."""

    message = fields.String(metadata=_doc("What went wrong"))
    attempts = fields.Integer(metadata=_doc("How many failed in a row"))
    next_attempt_at = Timestamp(
        allow_none=True, metadata=_doc("When the next is due; null while it is under way")
    )


class StatusSchema(Schema):
    """Where an interview stands, and what can happen next."""

    run_id = fields.String(attribute="interview.run_id", metadata=_doc("Its run", _RUN_ID))
    interview_id = fields.String(attribute="interview.id", metadata=_doc("Its id", _ID))
    workflow_state = fields.String(
        attribute="interview.workflow_state",
        validate=validate.OneOf(STATES),
        metadata=_doc("Where it stands", "PENDING"),
    )
    waiting_for = fields.String(
        allow_none=True,
        validate=validate.OneOf([*(each.value for each in WaitingFor), None]),
        metadata=_doc("What has to happen next; null at the end", "approval"),
    )
    missing = fields.List(fields.Nested(MissingItemSchema))
    allowed_transitions = fields.List(
        fields.String(validate=validate.OneOf(TRANSITIONS)),
        metadata=_doc("What this caller may trigger now", ["APPROVE", "REJECT", "MODIFY"]),
    )
    error = fields.Nested(BackgroundErrorSchema, allow_none=True)
    plan_id = fields.String(attribute="interview.plan_id", allow_none=True)
    assessment_id = fields.String(attribute="interview.assessment_id", allow_none=True)
    created_at = Timestamp(attribute="interview.created_at")
    updated_at = Timestamp(attribute="interview.updated_at")


class CheckSchema(ma.Schema):
    """How the service is."""

    status = ma.fields.String(required=True, metadata=_doc("`ok`, or `unavailable`", "ok"))
    checks = ma.fields.Dict(
        metadata=_doc("Each check: `ok`, or what is wrong", {"database": "ok", "schema": "ok"})
    )
    details = ma.fields.Dict(
        metadata=_doc("Figures: `deadDeliveries`, events that were given up", {"deadDeliveries": 0})
    )


class TransitionRequestSchema(Schema):
    """A transition to take."""

    transition = fields.String(
        required=True, validate=validate.OneOf(TRANSITIONS), metadata=_doc("Which", "APPROVE")
    )
    reason = Text(most=2_000, allow_none=True, metadata=_doc("Why, for the history"))
    scheduled_at = Timestamp(allow_none=True, metadata=_doc("When, for SCHEDULE"))


class TransitionResultSchema(Schema):
    """A transition that was taken."""

    interview_id = fields.String(metadata=_doc("Whose", _ID))
    transition = fields.String(
        validate=validate.OneOf(TRANSITIONS), metadata=_doc("Which", "APPROVE")
    )
    previous_state = fields.String(
        validate=validate.OneOf(STATES), metadata=_doc("From", "PENDING")
    )
    new_state = fields.String(validate=validate.OneOf(STATES), metadata=_doc("To", "APPROVED"))
    triggered_by = fields.String(
        metadata=_doc("The token's subject, or `service`", "me"),
    )
    reason = fields.String(allow_none=True, metadata=_doc("Why"))
    timestamp = Timestamp(attribute="created_at", metadata=_doc("When", "2024-01-15T10:45:00.000Z"))


class HistoryEntrySchema(TransitionResultSchema):
    """A transition of an interview."""

    class Meta(Schema.Meta):
        exclude = ("interview_id",)


class HistorySchema(Schema):
    """Every transition, oldest first."""

    data = fields.List(fields.Nested(HistoryEntrySchema))


class TransitionNamesSchema(Schema):
    """Transitions by name."""

    data = fields.List(
        fields.String(validate=validate.OneOf(TRANSITIONS)),
        metadata=_doc("In the order of the table", ["APPROVE", "REJECT", "MODIFY", "CANCEL"]),
    )


class PlanReplaceSchema(Schema):
    """A plan of the caller's own."""

    structure = fields.Nested(PlanStructureSchema, required=True)


class EarlierPlanSchema(PlanSchema):
    """A plan that an interview has or had."""

    feedback = fields.String(
        allow_none=True, metadata=_doc("What a person wanted changed from the plan before")
    )


class PlansSchema(Schema):
    """Every plan of an interview, newest first."""

    data = fields.List(fields.Nested(EarlierPlanSchema))


class TurnSchema(Schema):
    """One person speaking."""

    speaker = Text(most=200, required=True, metadata=_doc("Who", "Candidate"))
    text = Text(most=100_000, required=True, metadata=_doc("What was said"))
    at = Text(most=50, allow_none=True, metadata=_doc("When it began", "00:01:05.000"))


class TranscriptPutSchema(Schema):
    """What was said."""

    turns = fields.List(
        fields.Nested(TurnSchema), required=True, validate=validate.Length(1, 20_000)
    )


class TranscriptSchema(Schema):
    """What was said, turn by turn."""

    interview_id = fields.String(metadata=_doc("In which interview", _ID))
    turns = fields.List(fields.Nested(TurnSchema))


class IntakeSchema(_DetailsSchema):
    """An interview request; whatever is missing is asked for."""

    candidate_name = Text(most=200, allow_none=True, metadata=_doc("Full name", "Jane Smith"))
    candidate_email = _email(allow_none=True)
    position = Text(most=200, allow_none=True, metadata=_doc("Position", "Senior Engineer"))
    level = _level(allow_none=True)
    skills = _skills(0, allow_none=True)
    external_id = Text(
        most=200,
        allow_none=True,
        metadata=_doc("Your own id of it: a retried intake with it makes no second record"),
    )


class CompleteInfoSchema(IntakeSchema):
    """What was missing, or a part of it."""


class IntakeResultSchema(Schema):
    """What became of an interview request."""

    run_id = fields.String(metadata=_doc("Its run, for the status", _RUN_ID))
    interview_id = fields.String(metadata=_doc("Its id", _ID))
    state = fields.String(
        validate=validate.OneOf(STATES), metadata=_doc("Where it stands", "INFO_NEEDED")
    )
    message = fields.String(metadata=_doc("What to do next, in words"))
    data_quality = fields.String(
        validate=validate.OneOf([each.value for each in DataQuality]),
        metadata=_doc("How complete it is", "INCOMPLETE"),
    )
    missing = fields.List(fields.Nested(MissingItemSchema))


class VerdictSchema(Schema):
    """A decision."""

    approved = StrictBoolean(required=True, metadata=_doc("Yes or no", True))
    reason = Text(most=2_000, allow_none=True, metadata=_doc("Why"))


class ModificationSchema(Schema):
    """What should be different."""

    reason = Text(most=2_000, required=True, metadata=_doc("What to change", "More system design"))


class TenantSettingsUpdateSchema(Schema):
    """What a tenant may change of its settings: any part. The rest may be sent back, unchanged."""

    webhook_url = Text(
        most=2_048,
        allow_none=True,
        validate=[_webhook_target],
        metadata={
            **_doc("Where events go of interviews without a callbackUrl"),
            "format": "uri",
        },
    )
    auto_approve_plans = StrictBoolean(metadata=_doc("Approve every plan without asking", False))
    has_secret = StrictBoolean(metadata=_doc("Whether a webhook secret was made; read-only", True))


class TenantSettingsSchema(TenantSettingsUpdateSchema):
    """What a tenant has set for itself."""


class SecretSchema(Schema):
    """A new webhook secret, shown this once."""

    secret = fields.String(metadata=_doc("Verify signatures with it", "whsec_…"))
    previous_valid_until = Timestamp(
        allow_none=True, metadata=_doc("Until when the secret before signs as well")
    )


class WebhookTestSchema(Schema):
    """Where to send a test event."""

    url = Text(
        most=2_048,
        allow_none=True,
        validate=[_webhook_target],
        metadata={**_doc("By default the tenant's webhookUrl"), "format": "uri"},
    )


class OutcomeSchema(Schema):
    """What came of a post."""

    delivered = fields.Boolean(metadata=_doc("Whether the receiver took it", True))
    status = fields.Integer(allow_none=True, metadata=_doc("The HTTP status", 204))
    latency_ms = fields.Integer(metadata=_doc("How long it took, in milliseconds", 35))
    answer = fields.String(metadata=_doc("The first 1 KiB of the answer"))
    error = fields.String(allow_none=True, metadata=_doc("Why there was no good answer"))


class AttemptSchema(Schema):
    """One try to deliver an event."""

    number = fields.Integer(metadata=_doc("From 1", 1))
    status = fields.Integer(allow_none=True, metadata=_doc("The HTTP status", 204))
    latency_ms = fields.Integer(metadata=_doc("How long it took, in milliseconds", 35))
    answer = fields.String(metadata=_doc("The first 1 KiB of the answer"))
    error = fields.String(allow_none=True, metadata=_doc("Why there was no good answer"))
    created_at = Timestamp(metadata=_doc("When it ended"))


class DeliverySchema(Schema):
    """An event, and what became of it."""

    id = fields.String(attribute="delivery.id", metadata=_doc("Its `webhook-id`", _ID))
    event = fields.String(
        attribute="delivery.event", metadata=_doc("Which event", "interview.approved")
    )
    url = fields.String(
        attribute="delivery.url", metadata=_doc("Where it goes", "https://ats.example.com/webhook")
    )
    state = fields.String(
        attribute="delivery.state",
        validate=validate.OneOf([each.value for each in DeliveryState]),
        metadata=_doc("How far it is", "DELIVERED"),
    )
    next_attempt_at = Timestamp(
        attribute="delivery.due_at", allow_none=True, metadata=_doc("When it is tried next")
    )
    created_at = Timestamp(attribute="delivery.created_at", metadata=_doc("When it happened"))
    attempts = fields.List(fields.Nested(AttemptSchema))


class DeliveriesSchema(Schema):
    """The events of an interview, in order."""

    data = fields.List(fields.Nested(DeliverySchema))


class WebhookDataSchema(Schema):
    """What an event is about: ids and states, and nothing of the candidate."""

    interview_id = fields.String(required=True, metadata=_doc("Whose", _ID))
    run_id = fields.String(required=True, metadata=_doc("Its run", _RUN_ID))
    tenant_id = fields.String(required=True, metadata=_doc("The tenant", "acme"))
    external_id = fields.String(
        required=True, allow_none=True, metadata=_doc("Your own id of it", "req-1")
    )
    transition = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*TRANSITIONS, None]),
        metadata=_doc("What happened; null on interview.received", "APPROVE"),
    )
    previous_state = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*STATES, None]),
        metadata=_doc("From; null on interview.received", "PENDING"),
    )
    workflow_state = fields.String(
        required=True, validate=validate.OneOf(STATES), metadata=_doc("To", "APPROVED")
    )
    plan_id = fields.String(required=True, allow_none=True, metadata=_doc("Its plan", _PLAN_ID))
    assessment_id = fields.String(
        required=True, allow_none=True, metadata=_doc("Its assessment, where there is one")
    )


class WebhookEventSchema(Schema):
    """What is posted when an interview has changed; signed as Standard Webhooks says."""

    type = fields.String(
        required=True,
        validate=validate.OneOf(WEBHOOK_EVENTS),
        metadata=_doc("Which event", "interview.approved"),
    )
    timestamp = Timestamp(required=True, metadata=_doc("When", "2024-01-15T10:45:00.000Z"))
    data = fields.Nested(WebhookDataSchema, required=True)
