"""Users, sessions, links and API keys of one tenant, and how they are found without one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select, update

from interview_service.database.accounts import (
    ApiKeyRow,
    KnownAddress,
    LinkRow,
    Lookup,
    SessionRow,
    UserRow,
)
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
from interview_service.repository.identifiers import canonical
from interview_service.repository.unit_of_work import UnitOfWork

_LOOKUPS = cast(Table, Lookup.__table__)


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

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._work = unit_of_work
        self.tenant_id = unit_of_work.tenant_id

    # --- users

    def add_user(self, user: User, folded_email: str, email_digest: str) -> None:
        """Write a new user, and what finds them by their email."""
        self._work.session.add(
            UserRow(
                tenant_id=self.tenant_id,
                id=user.id,
                email=user.email,
                folded_email=folded_email,
                name=user.name,
                role=user.role.value,
                status=user.status.value,
                password_hash=None,
                mail_appointments=user.mail.appointments,
                mail_reminders=user.mail.reminders,
                created_at=user.created_at,
                last_sign_in_at=None,
            )
        )
        self._work.flush()
        self._register(email_digest, user.id)

    def user(self, user_id: str) -> User:
        """Return a user.

        :raise UserNotFound: this tenant has none of that id.
        """
        key = canonical(user_id)
        row = self._one(select(UserRow).where(UserRow.id == key)) if key else None
        if row is None:
            raise UserNotFound
        return _user(row)

    def user_by_email(self, folded_email: str) -> User | None:
        """Return the user of an email, or None."""
        row = self._one(select(UserRow).where(UserRow.folded_email == folded_email))
        return _user(row) if row is not None else None

    def users(self, *, after: str | None = None, limit: int) -> list[User]:
        """Return users in the order in which they were made."""
        statement = select(UserRow).order_by(UserRow.id).limit(limit)
        if after is not None:
            statement = statement.where(UserRow.id > after)
        return [_user(row) for row in self._all(statement)]

    def users_of_ids(self, ids: Collection[str]) -> list[User]:
        """Return those of some users that there are."""
        statement = select(UserRow).where(UserRow.id.in_(list(ids)))
        return [_user(row) for row in self._all(statement)] if ids else []

    def lock_admins(self) -> list[str]:
        """Return the ids of the tenant's active ADMINs, whom nobody changes meanwhile."""
        statement = (
            select(UserRow)
            .where(UserRow.role == Role.ADMIN.value, UserRow.status == UserStatus.ACTIVE.value)
            .order_by(UserRow.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return [row.id for row in self._work.session.scalars(statement)]

    def change_user(self, user_id: str, values: dict[str, Any]) -> None:
        """Write some columns of a user."""
        self._work.session.execute(update(UserRow).where(UserRow.id == user_id).values(values))

    def move_email(self, user_id: str, old_digest: str, new_digest: str) -> None:
        """Have a user found by another email."""
        self._forget([old_digest], user_id)
        self._register(new_digest, user_id)

    def delete_user(self, user_id: str, email_digest: str) -> None:
        """Remove a user, and all that finds them or their sessions."""
        for row in (SessionRow, LinkRow):
            statement = select(row.digest).where(row.user_id == user_id)
            self._forget(self._work.session.scalars(statement).all(), None)
        self._forget([email_digest], user_id)
        self._work.session.execute(delete(UserRow).where(UserRow.id == user_id))

    def password_hash(self, user_id: str) -> str | None:
        """Return the hash of a user's password; None where they have set none."""
        row = self._one(select(UserRow).where(UserRow.id == user_id))
        return row.password_hash if row is not None else None

    def knows_address(self, user_id: str, digest: str) -> bool:
        """Tell whether a user has signed in from an address."""
        statement = select(KnownAddress).where(
            KnownAddress.user_id == user_id, KnownAddress.digest == digest
        )
        return self._one(statement) is not None

    def remember_address(self, user_id: str, digest: str, now: datetime) -> None:
        """Note that a user signed in from an address."""
        known = self._work.session.scalars(
            select(KnownAddress).where(
                KnownAddress.user_id == user_id, KnownAddress.digest == digest
            )
        ).one_or_none()
        if known is not None:
            known.last_used_at = now
            return
        self._work.session.add(
            KnownAddress(tenant_id=self.tenant_id, user_id=user_id, digest=digest, last_used_at=now)
        )

    # --- sessions

    def add_session(
        self, session_id: str, user_id: str, digest: str, *, is_browser: bool, now: datetime
    ) -> None:
        """Write a new session."""
        self._work.session.add(
            SessionRow(
                tenant_id=self.tenant_id,
                id=session_id,
                user_id=user_id,
                digest=digest,
                previous_digest=None,
                is_browser=is_browser,
                created_at=now,
                last_used_at=now,
            )
        )
        self._work.flush()
        self._register(digest, session_id)

    def visit(self, session_id: str, now: datetime) -> Visit | None:
        """Return a session that is alive, with its user, who is active; None for any other."""
        found = self._session(session_id, now)
        return found[1] if found is not None else None

    def session_by_secret(
        self, session_id: str, digest: str, now: datetime, *, is_browser: bool
    ) -> KeptSession | None:
        """Return a live session that a secret belongs to, or belonged to before it was renewed."""
        found = self._session(session_id, now)
        if found is None:
            return None
        row, visit = found
        if row.is_browser is not is_browser or digest not in (row.digest, row.previous_digest):
            return None
        return KeptSession(visit, row.last_used_at, is_previous=digest != row.digest)

    def _session(self, session_id: str, now: datetime) -> tuple[SessionRow, Visit] | None:
        key = canonical(session_id)
        if key is None:
            return None
        statement = (
            select(SessionRow, UserRow)
            .join(UserRow, UserRow.id == SessionRow.user_id)
            .where(
                SessionRow.id == key,
                SessionRow.created_at > now - SESSION_LIFETIME,
                SessionRow.last_used_at > now - SESSION_IDLE,
                UserRow.status == UserStatus.ACTIVE.value,
            )
        )
        found = self._work.read(lambda session: session.execute(statement).one_or_none())
        if found is None:
            return None
        row, user = found
        return row, Visit(row.id, _user(user))

    def renew_session(self, session_id: str, old_digest: str, digest: str, now: datetime) -> bool:
        """Give a session another secret; False where somebody else has just done so."""
        statement = (
            select(SessionRow)
            .where(SessionRow.id == session_id, SessionRow.digest == old_digest)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        row = self._work.session.scalars(statement).one_or_none()
        if row is None:
            return False
        if row.previous_digest is not None:
            self._forget([row.previous_digest], None)
        row.digest, row.previous_digest, row.last_used_at = digest, old_digest, now
        self._register(digest, session_id)
        return True

    def touch_session(self, session_id: str, now: datetime) -> None:
        """Note that a session is in use."""
        self._work.session.execute(
            update(SessionRow).where(SessionRow.id == session_id).values(last_used_at=now)
        )

    def end_sessions(self, user_id: str, *, but: str | None = None) -> None:
        """End a user's sessions, except one."""
        where = [SessionRow.user_id == user_id]
        if but is not None:
            where.append(SessionRow.id != but)
        self._end(where)

    def end_session(self, session_id: str) -> None:
        """End one session."""
        self._end([SessionRow.id == session_id])

    def end_old_sessions(self, now: datetime) -> None:
        """Remove the sessions that are past their time."""
        self._end([SessionRow.created_at <= now - SESSION_LIFETIME])
        self._end([SessionRow.last_used_at <= now - SESSION_IDLE])

    def _end(self, where: Sequence[Any]) -> None:
        rows = self._work.session.scalars(select(SessionRow).where(*where)).all()
        self._forget([digest for row in rows for digest in _digests(row)], None)
        self._work.session.execute(delete(SessionRow).where(*where))

    # --- links

    def add_link(
        self, link_id: str, user_id: str, kind: LinkKind, digest: str, expires_at: datetime
    ) -> None:
        """Write a new one-time link."""
        self._work.session.add(
            LinkRow(
                tenant_id=self.tenant_id,
                id=link_id,
                user_id=user_id,
                kind=kind.value,
                digest=digest,
                expires_at=expires_at,
            )
        )
        self._work.flush()
        self._register(digest, link_id)

    def user_of_link(self, link_id: str, digest: str, now: datetime) -> User | None:
        """Return whose password a link sets; None where it is used up, too old or unknown."""
        statement = (
            select(UserRow)
            .join(LinkRow, LinkRow.user_id == UserRow.id)
            .where(LinkRow.id == link_id, LinkRow.digest == digest, LinkRow.expires_at > now)
        )
        row = self._one(statement)
        return _user(row) if row is not None else None

    def use_links(self, user_id: str) -> int:
        """Use up every link of a user; return how many there were."""
        return self._end_links([LinkRow.user_id == user_id])

    def end_old_links(self, now: datetime) -> None:
        """Remove the links that are past their time."""
        self._end_links([LinkRow.expires_at <= now])

    def _end_links(self, where: Sequence[Any]) -> int:
        digests = self._work.session.scalars(select(LinkRow.digest).where(*where)).all()
        self._forget(digests, None)
        self._work.session.execute(delete(LinkRow).where(*where))
        return len(digests)

    # --- API keys

    def add_key(self, key: ApiKey, digest: str) -> None:
        """Write a new API key."""
        self._work.session.add(
            ApiKeyRow(
                tenant_id=self.tenant_id,
                id=key.id,
                name=key.name,
                prefix=key.prefix,
                digest=digest,
                role=key.role.value if key.role is not None else None,
                permissions=list(key.permissions),
                created_by=key.created_by,
                created_at=key.created_at,
                expires_at=key.expires_at,
                last_used_at=None,
                revoked_at=None,
            )
        )
        self._work.flush()
        self._register(digest, key.id)

    def is_key_name_used(self, name: str) -> bool:
        """Tell whether a key has, or had, a name."""
        statement = select(func.count()).select_from(ApiKeyRow).where(ApiKeyRow.name == name)
        return self._work.read(lambda session: session.scalar(statement)) != 0

    def keys(self, *, after: str | None = None, limit: int) -> list[ApiKey]:
        """Return the keys that are not revoked, in the order in which they were made."""
        statement = select(ApiKeyRow).where(ApiKeyRow.revoked_at.is_(None))
        if after is not None:
            statement = statement.where(ApiKeyRow.id > after)
        statement = statement.order_by(ApiKeyRow.id).limit(limit)
        return [_key(row) for row in self._all(statement)]

    def key(self, key_id: str) -> ApiKey:
        """Return a key that is not revoked.

        :raise KeyNotFound: this tenant has none of that id.
        """
        found = canonical(key_id)
        statement = select(ApiKeyRow).where(ApiKeyRow.id == found, ApiKeyRow.revoked_at.is_(None))
        row = self._one(statement) if found else None
        if row is None:
            raise KeyNotFound
        return _key(row)

    def live_key(self, key_id: str, digest: str, now: datetime) -> ApiKey | None:
        """Return the key of a digest, where it is neither revoked nor past its time."""
        statement = select(ApiKeyRow).where(
            ApiKeyRow.id == key_id, ApiKeyRow.digest == digest, ApiKeyRow.revoked_at.is_(None)
        )
        row = self._one(statement)
        if row is None or (row.expires_at is not None and row.expires_at <= now):
            return None
        return _key(row)

    def note_key_use(self, key_id: str, now: datetime) -> None:
        """Note that a key is in use."""
        self._work.session.execute(
            update(ApiKeyRow).where(ApiKeyRow.id == key_id).values(last_used_at=now)
        )

    def revoke_key(self, key_id: str, now: datetime) -> None:
        """Have a key refused from now on; its name stays taken."""
        statement = select(ApiKeyRow.digest).where(ApiKeyRow.id == key_id)
        self._forget(self._work.session.scalars(statement).all(), None)
        self._work.session.execute(
            update(ApiKeyRow).where(ApiKeyRow.id == key_id).values(revoked_at=now)
        )

    # --- what all of them share

    def _one(self, statement: Any) -> Any:
        return self._work.read(lambda session: session.scalars(statement).one_or_none())

    def _all(self, statement: Any) -> Sequence[Any]:
        return self._work.read(lambda session: session.scalars(statement).all())

    def _register(self, digest: str, target_id: str) -> None:
        values = {"digest": digest, "tenant_id": self.tenant_id, "target_id": target_id}
        self._work.connection.execute(insert(_LOOKUPS), values)

    def _forget(self, digests: Collection[str], target_id: str | None) -> None:
        if not digests:
            return
        where = [_LOOKUPS.c.tenant_id == self.tenant_id, _LOOKUPS.c.digest.in_(list(digests))]
        if target_id is not None:
            where.append(_LOOKUPS.c.target_id == target_id)
        self._work.connection.execute(delete(_LOOKUPS).where(*where))


def _digests(row: SessionRow) -> list[str]:
    return [each for each in (row.digest, row.previous_digest) if each is not None]


def _user(row: UserRow) -> User:
    return User(
        id=row.id,
        tenant_id=row.tenant_id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        status=UserStatus(row.status),
        mail=MailWishes(row.mail_appointments, row.mail_reminders),
        created_at=row.created_at,
        last_sign_in_at=row.last_sign_in_at,
    )


def _key(row: ApiKeyRow) -> ApiKey:
    role = Role(row.role) if row.role is not None else None
    return ApiKey(
        id=row.id,
        tenant_id=row.tenant_id,
        name=row.name,
        prefix=row.prefix,
        role=role,
        permissions=tuple(sorted(role.permissions)) if role is not None else tuple(row.permissions),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
