"""What arrives without a tenant: a secret or an email, from which its tenant is found.

These tables stand outside the walls. They hold hashes, and the tenant and id that each leads to.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import (
    Connection,
    Executable,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from interview_service.database.accounts import (
    LookupModel,
    PasswordRequestModel,
    SetUpCodeModel,
    SignInFailureModel,
    UserModel,
)
from interview_service.database.models import StateTotal, TenantSettingsModel
from interview_service.database.session import Database
from interview_service.domain.accounts import FAILURE_WINDOW, PasswordRequest
from interview_service.domain.clock import clock, new_id
from interview_service.domain.outbox import CLOCKS_DIFFER
from interview_service.repository.repository import Repository
from interview_service.repository.unit_of_work import translated

_LOOKUPS = cast(Table, LookupModel.__table__)
_FAILURES = cast(Table, SignInFailureModel.__table__)
_REQUESTS = cast(Table, PasswordRequestModel.__table__)
_CODES = cast(Table, SetUpCodeModel.__table__)

_NOBODY = ""
"""No tenant has this name, so a transaction in it sees no tenant's rows."""

_MAX_OWNERS = 20
_OWNERS = (
    select(_LOOKUPS.c.tenant_id, _LOOKUPS.c.target_id)
    .where(_LOOKUPS.c.digest == bindparam("digest"))
    .order_by(_LOOKUPS.c.tenant_id)
    .limit(_MAX_OWNERS)
)
_OWNERS_IN_TENANT = _OWNERS.where(_LOOKUPS.c.tenant_id == bindparam("tenant_id"))
_ATTEMPTS = 5
_KNOWN_BY = (StateTotal, UserModel, TenantSettingsModel)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a secret or an email is."""

    tenant_id: str
    target_id: str


class Directory:
    """Finds tenants, and gives their repositories.

    :param repository_of: makes the repository of a tenant.
    """

    def __init__(self, database: Database, repository_of: Callable[[str], Repository]) -> None:
        self._database = database
        self.repository_of = repository_of

    def owners(self, digest: str, *, tenant_id: str | None = None) -> list[Owner]:
        """Return whose a digest is; of an email that may be several tenants'."""
        statement = _OWNERS if tenant_id is None else _OWNERS_IN_TENANT
        values = {"digest": digest} | ({} if tenant_id is None else {"tenant_id": tenant_id})
        with self._reading() as connection:
            return [Owner(*row) for row in connection.execute(statement, values)]

    def owner(self, digest: str) -> Owner | None:
        """Return whose a secret is, or None."""
        found = self.owners(digest)
        return found[0] if found else None

    # --- failed sign-ins

    def begin_sign_in(self, buckets: Sequence[str], now: datetime) -> tuple[str, Sequence[int]]:
        """Count a sign-in as failed until it succeeds, so that guesses at one moment count too.

        Whoever asks for a new password is counted in the same way.

        :param buckets: digests of what failures are counted by.
        :return: the sign-in's id, and the number of other failures of each bucket.
        """
        sign_in = new_id(now)
        rows = [{"bucket": each, "id": sign_in, "created_at": now} for each in buckets]
        self._write(insert(_FAILURES), rows)
        others = (
            select(_FAILURES.c.bucket, func.count())
            .where(
                _FAILURES.c.bucket.in_(buckets),
                _FAILURES.c.created_at > now - FAILURE_WINDOW,
                _FAILURES.c.id != sign_in,
            )
            .group_by(_FAILURES.c.bucket)
        )
        with self._reading() as connection:  # after the commit: no sign-in at this moment is missed
            counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(others)}
        return sign_in, [counts.get(each, 0) for each in buckets]

    def forget_sign_in(self, sign_in: str, buckets: Sequence[str] = ()) -> None:
        """Take a sign-in for no failure; with it all earlier ones of some buckets."""
        self._write(delete(_FAILURES).where(_FAILURES.c.id == sign_in))
        if buckets:  # apart: two that succeed at one moment would wait for each other's rows
            self._write(delete(_FAILURES).where(_FAILURES.c.bucket.in_(buckets)))

    def note_unknown(self, sign_in: str) -> None:
        """Write as much as a failure of an email that exists costs: time must not tell."""
        noted = update(_FAILURES).where(_FAILURES.c.id == sign_in)
        self._write(noted.values(created_at=clock.now()))

    def forget_failures(self, before: datetime) -> None:
        """Delete what is past its time."""
        self._write(delete(_FAILURES).where(_FAILURES.c.created_at <= before))

    # --- requests for a new password

    def add_password_request(self, request: PasswordRequest, now: datetime) -> None:
        """Have a worker find out whose email it is: here nobody can tell from the time it takes."""
        values = {
            "id": request.id,
            "digest": request.digest,
            "request_id": request.request_id,
            "address": request.address,
            "due_at": now,
        }
        self._write(insert(_REQUESTS), [values])

    def take_password_requests(
        self, now: datetime, lease: timedelta, limit: int
    ) -> list[PasswordRequest]:
        """Return requests that are due, longest first, and keep other workers from them meanwhile.

        :param lease: how long; by then they are answered and forgotten, or their worker is dead.
        """
        is_due = _REQUESTS.c.due_at <= now
        was_put_off = _REQUESTS.c.due_at > now + lease + CLOCKS_DIFFER  # before the clock went back
        columns = (_REQUESTS.c[each.name] for each in fields(PasswordRequest))
        due = select(*columns).order_by(_REQUESTS.c.due_at).limit(limit)
        with self._reading() as connection:
            found = [
                PasswordRequest(*row)
                for condition in (is_due, was_put_off)  # apart: each is read from the index
                for row in connection.execute(due.where(condition))
            ]
        taken = []
        for each in found:
            mine = update(_REQUESTS).where(_REQUESTS.c.id == each.id, or_(is_due, was_put_off))
            if self._write(mine.values(due_at=now + lease)) == 1:
                taken.append(each)
        return taken

    def forget_password_request(self, request: PasswordRequest) -> None:
        """Forget a request that was answered."""
        self._write(delete(_REQUESTS).where(_REQUESTS.c.id == request.id))

    # --- the first user

    def has_users(self) -> bool:
        """Tell whether any tenant has a user."""
        with self._database.across_tenants() as session:
            found = select(UserModel.id).where(UserModel.tenant_id > _NOBODY).limit(1)
            return session.execute(found).first() is not None

    def knows_tenant(self, tenant_id: str) -> bool:
        """Tell whether a tenant has, or had, any interview, user or settings."""
        with self._database.across_tenants() as session:
            for row in _KNOWN_BY:
                found = select(row.tenant_id).where(row.tenant_id == tenant_id).limit(1)
                if session.execute(found).first() is not None:
                    return True
        return False

    def knows_any_tenant(self) -> bool:
        """Tell whether any tenant has, or had, any interview, user or settings."""
        with self._database.across_tenants() as session:
            for row in _KNOWN_BY:
                found = select(row.tenant_id).where(row.tenant_id > _NOBODY).limit(1)
                if session.execute(found).first() is not None:
                    return True
        return False

    def replace_set_up_code(self, digest: str, now: datetime) -> None:
        """Have this code, and no other, make the first user."""
        with self._writing() as connection:
            connection.execute(delete(_CODES))
            connection.execute(insert(_CODES), {"digest": digest, "created_at": now})
            connection.commit()

    def is_set_up_code(self, digest: str) -> bool:
        """Tell whether a code makes the first user."""
        with self._reading() as connection:
            return (
                connection.execute(select(_CODES).where(_CODES.c.digest == digest)).first()
                is not None
            )

    def take_set_up_code(self, repository: Repository, digest: str) -> bool:
        """Use the code up in the repository's present transaction; False where it is no good."""
        taken = repository.work.begin().execute(delete(_CODES).where(_CODES.c.digest == digest))
        return taken.rowcount == 1

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._database.reading(_NOBODY) as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise translated(error) from error

    def _write(
        self, statement: Executable, rows: Sequence[Mapping[str, object]] | None = None
    ) -> int:
        """Execute one statement in a transaction of its own; again where it lost a race.

        :return: how many rows it changed.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._database.transaction(_NOBODY) as connection:
                    changed = connection.execute(statement, rows).rowcount
                    connection.commit()
                return changed
            except (DBAPIError, PoolTimeout) as error:
                lost = isinstance(error, DBAPIError) and self._database.backend.is_transient(
                    error.orig
                )
                if attempt == _ATTEMPTS or not lost:
                    raise translated(error) from error
        raise AssertionError("unreachable")

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._database.transaction(_NOBODY) as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise translated(error) from error
