"""Pages of other origins that may call the API from a browser: those of CORS_ORIGINS, no others.

They call as any program does, with a token or a key: no cookie is ever let through, and the pages
for people are for their own origin alone.
"""

import re

from flask import Flask
from flask_cors import CORS

from interview_service.settings import Settings

_PATHS: list[str | re.Pattern[str]] = [
    r"/api/v1/.*",
    r"/api/openapi\.json$",
    r"/a2a(/.*)?$",
    r"/\.well-known/agent-card\.json$",
]
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_ALLOWED_HEADERS = [
    *("Accept", "Authorization", "Content-Type", "X-API-Key", "Idempotency-Key", "If-Match"),
    *("If-None-Match", "X-Request-ID", "traceparent", "tracestate", "A2A-Version"),
]
_SHOWN_HEADERS = [
    *("Content-Disposition", "ETag", "Idempotent-Replayed", "Link", "Location", "Retry-After"),
    *("WWW-Authenticate", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
    "X-Request-ID",
]
_MAX_AGE_SECONDS = 600


def init_app(app: Flask, settings: Settings) -> None:
    """Let the pages of the origins that the settings name call the API."""
    CORS(
        app,
        resources=_PATHS,
        # Each as a pattern of itself: the library would guess whether a text is one.
        origins=[re.compile(re.escape(each) + r"\Z") for each in settings.origins],
        methods=_METHODS,
        allow_headers=_ALLOWED_HEADERS,
        expose_headers=_SHOWN_HEADERS,
        max_age=_MAX_AGE_SECONDS,
        supports_credentials=False,
        always_send=False,
    )
