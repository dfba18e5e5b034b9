"""Column types that mean the same on SQLite, PostgreSQL and MariaDB."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, String, Text, TypeDecorator, Uuid
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.postgresql import JSONB

from interview_service.domain.clock import from_milliseconds, to_milliseconds

Identifier = String(36).with_variant(Uuid(as_uuid=False), "postgresql")
"""A UUID as lower-case text: in the order of its bytes everywhere, so that v7 is in time order."""

LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
"""Text past the 64 KiB that TEXT holds on MariaDB."""

Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Timestamp(TypeDecorator[datetime]):
    """A moment, kept as milliseconds since 1970: exact, ordered and free of time zones."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware datetime into what is stored."""
        return None if value is None else to_milliseconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Turn what is stored into an aware UTC datetime."""
        return None if value is None else from_milliseconds(value)
