"""Files that settings live in: `.env`, and the secret that is made where none is set."""

import os
import secrets
import stat
from pathlib import Path
from shlex import quote

from dotenv.parser import Original, parse_stream

from interview_service.settings.declaring import SettingsError

MIN_SECRET_BYTES = 32


def readable_secrets(*files: Path) -> list[str]:
    """Return a warning for each of these files that others on this machine may read.

    Each names the command that mends it.
    """
    warnings = []
    for path in files:
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if mode & stat.S_IROTH:
            warnings.append(
                f"{path} can be read by every user of this machine: chmod o-rwx {quote(str(path))}"
            )
    return warnings


def check_dotenv(path: Path) -> None:
    """Make sure that every line of a `.env` file can be read: what cannot be would be skipped.

    :raise SettingsError: it cannot, and where.
    """
    try:
        with path.open(encoding="utf-8") as file:
            wrong = [_first_line(each.original) for each in parse_stream(file) if each.error]
    except (OSError, UnicodeDecodeError):
        raise SettingsError({str(path): "must be a readable file in UTF-8"}) from None
    if wrong:
        lines = f"line{'s' if len(wrong) > 1 else ''} {', '.join(map(str, wrong))}"
        raise SettingsError({str(path): f"must be NAME=value, in {lines}"})


def _first_line(original: Original) -> int:
    """Return the number of the first line of a statement; blank lines may come before it."""
    text = original.string
    return original.line + text[: len(text) - len(text.lstrip())].count("\n")


def kept_secret(path: Path) -> str:
    """Return the secret kept at `path`, made first where there is none (0600, no race).

    :raise SettingsError: it cannot be made or read, or is too short.
    """
    try:
        return _made_once(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SettingsError(
            {"INSTANCE_PATH": f"must be a folder that can be written: {path}: {reason}"}
        ) from None


def _made_once(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its secret is the one
        finally:
            draft.unlink()
    secret = path.read_text().strip()
    if len(secret.encode()) < MIN_SECRET_BYTES:
        raise SettingsError(
            {"JWT_SECRET_KEY": f"{path} must hold {MIN_SECRET_BYTES} bytes or more: delete it"}
        )
    return secret
