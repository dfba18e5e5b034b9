"""Forgotten passwords: asked for by anybody, and answered by mail where there is such a user.

Asking writes the same rows whoever asks for whom, and reads no user: that is a worker's. So neither
the answer nor the time that it takes tells who has an account.
"""

from datetime import timedelta

from interview_service.credentials import keys
from interview_service.domain.accounts import (
    FAILURE_WINDOW,
    MAX_FORGOTTEN_FROM_ADDRESS,
    MAX_FORGOTTEN_OF_EMAIL,
    PasswordRequest,
    UserStatus,
)
from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import TooManySignIns, UserNotFound
from interview_service.domain.mail import MailKind
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.lifecycle.mail_queue import queue_link
from interview_service.lifecycle.sessions import Origin
from interview_service.lifecycle.users import email_digest
from interview_service.repository import Repository
from interview_service.repository.directory import Directory

REQUEST_LEASE = timedelta(seconds=30)
"""How long a worker has a request to itself."""

_AT_ONCE = 100


def ask_for_password(directory: Directory, email: str, origin: Origin) -> None:
    """Have the users of an email mailed a link with which they set a new password.

    :raise TooManySignIns: it was asked for too often, for this email or from this address.
    """
    now = clock.now()
    digest = email_digest(email)
    buckets = [
        keys.digest(f"forgotten {digest}"),
        keys.digest(f"forgotten from {origin.address}"),
    ]
    asked, (of_email, from_address) = directory.begin_sign_in(buckets, now)
    if of_email >= MAX_FORGOTTEN_OF_EMAIL or from_address >= MAX_FORGOTTEN_FROM_ADDRESS:
        directory.forget_sign_in(asked)
        message = "Too many requests for a new password: try again later"
        raise TooManySignIns(int(FAILURE_WINDOW.total_seconds()), message)
    request = PasswordRequest(new_id(now), digest, origin.request_id, origin.address or None)
    directory.add_password_request(request, now)


def answer_password_requests(directory: Directory) -> None:
    """Queue a mail to each user that somebody asked a new password for: one in each tenant."""
    requests = directory.take_password_requests(clock.now(), REQUEST_LEASE, _AT_ONCE)
    for request in requests:
        for owner in directory.owners(request.digest):
            repository = directory.repository_of(owner.tenant_id)
            _queue(repository, owner.target_id, request)
        directory.forget_password_request(request)


@one_transaction
def _queue(repository: Repository, user_id: str, request: PasswordRequest) -> None:
    try:
        user = repository.accounts.user(user_id)
    except UserNotFound:
        return  # removed at this moment
    actor = Actor(user.id, request_id=request.request_id, address=request.address)
    record(repository, actor, "user.forget_password", TargetType.USER, user.id)
    if user.status is not UserStatus.DISABLED:
        queue_link(repository, user.id, MailKind.FORGOTTEN)
