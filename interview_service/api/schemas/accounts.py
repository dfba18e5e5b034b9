"""Sign-in, users, API keys and the audit log, as they come in and go out."""

from typing import Any

from marshmallow import fields, validate

from interview_service.api.fields import (
    Choice,
    Cursor,
    Id,
    Items,
    Password,
    StrictBoolean,
    Text,
    Timestamp,
    WholeNumber,
)
from interview_service.api.schemas.base import Schema, doc
from interview_service.domain import limits
from interview_service.domain.accounts import UserStatus
from interview_service.domain.audit import TargetType
from interview_service.domain.roles import PERMISSIONS, WILDCARDS, Role

USER_ID = "0190c7a4-1111-7d3f-8a2b-1c2d3e4f5a6b"
_ONE_TIME = "0zYJc3mV5pQ8sX1rT7uWkLhNfBdGaE2oIiC4jR6vM9q"
_EXAMPLE = "a quiet harbour town"


def role(**options: Any) -> Choice:
    """Return a field with the name of a role."""
    return Choice("Role", Role, metadata=doc("What they may do", "INTERVIEWER"), **options)


def _email(**options: Any) -> Text:
    return Text(
        max_length=limits.EMAIL,
        validate=[validate.Email()],
        metadata=doc("What they sign in with", "ada@example.com", format="email"),
        **options,
    )


def _password(description: str, *, chosen: bool = False) -> Password:
    length = {"minLength": 12} if chosen else {}
    return Password(
        required=True,
        metadata=doc(description, _EXAMPLE, format="password", **length),
    )


class MailWishesSchema(Schema):
    """What a user wants mailed."""

    appointments = StrictBoolean(metadata=doc("One's interviews, as they are scheduled", True))
    reminders = StrictBoolean(metadata=doc("A scorecard that one still owes", True))


class UserSchema(Schema):
    """A person of the tenant."""

    id = Id(metadata=doc("Their id, and the subject of their tokens", USER_ID))
    email = _email()
    name = fields.String(metadata=doc("Their name", "Ada Byron"))
    role = role()
    status = Choice("UserStatus", UserStatus, metadata=doc("Whether they can sign in", "ACTIVE"))
    created_at = Timestamp(metadata=doc("When they were added", "2024-01-15T10:00:00.000Z"))
    last_sign_in_at = Timestamp(allow_none=True, metadata=doc("When they last signed in"))


class OneselfSchema(UserSchema):
    """The user who asks."""

    mail = fields.Nested(MailWishesSchema, metadata=doc("What they want mailed"))


class NewUserSchema(Schema):
    """A user to be made."""

    email = _email(required=True)
    name = Text(max_length=limits.USER_NAME, required=True, metadata=doc("Name", "Ada Byron"))
    role = role(required=True)


class UserUpdateSchema(Schema):
    """Any part of a user. A read-only field may be sent back, unchanged."""

    email = _email()
    name = Text(max_length=limits.USER_NAME, metadata=doc("Name", "Ada Byron"))
    role = role()
    status = Choice("UserStatus", UserStatus, metadata=doc("DISABLED signs them out", "DISABLED"))
    id = Id(metadata=doc("Read-only"))
    created_at = Timestamp(metadata=doc("Read-only"))
    last_sign_in_at = Timestamp(allow_none=True, metadata=doc("Read-only"))


class PageOfUsersQuerySchema(Schema):
    """Which part of a list."""

    limit = WholeNumber(
        load_default=100, validate=validate.Range(1, 100), metadata=doc("Rows of a page")
    )
    cursor = Cursor(metadata=doc("The `meta.nextCursor` of the answer before"))


class CursorMetaSchema(Schema):
    """How the list goes on."""

    limit = fields.Integer(metadata=doc("Rows of a page at most", 100))
    next_cursor = Cursor(
        allow_none=True, metadata=doc("What to pass as `cursor` for more; null at the end")
    )


class UsersSchema(Schema):
    """A page of users, oldest first."""

    data = fields.List(fields.Nested(UserSchema))
    meta = fields.Nested(CursorMetaSchema)


class LinkSchema(Schema):
    """A one-time link, shown this once: hand it over in your own way."""

    url = fields.String(metadata=doc("Where the user sets a password", format="uri"))
    expires_at = Timestamp(metadata=doc("Until when it is good"))


class LoginSchema(Schema):
    """Who signs in."""

    email = _email(required=True)
    password = _password("Their password")
    tenant_id = Text(
        max_length=limits.TENANT,
        metadata=doc("Whose data; needed only where the email has an account in several tenants"),
    )


class SessionSchema(Schema):
    """A session: a token for requests, and one to get the next of it."""

    access_token = fields.String(metadata=doc("Send it as `Authorization: Bearer …`"))
    refresh_token = fields.String(
        metadata=doc("Exchange it, once, at `/auth/refresh`; using it twice ends the session")
    )
    token_type = fields.String(metadata=doc("Always `Bearer`", "Bearer"))
    expires_in = fields.Integer(metadata=doc("Seconds that the access token is good for", 900))
    user = fields.Nested(UserSchema)


