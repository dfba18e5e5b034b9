"""Lists of interviews, their counts, and the feed of what changed."""

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from interview_service.api.fields import (
    Choice,
    Id,
    Items,
    Text,
    Timestamp,
    WholeNumber,
)
from interview_service.api.schemas.base import INTERVIEW_ID, Schema, doc
from interview_service.api.schemas.interviews import InterviewSchema, state
from interview_service.domain import limits
from interview_service.domain.assessment import Recommendation
from interview_service.domain.clock import from_milliseconds, to_milliseconds
from interview_service.domain.feed import ChangeKind, FeedPlace
from interview_service.domain.interview import Level
from interview_service.domain.lists import Order
from interview_service.domain.workflow import State
from interview_service.web.cursors import packed, packed_place, place_of, unpacked

FEED_ROWS = 1_000
_NOT_A_CURSOR = "Not a cursor of this list."
_FEED = struct.Struct(">QQ")  # the number of a change, milliseconds since 1970
_LATEST = to_milliseconds(datetime(9999, 1, 1, tzinfo=UTC))


class PlaceCursor(fields.String):
    """A place in a list, packed."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else packed_place(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return place_of(text)
        except ValueError:
            raise ma.ValidationError(_NOT_A_CURSOR) from None


class FeedCursor(fields.String):
    """A place in the feed of changes, packed."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return packed(_FEED.pack(value.number, to_milliseconds(value.told_until)))

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            raw = unpacked(text)
            number, told_until = _FEED.unpack(raw)
        except (ValueError, struct.error):
            raise ma.ValidationError("Not a cursor of this feed.") from None
        if number >= 2**63 or told_until > _LATEST:
            raise ma.ValidationError("Not a cursor of this feed.")
        return FeedPlace(number, from_milliseconds(told_until))


class ListQuerySchema(Schema):
    """Which part of which list."""

    page = WholeNumber(
        validate=validate.Range(min=1),
        metadata=doc("Page, from 1", default=1, maximum=10**18 - 1),
    )
    limit = WholeNumber(
        validate=validate.Range(1, limits.PAGE_ROWS),
        metadata=doc("Rows of a page", default=20),
    )
    cursor = PlaceCursor(
        metadata=doc("The `meta.nextCursor` of the answer before, instead of `page`"),
    )
    sort = Choice(
        "InterviewOrder",
        Order,
        load_default=Order.NEWEST.value,
        metadata=doc(
            "A field, descending after a minus; what has no value comes last, ties by id",
            default=Order.NEWEST.value,
        ),
    )
    state = Items(
        state("A state"),
        max_length=len(State),
        metadata=doc("Only interviews in this state; given several times, in any of these"),
    )
    q = Text(
        min_length=0,
        max_length=limits.SEARCH,
        metadata=doc("Only interviews whose name, email or position has this part, in any case"),
    )
    level = Choice("Level", Level, metadata=doc("Only interviews of this level"))
    position = Text(
        max_length=limits.POSITION,
        metadata=doc("Only interviews for this position, in any case"),
    )
    external_id = Text(
        max_length=limits.EXTERNAL_ID, metadata=doc("Only the interview of your own id")
    )
    interviewer = Text(
        max_length=limits.EMAIL,
        metadata=doc(
            "Only interviews of this interviewer: a subject, an email, a user's id, or `me`, "
            "who is the caller by subject and by verified email"
        ),
    )
    recommendation = Choice(
        "Recommendation", Recommendation, metadata=doc("Only interviews with this recommendation")
    )
    decision = Choice(
        "Recommendation", Recommendation, metadata=doc("Only interviews with this verdict")
    )
    scheduled_from = Timestamp(metadata=doc("Only interviews that take place then or later"))
    scheduled_to = Timestamp(metadata=doc("Only interviews that take place before then"))
    created_from = Timestamp(metadata=doc("Only interviews that came in then or later"))
    created_to = Timestamp(metadata=doc("Only interviews that came in before then"))
    updated_after = Timestamp(metadata=doc("Only interviews that changed later than that"))


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
            "interviewers",
            "overall_score",
            "recommendation",
            "decision",
        )


class PageMetaSchema(Schema):
    """Where the page stands in the whole list."""

    total = fields.Integer(
        allow_none=True,
        metadata=doc("Rows on all pages; null where counting them would take too long", 47),
    )
    page = fields.Integer(allow_none=True, metadata=doc("This page; null with a cursor", 1))
    limit = fields.Integer(metadata=doc("Rows of a page at most", 20))
    next_cursor = PlaceCursor(
        allow_none=True, metadata=doc("What to pass as `cursor` for more; null at the end")
    )
    total_pages = fields.Integer(
        allow_none=True, metadata=doc("Pages in all; 0 of an empty list, null without a total", 3)
    )


class InterviewPageSchema(Schema):
    """A page of interviews."""

    data = fields.List(fields.Nested(InterviewRowSchema))
    meta = fields.Nested(PageMetaSchema)


class CountsByStateSchema(Schema):
    """How many interviews are in each state."""

    def on_bind_field(self, field_name: str, field_obj: ma.fields.Field[Any]) -> None:
        """Leave the states their own names."""


for _state in State:
    CountsByStateSchema._declared_fields[_state.value] = fields.Integer()


class CountsSchema(Schema):
    """How many interviews there are."""

    total = fields.Integer(metadata=doc("In all", 47))
    by_state = fields.Nested(CountsByStateSchema, metadata=doc("In each state there is"))


class FeedQuerySchema(Schema):
    """From where on the feed is read."""

    cursor = FeedCursor(
        metadata=doc("The `nextCursor` of the answer before; without it, from the beginning")
    )
    limit = WholeNumber(
        load_default=limits.PAGE_ROWS,
        validate=validate.Range(1, FEED_ROWS),
        metadata=doc("Changes of a page"),
    )


class ChangeSchema(Schema):
    """The last change of an interview."""

    interview_id = Id(metadata=doc("Which interview", INTERVIEW_ID))
    change = Choice(
        "InterviewChange", ChangeKind, metadata=doc("Whether it is there or gone", "UPSERTED")
    )
    changed_at = Timestamp(metadata=doc("When it changed", "2024-01-15T10:45:00.000Z"))


class FeedSchema(Schema):
    """A page of the feed."""

    data = fields.List(fields.Nested(ChangeSchema))
    next_cursor = FeedCursor(metadata=doc("What to pass as `cursor` next; never null"))
