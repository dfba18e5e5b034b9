"""`/setup` and `/invitation`: where one-time links lead, in plain words.

A look at a link does not use it up. What it is good for is done by a POST to `/auth`.
"""

from flask import Blueprint, Response

from interview_service.api.services import services

blueprint = Blueprint("links", __name__)

_SET_UP = """\
Interview Service: make the first user

This link makes the first ADMIN, once. Send what it ends with, after "code=", to this service:

    curl -X POST {api}/auth/setup -H 'Content-Type: application/json' -d '{{
      "code": "...", "tenant": "acme", "email": "you@example.com", "name": "Your name",
      "password": "12 characters or more"}}'

"tenant" is your team's short name. The answer has an access token; sign in later with
POST {api}/auth/login.
"""

_INVITATION = """\
Interview Service: set your password

This link sets your password, once. Send what it ends with, after "token=", to this service:

    curl -X POST {api}/auth/invitation -H 'Content-Type: application/json' -d '{{
      "token": "...", "password": "12 characters or more"}}'

Then sign in with POST {api}/auth/login.
"""


def _plain(text: str) -> Response:
    response = Response(
        text.format(api=f"{services().public_url}/api/v1"), mimetype="text/plain; charset=utf-8"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/setup")
def explain_set_up() -> Response:
    """Say how the first user is made."""
    return _plain(_SET_UP)


@blueprint.get("/invitation")
def explain_invitation() -> Response:
    """Say how a password is set by a link."""
    return _plain(_INVITATION)
