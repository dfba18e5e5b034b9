"""Pages of the lists that hang on an interview: plans, transitions, deliveries."""

from marshmallow import fields, validate

from interview_service.api.fields import Cursor, NumberCursor, WholeNumber
from interview_service.api.schemas.base import Schema, doc
from interview_service.domain.limits import PAGE_ROWS

_BEFORE = doc("The `meta.nextCursor` of the answer before")
_NEXT = doc("What to pass as `cursor` for more; null at the end")


class _PartQuerySchema(Schema):
    limit = WholeNumber(
        load_default=PAGE_ROWS,
        validate=validate.Range(1, PAGE_ROWS),
        metadata=doc("Rows of a page"),
    )


class PartQuerySchema(_PartQuerySchema):
    """Which part of a list that hangs on an interview."""

    cursor = NumberCursor(metadata=_BEFORE)


class PlansQuerySchema(_PartQuerySchema):
    """Which part of an interview's plans."""

    cursor = Cursor(metadata=_BEFORE)


class _PartMetaSchema(Schema):
    limit = fields.Integer(metadata=doc("Rows of a page at most", PAGE_ROWS))


class PartMetaSchema(_PartMetaSchema):
    """Where a page of a list that hangs on an interview ends."""

    next_cursor = NumberCursor(allow_none=True, metadata=_NEXT)


class PlansMetaSchema(_PartMetaSchema):
    """Where a page of an interview's plans ends."""

    next_cursor = Cursor(allow_none=True, metadata=_NEXT)
