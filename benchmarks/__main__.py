"""`make bench`: the service beside the floor, in one run, alternating.

Every figure is a rate or a median of several rounds. Only the ratios within one run count, because
machines differ and are noisy. Writes a table to the terminal, and a JSON file to
benchmarks/results.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from benchmarks import background, data, load, report
from benchmarks.databases import Databases
from benchmarks.operations import keys_of, operations
from benchmarks.servers import Server

RESULTS = Path(os.environ.get("BENCH_RESULTS") or Path(__file__).with_name("results"))


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n")[0])
    parser.add_argument("--rows", default="1000,1000000", help="interviews of the tenant")
    parser.add_argument("--backends", default="sqlite,postgresql")
    parser.add_argument("--seconds", type=float, default=1.0, help="of one round of one operation")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--starts", type=int, default=5, help="of the web, for its first answer")
    parser.add_argument("--interviews", type=int, default=600, help="for the worker to plan")
    chosen = parser.parse_args()
    sizes = [int(each) for each in chosen.rows.split(",")]
    results: dict[str, Any] = {"rows": sizes, "seconds": chosen.seconds, "rounds": chosen.rounds}
    for backend in chosen.backends.split(","):
        with tempfile.TemporaryDirectory(prefix="bench-") as name, Databases(Path(name)) as made:
            if not made.can_make(backend):
                continue
            results[backend] = measured(made, backend, sizes, chosen)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(results, indent=2) + "\n")
    report.table(results)


def measured(
    made: Databases, backend: str, sizes: Sequence[int], chosen: argparse.Namespace
) -> Mapping[str, Any]:
    """Return all figures of one backend."""
    found: dict[str, Any] = {"operations": {}}
    urls: dict[int, URL] = {}
    for size in sizes:
        began = time.perf_counter()
        urls[size] = made.make(backend)
        data.fill(urls[size], size)
        print(f"{backend}: {size:,} interviews in {time.perf_counter() - began:.0f} s")
    made.settle(backend)
    with ExitStack() as running:
        servers = {
            (size, kind): running.enter_context(
                Server("web" if kind == "service" else "floor", url, made.folder)
            )
            for size, url in urls.items()
            for kind in ("service", "floor")
        }
        asked = {(size, kind): operations(keys_of(urls[size]), kind) for size, kind in servers}
        for name in next(iter(asked.values())):
            found["operations"][name] = _compared(servers, name, asked, chosen)
            print(f"{backend}: {name} measured")
        for (size, kind), server in servers.items():
            if kind == "service":
                found.setdefault("memory_mb", {})[str(size)] = max(server.memory())
    found["first_answer_seconds"] = _start_seconds(urls[sizes[0]], made.folder, chosen.starts)
    found["planned_per_second"] = background.planned_per_second(
        made.make(backend), made.folder, chosen.interviews
    )
    found["webhooks_per_second"] = background.webhooks_per_second(
        made.make(backend), made.folder, chosen.interviews
    )
    return found


def _compared(
    servers: Mapping[tuple[int, str], Server],
    name: str,
    asked: Mapping[tuple[int, str], Mapping[str, Sequence[bytes]]],
    chosen: argparse.Namespace,
) -> Mapping[str, Any]:
    """Run an operation on every server in turn, round by round; the first round is a warm-up."""
    rounds: dict[tuple[int, str], list[load.Result]] = {key: [] for key in servers}
    for number in range(chosen.rounds + 1):
        for key, server in servers.items():
            result = load.run(server.port, asked[key][name], seconds=chosen.seconds)
            if any(status >= 300 for status in result.statuses):
                raise RuntimeError(f"{name} of {key} answered {result.statuses}")
            if number:
                rounds[key].append(result)
    found: dict[str, Any] = {}
    seconds = chosen.seconds
    for size in sorted({size for size, _ in servers}):
        service, floor = rounds[size, "service"], rounds[size, "floor"]
        pairs = zip(service, floor, strict=True)
        found[str(size)] = {
            "service_rate": statistics.median(each.rate for each in service),
            "floor_rate": statistics.median(each.rate for each in floor),
            "ratio": statistics.median(own.rate / other.rate for own, other in pairs),
            **{
                f"{kind}_ms": _median_ms(servers[size, kind], asked[size, kind][name], seconds)
                for kind in ("service", "floor")
            },
        }
    return found


def _median_ms(server: Server, requests: Sequence[bytes], seconds: float) -> float:
    """Return the median response time of a single client, in milliseconds."""
    return load.run(server.port, requests, seconds=seconds, connections=1).median_ms


def _start_seconds(url: URL, folder: Path, times: int) -> float:
    starts = []
    for _ in range(times):
        with Server("web", url, folder) as server:
            starts.append(server.seconds_to_first_answer)
    return statistics.median(starts)


if __name__ == "__main__":
    main()
