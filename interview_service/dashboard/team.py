"""The people of a team: invited, given roles, disabled, removed."""

from http import HTTPStatus

from flask import render_template, request

from interview_service.dashboard.blueprint import (
    Page,
    actor,
    blueprint,
    go_to,
    may,
    repository,
    requires,
    visitor,
)
from interview_service.dashboard.forms import Form
from interview_service.dashboard.words import ROLE_CHOICES, ROLES
from interview_service.domain import limits
from interview_service.domain.accounts import Link, User, UserStatus, may_manage
from interview_service.domain.errors import (
    Conflict,
    InterviewServiceError,
    InvalidFields,
    MoreThanHeld,
)
from interview_service.domain.roles import Role
from interview_service.lifecycle import mails, users
from interview_service.web.services import invitation_url

ROWS = 100


@blueprint.get("/team")
@requires("user:read")
def team() -> Page:
    """Show the people."""
    return _team_page(Form({"role": Role.INTERVIEWER}))


def _team_page(form: Form, status: int = HTTPStatus.OK) -> Page:
    after = request.args.get("after")
    found = users.users(repository(), limit=ROWS, after=after)
    managed = found.users if may("user:manage") else []
    page = render_template(
        "team.html",
        people=found.users,
        unmailed=mails.failing_invitations(repository(), managed),
        next_id=found.next_id,
        form=form,
        roles=_roles(),
        explained=_explained(),
    )
    return page, status


def _roles() -> list[tuple[str, str]]:
    """Return the roles that the visitor may give."""
    held = visitor().permissions
    return [(name, text) for name, text in ROLE_CHOICES if may_manage(held, Role(name))]


def _explained() -> list[tuple[str, str]]:
    """Return what each of these roles may do."""
    return [(label, ROLES[Role(name)]) for name, label in _roles()]


@blueprint.post("/team")
@requires("user:manage")
def invite() -> Page:
    """Add somebody, and show the link with which they set a password."""
    form = Form.sent(request.form)
    name = form.text("name", limits.USER_NAME, required=True)
    email = form.email("email", limits.EMAIL, required=True)
    role = form.choice("role", Role)
    if name is None or email is None or role is None or form.has_errors:
        return _team_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = users.create_user(repository(), email, name, role, actor())
    except Conflict:
        form.refuse("email", "Somebody of your team has this email address already.")
        return _team_page(form, HTTPStatus.CONFLICT)
    except MoreThanHeld:
        form.refuse("role", "This role may do more than you may.")
        return _team_page(form, HTTPStatus.FORBIDDEN)
    return _link_page(made, users.invite(repository(), made.id, actor(), mailed=False))


def _link_page(user: User, link: Link) -> Page:
    """Show a link, this once."""
    return render_template(
        "link.html", user=user, url=invitation_url(link.token), expires_at=link.expires_at
    )


@blueprint.get("/team/<string:user_id>")
@requires("user:manage")
def person(user_id: str) -> Page:
    """Show one of the people, to change or remove."""
    found = users.user(repository(), user_id)
    return _person_page(found, Form(_typed(found)))


def _typed(user: User) -> dict[str, object]:
    return {"name": user.name, "email": user.email, "role": user.role}


def _person_page(
    user: User, form: Form, status: int = HTTPStatus.OK, problem: str | None = None
) -> Page:
    page = render_template(
        "person.html",
        user=user,
        form=form,
        roles=_roles(),
        explained=_explained(),
        problem=problem,
        is_oneself=user.id == visitor().user.id,
        may_change=may_manage(visitor().permissions, user.role),
    )
    return page, status


def _refused(user: User, form: Form, error: InterviewServiceError) -> Page:
    """Show why somebody could not be changed."""
    if isinstance(error, InvalidFields):
        form.refuse_all(error)
        problem = next(iter(error.errors.values()))[0] if "status" in error.errors else None
        return _person_page(user, form, HTTPStatus.UNPROCESSABLE_ENTITY, problem)
    status = HTTPStatus.FORBIDDEN if isinstance(error, MoreThanHeld) else HTTPStatus.CONFLICT
    return _person_page(user, form, status, str(error))


@blueprint.post("/team/<string:user_id>")
@requires("user:manage")
def change_person(user_id: str) -> Page:
    """Change a name, an email address or a role."""
    found = users.user(repository(), user_id)
    form = Form.sent(request.form)
    change = users.UserChange(
        name=form.text("name", limits.USER_NAME, required=True),
        email=form.email("email", limits.EMAIL, required=True),
        role=form.choice("role", Role),
    )
    if form.has_errors:
        return _person_page(found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        users.update_user(repository(), user_id, change, actor())
    except (Conflict, MoreThanHeld, InvalidFields) as error:
        return _refused(found, form, error)
    return go_to("team", said="user-changed")


@blueprint.post("/team/<string:user_id>/status")
@requires("user:manage")
def change_status(user_id: str) -> Page:
    """Disable somebody, or let them in again."""
    found = users.user(repository(), user_id)
    status = Form.sent(request.form).choice("status", UserStatus)
    try:
        users.update_user(repository(), user_id, users.UserChange(status=status), actor())
    except (Conflict, MoreThanHeld, InvalidFields) as error:
        return _refused(found, Form(_typed(found)), error)
    return go_to("team", said="user-changed")


@blueprint.post("/team/<string:user_id>/invitation")
@requires("user:manage")
def invite_again(user_id: str) -> Page:
    """Show a new link with which somebody sets a password."""
    found = users.user(repository(), user_id)
    try:
        link = users.invite(repository(), user_id, actor())
    except (Conflict, MoreThanHeld) as error:
        return _refused(found, Form(_typed(found)), error)
    return _link_page(found, link)


@blueprint.post("/team/<string:user_id>/remove")
@requires("user:manage")
def remove_person(user_id: str) -> Page:
    """Remove somebody; what they have done stays."""
    found = users.user(repository(), user_id)
    try:
        users.delete_user(repository(), user_id, actor())
    except (Conflict, MoreThanHeld) as error:
        return _refused(found, Form(_typed(found)), error)
    if found.id == visitor().user.id:
        return go_to("sign_in", said="signed-out")
    return go_to("team", said="user-removed")
