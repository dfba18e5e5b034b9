"""Who is calling: bearer tokens, checked by flask-jwt-extended, become a `Principal`.

The algorithm and the keys come from the settings alone; a token only says which key of the
identity provider's set it was signed with.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g, request
from flask_jwt_extended import JWTManager, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWK, PyJWKClient
from jwt.exceptions import (
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAlgorithmError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    PyJWKClientConnectionError,
    PyJWTError,
)

from interview_service.api import rate_limit
from interview_service.domain.errors import (
    InterviewServiceError,
    PermissionMissing,
)
from interview_service.domain.workflow import grants
from interview_service.settings import SYMMETRIC, Settings

MAX_TENANT, MAX_SUBJECT = 100, 255
MAX_TOKEN = 16_384
REFETCH_SECONDS = 60
KEYS_TIMEOUT_SECONDS = 5
KEYS_LIFETIME_SECONDS = 3600
_FAILED_FETCH_PAUSE = 10
_CACHE_SIZE, _CACHE_SECONDS = 2048, 30
_YEAR_10000 = 253_402_300_800

jwt = JWTManager()


class TokenRefused(InterviewServiceError):
    """There is no token, or it is not good; its text says which, and no more."""


class KeysUnavailable(InterviewServiceError):
    """The identity provider's keys cannot be fetched."""

    def __init__(self) -> None:
        super().__init__("The identity provider's keys cannot be fetched")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling, for which tenant, with which permissions."""

    subject: str
    tenant_id: str
    permissions: frozenset[str]


class ProviderKeys(PyJWKClient):
    """The key set of an identity provider: cached, and fetched again for a key id not in it.

    At most once a minute, however many unknown key ids come; after a failure, not at once.
    """

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            timeout=KEYS_TIMEOUT_SECONDS,
            lifespan=KEYS_LIFETIME_SECONDS,
            cooldown_duration=REFETCH_SECONDS,
        )
        self._failed_at: float | None = None

    def fetch_data(self) -> Any:
        """Fetch the set, unless fetching has just failed.

        :raise PyJWKClientConnectionError: no answer came, or one that is no set of keys.
        """
        failed_at = self._failed_at
        if failed_at is not None and time.monotonic() - failed_at < _FAILED_FETCH_PAUSE:
            raise PyJWKClientConnectionError("fetching failed a moment ago")
        try:
            keys = super().fetch_data()
        except (PyJWTError, OSError, ValueError, RecursionError) as error:
            self._failed_at = time.monotonic()
            raise PyJWKClientConnectionError("no set of keys was fetched") from error
        self._failed_at = None
        return keys

    def get_signing_key(self, kid: str) -> PyJWK:
        """Return the key of an id; a known one without waiting for a fetch that is under way."""
        cached = self.jwk_set_cache.get() if self.jwk_set_cache is not None else None
        known = self._get_signing_keys_from_jwk_set(cached) if cached is not None else []
        return self.match_kid(known, kid) or super().get_signing_key(kid)


class TokenChecker:
    """Turns encoded tokens into principals, as the settings say; one an application."""

    def __init__(self, settings: Settings) -> None:
        self._algorithm = settings.jwt_algorithm
        self._tenant_path = settings.jwt_tenant_claim.split(".")
        self._permissions_path = settings.jwt_permissions_claim.split(".")
        self._leeway = settings.jwt_leeway
        self._keys = ProviderKeys(settings.jwt_jwks_url) if settings.jwt_jwks_url else None
        self._key = self._static_key(settings)
        self._checked: dict[str, tuple[float, Principal]] = {}

    @staticmethod
    def _static_key(settings: Settings) -> str | None:
        if settings.jwt_algorithm in SYMMETRIC:
            return settings.secret()
        return None if settings.jwt_jwks_url else settings.public_key

    def key_for(self, header: Mapping[str, Any]) -> Any:
        """Return the key that a token with this header must be signed with."""
        if header.get("alg") != self._algorithm:
            raise InvalidAlgorithmError("The token's algorithm is not the configured one")
        if self._keys is None:
            return self._key
        return self._keys.get_signing_key(cast(str, header.get("kid")))

    def principal(self, token: str) -> Principal:
        """Return who a token speaks for; a token found good is remembered for half a minute.

        :raise TokenRefused: the token is not good.
        :raise KeysUnavailable: the keys to check it with cannot be fetched.
        """
        now = time.time()
        known = self._checked.get(token)
        if known is not None and now < known[0]:
            return known[1]
        claims = _decoded(token)
        principal = self._principal_of(claims)
        if len(self._checked) >= _CACHE_SIZE:
            self._checked.clear()
        until = min(now + _CACHE_SECONDS, float(claims["exp"]) + self._leeway)
        self._checked[token] = (until, principal)
        return principal

    def _principal_of(self, claims: Mapping[str, Any]) -> Principal:
        if not _is_moment(claims.get("exp")):
            raise TokenRefused("Token is invalid: it has no usable exp claim")
        if claims.get("type") == "refresh":
            raise TokenRefused("Token is invalid: it is a refresh token")
        subject = plain(claims.get("sub"), MAX_SUBJECT)
        if subject is None:
            raise TokenRefused("Token is invalid: it has no usable sub claim")
        tenant_id = plain(_at(claims, self._tenant_path), MAX_TENANT)
        if tenant_id is None:
            raise TokenRefused("Token is invalid: it has no usable tenant claim")
        permissions = _at(claims, self._permissions_path)
        if isinstance(permissions, str):
            permissions = permissions.split()
        if not isinstance(permissions, list):
            permissions = []
        held = frozenset(each for each in permissions if isinstance(each, str))
        return Principal(subject, tenant_id, held)


def _decoded(token: str) -> Mapping[str, Any]:
    try:
        claims = decode_token(token)
        float(claims.get("exp", 0))
    except ExpiredSignatureError:
        raise TokenRefused("Token has expired") from None
    except ImmatureSignatureError:
        raise TokenRefused("Token is not valid yet") from None
    except InvalidSignatureError:
        raise TokenRefused("Token signature is invalid") from None
    except InvalidAlgorithmError:
        raise TokenRefused("Token algorithm is not accepted") from None
    except InvalidAudienceError:
        raise TokenRefused("Token is for another audience") from None
    except InvalidIssuerError:
        raise TokenRefused("Token is from another issuer") from None
    except PyJWKClientConnectionError as error:
        raise KeysUnavailable from error
    except (
        PyJWTError,
        JWTExtendedException,
        ValueError,  # a number of thousands of digits, text that is not UTF-8
        TypeError,
        OverflowError,
        AttributeError,  # a header or payload that is JSON and no object
        RecursionError,  # JSON nested too deep
    ):
        raise TokenRefused("Token is invalid") from None
    return cast(Mapping[str, Any], claims)


def _at(claims: Mapping[str, Any], path: list[str]) -> Any:
    """Return a claim by its dotted path; a claim of that very name, dots and all, comes first."""
    name = ".".join(path)
    if name in claims:
        return claims[name]
    value: Any = claims
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return value


def _is_moment(value: Any) -> bool:
    """Tell whether a claim is a NumericDate: seconds since 1970, of a year with four digits."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 < value < _YEAR_10000


