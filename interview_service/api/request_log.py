"""One log line a request, and its id: in the log, on the answer and in the caller's hands.

A line has the route and not the path, and never a query, a token, a body or a candidate's data. Of
a trace that the caller is in the midst of (W3C Trace Context) it has the ids.
"""

import logging
import re
import time
import uuid
from collections.abc import Mapping

from flask import Flask, Response, g, request

from interview_service.web.client_address import client_address
from interview_service.web.services import services

log = logging.getLogger("interview_service.request")

_TRACEPARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace_id>[0-9a-f]{32})"
    r"-(?!0{16})(?P<parent_id>[0-9a-f]{16})-[0-9a-f]{2}(?P<rest>-.*)?",
    re.ASCII,
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}", re.ASCII)


def begin() -> None:
    """Note when the request came, and its id: the caller's own where it is fit to be logged."""
    g.began = time.perf_counter()
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def finish(response: Response) -> Response:
    """Put the id on the answer, and log the request."""
    response.headers["X-Request-ID"] = g.request_id
    principal = g.get("principal")
    address = client_address(request, services().proxies)
    rule = request.url_rule
    log.info(
        "request",
        extra={
            "method": request.method,
            "route": rule.rule if rule is not None else "-",
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 2),
            "tenant": principal.tenant_id if principal is not None else "-",
            "subject": principal.subject if principal is not None else "-",
            "address": str(address) if address is not None else "-",
            "request_id": g.request_id,
            **_trace(request.headers.get("traceparent", "")),
        },
    )
    return response


def _trace(traceparent: str) -> Mapping[str, str]:
    """Return the ids of a `traceparent` header; nothing where it is not in its form.

    A later version than 00 may have more at its end.
    """
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None or (found["version"] == "00" and found["rest"] is not None):
        return {}
    return {name: found[name] for name in ("trace_id", "parent_id")}


def init_app(app: Flask) -> None:
    """Have every request of the application logged."""
    app.before_request(begin)
    app.after_request(finish)
