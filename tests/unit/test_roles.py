"""Roles bundle permissions, and nobody gives away more than they have."""

import pytest

from interview_service.domain.roles import PERMISSIONS, Role, expanded, is_known, within


def test_an_admin_may_do_everything() -> None:
    assert expanded(Role.ADMIN.permissions) == frozenset(PERMISSIONS)


def test_each_role_holds_the_next_smaller_one_s_permissions() -> None:
    for greater, smaller in ((Role.ADMIN, Role.RECRUITER), (Role.RECRUITER, Role.INTERVIEWER)):
        assert within(smaller.permissions, greater.permissions)
        assert not within(greater.permissions, smaller.permissions)
    assert within(Role.VIEWER.permissions, Role.INTERVIEWER.permissions)


@pytest.mark.parametrize("role", Role)
def test_a_role_holds_only_permissions_that_exist(role: Role) -> None:
    assert all(is_known(permission) for permission in role.permissions)


def test_a_wildcard_is_more_than_any_part_of_it() -> None:
    assert within({"interview:read"}, {"interview:*"})
    assert not within({"interview:*"}, {"interview:read", "interview:update"})
    assert not is_known("interview:fly")
