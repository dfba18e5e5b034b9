"""Coming in: the first set-up, signing in and out, links that set a password, one's own account."""

from http import HTTPStatus

from flask import g, redirect, render_template, request, url_for

from interview_service.dashboard.blueprint import (
    Page,
    actor,
    begin_session,
    blueprint,
    end_session,
    go_to,
    own_path,
    repository,
    requires,
    visitor,
)
from interview_service.dashboard.forms import Form
from interview_service.domain import limits
from interview_service.domain.accounts import MailWishes, UserStatus, Visit
from interview_service.domain.errors import (
    InvalidFields,
    MailNotSetUp,
    SeveralTenants,
    SignInRefused,
    TooManySignIns,
)
from interview_service.lifecycle import Actor, sessions, set_up, users
from interview_service.lifecycle import forgotten as forgotten_passwords
from interview_service.web.services import directory, origin, services

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(None)
def home() -> Page:
    """Go to the first page."""
    return redirect(url_for("dashboard.interviews"), HTTPStatus.SEE_OTHER)


@blueprint.get("/setup")
def begin_set_up() -> Page:
    """Ask for the first administrator; the code stays good."""
    code = request.args.get("code", "")
    return _set_up_page(code, Form())


@blueprint.post("/setup")
def finish_set_up() -> Page:
    """Make the first administrator and sign them in."""
    form = Form.sent(request.form)
    code = form.value("code")
    tenant = form.text("tenant", limits.TENANT, required=True)
    name = form.text("name", limits.USER_NAME, required=True)
    email = form.email("email", limits.EMAIL, required=True)
    password = form.password("password")
    if tenant is None or name is None or email is None or form.has_errors:
        return _set_up_page(code, form, UNPROCESSABLE)
    try:
        begun = set_up.set_up(
            directory(), code, tenant, email, name, password, origin(is_browser=True)
        )
    except InvalidFields as error:
        form.refuse_all(error)
        return _set_up_page(code, form, UNPROCESSABLE)
    return begin_session(go_to("interviews"), begun.secret)


def _set_up_page(code: str, form: Form, status: int = HTTPStatus.OK) -> Page:
    is_good = set_up.is_set_up_code(directory(), code)
    page = render_template("set_up.html", form=form, code=code, is_good=is_good)
    return page, status if is_good else HTTPStatus.NOT_FOUND


@blueprint.get("/sign-in")
def sign_in() -> Page:
    """Ask who it is."""
    if g.get("visitor") is not None:
        return redirect(own_path(request.args.get("next")), HTTPStatus.SEE_OTHER)
    return _sign_in_page(Form())


@blueprint.post("/sign-in")
def take_sign_in() -> Page:
    """Begin a session."""
    form = Form.sent(request.form)
    email = form.text("email", limits.EMAIL, required=True)
    password = form.password("password")
    tenant_id = form.text("tenantId", limits.TENANT)
    if email is None or form.has_errors:
        return _sign_in_page(form, UNPROCESSABLE)
    at = origin(is_browser=True)
    try:
        begun = sessions.sign_in(directory(), email, password, at, tenant_id=tenant_id)
    except SignInRefused:
        form.refuse("password", "Email or password is wrong.")
        return _sign_in_page(form, HTTPStatus.UNAUTHORIZED)
    except TooManySignIns:
        form.refuse("password", "Too many attempts failed: try again in a quarter of an hour.")
        return _sign_in_page(form, HTTPStatus.TOO_MANY_REQUESTS)
    except SeveralTenants as error:
        return _sign_in_page(form, UNPROCESSABLE, tenants=error.tenants)
    target = own_path(form.value("next"))
    return begin_session(redirect(target, HTTPStatus.SEE_OTHER), begun.secret)


def _sign_in_page(form: Form, status: int = HTTPStatus.OK, tenants: tuple[str, ...] = ()) -> Page:
    target = form.value("next") or request.args.get("next", "")
    page = render_template(
        "sign_in.html", form=form, next=target, tenants=[(each, each) for each in tenants]
    )
    return page, status


@blueprint.get("/forgotten")
def forgotten() -> Page:
    """Ask whose password is forgotten."""
    _refuse_without_mail()
    return _forgotten_page(Form())


