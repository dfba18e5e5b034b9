"""`make bench` works: a short run of it, whose figures mean nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHORT = {"rows": "60,120", "seconds": "0.05", "rounds": "1", "starts": "1", "interviews": "20"}


def test_a_short_run_measures_everything_and_writes_it_down(tmp_path: Path) -> None:
    arguments = [part for name, value in SHORT.items() for part in (f"--{name}", value)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments, "--backends", "sqlite"],
        cwd=ROOT,
        env={**os.environ, "BENCH_RESULTS": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "latest.json").read_text())
    found = results["sqlite"]
    for name, by_size in found["operations"].items():
        assert name in done.stdout
        for figures in by_size.values():
            assert all(value > 0 for value in figures.values())
    assert found["memory_mb"].keys() == {"60", "120"}
    assert found["planned_per_second"] > 0
    assert found["webhooks_per_second"] > 0
    assert found["first_answer_seconds"] > 0
