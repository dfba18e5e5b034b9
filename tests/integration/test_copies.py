"""Backups on all three databases: whole, of one moment, and restored into an empty database."""

import gzip
import os
import re
import shutil
import stat
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text
from sqlalchemy.engine import URL

from interview_service import lifecycle
from interview_service.app import create_app
from interview_service.cli import main
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.models import Base, InterviewModel
from interview_service.database.session import Database
from interview_service.database.snapshots import count_rows, snapshot
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from interview_service.settings import Settings
from tests.callers import Caller
from tests.conftest import SECRET, AppFactory, Hands, Server
from tests.e2e.conftest import SETTINGS, until
from tests.lives import SOMEBODY, interview_in

SUFFIXES = {"sqlite": "db", "postgresql": "dump", "mariadb": "sql.gz"}
COUNTED = r"\d+ rows in \d+ tables, counted on both sides"
Command = Callable[..., Result]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs a command on a database, in a folder of its own."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(url: URL, *arguments: str | Path, **more: str) -> Result:
        env = {
            "DATABASE_URL": url.render_as_string(hide_password=False),
            "JWT_SECRET_KEY": SECRET,
            **more,
        }
        return CliRunner().invoke(main, [str(each) for each in arguments], env=env)

    return run


def one_line(result: Result) -> str:
    """Return what a command that failed has said, without `Error: `."""
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    (line,) = result.stderr.splitlines()
    return line.removeprefix("Error: ")


def life_of(caller: Caller, repository: Repository) -> list[str]:
    """Bring an interview into every state, for a tenant with a webhook; return their ids."""
    caller.put("/tenant/settings", {"webhookUrl": "https://ats.example.com/hook"})
    return [interview_in(state, caller, repository) for state in State]


def told_by(caller: Caller, ids: list[str]) -> list[Any]:
    """Return all that the API tells of interviews, and of all of them together."""
    paths = ["/interviews", "/interviews?q=JANE", "/interviews/counts", "/interviews/changes"]
    for each in ids:
        paths += [f"/interviews/{each}{part}" for part in ("", "/plan", "/transcript", "/status")]
        paths += [f"/interviews/{each}/{part}" for part in ("assessment", "deliveries")]
        paths.append(f"/workflow/interviews/{each}/history")
    answers = [caller.get(path) for path in paths]
    return [(each.status_code, each.json, each.headers.get("ETag")) for each in answers]


def test_a_copy_taken_while_others_write_is_of_one_moment_and_comes_back_whole(
    database: Database,
    app_on: AppFactory,
    command: Command,
    empty_url: Callable[[str], URL],
    tmp_path: Path,
) -> None:
    callers = {tenant: Caller(app_on(database), tenant) for tenant in ("acme", "globex")}
    lives = {
        tenant: life_of(each, Repository(database, tenant)) for tenant, each in callers.items()
    }
    before = {tenant: told_by(callers[tenant], ids)[4:] for tenant, ids in lives.items()}
    stop, failures, written = threading.Event(), [], [0]

    def write() -> None:
        repository = Repository(database, "acme")
        try:
            while not stop.is_set():
                made, _ = lifecycle.create(repository, {"candidate_name": "Jane ä\n🚀"}, SOMEBODY)
                lifecycle.delete(repository, made.id, SOMEBODY)
                lifecycle.create(repository, {"candidate_name": "Jane ä\n🚀"}, SOMEBODY)
                written[0] += 1
        except Exception as error:
            failures.append(error)
            raise

    kind = database.backend.name
    copy = tmp_path / f"copy.{SUFFIXES[kind]}"
    writer = threading.Thread(target=write)
    writer.start()
    try:
        until(lambda: written[0] > 3, "the writer to go on")
        made = command(database.engine.url, "backup", copy)
        so_far = written[0]
        until(lambda: written[0] > so_far, "the writer to go on")
    finally:
        stop.set()
        writer.join()
    assert (failures, made.exit_code, made.stderr) == ([], 0, "")
    size = copy.stat().st_size
    assert re.fullmatch(rf"wrote {copy} \({size} bytes\): {COUNTED}\n", made.stdout)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    url = empty_url(kind)
    restored = command(url, "restore", copy)
    assert (restored.exit_code, restored.stderr) == (0, ""), restored.output
    assert re.fullmatch(rf"restored \S+: {COUNTED}\n", restored.stdout)
    other = Database(make_engine(url))
    app = create_app(Settings(instance_path=tmp_path, jwt_secret_key=SECRET), database=other)
    try:
        for tenant, ids in lives.items():
            caller = Caller(app, tenant)
            assert told_by(caller, ids)[4:] == before[tenant]
            kept = caller.get("/interviews?limit=1").json["meta"]["total"]
            with other.across_tenants() as session:
                of_tenant = select(InterviewModel.id).where(InterviewModel.tenant_id == tenant)
                rows = len(session.scalars(of_tenant).all())
            found = caller.get("/interviews?q=jane&limit=1").json["meta"]["total"]
            assert kept == rows == found + 1  # one lacks its candidate's name as yet
            assert caller.create()["workflowState"] == "RECEIVED"
        assert app.test_client().get("/health/ready").status_code == 200
    finally:
        other.engine.dispose()


