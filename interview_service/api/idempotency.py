"""Idempotency-Key: a request that repeats one is answered as the first was answered."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request
from webargs.flaskparser import abort

from interview_service.api.auth import caller
from interview_service.api.parsing import read_body
from interview_service.api.services import actor, repository
from interview_service.domain.errors import SecretShownOnce
from interview_service.domain.limits import IDEMPOTENCY_KEY
from interview_service.domain.workflow import grants
from interview_service.lifecycle import Answer, can_be_blind, kept_answer, once

HEADER: Mapping[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Makes a retry safe: the same key and body within 24 hours gives the first "
    "answer again, with `Idempotent-Replayed: true`",
    "schema": {"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY},
}
REPLAYED: Mapping[str, Any] = {
    "Idempotent-Replayed": {
        "description": "There, and `true`, where this is the first answer again",
        "schema": {"type": "string", "enum": ["true"]},
    }
}

_HEADERS_KEPT = ("Location", "ETag")


class ViewResponse(Response):
    """What a view answers.

    :ivar interview_id: the interview that the answer tells of: a kept answer goes when it goes.
    :ivar holds_secret: whether the answer holds what is shown this once, and must not be kept.
    """

    interview_id: str | None = None
    holds_secret: bool = False


def answer_once(
    view: Callable[[], ViewResponse], *, readers_apart: bool = False, in_steps: bool = False
) -> Response:
    """Return the answer of a view, or, where the request repeats an Idempotency-Key, the first one.

    :param readers_apart: who may read interviews is told more, and an interviewer perhaps less:
        their answers are not for others.
    :param in_steps: what the view does is more than one transaction, and harmless when repeated:
        its answer is kept at the end.
    :raise IdempotencyKeyReused: the key came before with another request.
    :raise SecretShownOnce: the first answer held a secret, and was not kept.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return view()
    produced: list[ViewResponse] = []

    def produce() -> Answer:
        response = view()
        produced[:] = [response]
        kept = {each: response.headers[each] for each in _HEADERS_KEPT if each in response.headers}
        return Answer(
            status=response.status_code,
            headers=kept,
            body="" if response.holds_secret else response.get_data(as_text=True),
            interview_id=response.interview_id,
        )

    key, fingerprint = _checked_key(header), _fingerprint(readers_apart)
    if in_steps and kept_answer(repository(), key, fingerprint) is None:
        done = produce()
        answer, replayed = once(repository(), key, fingerprint, lambda: done)
    else:
        answer, replayed = once(repository(), key, fingerprint, produce)
    if not replayed:
        return produced[0]
    if not answer.body:
        raise SecretShownOnce
    response = Response(answer.body, answer.status, mimetype="application/json")
    response.headers.update(answer.headers)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _checked_key(header: str) -> str:
    """Return an Idempotency-Key as text: UTF-8 where it is that, which WSGI takes for Latin-1."""
    try:
        key = header.encode("latin-1").decode()
    except UnicodeError:
        key = header
    if not 1 <= len(key) <= IDEMPOTENCY_KEY or not key.isprintable():
        fault = f"Must have 1 to {IDEMPOTENCY_KEY} printable characters."
        messages = {"headers": {"Idempotency-Key": [fault]}}
        abort(HTTPStatus.UNPROCESSABLE_ENTITY, messages=messages)
    return key


def _fingerprint(readers_apart: bool) -> str:
    """Return a hash of what is asked: method, path and body, whatever the order of its keys."""
    body = read_body(request)
    with suppress(orjson.JSONDecodeError):
        body = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    asked = f"{request.method} {request.full_path}\n"
    if readers_apart and not grants(caller().permissions, "interview:read"):
        asked = f"without interview:read\n{asked}"
    if readers_apart and can_be_blind(actor()):
        asked = f"as {caller().subject}\n{asked}"
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass") + body).hexdigest()
