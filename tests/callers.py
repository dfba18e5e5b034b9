"""Clients of the API in tests: each has a token, and sends it with its requests."""

from typing import Any

from flask import Flask
from flask_jwt_extended import create_access_token
from werkzeug.test import TestResponse

BASE = "/api/v1"


def token(
    app: Flask, tenant: str = "acme", *permissions: str, subject: str = "tester", **claims: Any
) -> str:
    """Return a token of the application's own, with all permissions where none is named."""
    held = list(permissions) or ["interview:*", "tenant:*"]
    with app.app_context():
        return create_access_token(
            subject, additional_claims={"tenantId": tenant, "permissions": held, **claims}
        )


def details(**changes: Any) -> dict[str, Any]:
    """Return the body of the reference's example request, changed; `...` removes a field."""
    body = {
        "candidateName": "Jane Smith",
        "candidateEmail": "jane@example.com",
        "position": "Senior Engineer",
        "level": "SENIOR",
        "skills": ["TypeScript", "React", "Node.js"],
        "jobDescription": "Build scalable platform services with modern tooling.",
        "scheduledAt": "2024-02-01T10:00:00.000Z",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


class Caller:
    """Somebody with a token. Paths are below the API's base."""

    def __init__(
        self,
        app: Flask,
        tenant: str = "acme",
        *permissions: str,
        subject: str = "tester",
        **claims: Any,
    ) -> None:
        self.app = app
        self.tenant = tenant
        own = token(app, tenant, *permissions, subject=subject, **claims)
        self.headers = {"Authorization": f"Bearer {own}"}
        self.client = app.test_client()

    def other(
        self, tenant: str = "acme", *permissions: str, subject: str = "other", **claims: Any
    ) -> "Caller":
        """Return somebody else who calls the same application."""
        return Caller(self.app, tenant, *permissions, subject=subject, **claims)

    def call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> TestResponse:
        return self.client.open(
            BASE + path, method=method, headers={**self.headers, **(headers or {})}, **kwargs
        )

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        return self.call("POST", path, json=body, **kwargs)

    def put(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        return self.call("PUT", path, json=body, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("DELETE", path, **kwargs)

    def create(self, **changes: Any) -> dict[str, Any]:
        """Create an interview and return it."""
        response = self.post("/interviews", details(**changes))
        assert response.status_code == 201, response.json
        record: dict[str, Any] = response.json
        return record
