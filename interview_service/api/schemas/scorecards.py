"""Scorecards: what interviewers hand in."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from interview_service.api.fields import Choice, Items, Minutes, StrictBoolean, Text, Timestamp
from interview_service.api.schemas.base import Schema, doc
from interview_service.domain import limits
from interview_service.domain.assessment import Recommendation
from interview_service.domain.scorecard import (
    MAX_NOTE,
    MAX_RATING,
    MAX_RATINGS,
    MAX_SUMMARY,
    MIN_RATING,
    Rating,
)
from interview_service.lifecycle import GivenScorecard


class RatingSchema(Schema):
    """What an interviewer says of one criterion."""

    criterion = Text(
        max_length=limits.CRITERION_KEY,
        required=True,
        metadata=doc("A key of the plan's criteria, or one of your own", "system_design"),
    )
    rating = Minutes(
        required=True,
        allow_none=True,
        validate=validate.Range(MIN_RATING, MAX_RATING),
        metadata=doc("1 to 5; null where you did not see it", 4),
    )
    note = Text(max_length=MAX_NOTE, allow_none=True, metadata=doc("What the rating rests on"))
    name = Text(
        max_length=limits.PLAN_NAME,
        allow_none=True,
        metadata=doc("Of a criterion of your own, as people read it; null for one of the plan's"),
    )
    group = Text(
        max_length=limits.CRITERION_KEY,
        allow_none=True,
        metadata=doc("Of a criterion of your own: the heading that it stands under"),
    )

    @ma.post_load
    def _rating(self, data: dict[str, Any], **kwargs: Any) -> Rating:
        return Rating(**data)


class ScorecardPutSchema(Schema):
    """One's own scorecard."""

    ratings = Items(
        fields.Nested(RatingSchema),
        max_length=MAX_RATINGS,
        required=True,
        metadata=doc("One a criterion", [{"criterion": "system_design", "rating": 4}]),
    )
    recommendation = Choice(
        "Recommendation",
        Recommendation,
        required=True,
        metadata=doc("What you advise; NO_DECISION where you cannot say", "HIRE"),
    )
    summary = Text(max_length=MAX_SUMMARY, allow_none=True, metadata=doc("In a few sentences"))
    submitted = StrictBoolean(
        required=True,
        metadata=doc("true hands it in; false keeps it as a draft, or withdraws it", True),
    )

    @ma.post_load
    def _card(self, data: dict[str, Any], **kwargs: Any) -> GivenScorecard:
        return GivenScorecard(
            ratings=tuple(data["ratings"]),
            recommendation=Recommendation(data["recommendation"]),
            summary=data.get("summary"),
            submitted=data["submitted"],
        )


class ScorecardSchema(Schema):
    """A scorecard."""

    interviewer = fields.String(
        attribute="card.interviewer", metadata=doc("Whose it is: the subject", "me")
    )
    interviewer_name = fields.String(
        allow_none=True, metadata=doc("Their name; null where the subject is no user", "Ada Byron")
    )
    ratings = fields.List(fields.Nested(RatingSchema), attribute="card.ratings")
    recommendation = Choice(
        "Recommendation",
        Recommendation,
        attribute="card.recommendation",
        metadata=doc("What they advise", "HIRE"),
    )
    summary = fields.String(
        attribute="card.summary", allow_none=True, metadata=doc("In a few sentences")
    )
    submitted = fields.Boolean(
        attribute="card.submitted", metadata=doc("false of a draft, which its author alone sees")
    )
    submitted_at = Timestamp(
        attribute="card.submitted_at",
        allow_none=True,
        metadata=doc("When it was handed in last; null of a draft", "2024-01-15T12:00:00.000Z"),
    )
    updated_at = Timestamp(
        attribute="card.updated_at",
        metadata=doc("When it was saved last", "2024-01-15T12:00:00.000Z"),
    )


class ScorecardsSchema(Schema):
    """The scorecards of an interview that the caller may see."""

    data = fields.List(fields.Nested(ScorecardSchema))


class ScorecardVersionSchema(Schema):
    """A scorecard as it was handed in once."""

    number = fields.Integer(metadata=doc("Counts from 1", 2))
    ratings = fields.List(fields.Nested(RatingSchema))
    recommendation = Choice(
        "Recommendation", Recommendation, metadata=doc("What they advised then", "HIRE")
    )
    summary = fields.String(allow_none=True, metadata=doc("In a few sentences"))
    submitted_at = Timestamp(metadata=doc("When it was handed in", "2024-01-15T12:00:00.000Z"))


class ScorecardVersionsSchema(Schema):
    """A scorecard as it was handed in, newest first: the last 50 times."""

    data = fields.List(fields.Nested(ScorecardVersionSchema))
