"""Who is calling: bearer tokens, checked by PyJWT, become a `Principal`.

The algorithm and the keys come from the settings alone; a token only says which key of the
identity provider's set it was signed with.
"""

import time
from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, current_app, g, request
from flask_jwt_extended import JWTManager
from jwt import decode, get_unverified_header
from jwt.exceptions import (
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAlgorithmError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    PyJWTError,
)
from jwt.types import Options

from interview_service.api.callers import KnownCallers, Principal, TokenRefused
from interview_service.api.provider_keys import ProviderKeys
from interview_service.api.session_tokens import SessionTokens
from interview_service.credentials.keys import KEY_PREFIX
from interview_service.domain import limits
from interview_service.domain.accounts import SignIn, Visit
from interview_service.domain.errors import PermissionMissing
from interview_service.domain.roles import Role
from interview_service.domain.workflow import grants
from interview_service.lifecycle import SERVICE
from interview_service.repository.directory import Directory
from interview_service.settings import SYMMETRIC, Settings
from interview_service.web import rate_limit

MAX_TENANT, MAX_SUBJECT = limits.TENANT, limits.SUBJECT
MAX_TOKEN = 16_384
TYPES = ("jwt", "at+jwt")
_CACHE_SIZE, _CACHE_SECONDS = 2048, 30
_YEAR_10000 = 253_402_300_800
_DAY_SECONDS = 86_400

jwt = JWTManager()


