"""Users of a tenant: made, changed, removed, and given links with which they set a password."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from interview_service.credentials import keys, passwords
from interview_service.domain.accounts import (
    FORGOTTEN_LIFETIME,
    INVITATION_LIFETIME,
    Link,
    LinkKind,
    MailWishes,
    User,
    UserStatus,
    folded_email,
    may_manage,
)
from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import (
    EmailTaken,
    InvalidFields,
    LastAdmin,
    LinkRefused,
    MoreThanHeld,
    WrongState,
)
from interview_service.domain.interview import api_name
from interview_service.domain.mail import MailKind
from interview_service.domain.roles import Role
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.lifecycle.mail_queue import queue_link, withdraw_links
from interview_service.repository import Repository
from interview_service.repository.directory import Directory


def email_digest(email: str) -> str:
    """Return what a user is found by across tenants."""
    return keys.digest(folded_email(email))


@dataclass(frozen=True, slots=True)
class UserPage:
    """A page of a tenant's users, oldest first; `next_id` is what the next page follows."""

    users: list[User]
    next_id: str | None


def users(repository: Repository, *, limit: int, after: str | None = None) -> UserPage:
    """Return a page of the tenant's users."""
    found = repository.accounts.users(after=after, limit=limit + 1)
    more = len(found) > limit
    return UserPage(found[:limit], found[limit - 1].id if more else None)


def user(repository: Repository, user_id: str) -> User:
    """Return a user.

    :raise UserNotFound: there is none.
    """
    return repository.accounts.user(user_id)


def is_user(repository: Repository, subject: str) -> bool:
    """Tell whether a subject is the id of a user of the tenant."""
    return bool(repository.accounts.users_among([subject]))


@one_transaction
def create_user(
    repository: Repository,
    email: str,
    name: str,
    role: Role,
    actor: Actor,
    *,
    mailed: bool = True,
) -> User:
    """Make a user, who can sign in once they have set a password by a link.

    :param mailed: whether such a link is mailed to them, where this service sends mail.

    :raise MoreThanHeld: the role holds more than the actor does.
    :raise EmailTaken: the tenant has a user of this email.
    """
    _refuse_more_than_held(actor, role)
    if repository.accounts.user_by_email(folded_email(email)) is not None:
        raise EmailTaken
    now = clock.now()
    made = User(
        id=new_id(now),
        tenant_id=repository.tenant_id,
        email=email,
        name=name,
        role=role,
        status=UserStatus.INVITED,
        mail=MailWishes(),
        created_at=now,
        last_sign_in_at=None,
    )
    repository.accounts.add_user(made, folded_email(email), email_digest(email))
    record(
        repository, actor, "user.create", TargetType.USER, made.id, fields=("email", "name", "role")
    )
    if mailed:
        queue_link(repository, made.id, MailKind.INVITATION)
    return made


@dataclass(frozen=True, slots=True)
class UserChange:
    """What a person may change of a user; None leaves it as it is.

    :param read_only: what must be as the user has it.
    """

    email: str | None = None
    name: str | None = None
    role: Role | None = None
    status: UserStatus | None = None
    read_only: Mapping[str, object] = field(default_factory=dict)


@one_transaction
def update_user(repository: Repository, user_id: str, change: UserChange, actor: Actor) -> User:
    """Change a user. Their sessions end where they are disabled; another role holds at once.

    :raise UserNotFound: there is none.
    :raise MoreThanHeld: the user holds, or would hold, more than the actor does.
    :raise EmailTaken: the tenant has another user of this email.
    :raise LastAdmin: nobody could manage the tenant any more.
    :raise InvalidFields: the status is INVITED, or ACTIVE for somebody who never set a password.
    """
    before = repository.accounts.user(user_id)
    _refuse_more_than_held(actor, before.role)
    wrong = [name for name, value in change.read_only.items() if getattr(before, name) != value]
    if wrong:
        raise InvalidFields({api_name(name): ["Read-only field"] for name in wrong})
    after = replace(
        before,
        email=change.email if change.email is not None else before.email,
        name=change.name if change.name is not None else before.name,
        role=change.role or before.role,
        status=change.status or before.status,
    )
    _refuse_more_than_held(actor, after.role)
    _refuse_status(repository, before, after)
    _refuse_last_admin(repository, before, after)
    changed = [
        name
        for name in ("email", "name", "role", "status")
        if getattr(before, name) != getattr(after, name)
    ]
    if not changed:
        return before
    if folded_email(after.email) != folded_email(before.email):
        if repository.accounts.user_by_email(folded_email(after.email)) is not None:
            raise EmailTaken
        old, new = email_digest(before.email), email_digest(after.email)
        repository.accounts.move_email(before.id, old, new)
        end_links(repository, before.id)
    repository.accounts.change_user(
        before.id,
        {
            "email": after.email,
            "folded_email": folded_email(after.email),
            "name": after.name,
            "role": after.role.value,
            "status": after.status.value,
        },
    )
    if after.status is UserStatus.DISABLED:
        repository.accounts.end_sessions(before.id)
        end_links(repository, before.id)
    record(repository, actor, "user.update", TargetType.USER, before.id, fields=changed)
    return after


