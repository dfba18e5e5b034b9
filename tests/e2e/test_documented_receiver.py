"""The documented receiver, run as printed: it takes what is signed, once, and nothing else."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interview_service.domain.workflow import Event, State, Transition
from interview_service.webhooks import payloads, signing
from interview_service.webhooks.transport import Outcome, Transport
from tests.documents import API, code

PATIENCE_SECONDS = 20


def receiver() -> str:
    """Return the one receiver that the documentation prints."""
    (found,) = code(API, "python")
    return found


@contextmanager
def running(folder: Path, secret: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the receiver on a port of the system's choice; yield its URL and its process."""
    (folder / "receiver.py").write_text(receiver())
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "receiver", "run", "--port", "0"],
        cwd=folder,
        env={**os.environ, "WEBHOOK_SECRET": secret},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", line)
            if found:
                yield f"{found.group(1)}/webhook", process
                break
        else:
            pytest.fail("the receiver did not start")
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_SECONDS)


def event() -> bytes:
    return payloads.body(
        Event.APPROVED,
        datetime.now(UTC),
        interview_id="the-interview",
        run_id="the-run",
        tenant_id="acme",
        external_id=None,
        transition=Transition.APPROVE,
        previous_state=State.PENDING,
        workflow_state=State.APPROVED,
        plan_id=None,
        decision=None,
        assessment_id=None,
    )


def post(url: str, secret: str, webhook_id: str, body: bytes, sent: bytes | None = None) -> Outcome:
    headers = signing.headers([secret], webhook_id, datetime.now(UTC), body)
    return Transport(allow_private=True).send(url, sent or body, headers)


def test_the_documented_receiver_verifies_prints_and_takes_each_event_once(
    tmp_path: Path,
) -> None:
    secret = signing.new_secret()
    with running(tmp_path, secret) as (url, process):
        body = event()
        assert post(url, secret, "msg-1", body).status == 204
        assert post(url, secret, "msg-1", body).status == 204
        assert post(url, signing.new_secret(), "msg-2", body).status == 401
        assert post(url, secret, "msg-3", body, body.replace(b"acme", b"evil")).status == 401
        assert post(url, secret, "msg-4", body).status == 204
        test = payloads.test_body(datetime.now(UTC), tenant_id="acme")
        assert post(url, secret, "msg-5", test).status == 204
        process.terminate()
        assert process.stdout is not None
        printed = process.stdout.read().splitlines()
    events = [line for line in printed if line.startswith(("interview.", "webhook."))]
    assert events == [*["interview.approved the-interview"] * 2, "webhook.test None"]


def test_the_receiver_is_as_short_as_promised() -> None:
    lines = [line for line in receiver().splitlines() if line.strip()]
    assert len(lines) <= 20
