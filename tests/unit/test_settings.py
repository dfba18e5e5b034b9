"""The settings: their defaults, where they are read from, and every fault named at once."""

import os
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from shlex import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from interview_service.mail.relay import Relay, Security
from interview_service.settings import Settings
from interview_service.settings.databases import database_url
from interview_service.settings.declaring import SettingsError
from interview_service.settings.files import readable_secrets

SECRET = "a secret of the tests, long enough for HS256"
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
FOLDER = Path("/var/lib/interviews")


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*form).decode()


def private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take every setting out of the environment, and put it back after the test."""
    for each in fields(Settings):
        monkeypatch.setenv(each.name.upper(), "")
        monkeypatch.delenv(each.name.upper())
    monkeypatch.chdir(tmp_path)


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Settings.from_environment()


ANY = {"JWT_AUDIENCE": "none", "JWT_ISSUER": "none"}


def faults(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, str]:
    """Return what is said of settings that cannot be used; nothing of it is a secret."""
    with pytest.raises(SettingsError) as caught:
        read(monkeypatch, **variables)
    for name, fault in caught.value.faults.items():
        assert f" {name}: {fault}" in str(caught.value)
        assert "\n" not in fault
    return caught.value.faults


def test_with_nothing_set_everything_has_its_default(tmp_path: Path) -> None:
    settings = Settings.from_environment()
    assert settings == Settings()
    assert str(settings.url) == f"sqlite:///{tmp_path}/instance/interviews.db"
    assert (settings.host, settings.port, settings.jwt_algorithm) == ("127.0.0.1", 3009, "HS256")
    assert settings.is_sqlite
    assert 2 <= settings.processes <= 8
    assert settings.pool_size == settings.web_threads == 4


def test_a_blank_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, PORT="", LOG_LEVEL="  ", JWT_SECRET_KEY=" ") == Settings()


def test_every_variable_is_read_with_its_type(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = read(
        monkeypatch,
        INSTANCE_PATH=str(tmp_path),
        PORT="8080",
        WEB_CONCURRENCY="3",
        DATABASE_POOL_SIZE="7",
        WEBHOOK_ALLOW_PRIVATE="true",
        RATE_LIMIT="600/minute",
        LOG_FORMAT="json",
        JWT_SECRET_KEY=SECRET,
    )
    assert settings == Settings(
        instance_path=tmp_path,
        port=8080,
        web_concurrency=3,
        database_pool_size=7,
        webhook_allow_private=True,
        rate_limit="600/minute",
        log_format="json",
        jwt_secret_key=SECRET,
    )
    assert (settings.processes, settings.pool_size, settings.secret()) == (3, 7, SECRET)


def test_all_faults_are_told_at_once_each_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(
        monkeypatch,
        DATABASE_URL="oracle://somewhere/db",
        RATE_LIMIT_STORAGE_URL="amqp://somewhere",
        TENANT_RATE_LIMIT="often",
        TRUSTED_PROXIES="10.0.0.1, proxy",
        CORS_ORIGINS="https://app.example.com, https://app.example.com/page",
        METRICS_TOKEN="a secret",
        PORT="65536",
        WEB_CONCURRENCY="65",
        WEB_THREADS="many",
        JWT_SECRET_KEY="short",
        JWT_LEEWAY="-1",
        RATE_LIMIT="often",
        INTERVIEW_ENGINE="agno",
        WEBHOOK_ALLOW_PRIVATE="maybe",
        LOG_LEVEL="LOUD",
        LOG_FORMAT="xml",
    ) == {
        "DATABASE_URL": "must be sqlite, postgresql or mariadb, not oracle",
        "RATE_LIMIT_STORAGE_URL": "must be a redis:// URL",
        "TENANT_RATE_LIMIT": "must be like 600/minute",
        "TRUSTED_PROXIES": "must be addresses or networks, comma-separated, such as 10.0.0.5, "
        "192.168.0.0/16",
        "CORS_ORIGINS": "must be origins, comma-separated, such as https://app.example.com: "
        "scheme, host and port in lower case, no path, no *",
        "METRICS_TOKEN": "must be 16 characters of ASCII or more, without blanks",
        "PORT": "must be a port from 1 to 65535",
        "WEB_CONCURRENCY": "must be a whole number from 0 to 64",
        "WEB_THREADS": "must be a whole number",
        "JWT_SECRET_KEY": "must have 32 bytes or more for HS256, it has 5",
        "JWT_LEEWAY": "must be a number of seconds from 0 to 300",
        "RATE_LIMIT": "must be like 600/minute",
        "INTERVIEW_MODEL": "must name provider and model, such as openai:gpt-5-mini",
        "WEBHOOK_ALLOW_PRIVATE": "must be true or false",
        "LOG_LEVEL": "must be one of DEBUG, INFO, WARNING, ERROR",
        "LOG_FORMAT": "must be one of text, json",
    }


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("PORT", "1", "0"),
        ("PORT", "65535", "65536"),
        ("WEB_CONCURRENCY", "64", "65"),
        ("WEB_THREADS", "1", "0"),
        ("WEB_THREADS", "128", "129"),
        ("DATABASE_POOL_SIZE", "200", "201"),
        ("JWT_LEEWAY", "300", "301"),
        ("JWT_LEEWAY", "0", "0.5"),
        ("ENGINE_TIMEOUT", "3600", "3601"),
        ("ENGINE_ATTEMPTS", "10", "11"),
        ("WORKER_THREADS", "64", "65"),
        ("WEBHOOK_THREADS", "256", "257"),
    ],
)
def test_numbers_have_edges(
    monkeypatch: pytest.MonkeyPatch, name: str, good: str, bad: str
) -> None:
    assert getattr(read(monkeypatch, **{name: good}), name.lower()) == int(good)
    assert list(faults(monkeypatch, **{name: bad})) == [name]


# --- .env


def test_a_dotenv_file_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=4000\nHOST='0.0.0.0'\n# LOG_LEVEL=DEBUG\n")
    settings = read(monkeypatch, PORT="5000")
    assert settings == Settings(port=5000, host="0.0.0.0")


def test_a_fault_in_a_dotenv_file_is_told_as_any_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=none\n")
    assert faults(monkeypatch) == {"PORT": "must be a whole number"}


def test_a_dotenv_file_that_is_no_text_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe\n")
    assert faults(monkeypatch) == {".env": "must be a readable file in UTF-8"}


def test_lines_of_a_dotenv_file_that_cannot_be_read_are_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT 4000\n")
    assert faults(monkeypatch) == {".env": "must be NAME=value, in line 1"}
    (tmp_path / ".env").write_text("PORT=4000\nHOST: ::\n\nLOG_LEVEL='DEBUG\n")
    assert faults(monkeypatch) == {".env": "must be NAME=value, in lines 2, 4"}


def test_a_dotenv_folder_is_a_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert faults(monkeypatch) == {".env": "must be a readable file in UTF-8"}


def test_a_dotenv_file_of_a_folder_above_is_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PORT=4000\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert Settings.from_environment().port == 3009


# --- the secret


def test_on_sqlite_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings(instance_path=tmp_path / "instance")
    secret = settings.secret()
    assert len(secret.encode()) >= 32
    assert stat.S_IMODE(settings.secret_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.instance_path.stat().st_mode) == 0o700
    assert settings.secret() == secret
    assert Settings(instance_path=tmp_path / "other").secret() != secret
    assert os.listdir(settings.instance_path) == ["jwt-secret"]


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from interview_service.settings import Settings; "
        "sys.stdout.write('ready\\n'); sys.stdout.flush(); sys.stdin.readline(); "
        "print(Settings(instance_path=Path(sys.argv[1])).secret())"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "instance")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = {process.communicate(timeout=60)[0] for process in processes}
    assert answers == {(tmp_path / "instance" / "jwt-secret").read_text() + "\n"}
    assert os.listdir(tmp_path / "instance") == ["jwt-secret"]


def test_a_secret_that_was_kept_and_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "jwt-secret").write_text("short")
    with pytest.raises(SettingsError) as caught:
        Settings(instance_path=tmp_path).secret()
    assert list(caught.value.faults) == ["JWT_SECRET_KEY"]


def test_an_instance_path_that_is_a_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("")
    with pytest.raises(SettingsError) as caught:
        Settings(instance_path=tmp_path / "instance").secret()
    assert list(caught.value.faults) == ["INSTANCE_PATH"]


@pytest.mark.parametrize("url", ["postgresql://u:pw@db/interviews", "mariadb://u:pw@db/interviews"])
@pytest.mark.parametrize("secret", ["", "x" * 31])
def test_a_server_database_wants_a_secret_of_32_bytes(
    monkeypatch: pytest.MonkeyPatch, url: str, secret: str
) -> None:
    found = faults(monkeypatch, DATABASE_URL=url, JWT_SECRET_KEY=secret)
    assert list(found) == ["JWT_SECRET_KEY"]
    assert "32 bytes or more" in found["JWT_SECRET_KEY"]
    assert read(monkeypatch, DATABASE_URL=url, JWT_SECRET_KEY="x" * 32).secret() == "x" * 32


def test_a_secret_is_measured_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, JWT_SECRET_KEY="é" * 16).secret() == "é" * 16


@pytest.mark.parametrize(("algorithm", "least"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_secret_is_as_strong_as_its_algorithm(
    monkeypatch: pytest.MonkeyPatch, algorithm: str, least: int
) -> None:
    weak = faults(monkeypatch, JWT_ALGORITHM=algorithm, JWT_SECRET_KEY="x" * (least - 1))
    assert weak == {
        "JWT_SECRET_KEY": f"must have {least} bytes or more for {algorithm}, it has {least - 1}"
    }
    assert read(monkeypatch, JWT_SECRET_KEY="x" * least).secret() == "x" * least


def test_a_secret_that_is_made_is_strong_enough_for_every_algorithm(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = read(monkeypatch, JWT_ALGORITHM="HS512", INSTANCE_PATH=str(tmp_path)).secret()
    assert len(made.encode()) >= 64


# --- public keys


@pytest.mark.parametrize(
    "keys", [{"JWT_PUBLIC_KEY": pem(RSA_KEY)}, {"JWT_JWKS_URL": "https://idp.example.com/keys"}]
)
def test_with_public_keys_audience_and_issuer_must_be_said(
    monkeypatch: pytest.MonkeyPatch, keys: dict[str, str]
) -> None:
    found = faults(monkeypatch, JWT_ALGORITHM="RS256", **keys)
    assert list(found) == ["JWT_AUDIENCE", "JWT_ISSUER"]
    open_to_all = read(monkeypatch, **ANY)
    assert (open_to_all.required_audience, open_to_all.required_issuer) == (None, None)
    own = {"JWT_AUDIENCE": "interviews", "JWT_ISSUER": "https://idp.example.com/"}
    strict = read(monkeypatch, **own)
    assert (strict.required_audience, strict.required_issuer) == tuple(own.values())


def test_a_public_key_may_be_text_text_of_one_line_or_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = pem(RSA_KEY)
    path = tmp_path / "key.pem"
    path.write_text(text)
    for given in (text, text.replace("\n", "\\n"), str(path)):
        settings = read(monkeypatch, JWT_ALGORITHM="RS256", JWT_PUBLIC_KEY=given, **ANY)
        assert settings.public_key == text
    monkeypatch.setenv("JWT_PUBLIC_KEY", pem(EC_KEY))
    assert read(monkeypatch, JWT_ALGORITHM="ES256").public_key == pem(EC_KEY)


BROKEN = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/nowhere/key.pem",
        "/",
        "x" * 5000,
        BROKEN,
        pem(EC_KEY),
        private_pem(RSA_KEY),
        pem(rsa.generate_private_key(65537, 1024)),
    ],
    ids=["none", "no file", "a folder", "no path", "broken", "of another kind", "private", "weak"],
)
def test_a_public_key_that_cannot_be_used_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    found = faults(monkeypatch, JWT_ALGORITHM="RS256", JWT_PUBLIC_KEY=key, **ANY)
    assert list(found) == ["JWT_PUBLIC_KEY"]
    assert "PRIVATE" not in found["JWT_PUBLIC_KEY"]


def test_a_public_key_and_a_key_set_together_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://idp.example.com/keys"
    both = {"JWT_PUBLIC_KEY": pem(RSA_KEY), "JWT_JWKS_URL": url}
    assert list(faults(monkeypatch, JWT_ALGORITHM="RS256", **both, **ANY)) == ["JWT_PUBLIC_KEY"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("JWT_JWKS_URL", "https://idp.example.com/keys"), ("JWT_PUBLIC_KEY", pem(RSA_KEY))],
)
def test_public_keys_with_an_algorithm_of_a_shared_secret_are_a_fault(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    assert faults(monkeypatch, **{name: value}) == {
        "JWT_ALGORITHM": f"must be RS256 or another with public keys where {name} is set, not HS256"
    }


def test_the_algorithm_none_is_not_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("none", "NONE", "HS1", "hs256"):
        assert list(faults(monkeypatch, JWT_ALGORITHM=name)) == ["JWT_ALGORITHM"]


def test_a_key_set_is_fetched_over_http_only(monkeypatch: pytest.MonkeyPatch) -> None:
    found = faults(monkeypatch, JWT_ALGORITHM="ES256", JWT_JWKS_URL="file:///etc/keys.json", **ANY)
    assert found == {"JWT_JWKS_URL": "must be an http(s) URL"}


@pytest.mark.parametrize(
    ("tenant", "permissions"), [("a", "a"), ("a", "a.b"), ("a.b", "a"), ("tenantId", "tenantId")]
)
def test_the_tenant_and_the_permissions_are_claims_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tenant: str, permissions: str
) -> None:
    assert faults(monkeypatch, JWT_TENANT_CLAIM=tenant, JWT_PERMISSIONS_CLAIM=permissions) == {
        "JWT_PERMISSIONS_CLAIM": "must be another claim than that of JWT_TENANT_CLAIM"
    }
    assert read(monkeypatch, JWT_TENANT_CLAIM="a.b", JWT_PERMISSIONS_CLAIM="a.bc")


# --- the database's URL


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", "sqlite:////var/lib/interviews/interviews.db"),
        ("sqlite:///here.db", "sqlite:///here.db"),
        ("sqlite:////var/there.db", "sqlite:////var/there.db"),
        ("postgresql://u:p%40w@db:5433/name", "postgresql+psycopg://u:p%40w@db:5433/name"),
        ("postgres://db/name", "postgresql+psycopg://db/name"),
        ("postgresql+psycopg2://db/name", "postgresql+psycopg://db/name"),
        ("postgresql:///name", "postgresql+psycopg:///name"),
        ("mysql://u:pw@db/name", "mariadb+pymysql://u:pw@db/name?charset=utf8mb4"),
        ("mariadb://db/name?charset=latin1", "mariadb+pymysql://db/name?charset=utf8mb4"),
    ],
)
def test_a_database_url_names_the_driver_in_use(given: str, used: str) -> None:
    assert database_url(given, FOLDER).render_as_string(hide_password=False) == used


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("interviews.db", "must be a URL"),
        ("oracle://db/name", "not oracle"),
        ("sqlite://", "in-memory"),
        ("sqlite:///:memory:", "in-memory"),
        ("sqlite:///file::memory:?cache=shared&uri=true", "in-memory"),
        ("sqlite:///file:name?mode=memory&uri=true", "in-memory"),
        ("sqlite://name.db", "in-memory"),
        ("sqlite://folder/name.db", "must be sqlite:///file"),
        ("postgresql://db", "must name the database"),
        ("mariadb://db/", "must name the database"),
        ("postgresql://u:hunter2@db:port/name", "must be a URL"),
    ],
)
def test_a_database_url_that_cannot_be_used_is_a_fault(url: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        database_url(url, FOLDER)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hun@ter2@db/name",
        "postgresql://u:hun@ter2:hunter2@db/name",
        "postgresql://u:hunter2@db:hunter2/name",
        "postgresql://u:hunter2@db",
        "oracle://u:hunter2@db/name",
        "postgresql:/u:hunter2@db/name",
        "u:hunter2@db",
    ],
)
def test_no_password_is_told_with_a_fault(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    found = faults(monkeypatch, DATABASE_URL=url, JWT_SECRET_KEY=SECRET, RATE_LIMIT_STORAGE_URL=url)
    assert list(found) == ["DATABASE_URL", "RATE_LIMIT_STORAGE_URL"]
    assert "hun" not in str(found)
    assert "ter2" not in str(found)


def test_people_see_the_url_without_its_password_and_parameters() -> None:
    settings = Settings(database_url="postgresql://u:hunter2@db/name?password=hunter2")
    assert settings.shown_url == "postgresql+psycopg://u:***@db/name"


@pytest.mark.parametrize(
    ("url", "driver", "extra"),
    [
        ("postgresql://db/name", "psycopg", "postgresql"),
        ("mariadb://db/name", "pymysql", "mariadb"),
    ],
)
def test_a_driver_that_is_not_installed_is_a_fault_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, url: str, driver: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, driver, None)
    found = faults(monkeypatch, DATABASE_URL=url, JWT_SECRET_KEY=SECRET)
    assert found == {"DATABASE_URL": f"needs a driver: pip install 'interview-service[{extra}]'"}


def test_a_driver_that_cannot_be_imported_is_as_good_as_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "psycopg.py").write_text("raise ImportError('no pq wrapper available')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "psycopg", raising=False)
    found = faults(monkeypatch, DATABASE_URL="postgresql://db/name", JWT_SECRET_KEY=SECRET)
    assert found == {"DATABASE_URL": "needs a driver: pip install 'interview-service[postgresql]'"}


@pytest.mark.parametrize("url", ["redis://localhost:6379/0", "anything"])
def test_the_queue_url_of_earlier_versions_stops_the_start_and_names_its_successor(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    assert faults(monkeypatch, QUEUE_URL=url) == {
        "QUEUE_URL": "is not used any more: the database is the queue. For rate limits that "
        "processes share, set RATE_LIMIT_STORAGE_URL instead"
    }
    read(monkeypatch, QUEUE_URL=" ")


@pytest.mark.parametrize(
    ("mode", "warned"), [(0o600, False), (0o640, False), (0o644, True), (0o604, True)]
)
def test_a_secret_that_everybody_may_read_is_warned_of_with_the_command_that_mends_it(
    tmp_path: Path, mode: int, warned: bool
) -> None:
    dotenv, secret = tmp_path / "a folder.env", tmp_path / "jwt-secret"
    for path in (dotenv, secret):
        path.write_text("JWT_SECRET_KEY=" + SECRET)
        path.chmod(mode)
    warnings = readable_secrets(dotenv, secret)
    assert warnings == [
        f"{path} can be read by every user of this machine: chmod o-rwx {quote(str(path))}"
        for path in (dotenv, secret)
        if warned
    ]
    for warning in warnings:
        subprocess.run(warning.partition(": ")[2], shell=True, check=True)
    assert readable_secrets(dotenv, secret) == []


# --- pages of other origins


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "null",
        "app.example.com",
        "https://*.example.com",
        "https://app.example.com/",
        "https://APP.example.com",
        "https://app.example.com:0",
        "https://user@app.example.com",
        "https://a b",
        "ftp://app.example.com",
        "https://",
    ],
)
def test_what_is_no_origin_stops_the_start(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    assert list(faults(monkeypatch, CORS_ORIGINS=origins)) == ["CORS_ORIGINS"]


def test_origins_are_read_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    given = "https://app.example.com,http://localhost:3000 , http://[::1]:5173,"
    assert read(monkeypatch, CORS_ORIGINS=given).origins == (
        "https://app.example.com",
        "http://localhost:3000",
        "http://[::1]:5173",
    )


MAIL = {"MAIL_FROM": "Interviews <interviews@example.com>"}


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        (
            "smtp://ada:p%40ss%2F1@mail.example.com",
            Relay("mail.example.com", 587, Security.STARTTLS, "ada", "p@ss/1"),
        ),
        ("smtps://mail.example.com", Relay("mail.example.com", 465, Security.TLS)),
        ("smtp://[::1]:25?starttls=no", Relay("::1", 25, Security.NONE)),
    ],
)
def test_a_mail_server_is_protected_unless_it_is_said_otherwise(
    monkeypatch: pytest.MonkeyPatch, url: str, relay: Relay
) -> None:
    settings = read(monkeypatch, SMTP_URL=url, **MAIL)
    assert (settings.sends_mail, settings.relay) == (True, relay)
    assert settings.sender.addr_spec == "interviews@example.com"
    assert settings.sender.display_name == "Interviews"
    assert "p@ss" not in repr(settings.relay)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("mail.example.com:25", "must be like smtp://user:password@mail.example.com:587"),
        ("http://mail.example.com", "must be like smtp://"),
        ("smtp://mail.example.com:port", "must be like smtp://"),
        ("smtp://mail.example.com/path", "must be like smtp://"),
        ("smtp://ada@mail.example.com", "must be like smtp://"),
        ("smtp://ada:sec#ret@mail.example.com", "must be like smtp://"),
        ("smtp://ada:sec ret@mail.example.com", "must have the special characters"),
        ("smtp://mail.example.com?tls=no", "can have no parameter but starttls=no"),
        ("smtps://mail.example.com?starttls=no", "can have no parameter but starttls=no"),
        (
            "smtp://ada:secret@localhost:25?starttls=no",
            "cannot have a password with starttls=no: it would be sent unprotected",
        ),
    ],
)
def test_a_mail_server_that_cannot_be_used_is_a_fault_that_tells_no_password(
    monkeypatch: pytest.MonkeyPatch, url: str, fault: str
) -> None:
    found = faults(monkeypatch, SMTP_URL=url, **MAIL)
    assert list(found) == ["SMTP_URL"]
    assert found["SMTP_URL"].startswith(fault)
    assert "sec" not in found["SMTP_URL"]


@pytest.mark.parametrize(
    "sender",
    [
        *("nobody", "<>", "ada@example.com, grace@example.com", "ädä@example.com"),
        *("Ada, B <ada@example.com>", "Ada\r\nBcc: eve@example.com <ada@example.com>"),
    ],
)
def test_mails_come_from_one_address(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    url = "smtp://localhost?starttls=no"
    assert list(faults(monkeypatch, SMTP_URL=url, MAIL_FROM=sender)) == ["MAIL_FROM"]


def test_mails_come_from_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, SMTP_URL="smtp://localhost?starttls=no") == {
        "MAIL_FROM": "must be set with SMTP_URL, to the address that mails come from"
    }
