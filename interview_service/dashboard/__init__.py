"""Pages for people: views over the same use cases as the API, templates, one style sheet.

Nothing here is imported where the setting `DASHBOARD` is `off`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, g, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as AnyResponse

from interview_service.dashboard import (  # noqa: F401 (each binds its pages to the blueprint)
    audit,
    comparing,
    entrance,
    interview,
    interviews,
    keys,
    lists,
    plan_editing,
    privacy,
    scorecards,
    settings,
    team,
)
from interview_service.dashboard.blueprint import (
    blueprint,
    csrf_field,
    is_for_a_browser,
    may,
    unknown_page,
)
from interview_service.dashboard.moments import day, moment, zone
from interview_service.dashboard.words import (
    SAID,
    action_words,
    event_words,
    field_words,
    permission_words,
    question_words,
    state_class,
    words,
)
from interview_service.web.services import services

_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    label: str
    url: str
    is_current: bool


_NAVIGATION = (
    ("Interviews", "interviews", "interview:read"),
    ("Team", "team", "user:read"),
    ("API keys", "api_keys", "key:manage"),
    ("Settings", "settings", "tenant:read"),
    ("Audit log", "audit_log", "audit:read"),
)


def navigation() -> list[Place]:
    """Return where the visitor can go from any page."""
    here = request.script_root + request.path
    places = []
    for label, endpoint, permission in _NAVIGATION:
        if may(permission):
            url = _address(request.script_root, endpoint)
            places.append(Place(label, url, here == url or here.startswith(f"{url}/")))
    return places


@cache
def _address(script_root: str, endpoint: str, filename: str | None = None) -> str:
    """Return the address of a page or a file: making one costs more than a row of a list does.

    :param script_root: where a server has mounted the service; addresses begin with it.
    """
    if filename is None:
        return url_for(f"dashboard.{endpoint}")
    fingerprint = sha256((_STATIC / filename).read_bytes()).hexdigest()[:12]
    return url_for(f"dashboard.{endpoint}", filename=filename, v=fingerprint)


def address(endpoint: str) -> str:
    """Return the address of a page that needs no more than its name."""
    return _address(request.script_root, endpoint)


def asset(filename: str) -> str:
    """Return the address of a file, which changes with what is in it."""
    return _address(request.script_root, "static", filename)


def init_app(app: Flask, *, otherwise: Callable[[HTTPException], Response]) -> None:
    """Serve the pages, and one that says so where a browser asks for what is not there.

    :param otherwise: answers such a request of anything else than a browser.
    """

    def not_there(error: HTTPException) -> AnyResponse:
        return unknown_page(error) if is_for_a_browser() else otherwise(error)

    for each in (NotFound, MethodNotAllowed):
        app.register_error_handler(each, not_there)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(blueprint)


@blueprint.app_context_processor
def _context() -> dict[str, object]:
    """Return what every page may use; an address that leads nowhere has no blueprint."""
    if request.blueprint not in (blueprint.name, None):
        return {}
    return {
        "visitor": g.get("visitor"),
        "may": may,
        "csrf_field": csrf_field,
        "navigation": navigation,
        "asset": asset,
        "address": address,
        "time_zone": zone().key,
        "sends_mail": services().sends_mail,
        "said": SAID.get(request.args.get("said", "")),
    }


for _filter in (
    words,
    state_class,
    moment,
    day,
    action_words,
    event_words,
    field_words,
    permission_words,
    question_words,
):
    blueprint.add_app_template_filter(_filter)
