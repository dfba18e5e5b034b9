"""All that is kept on a candidate as one JSON document, written piece by piece as it is read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson

from interview_service.api.schemas.candidates import (
    ExportedAssessmentSchema,
    ExportedDeliverySchema,
    ExportedRecordSchema,
    ExportedScorecardSchema,
    ExportedTranscriptSchema,
    KeptAnswerSchema,
)
from interview_service.api.schemas.plans import EarlierPlanSchema
from interview_service.api.schemas.workflow import HistoryEntrySchema
from interview_service.api.serializer import Serializer, serializer_of
from interview_service.domain.clock import rfc3339
from interview_service.lifecycle import ExportedInterview

_RECORD = serializer_of(ExportedRecordSchema())
_TRANSCRIPT = serializer_of(ExportedTranscriptSchema())
_LISTS: Mapping[str, Serializer] = {
    "plans": serializer_of(EarlierPlanSchema()),
    "scorecards": serializer_of(ExportedScorecardSchema()),
    "assessments": serializer_of(ExportedAssessmentSchema()),
    "history": serializer_of(HistoryEntrySchema()),
    "deliveries": serializer_of(ExportedDeliverySchema()),
    "answers": serializer_of(KeptAnswerSchema()),
}


def document(
    interviews: Iterable[ExportedInterview], *, email: str, tenant_id: str, at: datetime
) -> Iterator[bytes]:
    """Yield the pieces of a `CandidateExportSchema`: each a plan, a transcript, an assessment, …"""
    head = {"candidateEmail": email, "tenantId": tenant_id, "exportedAt": rfc3339(at)}
    yield orjson.dumps(head)[:-1] + b","
    yield from _listed("interviews", interviews, _interview)
    yield b"}"


def _interview(each: ExportedInterview) -> Iterator[bytes]:
    yield b'{"interview":' + orjson.dumps(_RECORD(each.interview))
    transcript = each.transcript()
    shown = None if transcript is None else _TRANSCRIPT(transcript)
    yield b',"transcript":' + orjson.dumps(shown)
    for name, serialize in _LISTS.items():
        yield b","
        yield from _listed(name, getattr(each, name), _dumping(serialize))
    yield b"}"


def _dumping(serialize: Serializer) -> Callable[[Any], Iterator[bytes]]:
    return lambda value: iter((orjson.dumps(serialize(value)),))


def _listed(
    name: str, values: Iterable[Any], pieces_of: Callable[[Any], Iterator[bytes]]
) -> Iterator[bytes]:
    separator = b'"' + name.encode() + b'":['
    for value in values:
        yield separator
        yield from pieces_of(value)
        separator = b","
    yield b"]" if separator == b"," else separator + b"]"
