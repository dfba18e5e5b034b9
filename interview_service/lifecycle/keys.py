"""API keys of a tenant: made, listed, revoked, and recognised."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from interview_service.credentials import keys
from interview_service.domain.accounts import ApiKey
from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import DiskFull, InvalidFields, MoreThanHeld
from interview_service.domain.roles import Role, is_known, within
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.repository import Repository
from interview_service.repository.directory import Directory

USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made: the only moment that its text is known."""

    record: ApiKey
    key: str


@dataclass(frozen=True, slots=True)
class KeyPage:
    """A page of a tenant's keys, oldest first; `next_id` is what the next page follows."""

    keys: list[ApiKey]
    next_id: str | None


@one_transaction
def create_key(
    repository: Repository,
    name: str,
    actor: Actor,
    *,
    role: Role | None = None,
    permissions: tuple[str, ...] = (),
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key that holds a role, or permissions of its own.

    :raise InvalidFields: neither or both are given, a permission does not exist, the name is or was
        in use, or the key would be past its time already.
    :raise MoreThanHeld: it would hold more than the actor does.
    """
    now = clock.now()
    if (role is None) == (not permissions):
        raise InvalidFields({"permissions": ["Give either a role or permissions."]})
    unknown = [each for each in permissions if not is_known(each)]
    if unknown:
        raise InvalidFields({"permissions": [f"There is no permission {unknown[0]}."]})
    if expires_at is not None and expires_at <= now:
        raise InvalidFields({"expiresAt": ["Must be in the future."]})
    held = (
        tuple(sorted(role.permissions)) if role is not None else tuple(dict.fromkeys(permissions))
    )
    if not within(held, actor.permissions):
        raise MoreThanHeld("these permissions")
    if repository.accounts.is_key_name_used(name):
        raise InvalidFields({"name": ["A key of this name exists, or existed."]})
    text = keys.new_key()
    made = ApiKey(
        id=new_id(now),
        tenant_id=repository.tenant_id,
        name=name,
        prefix=text[: keys.SHOWN_PREFIX_LENGTH],
        role=role,
        permissions=held,
        created_by=actor.subject,
        created_at=now,
        expires_at=expires_at,
        last_used_at=None,
    )
    repository.accounts.add_key(made, keys.digest(text))
    record(repository, actor, "api_key.create", TargetType.API_KEY, made.id)
    return NewKey(made, text)


def api_keys(repository: Repository, *, limit: int, after: str | None = None) -> KeyPage:
    """Return a page of the tenant's keys that are not revoked."""
    found = repository.accounts.keys(after=after, limit=limit + 1)
    more = len(found) > limit
    return KeyPage(found[:limit], found[limit - 1].id if more else None)


@one_transaction
def revoke_key(repository: Repository, key_id: str, actor: Actor) -> None:
    """Have a key refused from now on.

    :raise KeyNotFound: there is none.
    :raise MoreThanHeld: the key holds more than the actor does.
    """
    found = repository.accounts.key(key_id)
    if not within(found.permissions, actor.permissions):
        raise MoreThanHeld("this key's permissions")
    repository.accounts.revoke_key(found.id, clock.now())
    record(repository, actor, "api_key.revoke", TargetType.API_KEY, found.id)


def key_of(directory: Directory, text: str) -> ApiKey | None:
    """Return the key that a text is; None for any other. Notes, once a minute, that it is used."""
    if not keys.is_key(text):
        return None
    digest = keys.digest(text)
    owner = directory.owner(digest)
    if owner is None:
        return None
    repository = directory.repository_of(owner.tenant_id)
    now = clock.now()
    found = repository.accounts.live_key(owner.target_id, digest, now)
    if found is None:
        return None
    if found.last_used_at is None or now - found.last_used_at >= USE_NOTED_EVERY:
        with suppress(DiskFull):  # reads go on
            _note_use(repository, found.id)
    return found


@one_transaction
def _note_use(repository: Repository, key_id: str) -> None:
    repository.accounts.note_key_use(key_id, clock.now())
