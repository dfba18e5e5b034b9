"""Plans of interviews: what is asked, of what, for how long."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from interview_service.api.fields import Id, Items, Minutes, Stored, Text, Timestamp
from interview_service.api.schemas.base import INTERVIEW_ID, PLAN_ID, Schema, doc
from interview_service.api.schemas.pages import PlansMetaSchema
from interview_service.domain import limits
from interview_service.domain.plan import Criterion, PlanStructure, Question, Section

_KEY = validate.Regexp(
    "^[a-z][a-z0-9_]*$", error="Must be lower_snake_case: a letter, then letters, digits and _."
)


def _texts(description: str, example: list[str] | None = None, **options: Any) -> Items:
    return Items(
        Text(max_length=limits.PLAN_TEXT),
        max_length=limits.PLAN_ITEMS,
        metadata=doc(description, example),
        **({"load_default": list} | options),
    )


class QuestionSchema(Schema):
    """A question to ask."""

    text = Text(max_length=limits.PLAN_TEXT, required=True, metadata=doc("The question"))
    look_for = _texts("What a good answer shows")
    follow_ups = _texts("What to ask next")
    criterion = Text(
        max_length=limits.CRITERION_KEY,
        allow_none=True,
        load_default=None,
        metadata=doc("The key of the criterion that it probes; null where it probes none"),
    )

    @ma.post_load
    def _question(self, data: Mapping[str, Any], **kwargs: Any) -> Question:
        return Question(
            data["text"],
            tuple(data["look_for"]),
            tuple(data["follow_ups"]),
            data["criterion"],
        )


class SectionSchema(Schema):
    """A part of the interview."""

    name = Text(
        max_length=limits.PLAN_NAME,
        required=True,
        metadata=doc("Its name", "Technical Assessment"),
    )
    duration = Minutes(
        required=True,
        validate=validate.Range(1, limits.PLAN_DURATION),
        metadata=doc("Minutes", 40),
    )
    topics = _texts(
        "What to talk about",
        ["TypeScript patterns", "React architecture", "API design"],
        min_length=1,
        required=True,
        load_default=ma.missing,
    )
    questions = Items(
        fields.Nested(QuestionSchema),
        max_length=limits.PLAN_ITEMS,
        load_default=list,
        metadata=doc("What to ask"),
    )

    @ma.post_load
    def _section(self, data: Mapping[str, Any], **kwargs: Any) -> Section:
        return Section(
            data["name"], data["duration"], tuple(data["topics"]), tuple(data["questions"])
        )


def _anchor(rating: str) -> Text:
    return Text(
        data_key=rating,
        max_length=limits.PLAN_TEXT,
        required=True,
        metadata=doc(f"What an answer worth {rating} looks like"),
    )


class AnchorsSchema(Schema):
    """What answers of three ratings look like."""

    low = _anchor("1")
    middle = _anchor("3")
    high = _anchor("5")


class CriterionSchema(Schema):
    """What interviewers rate, from 1 to 5."""

    key = Text(
        max_length=limits.CRITERION_KEY,
        required=True,
        validate=[_KEY],
        metadata=doc("Unique in the plan", "api_design"),
    )
    group = Text(
        max_length=limits.CRITERION_KEY,
        required=True,
        validate=[_KEY],
        metadata=doc("The heading that it stands under in an assessment", "technical"),
    )
    name = Text(
        max_length=limits.PLAN_NAME,
        required=True,
        metadata=doc("As people read it", "API design"),
    )
    anchors = fields.Nested(AnchorsSchema, required=True, metadata=doc("What ratings look like"))

    @ma.post_load
    def _criterion(self, data: Mapping[str, Any], **kwargs: Any) -> Criterion:
        anchors = data["anchors"]
        ratings = {"1": anchors["low"], "3": anchors["middle"], "5": anchors["high"]}
        return Criterion(data["key"], data["group"], data["name"], ratings)


class PlanStructureSchema(Schema):
    """The plan itself; its sections' durations add up to its own."""

    duration = Minutes(
        required=True,
        validate=validate.Range(1, limits.PLAN_DURATION),
        metadata=doc("Minutes in all", 60),
    )
    sections = Items(
        fields.Nested(SectionSchema),
        min_length=1,
        max_length=limits.PLAN_SECTIONS,
        required=True,
        metadata=doc(
            "Its parts, in order",
            [{"name": "Technical Assessment", "duration": 60, "topics": ["API design"]}],
        ),
    )
    opening = _texts("Sentences to say at the start, in the first section's minutes")
    closing = _texts("Sentences to say at the end, in the last section's minutes")
    criteria = Items(
        fields.Nested(CriterionSchema),
        max_length=limits.PLAN_CRITERIA,
        load_default=list,
        metadata=doc("What interviewers rate"),
    )
    checks = _texts("Licences, registrations and degrees: to be seen, not asked about")
    notes = _texts(
        "What the planner left out, changed, or could not understand; and whether other candidates "
        "for the position are interviewed with a different kit"
    )

    @ma.post_load
    def _structure(self, data: Mapping[str, Any], **kwargs: Any) -> PlanStructure:
        lists = ("opening", "closing", "criteria", "checks", "notes")
        return PlanStructure(
            data["duration"],
            tuple(data["sections"]),
            **{name: tuple(data[name]) for name in lists},
        )


