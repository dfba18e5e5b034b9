"""Tokens: which are accepted, and that every forgery is a 401 that reveals nothing."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from interview_service import __version__
from interview_service.api import auth, provider_keys
from interview_service.app import create_app
from interview_service.database.session import Database
from interview_service.settings import Settings
from tests.conftest import SECRET

PATIENCE_SECONDS = 30
DAY = 86_400
ALG_TWICE = b'{"alg":"HS256","alg":"none"}'
RSA_KEY = rsa.generate_private_key(65537, 2048)
OTHER_RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def pem(key: Any) -> str:
    encoded = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return str(encoded.decode())


def claims(**changes: Any) -> dict[str, Any]:
    """Return valid claims with changes; `...` removes one."""
    now = int(time.time())
    whole = {
        "sub": "me",
        "tenantId": "acme",
        "permissions": ["interview:read"],
        "exp": now + 600,
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not ...}


def signed(key: Any = SECRET, algorithm: str = "HS256", headers: Any = None, **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers=headers)


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def by_hand(algorithm: str, digest: Any, key: str) -> str:
    """Return a token signed with a key that the library would refuse to sign with."""
    body = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims())}"
    return f"{body}.{part(hmac.new(key.encode(), body.encode(), digest).digest())}"


def hs256(header: dict[str, Any]) -> str:
    """Return a token with this header, signed with the service's secret."""
    body = f"{part(header)}.{part(claims())}"
    return f"{body}.{part(hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).digest())}"


def ask(app: Flask, token: str | None, scheme: str = "Bearer") -> tuple[int, Any]:
    headers = {} if token is None else {"Authorization": f"{scheme} {token}"}
    response = app.test_client().get("/api/v1/interviews", headers=headers)
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert set(response.json) == {"statusCode", "message"}
    return response.status_code, response.json


@pytest.fixture
def make_app(
    sqlite_database: Database, sqlite_app: Flask, settings: Settings
) -> Callable[..., Flask]:
    def make(**changes: Any) -> Flask:
        if not changes:
            return sqlite_app
        return create_app(replace(settings, **changes), database=sqlite_database)

    return make


