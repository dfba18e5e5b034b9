"""Users, sessions, links and API keys of one tenant, and what finds them without a tenant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Row, Table, bindparam, delete, insert, select, update

from interview_service.database.accounts import (
    ApiKeyModel,
    KnownAddressModel,
    LinkModel,
    LookupModel,
    SessionModel,
    UserModel,
)
from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.accounts import (
    SESSION_IDLE,
    SESSION_LIFETIME,
    ApiKey,
    LinkKind,
    MailWishes,
    User,
    UserStatus,
    Visit,
)
from interview_service.domain.errors import KeyNotFound, UserNotFound
from interview_service.domain.roles import Role
from interview_service.repository.tables import canonical
from interview_service.repository.unit_of_work import UnitOfWork

_LOOKUPS = cast(Table, LookupModel.__table__)
_USERS = cast(Table, UserModel.__table__)
_SESSIONS = cast(Table, SessionModel.__table__)
_LINKS = cast(Table, LinkModel.__table__)
_ADDRESSES = cast(Table, KnownAddressModel.__table__)
_KEYS = cast(Table, ApiKeyModel.__table__)

_KEY: ColumnElement[str] = bindparam("key")
_DIGEST: ColumnElement[str] = bindparam("of_digest")
_AFTER: ColumnElement[str] = bindparam("after")
_LIMIT = bindparam("limit", type_=Integer)

_LEAST_ID = "00000000-0000-0000-0000-000000000000"
"""No id comes before it."""

_USER = select(*(each for each in _USERS.c if each.key not in ("folded_email", "password_hash")))
_USER_BY_ID = Prepared(_USER.where(_USERS.c.id == _KEY))
_USER_BY_EMAIL = Prepared(_USER.where(_USERS.c.folded_email == _KEY))
_USERS_PAGE = Prepared(_USER.where(_USERS.c.id > _AFTER).order_by(_USERS.c.id).limit(_LIMIT))
_USERS_BY_EMAIL_OR_ID = Prepared(
    _USER.where(
        _USERS.c.id.in_(bindparam("ids", expanding=True))
        | _USERS.c.folded_email.in_(bindparam("emails", expanding=True))
    ).order_by(_USERS.c.id)
)
_ADMINS_LOCKED = Prepared(
    select(_USERS.c.id)
    .where(_USERS.c.role == Role.ADMIN.value, _USERS.c.status == UserStatus.ACTIVE.value)
    .order_by(_USERS.c.id)
    .with_for_update()
)
_PASSWORD = Prepared(select(_USERS.c.password_hash).where(_USERS.c.id == _KEY))
_ADD_USER = PreparedInsert(insert(_USERS))
_CHANGE_USER = PreparedChange(update(_USERS).where(_USERS.c.id == _KEY))
_DELETE_USER = PreparedChange(delete(_USERS).where(_USERS.c.id == _KEY))

_ADDRESS = Prepared(
    select(_ADDRESSES.c.digest).where(_ADDRESSES.c.user_id == _KEY, _ADDRESSES.c.digest == _DIGEST)
)
_ADD_ADDRESS = PreparedInsert(insert(_ADDRESSES))
_CHANGE_ADDRESS = PreparedChange(
    update(_ADDRESSES).where(_ADDRESSES.c.user_id == _KEY, _ADDRESSES.c.digest == _DIGEST)
)

_SESSION = Prepared(
    select(
        _SESSIONS.c.id.label("session_id"),
        _SESSIONS.c.digest,
        _SESSIONS.c.previous_digest,
        _SESSIONS.c.is_browser,
        _SESSIONS.c.last_used_at,
        *_USER.selected_columns,
    ).where(
        _SESSIONS.c.id == _KEY,
        _SESSIONS.c.created_at > bindparam("created_after", type_=_SESSIONS.c.created_at.type),
        _SESSIONS.c.last_used_at > bindparam("used_after", type_=_SESSIONS.c.created_at.type),
        _USERS.c.id == _SESSIONS.c.user_id,
        _USERS.c.status == UserStatus.ACTIVE.value,
    )
)
_SESSION_LOCKED = Prepared(
    select(_SESSIONS.c.previous_digest)
    .where(_SESSIONS.c.id == _KEY, _SESSIONS.c.digest == _DIGEST)
    .with_for_update()
)
_ADD_SESSION = PreparedInsert(insert(_SESSIONS))
_CHANGE_SESSION = PreparedChange(update(_SESSIONS).where(_SESSIONS.c.id == _KEY))

_USER_OF_LINK = Prepared(
    _USER.where(
        _LINKS.c.id == _KEY,
        _LINKS.c.digest == _DIGEST,
        _LINKS.c.expires_at > bindparam("now", type_=_LINKS.c.expires_at.type),
        _USERS.c.id == _LINKS.c.user_id,
    )
)
_ADD_LINK = PreparedInsert(insert(_LINKS))

_API_KEY = select(*(each for each in _KEYS.c if each.key not in ("digest", "revoked_at"))).where(
    _KEYS.c.revoked_at.is_(None)
)
_KEY_BY_ID = Prepared(_API_KEY.where(_KEYS.c.id == _KEY))
_LIVE_KEY = Prepared(_API_KEY.where(_KEYS.c.id == _KEY, _KEYS.c.digest == _DIGEST))
_KEYS_PAGE = Prepared(_API_KEY.where(_KEYS.c.id > _AFTER).order_by(_KEYS.c.id).limit(_LIMIT))
_KEY_OF_NAME = Prepared(select(_KEYS.c.id).where(_KEYS.c.name == _KEY))
_KEY_DIGEST = Prepared(select(_KEYS.c.digest).where(_KEYS.c.id == _KEY))
_ADD_KEY = PreparedInsert(insert(_KEYS))
_CHANGE_KEY = PreparedChange(update(_KEYS).where(_KEYS.c.id == _KEY))


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A live session as it is kept.

    :param is_previous: it was found by the refresh token before the present one.
    """

    visit: Visit
    last_used_at: datetime
    is_previous: bool


