"""A disk is filled for real below SQLite: writes are refused, reads go on, room ends it."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.callers import details
from tests.conftest import SECRET, do_without

from .conftest import Service, Starter, until

MIB = 1 << 20
REFUSED = {
    "statusCode": 503,
    "message": "The disk of the database is full; nothing was written",
}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MiB, mounted for this test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        do_without("no disk can be mounted: run the tests as root to fill one")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(ballast: Path) -> None:
    """Take all the room that there is."""
    with ballast.open("ab", buffering=0) as file:
        for size in (MIB, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def ready(service: Service) -> dict[str, Any]:
    response = httpx.get(f"{service.base}/health/ready")
    assert response.status_code == 200
    told: dict[str, Any] = response.json()
    return told


def test_a_full_disk_refuses_writes_until_there_is_room_again(
    service: Starter, small_disk: Path
) -> None:
    running = service(
        "serve", JWT_SECRET_KEY=SECRET, INSTANCE_PATH=str(small_disk), LOG_FORMAT="json"
    )
    ballast = small_disk / "ballast"
    with running.client() as client:
        record = client.post("/interviews", json=details()).json()
        plan = f"/interviews/{record['id']}/plan"
        until(lambda: client.get(plan).status_code == 200, "the plan")

        fill(ballast)

        def is_refused() -> bool:
            response = client.post("/interviews", json=details(jobDescription="x" * 20_000))
            if response.status_code == 201:
                return False
            assert (response.status_code, response.json()) == (503, REFUSED)
            return int(response.headers["Retry-After"]) > 0

        until(is_refused, "a write that finds no room")
        assert client.get(plan).status_code == 200
        assert client.get("/interviews").status_code == 200
        until(lambda: ready(running)["checks"]["disk"] != "ok", "the health check to see it")
        told = ready(running)
        assert (told["status"], told["checks"]["disk"]) == (
            "degraded",
            "disk full: nothing can be written",
        )
        assert "the disk of the database is full: nothing can be written" in messages(running)

        ballast.unlink()
        until(lambda: client.post("/interviews", json=details()).status_code == 201, "writes again")
        until(lambda: ready(running)["status"] == "ok", "the health check to be well again")
        kept = client.get("/interviews").json()
        assert kept["meta"]["total"] == len(kept["data"])
        assert client.get(plan).status_code == 200
    assert running.stop() == 0


def messages(service: Service) -> list[str]:
    lines = [line for line in service.errors.splitlines() if line.startswith("{")]
    return [json.loads(line)["message"] for line in lines]