FORGERIES: dict[str, Callable[[], str]] = {
    "no signature": lambda: ".".join(signed().split(".")[:2]) + ".",
    "signature cut off": lambda: ".".join(signed().split(".")[:2]),
    "signature of another token": lambda: ".".join(
        [*signed(sub="other").split(".")[:2], signed().split(".")[2]]
    ),
    "wrong key": lambda: signed("x" * 40),
    "alg none": lambda: f"{part({'alg': 'none'})}.{part(claims())}.",
    "alg None": lambda: f"{part({'alg': 'None'})}.{part(claims())}.",
    "alg NONE with a signature": lambda: (
        f"{part({'alg': 'NONE'})}.{part(claims())}.{signed().split('.')[2]}"
    ),
    "alg nOnE": lambda: f"{part({'alg': 'nOnE'})}.{part(claims())}.",
    "alg none and a blank": lambda: f"{part({'alg': 'none '})}.{part(claims())}.",
    "alg null": lambda: f"{part({'alg': None})}.{part(claims())}.",
    "alg empty": lambda: f"{part({'alg': ''})}.{part(claims())}.",
    "alg in lower case": lambda: by_hand("hs256", hashlib.sha256, SECRET),
    "alg twice": lambda: f"{part(ALG_TWICE)}.{part(claims())}.{signed().split('.')[2]}",
    "alg missing": lambda: f"{part({'typ': 'JWT'})}.{part(claims())}.{signed().split('.')[2]}",
    "alg a list": lambda: f"{part({'alg': ['HS256']})}.{part(claims())}.x",
    "HS384 with the same secret": lambda: by_hand("HS384", hashlib.sha384, SECRET),
    "RS256": lambda: signed(RSA_KEY, "RS256"),
    "expired": lambda: signed(exp=int(time.time()) - 60),
    "not yet valid": lambda: signed(nbf=int(time.time()) + 600),
    "typ of an ID token": lambda: signed(headers={"typ": "id+jwt"}),
    "typ of a logout token": lambda: signed(headers={"typ": "logout+jwt"}),
    "typ empty": lambda: hs256({"alg": "HS256", "typ": ""}),
    "typ a number": lambda: hs256({"alg": "HS256", "typ": 7}),
    "typ null": lambda: hs256({"alg": "HS256", "typ": None}),
    "made to live too long": lambda: signed(exp=int(time.time()) + 367 * DAY),
    "made to live too long and nearly over": lambda: signed(iat=int(time.time()) - 367 * DAY),
    "made to live too long and dated ahead": lambda: signed(
        iat=int(time.time()) + 300 * DAY, exp=int(time.time()) + 400 * DAY
    ),
    "sub of the service": lambda: signed(sub="service"),
    "sub of the service in capitals": lambda: signed(sub="SERVICE"),
    "sub of a key": lambda: signed(sub="key:ats"),
    "sub of a key in capitals": lambda: signed(sub="KEY:ats"),
    "nbf a word": lambda: signed(nbf="soon"),
    "no exp": lambda: signed(exp=...),
    "exp null": lambda: signed(exp=None),
    "exp a word": lambda: signed(exp="never"),
    "exp digits as text": lambda: signed(exp=str(int(time.time()) + 600)),
    "exp true": lambda: signed(exp=True),
    "exp zero": lambda: signed(exp=0),
    "exp in the year 10000": lambda: signed(exp=253_402_300_800),
    "exp huge": lambda: signed(exp=10**300),
    "exp a list": lambda: signed(exp=[1]),
    "exp negative": lambda: signed(exp=-1),
    "exp NaN": lambda: raw_claims(b'{"sub":"me","tenantId":"acme","exp":NaN}'),
    "exp infinite": lambda: raw_claims(b'{"sub":"me","tenantId":"acme","exp":1e999}'),
    "exp of thousands of digits": lambda: raw_claims(
        b'{"sub":"me","tenantId":"acme","exp":' + b"9" * 5000 + b"}"
    ),
    "no sub": lambda: signed(sub=...),
    "empty sub": lambda: signed(sub=""),
    "sub with a line break": lambda: signed(sub="a\nb"),
    "sub a number": lambda: raw_claims(json.dumps(claims(sub=7)).encode()),
    "no tenant": lambda: signed(tenantId=...),
    "empty tenant": lambda: signed(tenantId=""),
    "tenant of blanks": lambda: signed(tenantId="  "),
    "tenant with a blank at its end": lambda: signed(tenantId="acme "),
    "tenant with U+0000": lambda: signed(tenantId="ac\x00me"),
    "tenant with a line break": lambda: signed(tenantId="acme\nother"),
    "tenant with a zero-width space": lambda: signed(tenantId="ac\u200bme"),
    "tenant a lone surrogate": lambda: raw_claims(json.dumps(claims(tenantId="\ud800")).encode()),
    "tenant null": lambda: signed(tenantId=None),
    "sub too long": lambda: signed(sub="x" * 256),
    "tenant too long": lambda: signed(tenantId="x" * 101),
    "tenant a number": lambda: signed(tenantId=1),
    "tenant a list": lambda: signed(tenantId=["acme"]),
    "tenant an object": lambda: signed(tenantId={"id": "acme"}),
    "refresh token": lambda: signed(type="refresh"),
    "claims no object": lambda: raw_claims(b"[1]"),
    "claims no JSON": lambda: raw_claims(b"nonsense"),
    "claims nested too deep": lambda: raw_claims(b'{"a":' * 3000 + b"1" + b"}" * 3000),
    "header nested too deep": lambda: (
        f"{part(b'[' * 3000 + b']' * 3000)}.{part(claims())}.{signed().split('.')[2]}"
    ),
    "header no object": lambda: f"{part([1])}.{part(claims())}.x",
    "claims with a number of many digits": lambda: raw_claims(
        b'{"sub":"me","tenantId":"acme","n":' + b"9" * 5000 + b"}"
    ),
    "claims not UTF-8": lambda: raw_claims(b'{"sub":"\xff"}'),
    "key id a list": lambda: f"{part({'alg': 'HS256', 'kid': ['x']})}.{part(claims())}.x",
    "key id a number": lambda: f"{part({'alg': 'HS256', 'kid': 7})}.{part(claims())}.x",
    "crit header": lambda: signed(headers={"crit": ["b64"], "b64": False}),
    "huge": lambda: signed(padding="x" * 1_000_000),
    "not base64": lambda: "!!!.###.???",
    "padded base64": lambda: signed() + "==",
    "a blank inside": lambda: signed().replace(".", ". ", 1),
    "one part": lambda: "token",
    "empty parts": lambda: "..",
    "five parts": lambda: "a.b.c.d.e",
    "not ASCII": lambda: "tökén.ä.ö",
}


