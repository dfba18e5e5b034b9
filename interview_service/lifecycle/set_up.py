"""The first start: a one-time code that makes the first user, an ADMIN."""

from interview_service.credentials import keys, passwords
from interview_service.domain.accounts import MailWishes, SignIn, User, UserStatus, folded_email
from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import LinkRefused
from interview_service.domain.roles import Role
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.lifecycle.sessions import Origin, begin_session
from interview_service.lifecycle.users import email_digest, refuse_password
from interview_service.repository import Repository
from interview_service.repository.directory import Directory


def new_set_up_code(directory: Directory) -> str | None:
    """Return a new code, which alone is good from now on; None where there is a user already."""
    if directory.has_users():
        return None
    code = keys.new_token()
    directory.replace_set_up_code(keys.digest(code), clock.now())
    return code


def is_set_up_code(directory: Directory, code: str) -> bool:
    """Tell whether a code makes the first user; it stays as it is."""
    return directory.is_set_up_code(keys.digest(code)) and not directory.has_users()


def set_up(
    directory: Directory,
    code: str,
    tenant_id: str,
    email: str,
    name: str,
    password: str,
    origin: Origin,
) -> SignIn:
    """Make a tenant's first ADMIN by the code, and sign them in.

    A tenant that tokens have used already is taken over, with its records.

    :raise LinkRefused: the code is used up or was never made, or there is a user.
    :raise InvalidFields: the password may not be chosen; the code stays good.
    """
    if not is_set_up_code(directory, code):
        raise LinkRefused
    refuse_password(password, "password")
    hashed = passwords.hashed(password)

    @one_transaction
    def begin(repository: Repository) -> SignIn:
        if not directory.take_set_up_code(repository, keys.digest(code)):
            raise LinkRefused
        user = add_active_user(repository, email, name, Role.ADMIN, hashed)
        actor = Actor(user.id, request_id=origin.request_id, address=origin.address)
        record(repository, actor, "tenant.set_up", TargetType.TENANT, tenant_id)
        return begin_session(repository, user, origin)

    return begin(directory.repository_of(tenant_id))


def add_active_user(
    repository: Repository, email: str, name: str, role: Role, password_hash: str
) -> User:
    """Write a user who can sign in at once, in the present transaction."""
    now = clock.now()
    user = User(
        id=new_id(now),
        tenant_id=repository.tenant_id,
        email=email,
        name=name,
        role=role,
        status=UserStatus.ACTIVE,
        mail=MailWishes(),
        created_at=now,
        last_sign_in_at=None,
    )
    repository.accounts.add_user(user, folded_email(email), email_digest(email))
    values = {"password_hash": password_hash, "status": UserStatus.ACTIVE.value}
    repository.accounts.change_user(user.id, values)
    return user