class GeneratedBySchema(Schema):
    """What wrote a plan or an assessment, and what that took.

    What does not apply is null, or not there.
    """

    engine = fields.String(
        required=True,
        metadata=doc(
            "`builtin`, `agno`, `manual` for a plan put in by hand, or `scorecards` for an "
            "assessment of which no engine has read anything",
            "builtin",
        ),
    )
    model = fields.String(allow_none=True, metadata=doc("`provider:model`"))
    attempts = fields.Integer(
        allow_none=True, metadata=doc("Answers that were asked for until one was sound", 1)
    )
    input_tokens = fields.Integer(allow_none=True, metadata=doc("Tokens sent"))
    output_tokens = fields.Integer(allow_none=True, metadata=doc("Tokens received"))
    duration_ms = fields.Integer(allow_none=True, metadata=doc("Milliseconds, all attempts", 3))
    subject = fields.String(metadata=doc("Who put it in, where that was by hand"))
    revised = fields.Boolean(
        metadata=doc("Of a copied plan: it is a copy of one that was made as people wished", True)
    )


class StoredStructure(Stored):
    """A plan's structure, with the parts that one of an earlier version lacks as empty ones."""

    def _serialize(  # type: ignore[override]  # Nested and Field name it differently
        self, value: Any, attr: str | None, obj: Any, **kwargs: Any
    ) -> Any:
        return None if value is None else PlanStructure.from_dict(value).to_dict()


class PlanSchema(Schema):
    """A plan."""

    id = Id(metadata=doc("Its id", PLAN_ID))
    interview_id = Id(metadata=doc("Whose plan it is", INTERVIEW_ID))
    structure = StoredStructure(PlanStructureSchema)
    generated_by = Stored(GeneratedBySchema)
    created_at = Timestamp(metadata=doc("When it was made", "2024-01-15T10:45:00.000Z"))


class PlanReplaceSchema(Schema):
    """A plan of the caller's own."""

    structure = fields.Nested(
        PlanStructureSchema,
        required=True,
        metadata=doc(
            "The plan",
            {
                "duration": 60,
                "sections": [
                    {"name": "Technical Assessment", "duration": 60, "topics": ["API design"]}
                ],
            },
        ),
    )


class EarlierPlanSchema(PlanSchema):
    """A plan that an interview has or had."""

    feedback = fields.String(
        allow_none=True, metadata=doc("What a person wanted changed from the plan before")
    )


class PlansSchema(Schema):
    """A page of the plans of an interview, newest first."""

    data = fields.List(fields.Nested(EarlierPlanSchema))
    meta = fields.Nested(PlansMetaSchema)
