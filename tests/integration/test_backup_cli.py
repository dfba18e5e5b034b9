"""Backups that are taken while the service writes, and the other commands for operators."""

import json
import os
import re
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from click.testing import CliRunner, Result

from interview_service import lifecycle
from interview_service.app import create_app
from interview_service.cli import main
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from interview_service.settings import Settings
from interview_service.settings.databases import database_url
from tests.callers import BASE, Caller
from tests.conftest import SECRET, Server
from tests.e2e.conftest import SETTINGS, until
from tests.lives import SOMEBODY, interview_in

Run = Callable[..., Result]


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir()
    return folder


@pytest.fixture
def run(tmp_path: Path, instance: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with the test's own instance folder, and with more settings if given."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE_PATH", str(instance))

    def run(*arguments: str | Path, **settings: str) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments], env=settings)

    return run


@pytest.fixture
def database(sqlite_template: Path, instance: Path) -> Iterator[Database]:
    """The database of the instance folder."""
    path = instance / "interviews.db"
    shutil.copy(sqlite_template, path)
    database = Database(make_engine(database_url(f"sqlite:///{path}", Path())))
    yield database
    database.engine.dispose()


@pytest.fixture
def repository(database: Database) -> Repository:
    return Repository(database, "acme")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where a copy goes: a folder of its own."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "copy.db"


def told(result: Result) -> tuple[int, str, str]:
    """Return the exit status and what was printed, on both outputs."""
    return result.exit_code, result.stdout, result.stderr


