"""API keys: made, shown once, revoked."""

from http import HTTPStatus

from flask import render_template, request

from interview_service.dashboard.blueprint import (
    Page,
    actor,
    blueprint,
    go_to,
    repository,
    requires,
    visitor,
)
from interview_service.dashboard.forms import REQUIRED, Form
from interview_service.dashboard.moments import zone
from interview_service.domain import limits
from interview_service.domain.errors import InvalidFields, MoreThanHeld
from interview_service.domain.roles import PERMISSIONS, Role, expanded
from interview_service.lifecycle import keys
from interview_service.lifecycle.assessments import names_of
from interview_service.web.services import services

ROWS = 100
_FOR_AN_ATS = ("interview:create", "interview:read", "interview:update")


@blueprint.get("/api-keys")
@requires("key:manage")
def api_keys() -> Page:
    """Show the keys."""
    return _keys_page(Form({"permissions": _FOR_AN_ATS}))


def _keys_page(form: Form, status: int = HTTPStatus.OK) -> Page:
    found = keys.api_keys(repository(), limit=ROWS, after=request.args.get("after"))
    held = expanded(visitor().permissions)
    page = render_template(
        "api_keys.html",
        keys=found.keys,
        next_id=found.next_id,
        makers=names_of(repository(), {each.created_by for each in found.keys}),
        form=form,
        permissions=[each for each in PERMISSIONS if each in held],
    )
    return page, status


@blueprint.post("/api-keys")
@requires("key:manage")
def make_key() -> Page:
    """Make a key and show it, this once."""
    form = Form.sent(request.form)
    name = form.text("name", limits.KEY_NAME, required=True)
    role = form.choice("role", Role, required=False)
    permissions = form.among("permissions", PERMISSIONS)
    expires_at = form.moment("expiresAt", zone())
    if role is None and not permissions and not form.errors("permissions"):
        form.refuse("permissions", REQUIRED)
    if name is None or form.has_errors:
        return _keys_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = keys.create_key(
            repository(),
            name,
            actor(),
            role=role,
            permissions=() if role is not None else permissions,
            expires_at=expires_at,
        )
    except InvalidFields as error:
        form.refuse_all(error)
        return _keys_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except MoreThanHeld:
        form.refuse("permissions", "You cannot give more than you hold.")
        return _keys_page(form, HTTPStatus.FORBIDDEN)
    api_url = f"{services().public_url}/api/v1"
    return render_template("new_key.html", made=made, api_url=api_url)


@blueprint.post("/api-keys/<string:key_id>/revoke")
@requires("key:manage")
def revoke_key(key_id: str) -> Page:
    """Have a key refused from now on."""
    keys.revoke_key(repository(), key_id, actor())
    return go_to("api_keys", said="revoked")
