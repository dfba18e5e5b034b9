"""What every schema has in common, and the examples that several of them show."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Self

import marshmallow as ma

from interview_service.api.fields import Choice, Items, Text
from interview_service.api.services import services
from interview_service.domain.interview import api_name
from interview_service.domain.limits import ERROR_MESSAGES, URL
from interview_service.webhooks.addresses import UrlRefused, check_url

INTERVIEW_ID = "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"
RUN_ID = "0190c7a4-5b1e-7c11-9f00-aabbccddeeff"
PLAN_ID = "0190c7a4-9d2e-7a10-8c11-223344556677"


def doc(description: str, example: Any = None, **more: Any) -> dict[str, Any]:
    """Return what the document says of a field."""
    return {"description": description, **({} if example is None else {"example": example}), **more}


class Schema(ma.Schema):
    """A schema whose attributes are named as in Python and whose keys are named as in the API."""

    class Meta:
        unknown = ma.RAISE

    def __deepcopy__(self, memo: Mapping[int, Any]) -> Self:
        """Return the schema itself: none changes once made, and each declaration copies them."""
        return self

    def on_bind_field(self, field_name: str, field_obj: ma.fields.Field[Any]) -> None:
        """Name the key of a field in camelCase."""
        field_obj.data_key = api_name(field_obj.data_key or field_name)

    def load(self, data: Any, **options: Any) -> Any:
        """Read `data`; of keys that are no fields, no more than an answer can name are looked at.

        :raise marshmallow.ValidationError: it is not valid.
        """
        if isinstance(data, Mapping) and len(data) > len(self.fields) + ERROR_MESSAGES:
            known = {str(field.data_key): name for name, field in self.fields.items()}
            unknown = islice((key for key in data if key not in known), ERROR_MESSAGES)
            data = {key: data[key] for key in [*filter(data.__contains__, known), *unknown]}
        return super().load(data, **options)


def demand(field: ma.fields.Field[Any]) -> None:
    """Make a field one that must be there and must not be null."""
    assert isinstance(field, Text | Items | Choice)
    field.demand()


def webhook_url(description: str) -> Text:
    """Return a field with the URL of a receiver of webhooks."""
    return Text(
        max_length=URL,
        allow_none=True,
        validate=[_refuse_url],
        metadata=doc(description, format="uri", pattern="^(https?://.*)?$"),
    )


def _refuse_url(value: str) -> None:
    try:
        check_url(value, allow_private=services().allow_private)
    except UrlRefused as error:
        raise ma.ValidationError(str(error)) from None
