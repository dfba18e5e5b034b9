"""The tables as statements name them, and how records are read from them and written to them."""

import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, cast

from sqlalchemy import Column, Select, Table, bindparam, select

from interview_service.database.models import (
    AssessmentModel,
    Base,
    ChangeCounterModel,
    ChangeModel,
    DeliveryAttemptModel,
    DeliveryModel,
    HistoryEntryModel,
    IdempotencyKey,
    InterviewerModel,
    InterviewModel,
    PlanModel,
    PushConfigModel,
    ScorecardModel,
    ScorecardVersionModel,
    StateTotal,
    TenantSettingsModel,
    TranscriptModel,
    WebhookTestModel,
)


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


INTERVIEWS = _table(InterviewModel)
INTERVIEWERS = _table(InterviewerModel)
CHANGES = _table(ChangeModel)
CHANGE_COUNTERS = _table(ChangeCounterModel)
PLANS = _table(PlanModel)
ASSESSMENTS = _table(AssessmentModel)
SCORECARDS = _table(ScorecardModel)
SCORECARD_VERSIONS = _table(ScorecardVersionModel)
TRANSCRIPTS = _table(TranscriptModel)
HISTORY = _table(HistoryEntryModel)
DELIVERIES = _table(DeliveryModel)
ATTEMPTS = _table(DeliveryAttemptModel)
PUSH_CONFIGS = _table(PushConfigModel)
SETTINGS = _table(TenantSettingsModel)
KEYS = _table(IdempotencyKey)
TOTALS = _table(StateTotal)
WEBHOOK_TESTS = _table(WebhookTestModel)

_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}", re.ASCII)


def selected(table: Table, record: type[Any]) -> Select[Any]:
    """Return the SELECT of a tenant's rows of a table as a record has them."""
    return select(*columns_of(table, record)).where(table.c.tenant_id == bindparam("tenant_id"))


def columns_of(table: Table, record: type[Any]) -> Sequence[Column[Any]]:
    """Return the columns that the fields of a record are named after."""
    return [table.c[each.name] for each in fields(record)]


def values_of(record: Any) -> dict[str, object]:
    """Return what a record has, by the names of its fields."""
    return {name: getattr(record, name) for name in _names(type(record))}


def difference(before: Any, after: Any) -> dict[str, object]:
    """Return what one record has that another of its kind has not, by the names of its fields."""
    changed = {}
    for name in _names(type(after)):
        value = getattr(after, name)
        old = getattr(before, name)
        if value is not old and value != old:
            changed[name] = value
    return changed


def _names(record: type[Any]) -> Sequence[str]:
    names: Sequence[str] = record.__slots__
    return names


def canonical(text: str) -> str | None:
    """Return a UUID in lower case; None where the text is no UUID in its usual form."""
    return text.lower() if _UUID.fullmatch(text) else None
