"""The application factory: settings → extensions → blueprints. Nothing else."""

from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from flask import Flask, Response, request
from flask.json.provider import JSONProvider

from interview_service.api import (
    assessments,
    audit,
    auth,
    candidates,
    deliveries,
    docs,
    errors,
    exports,
    headers,
    health,
    intake,
    interviews,
    keys,
    links,
    lists,
    plans,
    request_log,
    scorecards,
    sign_in,
    tenant,
    transcripts,
    users,
    workflow,
)
from interview_service.api.a2a import binding as a2a
from interview_service.api.a2a import card as agent_card
from interview_service.api.a2a.interviews import InterviewAgent
from interview_service.api.mcp import view as mcp
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.limits import REQUEST_BODY_BYTES
from interview_service.repository import Repository
from interview_service.repository.directory import Directory
from interview_service.repository.watching import Watch
from interview_service.settings import Settings
from interview_service.web import kit, rate_limit
from interview_service.web.mounting import mounted, path_of
from interview_service.web.services import Services

BASE_PATH = "/api/v1"


class OrjsonProvider(JSONProvider):
    """Flask's JSON, by orjson."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Return `obj` as JSON text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return what JSON text says."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a response with the JSON of its arguments."""
        body = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return Response(body, mimetype="application/json")


class Application(Flask):
    """Flask, for views that are plain functions: no call has to find out whether one is async."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    wake: Callable[[str, str], None] | None = None,
) -> Flask:
    """Return the application.

    :param database: one to share; by default one is made from the settings.
    :param wake: tells the worker that an interview has something to do.
    """
    app = Application("interview_service", static_folder=None)
    app.json = OrjsonProvider(app)
    app.config["MAX_CONTENT_LENGTH"] = REQUEST_BODY_BYTES + 1
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    if database is None:
        database = Database(make_engine(settings.url, pool_size=settings.pool_size))
    app.extensions["interview_service_database"] = database
    repository_of = partial(Repository, database, wake=wake, sends_mail=settings.sends_mail)
    directory = Directory(database, repository_of)
    watch = Watch(database)
    Services(
        repository_of=repository_of,
        watch=watch,
        allow_private=settings.webhook_allow_private,
        directory=directory,
        public_url=settings.seen_at,
        proxies=settings.proxies,
        exported=exports.document,
        sends_mail=settings.sends_mail,
    ).bind(app.extensions)
    request_log.init_app(app)
    headers.init_app(app)
    auth.init_app(app, settings, directory)
    rate_limit.init_app(app, settings)
    errors.init_app(app)
    api = docs.init_app(app)
    api.register_blueprint(health.blueprint)
    resources = (
        lists,
        interviews,
        plans,
        transcripts,
        scorecards,
        assessments,
        deliveries,
        workflow,
        intake,
        candidates,
        tenant,
        sign_in,
        users,
        keys,
        audit,
    )
    for resource in resources:
        prefix = resource.blueprint.url_prefix or ""
        api.register_blueprint(resource.blueprint, url_prefix=BASE_PATH + prefix)
    app.register_blueprint(agent_card.blueprint)
    app.register_blueprint(a2a.blueprint(InterviewAgent()))
    app.register_blueprint(mcp.blueprint(settings.seen_at, settings.required_issuer))
    app.register_blueprint(kit.blueprint)
    if settings.dashboard == "on":
        from interview_service import dashboard  # an API alone has no use for it

        dashboard.init_app(app, otherwise=errors.on_http_exception)
    else:
        app.register_blueprint(links.blueprint)
    if settings.origins:
        from interview_service.api import cors

        cors.init_app(app, settings)
    if settings.metrics_token:
        from interview_service.api import metrics

        metrics.init_app(app, settings, watch)
    app.after_request(_not_modified)
    path = path_of(settings.seen_at)
    if path:
        app.wsgi_app = mounted(app.wsgi_app, path)  # type: ignore[assignment, method-assign]
    return app


def _not_modified(response: Response) -> Response:
    """Answer 304 where the caller has the record's present version already."""
    if "HTTP_IF_NONE_MATCH" not in request.environ or request.method not in ("GET", "HEAD"):
        return response
    if "ETag" in response.headers and response.status_code == 200:
        response.make_conditional(request)
    return response
