"""One log line a request, and its id: in the log, on the answer and in the caller's hands.

A line has the route and not the path, and never a token, a body or a candidate's data.
"""

import logging
import re
import time
import uuid

from flask import Flask, Response, g, request

log = logging.getLogger("interview_service.request")

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
    rule = request.url_rule
    log.info(
        "request",
        extra={
            "method": request.method,
            "route": rule.rule if rule is not None else "-",
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 2),
            "tenant": principal.tenant_id if principal is not None else "-",
            "request_id": g.request_id,
        },
    )
    return response


def init_app(app: Flask) -> None:
    """Have every request of the application logged."""
    app.before_request(begin)
    app.after_request(finish)
