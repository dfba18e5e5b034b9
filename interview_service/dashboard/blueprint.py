"""What every page is made with: who visits, forms no other site can send, errors as pages."""

import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, ParamSpec, cast

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from interview_service import lifecycle
from interview_service.domain.accounts import SESSION_LIFETIME, User
from interview_service.domain.errors import (
    AssessmentNotAvailable,
    Conflict,
    DatabaseUnavailable,
    InterviewServiceError,
    InvalidFields,
    LinkRefused,
    MoreThanHeld,
    NotFoundError,
    PermissionMissing,
    PlanNotAvailable,
    PreconditionFailed,
    ServiceTransition,
    TranscriptNotAvailable,
)
from interview_service.domain.interview import Interview
from interview_service.domain.limits import REQUEST_BODY_BYTES
from interview_service.domain.workflow import grants
from interview_service.lifecycle import Actor, sessions
from interview_service.repository import Repository
from interview_service.web import rate_limit
from interview_service.web.rate_limit import TooManyRequests
from interview_service.web.services import directory, origin, services

log = logging.getLogger(__name__)

P = ParamSpec("P")
Page = str | tuple[str, int] | AnyResponse

ASSETS_KEPT = timedelta(days=365)
CSRF_FIELD = "csrf"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at the pages: a user with a live session.

    :param secret: the session's, from the cookie.
    """

    session_id: str
    user: User
    secret: str

    @property
    def tenant_id(self) -> str:
        """Whose data they see."""
        return self.user.tenant_id

    @property
    def subject(self) -> str:
        """Who they are, as the log and the history name them."""
        return self.user.id

    @property
    def permissions(self) -> frozenset[str]:
        """What they may do."""
        return self.user.role.permissions


class Pages(Blueprint):
    """A blueprint whose files may be kept: their address changes with what is in them."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Return for how many seconds a browser may keep a file."""
        return int(ASSETS_KEPT.total_seconds()) if "v" in request.args else 300


blueprint = Pages(
    "dashboard",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/assets",
)


# --- cookies


def _is_secure() -> bool:
    return services().public_url.startswith("https://")


def _cookie(name: str) -> str:
    """Return the name of a cookie: behind TLS one that no other host can set.

    Where the service has a path of its own, its cookies are sent there alone, which a `__Host-`
    cookie cannot be.
    """
    if not _is_secure():
        return name
    return f"__Secure-{name}" if request.script_root else f"__Host-{name}"


def _cookie_path() -> str:
    return request.script_root or "/"


def _session_cookie() -> str:
    return _cookie("interview_session")


def _form_cookie() -> str:
    return _cookie("interview_form")


def begin_session(response: AnyResponse, secret: str) -> AnyResponse:
    """Have the browser keep a session that was just begun."""
    response.set_cookie(
        _session_cookie(),
        secret,
        max_age=SESSION_LIFETIME,
        httponly=True,
        samesite="Lax",
        secure=_is_secure(),
        path=_cookie_path(),
    )
    return response


def end_session(response: AnyResponse) -> AnyResponse:
    """Have the browser forget its session."""
    response.delete_cookie(
        _session_cookie(),
        httponly=True,
        samesite="Lax",
        secure=_is_secure(),
        path=_cookie_path(),
    )
    return response


# --- who visits, and forms that no other site can send


@blueprint.before_request
def _begin() -> None:
    if request.endpoint == f"{blueprint.name}.static":
        return
    g.no_store = True
    request.max_form_memory_size = REQUEST_BODY_BYTES
    _recognise()
    if request.method == "POST":
        given = request.form.get(CSRF_FIELD, "")
        if not hmac.compare_digest(given.encode(), csrf_token().encode()):
            raise FormRefused


def _recognise() -> None:
    """Find out who visits, and count the request.

    :raise TooManyRequests: they have used up the rate limit.
    """
    secret = request.cookies.get(_session_cookie(), "")
    if not secret:
        return
    visit = sessions.browser_visit(directory(), secret)
    if visit is None:
        rate_limit.count_failure()
        return
    g.visitor = Visitor(visit.session_id, visit.user, secret)
    g.principal = g.visitor  # for the log, which names tenant and subject
    rate_limit.count(visit.user.tenant_id, visit.user.id)


