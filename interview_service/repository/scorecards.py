"""Scorecards of interviews, and each of them as it was handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.assessment import Recommendation
from interview_service.domain.scorecard import Rating, Scorecard
from interview_service.repository.tables import (
    SCORECARD_VERSIONS,
    SCORECARDS,
    columns_of,
    selected,
    values_of,
)
from interview_service.repository.unit_of_work import UnitOfWork

_KEY: ColumnElement[str] = bindparam("key")
_AUTHOR: ColumnElement[str] = bindparam("author")
_CARDS = selected(SCORECARDS, Scorecard).where(SCORECARDS.c.interview_id == _KEY)
_OF_INTERVIEW = Prepared(_CARDS.order_by(SCORECARDS.c.submitted_at, SCORECARDS.c.interviewer))
_ONE = Prepared(_CARDS.where(SCORECARDS.c.interviewer == _AUTHOR))
_HANDED_IN = Prepared(
    select(SCORECARDS.c.interview_id).where(
        SCORECARDS.c.tenant_id == bindparam("tenant_id"),
        SCORECARDS.c.interviewer == _AUTHOR,
        SCORECARDS.c.interview_id.in_(bindparam("keys", expanding=True)),
        SCORECARDS.c.submitted_at.is_not(None),
    )
)
_OF_AUTHOR = (SCORECARDS.c.interview_id == _KEY, SCORECARDS.c.interviewer == _AUTHOR)
_ADD = PreparedInsert(insert(SCORECARDS))
_SAVE = PreparedChange(update(SCORECARDS).where(*_OF_AUTHOR))
_DELETE = PreparedChange(delete(SCORECARDS).where(*_OF_AUTHOR))


@dataclass(frozen=True, slots=True)
class ScorecardVersion:
    """A scorecard as it was handed in; `number` counts from 1."""

    number: int
    ratings: tuple[Rating, ...]
    recommendation: Recommendation
    summary: str | None
    submitted_at: datetime


_VERSIONS_OF_AUTHOR = (
    SCORECARD_VERSIONS.c.interview_id == _KEY,
    SCORECARD_VERSIONS.c.interviewer == _AUTHOR,
)


def _of_author(*columns: Any) -> Select[Any]:
    own = SCORECARD_VERSIONS.c.tenant_id == bindparam("tenant_id")
    newest_first = SCORECARD_VERSIONS.c.number.desc()
    return select(*columns).where(own, *_VERSIONS_OF_AUTHOR).order_by(newest_first)


_VERSIONS = Prepared(_of_author(*columns_of(SCORECARD_VERSIONS, ScorecardVersion)))
_NUMBERS = Prepared(_of_author(SCORECARD_VERSIONS.c.number))
_ADD_VERSION = PreparedInsert(insert(SCORECARD_VERSIONS))
_FORGET_VERSIONS = PreparedChange(
    delete(SCORECARD_VERSIONS).where(
        *_VERSIONS_OF_AUTHOR,
        SCORECARD_VERSIONS.c.number <= bindparam("last", type_=Integer),
    )
)
_DELETE_VERSIONS = PreparedChange(
    delete(SCORECARD_VERSIONS).where(SCORECARD_VERSIONS.c.interview_id == _KEY)
)


def _ratings(kept: Sequence[dict[str, Any]]) -> tuple[Rating, ...]:
    return tuple(Rating(**each) for each in kept)


def _card(row: Row[*tuple[Any, ...]]) -> Scorecard:
    return Scorecard(
        interviewer=row.interviewer,
        ratings=_ratings(row.ratings),
        recommendation=Recommendation(row.recommendation),
        summary=row.summary,
        submitted_at=row.submitted_at,
        updated_at=row.updated_at,
        version=row.version,
        email=row.email,
    )


def _columns(card: Scorecard) -> dict[str, object]:
    return {**values_of(card), "ratings": [values_of(each) for each in card.ratings]}


class Scorecards:
    """Scorecards of one tenant's interviews: one a person and interview."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def of_interview(self, interview_id: str) -> list[Scorecard]:
        """Return an interview's scorecards, drafts as well: in the order they were handed in."""
        return [_card(row) for row in self._work.rows(_OF_INTERVIEW, key=interview_id)]

    def get(self, interview_id: str, interviewer: str) -> Scorecard | None:
        """Return somebody's scorecard."""
        rows = self._work.rows(_ONE, key=interview_id, author=interviewer)
        return _card(rows[0]) if rows else None

    def handed_in(self, interviewer: str, interview_ids: Sequence[str]) -> frozenset[str]:
        """Return those of some interviews that this person has handed in a scorecard of."""
        if not interview_ids:
            return frozenset()
        rows = self._work.rows(_HANDED_IN, author=interviewer, keys=list(interview_ids))
        return frozenset(row.interview_id for row in rows)

    def put(self, interview_id: str, card: Scorecard, *, is_first: bool) -> None:
        """Keep somebody's scorecard; unless it is the first, in place of the one before."""
        values = _columns(card)
        if is_first:
            self._work.write(_ADD, {**values, "interview_id": interview_id})
            return
        author = values.pop("interviewer")
        self._work.change(_SAVE, {**values, "key": interview_id, "author": author})

    def delete(self, interview_id: str, interviewer: str) -> None:
        """Remove somebody's scorecard; what was handed in stays among its versions."""
        self._work.change(_DELETE, {"key": interview_id, "author": interviewer})

    def versions(self, interview_id: str, interviewer: str) -> list[ScorecardVersion]:
        """Return somebody's scorecard as it was handed in, newest first."""
        return [
            ScorecardVersion(
                number=row.number,
                ratings=_ratings(row.ratings),
                recommendation=Recommendation(row.recommendation),
                summary=row.summary,
                submitted_at=row.submitted_at,
            )
            for row in self._work.rows(_VERSIONS, key=interview_id, author=interviewer)
        ]

    def add_version(self, interview_id: str, card: Scorecard, *, kept: int) -> None:
        """Keep a scorecard as it is handed in; of more than `kept` versions, the oldest go."""
        author = {"key": interview_id, "author": card.interviewer}
        numbers = [row.number for row in self._work.rows(_NUMBERS, **author)]
        if len(numbers) >= kept:
            self._work.change(_FORGET_VERSIONS, {**author, "last": numbers[kept - 1]})
        columns = _columns(card)
        version = {
            name: columns[name]
            for name in ("interviewer", "ratings", "recommendation", "summary", "submitted_at")
        }
        number = numbers[0] + 1 if numbers else 1
        row = {**version, "interview_id": interview_id, "number": number}
        self._work.write(_ADD_VERSION, row)

    def delete_versions(self, interview_id: str) -> None:
        """Remove what was handed in earlier of an interview, everybody's."""
        self._work.change(_DELETE_VERSIONS, {"key": interview_id})
