"""What a page of each list costs among few and among many interviews: `make bench-lists`.

Requests go through the whole application, in this process and without sockets. The databases are
asked in turn, for a short while each, again and again. Of each request the best of all its turns
counts: what disturbs a turn makes it longer and never shorter. CPU time is this process's and,
where PostgreSQL runs on this machine, that of the server process that answers.

A first page counts its list, unless that is one of the kept totals; by cursor nothing is counted.
"""

import argparse
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import URL
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks.cpu import CpuClock
from benchmarks.data import PEOPLE, TENANT, fill, moment_at
from benchmarks.databases import Databases
from benchmarks.operations import BASE
from benchmarks.servers import SECRET, token
from interview_service.app import create_app
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.clock import rfc3339
from interview_service.domain.lists import Order
from interview_service.settings import Settings

RESULTS = Path(os.environ.get("BENCH_RESULTS") or Path(__file__).with_name("results"))
ROWS = 20
FEED_ROWS_TO_HALF_WAY = 1_000
JSON, CSV = "application/json", "text/csv"
FIRST, BY_CURSOR, LAST = "first page", "by cursor, half way", "by cursor, at the end"

Query = Sequence[tuple[str, str]]


def _at(share: float) -> str:
    return rfc3339(moment_at(share))


FILTERS: Mapping[str, Query] = {
    "state": [("state", "PENDING")],
    "two states": [("state", "PENDING"), ("state", "SCHEDULED")],
    "level": [("level", "SENIOR")],
    "position": [("position", "data engineer")],
    "interviewer, busy": [("interviewer", PEOPLE[0])],
    "interviewer, one of many": [("interviewer", PEOPLE[30])],
    "externalId": [("externalId", "ats-500")],
    "recommendation": [("recommendation", "HIRE")],
    "decision": [("decision", "HIRE")],
    "q, found in 5 %": [("q", "smith")],
    "q, found in 0.3 %": [("q", "olga ito")],
    "q of two letters": [("q", "bo")],
    "createdFrom, last 20 %": [("createdFrom", _at(0.8))],
    "createdTo, first 40 %": [("createdTo", _at(0.4))],
}
"""Each filter by itself, in the order that a list has unless another is asked for."""

RANGES_OF_ANOTHER_VALUE: Mapping[str, Query] = {
    "scheduledFrom, last 10 %": [("scheduledFrom", _at(0.9))],
    "scheduledTo, first 40 %": [("scheduledTo", _at(0.4))],
    "scheduledFrom and -To, 3 %": [("scheduledFrom", _at(0.5)), ("scheduledTo", _at(0.53))],
    "updatedAfter, last 5 %": [("updatedAfter", _at(0.95))],
    "updatedAfter, last half": [("updatedAfter", _at(0.5))],
}
"""The same, of what the order does not go by: where such a list ends is measured as well."""

RANGES: Mapping[str, Query] = {
    "scheduledFrom by scheduledAt": [("sort", "scheduledAt"), ("scheduledFrom", _at(0.9))],
    "scheduledTo by -scheduledAt": [("sort", "-scheduledAt"), ("scheduledTo", _at(0.4))],
    "updatedAfter by updatedAt": [("sort", "updatedAt"), ("updatedAfter", _at(0.5))],
}
"""Ranges of what a list is ordered by."""

LISTS: Mapping[str, Query] = {
    **{f"sort={order}": [("sort", order)] for order in Order},
    **FILTERS,
    **RANGES_OF_ANOTHER_VALUE,
    **RANGES,
}


@dataclass(slots=True)
class Cost:
    """The least that a request took."""

    cpu_ms: float = math.inf
    wall_ms: float = math.inf


class Client:
    """Asks the application on one database."""

    def __init__(self, url: URL, folder: Path) -> None:
        settings = replace(Settings(), jwt_secret_key=SECRET, instance_path=folder)
        self._database = Database(make_engine(url))
        self._app = create_app(settings, database=self._database)
        self._headers = {"Authorization": f"Bearer {token(TENANT)}"}
        self.cpu = CpuClock(self._database)

    def close(self) -> None:
        """Close the connections to the database."""
        self._database.engine.dispose()

    def environ(self, path: str, query: Query = (), accept: str = JSON) -> dict[str, Any]:
        """Return a request as WSGI has it."""
        headers = [("Accept", accept), *self._headers.items()]
        target = f"{BASE}{path}?{urlencode(query)}"
        return EnvironBuilder(target, headers=headers).get_environ()

    def send(self, environ: Mapping[str, Any]) -> bytes:
        """Send a request, and return the whole body of its answer."""
        body, status, _ = run_wsgi_app(self._app.wsgi_app, dict(environ))
        answer = b"".join(body)
        if not status.startswith("200"):
            raise RuntimeError(f"{environ['QUERY_STRING']} was answered {status}: {answer[:200]!r}")
        return answer

    def get(self, path: str, query: Query = ()) -> Any:
        """Return the JSON that a request is answered with."""
        return orjson.loads(self.send(self.environ(path, query)))


