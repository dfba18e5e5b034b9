"""Signing in and out: sessions of users, and the failures that are counted."""

import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from interview_service.credentials import keys, passwords
from interview_service.domain.accounts import (
    FAILURE_WINDOW,
    MAX_FAILURES,
    MAX_TENANTS_TRIED,
    MailWishes,
    SignIn,
    User,
    UserStatus,
    Visit,
)
from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import (
    DiskFull,
    InvalidFields,
    SeveralTenants,
    SignInRefused,
    TooManySignIns,
    UserNotFound,
)
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.lifecycle.users import email_digest, end_links, refuse_password
from interview_service.repository import Repository
from interview_service.repository.directory import Directory, Owner

USE_NOTED_EVERY = timedelta(minutes=5)
_places = threading.BoundedSemaphore(passwords.AT_ONCE)
"""Sign-ins under way count as failures: a few wait here, so that many good ones do not add up."""

NO_SESSION = "The session has ended: sign in again"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from.

    :param address: the client's IP address.
    :param is_browser: the session is a browser's, with a cookie; else an API client's.
    """

    address: str
    request_id: str | None
    is_browser: bool = False


def sign_in(
    directory: Directory,
    email: str,
    password: str,
    origin: Origin,
    *,
    tenant_id: str | None = None,
) -> SignIn:
    """Begin a session of the user whose email and password these are.

    It costs the same whether there is such a user or not: one comparison of a password where the
    tenant is given, else as many as tenants are tried at most.

    :raise TooManySignIns: too many failed of this email, or from this address.
    :raise SignInRefused: there is no active user of this email and password.
    :raise SeveralTenants: they fit users of several tenants, which it names.
    """
    with _places:
        return _sign_in(directory, email, password, origin, tenant_id)


def _sign_in(
    directory: Directory, email: str, password: str, origin: Origin, tenant_id: str | None
) -> SignIn:
    digest = email_digest(email)
    owners = directory.owners(digest, tenant_id=tenant_id)
    owners = owners[: 1 if tenant_id is not None else MAX_TENANTS_TRIED]
    buckets = _buckets(directory, owners, digest, origin.address)
    attempt, failures = directory.begin_sign_in(buckets, clock.now())
    if max(failures) >= MAX_FAILURES:
        directory.forget_sign_in(attempt)
        raise TooManySignIns(int(FAILURE_WINDOW.total_seconds()))
    comparisons = 1 if tenant_id is not None else MAX_TENANTS_TRIED
    fitting = _fitting(directory, owners, password, comparisons)
    if not fitting:
        _record_failures(directory, owners, origin)
        for _ in range(comparisons - len(owners)):
            directory.note_unknown(attempt)  # one write for each that a known email costs
        raise SignInRefused
    # The failures of an address stay: else whoever has one account could guess at others for ever.
    directory.forget_sign_in(attempt, [each for each in buckets if each != _of(origin.address)])
    if len(fitting) > 1:
        raise SeveralTenants([user.tenant_id for user in fitting])
    return _begin(directory.repository_of(fitting[0].tenant_id), fitting[0], password, origin)


def _of(address: str) -> str:
    return keys.digest(f"address {address}")


def _buckets(
    directory: Directory, owners: list[Owner], email_digest: str, address: str
) -> list[str]:
    """Return what a failure is counted by.

    From an address that the user has signed in from before, failures are counted apart: so whoever
    guesses elsewhere does not lock them out.
    """
    for owner in owners:
        accounts = directory.repository_of(owner.tenant_id).accounts
        if accounts.knows_address(owner.target_id, _of(address)):
            return [keys.digest(f"known {email_digest} {address}")]
    return [keys.digest(f"email {email_digest}"), _of(address)]


def _fitting(
    directory: Directory, owners: list[Owner], password: str, comparisons: int
) -> list[User]:
    fitting = []
    for owner in owners:
        accounts = directory.repository_of(owner.tenant_id).accounts
        fits = passwords.matches(accounts.password_hash(owner.target_id), password)
        try:
            user = accounts.user(owner.target_id)
        except UserNotFound:
            continue  # removed at this moment
        if fits and user.status is UserStatus.ACTIVE:
            fitting.append(user)
    for _ in range(comparisons - len(owners)):
        passwords.matches(None, password)
    return fitting


def _record_failures(directory: Directory, owners: list[Owner], origin: Origin) -> None:
    for owner in owners:
        repository = directory.repository_of(owner.tenant_id)
        actor = Actor(owner.target_id, request_id=origin.request_id, address=origin.address)
        _record(repository, actor, "session.fail", owner.target_id)


@one_transaction
def _record(repository: Repository, actor: Actor, action: str, user_id: str) -> None:
    record(repository, actor, action, TargetType.USER, user_id)


@one_transaction
def _begin(repository: Repository, user: User, password: str, origin: Origin) -> SignIn:
    kept = repository.accounts.password_hash(user.id)
    if kept is not None and passwords.is_outdated(kept):
        repository.accounts.change_user(user.id, {"password_hash": passwords.hashed(password)})
    return begin_session(repository, user, origin)


def begin_session(repository: Repository, user: User, origin: Origin) -> SignIn:
    """Begin a session of a user in the present transaction."""
    now = clock.now()
    session_id, secret = new_id(now), keys.new_token()
    repository.accounts.change_user(user.id, {"last_sign_in_at": now})
    repository.accounts.add_session(
        session_id, user.id, keys.digest(secret), is_browser=origin.is_browser, now=now
    )
    repository.accounts.remember_address(user.id, _of(origin.address), now)
    actor = Actor(user.id, request_id=origin.request_id, address=origin.address)
    record(repository, actor, "session.begin", TargetType.SESSION, session_id)
    return SignIn(session_id, secret, replace(user, last_sign_in_at=now))


def refresh(directory: Directory, refresh_token: str, origin: Origin) -> SignIn:
    """Exchange a refresh token for the next one. One that was exchanged before ends the session.

    :raise SignInRefused: it is of no live session, or was used before.
    """
    digest = keys.digest(refresh_token)
    owner = directory.owner(digest)
    if owner is None:
        raise SignInRefused(NO_SESSION)
    repository = directory.repository_of(owner.tenant_id)

    @one_transaction
    def exchange(repository: Repository) -> SignIn | None:
        now = clock.now()
        kept = repository.accounts.session_by_secret(owner.target_id, digest, now, is_browser=False)
        if kept is None:
            return None
        session_id, user = kept.visit.session_id, kept.visit.user
        secret = keys.new_token()
        renewed = not kept.is_previous and repository.accounts.renew_session(
            session_id, digest, keys.digest(secret), now
        )
        if renewed:
            return SignIn(session_id, secret, user)
        repository.accounts.end_session(session_id)
        actor = Actor(user.id, request_id=origin.request_id, address=origin.address)
        record(repository, actor, "session.end_on_reuse", TargetType.SESSION, session_id)
        return None

    renewed = exchange(repository)
    if renewed is None:
        raise SignInRefused(NO_SESSION)
    return renewed


def visit(repository: Repository, session_id: str) -> Visit | None:
    """Return a session that is alive, with its user; None for any other."""
    return repository.accounts.visit(session_id, clock.now())


def browser_visit(directory: Directory, secret: str) -> Visit | None:
    """Return the live session that a browser's cookie names; None for any other."""
    digest = keys.digest(secret)
    owner = directory.owner(digest)
    if owner is None:
        return None
    repository = directory.repository_of(owner.tenant_id)
    now = clock.now()
    kept = repository.accounts.session_by_secret(owner.target_id, digest, now, is_browser=True)
    if kept is None:
        return None
    if now - kept.last_used_at >= USE_NOTED_EVERY:
        with suppress(DiskFull):  # reads go on
            _note_use(repository, kept.visit.session_id)
    return kept.visit


