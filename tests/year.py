"""A team's year, played by the commands of docs/operations.md: `python -m tests.year`.

It begins with the database that version 0.1 has left, and prints what was counted at each step.
PostgreSQL has to be running (docs/contributing.md says where it is looked for).
"""

import gzip
import json
import shlex
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.engine import URL

from interview_service import __version__
from tests.callers import details
from tests.documents import OPERATIONS, code, section
from tests.e2e.conftest import Service, run, until
from tests.servers import Server, free_port

FIRST_VERSION = Path(__file__).parent / "data" / "first_version" / "sqlite.db.gz"
SECTIONS = ("Backup and restore", "Moving to another database", "Upgrade")
TENANTS = ("acme", "globex")
NIGHTS = 3
NAME, EMAIL = "Ottoline Quarrell", "ottoline.quarrell@example.com"
IN_WORK = {"RECEIVED", "VALIDATING_SKILLS", "GENERATING_PLAN"}
Answers = dict[str, Any]


def documented() -> set[str]:
    """Return the commands of the service that the sections on a year's work have typed in."""
    return {
        line
        for name in SECTIONS
        for block in code(section(OPERATIONS, name), "console")
        for line in block.splitlines()
        if line.startswith("interview-service ")
    }


class Year:
    """A team with its folder, and what it has typed in.

    :param tell: is told each step, with what was counted.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder = folder
        self.tell = tell
        self.settings: dict[str, str] = {}
        self.typed: set[str] = set()

    def type_in(self, line: str, **names: str) -> str:
        """Type in a command of the documentation, and return its last line.

        :param names: files that are called otherwise here.
        """
        self.typed.add(line)
        words = [names.get(word, word) for word in shlex.split(line)[1:]]
        done = run(self.folder, *words, settings=self.settings)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        last = done.stdout.strip().splitlines()[-1]
        self.tell(f"    $ {line}\n      {last}")
        return done.stdout

    def ask(self, *words: str) -> str:
        """Run a command that those sections do not have, and return what it printed."""
        done = run(self.folder, *words, settings=self.settings)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    @contextmanager
    def serving(self, *, killed: bool = False) -> Iterator[Service]:
        """Have `interview-service serve` run meanwhile.

        :param killed: it is killed at the end, as by a power cut.
        """
        self.typed.add("interview-service serve")
        settings = {"WEB_CONCURRENCY": "1", **self.settings, "PORT": str(free_port())}
        service = Service("serve", self.folder, settings)
        try:
            service.wait_until_ready()
            yield service
            if not killed:
                assert service.stop() == 0
        finally:
            service.kill()

    def told(self, service: Service) -> Answers:
        """Return what the API tells of every record."""
        answers: Answers = {}
        for tenant in TENANTS:
            with service.client(tenant) as client:
                listed = client.get("/interviews?limit=100").json()
                ids = [row["id"] for row in listed["data"]]
                paths = [f"/interviews/{each}{part}" for each in ids for part in ("", "/plan")]
                paths += [f"/interviews/{each}/assessment" for each in ids]
                paths += [f"/workflow/interviews/{each}/history" for each in ids]
                answers[tenant] = listed
                answers |= {f"{tenant} {path}": client.get(path).json() for path in paths}
        return answers

    def count(self, service: Service) -> Mapping[str, int]:
        """Return how many interviews each tenant has, by the API."""
        counted = {}
        for tenant in TENANTS:
            with service.client(tenant) as client:
                counted[tenant] = client.get("/interviews/counts").json()["total"]
        self.tell(f"    counted: {', '.join(f'{n} of {name}' for name, n in counted.items())}")
        return counted


def play(folder: Path, server: Server, tell: Callable[[str], None]) -> Year:
    """Play the year; every count is compared with the one before."""
    year = Year(folder, tell)
    tell("1. Version 0.1 has been in use")
    database = folder / "instance" / "interviews.db"
    database.parent.mkdir(mode=0o700)
    database.write_bytes(gzip.decompress(FIRST_VERSION.read_bytes()))

    tell(f"2. Upgrade to {__version__}")
    year.type_in("interview-service backup before-0.2.0.backup")
    assert "upgraded from 0006 to " in year.type_in("interview-service db upgrade")
    with year.serving() as service:
        first = year.count(service)

    tell(f"3. {NIGHTS} days of work, each with its backup while the service runs")
    with year.serving(killed=True) as service:
        for night in range(NIGHTS):
            work(service, f"Candidate {night}")
            backup_in_a_new_second(year)
        before = year.told(service)
        counted = year.count(service)
    assert {name: n - NIGHTS for name, n in counted.items()} == first
    copies = sorted((folder / "backups").iterdir())
    assert len(copies) == NIGHTS

    tell("4. The disk is lost, the secret's copy and the backups are not")
    secret = (folder / "instance" / "jwt-secret").read_text()
    shutil.rmtree(folder / "instance")
    (folder / "instance").mkdir(mode=0o700)
    (folder / "instance" / "jwt-secret").write_text(secret)
    copy = str(copies[-1])
    year.type_in("interview-service restore interviews.backup", **{"interviews.backup": copy})
    year.type_in("interview-service db upgrade")
    with year.serving() as service:
        assert year.count(service) == counted
        assert year.told(service) == before

    tell("5. Move to PostgreSQL")
    year.type_in("interview-service export records.jsonl.gz")
    move_to(year, server.new_database(), secret)
    year.type_in("interview-service db upgrade")
    year.type_in("interview-service import records.jsonl.gz")
    with year.serving() as service:
        assert year.count(service) == counted
        assert year.told(service) == before
        work(service, "Somebody New")

        tell("6. A backup of PostgreSQL, restored beside it")
        backup = year.type_in("interview-service backup interviews.backup")
        counted = year.count(service)
        before = year.told(service)
    move_to(year, server.new_database(), secret)
    restored = year.type_in("interview-service restore interviews.backup")
    assert restored.partition(": ")[2] == backup.partition(": ")[2]

    tell("7. Upgrade again")
    assert year.type_in("interview-service db upgrade").startswith("current: ")
    with year.serving() as service:
        assert year.count(service) == counted
        assert year.told(service) == before

        tell("8. A candidate asks for their data, and then to be forgotten")
        work(service, NAME, candidateEmail=EMAIL)
        hand_out_and_erase(year)
    return year


def hand_out_and_erase(year: Year) -> None:
    """Hand out one candidate's data, erase it, and look for them in every row that is left."""
    whose = (EMAIL, "--tenant", TENANTS[0])
    handed_out = json.loads(year.ask("candidate", "export", *whose))["interviews"]
    assert [each["interview"]["candidateName"] for each in handed_out] == [NAME]
    rows = rows_with(year, NAME, EMAIL)
    assert rows
    year.ask("candidate", "erase", *whose, "--yes")
    left = rows_with(year, NAME, EMAIL)
    year.tell(
        f"    handed out: {len(handed_out)} interview; rows that had them: {rows}, now {left}"
    )
    assert left == 0


