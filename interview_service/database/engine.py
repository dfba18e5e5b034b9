"""Connections to the database: engines, set up as the backend needs it."""

from typing import Any

import orjson
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL

from interview_service.database.backends import backend_named
from interview_service.database.backends.base import READING, READS, WRITING

POOL_TIMEOUT_SECONDS = 10


def _dump_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def make_engine(
    url: URL, *, pool_size: int = 5, reads: bool = False, migrates: bool = False
) -> Engine:
    """Return an engine for `url`; nothing is connected yet.

    :param reads: its connections are in autocommit, which saves a read the begin and the end of a
        transaction.
    :param migrates: its statements may take as long as they take.
    """
    backend = backend_named(url.get_backend_name())
    options: dict[str, Any] = {
        "json_serializer": _dump_json,
        "json_deserializer": orjson.loads,
        "pool_timeout": POOL_TIMEOUT_SECONDS,
        "pool_size": pool_size,
        "max_overflow": 2,
        "hide_parameters": True,
        **backend.engine_options(),
    }
    if reads:
        options["isolation_level"] = "AUTOCOMMIT"
        options["execution_options"] = {READS: True}
    engine = create_engine(url, **options)
    patience = READING if reads else WRITING
    backend.set_up(engine, None if migrates else patience)
    return engine
