"""Records move from each database to each: exported, imported, compared, and in use again."""

import gzip
import os
import random
import re
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import JSON, Boolean, Integer, String, Table, Text, Uuid, insert, select, update
from sqlalchemy.engine import URL

from interview_service import lifecycle
from interview_service.cli import main
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.models import Base
from interview_service.database.moving.tables import DUE, TABLES, TENANT
from interview_service.database.session import Database
from interview_service.database.snapshots import snapshot
from interview_service.domain.clock import clock, new_id
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from interview_service.repository.across_tenants import due_interviews
from tests.callers import Caller, details
from tests.conftest import BACKENDS, SECRET, AppFactory, empty
from tests.e2e.conftest import COMMAND, PATIENCE_SECONDS, SETTINGS, environment, until
from tests.integration.test_accounts import Team
from tests.lives import LEASE, SOMEBODY, interview_in, work

Command = Callable[..., Result]
Targets = Callable[[str], Database]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs a command on a database, in a folder of its own."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(database: Database, *arguments: str | Path, **more: Any) -> Result:
        env = settings_for(database.engine.url)
        return CliRunner().invoke(main, [str(each) for each in arguments], env=env, **more)

    return run


def settings_for(url: URL) -> dict[str, str]:
    return {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "JWT_SECRET_KEY": SECRET,
    }


