"""What copies of all databases have in common: the seam, and how their programs are run."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, ClassVar, Protocol

from sqlalchemy.engine import URL

from interview_service.database.snapshots import Counts


class CopyRefused(Exception):
    """A copy cannot be made or restored; its text says why, in one line."""


class Copier(Protocol):
    """Copies a database into a file, and a file into a database.

    `suffix` is that of a copy's name, `magic` what its content begins with.
    """

    suffix: ClassVar[str]
    magic: ClassVar[bytes]

    def write(self, url: URL, draft: Path) -> Counts:
        """Write the whole database to a file, and return the rows that the copy holds.

        The service may go on meanwhile: the copy is of one moment.

        :raise CopyRefused: it cannot be done, or the copy is not what the database held then.
        """

    def restore(self, url: URL, path: Path) -> Counts:
        """Fill a database that has no tables from a file, and return the rows that it has now.

        :raise CopyRefused: it cannot be done, or the rows are not those of the file.
        """


def compare(source: Counts, copy: Counts) -> Counts:
    """Return the counts, which are the same on both sides.

    :raise CopyRefused: they are not.
    """
    for name in sorted({*source, *copy}):
        rows, copied = source.get(name, 0), copy.get(name, 0)
        if rows != copied:
            raise CopyRefused(f"the table {name} has {rows} rows, and its copy {copied}")
    return copy


def program(name: str, package: str) -> str:
    """Return the path of a program.

    :raise CopyRefused: it is not there.
    """
    found = shutil.which(name)
    if found is None:
        raise CopyRefused(f"{name} is not installed: install your system's {package}")
    return found


def check_version(path: str, pattern: str, server: tuple[int | str, ...] | None) -> None:
    """Make sure that a program is not older than the server.

    :param pattern: finds the program's version in what it says of itself.
    :param server: its version, of which as many parts count as the pattern has groups.
    :raise CopyRefused: it is older.
    """
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(pattern, told)
    if found is None or server is None:
        return  # it will say itself what it cannot do
    version = [int(part) for part in found.groups()]
    needed = [int(part) for part in server[: len(version)]]
    if version < needed:
        raise CopyRefused(
            f"{Path(path).name} is of version {'.'.join(map(str, version))} and the server of "
            f"{'.'.join(map(str, needed))}: install the client programs of the server's version"
        )


@contextmanager
def running(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    feeds: bool = False,
    reads: bool = False,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program meanwhile; it must have succeeded at the end.

    :param feeds: its standard input is written to.
    :param reads: its standard output is read.
    :raise CopyRefused: it failed; with what it said first.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 (no shell; the command is ours)
            command,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE if feeds else subprocess.DEVNULL,
            stdout=subprocess.PIPE if reads else subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            yield process
            if process.stdin is not None:
                process.stdin.close()
            status = process.wait()
        except BrokenPipeError:
            status = process.wait()
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                _close(pipe)
        if status != 0:
            raise CopyRefused(f"{Path(command[0]).name}: {_first_fault(errors)}")


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except BrokenPipeError:
        pass  # what was still to be written is of no use to a program that has ended


def _first_fault(errors: IO[bytes]) -> str:
    """Return the first line that a program wrote to its standard error, without its own name."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return re.sub(r"^\S+: (error: )?", "", lines[0]) if lines else "it failed and did not say why"
