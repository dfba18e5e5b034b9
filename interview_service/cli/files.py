"""Files that commands write: whole under their name, or not there at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

DRAFT_SUFFIX = ".part"


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[Path]:
    """Yield a draft beside `path` that becomes it when the block ends, on disk and readable by its
    owner alone; an error in the block leaves nothing.

    :param replace: what is at `path` may be replaced.
    :raise click.ClickException: something is there already, or another process writes it.
    """
    if not replace and os.path.lexists(path):
        raise click.ClickException(f"{path} exists already")
    draft = path.with_name(f".{path.name}{DRAFT_SUFFIX}")
    handle = os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        if not _locked(handle):
            raise click.ClickException(f"another process is writing {path}")
        os.truncate(handle, 0)
        try:
            yield draft
            os.fsync(handle)
            draft.rename(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
        _sync_folder(path.parent)
    finally:
        os.close(handle)


def remove_drafts(folder: Path, pattern: str) -> None:
    """Remove the drafts of processes that were killed; one that is being written stays."""
    for draft in folder.glob(f".{pattern}{DRAFT_SUFFIX}"):
        handle = os.open(draft, os.O_WRONLY)
        try:
            if _locked(handle):
                draft.unlink()
        finally:
            os.close(handle)


def _locked(handle: int) -> bool:
    """Lock an open file until it is closed; False where another process has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
