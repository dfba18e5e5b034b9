"""Who may do what: the permissions there are, and the roles that bundle them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

PERMISSIONS = (
    "interview:create",
    "interview:read",
    "interview:update",
    "interview:approve",
    "interview:score",
    "interview:delete",
    "tenant:read",
    "tenant:update",
    "user:read",
    "user:manage",
    "key:manage",
    "audit:read",
    "candidate:export",
    "candidate:erase",
)
"""Every permission that an endpoint asks for."""

WILDCARDS = tuple(dict.fromkeys(f"{permission.partition(':')[0]}:*" for permission in PERMISSIONS))
"""`area:*` holds every permission of its area."""


class Role(StrEnum):
    """A named bundle of permissions."""

    ADMIN = "ADMIN"
    RECRUITER = "RECRUITER"
    INTERVIEWER = "INTERVIEWER"
    VIEWER = "VIEWER"

    @property
    def permissions(self) -> frozenset[str]:
        """What whoever has this role may do."""
        return _BUNDLES[self]


_BUNDLES: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(WILDCARDS),
        Role.RECRUITER: frozenset({"interview:*", "tenant:read", "user:read", "candidate:export"}),
        Role.INTERVIEWER: frozenset({"interview:read", "interview:update", "interview:score"}),
        Role.VIEWER: frozenset({"interview:read"}),
    }
)


def is_known(permission: str) -> bool:
    """Tell whether there is such a permission or wildcard."""
    return permission in PERMISSIONS or permission in WILDCARDS


def expanded(held: Iterable[str]) -> frozenset[str]:
    """Return every single permission that `held` amounts to, wildcards spelled out."""
    given = frozenset(held)
    return frozenset(
        permission
        for permission in PERMISSIONS
        if permission in given or f"{permission.partition(':')[0]}:*" in given
    )


def within(wanted: Iterable[str], held: Iterable[str]) -> bool:
    """Tell whether whoever has `held` may give `wanted` away: it is no more than they have."""
    return expanded(wanted) <= expanded(held)