@blueprint.after_request
def _finish(response: Response) -> Response:
    if "no_store" in g:
        response.headers["Cache-Control"] = "no-store"
    if g.get("form_secret_is_new"):
        response.set_cookie(
            _form_cookie(),
            g.form_secret,
            httponly=True,
            samesite="Strict",
            secure=_is_secure(),
            path=_cookie_path(),
        )
    return response


class FormRefused(InterviewServiceError):
    """A form was sent by another site, or by a page of another session."""

    def __init__(self) -> None:
        super().__init__("This form belongs to another session")


def csrf_token() -> str:
    """Return what a form must send back: bound to the session, or to a cookie of its own."""
    seen = cast(Visitor | None, g.get("visitor"))
    secret = seen.secret if seen is not None else _form_secret()
    return hmac.digest(secret.encode(), b"interview-service form", sha256).hex()


def _form_secret() -> str:
    if "form_secret" not in g:
        kept = request.cookies.get(_form_cookie(), "")
        g.form_secret_is_new = not kept
        g.form_secret = kept or secrets.token_urlsafe(32)
    return cast(str, g.form_secret)


def csrf_field() -> Markup:
    """Return the hidden field of a form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, csrf_token())


def visitor() -> Visitor:
    """Return who visits; only in a view that `requires` something."""
    return cast(Visitor, g.visitor)


def repository() -> Repository:
    """Return the repository of the visitor's tenant: one for the whole request."""
    if "repository" not in g:
        g.repository = services().repository_of(visitor().tenant_id)
    return cast(Repository, g.repository)


def actor() -> Actor:
    """Return the visitor in the words of the lifecycle."""
    at = origin()
    return Actor(
        visitor().user.id,
        visitor().permissions,
        request_id=at.request_id,
        address=at.address,
    )


def read(interview_id: str) -> Interview:
    """Return an interview, as the visitor may see it.

    :raise InterviewNotFound: there is none.
    """
    return lifecycle.interview(repository(), interview_id, actor()).interview


def may(permission: str) -> bool:
    """Tell whether the visitor holds a permission."""
    seen = cast(Visitor | None, g.get("visitor"))
    return seen is not None and grants(seen.permissions, permission)


def requires(permission: str | None) -> Callable[[Callable[P, Page]], Callable[P, Page]]:
    """Let in only visitors who hold a permission; None for anybody who is signed in.

    Who is not signed in is asked to, and comes back afterwards.
    """

    def decorate(view: Callable[P, Page]) -> Callable[P, Page]:
        @wraps(view)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> Page:
            if g.get("visitor") is None:
                here = request.full_path.removesuffix("?") if request.method == "GET" else None
                return redirect(url_for("dashboard.sign_in", next=here), HTTPStatus.SEE_OTHER)
            if permission is not None and not may(permission):
                raise PermissionMissing(permission)
            return view(*args, **kwargs)

        return wrapper

    return decorate


def own_path(path: str | None) -> str:
    """Return where to go on to: a path of this service, or the first page where it is none."""
    path = path or ""
    is_own = path.startswith("/") and not path.startswith("//")
    if not is_own or "\\" in path or not path.isprintable():
        return url_for("dashboard.interviews")
    return request.script_root + path


def go_to(endpoint: str, said: str | None = None, **values: Any) -> AnyResponse:
    """Return a redirect to a page, which then says what was done.

    :param said: a key of `words.SAID`.
    """
    return redirect(url_for(f"dashboard.{endpoint}", said=said, **values), HTTPStatus.SEE_OTHER)


# --- errors as pages


