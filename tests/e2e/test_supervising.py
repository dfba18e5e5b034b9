"""The parent of the processes stops when it is told to, whatever they are doing."""

import subprocess
import sys

from .conftest import PATIENCE_SECONDS

CHILDREN = """
import os, signal, sys
from interview_service.processes import supervise

def stops_its_parent():
    os.kill(os.getppid(), signal.SIGTERM)
    signal.pause()

others = {str(number): signal.pause for number in range(20)}
sys.exit(supervise({"first": stops_its_parent, **others}))
"""


def test_a_stop_while_children_are_being_started_stops_them_all() -> None:
    ended = subprocess.run([sys.executable, "-c", CHILDREN], timeout=PATIENCE_SECONDS, check=False)
    assert ended.returncode == 0