MESSAGES = {
    "Token is invalid",
    "Token is invalid: it is too long",
    "Token is invalid: it is a refresh token",
    "Token is invalid: it is of another type",
    "Token is invalid: it is made to live too long",
    "Token is invalid: its sub claim is reserved",
    "Token is invalid: it has no usable exp claim",
    "Token is invalid: it has no usable sub claim",
    "Token is invalid: it has no usable tenant claim",
    "Token has expired",
    "Token is not valid yet",
    "Token signature is invalid",
    "Token algorithm is not accepted",
}


def raw_claims(payload: bytes) -> str:
    """Return a token that is well signed, whatever its payload is."""
    return jwt.api_jws.encode(payload, SECRET, algorithm="HS256")


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_token_is_401(sqlite_app: Flask, forge: Callable[[], str]) -> None:
    status, body = ask(sqlite_app, forge())
    assert (status, body["statusCode"]) == (401, 401)
    assert body["message"] in MESSAGES


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "HS256"},
        {"alg": "HS256", "typ": "JWT"},
        {"alg": "HS256", "typ": "jwt"},
        {"alg": "HS256", "typ": "at+jwt"},
        {"alg": "HS256", "typ": "AT+JWT"},
    ],
    ids=str,
)
def test_a_token_says_that_it_is_one_or_nothing(sqlite_app: Flask, header: Any) -> None:
    assert ask(sqlite_app, hs256(header))[0] == 200


@pytest.mark.parametrize("iat", [600, -600, "soon", None, 10**300, [1]], ids=str)
def test_when_a_token_was_issued_is_no_reason_to_refuse_it(sqlite_app: Flask, iat: Any) -> None:
    given = int(time.time()) + iat if isinstance(iat, int) and abs(iat) == 600 else iat
    assert ask(sqlite_app, signed(iat=given))[0] == 200


@pytest.mark.parametrize(
    ("days", "lives", "status"), [(1, 0.9, 200), (1, 1.1, 401), (0, 5000, 200), (366, 365, 200)]
)
def test_a_token_may_be_made_to_live_as_long_as_is_set(
    make_app: Callable[..., Flask], days: int, lives: float, status: int
) -> None:
    app = make_app(jwt_max_age=days)
    now = int(time.time())
    assert ask(app, signed(iat=now, exp=now + int(lives * DAY)))[0] == status
    assert ask(app, signed(exp=now + int(lives * DAY)))[0] == status


@pytest.mark.parametrize("subject", ["services", "service@example.com", "keys", "me:key"])
def test_other_subjects_are_nobodys_own(sqlite_app: Flask, subject: str) -> None:
    assert ask(sqlite_app, signed(sub=subject))[0] == 200


def test_none_is_no_audience_and_no_issuer_of_its_own(make_app: Callable[..., Flask]) -> None:
    app = make_app(jwt_issuer="none", jwt_audience="none")
    assert ask(app, signed(iss="https://anybody.example.com", aud="anything"))[0] == 200