def plain(value: Any, most: int) -> str | None:
    """Return `value` where it is text of 1 to `most` characters that can be stored and shown."""
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        return None
    printable = all(char.isprintable() for char in value)
    return value if printable and value == value.strip() else None


def init_app(app: Flask, settings: Settings) -> None:
    """Bind flask-jwt-extended to the application, set up as the settings say."""
    checker = TokenChecker(settings)
    app.config.update(
        JWT_SECRET_KEY=settings.secret() if settings.jwt_algorithm in SYMMETRIC else None,
        JWT_ALGORITHM=settings.jwt_algorithm,
        JWT_DECODE_ALGORITHMS=[settings.jwt_algorithm],
        JWT_DECODE_AUDIENCE=settings.jwt_audience or None,
        JWT_DECODE_ISSUER=settings.jwt_issuer or None,
        JWT_DECODE_LEEWAY=settings.jwt_leeway,
        JWT_ENCODE_AUDIENCE=settings.jwt_audience or None,
        JWT_ENCODE_ISSUER=settings.jwt_issuer or None,
    )
    jwt.init_app(app)
    jwt.decode_key_loader(_key_loader)
    app.extensions["interview_service_tokens"] = checker


def _key_loader(header: Mapping[str, Any], claims: Mapping[str, Any]) -> Any:
    return _checker().key_for(header)


def _checker() -> TokenChecker:
    return cast(TokenChecker, current_app.extensions["interview_service_tokens"])


def authenticate(required: str | None) -> None:
    """Put the caller on the request, who must have the permission where one is required.

    :raise TokenRefused: nobody can be told from the request.
    :raise TooManyRequests: the caller has used up the rate limit.
    :raise PermissionMissing: the caller lacks `required`.
    """
    try:
        principal = _principal_of_request()
    except TokenRefused:
        rate_limit.count_failure()
        raise
    g.principal = principal
    rate_limit.count(principal.tenant_id, principal.subject)
    if required is not None and not grants(principal.permissions, required):
        raise PermissionMissing(required)


def _principal_of_request() -> Principal:
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRefused("Missing bearer token: send Authorization: Bearer <jwt>")
    if len(token) > MAX_TOKEN:
        raise TokenRefused("Token is invalid: it is too long")
    return check(token.strip())


def caller() -> Principal:
    """Return who is calling; only after `authenticate`."""
    return cast(Principal, g.principal)


def check(token: str) -> Principal:
    """Return who a token speaks for, as a request with it would find.

    :raise TokenRefused: it is not good.
    """
    return _checker().principal(token)


def put(claims: dict[str, Any], path: str, value: Any) -> None:
    """Put a claim where a dotted path says."""
    *parents, name = path.split(".")
    for parent in parents:
        claims = claims.setdefault(parent, {})
    claims[name] = value
