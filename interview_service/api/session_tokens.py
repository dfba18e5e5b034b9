"""The service's own session tokens: a signer apart from the one that other tokens are checked with.

Its key is derived from the service's secret and its `iss` is its own, so that neither signer ever
takes the other's tokens for its own.
"""

import hashlib
import hmac
from dataclasses import dataclass

from flask import Flask
from flask_jwt_extended import JWTManager, create_access_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import ExpiredSignatureError, PyJWTError

from interview_service.domain.accounts import ACCESS_LIFETIME

ISSUER = "interview-service:sessions"
_PURPOSE = b"interview-service session tokens"


class SessionTokenRefused(Exception):
    """It is no session token of this service, or has expired; the text says which."""


@dataclass(frozen=True, slots=True)
class SessionClaims:
    """What a session token says."""

    user_id: str
    tenant_id: str
    session_id: str


class SessionTokens:
    """Makes and checks session tokens.

    :param secret: the service's own; the key is derived from it.
    """

    def __init__(self, secret: str) -> None:
        self._app = Flask("session_tokens", static_folder=None)
        self._app.config.update(
            JWT_SECRET_KEY=hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).hexdigest(),
            JWT_ALGORITHM="HS256",
            JWT_ENCODE_ISSUER=ISSUER,
            JWT_DECODE_ISSUER=ISSUER,
            JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        )
        JWTManager(self._app)

    def token(self, claims: SessionClaims) -> str:
        """Return a token, good for `ACCESS_LIFETIME`."""
        with self._app.app_context():
            text: str = create_access_token(
                claims.user_id,
                additional_claims={"tenantId": claims.tenant_id, "sid": claims.session_id},
            )
        return text

    def claims(self, token: str) -> SessionClaims:
        """Return what a token says.

        :raise SessionTokenRefused: it is not one of these, or has expired.
        """
        try:
            with self._app.app_context():
                found = decode_token(token)
            return SessionClaims(found["sub"], found["tenantId"], found["sid"])
        except ExpiredSignatureError:
            raise SessionTokenRefused("Token has expired") from None
        except (PyJWTError, JWTExtendedException, KeyError, ValueError, TypeError):
            raise SessionTokenRefused("Token is invalid") from None