@one_transaction
def _note_use(repository: Repository, session_id: str) -> None:
    repository.accounts.touch_session(session_id, clock.now())


@one_transaction
def sign_out(repository: Repository, session_id: str, actor: Actor) -> None:
    """End a session."""
    repository.accounts.end_session(session_id)
    record(repository, actor, "session.end", TargetType.SESSION, session_id)


def change_password(
    repository: Repository,
    visit: Visit,
    current: str,
    new: str,
    actor: Actor,
) -> None:
    """Change one's own password, and end one's other sessions.

    :raise InvalidFields: the current one is wrong, or the new one may not be chosen.
    """
    kept = repository.accounts.password_hash(visit.user.id)
    if not passwords.matches(kept, current):
        raise InvalidFields({"currentPassword": ["This is not your password."]})
    refuse_password(new, "newPassword")
    hashed = passwords.hashed(new)

    @one_transaction
    def change(repository: Repository) -> None:
        repository.accounts.change_user(visit.user.id, {"password_hash": hashed})
        end_links(repository, visit.user.id)
        repository.accounts.end_sessions(visit.user.id, but=visit.session_id)
        record(repository, actor, "user.set_password", TargetType.USER, visit.user.id)

    change(repository)


@one_transaction
def update_oneself(
    repository: Repository, user: User, actor: Actor, *, name: str | None, mail: MailWishes | None
) -> User:
    """Change one's own name, and what one wants mailed; None leaves it as it is."""
    after = replace(user, name=name or user.name, mail=mail or user.mail)
    fields = [each for each in ("name", "mail") if getattr(user, each) != getattr(after, each)]
    if fields:
        values = {
            "name": after.name,
            "mail_appointments": after.mail.appointments,
            "mail_reminders": after.mail.reminders,
        }
        repository.accounts.change_user(user.id, values)
        record(repository, actor, "user.update", TargetType.USER, user.id, fields=fields)
    return after


@one_transaction
def end_what_is_old(repository: Repository) -> None:
    """Remove the tenant's sessions and links that are past their time."""
    now = clock.now()
    repository.accounts.end_old_sessions(now)
    repository.accounts.end_old_links(now)
