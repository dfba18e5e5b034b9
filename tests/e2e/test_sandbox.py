"""The service in what the kernel itself enforces of the sandbox that `deploy/` puts it in."""

import ctypes
import sys

import pytest

from tests.callers import details
from tests.conftest import SECRET, do_without

from . import conftest
from .conftest import Starter, until

_PR_SET_NO_NEW_PRIVS, _PR_SET_MDWE, _PR_GET_MDWE = 38, 65, 66
SANDBOXED = f"""
import ctypes
prctl = ctypes.CDLL(None, use_errno=True).prctl
assert prctl({_PR_SET_NO_NEW_PRIVS}, 1, 0, 0, 0) == 0
assert prctl({_PR_SET_MDWE}, 1, 0, 0, 0) == 0
from interview_service.cli import main
main()
"""


def test_it_works_where_no_memory_may_be_written_and_executed(
    service: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ctypes.CDLL(None).prctl(_PR_GET_MDWE, 0, 0, 0, 0) < 0:
        do_without("this kernel denies no memory that is written and executed (Linux 6.3 does)")
    monkeypatch.setattr(conftest, "COMMAND", [sys.executable, "-c", SANDBOXED])
    running = service("serve", JWT_SECRET_KEY=SECRET)
    with running.client() as client:
        record = client.post("/interviews", json=details()).json()
        plan = f"/interviews/{record['id']}/plan"
        until(lambda: client.get(plan).status_code == 200, "the plan, from the engine's process")
        wrong = {"email": "nobody@example.com", "password": "a quiet harbour town"}
        assert client.post("/auth/login", json=wrong).status_code == 401  # by way of Argon2
    assert running.stop() == 0