@one_transaction
def delete_user(repository: Repository, user_id: str, actor: Actor) -> None:
    """Remove a user, who is signed out everywhere. What they have done stays.

    :raise UserNotFound: there is none.
    :raise MoreThanHeld: the user holds more than the actor does.
    :raise LastAdmin: nobody could manage the tenant any more.
    """
    found = repository.accounts.user(user_id)
    _refuse_more_than_held(actor, found.role)
    _refuse_last_admin(repository, found, None)
    repository.accounts.delete_user(found.id, email_digest(found.email))
    record(repository, actor, "user.delete", TargetType.USER, found.id)


@one_transaction
def invite(repository: Repository, user_id: str, actor: Actor, *, mailed: bool = True) -> Link:
    """Make a one-time link with which a user sets a password.

    :param mailed: whether another one is mailed to them, where this service sends mail.

    :raise UserNotFound: there is none.
    :raise MoreThanHeld: the user holds more than the actor does.
    :raise WrongState: the user is disabled.
    """
    found = repository.accounts.user(user_id)
    _refuse_more_than_held(actor, found.role)
    if found.status is UserStatus.DISABLED:
        raise WrongState("The user is disabled: enable them first")
    link = make_link(repository, found, LinkKind.INVITATION)
    record(repository, actor, "user.invite", TargetType.USER, found.id)
    if mailed:
        queue_link(repository, found.id, MailKind.INVITATION)
    return link


def make_link(repository: Repository, user: User, kind: LinkKind) -> Link:
    """Make a one-time link in the present transaction."""
    now = clock.now()
    lifetime = INVITATION_LIFETIME if kind is LinkKind.INVITATION else FORGOTTEN_LIFETIME
    link = Link(keys.new_token(), now + lifetime)
    repository.accounts.add_link(
        new_id(now), user.id, kind, keys.digest(link.token), link.expires_at
    )
    return link


def end_links(repository: Repository, user_id: str) -> int:
    """Have no link of a user work any more, and none mailed; return how many worked until now."""
    withdraw_links(repository, user_id)
    return repository.accounts.use_links(user_id)


def user_of_link(directory: Directory, token: str) -> User:
    """Return whose password a link sets; the link stays as it is.

    :raise LinkRefused: it is used up, too old or unknown, or its user is disabled.
    """
    digest = keys.digest(token)
    owner = directory.owner(digest)
    if owner is None:
        raise LinkRefused
    accounts = directory.repository_of(owner.tenant_id).accounts
    found = accounts.user_of_link(owner.target_id, digest, clock.now())
    if found is None or found.status is UserStatus.DISABLED:
        raise LinkRefused
    return found


def use_link(
    directory: Directory, token: str, password: str, actor_of: Callable[[User], Actor]
) -> User:
    """Set a user's password by a link, and end their sessions.

    :raise InvalidFields: the password may not be chosen; the link stays good.
    :raise LinkRefused: the link is used up, too old or unknown, or its user is disabled.
    """
    found = user_of_link(directory, token)
    refuse_password(password, "password")
    hashed = passwords.hashed(password)
    repository = directory.repository_of(found.tenant_id)

    @one_transaction
    def take(repository: Repository) -> User:
        user = user_of_link(directory, token)
        if end_links(repository, user.id) == 0:
            raise LinkRefused
        repository.accounts.end_sessions(user.id)
        values = {"password_hash": hashed, "status": UserStatus.ACTIVE.value}
        repository.accounts.change_user(user.id, values)
        record(repository, actor_of(user), "user.set_password", TargetType.USER, user.id)
        return replace(user, status=UserStatus.ACTIVE)

    return take(repository)


def refuse_password(password: str, field: str) -> None:
    """Refuse a password that may not be chosen.

    :raise InvalidFields: says why, under `field`.
    """
    fault = passwords.fault(password)
    if fault is not None:
        raise InvalidFields({field: [fault]})


def _refuse_more_than_held(actor: Actor, role: Role) -> None:
    if not may_manage(actor.permissions, role):
        raise MoreThanHeld(f"the role {role}")


def _refuse_status(repository: Repository, before: User, after: User) -> None:
    if after.status is before.status:
        return
    if after.status is UserStatus.INVITED:
        raise InvalidFields({"status": ["Must be one of: ACTIVE, DISABLED."]})
    never_signed_in = repository.accounts.password_hash(before.id) is None
    if after.status is UserStatus.ACTIVE and never_signed_in:
        raise InvalidFields({"status": ["The user has set no password yet: send them a link."]})


def _refuse_last_admin(repository: Repository, before: User, after: User | None) -> None:
    def is_active_admin(user: User | None) -> bool:
        return user is not None and user.role is Role.ADMIN and user.status is UserStatus.ACTIVE

    if not is_active_admin(before) or is_active_admin(after):
        return
    if repository.accounts.lock_admins() == [before.id]:
        raise LastAdmin