def requests(client: Client) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what is measured on a database: a name, and a request."""
    page = [("limit", str(ROWS))]
    for name, query in LISTS.items():
        whole = [*query, *page]
        yield f"{name}: {FIRST}", client.environ("/interviews", whole)
        places = {BY_CURSOR: 0.5, **({LAST: 1.0} if name in RANGES_OF_ANOTHER_VALUE else {})}
        for place, share in places.items():
            cursor = _cursor_at(client, whole, share)
            if cursor is not None:
                following = [*whole, ("cursor", cursor)]
                yield f"{name}: {place}", client.environ("/interviews", following)
    yield "CSV", client.environ("/interviews", page, CSV)
    yield "counts", client.environ("/interviews/counts")
    scheduled = client.get("/interviews", [("sort", "scheduledAt")])["data"][0]["id"]
    yield "calendar.ics", client.environ(f"/interviews/{scheduled}/calendar.ics", (), "*/*")
    yield f"changes: {FIRST}", client.environ("/interviews/changes", page)
    half_way = [*page, ("cursor", _half_way_in_feed(client))]
    yield f"changes: {BY_CURSOR}", client.environ("/interviews/changes", half_way)


def _cursor_at(client: Client, query: Query, share: float) -> str | None:
    """Return the cursor at a share of a list; None of one that is short, or that is not counted."""
    total = client.get("/interviews", query)["meta"]["total"] or 0
    if total <= 2 * ROWS:
        return None
    number = min(int(total * share), total - 1) // ROWS
    page = client.get("/interviews", [*query, ("page", str(number))])
    cursor: str = page["meta"]["nextCursor"]
    return cursor


def _half_way_in_feed(client: Client) -> str:
    cursor, left = None, client.get("/interviews/counts")["total"] // 2
    while cursor is None or left > 0:
        query = [("limit", str(max(1, min(left, FEED_ROWS_TO_HALF_WAY))))]
        query += [] if cursor is None else [("cursor", cursor)]
        answer = client.get("/interviews/changes", query)
        cursor, left = str(answer["nextCursor"]), left - len(answer["data"])
    return cursor


def measured(clients: Mapping[int, Client], turns: int, seconds: float) -> dict[str, Any]:
    """Return what each request costs, by its name and how many interviews there are."""
    asked = {rows: dict(requests(client)) for rows, client in clients.items()}
    names = dict.fromkeys(name for rows in sorted(asked, reverse=True) for name in asked[rows])
    found: dict[str, Any] = {}
    for name in names:
        costs = {rows: Cost() for rows in clients if name in asked[rows]}
        for _ in range(turns):
            for rows, cost in costs.items():
                send = partial(clients[rows].send, asked[rows][name])
                _take_turn(clients[rows], send, cost, seconds)
        found[name] = {str(rows): asdict(cost) for rows, cost in costs.items()}
    return found


def _take_turn(client: Client, send: partial[bytes], cost: Cost, seconds: float) -> None:
    """Send a request for so many seconds, once at least, and note the mean where it is less."""
    send()  # by now the connection and the caches are this request's
    calls, began, used = 0, time.perf_counter(), client.cpu.seconds()
    while not calls or time.perf_counter() - began < seconds:
        send()
        calls += 1
    wall = time.perf_counter() - began
    cost.cpu_ms = min(cost.cpu_ms, (client.cpu.seconds() - used) / calls * 1000)
    cost.wall_ms = min(cost.wall_ms, wall / calls * 1000)


def show(results: Mapping[str, Any], sizes: Sequence[int]) -> None:
    """Print a table: a line each request, all databases side by side."""
    shown = Table(title=f"ms a page of {ROWS} rows", title_justify="left")
    shown.add_column("request", no_wrap=True)
    backends = results["backends"]
    for backend in backends:
        for measure in ("CPU", "wall"):
            for size in sizes:
                shown.add_column(f"{backend}\n{measure}\n{size:,}", justify="right")
            shown.add_column("\n\nratio", justify="right")
    for name in dict.fromkeys(name for costs in backends.values() for name in costs):
        cells: list[str] = []
        for costs in backends.values():
            of_request = costs.get(name, {})
            for measure in ("cpu_ms", "wall_ms"):
                cells += _cells([of_request.get(str(size), {}).get(measure) for size in sizes])
        shown.add_row(name, *cells)
    Console(width=60 + 13 * 2 * (len(sizes) + 1) * len(backends)).print(shown)


def _cells(milliseconds: Sequence[float | None]) -> list[str]:
    cells = ["" if each is None else f"{each:.2f}" for each in milliseconds]
    first, last = milliseconds[0], milliseconds[-1]
    return [*cells, "" if first is None or last is None else f"{last / first:.2f}"]


def main() -> None:
    """Fill the databases, measure all requests, print the table and write the figures down."""
    parser = argparse.ArgumentParser(prog="make bench-lists", description=__doc__.split("\n")[0])
    parser.add_argument("--rows", default="1000,1000000", help="interviews of the tenant")
    parser.add_argument("--backends", default="sqlite,postgresql")
    parser.add_argument("--turns", type=int, default=15, help="of a request on each database")
    parser.add_argument("--seconds", type=float, default=0.03, help="of a turn")
    chosen = parser.parse_args()
    sizes = [int(each) for each in chosen.rows.split(",")]
    results: dict[str, Any] = {"rows": sizes, "turns": chosen.turns, "backends": {}}
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Databases(Path(name)) as made:
        for backend in chosen.backends.split(","):
            if not made.can_make(backend):
                continue
            with ExitStack() as closing:
                clients = {}
                for size in sizes:
                    began = time.perf_counter()
                    url = made.make(backend)
                    fill(url, size)
                    print(f"{backend}: {size:,} rows in {time.perf_counter() - began:.0f} s")
                    clients[size] = Client(url, made.folder)
                    closing.callback(clients[size].close)
                made.settle(backend)
                results["backends"][backend] = measured(clients, chosen.turns, chosen.seconds)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "lists.json").write_text(json.dumps(results, indent=2) + "\n")
    show(results, sizes)


if __name__ == "__main__":
    main()
