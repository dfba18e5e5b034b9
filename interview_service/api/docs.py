"""`/api/openapi.json` and `/api/docs`: the document, and a page to read and try it, offline."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from threading import Lock
from typing import Any

import flask_openapi3_swagger
import flask_smorest as smorest
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    send_from_directory,
)

from interview_service import __version__
from interview_service.api.blueprint import SECURITY
from interview_service.api.fields import Timestamp
from interview_service.api.openapi import finish
from interview_service.api.schemas.deliveries import WEBHOOK_EVENTS, WebhookEventSchema
from interview_service.api.schemas.errors import ErrorAnswerSchema

ASSETS = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"

DESCRIPTION = """\
Keeps the record of every job interview of a small hiring team, from request to verdict.

Every call but health and documentation wants `Authorization: Bearer <jwt>`. The token names the
tenant, and no call ever sees another tenant's data. Bodies are JSON of at most 1 MiB; timestamps
are RFC 3339 with an offset and come back in UTC. Every error has the same shape. `X-Request-ID` is
echoed, or made, and is on every answer and in the log.
"""

blueprint = Blueprint(
    "docs", __name__, url_prefix="/api", template_folder="templates", static_folder=None
)


class Api(smorest.Api):  # type: ignore[misc]
    """flask-smorest's API, which leaves errors to `api.errors`.

    The document is written when it is first asked for: it takes half as long as all else that an
    application needs to be made.
    """

    ERROR_SCHEMA = ErrorAnswerSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        self._unwritten: list[Callable[[], None]] = []
        self._writing = Lock()
        super().__init__(app)

    def write_later(self, part: Callable[[], None]) -> None:
        """Have a part of the document written when that is asked for."""
        self._unwritten.append(part)

    def document(self) -> dict[str, Any]:
        """Return the document as apispec writes it, for the caller to change."""
        with self._writing:
            while self._unwritten:
                self._unwritten.pop(0)()
            return deepcopy(self.spec.to_dict())

    def _register_error_handlers(self) -> None:
        """Register none: `api.errors` answers every error of the application."""


@blueprint.get("/docs")
@blueprint.get("/docs/")
def page() -> str:
    """Return the page that shows the document."""
    return render_template("docs.html", version=__version__)


@blueprint.get("/docs/assets/<path:name>")
def asset(name: str) -> Response:
    """Return a script or style of the page, from the installed package."""
    return send_from_directory(ASSETS, name, max_age=86_400)


@blueprint.get("/docs/start.js")
def script() -> Response:
    """Return the script that starts the page."""
    return send_from_directory(Path(__file__).parent / "templates", "docs.js", max_age=3_600)


@blueprint.get("/openapi.json")
def document() -> Response:
    """Return the OpenAPI document."""
    return jsonify({**openapi(current_app), "servers": [{"url": request.script_root or "/"}]})


def openapi(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of an application."""
    api: Api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return finish(api.document())


def init_app(app: Flask) -> Api:
    """Bind flask-smorest to the application and serve the document and its page."""
    app.config.update(
        API_TITLE="Interview Service",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION, "license": {"name": "MIT", "identifier": "MIT"}},
            "servers": [{"url": "/"}],
        },
    )
    api = Api(app)
    api.register_field(Timestamp, "string", "date-time")
    api.spec.components.security_scheme(
        SECURITY, {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    )
    api.spec.components.header(
        "X-Request-ID",
        {"description": "The request's id, as in the log", "schema": {"type": "string"}},
    )
    api.spec.components.schema("WebhookEvent", schema=WebhookEventSchema)
    api.spec.options["webhooks"] = {event: _webhook(event) for event in WEBHOOK_EVENTS}
    app.register_blueprint(blueprint)
    return api


def _webhook(event: str) -> dict[str, Any]:
    """Return what the document says of an event that the service posts."""
    headers = {
        "webhook-id": "The event's id, the same each time that it is sent",
        "webhook-timestamp": "When this attempt was signed, in seconds since 1970",
        "webhook-signature": "`v1,` and the signature; two, with a blank between them, while a "
        "secret is being rotated",
    }
    return {
        "post": {
            "summary": f"An interview: {event.partition('.')[2].replace('_', ' ')}",
            "operationId": event,
            "tags": ["webhooks"],
            "parameters": [
                {
                    "in": "header",
                    "name": name,
                    "required": True,
                    "description": description,
                    "schema": {"type": "string"},
                }
                for name, description in headers.items()
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/WebhookEvent"}}
                },
            },
            "responses": {
                "2XX": {"description": "Taken"},
                "410": {"description": "Gone: it is not sent again"},
                "default": {"description": "Sent again, seven times at the most"},
            },
        }
    }
