"""The worker's throughput: interviews planned and webhooks delivered per second."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import URL

from benchmarks.load import poll
from benchmarks.operations import CREATE
from benchmarks.servers import Server
from interview_service import lifecycle
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.repository import Repository

PATIENCE_SECONDS = 300.0
TENANTS = 20
BENCH = lifecycle.Actor("bench")
DETAILS = {
    "candidate_name": CREATE["candidateName"],
    "candidate_email": CREATE["candidateEmail"],
    "position": CREATE["position"],
    "level": CREATE["level"],
    "skills": CREATE["skills"],
    "job_description": CREATE["jobDescription"],
}


def planned_per_second(url: URL, folder: Path, interviews: int) -> float:
    """Return how many interviews one worker takes from RECEIVED to PENDING per second."""
    engine = make_engine(url)
    schema.upgrade(engine)
    database = Database(engine)
    repository = Repository(database, "plans")
    for _ in range(interviews):
        lifecycle.create(repository, DETAILS, BENCH)

    def moments() -> list[int]:
        with database.transaction("plans") as connection:
            found = connection.execute(
                text("SELECT created_at FROM history WHERE transition = 'PLAN_READY'")
            )
            return sorted(int(row[0]) for row in found)

    with Server("worker", url, folder):
        poll(lambda: len(moments()) == interviews, seconds=PATIENCE_SECONDS, pause=0.2)
    done = moments()
    engine.dispose()
    return (len(done) - 1) / max(done[-1] - done[0], 1) * 1000


class _Receiver(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        self.moments: list[float] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self.server.moments.append(time.perf_counter())  # type: ignore[attr-defined]

    def log_message(self, format: str, *arguments: Any) -> None:
        """Print nothing."""


def webhooks_per_second(url: URL, folder: Path, interviews: int) -> float:
    """Return how many events of 20 tenants one worker delivers per second.

    The worker plans the same interviews meanwhile: each makes one event when it is created and one
    when its plan is ready.
    """
    engine = make_engine(url)
    schema.upgrade(engine)
    database = Database(engine)
    receiver = _Receiver()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    there = {**DETAILS, "callback_url": f"http://127.0.0.1:{receiver.server_port}/"}
    for number in range(interviews):
        lifecycle.create(Repository(database, f"hooks-{number % TENANTS}"), there, BENCH)
    with Server("worker", url, folder, WEBHOOK_ALLOW_PRIVATE="true"):
        poll(lambda: len(receiver.moments) >= 2 * interviews, seconds=PATIENCE_SECONDS, pause=0.1)
    receiver.shutdown()
    receiver.server_close()
    engine.dispose()
    moments = sorted(receiver.moments)
    return (len(moments) - 1) / (moments[-1] - moments[0])
