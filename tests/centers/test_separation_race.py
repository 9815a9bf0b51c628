"""Two roles that are kept apart, granted at the same moment."""

import pytest

from centers.models import Membership, Role
from centers.services.membership import grant_role
from tests.make import make_user, place
from tests.support import as_owner, rule, waits_for

pytestmark = pytest.mark.committed


def test_of_two_grants_at_once_the_second_waits_and_is_refused(committed):
    """Neither sees the other before it is committed: without the wait both would be let pass."""
    user, admin = make_user(), make_user(Role.SYSTEM_ADMIN, "52-office")
    office, province = place("52110-office"), place("52-office")
    with as_owner(committed) as first:
        with first.transaction():
            first.execute(
                "INSERT INTO centers_membership (user_id, workspace_id, role, official, starts_on, declaration) "
                "VALUES (%s, %s, 'city_officer', true, wall.today(), '')",
                [user.pk, office.pk],
            )
            second = waits_for(
                first, lambda: grant_role(user=user, workspace=province, role=Role.PROVINCE_STAFF, actor=admin)
            )
        with pytest.raises(Exception) as refused:
            second()
    assert rule(refused.value) == "roles_kept_apart"
    assert [held.role for held in Membership.objects.filter(user=user)] == [Role.CITY_OFFICER]