class RefreshSchema(Schema):
    """What continues a session."""

    refresh_token = Text(
        max_length=200, required=True, metadata=doc("The session's latest", _ONE_TIME)
    )


class ForgottenPasswordSchema(Schema):
    """Whose password is forgotten."""

    email = _email(required=True)


class LinkPasswordSchema(Schema):
    """A one-time link's token, and the password to set."""

    token = Text(max_length=200, required=True, metadata=doc("The end of the link", _ONE_TIME))
    password = _password("12 to 128 characters", chosen=True)


class SetUpSchema(Schema):
    """The first user, an ADMIN."""

    code = Text(
        max_length=200,
        required=True,
        metadata=doc("The end of the link `serve` printed", _ONE_TIME),
    )
    tenant = Text(
        max_length=limits.TENANT, required=True, metadata=doc("The team's short name", "acme")
    )
    email = _email(required=True)
    name = Text(max_length=limits.USER_NAME, required=True, metadata=doc("Name", "Ada Byron"))
    password = _password("12 to 128 characters", chosen=True)


class PasswordChangeSchema(Schema):
    """The password one has, and the one to have."""

    current_password = _password("The present one")
    new_password = _password("12 to 128 characters", chosen=True)


class OneselfUpdateSchema(Schema):
    """What one may change of oneself."""

    name = Text(max_length=limits.USER_NAME, metadata=doc("Name", "Ada Byron"))
    mail = fields.Nested(MailWishesSchema, metadata=doc("What to mail"))


class CallerSchema(Schema):
    """Who is calling, as the service sees it."""

    subject = fields.String(metadata=doc("Who", USER_ID))
    tenant_id = fields.String(metadata=doc("Whose data", "acme"))
    role = role(allow_none=True)
    permissions = fields.List(fields.String(), metadata=doc("What they may do", ["interview:read"]))
    user = fields.Nested(
        OneselfSchema, allow_none=True, metadata=doc("Null where it is a key or a foreign token")
    )


def _permissions(**options: Any) -> Items:
    words = [*PERMISSIONS, *WILDCARDS]
    return Items(
        Choice("Permission", words),
        max_length=len(words),
        metadata=doc("Instead of a role"),
        **options,
    )


class NewApiKeySchema(Schema):
    """A key to be made: with a role, or with permissions of its own."""

    name = Text(
        max_length=limits.KEY_NAME,
        required=True,
        metadata=doc("What it is for; a name is never used again", "ats"),
    )
    role = role()
    permissions = _permissions()
    expires_at = Timestamp(allow_none=True, metadata=doc("Until when it is good; null for ever"))


class ApiKeySchema(Schema):
    """An API key."""

    id = Id(metadata=doc("Its id"))
    name = fields.String(metadata=doc("What it is for", "ats"))
    prefix = fields.String(metadata=doc("How it begins", "is_4fG7aB"))
    role = role(allow_none=True)
    permissions = fields.List(fields.String(), metadata=doc("What it may do", ["interview:*"]))
    expires_at = Timestamp(allow_none=True, metadata=doc("Until when it is good"))
    created_by = fields.String(metadata=doc("Who made it"))
    created_at = Timestamp(metadata=doc("When it was made"))
    last_used_at = Timestamp(allow_none=True, metadata=doc("When it was last used, to the minute"))


class NewKeySchema(ApiKeySchema):
    """A key that was just made."""

    key = fields.String(metadata=doc("The key itself, shown this once"))


class ApiKeysSchema(Schema):
    """A page of keys, oldest first."""

    data = fields.List(fields.Nested(ApiKeySchema))
    meta = fields.Nested(CursorMetaSchema)


class AuditQuerySchema(PageOfUsersQuerySchema):
    """Which entries."""

    since = Timestamp(data_key="from", metadata=doc("Of this moment or later"))
    until = Timestamp(data_key="to", metadata=doc("Of earlier than this moment"))
    actor = Text(max_length=limits.SUBJECT, metadata=doc("Of this subject"))
    interview_id = Text(max_length=36, metadata=doc("On this interview", format="uuid"))


class AuditEntrySchema(Schema):
    """Who did what to which record, when."""

    id = Id(metadata=doc("Its id"))
    at = Timestamp(metadata=doc("When"))
    actor = fields.String(metadata=doc("Who: a subject, or `service`"))
    action = fields.String(metadata=doc("What", "interview.update"))
    target_type = Choice("AuditTarget", TargetType, metadata=doc("To what kind of record"))
    target_id = fields.String(allow_none=True, metadata=doc("To which"))
    interview_id = Id(allow_none=True, metadata=doc("Of which interview"))
    changed = fields.List(
        fields.String(),
        attribute="fields",
        data_key="fields",
        metadata=doc("Which fields, by name; never their values"),
    )
    request_id = fields.String(allow_none=True, metadata=doc("The request's X-Request-ID"))
    address = fields.String(allow_none=True, metadata=doc("The client's IP address"))


class AuditSchema(Schema):
    """A page of the audit log, newest first."""

    data = fields.List(fields.Nested(AuditEntrySchema))
    meta = fields.Nested(CursorMetaSchema)
