"""The form of log lines: text for people, JSON for machines, one line each.

Tracebacks show where errors were raised and of which type they are, but not their messages, which
may quote a request or a record.
"""

import logging
import os
import sys
import traceback
from typing import Any

import orjson

from interview_service.domain.clock import rfc3339
from interview_service.settings import Settings

_FIELDS = (
    *("method", "route", "status", "ms", "tenant", "subject", "address"),
    *("request_id", "trace_id", "parent_id", "interview_id", "delivery_id"),
)


def _when(record: logging.LogRecord) -> str:
    return rfc3339(int(record.created * 1000))


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    given = record.__dict__
    return {name: given[name] for name in _FIELDS if name in given}


def _printable(text: str) -> str:
    """Return `text` with line breaks and other unprintable characters escaped."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _value(value: Any) -> str:
    """Return the text of a field's value, quoted where it could be mistaken for several fields."""
    text = _printable(str(value))
    quoted = " " in text or '"' in text or "=" in text
    return orjson.dumps(text).decode() if quoted else text


def _traceback(error: BaseException | None) -> str:
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        parts.append("".join([*traceback.format_tb(error.__traceback__), kind]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nraised after\n".join(parts)


class TextFormatter(logging.Formatter):
    """`2024-01-15T10:00:00.000Z INFO message key=value …`"""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, followed by the traceback if there is one."""
        parts = [_when(record), record.levelname, _printable(record.getMessage())]
        parts += [f"{name}={_value(value)}" for name, value in _fields(record).items()]
        line = " ".join(parts)
        return line + (f"\n{_traceback(record.exc_info[1])}" if record.exc_info else "")


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with the traceback as text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        entry: dict[str, Any] = {
            "time": _when(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage().encode(errors="backslashreplace").decode(),
            **_fields(record),
        }
        if record.exc_info:
            entry["exception"] = _traceback(record.exc_info[1])
        return orjson.dumps(entry, default=str).decode()


class StandardError(logging.Handler):
    """Writes each line to standard error with a single system call, so that no lock is needed."""

    def createLock(self) -> None:  # noqa: N802 (logging's name)
        """Create no lock: a line is written by a single system call."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record's line; from Python 3.13 on, logging's own `handle` requires a lock."""
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record's line."""
        try:
            os.write(sys.stderr.fileno(), (self.format(record) + "\n").encode())
        except Exception:  # noqa: BLE001 (a log that cannot be written must not stop the service)
            self.handleError(record)


def configure(settings: Settings) -> None:
    """Log to standard error, in the format and from the level that the settings name."""
    handler = StandardError()
    handler.setFormatter(JsonFormatter() if settings.log_format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("interview_service").setLevel(settings.log_level)
