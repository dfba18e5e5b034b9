"""Versions of records in HTTP: the ETag of an answer, and what If-Match asks for."""

from collections.abc import Callable

from flask import request

IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag that the record must still have",
    "schema": {"type": "string"},
}
IF_MATCH_ANY = {
    **IF_MATCH,
    "description": "The ETag that the record, its plan or its assessment must still have",
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The ETag that is known already: 304 where it is still the record's",
    "schema": {"type": "string"},
}
ETAG_HEADER = {"ETag": {"description": "The record's version", "schema": {"type": "string"}}}


def etag(version: int | str) -> dict[str, str]:
    """Return the header that names a record's version."""
    return {"ETag": f'"{version}"'}


def accepted_versions() -> Callable[[int | str | None], bool]:
    """Return what tells whether the request's If-Match accepts a version; any, without one.

    A version is a record's number, a plan's id, or what use cases call a tag. A weak tag counts as
    the strong one that a compressing proxy made it of.
    """
    if "If-Match" not in request.headers:
        return lambda version: True
    accepted = request.if_match
    return lambda version: version is not None and accepted.contains_weak(str(version))
