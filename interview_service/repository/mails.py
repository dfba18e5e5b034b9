"""Mails to users: what waits to be sent, and what came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Row, Table, bindparam, delete, insert, update

from interview_service.database.accounts import MailModel
from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.mail import Mail, MailKind
from interview_service.domain.outbox import DeliveryState
from interview_service.repository.tables import columns_of, difference, selected, values_of
from interview_service.repository.unit_of_work import UnitOfWork

_MAILS = cast(Table, MailModel.__table__)
_KEY: ColumnElement[str] = bindparam("key")
_KIND: ColumnElement[str] = bindparam("wanted")
_ABOUT: ColumnElement[str] = bindparam("about")
_UNSENT = (DeliveryState.PENDING.value, DeliveryState.DEAD.value)

_ALL = selected(_MAILS, Mail)
_LOCKED = Prepared(_ALL.where(_MAILS.c.id == _KEY).with_for_update())
_TO_USER_LOCKED = Prepared(
    _ALL.where(
        _MAILS.c.user_id == _KEY, _MAILS.c.kind == _KIND, _MAILS.c.about_id == _ABOUT
    ).with_for_update()
)
_ABOUT_LOCKED = Prepared(
    _ALL.where(_MAILS.c.about_id == _ABOUT, _MAILS.c.kind == _KIND)
    .order_by(_MAILS.c.id)
    .with_for_update()
)
_OF_STATES = _ALL.where(_MAILS.c.state.in_(_UNSENT))
_FAILING = Prepared(
    _OF_STATES.where(_MAILS.c.error.is_not(None))
    .order_by(_MAILS.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_UNSENT_MAILS = Prepared(
    _OF_STATES.order_by(_MAILS.c.id.desc()).limit(bindparam("limit", type_=Integer))
)
_FAILING_ABOUT = Prepared(
    _OF_STATES.where(
        _MAILS.c.error.is_not(None),
        _MAILS.c.kind == _KIND,
        _MAILS.c.about_id.in_(bindparam("keys", expanding=True)),
    )
)
_ADD = PreparedInsert(insert(_MAILS))
_SAVE = PreparedChange(update(_MAILS).where(_MAILS.c.id == _KEY))
_DELETE = PreparedChange(delete(_MAILS).where(_MAILS.c.id == _KEY))
_DELETE_ABOUT = PreparedChange(
    delete(_MAILS).where(_MAILS.c.about_id == _ABOUT, _MAILS.c.kind == _KIND)
)
_DELETE_FAILED = PreparedChange(
    delete(_MAILS).where(
        _MAILS.c.state == DeliveryState.DEAD.value,
        _MAILS.c.created_at < bindparam("before", type_=_MAILS.c.created_at.type),
    )
)
_KIND_AT, _STATE_AT = (
    [column.key for column in columns_of(_MAILS, Mail)].index(name) for name in ("kind", "state")
)


def _mail(row: Row[*tuple[Any, ...]]) -> Mail:
    values = list(row)
    values[_KIND_AT] = MailKind(values[_KIND_AT])
    values[_STATE_AT] = DeliveryState(values[_STATE_AT])
    return Mail(*values)


class Mails:
    """Mails to one tenant's users.

    :param are_sent: whether this service sends mail at all; where it does not, none is queued.
    """

    def __init__(self, work: UnitOfWork, *, are_sent: bool) -> None:
        self._work = work
        self.are_sent = are_sent

    def locked(self, mail_id: str) -> Mail | None:
        """Return a mail, which nobody else changes until the transaction ends."""
        self._work.begin()
        rows = self._work.rows(_LOCKED, key=mail_id)
        return _mail(rows[0]) if rows else None

    def to_user(self, user_id: str, kind: MailKind, about_id: str) -> Mail | None:
        """Return a user's mail of a kind and subject, locked."""
        self._work.begin()
        rows = self._work.rows(_TO_USER_LOCKED, key=user_id, wanted=kind.value, about=about_id)
        return _mail(rows[0]) if rows else None

    def about(self, about_id: str, kind: MailKind) -> Sequence[Mail]:
        """Return the mails of a kind about an interview, locked."""
        self._work.begin()
        rows = self._work.rows(_ABOUT_LOCKED, about=about_id, wanted=kind.value)
        return [_mail(row) for row in rows]

    def failing(self, limit: int) -> Sequence[Mail]:
        """Return the mails that were given up, or whose last attempt failed, newest first."""
        return [_mail(row) for row in self._work.rows(_FAILING, limit=limit)]

    def unsent(self, limit: int) -> Sequence[Mail]:
        """Return the mails that are still to be sent or were given up, newest first."""
        return [_mail(row) for row in self._work.rows(_UNSENT_MAILS, limit=limit)]

    def failing_to(self, user_ids: Sequence[str], kind: MailKind) -> Sequence[Mail]:
        """Return those of `failing` that are about one of some users themselves."""
        if not user_ids:
            return []
        rows = self._work.rows(_FAILING_ABOUT, keys=list(user_ids), wanted=kind.value)
        return [_mail(row) for row in rows]

    def add(self, mail: Mail) -> None:
        """Write a new mail."""
        self._work.write(_ADD, values_of(mail))

    def save(self, before: Mail, after: Mail) -> Mail:
        """Write what has changed of a mail that is locked."""
        changed = difference(before, after)
        if changed:
            self._work.change(_SAVE, {**changed, "key": before.id})
        return after

    def delete(self, mail: Mail) -> None:
        """Forget a mail."""
        self._work.change(_DELETE, {"key": mail.id})

    def delete_about(self, about_id: str, kind: MailKind) -> None:
        """Forget every mail of a kind and subject."""
        self._work.change(_DELETE_ABOUT, {"about": about_id, "wanted": kind.value})

    def forget_failed(self, before: datetime) -> None:
        """Forget the mails that were queued before a moment and given up."""
        self._work.change(_DELETE_FAILED, {"before": before})