_STATUS_OF: Mapping[type[InterviewServiceError], HTTPStatus] = {
    FormRefused: HTTPStatus.BAD_REQUEST,
    PermissionMissing: HTTPStatus.FORBIDDEN,
    MoreThanHeld: HTTPStatus.FORBIDDEN,
    ServiceTransition: HTTPStatus.FORBIDDEN,
    LinkRefused: HTTPStatus.NOT_FOUND,
    NotFoundError: HTTPStatus.NOT_FOUND,
    PlanNotAvailable: HTTPStatus.NOT_FOUND,
    AssessmentNotAvailable: HTTPStatus.NOT_FOUND,
    TranscriptNotAvailable: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    InvalidFields: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    DatabaseUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_RETRY_SECONDS = 2

_EXPLAINED: Mapping[int, tuple[str, str]] = {
    400: (
        "This form could not be taken",
        "It was opened in another session, or before you signed in. Go back, reload the page and "
        "send it again. Nothing was changed.",
    ),
    403: (
        "You may not do this",
        "Your role does not allow it. An administrator of your team can change your role.",
    ),
    404: (
        "There is nothing here",
        "It may have been removed, or the address is not quite right.",
    ),
    405: ("This address takes no such request", "Open it from a page of this service."),
    409: (
        "This is not possible any more",
        "Somebody, or the service itself, was faster. Open the page again to see how things stand.",
    ),
    412: (
        "This changed while you were reading",
        "Nothing was done. Open the page again to see what it is now.",
    ),
    413: ("This is too large", "A form may carry 1 MiB at most. Nothing was changed."),
    422: ("This could not be taken", "Go back and check what was typed. Nothing was changed."),
    429: ("Too many requests", "Wait a little and try again. Nothing was changed."),
    503: (
        "The database is busy or unreachable",
        "Try again in a few seconds. Nothing was written.",
    ),
    500: (
        "Something went wrong on our side",
        "It is in the log. Try again; if it happens once more, tell whoever runs this service the "
        "number below.",
    ),
}


def error_page(status: int, detail: str | None = None) -> tuple[str, int]:
    """Return the page of an error.

    :param detail: a sentence that says more than the status does.
    """
    title, text = _EXPLAINED.get(status, (HTTPStatus(status).phrase, "Nothing was changed."))
    return render_template("error.html", title=title, text=text, detail=detail, code=status), status


def _on_service_error(error: InterviewServiceError) -> Page:
    status = next((_STATUS_OF[each] for each in type(error).__mro__ if each in _STATUS_OF), None)
    if status is None:
        return _on_defect(error)
    shown = isinstance(error, Conflict | MoreThanHeld | LinkRefused | TooManyRequests)
    page = make_response(error_page(status, str(error) if shown else None))
    if isinstance(error, TooManyRequests):
        page.headers["Retry-After"] = str(error.seconds)
    if isinstance(error, DatabaseUnavailable):
        page.headers["Retry-After"] = str(_RETRY_SECONDS)
    return page


_MACHINES = ("/api", "/a2a", "/mcp", "/health", "/.well-known")
"""Below these paths every answer is for programs."""


def is_for_a_browser() -> bool:
    """Tell whether what is asked for would be a page: it is no program's, and HTML is wanted."""
    if any(f"{request.path}/".startswith(f"{each}/") for each in _MACHINES):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def unknown_page(error: HTTPException) -> AnyResponse:
    """Return the page of an address that leads nowhere."""
    try:
        _recognise()
    except InterviewServiceError as refused:
        return make_response(_on_service_error(refused))
    page = make_response(_on_http_exception(error))
    page.headers["Cache-Control"] = "no-store"
    if isinstance(error, MethodNotAllowed):
        page.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return page


def _on_http_exception(error: HTTPException) -> Page:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    return error_page(error.code)


def _on_defect(error: Exception) -> tuple[str, int]:
    log.error("internal error", exc_info=error, extra={"request_id": g.get("request_id", "-")})
    return error_page(HTTPStatus.INTERNAL_SERVER_ERROR)


blueprint.register_error_handler(InterviewServiceError, _on_service_error)
blueprint.register_error_handler(HTTPException, _on_http_exception)
blueprint.register_error_handler(Exception, _on_defect)

__all__ = [
    "Page",
    "Visitor",
    "abort",
    "actor",
    "begin_session",
    "blueprint",
    "csrf_field",
    "end_session",
    "error_page",
    "go_to",
    "is_for_a_browser",
    "may",
    "own_path",
    "read",
    "repository",
    "requires",
    "unknown_page",
    "visitor",
]
