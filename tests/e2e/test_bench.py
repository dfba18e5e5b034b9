"""The benchmarks work: a short run of each, whose figures mean nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

from interview_service.domain.lists import Order

ROOT = Path(__file__).resolve().parents[2]
SHORT = {"rows": "60,120", "seconds": "0.05", "rounds": "1", "starts": "1", "interviews": "20"}


def run(module: str, results: Path, *arguments: str) -> str:
    """Run a module of the benchmarks on SQLite, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments, "--backends", "sqlite"],
        cwd=ROOT,
        env={**os.environ, "BENCH_RESULTS": str(results)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_short_run_measures_everything_and_writes_it_down(tmp_path: Path) -> None:
    arguments = [part for name, value in SHORT.items() for part in (f"--{name}", value)]
    printed = run("benchmarks", tmp_path, *arguments)
    results = json.loads((tmp_path / "latest.json").read_text())
    found = results["sqlite"]
    for name, by_size in found["operations"].items():
        assert name in printed
        for figures in by_size.values():
            assert all(value > 0 for value in figures.values())
    assert found["memory_mb"].keys() == {"60", "120"}
    assert found["planned_per_second"] > 0
    assert found["webhooks_per_second"] > 0
    assert found["first_answer_seconds"] > 0


def test_a_short_run_of_the_lists_measures_each_of_them_and_writes_it_down(tmp_path: Path) -> None:
    arguments = ("--rows", "200,400", "--turns", "1", "--seconds", "0")
    printed = run("benchmarks.lists", tmp_path, *arguments)
    found = json.loads((tmp_path / "lists.json").read_text())["backends"]["sqlite"]
    for order in Order:
        for page in ("first page", "by cursor, half way"):
            costs = found[f"sort={order}: {page}"]
            assert costs.keys() == {"200", "400"}
            assert all(value > 0 for each in costs.values() for value in each.values())
    assert all(name in printed for name in found)
    assert {"counts", "CSV", "calendar.ics", "changes: first page"} <= found.keys()


def test_a_short_run_of_the_feed_misses_nothing(tmp_path: Path) -> None:
    printed = run("benchmarks.feed", tmp_path, "--writers", "2", "--interviews", "6")
    assert "2 writers: 12 created, 12 updated, 4 deleted" in printed
    assert "0 missed, 0 told twice, in order" in printed


def test_a_short_run_of_the_erasure_erases_them_all(tmp_path: Path) -> None:
    printed = run("benchmarks.erasure", tmp_path, "--rows", "50", "--interviews", "4")
    assert "4 interviews of the candidate found" in printed
    assert "the other 2 in one call" in printed