@blueprint.post("/forgotten")
def ask_for_password() -> Page:
    """Have a link mailed, where there is such a user: the answer is the same for every email."""
    _refuse_without_mail()
    form = Form.sent(request.form)
    email = form.email("email", limits.EMAIL, required=True)
    if email is None:
        return _forgotten_page(form, UNPROCESSABLE)
    try:
        forgotten_passwords.ask_for_password(directory(), email, origin())
    except TooManySignIns:
        form.refuse("email", "It was asked for too often: try again in a quarter of an hour.")
        return _forgotten_page(form, HTTPStatus.TOO_MANY_REQUESTS)
    return go_to("sign_in", said="forgotten")


def _refuse_without_mail() -> None:
    if not services().sends_mail:
        raise MailNotSetUp


def _forgotten_page(form: Form, status: int = HTTPStatus.OK) -> Page:
    return render_template("forgotten.html", form=form), status


@blueprint.post("/sign-out")
def sign_out() -> Page:
    """End the session."""
    if g.get("visitor") is not None:
        sessions.sign_out(repository(), visitor().session_id, actor())
    return end_session(go_to("sign_in", said="signed-out"))


@blueprint.get("/invitation")
def open_invitation() -> Page:
    """Ask for a password; the link stays good."""
    return _invitation_page(request.args.get("token", ""), Form())


@blueprint.post("/invitation")
def use_invitation() -> Page:
    """Set the password; somebody who was invited is signed in with it."""
    form = Form.sent(request.form)
    token = form.value("token")
    password = form.password("password")
    if form.has_errors:
        return _invitation_page(token, form, UNPROCESSABLE)
    at = origin()
    try:
        before = users.user_of_link(directory(), token)
        users.use_link(
            directory(),
            token,
            password,
            lambda user: Actor(user.id, request_id=at.request_id, address=at.address),
        )
    except InvalidFields as error:
        form.refuse_all(error)
        return _invitation_page(token, form, UNPROCESSABLE)
    if before.status is UserStatus.INVITED:
        try:
            begun = sessions.sign_in(
                directory(),
                before.email,
                password,
                origin(is_browser=True),
                tenant_id=before.tenant_id,
            )
        except (SignInRefused, TooManySignIns):
            pass  # they can still sign in themselves
        else:
            return begin_session(go_to("interviews", said="joined"), begun.secret)
    return end_session(go_to("sign_in", said="welcome"))


def _invitation_page(token: str, form: Form, status: int = HTTPStatus.OK) -> Page:
    user = users.user_of_link(directory(), token)
    return render_template("invitation.html", form=form, token=token, user=user), status


@blueprint.get("/account")
@requires(None)
def account() -> Page:
    """Show one's own account."""
    return _account_page(Form())


@blueprint.post("/account/password")
@requires(None)
def change_password() -> Page:
    """Change one's password, and end one's other sessions."""
    form = Form.sent(request.form)
    current, new = form.password("currentPassword"), form.password("newPassword")
    if form.has_errors:
        return _account_page(form, UNPROCESSABLE)
    visit = Visit(visitor().session_id, visitor().user)
    try:
        sessions.change_password(repository(), visit, current, new, actor())
    except InvalidFields as error:
        form.refuse_all(error)
        return _account_page(form, UNPROCESSABLE)
    return go_to("account", said="password")


@blueprint.post("/account")
@requires(None)
def change_name() -> Page:
    """Change one's own name."""
    form = Form.sent(request.form)
    name = form.text("name", limits.USER_NAME, required=True)
    if name is None:
        return _account_page(form, UNPROCESSABLE)
    sessions.update_oneself(repository(), visitor().user, actor(), name=name, mail=None)
    return go_to("account", said="saved")


@blueprint.post("/account/mail")
@requires(None)
def change_mail() -> Page:
    """Change what one wants mailed."""
    form = Form.sent(request.form)
    wishes = MailWishes(form.ticked("appointments"), form.ticked("reminders"))
    sessions.update_oneself(repository(), visitor().user, actor(), name=None, mail=wishes)
    return go_to("account", said="saved")


def _account_page(form: Form, status: int = HTTPStatus.OK) -> Page:
    user = visitor().user
    name_form = form if form.values("name") else Form({"name": user.name})
    page = render_template("account.html", form=form, name_form=name_form, user=user)
    return page, status
