"""Headers that every answer carries: what browsers and caches may do with it.

What is answered to somebody with a credential may hold personal data: no cache keeps it. Pages run
no script and no style but files of this service, and stand in no frame.
"""

from flask import Flask, Response, g

EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
"""Carried by the answers that the server gives before the application is asked as well."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def protect(response: Response) -> Response:
    """Put the headers on an answer."""
    response.headers.update(EVERYWHERE)
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    if "principal" in g:
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Have every answer of the application carry the headers."""
    app.after_request(protect)
