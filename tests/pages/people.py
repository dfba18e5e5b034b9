"""People who use the pages by Flask's client: signed in, and filling in the forms they see."""

import io
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from interview_service.domain.accounts import SignIn
from interview_service.domain.clock import clock, new_id
from interview_service.domain.roles import Role
from interview_service.lifecycle import set_up
from interview_service.lifecycle.sessions import Origin, begin_session
from interview_service.repository.directory import Directory

COOKIE, FORM_COOKIE = "interview_session", "interview_form"


def directory_of(app: Flask) -> Directory:
    directory: Directory = app.extensions["interview_service"].directory
    return directory


def signed_in(app: Flask, role: Role, tenant: str) -> SignIn:
    """Make a user of a role, with a browser's session."""
    repository = directory_of(app).repository_of(tenant)
    email = f"{new_id(clock.now())[-12:]}@example.com"

    def make() -> SignIn:
        user = set_up.add_active_user(repository, email, f"{role.title()} Example", role, "-")
        return begin_session(repository, user, Origin("127.0.0.1", None, is_browser=True))

    return repository.work.run(make)


class Person:
    """Somebody with a browser that runs no script."""

    def __init__(self, app: Flask, role: Role | None = Role.ADMIN, tenant: str = "acme") -> None:
        self.app, self.tenant = app, tenant
        self.client = app.test_client()
        self.user_id = ""
        if role is not None:
            begun = signed_in(app, role, tenant)
            self.user_id = begun.user.id
            self.client.set_cookie(COOKIE, begun.secret)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def page(self, path: str) -> BeautifulSoup:
        """Return a page that is there, parsed."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return parsed(answer)

    def csrf(self, path: str = "/account") -> str:
        """Return the token of a form on a page."""
        field = parsed(self.get(path)).select_one("input[name=csrf]")
        assert field is not None
        return str(field["value"])

    def send(self, path: str, *, csrf_of: str = "/account", **fields: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data={"csrf": self.csrf(csrf_of), **fields})

    def upload(self, path: str, name: str, content: bytes, **fields: Any) -> TestResponse:
        """Send a form with a file."""
        data = {
            "csrf": self.csrf(),
            "file": FileStorage(io.BytesIO(content), filename=name),
            **fields,
        }
        stream, length, boundary = stream_encode_multipart(data, use_tempfile=False)
        return self.client.post(
            path,
            input_stream=stream,
            content_length=length,
            content_type=f"multipart/form-data; boundary={boundary}",
        )


def parsed(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "lxml")


def wrong(answer: TestResponse) -> dict[str, str]:
    """Return what a form that came back says is wrong, by the field that it stands beside."""
    page = parsed(answer)
    return {
        str(place["id"]).removesuffix("-error"): place.get_text(" ", strip=True)
        for place in page.select("[id$=-error]")
    }


def kept(answer: TestResponse, name: str) -> str:
    """Return what a field of a form that came back has in it."""
    field = parsed(answer).select_one(f"[name={name}]")
    assert field is not None
    if field.name == "textarea":
        return field.get_text().removeprefix("\n")
    return str(field.get("value", ""))
