"""`/.well-known/agent-card.json`: what other agents learn of this one before they call."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import orjson
from flask import Blueprint, Response, request

from interview_service import __version__
from interview_service.api.a2a.binding import VERSION
from interview_service.api.a2a.values import Json
from interview_service.api.services import services

_MAX_AGE_SECONDS = 3_600
_MODES = ["application/json", "text/plain"]

blueprint = Blueprint("agent_card", __name__)


@blueprint.get("/.well-known/agent-card.json")
def read_card() -> Response:
    """Return the agent card."""
    body = orjson.dumps(card(services().public_url))
    response = Response(body, mimetype="application/json")
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.last_modified = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    response.cache_control.public = True
    response.cache_control.max_age = _MAX_AGE_SECONDS
    response.make_conditional(request)
    return response


def card(public_url: str) -> Json:
    """Return the agent card of the service that the world sees at an address."""
    return {
        "name": "Interview Service",
        "description": "Keeps the record of job interviews, from the request to the verdict: "
        "drafts a plan, waits for people to approve it, takes the transcript in, gathers the "
        "evidence, and waits for people to decide. People decide about people: text never does.",
        "version": __version__,
        "supportedInterfaces": [
            {
                "url": f"{public_url}/a2a",
                "protocolBinding": binding,
                "protocolVersion": VERSION,
            }
            for binding in ("JSONRPC", "HTTP+JSON")
        ],
        "documentationUrl": f"{public_url}/api/docs",
        "capabilities": {
            "streaming": False,
            "pushNotifications": True,
            "extendedAgentCard": False,
        },
        "securitySchemes": {
            "bearer": {
                "httpAuthSecurityScheme": {
                    "scheme": "Bearer",
                    "description": "A token, or an API key, of a tenant",
                }
            }
        },
        "securityRequirements": [{"schemes": {"bearer": {"list": []}}}],
        "defaultInputModes": _MODES,
        "defaultOutputModes": _MODES,
        "skills": [
            {
                "id": "interview",
                "name": "Run a job interview",
                "description": "Send a data part with what is known of the interview "
                "(candidateName, candidateEmail, externalId, position, level, skills, "
                "jobDescription); what is missing is asked for. The plan and the assessment are "
                'artifacts. While IN_PROGRESS, send {"transcript": {"turns": [...]}}; while a '
                "plan waits for approval, a text asks for changes to it. Decisions are taken by "
                'a data part {"transition": "APPROVE"}, with the permission of who takes them.',
                "tags": ["recruiting", "interview", "hiring", "assessment"],
                "examples": [
                    '{"externalId": "req-1", "position": "Senior Engineer", "level": "SENIOR"}'
                ],
                "inputModes": _MODES,
                "outputModes": _MODES,
            }
        ],
    }
