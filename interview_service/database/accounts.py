"""The tables of users, sessions, links, mails, API keys and the audit log.

Beside them those that find the tenant of what arrives without one.
"""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from interview_service.database.models import TABLE_OPTIONS, Base, TenantOwned
from interview_service.database.types import Document, Identifier

DIGEST_LENGTH = 64


class LookupModel(Base):
    """Whose a secret or an email is. Outside the walls: it holds a hash, a tenant and an id.

    `digest` is the SHA-256, in hex, of an API key, a session's secret, a link's token or a folded
    email. Everything more is read inside the tenant.
    """

    __tablename__ = "lookups"

    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    target_id: Mapped[str] = mapped_column(Identifier, primary_key=True)


class SignInFailureModel(Base):
    """A sign-in that failed, or is under way: counted by SHA-256 of an email or an address."""

    __tablename__ = "sign_in_failures"

    bucket: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_sign_in_failures_id", "id"),
        Index("ix_sign_in_failures_created_at", "created_at"),
        TABLE_OPTIONS,
    )


class SetUpCodeModel(Base):
    """The SHA-256 of a code that makes the first user; there is none once there is a user."""

    __tablename__ = "set_up_codes"

    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    created_at: Mapped[datetime]


class PasswordRequestModel(Base):
    """Somebody asks for a new password: whether there is such a user, a worker finds out.

    Outside the walls: `digest` is the SHA-256 of a folded email, as in `lookups`. A worker deletes
    what it has answered.
    """

    __tablename__ = "password_requests"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    request_id: Mapped[str | None] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(45))
    due_at: Mapped[datetime]

    __table_args__ = (Index("ix_password_requests_due_at", "due_at"), TABLE_OPTIONS)


class UserModel(TenantOwned, Base):
    """A person of a tenant."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    folded_email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    mail_appointments: Mapped[bool]
    mail_reminders: Mapped[bool]
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("tenant_id", "folded_email"), TABLE_OPTIONS)


class SessionModel(TenantOwned, Base):
    """A session of a user: of an API client with a refresh token, or of a browser.

    `previous_digest` is of the refresh token before the present one: who comes with that has a copy
    of a token that was used, and the session ends.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[str] = mapped_column(Identifier)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    previous_digest: Mapped[str | None] = mapped_column(String(DIGEST_LENGTH))
    is_browser: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
        Index("ix_sessions_tenant_id_user_id", "tenant_id", "user_id"),
        Index("ix_sessions_last_used_at", "last_used_at"),
        TABLE_OPTIONS,
    )


class LinkModel(TenantOwned, Base):
    """A one-time link with which a user sets a password."""

    __tablename__ = "links"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[str] = mapped_column(Identifier)
    kind: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    expires_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
        Index("ix_links_tenant_id_user_id", "tenant_id", "user_id"),
        Index("ix_links_expires_at", "expires_at"),
        TABLE_OPTIONS,
    )


class MailModel(TenantOwned, Base):
    """A mail to a user: who, what kind and what about, and what came of it; never what it says.

    `about_id` is an interview's id, which may be deleted, or the user's own. `sequence`,
    `starts_at` and `ends_at` are what the user's calendar was told last. See `domain.mail.Mail`.
    """

    __tablename__ = "mails"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[str] = mapped_column(Identifier)
    kind: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[str] = mapped_column(Identifier)
    revision: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    attempt_count: Mapped[int] = mapped_column(Integer)
    failure_count: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sequence: Mapped[int | None] = mapped_column(Integer)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "user_id", "kind", "about_id"),
        Index("ix_mails_tenant_id_about_id", "tenant_id", "about_id"),
        Index("ix_mails_tenant_id_state_id", "tenant_id", "state", "id"),
        Index("ix_mails_state_created_at", "state", "created_at"),
        Index("ix_mails_due_at", "due_at"),
        TABLE_OPTIONS,
    )


class KnownAddressModel(TenantOwned, Base):
    """The SHA-256 of an address that a user has signed in from."""

    __tablename__ = "known_addresses"

    user_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    last_used_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
        TABLE_OPTIONS,
    )


class ApiKeyModel(TenantOwned, Base):
    """An API key. A revoked one stays, so that its name is never used again."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    role: Mapped[str | None] = mapped_column(String(20))
    permissions: Mapped[list[str]] = mapped_column(Document)
    created_by: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("tenant_id", "name"), TABLE_OPTIONS)


class AuditEntryModel(TenantOwned, Base):
    """Who did what to which record. It outlives the record, so nothing ties it to one."""

    __tablename__ = "audit_entries"

    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(50))
    target_type: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[str | None] = mapped_column(String(255))
    interview_id: Mapped[str | None] = mapped_column(Identifier)
    fields: Mapped[list[str]] = mapped_column(Document)
    request_id: Mapped[str | None] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(45))
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_audit_entries_tenant_id_actor_id", "tenant_id", "actor", "id"),
        Index("ix_audit_entries_tenant_id_interview_id_id", "tenant_id", "interview_id", "id"),
        Index("ix_audit_entries_created_at", "created_at"),
        TABLE_OPTIONS,
    )
