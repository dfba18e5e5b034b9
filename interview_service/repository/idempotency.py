"""Idempotency keys and the answers that are kept for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.idempotency import Answer, KeptAnswer
from interview_service.repository.tables import KEYS
from interview_service.repository.unit_of_work import UnitOfWork

_OWN = KEYS.c.tenant_id == bindparam("tenant_id")
_GET = Prepared(
    select(
        KEYS.c.key,
        KEYS.c.fingerprint,
        KEYS.c.status,
        KEYS.c.headers,
        KEYS.c.body,
        KEYS.c.interview_id,
        KEYS.c.created_at,
    ).where(_OWN, KEYS.c.key == bindparam("wanted"))
)
_ADD = PreparedInsert(insert(KEYS))
_FORGET_ONE = PreparedChange(
    delete(KEYS).where(KEYS.c.key == bindparam("wanted"), KEYS.c.created_at <= bindparam("expired"))
)
_OF_INTERVIEW = KEYS.c.interview_id == bindparam("interview")
_ANSWERS = Prepared(
    select(KEYS.c.key, KEYS.c.created_at).where(_OWN, _OF_INTERVIEW).order_by(KEYS.c.created_at)
)
_FORGET_INTERVIEW = PreparedChange(delete(KEYS).where(_OF_INTERVIEW))
_FORGET = PreparedChange(delete(KEYS).where(KEYS.c.created_at < bindparam("before")))


class IdempotencyKeys:
    """The answers that are kept for one tenant's requests."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, key: str) -> KeptAnswer | None:
        """Return what was answered to a request with this key."""
        for row in self._work.rows(_GET, wanted=key):
            answer = Answer(row.status, row.headers, row.body, row.interview_id)
            return KeptAnswer(row.key, row.fingerprint, answer, row.created_at)
        return None

    def add(self, kept: KeptAnswer, *, expired: datetime) -> None:
        """Keep the answer to a request, in place of one of the same key from up to `expired`.

        A younger one of the same key makes this fail, and so the whole transaction is done again.
        """
        self._work.change(_FORGET_ONE, {"wanted": kept.key, "expired": expired})
        self._work.write(
            _ADD,
            {
                "key": kept.key,
                "interview_id": kept.answer.interview_id,
                "fingerprint": kept.fingerprint,
                "status": kept.answer.status,
                "headers": dict(kept.answer.headers),
                "body": kept.answer.body,
                "created_at": kept.created_at,
            },
        )

    def forget(self, before: datetime) -> None:
        """Delete this tenant's keys from before a moment."""
        self._work.change(_FORGET, {"before": before})

    def of_interview(self, interview_id: str) -> Sequence[str]:
        """Return the keys whose answers tell of an interview, oldest first."""
        return [row.key for row in self._work.rows(_ANSWERS, interview=interview_id)]

    def forget_interview(self, interview_id: str) -> None:
        """Delete the keys whose answers tell of an interview."""
        self._work.change(_FORGET_INTERVIEW, {"interview": interview_id})
