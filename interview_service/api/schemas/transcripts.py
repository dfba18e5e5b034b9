"""Transcripts: what was said, turn by turn."""

from marshmallow import fields

from interview_service.api.fields import Id, Items, Text
from interview_service.api.schemas.base import INTERVIEW_ID, Schema, doc
from interview_service.domain import limits


class TurnSchema(Schema):
    """One person speaking."""

    speaker = Text(max_length=limits.SPEAKER, required=True, metadata=doc("Who", "Candidate"))
    text = Text(
        max_length=limits.TURN_TEXT, required=True, metadata=doc("What was said", "Good morning.")
    )
    at = Text(
        max_length=limits.TURN_TIME, allow_none=True, metadata=doc("When it began", "00:01:05.000")
    )


class TranscriptPutSchema(Schema):
    """What was said."""

    turns = Items(
        fields.Nested(TurnSchema),
        min_length=1,
        max_length=limits.TURNS,
        required=True,
        metadata=doc("Turn by turn", [{"speaker": "Candidate", "text": "Good morning."}]),
    )


class TranscriptSchema(Schema):
    """What was said, turn by turn."""

    interview_id = Id(metadata=doc("In which interview", INTERVIEW_ID))
    turns = fields.List(fields.Nested(TurnSchema))
