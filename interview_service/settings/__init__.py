"""Every setting of the service: read from the environment once, typed, checked and described here.

The table in docs/settings.md is checked against `Settings` by a test.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from email.headerregistry import Address
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, cast

from environs import Env, EnvValidationError
from jwt.algorithms import get_default_algorithms
from jwt.exceptions import PyJWTError
from marshmallow import validate
from sqlalchemy.engine import URL

from interview_service.mail.relay import Relay, parse_sender
from interview_service.settings.databases import database_url, missing_driver, missing_module
from interview_service.settings.declaring import RATE, SettingsError, one_of, positive, setting
from interview_service.settings.files import MIN_SECRET_BYTES, check_dotenv, kept_secret

NOT_CHECKED = "none"
SYMMETRIC = ("HS256", "HS384", "HS512")
ASYMMETRIC = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "EdDSA")
MIN_METRICS_TOKEN = 16
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?", re.ASCII
)
_RETIRED = {
    "QUEUE_URL": "is not used any more: the database is the queue. For rate limits that processes "
    "share, set RATE_LIMIT_STORAGE_URL instead",
}


def default_processes() -> int:
    """Return how many web processes suit this machine: one a core, 2 to 8."""
    return min(max(os.cpu_count() or 2, 2), 8)


@dataclass(frozen=True)
class Settings:
    """The settings in use. A field's environment variable is its name in capitals."""

    database_url: str = setting(
        "str",
        "",
        "Where records are kept: `sqlite:///file`, `postgresql://user:password@host/name` or "
        "`mariadb://user:password@host/name`",
        shown="`INSTANCE_PATH/interviews.db`",
    )
    database_pool_size: int = setting(
        "int",
        0,
        "Connections that a web process keeps open to a server database, to read and to write each",
        shown="one a thread",
        validate=validate.Range(0, 200, error="must be a whole number from {min} to {max}"),
    )
    instance_path: Path = setting(  # noqa: RUF009 (a field, whose default is immutable)
        "path",
        Path("instance"),
        "Folder for the SQLite file and the generated secret",
        shown="`./instance`",
    )
    host: str = setting("str", "127.0.0.1", "Address to listen on; `0.0.0.0` for all")
    port: int = setting(
        "int",
        3009,
        "Port to listen on",
        validate=validate.Range(1, 65535, error="must be a port from {min} to {max}"),
    )
    web_concurrency: int = setting(
        "int",
        0,
        "Web processes",
        shown="one a core, 2 to 8",
        validate=validate.Range(0, 64, error="must be a whole number from {min} to {max}"),
    )
    web_threads: int = setting("int", 4, "Threads of a web process", validate=positive(128))
    public_url: str = setting(
        "str",
        "",
        "Where the world sees this service: links in invitations and mails begin with it",
        shown="`http://localhost:PORT`",
        validate=validate.Regexp(
            r"https?://[^\s/?#]+(/[^\s?#]*)?$", error="must be like https://interviews.example.com"
        ),
    )
    dashboard: str = setting(
        "str",
        "on",
        "Pages for people at `/`: `on` or `off`",
        validate=one_of("on", "off"),
    )
    jwt_secret_key: str = setting(
        "str",
        "",
        f"Secret that signs HS tokens, {MIN_SECRET_BYTES} bytes or more "
        "(48 for HS384, 64 for HS512)",
        shown="on SQLite made once and kept in `INSTANCE_PATH/jwt-secret`",
    )
    jwt_algorithm: str = setting(
        "str",
        "HS256",
        "The one algorithm that tokens must use: " + ", ".join((*SYMMETRIC, *ASYMMETRIC)),
        validate=one_of(*SYMMETRIC, *ASYMMETRIC),
    )
    jwt_public_key: str = setting(
        "str", "", "PEM public key (or the path of its file) for an RS, ES, PS or EdDSA algorithm"
    )
    jwt_jwks_url: str = setting(
        "str", "", "URL of the identity provider's JWKS, instead of `JWT_PUBLIC_KEY`"
    )
    jwt_issuer: str = setting(
        "str",
        "",
        "Required `iss` of a token; must be set with public keys, to `none` where any will do",
        shown="not checked",
    )
    jwt_audience: str = setting(
        "str",
        "",
        "Required `aud` of a token; must be set with public keys, to `none` where any will do",
        shown="not checked",
    )
    jwt_max_age: int = setting(
        "int",
        366,
        "Days that a token may be made to live, from `iat` to `exp`; 0 for no limit",
        validate=validate.Range(0, 36_500, error="must be a number of days from {min} to {max}"),
    )
    jwt_leeway: int = setting(
        "int",
        10,
        "Seconds by which clocks may differ when `exp` and `nbf` are checked",
        validate=validate.Range(0, 300, error="must be a number of seconds from {min} to {max}"),
    )
    jwt_tenant_claim: str = setting(
        "str", "tenantId", "Claim that names the tenant; dots reach into nested claims"
    )
    jwt_permissions_claim: str = setting(
        "str",
        "permissions",
        "Claim with the permissions, a list or a space-separated string; dots reach into nested "
        "claims",
    )
    jwt_role_claim: str = setting(
        "str",
        "",
        "Claim that names a role, for tokens without a permissions claim; `none` for no such claim",
        shown="`role` with HS algorithms, none with public keys",
    )
    rate_limit: str = setting(
        "str",
        "",
        "Requests that one subject of a tenant may make, such as `600/minute`; an address may fail "
        "to authenticate as often",
        shown="no limit",
        validate=RATE,
    )
    tenant_rate_limit: str = setting(
        "str",
        "",
        "Requests that all subjects of one tenant may make together, such as `6000/minute`",
        shown="no limit",
        validate=RATE,
    )
    rate_limit_storage_url: str = setting(
        "str",
        "",
        "Redis in which all web processes count requests together: `redis://host:6379/0`; while it "
        "is unreachable, and without it, each counts by itself",
        shown="none",
    )
    trusted_proxies: str = setting(
        "str",
        "",
        "Addresses or networks of the proxies whose `X-Forwarded-For` names the client, "
        "comma-separated: `10.0.0.5, 192.168.0.0/16`",
        shown="none",
    )
    cors_origins: str = setting(
        "str",
        "",
        "Origins of web pages elsewhere that may call the API, comma-separated: "
        "`https://app.example.com`",
        shown="none",
    )
    metrics_token: str = setting(
        "str",
        "",
        f"Bearer token of `/metrics`, {MIN_METRICS_TOKEN} characters or more; without one there is "
        "no such page",
        shown="none",
        validate=validate.Regexp(
            rf"[!-~]{{{MIN_METRICS_TOKEN},}}$",
            error=f"must be {MIN_METRICS_TOKEN} characters of ASCII or more, without blanks",
        ),
    )
    interview_engine: str = setting(
        "str",
        "builtin",
        "Who writes plans and assessments: `builtin` or `agno`",
        validate=one_of("builtin", "agno"),
    )
    interview_model: str = setting(
        "str",
        "",
        "The model of the agno engine: `openai:…`, `anthropic:…`, `ollama:…`",
    )
    interview_model_url: str = setting(
        "str", "", "Base URL of an OpenAI-compatible server, or of Ollama", shown="the provider's"
    )
    interview_model_key: str = setting(
        "str", "", "API key of the model's provider", shown="the provider's own variable"
    )
    engine_timeout: int = setting(
        "int",
        120,
        "Seconds that a model may take for one plan or assessment, all attempts together",
        validate=validate.Range(1, 3600, error="must be a number of seconds from {min} to {max}"),
    )
    engine_attempts: int = setting(
        "int", 2, "How often a model is asked until its answer is sound", validate=positive(10)
    )
    worker_threads: int = setting(
        "int",
        4,
        "Plans and assessments that one worker has written at a time",
        validate=positive(64),
    )
    webhook_threads: int = setting(
        "int",
        16,
        "Webhooks that one worker posts at a time, those that hang for over a second not counted: "
        "half for one tenant, an eighth for one receiver",
        validate=positive(256),
    )
    webhook_allow_private: bool = setting(
        "bool",
        False,
        "Let webhooks go to private addresses and over http: for development only",
    )
    smtp_url: str = setting(
        "str",
        "",
        "The mail server that mails are handed to: `smtp://user:password@host:587` (by STARTTLS), "
        "`smtps://host:465`, or `smtp://localhost:25?starttls=no` for one without TLS or password",
        shown="none: no mail is sent",
    )
    mail_from: str = setting(
        "str",
        "",
        "The address that mails come from, `Interviews <interviews@example.com>`; must be set with "
        "`SMTP_URL`",
    )
    log_level: str = setting(
        "str", "INFO", "Least level logged: " + ", ".join(LOG_LEVELS), validate=one_of(*LOG_LEVELS)
    )
    log_format: str = setting("str", "text", "`text` or `json`", validate=one_of("text", "json"))

    @classmethod
    def from_environment(cls, *, dotenv: Path | None = Path(".env")) -> "Settings":
        """Read the settings from the environment, and from `.env` what the environment lacks.

        :raise SettingsError: names every variable at fault at once.
        """
        env = Env(eager=False)
        if dotenv is not None and dotenv.exists():
            check_dotenv(dotenv)
            env.read_env(dotenv, recurse=False)
        values: dict[str, Any] = {}
        for each in fields(cls):
            parse = cast(Callable[..., Any], getattr(env, each.metadata["kind"]))
            name = each.name.upper()
            if not (env.str(name, "") or "").strip():
                values[each.name] = each.default
                continue
            values[each.name] = parse(name, each.default, **each.metadata["options"])
        retired = {name: _RETIRED[name] for name in _RETIRED if (env.str(name, "") or "").strip()}
        faults = _environs_faults(env) | retired
        sound = {name: value for name, value in values.items() if name.upper() not in faults}
        settings = cls(**sound)
        faults = {**settings._cross_faults(faults), **faults}
        if faults:
            raise SettingsError(faults)
        return settings

    @property
    def url(self) -> URL:
        """The database's URL with the driver that this service uses."""
        return database_url(self.database_url, self.instance_path)

    @property
    def shown_url(self) -> str:
        """The database's URL as people may see it: without its password and its parameters."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the records are in a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def processes(self) -> int:
        """How many web processes to run."""
        return self.web_concurrency or default_processes()

    @property
    def pool_size(self) -> int:
        """How many connections one process keeps to a server database."""
        return self.database_pool_size or self.web_threads

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of `TRUSTED_PROXIES`.

        :raise ValueError: one of them is none.
        """
        named = (each.strip() for each in self.trusted_proxies.split(","))
        return tuple(ip_network(each) for each in named if each)

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of `CORS_ORIGINS`, as browsers write them.

        :raise ValueError: one of them is none.
        """
        named = tuple(each.strip() for each in self.cors_origins.split(","))
        wrong = [each for each in named if each and not _ORIGIN.fullmatch(each)]
        if wrong:
            raise ValueError(f"not an origin: {wrong[0]}")
        return tuple(each for each in named if each)

    @property
    def public_key(self) -> str:
        """The PEM text of `JWT_PUBLIC_KEY`, read from its file where it names one."""
        if not self.jwt_public_key or "-----BEGIN" in self.jwt_public_key:
            return self.jwt_public_key.replace("\\n", "\n")
        return Path(self.jwt_public_key).read_text(encoding="ascii")

    @property
    def required_issuer(self) -> str | None:
        """The `iss` that a token must have; None where any will do."""
        return None if self.jwt_issuer in ("", NOT_CHECKED) else self.jwt_issuer

    @property
    def required_audience(self) -> str | None:
        """The `aud` that a token must have; None where any will do."""
        return None if self.jwt_audience in ("", NOT_CHECKED) else self.jwt_audience

    @property
    def secret_file(self) -> Path:
        """Where a generated secret is kept."""
        return self.instance_path / "jwt-secret"

    @property
    def seen_at(self) -> str:
        """Where the world sees this service, without a slash at its end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def sends_mail(self) -> bool:
        """Tell whether the service sends mail."""
        return bool(self.smtp_url)

    @property
    def relay(self) -> Relay:
        """The mail server of `SMTP_URL`.

        :raise ValueError: it names none that can be used.
        """
        return Relay.of(self.smtp_url)

    @property
    def sender(self) -> Address:
        """Who mails come from.

        :raise ValueError: `MAIL_FROM` is no address.
        """
        return parse_sender(self.mail_from)

    @property
    def role_claim(self) -> str | None:
        """The claim that names a role; an identity provider's roles are its own by default."""
        default = "role" if self.jwt_algorithm in SYMMETRIC else NOT_CHECKED
        named = self.jwt_role_claim or default
        return None if named == NOT_CHECKED else named

    def session_secret(self) -> str | None:
        """Return what the key of session tokens is derived from.

        None where tokens have public keys, the database is a server's and no secret is set: each
        machine would make one of its own, and refuse the others' sessions.
        """
        if self.jwt_algorithm in SYMMETRIC or self.jwt_secret_key or self.is_sqlite:
            return self.secret()
        return None

    def secret(self) -> str:
        """Return the secret of HS tokens; on SQLite one is made, once, where none is set."""
        return self.jwt_secret_key or kept_secret(self.secret_file)

    def _cross_faults(self, known: Mapping[str, str]) -> dict[str, str]:
        """Return the faults that concern more than the form of one variable."""
        faults: dict[str, str] = {}
        sqlite = True
        try:
            sqlite = self.is_sqlite
            missing = missing_driver(self.url)
            if missing:
                faults["DATABASE_URL"] = missing
        except ValueError as error:
            faults["DATABASE_URL"] = str(error)
        storage = self.rate_limit_storage_url
        if storage and not storage.startswith(("redis://", "rediss://", "unix://")):
            faults["RATE_LIMIT_STORAGE_URL"] = "must be a redis:// URL"
        elif storage and (missing := missing_module("redis", "redis")):
            faults["RATE_LIMIT_STORAGE_URL"] = missing
        try:
            _ = self.proxies
        except ValueError:
            faults["TRUSTED_PROXIES"] = (
                "must be addresses or networks, comma-separated, such as 10.0.0.5, 192.168.0.0/16"
            )
        try:
            _ = self.origins
        except ValueError:
            faults["CORS_ORIGINS"] = (
                "must be origins, comma-separated, such as https://app.example.com: scheme, host "
                "and port in lower case, no path, no *"
            )
        faults |= self._mail_faults()
        if self.interview_engine == "agno" and ":" not in self.interview_model:
            faults["INTERVIEW_MODEL"] = "must name provider and model, such as openai:gpt-5-mini"
        if _overlap(self.jwt_tenant_claim, self.jwt_permissions_claim):
            faults["JWT_PERMISSIONS_CLAIM"] = "must be another claim than that of JWT_TENANT_CLAIM"
        if "JWT_ALGORITHM" not in known:
            others = (self.jwt_tenant_claim, self.jwt_permissions_claim)
            if self.role_claim and any(_overlap(self.role_claim, each) for each in others):
                faults["JWT_ROLE_CLAIM"] = "must be another claim than those of the other two"
            faults |= self._key_faults(sqlite)
        return faults

    def _mail_faults(self) -> dict[str, str]:
        faults: dict[str, str] = {}
        try:
            _ = self.sends_mail and self.relay
        except ValueError as error:
            faults["SMTP_URL"] = str(error)
        try:
            _ = self.mail_from and self.sender
        except ValueError as error:
            faults["MAIL_FROM"] = str(error)
        if self.sends_mail and not self.mail_from:
            faults["MAIL_FROM"] = "must be set with SMTP_URL, to the address that mails come from"
        return faults

    def _key_faults(self, sqlite: bool) -> dict[str, str]:
        if self.jwt_algorithm in SYMMETRIC:
            given = [name for name in ("jwt_public_key", "jwt_jwks_url") if getattr(self, name)]
            if given:
                return {
                    "JWT_ALGORITHM": f"must be RS256 or another with public keys where "
                    f"{given[0].upper()} is set, not {self.jwt_algorithm}"
                }
            least = _min_secret_bytes(self.jwt_algorithm)
            length = len(self.jwt_secret_key.encode())
            if self.jwt_secret_key and length < least:
                return {
                    "JWT_SECRET_KEY": f"must have {least} bytes or more for {self.jwt_algorithm}, "
                    f"it has {length}"
                }
            if not self.jwt_secret_key and not sqlite:
                return {
                    "JWT_SECRET_KEY": f"must be set, to {least} bytes or more, on a "
                    'server database: python3 -c "import secrets; '
                    'print(secrets.token_urlsafe(48))"'
                }
            return {}
        missing = {
            name.upper(): "must be set with public keys: to what tokens must have there, or to "
            f"`{NOT_CHECKED}`"
            for name in ("jwt_audience", "jwt_issuer")
            if not getattr(self, name)
        }
        return {**missing, **self._public_key_faults()}

    def _public_key_faults(self) -> dict[str, str]:
        if bool(self.jwt_public_key) == bool(self.jwt_jwks_url):
            return {
                "JWT_PUBLIC_KEY": f"{self.jwt_algorithm} wants either JWT_PUBLIC_KEY or "
                "JWT_JWKS_URL"
            }
        if self.jwt_jwks_url and not self.jwt_jwks_url.startswith(("https://", "http://")):
            return {"JWT_JWKS_URL": "must be an http(s) URL"}
        try:
            key = self.public_key
        except (OSError, UnicodeDecodeError):
            return {"JWT_PUBLIC_KEY": "must be a PEM public key or the path of a readable file"}
        if not self.jwt_public_key:
            return {}
        if "PUBLIC KEY-----" not in key:
            return {"JWT_PUBLIC_KEY": "must be a PEM public key, or the path of its file"}
        algorithm = get_default_algorithms()[self.jwt_algorithm]
        try:
            weakness = algorithm.check_key_length(algorithm.prepare_key(key))
        except (PyJWTError, ValueError, TypeError):
            return {"JWT_PUBLIC_KEY": f"must be a public key that {self.jwt_algorithm} can use"}
        return {"JWT_PUBLIC_KEY": "must be an RSA key of 2048 bits or more"} if weakness else {}


def _min_secret_bytes(algorithm: str) -> int:
    """Return how many bytes a secret must have: as many as the hash gives (RFC 7518, 3.2)."""
    return max(MIN_SECRET_BYTES, int(algorithm.removeprefix("HS")) // 8)


def _overlap(one: str, other: str) -> bool:
    """Tell whether two dotted paths name one claim, or a claim and a part of it."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _environs_faults(env: Env) -> dict[str, str]:
    try:
        env.seal()
    except EnvValidationError as error:
        messages = cast(Mapping[str, list[str]], error.error_messages)
        return {name: " ".join(str(each) for each in messages[name]) for name in messages}
    return {}


def describe() -> list[tuple[str, str, str]]:
    """Return a (variable, default, description) row for each setting, as the README shows them."""
    rows = []
    for each in fields(Settings):
        shown = each.metadata["shown"]
        if shown is None:
            shown = f"`{each.default}`" if each.default not in ("", None) else "none"
        rows.append((each.name.upper(), shown, each.metadata["doc"]))
    return rows
