"""Places in lists as cursors: opaque text that a client passes on for the next page."""

import base64
import struct
from uuid import UUID

from interview_service.domain.lists import Order, Place

_ORDERS = tuple(Order)
_ABSENT = -1
_PLACE = struct.Struct(">B?qq16s")  # order, whether it has a value, the value, the total, the id
_MAX_CURSOR = 100


def unpacked(text: str) -> bytes:
    """Return what a cursor holds.

    :raise ValueError: it is none.
    """
    if len(text) > _MAX_CURSOR:
        raise ValueError
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def packed(raw: bytes) -> str:
    """Return bytes as a cursor."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def packed_place(place: Place) -> str:
    """Return a place in a list as a cursor, which clients take for what it is."""
    key = UUID(place.id).bytes
    if place.order is Order.NEWEST and place.total is None:
        return packed(key)
    total = _ABSENT if place.total is None else place.total
    number = _ORDERS.index(place.order)
    return packed(_PLACE.pack(number, place.value is not None, place.value or 0, total, key))


def place_of(text: str) -> Place:
    """Return the place that a cursor names.

    :raise ValueError: it names none.
    """
    raw = unpacked(text)
    if len(raw) == len(UUID(int=0).bytes):
        return Place(Order.NEWEST, str(UUID(bytes=raw)))
    if len(raw) != _PLACE.size:
        raise ValueError
    number, has_value, value, total, key = _PLACE.unpack(raw)
    if number >= len(_ORDERS) or total < _ABSENT:
        raise ValueError
    return Place(
        _ORDERS[number],
        str(UUID(bytes=key)),
        value if has_value else None,
        None if total == _ABSENT else total,
    )