@pytest.fixture(scope="session")
def targets(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Targets:
    """Returns a second database of a backend, migrated and empty."""
    made: dict[str, Database] = {}

    def find(backend: str) -> Database:
        if backend not in made:
            if backend == "sqlite":
                folder = tmp_path_factory.mktemp("target")
                url = URL.create("sqlite", database=str(folder / "interviews.db"))
            else:
                url = request.getfixturevalue(f"{backend}_server").new_database()
            engine = make_engine(url)
            schema.upgrade(engine)
            made[backend] = Database(engine)
            request.addfinalizer(engine.dispose)
        empty(made[backend])
        return made[backend]

    return find


@pytest.fixture(params=BACKENDS)
def target(request: pytest.FixtureRequest, targets: Targets) -> Database:
    """An empty database to move to, on each backend in turn."""
    return targets(request.param)


def one_line(result: Result) -> str:
    """Return what a command that failed has said, without `Error: `."""
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    (line,) = result.stderr.splitlines()
    return line.removeprefix("Error: ")


def rows_of(url: URL) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every moved table, as stored."""
    with snapshot(url) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in TABLES
        }


# --- a life


def live(app: Any, repository: Repository, tenant: str) -> dict[str, Any]:
    """Do what a tenant does in its life; return what is needed to go on with it elsewhere."""
    caller, team = Caller(app, tenant), Team(app)
    caller.put("/tenant/settings", {"webhookUrl": "https://ats.example.com/hook"})
    secret = caller.post("/tenant/webhook/secret").json
    ids = [interview_in(state, caller, repository) for state in State]
    ids.append(caller.create(candidateName="Ärztin 🚀 O'Neill", externalId="req-1")["id"])
    gone = caller.create()["id"]
    caller.delete(f"/interviews/{gone}")
    caller.post("/interviews", details(), headers={"Idempotency-Key": "again"})
    for verdict in ("HIRE", "NO_HIRE"):
        card = {"ratings": [], "recommendation": verdict, "submitted": True, "summary": "Ö"}
        caller.put(f"/interviews/{ids[7]}/scorecards/me", card)
    admin = "ada@example.com"
    session = team.found(tenant, admin) if tenant == "acme" else None
    key = None
    if session is not None:
        token = session["accessToken"]
        team.add(token, "bob@example.com")
        made = team.call("POST", "/api-keys", {"name": "ats", "role": "RECRUITER"}, token=token)
        key = made.json["key"]
    return {"ids": ids, "secret": secret, "session": session, "key": key}


def told_by(caller: Caller, ids: list[str]) -> list[Any]:
    """Return all that the API tells of a tenant."""
    paths = [
        *("/interviews?limit=100", "/interviews?q=ÄRZTIN", "/interviews?q=jane&limit=3"),
        *("/interviews?sort=scheduledAt", "/interviews?position=senior engineer"),
        *("/interviews/counts", "/tenant/settings"),
    ]
    for each in ids:
        paths += [f"/interviews/{each}{part}" for part in ("", "/plan", "/plans", "/transcript")]
        paths += [f"/interviews/{each}/{part}" for part in ("assessments", "scorecards", "status")]
        paths += [f"/interviews/{each}/deliveries", f"/workflow/interviews/{each}/history"]
    answers = [(path, caller.get(path)) for path in paths]
    feed = caller.get("/interviews/changes").json["data"]  # its cursor tells the time
    return [
        feed,
        *((path, it.status_code, it.json, it.headers.get("ETag")) for path, it in answers),
    ]


def test_a_life_goes_on_in_any_other_database(
    database: Database,
    target: Database,
    app_on: AppFactory,
    command: Command,
    tmp_path: Path,
) -> None:
    source = app_on(database)
    lives = {
        tenant: live(source, Repository(database, tenant), tenant) for tenant in ("acme", "globex")
    }
    before = {
        tenant: told_by(Caller(source, tenant), life["ids"]) for tenant, life in lives.items()
    }
    feed = Caller(source).get("/interviews/changes").json["nextCursor"]
    now = clock.now()
    due = due_interviews(database, now, LEASE, 100, failed=False)
    file = tmp_path / "records.jsonl.gz"
    exported = command(database, "export", file)
    imported = command(target, "import", file)
    assert (exported.exit_code, imported.exit_code) == (0, 0), imported.output + exported.output
    moved = re.fullmatch(
        r"exported (\d+ interviews, \d+ rows in all, of 2 tenants)\n", exported.stdout
    )
    assert moved is not None
    assert imported.stdout == f"imported {moved[1]}, compared with the file\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert rows_of(target.engine.url) == rows_of(database.engine.url)

    app = app_on(target)
    for tenant, life in lives.items():
        assert told_by(Caller(app, tenant), life["ids"]) == before[tenant]
    assert due_interviews(target, now, LEASE, 100, failed=False) == due
    caller, team = Caller(app), Team(app)
    assert caller.get(f"/interviews/changes?cursor={feed}").json["data"] == []
    made = caller.create(candidateName="Somebody New")
    changed = caller.get(f"/interviews/changes?cursor={feed}").json["data"]
    assert [each["interviewId"] for each in changed] == [made["id"]]
    assert caller.get("/interviews?q=somebody").json["meta"]["total"] == 1
    total = caller.get("/interviews?limit=1").json["meta"]["total"]
    assert total == caller.get("/interviews/counts").json["total"]
    again = caller.post("/interviews", details(), headers={"Idempotency-Key": "again"})
    assert again.headers["Idempotent-Replayed"] == "true"
    known = caller.post("/interviews", details(externalId="req-1"))
    assert (known.status_code, known.json["id"]) == (200, lives["acme"]["ids"][-1])
    assert team.sign_in("bob@example.com").status_code == 200
    refreshed = {"refreshToken": lives["acme"]["session"]["refreshToken"]}
    assert team.call("POST", "/auth/refresh", refreshed).status_code == 200
    assert team.call("GET", "/interviews", token=lives["acme"]["key"]).status_code == 200
    repository = Repository(target, "acme")
    first = lives["acme"]["ids"][list(State).index(State.RECEIVED)]
    assert work(repository, first)
    assert caller.get(f"/interviews/{first}").json["workflowState"] == "PENDING"
    kept = repository.settings.get()
    assert kept == Repository(database, "acme").settings.get()
    assert kept.secret == lives["acme"]["secret"]["secret"]


# --- every table, every column


HARD_TEXTS = (
    "plain",
    "ÄÖÜ äöü ß",
    "🚀 👩‍👩‍👧 𝒳",
    "'quoted' \"twice\" \\back\\",
    "a\nb\r\nc\td",
    " spaces ",
    "%s :name {0}",
    "\u2028\u00a0\u200b\ufeff",
    "",
)


def value(column: Any, chance: random.Random) -> Any:
    """Return some value that a column can hold."""
    kind = column.type
    if column.name == DUE:
        return 1_700_000_000_000 + chance.randrange(10**9)
    if isinstance(kind, JSON):
        texts = {text: [chance.random(), None, True, {"b": 4.5, "a": 3}] for text in HARD_TEXTS}
        return chance.choice([texts, list(HARD_TEXTS), [], {}])
    if isinstance(kind, Uuid) or (isinstance(kind, String) and kind.length == 36):
        return new_id(clock.now())
    if isinstance(kind, Boolean):
        return chance.random() < 0.5
    if isinstance(kind, Integer):
        return chance.randrange(2**31 if not column.name.endswith("_at") else 2**48)
    if isinstance(kind, Text) and not isinstance(kind, String):
        return "\n".join(HARD_TEXTS) * chance.randrange(200)
    assert isinstance(kind, String), kind
    text = chance.choice(HARD_TEXTS) + f"{chance.randrange(10**6)}"
    return text[: kind.length]


def rows_in(table: Table) -> int:
    """Return how many rows of a tenant are written into a table: one where there can be no more."""
    return 1 if table.primary_key.columns.keys() == [TENANT] else 3


def rows_for(table: Table, parents: dict[str, list[dict[str, Any]]], tenant: str) -> list[Any]:
    """Return rows of a table with each column filled, those of the last one as far as must be."""
    chance = random.Random(f"{table.name} {tenant}")
    original = Base.metadata.tables[table.name]
    keys = {
        element.parent.name: (element.column.table.name, element.column.name)
        for constraint in original.foreign_key_constraints
        for element in constraint.elements
    }
    rows = []
    for number in range(rows_in(table)):
        row = {column.name: value(column, chance) for column in table.columns}
        for name, (parent, theirs) in keys.items():
            row[name] = parents[parent][number][theirs]
        row[TENANT] = tenant
        if number == 2:
            row |= {each.name: None for each in table.columns if each.nullable}
        rows.append(row)
    return rows


def fill(database: Database, *tenants: str) -> None:
    """Write rows into every table that is moved, whatever tables and columns there are."""
    for tenant in tenants:
        written: dict[str, list[dict[str, Any]]] = {}
        for table in TABLES:
            written[table.name] = rows_for(table, written, tenant)
            with database.transaction(tenant) as connection:
                connection.execute(insert(table), written[table.name])
                connection.commit()


def test_every_column_of_every_table_is_moved_as_it_is(
    database: Database, target: Database, command: Command, tmp_path: Path
) -> None:
    fill(database, "Acme", "acme", "ácme ", "'; --")
    before = rows_of(database.engine.url)
    assert {name: len(rows) for name, rows in before.items()} == {
        table.name: 4 * rows_in(table) for table in TABLES
    }
    file = tmp_path / "records.jsonl"
    assert command(database, "export", file).exit_code == 0
    imported = command(target, "import", file)
    assert imported.exit_code == 0, imported.output
    assert rows_of(target.engine.url) == before


def test_all_tables_are_moved_but_those_that_hold_what_passes_within_minutes() -> None:
    left = set(Base.metadata.tables) - {table.name for table in TABLES}
    assert left == {
        *("password_requests", "set_up_codes", "sign_in_failures"),
        *("workers", "write_checks"),
    }
    for table in TABLES:
        assert table.columns.keys() == Base.metadata.tables[table.name].columns.keys()


# --- one tenant


def test_one_tenant_is_taken_out_and_put_in_among_others(
    database: Database, target: Database, command: Command, tmp_path: Path
) -> None:
    fill(database, "acme", "globex")
    fill(target, "initech")
    others = rows_of(target.engine.url)
    file = tmp_path / "acme.jsonl"
    exported = command(database, "export", file, "--tenant", "acme")
    rows = sum(map(rows_in, TABLES))
    assert exported.stdout == f"exported 3 interviews, {rows} rows in all, of 1 tenant\n"
    assert b"globex" not in file.read_bytes()
    assert command(target, "import", file).exit_code == 0
    moved = rows_of(target.engine.url)
    for table in TABLES:
        where = table.columns.keys().index(TENANT)
        assert {row[where] for row in moved[table.name]} == {"acme", "initech"}
        assert [row for row in moved[table.name] if row[where] == "initech"] == others[table.name]


def test_one_tenant_is_taken_in_from_a_file_of_all(
    sqlite_database: Database, targets: Targets, command: Command, tmp_path: Path
) -> None:
    fill(sqlite_database, "acme", "globex")
    file = tmp_path / "all.jsonl"
    assert command(sqlite_database, "export", file).exit_code == 0
    target = targets("sqlite")
    assert command(target, "import", file, "--tenant", "globex").exit_code == 0
    where = [table.columns.keys().index(TENANT) for table in TABLES]
    found = rows_of(target.engine.url)
    kept = {row[at] for at, table in zip(where, TABLES, strict=True) for row in found[table.name]}
    assert kept == {"globex"}
    unknown = command(target, "import", file, "--tenant", "initech")
    assert one_line(unknown) == "the import has stopped: it has nothing of a tenant initech"


def test_a_tenant_that_is_not_there_is_not_exported(
    database: Database, command: Command, tmp_path: Path
) -> None:
    told = command(database, "export", tmp_path / "x", "--tenant", "nobody")
    assert one_line(told) == "nothing was exported: nothing is known of a tenant nobody"
    assert list(tmp_path.iterdir()) == []


def test_a_tenant_that_is_there_is_not_imported_over(
    database: Database, target: Database, command: Command, tmp_path: Path
) -> None:
    fill(database, "acme", "globex")
    lifecycle.create(Repository(target, "globex"), {"candidate_name": "Jane"}, SOMEBODY)
    before = rows_of(target.engine.url)
    file = tmp_path / "records.jsonl"
    assert command(database, "export", file).exit_code == 0
    assert one_line(command(target, "import", file)) == (
        "the import has stopped: the database has records of acme, globex already: "
        "nothing was changed"
    )
    assert rows_of(target.engine.url) == before


# --- interrupted, repeated, damaged


def test_an_import_that_was_killed_goes_on_where_it_stopped(
    database: Database, targets: Targets, command: Command, tmp_path: Path
) -> None:
    """Killed again and again: no row is there twice, none is missing, and none is due before."""
    repository = Repository(database, "acme")
    for number in range(60):
        lifecycle.create(repository, {"candidate_name": f"Jane {number}"}, SOMEBODY)
    fill(database, "globex")
    file = tmp_path / "records.jsonl"
    assert command(database, "export", file).exit_code == 0
    target = targets(database.backend.name)
    url = target.engine.url
    slow = (
        "import sys\nfrom interview_service.database.moving import importing\n"
        "importing._ROWS_AT_ONCE = 7\nfrom interview_service.cli import main\nmain()"
    )

    def rows() -> int:
        with snapshot(url) as connection:
            return sum(len(connection.execute(select(table)).all()) for table in TABLES)

    def due() -> bool:
        with snapshot(url) as connection:
            tables = [table for table in TABLES if DUE in table.columns]
            return any(
                connection.execute(select(table).where(table.c[DUE].is_not(None))).first()
                for table in tables
            )

    def has_written(process: "subprocess.Popen[bytes]", before: int) -> bool:
        return rows() > before or process.poll() is not None

    for _ in range(3):
        before = rows()
        process = subprocess.Popen(
            [COMMAND[0], "-c", slow, "import", str(file)],
            cwd=tmp_path,
            env=environment(**settings_for(url)),
        )
        try:
            until(partial(has_written, process, before), "rows to be written")
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE_SECONDS)
        assert rows() >= before
    assert not due() or rows_of(url) == rows_of(database.engine.url)
    finished = command(target, "import", file)
    assert finished.exit_code == 0, finished.output
    assert rows_of(url) == rows_of(database.engine.url)
    repeated = command(target, "import", file)
    assert repeated.stdout.startswith("all of it is there already: 63 interviews, ")
    assert rows_of(url) == rows_of(database.engine.url)


def test_an_import_does_not_go_on_with_what_was_changed_meanwhile(
    sqlite_database: Database, targets: Targets, command: Command, tmp_path: Path
) -> None:
    fill(sqlite_database, "acme")
    file = tmp_path / "records.jsonl"
    assert command(sqlite_database, "export", file).exit_code == 0
    target = targets("sqlite")
    assert command(target, "import", file).exit_code == 0
    interviews = next(table for table in TABLES if table.name == "interviews")
    with target.transaction("acme") as connection:
        connection.execute(update(interviews).values(version=7))
        connection.commit()
    before = rows_of(target.engine.url)
    assert "has records of acme already" in one_line(command(target, "import", file))
    assert rows_of(target.engine.url) == before


def spoilt(lines: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield files that are not what was exported, and what is said of each."""
    another = [line.replace(b"plain", b"plane") for line in lines]
    assert another != lines
    yield "its checksums are other ones", another
    yield "its checksums are other ones", lines[:-1]
    yield "its checksums are other ones", [*lines[:10], *lines[11:]]
    yield "a line is no JSON", [*lines[:-2], lines[-2][: len(lines[-2]) // 2]]
    yield "it is no export of this service", [b"{}\n", *lines[1:]]
    yield "it is no export of this service", []
    yield "has other columns", [line.replace(b'"run_id"', b'"run"') for line in lines]
    older = orjson.loads(lines[0]) | {"revision": "0001", "version": "0.1.0"}
    told = "its schema is at revision 0001, of version 0.1.0, and "
    yield told, [orjson.dumps(older) + b"\n", *lines[1:]]


def test_a_file_that_is_not_whole_changes_nothing(
    sqlite_database: Database, targets: Targets, command: Command, tmp_path: Path
) -> None:
    fill(sqlite_database, "acme")
    file = tmp_path / "records.jsonl"
    assert command(sqlite_database, "export", file).exit_code == 0
    target = targets("sqlite")
    before = rows_of(target.engine.url)
    for fault, lines in spoilt(file.read_bytes().splitlines(keepends=True)):
        wrong = tmp_path / "wrong.jsonl"
        wrong.write_bytes(b"".join(lines))
        said = one_line(command(target, "import", wrong))
        assert said.startswith("the import has stopped: ")
        assert fault in said
        assert rows_of(target.engine.url) == before
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(file.read_bytes())[:-20])
    assert "it is damaged" in one_line(command(target, "import", packed))


def test_records_go_through_a_pipe(
    database: Database, target: Database, command: Command, tmp_path: Path
) -> None:
    fill(database, "acme")
    exported = command(database, "export", "-")
    assert exported.stderr.startswith("exported 3 interviews, ")
    imported = command(target, "import", "-", input=exported.stdout_bytes)
    assert imported.exit_code == 0, imported.output
    assert rows_of(target.engine.url) == rows_of(database.engine.url)


def test_an_export_that_fails_leaves_nothing_and_can_be_repeated(
    sqlite_database: Database, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_database, "acme")
    file = tmp_path / "records.jsonl"
    with monkeypatch.context() as broken:

        def full(handle: int) -> None:
            raise OSError(28, "No space left on device")

        broken.setattr(os, "fsync", full)
        said = one_line(command(sqlite_database, "export", file))
        assert said == "nothing was exported: [Errno 28] No space left on device"
    assert list(tmp_path.iterdir()) == []
    assert command(sqlite_database, "export", file).exit_code == 0
    assert one_line(command(sqlite_database, "export", file)) == f"{file} exists already"