def test_without_a_token_it_is_401(sqlite_app: Flask) -> None:
    message = "Missing bearer token: send Authorization: Bearer <jwt>"
    assert ask(sqlite_app, None) == (401, {"statusCode": 401, "message": message})
    assert ask(sqlite_app, signed(), "Basic")[0] == 401
    assert ask(sqlite_app, "")[0] == 401
    assert ask(sqlite_app, signed(), "bearer")[0] == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("BEARER {}", 200),
        ("  Bearer   {}  ", 200),
        ("Bearer{}", 401),
        ("Bearer\t{}", 401),
        ("{}", 401),
        ("Bearer", 401),
        ("Bearer Bearer {}", 401),
        ("Bearer {0} {0}", 401),
        ("Bearer {0},Bearer {0}", 401),
        ("Basic x, Bearer {}", 401),
        ('Bearer "{}"', 401),
    ],
)
def test_a_token_stands_alone_after_its_scheme(sqlite_app: Flask, header: str, status: int) -> None:
    sent = {"Authorization": header.format(signed())}
    assert sqlite_app.test_client().get("/api/v1/interviews", headers=sent).status_code == status


@pytest.mark.parametrize("kid", ["../../../../dev/null", "' OR 1=1 --", "x" * 5000, "\u0000"])
def test_a_key_id_means_nothing_where_there_is_one_key(sqlite_app: Flask, kid: str) -> None:
    assert ask(sqlite_app, signed(headers={"kid": kid}))[0] == 200
    assert ask(sqlite_app, signed("x" * 40, headers={"kid": kid}))[0] == 401


@pytest.mark.parametrize(("tenant", "status"), [("x" * 100, 200), ("x" * 101, 401), ("x", 200)])
def test_a_tenant_has_1_to_100_characters(sqlite_app: Flask, tenant: str, status: int) -> None:
    assert ask(sqlite_app, signed(tenantId=tenant))[0] == status


def test_of_a_claim_that_comes_twice_the_last_counts(sqlite_app: Flask) -> None:
    exp = int(time.time()) + 600
    twice = f'{{"sub":"me","exp":{exp},"tenantId":"acme","tenantId":"","permissions":[]}}'
    assert ask(sqlite_app, raw_claims(twice.encode()))[0] == 401


def test_the_leeway_is_as_set(make_app: Callable[..., Flask]) -> None:
    strict, lenient = make_app(jwt_leeway=0), make_app(jwt_leeway=300)
    late = signed(exp=int(time.time()) - 100)
    assert (ask(strict, late)[0], ask(lenient, late)[0]) == (401, 200)


def test_issuer_and_audience_are_checked_where_set(make_app: Callable[..., Flask]) -> None:
    app = make_app(jwt_issuer="https://idp.example.com/", jwt_audience="interviews")
    good = {"iss": "https://idp.example.com/", "aud": ["other", "interviews"]}
    assert ask(app, signed(**good))[0] == 200
    for wrong in ({**good, "aud": "other"}, {**good, "iss": "https://evil.example.com/"}, {}):
        assert ask(app, signed(**wrong))[0] == 401


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        (["interview:read"], 200),
        ("interview:create interview:read", 200),
        (["interview:*"], 200),
        (["*"], 403),
        (["interview:readX", "Interview:Read"], 403),
        ([], 403),
        (None, 403),
        ({"interview:read": True}, 403),
        ([["interview:read"]], 403),
        (7, 403),
    ],
)
def test_permissions_are_taken_as_they_stand(
    sqlite_app: Flask, permissions: Any, status: int
) -> None:
    found, body = ask(sqlite_app, signed(permissions=permissions))
    assert found == status
    if status == 403:
        assert body["message"] == "Insufficient permissions. Required: interview:read"


def test_claims_may_be_nested_or_named_with_dots(make_app: Callable[..., Flask]) -> None:
    nested = make_app(jwt_tenant_claim="org.id", jwt_permissions_claim="realm_access.roles")
    token = signed(
        tenantId=..., permissions=..., org={"id": "acme"}, realm_access={"roles": ["interview:*"]}
    )
    assert ask(nested, token)[0] == 200
    assert ask(nested, signed(tenantId=..., org="acme"))[0] == 401
    url = "https://example.com/tenant"
    dotted = make_app(jwt_tenant_claim=url)
    assert ask(dotted, signed(tenantId=..., **{url: "acme"}))[0] == 200