def asked(path: Path, statement: str) -> Any:
    """Return the one value that a statement selects from a SQLite file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchone()[0]
    finally:
        connection.close()


# --- backup


def test_a_backup_says_what_it_wrote_and_only_its_owner_may_read_it(
    run: Run, repository: Repository, copy: Path
) -> None:
    lifecycle.create(repository, {"candidate_name": "Jane Smith"}, SOMEBODY)
    before = os.umask(0)
    try:
        result = run("backup", copy)
    finally:
        os.umask(before)
    size = copy.stat().st_size
    rows = r"\d+ rows in \d+ tables, counted on both sides"
    assert re.fullmatch(rf"wrote {copy} \({size} bytes\): {rows}\n", result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert list(copy.parent.iterdir()) == [copy]
    assert asked(copy, "SELECT candidate_name FROM interviews") == "Jane Smith"


def test_a_path_may_be_relative(run: Run, repository: Repository, tmp_path: Path) -> None:
    assert run("backup", "copy of today.db").exit_code == 0
    assert asked(tmp_path / "copy of today.db", "SELECT count(*) FROM interviews") == 0


def test_a_backup_that_is_taken_while_others_write_is_whole(
    run: Run, database: Database, copy: Path
) -> None:
    written: list[str] = []
    failures: list[Exception] = []
    stop = threading.Event()

    def write() -> None:
        repository = Repository(database, "acme")
        try:
            while not stop.is_set():
                made, _ = lifecycle.create(repository, {"candidate_name": "Jane"}, SOMEBODY)
                written.append(made.id)
        except Exception as error:
            failures.append(error)
            raise

    def wait_for(most: int) -> None:
        until(lambda: len(written) > most, "the writers to go on")

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        for number in range(3):
            wait_for(number * 20)
            begun = written[:]
            path = copy.with_name(f"{number}.db")
            assert run("backup", path).exit_code == 0
            most = len(written) + len(writers)
            wait_for(most)
            connection = sqlite3.connect(path)
            kept = {row[0] for row in connection.execute("SELECT id FROM interviews")}
            counted = connection.execute("SELECT sum(total) FROM state_totals").fetchone()[0]
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
            connection.close()
            assert set(begun) <= kept
            assert (sound, counted) == ("ok", len(kept))
            assert len(kept) <= most
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert failures == []


def test_a_new_instance_on_a_backup_serves_the_same_records(
    run: Run, database: Database, repository: Repository, copy: Path, tmp_path: Path
) -> None:
    options = Settings(instance_path=tmp_path, jwt_secret_key=SECRET)
    caller = Caller(create_app(options, database=database))
    interview_id = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    caller.create(candidateName="Ärztin 🚀", externalId="req-1")
    paths = (
        "/interviews",
        "/interviews?q=ÄRZTIN",
        f"/interviews/{interview_id}",
        f"/interviews/{interview_id}/plan",
        f"/interviews/{interview_id}/transcript",
        f"/interviews/{interview_id}/assessment",
        f"/workflow/interviews/{interview_id}/history",
    )
    before = [(caller.get(path).json, caller.get(path).headers.get("ETag")) for path in paths]
    assert run("backup", copy).exit_code == 0
    assert caller.delete(f"/interviews/{interview_id}").status_code == 204

    restored = tmp_path / "restored"
    restored.mkdir()
    copy.rename(restored / "interviews.db")
    options = Settings(instance_path=restored, jwt_secret_key=SECRET)
    app = create_app(options)
    other = Caller(app)
    assert [(other.get(path).json, other.get(path).headers.get("ETag")) for path in paths] == before
    assert app.test_client().get("/health/ready").status_code == 200
    assert other.put(f"/interviews/{interview_id}", {"companyName": "New"}).status_code == 200
    app.extensions["interview_service_database"].engine.dispose()


def test_what_is_there_already_is_not_written_over(
    run: Run, repository: Repository, copy: Path
) -> None:
    copy.write_text("something dear")
    assert told(run("backup", copy)) == (1, "", f"Error: {copy} exists already\n")
    assert copy.read_text() == "something dear"
    assert list(copy.parent.iterdir()) == [copy]
    fault = f"Error: {copy.parent} is a folder: name a file, or give --keep\n"
    assert told(run("backup", copy.parent)) == (1, "", fault)


def test_no_database_means_no_backup_in_one_line(run: Run, instance: Path, copy: Path) -> None:
    missing = instance / "interviews.db"
    assert told(run("backup", copy)) == (1, "", f"Error: there is no database at {missing}\n")
    assert list(copy.parent.iterdir()) == []
    assert list(instance.iterdir()) == []


def test_what_is_no_database_means_no_backup_in_one_line(
    run: Run, instance: Path, copy: Path
) -> None:
    (instance / "interviews.db").write_bytes(b"no database" * 1000)
    status, out, err = told(run("backup", copy))
    assert (status, out) == (1, "")
    assert err == "Error: no backup was written: file is not a database\n"
    assert list(copy.parent.iterdir()) == []


@pytest.mark.parametrize("where", ["missing", "/proc", *(["closed"] if os.geteuid() else [])])
def test_a_folder_that_cannot_be_written_to_means_no_backup_in_one_line(
    run: Run, repository: Repository, copy: Path, where: str
) -> None:
    folder = copy.parent / where
    if where == "closed":
        folder.mkdir(mode=0o500)
    before = sorted(copy.parent.rglob("*"))
    status, out, err = told(run("backup", folder / "copy.db"))
    assert (status, out) == (1, "")
    (line,) = err.splitlines()
    assert line.startswith("Error: no backup was written: [Errno ")
    assert sorted(copy.parent.rglob("*")) == before


def test_a_copy_that_cannot_be_finished_leaves_nothing(
    run: Run, repository: Repository, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("interview_service.cli.files.os.fsync", full)
    assert told(run("backup", copy)) == (
        1,
        "",
        "Error: no backup was written: [Errno 28] No space left on device\n",
    )
    assert list(copy.parent.iterdir()) == []


# --- db


def test_the_schema_is_upgraded_step_by_step_and_says_where_it_stands(
    run: Run, instance: Path
) -> None:
    newest = schema.newest()
    assert told(run("db", "current")) == (1, f"none ({newest} is wanted)\n", "")
    assert told(run("db", "upgrade")) == (0, f"upgraded from nothing to {newest}\n", "")
    assert told(run("db", "current")) == (0, f"{newest} (current)\n", "")
    assert told(run("db", "upgrade")) == (0, f"current: {newest}\n", "")
    engine = make_engine(database_url(f"sqlite:///{instance / 'interviews.db'}", Path()))
    schema.downgrade(engine, "-1")
    older = schema.current(engine)
    engine.dispose()
    assert told(run("db", "current")) == (1, f"{older} ({newest} is wanted)\n", "")
    assert told(run("db", "upgrade")) == (0, f"upgraded from {older} to {newest}\n", "")


def test_an_upgrade_makes_the_instance_folder(run: Run, instance: Path) -> None:
    instance.rmdir()
    assert run("db", "upgrade").exit_code == 0
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700
    assert (instance / "interviews.db").exists()


def test_only_its_owner_may_read_a_new_database_in_a_folder_of_everybodys(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "everybodys.db"
    before = os.umask(0)
    try:
        assert run("db", "upgrade", DATABASE_URL=f"sqlite:///{path}").exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("command", ["current", "upgrade"])
def test_what_is_no_database_is_said_in_one_line(run: Run, instance: Path, command: str) -> None:
    path = instance / "interviews.db"
    path.write_bytes(b"no database" * 1000)
    fault = f"Error: cannot use the database sqlite:///{path}: file is not a database\n"
    assert told(run("db", command)) == (1, "", fault)


def test_an_upgrade_warns_of_a_superuser_on_postgresql(run: Run, postgresql_server: Server) -> None:
    url = postgresql_server.url.set(database=postgresql_server.new_database().database)
    settings = {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "JWT_SECRET_KEY": SECRET,
    }
    status, out, err = told(run("db", "upgrade", **settings))
    assert (status, out) == (0, f"upgraded from nothing to {schema.newest()}\n")
    (line,) = err.splitlines()
    assert line.startswith("warning: the database role is a superuser or has BYPASSRLS")


# --- token


def claims(result: Result, **options: Any) -> dict[str, Any]:
    assert (result.exit_code, result.stderr) == (0, "")
    read: dict[str, Any] = jwt.decode(result.stdout.strip(), SECRET, ["HS256"], **options)
    return read


def test_a_token_is_for_all_of_interview_and_8_hours(run: Run) -> None:
    made = claims(run("token", "--tenant", "acme", "--subject", "me", JWT_SECRET_KEY=SECRET))
    assert (made["sub"], made["tenantId"], made["permissions"]) == ("me", "acme", ["interview:*"])
    assert made["exp"] - made["iat"] == timedelta(hours=8).total_seconds()


def test_a_token_has_the_permissions_that_were_named(run: Run) -> None:
    who = ("token", "--tenant", "acme", "--subject", "me")
    named = ("--permission", "interview:read", "--permission", "tenant:*")
    made = claims(run(*who, *named, JWT_SECRET_KEY=SECRET))
    assert made["permissions"] == ["interview:read", "tenant:*"]


@pytest.mark.parametrize(
    ("expires", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("7d", timedelta(days=7)),
        ("365d", timedelta(days=365)),
    ],
)
def test_a_token_is_good_for_as_long_as_was_asked(run: Run, expires: str, span: timedelta) -> None:
    who = ("token", "--tenant", "acme", "--subject", "me", "--expires", expires)
    made = claims(run(*who, JWT_SECRET_KEY=SECRET))
    assert made["exp"] - made["iat"] == span.total_seconds()


@pytest.mark.parametrize("expires", ["8", "0h", "-1h", "1y", "8 h", "", "1.5h", "٣h", "9999999d"])
def test_what_is_no_time_span_is_refused(run: Run, expires: str) -> None:
    result = run("token", "--tenant", "acme", "--subject", "me", "--expires", expires)
    fault = f"Invalid value for '--expires': {expires!r} is not a duration: write 30m, 8h or 7d"
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"Error: {fault}"


@pytest.mark.parametrize("missing", ["--tenant", "--subject"])
def test_a_token_wants_a_tenant_and_a_subject(run: Run, missing: str) -> None:
    given = {"--tenant": "acme", "--subject": "me"}
    del given[missing]
    result = run("token", *(each for pair in given.items() for each in pair))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"Error: Missing option '{missing}'."


@pytest.mark.parametrize("tenant", ["", " acme", "a\nb", "x" * 101])
def test_a_token_that_would_not_be_accepted_is_not_made(run: Run, tenant: str) -> None:
    result = run("token", "--tenant", tenant, "--subject", "me", JWT_SECRET_KEY=SECRET)
    assert told(result) == (
        1,
        "",
        "Error: the service would refuse this token: "
        "Token is invalid: it has no usable tenant claim\n",
    )


def test_a_token_has_the_claims_that_the_settings_want(run: Run) -> None:
    result = run(
        *("token", "--tenant", "acme", "--subject", "me"),
        JWT_SECRET_KEY=SECRET,
        JWT_TENANT_CLAIM="org.id",
        JWT_PERMISSIONS_CLAIM="realm_access.roles",
        JWT_ISSUER="https://issuer.example.com",
        JWT_AUDIENCE="interviews",
    )
    made = claims(result, audience="interviews", issuer="https://issuer.example.com")
    assert (made["org"], made["realm_access"]) == ({"id": "acme"}, {"roles": ["interview:*"]})


def test_a_token_that_would_speak_for_somebody_else_is_not_made(run: Run) -> None:
    who = ("token", "--tenant", "acme", "--subject")
    options = {"JWT_SECRET_KEY": SECRET, "JWT_TENANT_CLAIM": "sub"}
    fault = "Error: this token would speak for acme of acme, because JWT_TENANT_CLAIM is sub\n"
    assert told(run(*who, "me", **options)) == (1, "", fault)
    assert run(*who, "acme", **options).exit_code == 0


def test_a_token_of_a_new_secret_says_which_service_takes_it(run: Run, instance: Path) -> None:
    who = ("token", "--tenant", "acme", "--subject", "me")
    assert run(*who).stderr == (
        f"created the secret {instance / 'jwt-secret'}: "
        "a service with another INSTANCE_PATH will not accept this token\n"
    )
    assert run(*who).stderr == ""


def test_of_an_identity_providers_tokens_none_is_made(run: Run) -> None:
    result = run(
        *("token", "--tenant", "acme", "--subject", "me"),
        JWT_ALGORITHM="RS256",
        JWT_JWKS_URL="https://issuer.example.com/jwks",
        JWT_ISSUER="https://issuer.example.com",
        JWT_AUDIENCE="interviews",
    )
    fault = "Error: JWT_ALGORITHM is RS256: tokens come from your identity provider\n"
    assert told(result) == (1, "", fault)


def test_a_token_is_good_for_the_service_that_has_the_same_instance_folder(
    run: Run, database: Database, instance: Path
) -> None:
    made = run("token", "--tenant", "acme", "--subject", "me").stdout.strip()
    app = create_app(Settings(instance_path=instance), database=database)
    headers = {"Authorization": f"Bearer {made}"}
    assert app.test_client().get(f"{BASE}/interviews", headers=headers).status_code == 200
    assert stat.S_IMODE((instance / "jwt-secret").stat().st_mode) == 0o600


# --- openapi


def test_the_document_is_printed_as_it_is_served(
    run: Run, database: Database, tmp_path: Path
) -> None:
    result = run("openapi", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")
    assert not (tmp_path / "instance" / "jwt-secret").exists()
    app = create_app(Settings(instance_path=tmp_path, jwt_secret_key=SECRET), database=database)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == app.test_client().get("/api/openapi.json").json


@pytest.mark.parametrize("name", ["x#y", "p%41q", "a?b", "späte Ernte"])
def test_a_folder_may_have_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each in SETTINGS:
        monkeypatch.delenv(each, raising=False)
    folder = tmp_path / name
    monkeypatch.setenv("INSTANCE_PATH", str(folder))
    runner = CliRunner()
    assert runner.invoke(main, ["db", "upgrade"]).exit_code == 0
    assert (folder / "interviews.db").is_file()
    copy = tmp_path / "copy.db"
    assert runner.invoke(main, ["backup", str(copy)]).exit_code == 0
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT count(*) FROM interviews").fetchone() == (0,)
    connection.close()


def test_asking_for_the_revision_makes_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in SETTINGS:
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    answer = CliRunner().invoke(main, ["db", "current"])
    assert (answer.exit_code, answer.output) == (1, f"none ({schema.newest()} is wanted)\n")
    assert not (tmp_path / "interviews.db").exists()
