"""Users, their sessions and links, and API keys: the records, and who may change which of them."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from interview_service.domain.roles import Role, within

ACCESS_LIFETIME = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(days=30)
SESSION_IDLE = timedelta(days=7)
INVITATION_LIFETIME = timedelta(hours=72)
FORGOTTEN_LIFETIME = timedelta(hours=1)
FAILURE_WINDOW = timedelta(minutes=15)
MAX_FAILURES = 10
"""Failed sign-ins in `FAILURE_WINDOW`, of one email or from one address."""

MAX_FORGOTTEN_OF_EMAIL = 3
MAX_FORGOTTEN_FROM_ADDRESS = 10
"""Requests for a new password in `FAILURE_WINDOW`, for one email and from one address."""

MAX_TENANTS_TRIED = 3
"""Tenants in which a sign-in without a tenant looks for the email; so many hashes it costs."""

KEY_SUBJECT_PREFIX = "key:"
"""How the subject of an API key begins; no token and no user may have such a one."""


class UserStatus(StrEnum):
    """Whether a user can sign in."""

    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True)
class MailWishes:
    """What a user wants mailed."""

    appointments: bool = True
    reminders: bool = True


@dataclass(frozen=True, slots=True)
class User:
    """A person of a tenant. Their id is the subject of their tokens and scorecards."""

    id: str
    tenant_id: str
    email: str
    name: str
    role: Role
    status: UserStatus
    mail: MailWishes
    created_at: datetime
    last_sign_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class PasswordRequest:
    """Somebody asks for a new password, for an email that may be nobody's.

    :param digest: of the email.
    :param request_id: of the request that they ask by, for the audit log.
    :param address: the IP address that they ask from.
    """

    id: str
    digest: str
    request_id: str | None
    address: str | None


class LinkKind(StrEnum):
    """What a one-time link was made for; both kinds set a password."""

    INVITATION = "INVITATION"
    FORGOTTEN = "FORGOTTEN"


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link that was just made: the only moment that its token is known."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session that was just made or renewed: the only moment that its secret is known.

    :param secret: a refresh token, or the session id of a browser's cookie.
    """

    session_id: str
    secret: str
    user: User


@dataclass(frozen=True, slots=True)
class Visit:
    """A live session and whose it is."""

    session_id: str
    user: User


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a program.

    :param prefix: how the key begins, for people to recognise it by.
    :param role: None where it has permissions of its own.
    :param permissions: as given; of a role, the role's.
    """

    id: str
    tenant_id: str
    name: str
    prefix: str
    role: Role | None
    permissions: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @property
    def subject(self) -> str:
        """Who acts where this key does."""
        return KEY_SUBJECT_PREFIX + self.name


def folded_email(email: str) -> str:
    """Return an email address as it is compared: whatever its case, and however it was typed."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def invitation_url(public_url: str, token: str) -> str:
    """Return the link with which a user sets a password."""
    return f"{public_url}/invitation?token={token}"


def set_up_url(public_url: str, code: str) -> str:
    """Return the link with which the first user is made."""
    return f"{public_url}/setup?code={code}"


def may_manage(held: Collection[str], role: Role) -> bool:
    """Tell whether whoever has `held` may make, change or remove a user of `role`.

    Nobody touches what holds more than they do: else they could become it.
    """
    return within(role.permissions, held)
