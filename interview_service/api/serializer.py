"""Serializers made from schemas: what `Schema.dump` gives, at a fraction of its cost.

The schema stays the one definition: it documents, and the serializer is derived from its fields. A
field of a kind not known here is serialized by itself, so that the result is the same in any case.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import marshmallow as ma
from marshmallow import fields

from interview_service.api.fields import Stored, Timestamp
from interview_service.domain.clock import rfc3339

Serializer = Callable[[Any], Any]

_PLAIN = (fields.String, fields.Integer, fields.Boolean, fields.Dict)
_AS_IT_IS = {each._serialize for each in _PLAIN}


def serializer_of(schema: ma.Schema) -> Serializer:
    """Return a function that does what `schema.dump` does.

    It takes an object with the schema's attributes, or a mapping with some of them; of many, rows
    that begin with the schema's fields are the quickest.
    """
    one, many = _serializers(schema)
    return many if schema.many else one


def _serializers(schema: ma.Schema) -> tuple[Serializer, Serializer]:
    """Return what serializes one value, and what serializes many."""
    items = [
        (field.data_key or name, field.attribute or name, _converter(field))
        for name, field in schema.dump_fields.items()
    ]
    keys = [key for key, _, _ in items]
    names = tuple(attribute for _, attribute, _ in items)
    converters = [(key, convert) for key, _, convert in items if convert is not None]
    is_single = len(items) == 1
    values_of = attrgetter(*names) if names else lambda value: ()

    def of_object(value: Any) -> dict[str, Any]:
        found = values_of(value)
        result = dict(zip(keys, (found,) if is_single else found, strict=True))
        for key, convert in converters:
            result[key] = convert(result[key])
        return result

    def of_mapping(value: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: value[attribute] if convert is None else convert(value[attribute])
            for key, attribute, convert in items
            if attribute in value
        }

    def serialize(value: Any) -> dict[str, Any]:
        return of_mapping(value) if isinstance(value, Mapping) else of_object(value)

    def of_rows(values: Sequence[Any]) -> list[dict[str, Any]]:
        results = [dict(zip(keys, value, strict=False)) for value in values]
        for key, convert in converters:
            for result in results:
                value = result[key]
                if value is not None:
                    result[key] = convert(value)
        return results

    def serialize_all(values: Sequence[Any]) -> list[dict[str, Any]]:
        if values and getattr(values[0], "_fields", ())[: len(names)] == names:
            return of_rows(values)
        return [serialize(value) for value in values]

    return serialize, serialize_all


def _converter(field: fields.Field[Any]) -> Serializer | None:
    """Return what turns a value into JSON's; None where it is that already."""
    if isinstance(field, Timestamp):
        return _timestamp
    if type(field) is Stored:
        return None
    if isinstance(field, Stored):
        return _optional(lambda value: field._serialize(value, None, None))
    if isinstance(field, fields.Nested):
        return _optional(serializer_of(field.schema))
    if isinstance(field, fields.List):
        if isinstance(field.inner, fields.Nested) and not isinstance(field.inner, Stored):
            return _optional(_serializers(field.inner.schema)[1])
        convert = _converter(field.inner)
        if convert is None:
            return _optional(list)
        return _optional(lambda values: [convert(value) for value in values])
    if isinstance(field, _PLAIN) and type(field)._serialize in _AS_IT_IS:
        return None
    return lambda value: field._serialize(value, None, None)


def _timestamp(value: Any) -> str | None:
    return None if value is None else rfc3339(value)


def _optional(convert: Serializer) -> Serializer:
    return lambda value: None if value is None else convert(value)