def test_row_level_security_holds_in_a_restored_database(
    postgresql_server: Server, command: Command, migrated: Callable[[str], URL], tmp_path: Path
) -> None:
    copy, url = tmp_path / "copy.dump", postgresql_server.new_database()
    assert command(migrated("postgresql"), "backup", copy).exit_code == 0
    assert command(url, "restore", copy).exit_code == 0
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            forced = text("SELECT count(*) FROM pg_class WHERE relforcerowsecurity")
            policies = text("SELECT count(*) FROM pg_policies WHERE schemaname = 'public'")
            tables = connection.scalar(forced)
            assert tables == connection.scalar(policies) / 2
            assert tables > 10
    finally:
        engine.dispose()


def test_a_database_with_tables_is_not_restored_into(
    database: Database, command: Command, tmp_path: Path
) -> None:
    lifecycle.create(Repository(database, "acme"), {"candidate_name": "Jane"}, SOMEBODY)
    copy = tmp_path / "copy"
    url = database.engine.url
    assert command(url, "backup", copy).exit_code == 0
    with snapshot(url) as connection:
        before = count_rows(connection)
    fault = one_line(command(url, "restore", copy))
    assert re.fullmatch(r"\S+ is not empty, it has \d+ tables: nothing was restored", fault)
    assert "***" in fault or url.password is None
    with snapshot(url) as connection:
        assert count_rows(connection) == before


