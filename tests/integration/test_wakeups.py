"""Workers learn at once that there is work: within a machine, and through PostgreSQL."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from interview_service.app import create_app
from interview_service.database import notifications
from interview_service.database.session import Database
from interview_service.settings import Settings
from interview_service.wakeups import WakeupReceiver, WakeupSender
from tests.callers import Caller
from tests.conftest import SECRET, Server

PATIENCE_SECONDS = 60
MakeSender = Callable[[Settings], WakeupSender]


class Heard:
    """Counts wake-ups, and lets the test wait for one."""

    def __init__(self) -> None:
        self.wakeups = threading.Semaphore(0)

    def __call__(self) -> None:
        self.wakeups.release()

    def something(self) -> bool:
        return self.wakeups.acquire(timeout=PATIENCE_SECONDS)

    def nothing_more(self) -> bool:
        return not self.wakeups.acquire(blocking=False)


@pytest.fixture
def listening() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def sender_of() -> Iterator[MakeSender]:
    with ExitStack() as stack:

        def make(settings: Settings) -> WakeupSender:
            return stack.enter_context(closing(WakeupSender(settings)))

        yield make


def test_every_worker_of_the_machine_is_woken_by_what_a_caller_creates(
    sqlite_database: Database,
    settings: Settings,
    listening: ExitStack,
    tmp_path: Path,
    sender_of: MakeSender,
) -> None:
    ours, theirs = Heard(), Heard()
    listening.enter_context(WakeupReceiver(settings, ours))
    other = WakeupReceiver(settings, theirs)
    other._path = other._path.with_name("other.sock")  # as of another process
    listening.enter_context(other)
    app = create_app(settings, database=sqlite_database, wake=sender_of(settings).send)
    Caller(app).create()
    assert ours.something()
    assert theirs.something()


def test_nobody_is_woken_by_reading(
    sqlite_database: Database, settings: Settings, listening: ExitStack, sender_of: MakeSender
) -> None:
    heard = Heard()
    listening.enter_context(WakeupReceiver(settings, heard))
    app = create_app(settings, database=sqlite_database, wake=sender_of(settings).send)
    caller = Caller(app)
    caller.get("/interviews")
    caller.create()
    assert heard.something()
    assert heard.nothing_more()


def test_without_a_worker_nothing_is_in_the_way(settings: Settings, sender_of: MakeSender) -> None:
    sender = sender_of(settings)
    sender.send("acme", "an interview")
    (settings.instance_path / "workers").mkdir()
    (settings.instance_path / "workers" / "nonsense").write_text("no socket")
    sender.send("acme", "an interview")


def test_what_a_datagram_holds_is_neither_kept_nor_looked_at(
    settings: Settings, listening: ExitStack
) -> None:
    heard = Heard()
    listening.enter_context(WakeupReceiver(settings, heard))
    [path] = (settings.instance_path / "workers").iterdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as anybody:
        for datagram in (b"", b"cos\nsystem\n(S'true'\ntR.", b"x" * 60_000):
            anybody.sendto(datagram, str(path))
            assert heard.something()


def test_more_wakeups_than_fit_hold_up_nobody(settings: Settings, sender_of: MakeSender) -> None:
    receiver = WakeupReceiver(settings, lambda: None)
    receiver._socket = receiver._bound()  # and nobody reads
    sender = sender_of(settings)
    for _ in range(2000):
        sender.send("acme", "an interview")
    receiver._socket.close()


def test_the_socket_of_a_killed_worker_is_removed_by_the_next(
    settings: Settings, listening: ExitStack, sender_of: MakeSender
) -> None:
    folder = settings.instance_path / "workers"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
        killed.bind(str(folder / "1.sock"))
    heard = Heard()
    listening.enter_context(WakeupReceiver(settings, heard))
    assert not (folder / "1.sock").exists()
    sender_of(settings).send("acme", "an interview")
    assert heard.something()


def test_a_worker_whose_socket_cannot_be_made_polls(
    settings: Settings, listening: ExitStack, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "workers").write_text("in the way")
    listening.enter_context(WakeupReceiver(settings, Heard()))
    assert "polling will do" in caplog.text


# --- across machines


@pytest.fixture
def postgresql(postgresql_server: Server, tmp_path: Path) -> Settings:
    url = postgresql_server.new_database().render_as_string(hide_password=False)
    return Settings(database_url=url, jwt_secret_key=SECRET, instance_path=tmp_path / "here")


def test_workers_of_other_machines_are_notified_by_postgresql(
    postgresql: Settings, listening: ExitStack, sender_of: MakeSender
) -> None:
    heard = Heard()
    elsewhere = replace(postgresql, instance_path=postgresql.instance_path.with_name("elsewhere"))
    listening.enter_context(WakeupReceiver(elsewhere, heard))
    assert heard.something()  # it listens
    sender = sender_of(postgresql)
    for _ in range(3):
        sender.send("acme", "an interview")
        assert heard.something()


def test_a_listener_and_a_notifier_whose_connections_are_cut_make_new_ones(
    postgresql: Settings,
    listening: ExitStack,
    monkeypatch: pytest.MonkeyPatch,
    sender_of: MakeSender,
) -> None:
    monkeypatch.setattr(notifications, "_PAUSE_AFTER_FAILURE", 0.05)
    heard = Heard()
    elsewhere = replace(postgresql, instance_path=postgresql.instance_path.with_name("elsewhere"))
    listening.enter_context(WakeupReceiver(elsewhere, heard))
    sender = sender_of(postgresql)
    assert heard.something()
    sender.send("acme", "an interview")
    assert heard.something()
    url = postgresql.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert heard.something()  # it listens again, and looks for what it missed
    for _ in range(50):  # the first finds that its connection is cut
        sender.send("acme", "an interview")
        if heard.wakeups.acquire(timeout=0.5):
            break
    else:
        pytest.fail("never notified again")


def test_where_notifications_do_not_arrive_the_listener_gives_way_to_polling(
    postgresql: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As behind a pooler, which lends another connection for each transaction."""
    monkeypatch.setattr(notifications, "_PROBE_SECONDS", 0.2)
    monkeypatch.setattr(notifications, "CHANNEL", "one_channel")
    listener = notifications.Listener(postgresql.url, Heard())
    hears = listener._hears

    def through_a_pooler(connection: "psycopg.Connection[object]") -> bool:
        connection.execute("UNLISTEN *")
        return hears(connection)

    monkeypatch.setattr(listener, "_hears", through_a_pooler)
    listener._keep_listening()
    assert "polling will do" in caplog.text
