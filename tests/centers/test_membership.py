"""Who may do what where: guardian's grants, as far as a membership of today bears them."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.models import Action, AuditEntry
from centers.models import Membership, Role, WorkspaceGrant
from centers.roles import PROVINCE_WIDE, ROLE_PERMISSIONS
from centers.scope import NOTHING, Scope, set_scope
from centers.selectors import may, scope_of
from centers.services.membership import end_role, grant_role
from tests.make import make_user, place
from tests.support import refused_by

pytestmark = pytest.mark.django_db
CENTRE = "52110-c1"


def scope(user) -> Scope:
    """What the person may do at the next request."""
    return scope_of(type(user).objects.get(pk=user.pk))


def granted(user, at: str = CENTRE) -> set[str]:
    found = WorkspaceGrant.objects.filter(user=user, content_object=place(at))
    return set(found.values_list("permission__codename", flat=True))


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


class ScopeOfTests:
    @pytest.mark.parametrize("role", Role.values)
    def test_a_role_is_its_permissions_where_it_is_held(self, role):
        user = make_user(role, CENTRE)
        assert scope(user) == Scope(user.pk, dict.fromkeys(sorted(ROLE_PERMISSIONS[role]), (place(CENTRE).pk,)))

    @pytest.mark.parametrize("role", Role.values)
    def test_only_the_province_office_reaches_everywhere_and_only_with_some(self, role):
        user = make_user(role, "52-office")
        assert scope(user).everywhere == ROLE_PERMISSIONS[role] & PROVINCE_WIDE

    def test_the_province_reads_no_notes_anywhere(self):
        user = make_user(Role.PROVINCE_STAFF, "52-office")
        assert not may(user, "view_sessions", place(CENTRE).pk)
        assert not may(user, "view_clients", place(CENTRE).pk)
        assert may(user, "view_visa_cases", place(CENTRE).pk)

    @pytest.mark.parametrize(
        ("starts", "ends", "holds"),
        [
            (0, None, True),
            (-1, 0, True),  # the last day is a day of it
            (0, 0, True),
            (1, None, False),
            (-9, -1, False),
        ],
    )
    def test_a_role_holds_from_its_first_to_its_last_day(self, starts, ends, holds):
        user = make_user(Role.COUNSELLOR)
        last = None if ends is None else day(ends)
        Membership.objects.filter(user=user).update(starts_on=day(starts), ends_on=last)
        assert may(type(user).objects.get(pk=user.pk), "view_clients", place().pk) is holds

    def test_a_colleague_s_role_holds_up_nobody_else_s(self):
        gone, leads = make_user(Role.COUNSELLOR), make_user(Role.MANAGER)
        Membership.objects.filter(user=gone).update(starts_on=day(-9), ends_on=day(-1))
        assert scope(gone).workspaces == {}
        Membership.objects.filter(user=gone).update(ends_on=None)
        assert may(type(gone).objects.get(pk=gone.pk), "view_clients", place().pk)
        assert not may(type(gone).objects.get(pk=gone.pk), "view_access_log", place().pk)
        assert may(leads, "view_access_log", place().pk)

    def test_a_day_is_a_day_in_seoul(self):
        user = make_user(Role.COUNSELLOR)
        Membership.objects.filter(user=user).update(starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 1))
        for instant, holds in (
            ("2026-02-28T14:59:00Z", False),
            ("2026-02-28T23:30:00Z", True),  # 08:30 of the day, when it is still yesterday in London
            ("2026-03-01T15:00:00Z", False),
        ):
            with time_machine.travel(instant, tick=False):
                assert (scope(user).of("view_clients") != ()) is holds, instant

    def test_a_grant_without_a_membership_opens_nothing(self):
        user = make_user(Role.COUNSELLOR)
        Membership.objects.filter(user=user).update(role=Role.PRIVACY_OFFICER)
        assert granted(user) == ROLE_PERMISSIONS[Role.COUNSELLOR]
        assert scope(user).workspaces == {}

    def test_a_membership_without_grants_opens_nothing(self):
        user = make_user(Role.COUNSELLOR)
        WorkspaceGrant.objects.filter(user=user).delete()
        assert scope(user).workspaces == {}

    def test_roles_of_two_workspaces_do_not_mix(self):
        user = make_user(Role.SHELTER_OPERATOR, "52110-s1")
        grant_role(user=user, workspace=place(CENTRE), role=Role.PRIVACY_OFFICER, actor=make_user())
        assert scope(user).of("view_stays") == (place("52110-s1").pk,)
        assert scope(user).of("view_access_log") == (place(CENTRE).pk,)

    def test_an_inactive_person_and_a_stranger_have_nothing(self):
        user = make_user(Role.COUNSELLOR)
        user.is_active = False
        assert scope_of(user) == NOTHING
        assert scope(make_user()).workspaces == {}


class GrantRoleTests:
    def test_the_first_is_granted_by_the_installation(self):
        user = make_user()
        assert (
            grant_role(user=user, workspace=place("52-office"), role=Role.SYSTEM_ADMIN, actor=None).granted_by is None
        )

    def test_nobody_grants_to_themselves(self):
        user = make_user(Role.SYSTEM_ADMIN, "52-office")
        with pytest.raises(ValidationError) as caught:
            grant_role(user=user, workspace=place(), role=Role.MANAGER, actor=user)
        assert caught.value.code == "self"
        assert granted(user) == set()
        with refused_by("membership_not_granted_to_oneself"):
            Membership.objects.create(
                user=user, granted_by=user, workspace=place(), role=Role.MANAGER, starts_on=day(0)
            )

    def test_the_same_role_is_not_held_twice_on_a_day(self):
        user, actor = make_user(Role.COUNSELLOR), make_user()
        with pytest.raises(ValidationError), transaction.atomic():
            grant_role(user=user, workspace=place(), role=Role.COUNSELLOR, actor=actor)
        with refused_by("membership_one_at_a_time"):
            Membership.objects.create(
                user=user, workspace=place(), role=Role.COUNSELLOR, starts_on=day(-5), ends_on=day(0)
            )

    def test_it_is_on_record_with_its_days(self):
        user, actor = make_user(), make_user()
        membership = grant_role(
            user=user, workspace=place(), role=Role.MANAGER, actor=actor, starts_on=day(1), ends_on=day(9)
        )
        set_scope(Scope(everywhere=frozenset(["view_access_log"])))
        entry = AuditEntry.objects.get(action=Action.ROLE_GRANTED, target_id=membership.pk)
        assert entry.actor == actor
        assert entry.data == {
            "role": "manager", "user": user.pk, "starts_on": day(1).isoformat(), "ends_on": day(9).isoformat(),
        }  # fmt: skip

    def test_a_membership_is_not_deleted_after_its_first_day(self):
        user = make_user(Role.COUNSELLOR)
        Membership.objects.filter(user=user).update(starts_on=day(-1))
        with refused_by("membership_begun_stays"):
            Membership.objects.filter(user=user)._raw_delete("default")


class EndRoleTests:
    def setup_method(self):
        self.user, self.actor = make_user(Role.COUNSELLOR), make_user()
        self.membership = Membership.objects.get(user=self.user)

    def test_it_holds_on_its_last_day_and_not_after(self):
        end_role(membership_id=self.membership.pk, actor=self.actor)
        assert may(self.user, "view_clients", place().pk)
        with time_machine.travel(timezone.now() + timedelta(days=1)):
            assert scope(self.user).workspaces == {}

    def test_ended_on_an_earlier_day_it_takes_its_grants_back_at_once(self):
        Membership.objects.filter(pk=self.membership.pk).update(starts_on=day(-9))
        end_role(membership_id=self.membership.pk, actor=self.actor, ends_on=day(-1))
        assert granted(self.user) == set()
        assert scope(self.user).workspaces == {}

    def test_ended_on_a_later_day_it_keeps_them_until_then(self):
        end_role(membership_id=self.membership.pk, actor=self.actor, ends_on=day(5))
        assert granted(self.user) == ROLE_PERMISSIONS[Role.COUNSELLOR]
        assert may(self.user, "view_clients", place().pk)

    def test_what_another_role_bears_stays(self):
        Membership.objects.filter(pk=self.membership.pk).update(starts_on=day(-9))
        grant_role(user=self.user, workspace=place(), role=Role.UNIVERSITY_COORDINATOR, actor=self.actor)
        end_role(membership_id=self.membership.pk, actor=self.actor, ends_on=day(-1))
        assert granted(self.user) == ROLE_PERMISSIONS[Role.UNIVERSITY_COORDINATOR]
        assert may(self.user, "view_clients", place().pk)
        assert not may(self.user, "view_sessions", place().pk)

    def test_what_a_role_of_later_bears_stays(self):
        Membership.objects.filter(pk=self.membership.pk).update(starts_on=day(-9))
        grant_role(user=self.user, workspace=place(), role=Role.MANAGER, actor=self.actor, starts_on=day(3))
        end_role(membership_id=self.membership.pk, actor=self.actor, ends_on=day(-1))
        assert granted(self.user) == ROLE_PERMISSIONS[Role.MANAGER]
        assert scope(self.user).workspaces == {}

    def test_a_lapsed_grant_does_not_come_back_with_another_role(self):
        Membership.objects.filter(pk=self.membership.pk).update(starts_on=day(-9), ends_on=day(-1))
        grant_role(user=self.user, workspace=place(), role=Role.PRIVACY_OFFICER, actor=self.actor)
        assert granted(self.user) == ROLE_PERMISSIONS[Role.PRIVACY_OFFICER]

    def test_a_role_that_is_over_is_not_drawn_out(self):
        Membership.objects.filter(pk=self.membership.pk).update(starts_on=day(-9), ends_on=day(-1))
        with pytest.raises(ValidationError) as caught:
            end_role(membership_id=self.membership.pk, actor=self.user, ends_on=day(30))
        assert caught.value.code == "ended"
        assert scope(self.user).workspaces == {}

    def test_a_role_does_not_end_before_it_starts(self):
        with pytest.raises(ValidationError), transaction.atomic():
            end_role(membership_id=self.membership.pk, actor=self.actor, ends_on=day(-1))
