"""`/auth`: signing in and out, the first set-up, links that set a password, and oneself."""

from http import HTTPStatus
from typing import Any

from interview_service.api.auth import (
    access_token,
    caller,
    end_session_here,
    session_of_caller,
)
from interview_service.api.blueprint import Blueprint
from interview_service.api.schemas.accounts import (
    CallerSchema,
    ForgottenPasswordSchema,
    LinkPasswordSchema,
    LoginSchema,
    OneselfUpdateSchema,
    PasswordChangeSchema,
    RefreshSchema,
    SessionSchema,
    SetUpSchema,
)
from interview_service.api.services import actor, directory, origin, repository, services
from interview_service.domain.accounts import ACCESS_LIFETIME, MailWishes, SignIn, User
from interview_service.domain.errors import MailNotSetUp
from interview_service.lifecycle import forgotten, sessions, set_up, users
from interview_service.lifecycle.base import Actor

blueprint = Blueprint("auth", __name__, url_prefix="/auth", description="Signing in and out")

_REFUSED = {HTTPStatus.UNAUTHORIZED: "Not a good email and password, or the session has ended"}
_NO_LINK = {HTTPStatus.NOT_FOUND: "The link was used, has expired, or was never made"}


def _session(sign_in: SignIn) -> dict[str, Any]:
    return {
        "access_token": access_token(sign_in),
        "refresh_token": sign_in.secret,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        "user": sign_in.user,
    }


def _caller(user: User | None) -> dict[str, Any]:
    principal = caller()
    return {
        "subject": principal.subject,
        "tenant_id": principal.tenant_id,
        "role": principal.role,
        "permissions": sorted(principal.permissions),
        "user": user,
    }


@blueprint.route("/login", methods=["POST"])
@blueprint.public
@blueprint.arguments(LoginSchema)
@blueprint.response(200, SessionSchema)
@blueprint.errors(_REFUSED)
def sign_in(given: dict[str, Any]) -> Any:
    """Sign in

    Email and password begin a session of 30 days, which ends after 7 that it is not used. After ten
    failures in 15 minutes, of an email or from an address, the answer is 429. 422 names the tenants
    where the same email and password fit several.
    """
    begun = sessions.sign_in(
        directory(),
        given["email"],
        given["password"],
        origin(),
        tenant_id=given.get("tenant_id"),
    )
    return _session(begun)


@blueprint.route("/refresh", methods=["POST"])
@blueprint.public
@blueprint.arguments(RefreshSchema)
@blueprint.response(200, SessionSchema)
@blueprint.errors(_REFUSED)
def refresh_session(given: dict[str, Any]) -> Any:
    """Get the next access token

    The refresh token is good once; the answer has the next one.
    """
    return _session(sessions.refresh(directory(), given["refresh_token"], origin()))


@blueprint.route("/logout", methods=["POST"])
@blueprint.own_session
@blueprint.response(204)
def sign_out() -> Any:
    """Sign out

    Ends the session of the access token.
    """
    sessions.sign_out(repository(), session_of_caller().session_id, actor())
    end_session_here()


@blueprint.route("/me", methods=["GET"])
@blueprint.any_caller
@blueprint.response(200, CallerSchema)
def read_oneself() -> Any:
    """See who one is"""
    visit = caller().visit
    return _caller(visit.user if visit is not None else None)


@blueprint.route("/me", methods=["PUT"])
@blueprint.own_session
@blueprint.arguments(OneselfUpdateSchema)
@blueprint.response(200, CallerSchema)
def update_oneself(given: dict[str, Any]) -> Any:
    """Change one's name, and what one wants mailed"""
    user = session_of_caller().user
    wishes = given.get("mail")
    mail = None
    if wishes is not None:
        mail = MailWishes(
            wishes.get("appointments", user.mail.appointments),
            wishes.get("reminders", user.mail.reminders),
        )
    after = sessions.update_oneself(repository(), user, actor(), name=given.get("name"), mail=mail)
    end_session_here()  # what is remembered of the user is what they were
    return _caller(after)


@blueprint.route("/password", methods=["PUT"])
@blueprint.own_session
@blueprint.arguments(PasswordChangeSchema)
@blueprint.response(204)
def change_password(given: dict[str, Any]) -> Any:
    """Change one's password

    Ends one's other sessions.
    """
    sessions.change_password(
        repository(),
        session_of_caller(),
        given["current_password"],
        given["new_password"],
        actor(),
    )


@blueprint.route("/invitation", methods=["POST"])
@blueprint.public
@blueprint.arguments(LinkPasswordSchema)
@blueprint.response(204)
@blueprint.errors(_NO_LINK)
def use_invitation(given: dict[str, Any]) -> Any:
    """Set a password by a one-time link

    Of an invitation or of a forgotten password. Ends the user's sessions.
    """
    at = origin()
    users.use_link(
        directory(),
        given["token"],
        given["password"],
        lambda user: Actor(user.id, request_id=at.request_id, address=at.address),
    )


@blueprint.route("/forgotten", methods=["POST"])
@blueprint.public
@blueprint.arguments(ForgottenPasswordSchema)
@blueprint.response(202)
@blueprint.errors({HTTPStatus.NOT_FOUND: "This service sends no mail"})
def forget_password(given: dict[str, Any]) -> Any:
    """Ask for a new password

    The answer is the same for every email. Whose account it is gets a mail, one for each tenant,
    with a link that works once, for an hour; somebody who is disabled gets none. After three in 15
    minutes for an email, or ten from an address, the answer is 429. Where the service sends no mail
    it is 404, and an administrator can make a link.
    """
    if not services().sends_mail:
        raise MailNotSetUp
    forgotten.ask_for_password(directory(), given["email"], origin())


@blueprint.route("/setup", methods=["POST"])
@blueprint.public
@blueprint.arguments(SetUpSchema)
@blueprint.response(201, SessionSchema)
@blueprint.errors(_NO_LINK)
def set_up_service(given: dict[str, Any]) -> Any:
    """Make the first user

    Once, by the code of the link that `serve` prints while there is no user. Makes a tenant's first
    ADMIN and signs them in.
    """
    begun = set_up.set_up(
        directory(),
        given["code"],
        given["tenant"],
        given["email"],
        given["name"],
        given["password"],
        origin(),
    )
    return _session(begun)
