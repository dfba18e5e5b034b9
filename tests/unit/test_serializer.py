"""A serializer does exactly what its schema's `dump` does: one definition, two ways to run it."""

import importlib
import pkgutil
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_service.api import schemas
from interview_service.api.fields import Cursor, Stored, Timestamp
from interview_service.api.schemas.base import Schema
from interview_service.api.schemas.health import CheckSchema
from interview_service.api.schemas.lists import FeedCursor, PlaceCursor
from interview_service.api.schemas.plans import StoredStructure
from interview_service.api.serializer import serializer_of
from interview_service.domain.feed import FeedPlace
from interview_service.domain.lists import Order, Place

MOMENTS = st.integers(0, 2**42).map(lambda ms: datetime.fromtimestamp(ms // 1000, UTC))

for module in pkgutil.iter_modules(schemas.__path__, f"{schemas.__name__}."):
    importlib.import_module(module.name)


def below(kind: type[Schema]) -> list[type[Schema]]:
    """Return every schema that derives from one."""
    direct = kind.__subclasses__()
    return [*direct, *(each for one in direct for each in below(one))]


ANSWERS = sorted(set(below(Schema)), key=lambda kind: kind.__name__)
STRUCTURE = {"duration": 60, "sections": [{"name": "All", "duration": 60, "topics": ["Go"]}]}


def values_of(schema: ma.Schema) -> st.SearchStrategy[Any]:
    """Yield objects with a value, or None, for each of a schema's attributes."""
    flat: dict[str, st.SearchStrategy[Any]] = {}
    nested: dict[str, dict[str, st.SearchStrategy[Any]]] = {}
    for name, field in schema.dump_fields.items():
        path = (field.attribute or name).split(".")
        strategy = st.none() | value_of(field)
        if len(path) == 1:
            flat[path[0]] = strategy
        else:
            nested.setdefault(path[0], {})[path[1]] = strategy
    inner = {
        name: st.fixed_dictionaries(parts).map(lambda each: SimpleNamespace(**each))
        for name, parts in nested.items()
    }
    return st.fixed_dictionaries({**flat, **inner}).map(lambda each: SimpleNamespace(**each))


def value_of(field: ma.fields.Field[Any]) -> st.SearchStrategy[Any]:
    if isinstance(field, StoredStructure):
        return st.just(STRUCTURE)
    if isinstance(field, Stored):
        return st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
    if isinstance(field, ma.fields.Nested):
        return values_of(field.schema)
    if isinstance(field, ma.fields.List):
        return st.lists(value_of(field.inner), max_size=3)
    if isinstance(field, Timestamp):
        return MOMENTS
    if isinstance(field, PlaceCursor):
        return st.builds(Place, st.sampled_from(Order), st.uuids().map(str), st.integers(0, 9))
    if isinstance(field, FeedCursor):
        return st.builds(FeedPlace, st.integers(0, 2**40), MOMENTS)
    if isinstance(field, Cursor):
        return st.uuids().map(str)
    if isinstance(field, ma.fields.Integer):
        return st.integers(-(2**40), 2**40)
    if isinstance(field, ma.fields.Float):
        return st.floats(allow_nan=False)
    if isinstance(field, ma.fields.Boolean):
        return st.booleans()
    if isinstance(field, ma.fields.Dict):
        inner = st.integers() if field.value_field is None else value_of(field.value_field)
        return st.dictionaries(st.text(max_size=3), inner, max_size=2)
    return st.text(max_size=5)


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_a_serializer_gives_what_the_schema_dumps(kind: type[ma.Schema], data: Any) -> None:
    schema = kind()
    value = data.draw(values_of(schema))
    assert serializer_of(schema)(value) == schema.dump(value)


def test_there_are_answers() -> None:
    assert len(ANSWERS) > 40


def test_a_mapping_may_lack_keys() -> None:
    schema = CheckSchema()
    assert (
        serializer_of(schema)({"status": "ok"}) == schema.dump({"status": "ok"}) == {"status": "ok"}
    )