def test_a_token_that_was_good_is_refused_once_it_has_expired(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed(exp=int(time.time()) + 5)
    assert ask(sqlite_app, token)[0] == 200
    later = time.time() + 60
    monkeypatch.setattr(auth.time, "time", lambda: later)
    monkeypatch.setattr(jwt.api_jwt, "datetime", _Frozen(later))
    assert ask(sqlite_app, token)[0] == 401


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"exp": -10}, 401),
        ({"exp": -9}, 200),
        ({"nbf": 10}, 200),
        ({"nbf": 11}, 401),
    ],
    ids=str,
)
def test_the_leeway_of_ten_seconds_ends_on_the_second(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, changes: dict[str, int], status: int
) -> None:
    now = int(time.time())
    token = signed(**{name: now + seconds for name, seconds in changes.items()})
    monkeypatch.setattr(auth.time, "time", lambda: float(now))
    monkeypatch.setattr(jwt.api_jwt, "datetime", _Frozen(now))
    assert ask(sqlite_app, token)[0] == status


class _Frozen:
    def __init__(self, moment: float) -> None:
        self._now = datetime.fromtimestamp(moment, UTC)

    def now(self, tz: Any = None) -> Any:
        return self._now


@pytest.mark.parametrize(
    ("algorithm", "key"), [("RS256", RSA_KEY), ("ES256", EC_KEY)], ids=["RS256", "ES256"]
)
def test_a_public_key_verifies_and_is_no_secret(
    make_app: Callable[..., Flask], tmp_path: Path, algorithm: str, key: Any
) -> None:
    path = tmp_path / "key.pem"
    path.write_text(pem(key))
    for public_key in (pem(key), str(path)):
        app = make_app(jwt_algorithm=algorithm, jwt_public_key=public_key)
        assert ask(app, signed(key, algorithm))[0] == 200
        assert ask(app, by_hand("HS256", hashlib.sha256, pem(key)))[0] == 401
        assert ask(app, signed())[0] == 401