class TokenChecker:
    """Turns encoded tokens into principals, as the settings say; one an application."""

    def __init__(self, settings: Settings) -> None:
        self._algorithm = settings.jwt_algorithm
        self._tenant_path = settings.jwt_tenant_claim.split(".")
        self._permissions_path = settings.jwt_permissions_claim.split(".")
        self._role_path = settings.role_claim.split(".") if settings.role_claim else None
        self._leeway = settings.jwt_leeway
        self._audience = settings.required_audience
        self._issuer = settings.required_issuer
        self._max_age = settings.jwt_max_age * _DAY_SECONDS
        url = settings.jwt_jwks_url
        self._keys = ProviderKeys(url, self._algorithm) if url else None
        self._key = self._static_key(settings)
        self._checked: dict[str, tuple[float, Principal]] = {}

    @staticmethod
    def _static_key(settings: Settings) -> str | None:
        if settings.jwt_algorithm in SYMMETRIC:
            return settings.secret()
        return None if settings.jwt_jwks_url else settings.public_key

    def _key_for(self, header: Mapping[str, Any]) -> Any:
        """Return the key that a token with this header must be signed with."""
        if header.get("alg") != self._algorithm:
            raise InvalidAlgorithmError("The token's algorithm is not the configured one")
        kind = header.get("typ", TYPES[0])
        if not isinstance(kind, str) or kind.lower() not in TYPES:
            raise TokenRefused("Token is invalid: it is of another type")
        return self._key if self._keys is None else self._keys.key(header.get("kid"))

    def principal(self, token: str) -> Principal:
        """Return who a token speaks for; a token found good is remembered for half a minute.

        :raise TokenRefused: the token is not good.
        :raise KeysUnavailable: the keys to check it with cannot be fetched.
        """
        now = time.time()
        known = self._checked.get(token)
        if known is not None and now < known[0]:
            return known[1]
        principal, claims = self._read(token, now)
        if len(self._checked) >= _CACHE_SIZE:
            self._checked.clear()
        until = min(now + _CACHE_SECONDS, float(claims["exp"]) + self._leeway)
        self._checked[token] = (until, principal)
        return principal

    def _read(self, token: str, now: float) -> tuple[Principal, Mapping[str, Any]]:
        claims = self._decoded(token)
        if not _is_moment(claims.get("exp")):
            raise TokenRefused("Token is invalid: it has no usable exp claim")
        if self._max_age and claims["exp"] - _begin(claims, now) > self._max_age:
            raise TokenRefused("Token is invalid: it is made to live too long")
        if claims.get("type") == "refresh":
            raise TokenRefused("Token is invalid: it is a refresh token")
        return self._principal_of(claims), claims

    def _principal_of(self, claims: Mapping[str, Any]) -> Principal:
        subject = plain(claims.get("sub"), MAX_SUBJECT)
        if subject is None:
            raise TokenRefused("Token is invalid: it has no usable sub claim")
        if is_reserved(subject):
            raise TokenRefused("Token is invalid: its sub claim is reserved")
        tenant_id = plain(_at(claims, self._tenant_path), MAX_TENANT)
        if tenant_id is None:
            raise TokenRefused("Token is invalid: it has no usable tenant claim")
        permissions = _at(claims, self._permissions_path)
        roles: list[Role] = []
        if permissions is not None:
            held = frozenset(_texts(permissions))
        else:
            roles = self._roles(claims)
            held = frozenset[str]().union(*(each.permissions for each in roles))
        role = roles[0] if len(roles) == 1 else None
        return Principal(subject, tenant_id, held, role, email=_verified_email(claims))

    def _roles(self, claims: Mapping[str, Any]) -> list[Role]:
        """Return the roles of ours that a token names, where the settings say that it may."""
        if self._role_path is None:
            return []
        named = set(_texts(_at(claims, self._role_path)))
        return [role for role in Role if role in named]

    def _decoded(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token whose signature, times, audience and issuer are good.

        When it was issued is no reason to refuse it: clocks of providers differ.
        """
        options: Options = {
            "verify_aud": self._audience is not None,
            "verify_iat": False,
            "verify_sub": False,  # checked here, as text that can be kept
        }
        try:
            claims = decode(
                token,
                self._key_for(get_unverified_header(token)),
                algorithms=[self._algorithm],
                audience=self._audience,
                issuer=self._issuer,
                leeway=self._leeway,
                options=options,
            )
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
        except (
            PyJWTError,
            ValueError,  # a number of thousands of digits, text that is not UTF-8
            TypeError,
            OverflowError,
            AttributeError,  # a header or payload that is JSON and no object
            RecursionError,  # JSON nested too deep
        ):
            raise TokenRefused("Token is invalid") from None
        return claims


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    """Return the email of a token whose provider says, as OpenID Connect has it, that it is theirs.

    Some providers write the truth value as text.
    """
    if claims.get("email_verified") not in (True, "true"):
        return None
    return plain(claims.get("email"), limits.EMAIL)


def _begin(claims: Mapping[str, Any], now: float) -> float:
    """Return when the life of a token began, as it says itself; now, where it does not."""
    issued_at: Any = claims.get("iat")
    return min(float(issued_at), now) if _is_moment(issued_at) else now


def is_reserved(subject: str) -> bool:
    """Tell whether a subject is one that the service gives to itself or to API keys."""
    folded = subject.casefold()
    return folded == SERVICE or folded.startswith("key:")


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


def _texts(claim: Any) -> list[str]:
    """Return what a claim lists, by itself or separated by blanks."""
    if isinstance(claim, str):
        return claim.split()
    return [each for each in claim if isinstance(each, str)] if isinstance(claim, list) else []


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


def init_app(app: Flask, settings: Settings, directory: Directory | None = None) -> None:
    """Bind flask-jwt-extended to the application, set up as the settings say.

    :param directory: finds users and keys; without one, tokens alone are known.
    """
    checker = TokenChecker(settings)
    app.config.update(
        JWT_SECRET_KEY=settings.secret() if settings.jwt_algorithm in SYMMETRIC else None,
        JWT_ALGORITHM=settings.jwt_algorithm,
        JWT_ENCODE_AUDIENCE=settings.required_audience,
        JWT_ENCODE_ISSUER=settings.required_issuer,
    )
    jwt.init_app(app)
    app.extensions["interview_service_tokens"] = checker
    if directory is None:
        return
    secret = settings.session_secret()
    tokens = SessionTokens(secret) if secret is not None else None
    app.extensions["interview_service_callers"] = KnownCallers(directory, tokens)


def _checker() -> TokenChecker:
    return cast(TokenChecker, current_app.extensions["interview_service_tokens"])


def authenticate(required: str | None) -> None:
    """Put the caller on the request, who must have the permission where one is required.

    :raise TokenRefused: nobody can be told from the request.
    :raise TooManyRequests: the caller has used up the rate limit.
    :raise PermissionMissing: the caller lacks `required`.
    """
    try:
        credential = _credential()
        principal = check(credential)
    except TokenRefused:
        rate_limit.count_failure()
        raise
    g.principal, g.credential = principal, credential
    rate_limit.count(principal.tenant_id, principal.subject)
    if required is not None and not grants(principal.permissions, required):
        raise PermissionMissing(required)


def _credential() -> str:
    """Return the token or key that the request carries.

    :raise TokenRefused: it carries none.
    """
    key = request.headers.get("X-API-Key", "").strip()
    if key:
        if not key.startswith(KEY_PREFIX):
            raise TokenRefused("API key is not valid")
        return key
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRefused("Missing bearer token: send Authorization: Bearer <jwt>")
    return token.strip()


def session_of_caller() -> Visit:
    """Return the session of the caller.

    :raise PermissionMissing: the caller has none: it is a key or a foreign token.
    """
    visit = caller().visit
    if visit is None:
        raise PermissionMissing("a user's session")
    return visit


def end_session_here() -> None:
    """Have this process forget the caller's session, which has just ended."""
    _callers().forget(g.credential)


def access_token(sign_in: SignIn) -> str:
    """Return an access token of a session."""
    return _callers().token_of(sign_in)


def caller() -> Principal:
    """Return who is calling; only after `authenticate`."""
    return cast(Principal, g.principal)


def check(token: str) -> Principal:
    """Return who a token speaks for, as a request with it would find.

    :raise TokenRefused: it is not good.
    """
    if len(token) > MAX_TOKEN:
        raise TokenRefused("Token is invalid: it is too long")
    callers = cast(KnownCallers | None, current_app.extensions.get("interview_service_callers"))
    if callers is None:
        return _checker().principal(token)
    known = callers.principal(token)
    if known is not None:
        return known
    principal = _checker().principal(token)
    callers.refuse_impostor(principal.subject, principal.tenant_id)
    return principal


def _callers() -> KnownCallers:
    return cast(KnownCallers, current_app.extensions["interview_service_callers"])


def put(claims: dict[str, Any], path: str, value: Any) -> None:
    """Put a claim where a dotted path says."""
    *parents, name = path.split(".")
    for parent in parents:
        claims = claims.setdefault(parent, {})
    claims[name] = value
