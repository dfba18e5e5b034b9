"""A team's year: every command of the documentation's sections on it, typed in and counted."""

from pathlib import Path

from tests.conftest import Server
from tests.year import documented, play


def test_a_teams_year_loses_no_record(postgresql_server: Server, tmp_path: Path) -> None:
    told: list[str] = []
    year = play(tmp_path, postgresql_server, told.append)
    assert year.typed == documented()
    assert sum(line.startswith("    counted: ") for line in told) == 6