class Accounts:
    """Who can sign in to a tenant, and which programs have a key to it."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    # --- users

    def add_user(self, user: User, folded_email: str, email_digest: str) -> None:
        """Write a new user, and what finds them by their email."""
        values = {
            "id": user.id,
            "email": user.email,
            "folded_email": folded_email,
            "name": user.name,
            "role": user.role.value,
            "status": user.status.value,
            "password_hash": None,
            "mail_appointments": user.mail.appointments,
            "mail_reminders": user.mail.reminders,
            "created_at": user.created_at,
            "last_sign_in_at": None,
        }
        self._work.write(_ADD_USER, values)
        self._register(email_digest, user.id)

    def user(self, user_id: str) -> User:
        """Return a user.

        :raise UserNotFound: this tenant has none of that id.
        """
        key = canonical(user_id)
        rows = self._work.rows(_USER_BY_ID, key=key) if key else []
        if not rows:
            raise UserNotFound
        return self._user(rows[0])

    def user_by_email(self, folded_email: str) -> User | None:
        """Return the user of an email, or None."""
        rows = self._work.rows(_USER_BY_EMAIL, key=folded_email)
        return self._user(rows[0]) if rows else None

    def users(self, *, after: str | None = None, limit: int) -> list[User]:
        """Return users in the order in which they were made."""
        rows = self._work.rows(_USERS_PAGE, after=after or _LEAST_ID, limit=limit)
        return [self._user(row) for row in rows]

    def users_among(self, ids: Collection[str], folded_emails: Collection[str] = ()) -> list[User]:
        """Return the users that have one of these ids or emails."""
        keys = [key for key in map(canonical, ids) if key is not None]
        if not keys and not folded_emails:
            return []
        rows = self._work.rows(_USERS_BY_EMAIL_OR_ID, ids=keys, emails=list(folded_emails))
        return [self._user(row) for row in rows]

    def lock_admins(self) -> list[str]:
        """Return the ids of the tenant's active ADMINs, whom nobody changes meanwhile."""
        self._work.begin()
        return [row.id for row in self._work.rows(_ADMINS_LOCKED)]

    def change_user(self, user_id: str, values: Mapping[str, object]) -> None:
        """Write some columns of a user."""
        self._work.change(_CHANGE_USER, {**values, "key": user_id})

    def move_email(self, user_id: str, old_digest: str, new_digest: str) -> None:
        """Have a user found by another email."""
        self._forget([old_digest], user_id)
        self._register(new_digest, user_id)

    def delete_user(self, user_id: str, email_digest: str) -> None:
        """Remove a user, and all that finds them or their sessions."""
        self.end_sessions(user_id)
        self.use_links(user_id)
        self._forget([email_digest], user_id)
        self._work.change(_DELETE_USER, {"key": user_id})

    def password_hash(self, user_id: str) -> str | None:
        """Return the hash of a user's password; None where they have set none."""
        rows = self._work.rows(_PASSWORD, key=user_id)
        return cast(str | None, rows[0][0]) if rows else None

    def knows_address(self, user_id: str, digest: str) -> bool:
        """Tell whether a user has signed in from an address."""
        return bool(self._work.rows(_ADDRESS, key=user_id, of_digest=digest))

    def remember_address(self, user_id: str, digest: str, now: datetime) -> None:
        """Note that a user signed in from an address."""
        again = {"key": user_id, "of_digest": digest, "last_used_at": now}
        if self._work.change(_CHANGE_ADDRESS, again) == 0 and not self.knows_address(
            user_id, digest
        ):
            values = {"user_id": user_id, "digest": digest, "last_used_at": now}
            self._work.write(_ADD_ADDRESS, values)

    def _user(self, row: Row[*tuple[Any, ...]]) -> User:
        return User(
            id=row.id,
            tenant_id=self._work.tenant_id,
            email=row.email,
            name=row.name,
            role=Role(row.role),
            status=UserStatus(row.status),
            mail=MailWishes(row.mail_appointments, row.mail_reminders),
            created_at=row.created_at,
            last_sign_in_at=row.last_sign_in_at,
        )

    # --- sessions

    def add_session(
        self, session_id: str, user_id: str, digest: str, *, is_browser: bool, now: datetime
    ) -> None:
        """Write a new session."""
        values = {
            "id": session_id,
            "user_id": user_id,
            "digest": digest,
            "previous_digest": None,
            "is_browser": is_browser,
            "created_at": now,
            "last_used_at": now,
        }
        self._work.write(_ADD_SESSION, values)
        self._register(digest, session_id)

    def visit(self, session_id: str, now: datetime) -> Visit | None:
        """Return a session that is alive, with its user, who is active; None for any other."""
        row = self._session(session_id, now)
        return Visit(row.session_id, self._user(row)) if row is not None else None

    def session_by_secret(
        self, session_id: str, digest: str, now: datetime, *, is_browser: bool
    ) -> KeptSession | None:
        """Return a live session that a secret belongs to, or belonged to before it was renewed."""
        row = self._session(session_id, now)
        if row is None or row.is_browser is not is_browser:
            return None
        if digest not in (row.digest, row.previous_digest):
            return None
        visit = Visit(row.session_id, self._user(row))
        return KeptSession(visit, row.last_used_at, is_previous=digest != row.digest)

    def _session(self, session_id: str, now: datetime) -> Row[*tuple[Any, ...]] | None:
        key = canonical(session_id)
        if key is None:
            return None
        after = {"created_after": now - SESSION_LIFETIME, "used_after": now - SESSION_IDLE}
        rows = self._work.rows(_SESSION, key=key, **after)
        return rows[0] if rows else None

    def renew_session(self, session_id: str, old_digest: str, digest: str, now: datetime) -> bool:
        """Give a session another secret; False where somebody else has just done so."""
        self._work.begin()
        rows = self._work.rows(_SESSION_LOCKED, key=session_id, of_digest=old_digest)
        if not rows:
            return False
        if rows[0].previous_digest is not None:
            self._forget([rows[0].previous_digest], None)
        values = {"digest": digest, "previous_digest": old_digest, "last_used_at": now}
        self._work.change(_CHANGE_SESSION, {**values, "key": session_id})
        self._register(digest, session_id)
        return True

    def touch_session(self, session_id: str, now: datetime) -> None:
        """Note that a session is in use."""
        self._work.change(_CHANGE_SESSION, {"key": session_id, "last_used_at": now})

    def end_sessions(self, user_id: str, *, but: str | None = None) -> None:
        """End a user's sessions, except one."""
        where = [_SESSIONS.c.user_id == user_id]
        if but is not None:
            where.append(_SESSIONS.c.id != but)
        self._end(_SESSIONS, where)

    def end_session(self, session_id: str) -> None:
        """End one session."""
        self._end(_SESSIONS, [_SESSIONS.c.id == session_id])

    def end_old_sessions(self, now: datetime) -> None:
        """Remove the sessions that are past their time."""
        self._end(_SESSIONS, [_SESSIONS.c.created_at <= now - SESSION_LIFETIME])
        self._end(_SESSIONS, [_SESSIONS.c.last_used_at <= now - SESSION_IDLE])

    # --- links

    def add_link(
        self, link_id: str, user_id: str, kind: LinkKind, digest: str, expires_at: datetime
    ) -> None:
        """Write a new one-time link."""
        values = {
            "id": link_id,
            "user_id": user_id,
            "kind": kind.value,
            "digest": digest,
            "expires_at": expires_at,
        }
        self._work.write(_ADD_LINK, values)
        self._register(digest, link_id)

    def user_of_link(self, link_id: str, digest: str, now: datetime) -> User | None:
        """Return whose password a link sets; None where it is used up, too old or unknown."""
        rows = self._work.rows(_USER_OF_LINK, key=link_id, of_digest=digest, now=now)
        return self._user(rows[0]) if rows else None

    def use_links(self, user_id: str) -> int:
        """Use up every link of a user; return how many there were."""
        return self._end(_LINKS, [_LINKS.c.user_id == user_id])

    def end_old_links(self, now: datetime) -> None:
        """Remove the links that are past their time."""
        self._end(_LINKS, [_LINKS.c.expires_at <= now])

    # --- API keys

    def add_key(self, key: ApiKey, digest: str) -> None:
        """Write a new API key."""
        values = {
            "id": key.id,
            "name": key.name,
            "prefix": key.prefix,
            "digest": digest,
            "role": key.role.value if key.role is not None else None,
            "permissions": list(key.permissions),
            "created_by": key.created_by,
            "created_at": key.created_at,
            "expires_at": key.expires_at,
            "last_used_at": None,
            "revoked_at": None,
        }
        self._work.write(_ADD_KEY, values)
        self._register(digest, key.id)

    def is_key_name_used(self, name: str) -> bool:
        """Tell whether a key has, or had, a name."""
        return bool(self._work.rows(_KEY_OF_NAME, key=name))

    def keys(self, *, after: str | None = None, limit: int) -> list[ApiKey]:
        """Return the keys that are not revoked, in the order in which they were made."""
        rows = self._work.rows(_KEYS_PAGE, after=after or _LEAST_ID, limit=limit)
        return [self._key(row) for row in rows]

    def key(self, key_id: str) -> ApiKey:
        """Return a key that is not revoked.

        :raise KeyNotFound: this tenant has none of that id.
        """
        found = canonical(key_id)
        rows = self._work.rows(_KEY_BY_ID, key=found) if found else []
        if not rows:
            raise KeyNotFound
        return self._key(rows[0])

    def live_key(self, key_id: str, digest: str, now: datetime) -> ApiKey | None:
        """Return the key of a digest, where it is neither revoked nor past its time."""
        rows = self._work.rows(_LIVE_KEY, key=key_id, of_digest=digest)
        key = self._key(rows[0]) if rows else None
        is_over = key is not None and key.expires_at is not None and key.expires_at <= now
        return None if is_over else key

    def note_key_use(self, key_id: str, now: datetime) -> None:
        """Note that a key is in use."""
        self._work.change(_CHANGE_KEY, {"key": key_id, "last_used_at": now})

    def revoke_key(self, key_id: str, now: datetime) -> None:
        """Have a key refused from now on; its name stays taken."""
        self._forget([row.digest for row in self._work.rows(_KEY_DIGEST, key=key_id)], None)
        self._work.change(_CHANGE_KEY, {"key": key_id, "revoked_at": now})

    def _key(self, row: Row[*tuple[Any, ...]]) -> ApiKey:
        role = Role(row.role) if row.role is not None else None
        held = sorted(role.permissions) if role is not None else row.permissions
        return ApiKey(
            id=row.id,
            tenant_id=self._work.tenant_id,
            name=row.name,
            prefix=row.prefix,
            role=role,
            permissions=tuple(held),
            created_by=row.created_by,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )

    # --- what finds them without a tenant

    def _end(self, table: Table, where: Sequence[ColumnElement[bool]]) -> int:
        """Delete sessions or links, and what finds them.

        :return: how many were deleted here, and by nobody else at the same moment.
        """
        self._work.begin()
        found = self._work.rows(Prepared(select(table).where(*where)))
        digests = [row.digest for row in found]
        if table is _SESSIONS:
            digests += [row.previous_digest for row in found if row.previous_digest]
        self._forget(digests, None)
        return self._work.change(PreparedChange(delete(table).where(*where)), {})

    def _register(self, digest: str, target_id: str) -> None:
        values = {"digest": digest, "tenant_id": self._work.tenant_id, "target_id": target_id}
        self._work.begin().execute(insert(_LOOKUPS), values)

    def _forget(self, digests: Collection[str], target_id: str | None) -> None:
        if not digests:
            return
        own = _LOOKUPS.c.tenant_id == self._work.tenant_id
        where = [own, _LOOKUPS.c.digest.in_(list(digests))]
        if target_id is not None:
            where.append(_LOOKUPS.c.target_id == target_id)
        self._work.begin().execute(delete(_LOOKUPS).where(*where))
