"""Transcripts: what was said, turn by turn."""

from marshmallow import fields

from interview_service.api.fields import Id, Items, Text
from interview_service.api.schemas.base import INTERVIEW_ID, Schema, doc
from interview_service.domain import limits


def _candidate_speaker() -> Text:
    return Text(
        max_length=limits.SPEAKER,
        allow_none=True,
        metadata=doc("Which of the speakers is the candidate", "Candidate"),
    )


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

    candidate_speaker = _candidate_speaker()


class TranscriptQuerySchema(Schema):
    """What may be sent along with a file."""

    candidate_speaker = _candidate_speaker()


class TranscriptSchema(Schema):
    """What was said, turn by turn."""

    interview_id = Id(metadata=doc("In which interview", INTERVIEW_ID))
    turns = fields.List(fields.Nested(TurnSchema))
    candidate_speaker = fields.String(
        allow_none=True,
        metadata=doc("Whom the service takes for the candidate; null where it cannot tell", "Jane"),
    )
    warnings = fields.List(
        fields.String(), metadata=doc("What the service was not sure of, in sentences", [])
    )