def rows_with(year: Year, *words: str) -> int:
    """Return how many rows of one tenant have one of these words in any column."""
    file = year.folder / "rows.jsonl"
    file.unlink(missing_ok=True)
    year.ask("export", "--tenant", TENANTS[0], str(file))
    lines = file.read_text().casefold().splitlines()
    return sum(any(word.casefold() in line for word in words) for line in lines)


def move_to(year: Year, url: URL, secret: str) -> None:
    """Have the service use another database from now on, with the same secret."""
    shown = url.set(drivername="postgresql").render_as_string(hide_password=False)
    year.settings |= {"DATABASE_URL": shown, "JWT_SECRET_KEY": secret}


def work(service: Service, name: str, **changes: Any) -> None:
    """Have each tenant take in an interview, and wait until the worker has done what is due."""
    for tenant in TENANTS:
        with service.client(tenant) as client:
            taken = client.post("/interviews", json=details(candidateName=name, **changes))
            assert taken.status_code == 201, taken.text
    settle(service)


def settle(service: Service) -> None:
    """Wait until the worker has nothing to draft: what is told then stays."""
    for tenant in TENANTS:
        with service.client(tenant) as client:
            until(partial(is_settled, client), "the worker to have done what was due")


def is_settled(client: httpx.Client) -> bool:
    """Tell whether no interview waits for the worker."""
    counted = client.get("/interviews/counts").json()["byState"]
    return not any(counted.get(state) for state in IN_WORK)


def backup_in_a_new_second(year: Year) -> None:
    """Add a dated copy: their names differ by the second."""
    began = int(time.time())
    until(lambda: int(time.time()) > began, "the next second")
    year.type_in("interview-service backup --keep 14 backups")


def main() -> None:
    """Play the year in a folder that is removed again."""
    server = Server("postgresql")
    try:
        with tempfile.TemporaryDirectory() as folder:
            play(Path(folder), server, print)
    finally:
        server.close()


if __name__ == "__main__":
    main()
