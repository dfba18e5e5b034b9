"""`/interviews/:id/transcript`: what was said, as JSON or in the formats of recorders."""

from http import HTTPStatus
from typing import Any

from flask import request
from flask_smorest import abort

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint
from interview_service.api.interviews import CONFLICT, NOT_FOUND
from interview_service.api.parsing import read_body
from interview_service.api.schemas.transcripts import (
    TranscriptPutSchema,
    TranscriptQuerySchema,
    TranscriptSchema,
)
from interview_service.api.services import actor, repository
from interview_service.domain.errors import InvalidFields
from interview_service.domain.transcript import Turn
from interview_service.transcripts.candidate import SpeakerNotFound
from interview_service.transcripts.reading import TranscriptFormat, parse
from interview_service.transcripts.turns import ParsedTranscript, TranscriptUnreadable, checked

blueprint = Blueprint("transcripts", __name__, description="Transcripts of interviews")

_TURNS = TranscriptPutSchema()

_TRANSCRIPT_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": TranscriptPutSchema},
        "text/vtt": {
            "schema": {"type": "string"},
            "example": "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Jane Smith>Hello.</v>\n",
        },
        "application/x-subrip": {
            "schema": {"type": "string"},
            "example": "1\n00:00:01,000 --> 00:00:04,000\nJane Smith: Hello.\n",
        },
        "text/plain": {
            "schema": {"type": "string"},
            "example": "Interviewer: Hello.\nJane Smith: Good morning.\n",
        },
    },
}


@blueprint.route("/interviews/<string:interview_id>/transcript", methods=["PUT"])
@blueprint.requires("interview:update")
@blueprint.arguments(TranscriptQuerySchema, location="query")
@blueprint.response(200, TranscriptSchema)
@blueprint.errors(
    {
        **NOT_FOUND,
        **CONFLICT,
        HTTPStatus.BAD_REQUEST: "Not a JSON object",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Not one of the formats",
        HTTPStatus.UNPROCESSABLE_ENTITY: "The transcript cannot be read; the line is named",
    }
)
@blueprint.doc(requestBody=_TRANSCRIPT_BODY)
def put_transcript(query: dict[str, Any], interview_id: str) -> Any:
    """Put the transcript

    From IN_PROGRESS until the assessment is approved: JSON turns, WebVTT, SubRip, or plain text of
    `Name: words` lines. It takes the place of an earlier one.
    Which speaker is the candidate is told by `candidateSpeaker`, in the JSON or the query, else by
    the name on the record; a guess is a warning.
    """
    parsed, told = _transcript()
    candidate = told or query.get("candidate_speaker")
    try:
        return lifecycle.put_transcript(repository(), interview_id, parsed, actor(), candidate)
    except SpeakerNotFound as error:
        raise InvalidFields({"candidateSpeaker": [str(error)]}) from None


@blueprint.route("/interviews/<string:interview_id>/transcript", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, TranscriptSchema)
@blueprint.errors({HTTPStatus.NOT_FOUND: "No such interview, or it has no transcript yet"})
def read_transcript(interview_id: str) -> Any:
    """Get the transcript"""
    return lifecycle.current_transcript(repository(), interview_id)


def _transcript() -> tuple[ParsedTranscript, str | None]:
    """Return the transcript that the request carries, in whichever format, and its candidate."""
    formats = [each.value for each in TranscriptFormat]
    try:
        if request.mimetype in formats:
            return parse(read_body(request), TranscriptFormat(request.mimetype)), None
        if not request.is_json:
            known = ", ".join(["application/json", *formats])
            abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message=f"Content-Type must be one of {known}")
        given = Blueprint.ARGUMENTS_PARSER.parse(_TURNS, request, location="json")
        turns = [Turn(each["speaker"], each["text"], each.get("at")) for each in given["turns"]]
        return ParsedTranscript(checked(turns).turns), given.get("candidate_speaker")
    except TranscriptUnreadable as error:
        raise InvalidFields({"transcript": [str(error)]}) from None