def test_a_copy_that_is_cut_off_is_not_restored(
    database: Database, command: Command, empty_url: Callable[[str], URL], tmp_path: Path
) -> None:
    lifecycle.create(Repository(database, "acme"), {"candidate_name": "Jane"}, SOMEBODY)
    copy, url = tmp_path / "copy", empty_url(database.backend.name)
    assert command(database.engine.url, "backup", copy).exit_code == 0
    os.truncate(copy, copy.stat().st_size * 9 // 10)
    one_line(command(url, "restore", copy))
    if url.database and url.get_backend_name() == "sqlite":
        assert not Path(url.database).exists()
        return
    engine = make_engine(url)
    assert schema.current(engine) is None
    engine.dispose()


def test_a_backup_is_restored_to_a_database_of_its_kind_alone(
    sqlite_database: Database, command: Command, empty_url: Callable[[str], URL], tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    assert command(sqlite_database.engine.url, "backup", copy).exit_code == 0
    fault = one_line(command(empty_url("postgresql"), "restore", copy))
    assert fault.startswith(f"{copy} is a backup of sqlite, and the database is postgresql:")
    copy.write_text("something else")
    assert one_line(command(empty_url("sqlite"), "restore", copy)) == f"{copy} is no backup"


def test_a_log_that_is_left_of_another_file_is_not_played_into_the_restored_one(
    sqlite_database: Database, command: Command, empty_url: Callable[[str], URL], tmp_path: Path
) -> None:
    copy, url = tmp_path / "copy", empty_url("sqlite")
    assert command(sqlite_database.engine.url, "backup", copy).exit_code == 0
    left = Path(f"{url.database}-wal")
    left.parent.mkdir()
    left.write_bytes(b"of another file")
    fault = one_line(command(url, "restore", copy))
    assert fault == f"{left} is left of a database that is gone: move it away first"
    left.unlink()
    assert command(url, "restore", copy).exit_code == 0


# --- programs and rights


PROGRAMS = {"postgresql": "pg_dump", "mariadb": "mariadb-dump"}


@pytest.fixture(params=PROGRAMS)
def served(request: pytest.FixtureRequest, migrated: Callable[[str], URL]) -> URL:
    """The URL of a database on a server, with rows in it, on each in turn."""
    url = migrated(request.param)
    database = Database(make_engine(url))
    lifecycle.create(Repository(database, "acme"), {"candidate_name": "Jane"}, SOMEBODY)
    database.engine.dispose()
    return url


def wrapped(folder: Path, name: str, script: str) -> str:
    """Put a script before a program; return the PATH that finds it. $REAL is the program itself."""
    folder.mkdir()
    path = folder / name
    path.write_text(f"#!/bin/sh\nREAL={shutil.which(name)}\n{script}\n")
    path.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_a_program_that_is_missing_is_named(served: URL, command: Command, tmp_path: Path) -> None:
    name = PROGRAMS[served.get_backend_name()]
    copy = tmp_path / "copy"
    fault = one_line(command(served, "backup", copy, PATH=str(tmp_path)))
    package = f"{served.get_backend_name()}-client"
    expected = f"{name} is not installed: install your system's package {package}"
    assert fault == f"no backup was written: {expected}"
    assert not copy.exists()


def test_a_program_that_is_older_than_the_server_is_refused(
    served: URL, command: Command, tmp_path: Path
) -> None:
    name = PROGRAMS[served.get_backend_name()]
    says = "(PostgreSQL) 9.6.24" if name == "pg_dump" else "Distrib 5.5.68-MariaDB"
    path = wrapped(tmp_path / "bin", name, f"echo '{name} {says}'")
    fault = one_line(command(served, "backup", tmp_path / "copy", PATH=path))
    assert re.fullmatch(
        rf"no backup was written: {name} is of version [\d.]+ and the server of [\d.]+: "
        "install the client programs of the server's version",
        fault,
    )


def test_a_password_stands_on_no_command_line(
    served: URL, command: Command, tmp_path: Path
) -> None:
    name = PROGRAMS[served.get_backend_name()]
    seen = tmp_path / "seen"
    path = wrapped(tmp_path / "bin", name, f'echo "$@" >> {seen}\nexec "$REAL" "$@"')
    assert command(served, "backup", tmp_path / "copy", PATH=path).exit_code == 0
    told = seen.read_text()
    assert str(served.database) in told
    assert served.password is None or str(served.password) not in told


def test_a_program_that_fails_leaves_nothing_and_is_quoted(
    served: URL, command: Command, tmp_path: Path
) -> None:
    name = PROGRAMS[served.get_backend_name()]
    script = (
        '[ "$1" = --version ] && exec "$REAL" --version\n'
        '"$REAL" "$@"; echo "tool: error: it broke" >&2; echo more >&2; exit 3'
    )
    path = wrapped(tmp_path / "bin", name, script)
    folder = tmp_path / "copies"
    folder.mkdir()
    fault = one_line(command(served, "backup", folder / "copy", PATH=path))
    assert fault == f"no backup was written: {name}: it broke"
    assert list(folder.iterdir()) == []


def test_a_copy_that_lacks_rows_is_no_backup(
    postgresql_server: Server, migrated: Callable[[str], URL], command: Command, tmp_path: Path
) -> None:
    """What `pg_dump --enable-row-security` writes by itself."""
    url = migrated("postgresql")
    database = Database(make_engine(url))
    lifecycle.create(Repository(database, "acme"), {"candidate_name": "Jane"}, SOMEBODY)
    database.engine.dispose()
    path = wrapped(tmp_path / "bin", "pg_dump", 'unset PGOPTIONS\nexec "$REAL" "$@"')
    fault = one_line(command(url, "backup", tmp_path / "copy", PATH=path))
    said = r"no backup was written: the table \w+ has \d+ rows, and its copy 0"
    assert re.fullmatch(said, fault)
    assert not (tmp_path / "copy").exists()


def test_a_right_that_is_missing_is_named(
    postgresql_server: Server,
    mariadb_server: Server,
    migrated: Callable[[str], URL],
    command: Command,
    tmp_path: Path,
) -> None:
    somebody = f"{postgresql_server.role}_x"
    url = migrated("postgresql")
    with postgresql_server.admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE {somebody} LOGIN PASSWORD 'sesame'"))
    fault = one_line(
        command(url.set(username=somebody, password="sesame"), "backup", tmp_path / "copy")
    )
    assert fault.startswith("no backup was written: permission denied for ")
    url = migrated("mariadb").set(username=somebody[-30:], password="sesame")
    with mariadb_server.admin.connect() as connection:
        connection.execute(text(f"CREATE USER `{url.username}` IDENTIFIED BY 'sesame'"))
        try:
            connection.execute(text(f"GRANT SELECT ON `{url.database}`.* TO `{url.username}`"))
            fault = one_line(command(url, "backup", tmp_path / "copy"))
        finally:
            connection.execute(text(f"DROP USER `{url.username}`"))
    assert fault == (
        f"no backup was written: the user {url.username} lacks a right: "
        f"GRANT SELECT, LOCK TABLES ON `{url.database}`.* TO them"
    )


# --- dated copies


def test_of_dated_copies_the_oldest_go_and_nothing_else(
    sqlite_database: Database, command: Command, tmp_path: Path, hands: Hands
) -> None:
    hands.moment = datetime.fromisoformat("2026-11-26T02:30:00+00:00")
    folder = tmp_path / "nightly"
    url = sqlite_database.engine.url
    assert command(url, "backup", folder, "--keep", "2").exit_code == 0
    others = ("interviews-2020-01-01.db", "notes.txt", "interviews-2020-01-01T00-00-00Z.zip")
    for name in others:
        (folder / name).touch()
    (folder / ".interviews-2020-01-01T00-00-00Z.db.part").touch()
    (folder / "interviews-2020-01-01T00-00-00Z.sql.gz").touch()
    for _ in range(2):
        hands.forward(days=1)
        told = command(url, "backup", folder, "--keep", "2")
        assert told.exit_code == 0
    kept = {f"interviews-2026-11-{day}T02-30-00Z.db" for day in (27, 28)}
    assert {each.name for each in folder.iterdir()} == {*others, *kept}
    removed = f"removed {folder / 'interviews-2026-11-26T02-30-00Z.db'}"
    assert told.stdout.splitlines()[-1] == removed
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_backup_that_fails_removes_no_older_one(
    command: Command, tmp_path: Path, empty_url: Callable[[str], URL]
) -> None:
    folder = tmp_path / "nightly"
    folder.mkdir()
    older = folder / "interviews-2020-01-01T00-00-00Z.db"
    older.touch()
    assert command(empty_url("sqlite"), "backup", folder, "--keep", "1").exit_code == 1
    assert older.exists()


def test_two_backups_do_not_write_one_file(
    sqlite_database: Database, command: Command, tmp_path: Path
) -> None:
    from interview_service.cli.files import new_file

    copy = tmp_path / "copy"
    with new_file(copy):
        fault = one_line(command(sqlite_database.engine.url, "backup", copy))
    assert fault == f"another process is writing {copy}"


def test_the_generated_secret_is_not_in_a_copy_and_the_command_says_so(
    sqlite_database: Database, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "instance").mkdir()
    secret = tmp_path / "instance" / "jwt-secret"
    secret.write_text("s" * 64)
    told = command(sqlite_database.engine.url, "backup", "copy", JWT_SECRET_KEY="")
    assert told.stdout.splitlines()[1:] == [
        "not in it: instance/jwt-secret, which signs tokens; keep a copy of it too"
    ]


def test_a_dump_of_mariadb_counts_rows_whatever_they_hold(
    mariadb_server: Server, migrated: Callable[[str], URL], command: Command, tmp_path: Path
) -> None:
    url = migrated("mariadb")
    database = Database(make_engine(url))
    hostile = "a\n('b', 1),\nCREATE TABLE `x` (\n\\.\n-- Dump completed"
    for _ in range(3):
        lifecycle.create(
            Repository(database, "acme"),
            {"candidate_name": "J", "job_description": hostile},
            SOMEBODY,
        )
    database.engine.dispose()
    copy = tmp_path / "copy"
    assert command(url, "backup", copy).exit_code == 0
    assert b"CREATE TABLE `interviews`" in gzip.decompress(copy.read_bytes())
    restored = mariadb_server.new_database()
    assert command(restored, "restore", copy).exit_code == 0
    with snapshot(url) as connection, snapshot(restored) as other:
        counts = count_rows(connection)
        assert count_rows(other) == counts
    assert set(counts) == {*Base.metadata.tables, "alembic_version"}
