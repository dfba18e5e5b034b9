"""The CPU time of work in this process and, on PostgreSQL, of the server processes that it asks."""

import time
from pathlib import Path
from typing import Any

from sqlalchemy import event

from interview_service.database.session import Database


class CpuClock:
    """Counts the CPU time that is spent on a database.

    That of a server which is not PostgreSQL, or not on this machine, is left out. Make it before
    the first connection.
    """

    def __init__(self, database: Database) -> None:
        self._server_processes: set[int] = set()
        if database.backend.name == "postgresql":
            for engine in (database.engine, database._reading):
                event.listen(engine, "connect", self._note_server_process)

    def _note_server_process(self, connection: Any, record: object) -> None:
        self._server_processes.add(connection.info.backend_pid)

    def seconds(self) -> float:
        """Return the CPU time that was used up to now."""
        used = time.process_time()
        for process in self._server_processes:
            try:
                used += int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
            except OSError:
                continue
        return used