class KeyServer:
    """An identity provider's key set, on loopback."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self.agents: list[str | None] = []
        self.fetches = 0
        self.broken = False
        self.body: bytes | None = None
        self.asked = Event()
        self.may_answer = Event()
        self.may_answer.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.fetches += 1
                outer.agents.append(self.headers["User-Agent"])
                outer.asked.set()
                outer.may_answer.wait(PATIENCE_SECONDS)
                body = outer.body or json.dumps({"keys": list(outer.keys.values())}).encode()
                self.send_response(500 if outer.broken else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/keys"
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def put(self, kid: str, key: Any) -> None:
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self.keys[kid] = {**jwk, "kid": kid, "use": "sig", "alg": "RS256"}

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def provider() -> Iterator[KeyServer]:
    provider = KeyServer()
    provider.put("one", RSA_KEY)
    yield provider
    provider.close()


def with_kid(kid: Any, key: Any = RSA_KEY, **changes: Any) -> str:
    return signed(key, "RS256", headers={"kid": kid}, **changes)


def test_keys_are_fetched_once_and_again_for_an_unknown_id_at_most_once_a_minute(
    make_app: Callable[..., Flask], provider: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    for number in range(3):
        assert ask(app, with_kid("one", number=number))[0] == 200
    assert provider.fetches == 1
    provider.put("two", OTHER_RSA_KEY)
    assert ask(app, with_kid("two", OTHER_RSA_KEY))[0] == 401
    assert provider.fetches == 1
    minute_later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: minute_later)
    assert ask(app, with_kid("two", OTHER_RSA_KEY))[0] == 200
    for number in range(5):
        assert ask(app, with_kid(f"unknown {number}"))[0] == 401
    assert provider.fetches == 2
    assert ask(app, with_kid("one", OTHER_RSA_KEY))[0] == 401
    assert ask(app, signed(headers={"kid": "one"}))[0] == 401
    assert ask(app, signed(RSA_KEY, "RS256"))[0] == 401


def test_a_provider_that_is_away_is_503_and_known_keys_go_on_working(
    make_app: Callable[..., Flask], provider: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.broken = True
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    client = app.test_client()
    response = client.get(
        "/api/v1/interviews", headers={"Authorization": f"Bearer {with_kid('one')}"}
    )
    assert (response.status_code, response.json["message"]) == (
        503,
        "The identity provider's keys cannot be fetched",
    )
    assert int(response.headers["Retry-After"]) > 0
    provider.broken = False
    soon = time.monotonic() + 11
    monkeypatch.setattr(time, "monotonic", lambda: soon)
    assert ask(app, with_kid("one"))[0] == 200
    provider.broken = True
    later = soon + 120
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert ask(app, with_kid("three"))[0] == 503
    assert ask(app, with_kid("one", number=2))[0] == 200


@pytest.mark.parametrize(
    "body",
    [b"<html>Sign in</html>", b"[]", b'{"keys": []}', b'{"keys": 7}', b"[" * 5000, b"\xff"],
    ids=["a page", "a list", "no keys", "no list", "nested", "no text"],
)
def test_a_provider_that_answers_nonsense_is_503(
    make_app: Callable[..., Flask], provider: KeyServer, body: bytes
) -> None:
    provider.body = body
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    for _ in range(3):
        assert ask(app, with_kid("one"))[0] == 503
    assert provider.fetches == 1


def test_a_known_key_does_not_wait_while_an_unknown_one_is_looked_for(
    make_app: Callable[..., Flask], provider: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    assert ask(app, with_kid("one"))[0] == 200
    minute_later = time.monotonic() + 61
    monkeypatch.setattr(auth.time, "monotonic", lambda: minute_later)
    provider.asked.clear()
    provider.may_answer.clear()
    found: list[int] = []
    unknown = Thread(target=lambda: found.append(ask(app, with_kid("two"))[0]))
    unknown.start()
    try:
        assert provider.asked.wait(PATIENCE_SECONDS)
        assert ask(app, with_kid("one", number=2))[0] == 200
        assert found == []
    finally:
        provider.may_answer.set()
        unknown.join(PATIENCE_SECONDS)
    assert found == [401]


@pytest.mark.parametrize(
    "kid", [None, 7, ["one"], "", "../one", "one' OR '1'='1", "\u0000", "x" * 9000], ids=range(8)
)
def test_a_key_id_that_is_no_key_is_401_and_fetches_nothing(
    make_app: Callable[..., Flask], provider: KeyServer, kid: Any
) -> None:
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    assert ask(app, with_kid("one"))[0] == 200
    header = part({"alg": "RS256", "kid": kid})
    assert ask(app, ".".join([header, *with_kid("one").split(".")[1:]]))[0] == 401
    assert provider.fetches == 1


@pytest.mark.parametrize("name", ["jku", "x5u"])
def test_keys_that_a_token_brings_along_are_neither_used_nor_fetched(
    sqlite_app: Flask, make_app: Callable[..., Flask], provider: KeyServer, name: str
) -> None:
    brought = {
        "kid": "one",
        "jwk": {"kty": "oct", "k": part(b"x" * 40), "kid": "one"},
        name: provider.url,
    }
    assert ask(sqlite_app, signed("x" * 40, headers=brought))[0] == 401
    fixed = make_app(jwt_algorithm="RS256", jwt_public_key=pem(OTHER_RSA_KEY))
    assert ask(fixed, signed(RSA_KEY, "RS256", headers=brought))[0] == 401
    assert provider.fetches == 0


def test_a_key_without_an_id_is_taken_where_it_is_the_only_one_that_fits(
    make_app: Callable[..., Flask], provider: KeyServer
) -> None:
    del provider.keys["one"]["kid"]
    curve = jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True)
    provider.keys["other kind"] = {**curve, "use": "sig"}
    provider.put("to encrypt", OTHER_RSA_KEY)
    provider.keys["to encrypt"]["use"] = "enc"
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    assert ask(app, signed(RSA_KEY, "RS256"))[0] == 200
    assert ask(app, with_kid("any"))[0] == 200
    assert ask(app, signed(OTHER_RSA_KEY, "RS256"))[0] == 401
    assert provider.agents == [f"interview-service/{__version__}"]


def test_a_token_without_a_key_id_is_taken_where_there_is_one_key(
    make_app: Callable[..., Flask], provider: KeyServer
) -> None:
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    assert ask(app, signed(RSA_KEY, "RS256"))[0] == 200
    assert ask(app, with_kid("another"))[0] == 401


def test_of_two_keys_without_an_id_none_is_guessed(
    make_app: Callable[..., Flask], provider: KeyServer
) -> None:
    provider.put("two", OTHER_RSA_KEY)
    for key in provider.keys.values():
        del key["kid"]
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    assert ask(app, signed(RSA_KEY, "RS256"))[0] == 401


def test_a_weak_key_of_the_provider_verifies_nothing(
    make_app: Callable[..., Flask], provider: KeyServer
) -> None:
    weak = rsa.generate_private_key(65537, 1024)
    provider.put("weak", weak)
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    assert ask(app, with_kid("one"))[0] == 200
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = with_kid("weak", weak)
    assert ask(app, token)[0] == 401


def test_a_key_that_the_provider_removed_is_refused_within_five_minutes(
    make_app: Callable[..., Flask], provider: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.put("two", OTHER_RSA_KEY)
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    assert ask(app, with_kid("one"))[0] == 200
    del provider.keys["one"]
    began, later = time.time(), time.monotonic() + 300
    monkeypatch.setattr(time, "monotonic", lambda: later)
    monkeypatch.setattr(time, "time", lambda: began + 300)
    assert ask(app, with_kid("one", number=1))[0] == 401
    assert ask(app, with_kid("two", OTHER_RSA_KEY))[0] == 200
    assert provider.fetches == 2


def test_keys_are_fetched_again_in_the_background_before_they_are_too_old(
    make_app: Callable[..., Flask], provider: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    assert ask(app, with_kid("one"))[0] == 200
    provider.asked.clear()
    provider.may_answer.clear()
    later = time.monotonic() + 200
    monkeypatch.setattr(time, "monotonic", lambda: later)
    for number in range(3):
        assert ask(app, with_kid("one", number=number))[0] == 200
    assert provider.asked.wait(PATIENCE_SECONDS)
    provider.may_answer.set()
    assert provider.fetches == 2


def test_one_caller_alone_waits_for_a_slow_provider(
    make_app: Callable[..., Flask], provider: KeyServer
) -> None:
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    provider.may_answer.clear()
    found: list[int] = []
    first = Thread(target=lambda: found.append(ask(app, with_kid("one"))[0]))
    first.start()
    try:
        assert provider.asked.wait(PATIENCE_SECONDS)
        for number in range(8):
            assert ask(app, with_kid(f"unknown {number}"))[0] == 503
        assert app.test_client().get("/health/live").status_code == 200
        assert found == []
        assert provider.fetches == 1
    finally:
        provider.may_answer.set()
        first.join(PATIENCE_SECONDS)
    assert found == [200]


def test_a_provider_that_never_ends_its_answer_is_left_after_the_deadline(
    make_app: Callable[..., Flask], provider: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_keys, "DEADLINE_SECONDS", 0.2)
    app = make_app(jwt_algorithm="RS256", jwt_jwks_url=provider.url)
    provider.may_answer.clear()
    try:
        assert ask(app, with_kid("one"))[0] == 503
        assert ask(app, with_kid("one"))[0] == 503
    finally:
        provider.may_answer.set()
    assert provider.fetches == 1
