"""Commands of docs/operations.md, typed in as printed."""

import shlex
import subprocess
import sys

from sqlalchemy import text
from sqlalchemy.engine import URL

from tests.conftest import SECRET, Server
from tests.documents import OPERATIONS, code, section
from tests.metrics import samples, value

from .conftest import PATIENCE_SECONDS, Starter, run

TOKEN = "a-token-of-the-tests"
ROLE = "CREATE ROLE interview LOGIN PASSWORD '...';"
DATABASE = "CREATE DATABASE interview OWNER interview;"


def test_a_database_of_postgresql_is_made_and_upgraded_as_described(
    service: Starter, postgresql_server: Server
) -> None:
    (statements,) = code(section(OPERATIONS, "PostgreSQL and MariaDB"), "sql")
    assert [line.split("  ")[0] for line in statements.splitlines()] == [ROLE, DATABASE]
    name, password = f"{postgresql_server.role}_typed", postgresql_server.password
    with postgresql_server.admin.connect() as connection:
        for statement in (ROLE, DATABASE):
            own = statement.replace("interview", name).replace("...", password)
            connection.execute(text(own))

    (commands,) = code(section(OPERATIONS, "PostgreSQL and MariaDB"), "console")
    install, database, secret, upgrade, serve = commands.splitlines()
    assert install.startswith("pip install 'interview-service[postgresql]'")
    url = postgresql_server.url.set(username=name, password=password, database=name)
    documented = database.removeprefix("export DATABASE_URL=")
    assert documented == "postgresql://interview:...@localhost/interview"
    script = secret.replace("python3", shlex.quote(sys.executable)) + "; echo $JWT_SECRET_KEY"
    made = subprocess.check_output(["bash", "-c", script], text=True, timeout=PATIENCE_SECONDS)
    settings = {"DATABASE_URL": _rendered(url), "JWT_SECRET_KEY": made.strip()}
    upgraded = run(service.folder, *upgrade.split()[1:], settings=settings)
    assert upgraded.returncode == 0, upgraded.stderr
    assert "warning" not in upgraded.stderr  # of a role that row-level security does not bind
    assert serve.split() == ["interview-service", "serve"]
    assert service("serve", **settings).stop() == 0


def _rendered(url: URL) -> str:
    plain = url.set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


def test_what_is_watched_is_asked_for_as_described(service: Starter) -> None:
    serving = service("serve", METRICS_TOKEN=TOKEN, JWT_SECRET_KEY=SECRET)
    listed, scrape = code(section(OPERATIONS, "Watching"), "console")
    shown = run(serving.folder, *shlex.split(listed)[1:], settings=serving.settings)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "no failing events\n")
    typed = scrape.replace("localhost:3009", f"127.0.0.1:{serving.port}")
    told = subprocess.run(
        ["bash", "-c", typed],
        env={"METRICS_TOKEN": TOKEN, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    ).stdout
    assert value(samples(told), "database_up") == 1
