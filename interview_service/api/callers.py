"""Callers that the service knows itself: users by their sessions' tokens, programs by their keys.

Both are looked up in the database and remembered for a moment, so that a session that ended, a user
who was disabled and a key that was revoked are refused within `REMEMBERED_FOR` everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from interview_service.api.session_tokens import (
    ISSUER,
    SessionClaims,
    SessionTokenRefused,
    SessionTokens,
)
from interview_service.credentials.keys import KEY_PREFIX
from interview_service.domain.accounts import SignIn, Visit
from interview_service.domain.clock import clock, is_identifier
from interview_service.domain.errors import InterviewServiceError
from interview_service.domain.roles import Role
from interview_service.lifecycle import keys, sessions, users
from interview_service.repository.directory import Directory

REMEMBERED_FOR = timedelta(seconds=15)
_REMEMBERED = 2048


class TokenRefused(InterviewServiceError):
    """There is no token, or it is not good; its text says which, and no more."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling, for which tenant, with which permissions.

    :param role: None where the permissions were given one by one.
    :param visit: the session, of a user of the service.
    :param is_key: whether it is a program with an API key.
    :param email: an address of theirs that is verified; None without one.
    """

    subject: str
    tenant_id: str
    permissions: frozenset[str]
    role: Role | None = None
    visit: Visit | None = None
    is_key: bool = False
    email: str | None = None


class KnownCallers:
    """Turns session tokens and API keys into principals.

    :param tokens: None where sign-in is off: there is no secret that all machines share.
    """

    def __init__(self, directory: Directory, tokens: SessionTokens | None) -> None:
        self._directory = directory
        self._tokens = tokens
        self._remembered: dict[str, tuple[datetime, Principal]] = {}

    def principal(self, credential: str) -> Principal | None:
        """Return who a credential speaks for; None where it is neither key nor session token.

        :raise TokenRefused: it is one of these, and not good.
        """
        known = self._remembered.get(credential)
        if known is not None and clock.now() < known[0]:
            return known[1]
        find: Callable[[str], Principal]
        if credential.startswith(KEY_PREFIX):
            find = self._key
        elif _issuer(credential) == ISSUER:
            find = self._session
        else:
            return None
        principal = find(credential)
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        self._remembered[credential] = (clock.now() + REMEMBERED_FOR, principal)
        return principal

    def refuse_impostor(self, subject: str, tenant_id: str) -> None:
        """Refuse a token of another signer that names a user of this service as its subject.

        :raise TokenRefused: it does; users act by their sessions alone.
        """
        directory = self._directory
        if is_identifier(subject) and users.is_user(directory.repository_of(tenant_id), subject):
            raise TokenRefused("Token is invalid: its sub is a user, who acts by signing in")

    def forget(self, credential: str) -> None:
        """Look a credential up again the next time, for its session has ended here and now."""
        self._remembered.pop(credential, None)

    def token_of(self, sign_in: SignIn) -> str:
        """Return an access token of a session.

        :raise SignInOff: this service makes none.
        """
        if self._tokens is None:
            raise SignInOff
        user = sign_in.user
        return self._tokens.token(SessionClaims(user.id, user.tenant_id, sign_in.session_id))

    def _key(self, credential: str) -> Principal:
        found = keys.key_of(self._directory, credential)
        if found is None:
            raise TokenRefused("API key is not valid")
        permissions = frozenset(found.permissions)
        return Principal(found.subject, found.tenant_id, permissions, found.role, is_key=True)

    def _session(self, credential: str) -> Principal:
        if self._tokens is None:
            raise TokenRefused("Token is invalid")
        try:
            claims = self._tokens.claims(credential)
        except SessionTokenRefused as error:
            raise TokenRefused(str(error)) from None
        repository = self._directory.repository_of(claims.tenant_id)
        visit = sessions.visit(repository, claims.session_id)
        if visit is None or visit.user.id != claims.user_id:
            raise TokenRefused("The session has ended: sign in again")
        user = visit.user
        permissions = user.role.permissions
        return Principal(user.id, user.tenant_id, permissions, user.role, visit, email=user.email)


class SignInOff(InterviewServiceError):
    """Sign-in is off, since the machines of this service share no secret."""

    def __init__(self) -> None:
        super().__init__("Sign-in is off: set JWT_SECRET_KEY to the same secret on every machine")


def _issuer(token: str) -> str | None:
    """Return the `iss` that a token claims, unchecked: it only says who is to check it."""
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except (jwt.PyJWTError, ValueError, RecursionError, TypeError, AttributeError):
        return None
    return issuer if isinstance(issuer, str) else None
