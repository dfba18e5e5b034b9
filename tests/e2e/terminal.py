"""A terminal into which the commands of the documentation are typed."""

import json
import os
import subprocess

from .conftest import PATIENCE_SECONDS, Service

PORT = "localhost:3009"


class Terminal:
    """A bash into which documented commands are typed, against a service on another port."""

    def __init__(self, service: Service) -> None:
        self._port = f"127.0.0.1:{service.port}"
        self._typed: list[str] = []

    def set(self, name: str, value: str) -> None:
        """Set a variable, for the reader who looked it up in a response."""
        self._typed.append(f"{name}='{value}'")

    def define(self, commands: str) -> None:
        """Type what has no output of its own."""
        self._typed.append(commands.replace(PORT, self._port))

    def type(self, commands: str) -> list[dict[str, object]]:
        """Run commands after all that was defined, and return the JSON of each response."""
        script = "\n".join([*self._typed, commands.replace(PORT, self._port)])
        done = subprocess.run(
            ["bash", "-c", script.replace("curl ", "curl -sS -w '\\n' ")],
            env={**os.environ, "no_proxy": "*"},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return [json.loads(line) for line in done.stdout.splitlines() if line]
