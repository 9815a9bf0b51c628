"""What may not meet in one person, and who stands in for whom."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Action, AuditEntry
from centers.models import Membership, Role, Separation, Workspace
from centers.scope import Scope, set_scope
from centers.separation import meetings_today
from centers.services.membership import end_role, grant_role, withdraw_role
from centers.services.separation import declare_apart, withdraw_apart
from tests.make import make_user, place
from tests.support import ask, forbidden, refused_by

pytestmark = pytest.mark.django_db

OFFICE, PROVINCE = "52110-office", "52-office"


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


@pytest.fixture
def admin():
    return make_user(Role.SYSTEM_ADMIN, PROVINCE)


def row(user, role: Role, at: str = OFFICE, **fields) -> Membership:
    """A role as the database sees it, past the service that would say why not."""
    return Membership.objects.create(user=user, workspace=place(at), role=role, **{"starts_on": day(0), **fields})


class StrictTests:
    @pytest.mark.parametrize(("one", "other"), [
        (Role.SYSTEM_ADMIN, Role.CITY_OFFICER), (Role.CITY_OFFICER, Role.PROVINCE_STAFF),
    ])  # fmt: skip
    def test_money_is_refused_by_the_database_in_either_order(self, one, other):
        for first, second in ((one, other), (other, one)):
            user = make_user(first, OFFICE)
            with refused_by("roles_kept_apart"):
                row(user, second, declaration="small county")

    def test_the_service_names_the_other_role_and_the_reason(self, admin):
        user = make_user(Role.CITY_OFFICER, OFFICE)
        with pytest.raises(ValidationError) as refused:
            grant_role(user=user, workspace=place(PROVINCE), role=Role.PROVINCE_STAFF, actor=admin, declaration="x")
        told = refused.value.messages[0]
        assert refused.value.code == "apart"
        assert Separation.objects.get(code="city-province").reason in told
        assert str(place(OFFICE)) in told

    def test_roles_that_follow_one_another_do_not_meet(self):
        user = make_user(Role.CITY_OFFICER, OFFICE)
        Membership.objects.filter(user=user).update(ends_on=day(3))
        row(user, Role.PROVINCE_STAFF, PROVINCE, starts_on=day(4))
        with refused_by("roles_kept_apart"):
            Membership.objects.filter(user=user, role=Role.CITY_OFFICER).update(ends_on=day(4))

    def test_what_met_before_the_rule_can_be_ended(self, admin):
        user = make_user(Role.COUNSELLOR)
        grant_role(user=user, workspace=place(OFFICE), role=Role.UNIVERSITY_COORDINATOR, actor=admin)
        declare_apart(
            actor=admin, one=Role.COUNSELLOR, other=Role.UNIVERSITY_COORDINATOR, reason="one looks at the other"
        )
        for held in user.memberships.all():
            end_role(membership_id=held.pk, actor=admin, ends_on=day(1))

    def test_no_page_loosens_what_is_about_money(self, admin):
        strict = Separation.objects.get(code="city-province")
        with refused_by("separation_strict_stays"):
            Separation.objects.filter(pk=strict.pk).update(refused=False)
        with refused_by("separation_strict_stays"):
            Separation.objects.filter(pk=strict.pk).update(withdrawn_on=day(0))
        with refused_by("separation_strict_stays"):
            Separation.objects.create(code="new", one="manager", other="counsellor", refused=True, reason="x")
        with forbidden():
            Separation.objects.filter(pk=strict.pk)._raw_delete("default")
        for call in (
            lambda: withdraw_apart(actor=admin, code=strict.pk),
            lambda: declare_apart(actor=admin, code=strict.pk, one="manager", other="counsellor", reason="x"),
        ):
            with pytest.raises(ValidationError):
                call()

    def test_every_rule_of_acts_is_one_of_the_database(self):
        rules = set(Separation.objects.of_acts().values_list("rule", flat=True))
        assert rules
        for rule in rules:
            assert ask("SELECT count(*) FROM pg_constraint WHERE conname = %s", rule) == 1, rule


class DeclaredTests:
    def test_a_reason_lets_it_pass_and_is_shown(self, admin):
        user = make_user(Role.SYSTEM_ADMIN, PROVINCE)
        with pytest.raises(ValidationError) as refused:
            grant_role(user=user, workspace=place(PROVINCE), role=Role.PRIVACY_OFFICER, actor=admin)
        assert refused.value.code == "declare"
        with refused_by("roles_met_undeclared"):
            row(user, Role.PRIVACY_OFFICER, PROVINCE)
        grant_role(
            user=user,
            workspace=place(PROVINCE),
            role=Role.PRIVACY_OFFICER,
            actor=admin,
            declaration="nobody else",
        )
        meetings = meetings_today(make_user(Role.PRIVACY_OFFICER, PROVINCE))
        assert [(met.apart.pk, met.one.user, met.declaration) for met in meetings] == [
            ("admin-privacy", user, "nobody else")
        ]
        set_scope(Scope(admin.pk))
        entry = AuditEntry.objects.filter(action=Action.ROLE_GRANTED, actor=admin).latest("pk")
        assert entry.data["reason"] == "nobody else"

    def test_the_table_is_written_on_pages_and_put_on_record(self, admin):
        apart = declare_apart(actor=admin, one=Role.MANAGER, other=Role.SHELTER_OPERATOR, reason="한 사람이 둘 다")
        with pytest.raises(ValidationError):
            declare_apart(actor=admin, one=Role.SHELTER_OPERATOR, other=Role.MANAGER, reason="again")
        user = make_user(Role.MANAGER)
        with pytest.raises(ValidationError):
            grant_role(user=user, workspace=place("52110-s1"), role=Role.SHELTER_OPERATOR, actor=admin)
        withdraw_apart(actor=admin, code=apart.pk)
        grant_role(user=user, workspace=place("52110-s1"), role=Role.SHELTER_OPERATOR, actor=admin)
        declare_apart(actor=admin, one=Role.MANAGER, other=Role.SHELTER_OPERATOR, reason="once more")
        set_scope(Scope(admin.pk))
        assert AuditEntry.objects.filter(action=Action.SEPARATION_CHANGED, actor=admin).count() == 3

    def test_an_edited_row_is_left_by_the_reference_file(self, admin):
        declare_apart(actor=admin, code="admin-privacy", one="system_admin", other="privacy_officer", reason="ours")
        from kpi.services.reference import _load
        from kpi.services.reference_sheets import SHEETS

        sheet = next(sheet for sheet in SHEETS if sheet.model is Separation)
        assert _load(sheet) == (0, 0)
        assert Separation.objects.get(code="admin-privacy").reason == "ours"


class StandInTests:
    def test_holds_the_role_on_days_of_the_other_and_up_to_a_day(self, admin):
        whose, other = make_user(Role.MANAGER), make_user()
        asked = {"user": other, "workspace": place(), "role": Role.MANAGER, "actor": admin, "stands_in_for": whose}
        with pytest.raises(ValidationError) as refused:
            grant_role(**asked)
        assert refused.value.code == "until"
        held = grant_role(**asked, ends_on=day(5))
        assert (held.stands_in_for, held.ends_on) == (whose, day(5))

    @pytest.mark.parametrize("fields", [{"ends_on": None}, {"user": "self", "ends_on": 5}])
    def test_the_database_asks_for_a_day_and_another_person(self, fields):
        whose = make_user(Role.MANAGER)
        user = whose if fields.get("user") else make_user()
        ends = fields["ends_on"] and day(fields["ends_on"])
        with refused_by("membership_stands_in_for_some_days"):
            row(user, Role.MANAGER, "52130-c1", stands_in_for=whose, ends_on=ends)

    def test_nobody_stands_in_for_who_does_not_hold_the_role(self, admin):
        whose, other = make_user(Role.COUNSELLOR), make_user()
        with pytest.raises(ValidationError) as refused:
            grant_role(
                user=other, workspace=place(), role=Role.MANAGER, actor=admin, stands_in_for=whose, ends_on=day(3)
            )
        assert refused.value.code == "within"
        with refused_by("stand_in_within"):
            row(other, Role.MANAGER, "52110-c1", stands_in_for=whose, ends_on=day(3))

    def test_who_stands_in_stops_with_whom_they_stand_in_for(self, admin):
        whose = make_user(Role.MANAGER)
        own = whose.memberships.get()
        asked = {"workspace": place(), "role": Role.MANAGER, "actor": admin, "stands_in_for": whose}
        now = grant_role(user=make_user(), ends_on=day(9), **asked)
        later = grant_role(user=make_user(), starts_on=day(6), ends_on=day(9), **asked)
        with refused_by("stand_in_within"):
            Membership.objects.filter(pk=own.pk).update(ends_on=day(3))
        end_role(membership_id=own.pk, actor=admin, ends_on=day(3))
        now.refresh_from_db()
        assert now.ends_on == day(3)
        assert not Membership.objects.filter(pk=later.pk).exists()

    def test_a_role_that_has_not_begun_is_withdrawn(self, admin):
        user = make_user()
        held = grant_role(user=user, workspace=place(), role=Role.MANAGER, actor=admin, starts_on=day(2))
        assert user.pk in held.workspace.grants.values_list("user", flat=True)
        withdraw_role(membership_id=held.pk, actor=admin)
        assert not user.memberships.exists()
        assert user.pk not in Workspace.objects.get(code="52110-c1").grants.values_list("user", flat=True)


class PageTests:
    @pytest.fixture(autouse=True)
    def plain_files(self, settings):
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]

    def test_a_refused_grant_says_which_and_keeps_what_was_chosen(self, client, admin):
        client.force_login(admin)
        user = make_user(Role.CITY_OFFICER, OFFICE)
        sent = {
            "user": user.pk, "workspace": place(PROVINCE).pk, "role": Role.PROVINCE_STAFF, "official": "yes",
            "starts_on": day(0).isoformat(),
        }  # fmt: skip
        answer = client.post("/roles/new/", sent)
        form = answer.context["form"]
        assert (answer.status_code, list(form.errors)) == (400, ["role"])
        assert str(form["user"].value()) == str(user.pk)

    def test_a_declared_one_asks_why_at_its_field(self, client, admin):
        client.force_login(admin)
        user = make_user(Role.COUNSELLOR)
        sent = {
            "user": user.pk, "workspace": place(OFFICE).pk, "role": Role.CITY_OFFICER, "official": "yes",
            "starts_on": day(0).isoformat(),
        }  # fmt: skip
        assert list(client.post("/roles/new/", sent).context["form"].errors) == ["declaration"]
        assert client.post("/roles/new/", sent | {"declaration": "담당자가 한 명"}).status_code == 302
        assert "담당자가 한 명" in client.get("/roles/").content.decode()
        shown = client.get("/roles/apart/").content.decode()
        assert "담당자가 한 명" in shown

    def test_who_reviews_reads_the_table_and_changes_nothing(self, client):
        client.force_login(make_user(Role.PRIVACY_OFFICER, PROVINCE))
        assert client.get("/roles/apart/").context["may_edit"] is False
        assert client.post("/roles/apart/admin-privacy/withdraw/").status_code == 403
        assert Separation.objects.standing().filter(code="admin-privacy").exists()

    def test_a_row_is_added_changed_and_taken_out(self, client, admin):
        client.force_login(admin)
        sent = {"one": Role.MANAGER, "other": Role.SHELTER_OPERATOR, "reason": "한 사람이 배정하고 이용을 확인함"}
        assert client.post("/roles/apart/new/", sent | {"other": Role.MANAGER}).status_code == 400
        assert client.post("/roles/apart/new/", sent).status_code == 302
        code = "manager-shelter_operator"
        assert client.get(f"/roles/apart/{code}/").context["form"]["reason"].value() == sent["reason"]
        assert client.post(f"/roles/apart/{code}/", sent | {"source": "도 문서"}).status_code == 302
        assert Separation.objects.get(code=code).source == "도 문서"
        assert client.post(f"/roles/apart/{code}/withdraw/").status_code == 302
        assert client.get(f"/roles/apart/{code}/").status_code == 404
        assert client.get("/roles/apart/city-province/").status_code == 404

    def test_a_role_of_later_is_withdrawn_on_its_page(self, client, admin):
        client.force_login(admin)
        user = make_user()
        held = grant_role(
            user=user, workspace=place(), role=Role.MANAGER, actor=make_user(Role.SYSTEM_ADMIN, PROVINCE),
            starts_on=day(2),
        )  # fmt: skip
        assert client.get(f"/roles/{held.pk}/end/").templates[0].name == "confirm.html"
        assert client.post(f"/roles/{held.pk}/end/").status_code == 302
        assert not user.memberships.exists()


def test_who_approves_money_grants_no_roles_by_the_table():
    """A role that is added later does not slip past the table."""
    from centers.roles import ROLE_PERMISSIONS

    approving = {role for role, may in ROLE_PERMISSIONS.items() if "approve_vouchers" in may}
    granting = {role for role, may in ROLE_PERMISSIONS.items() if "grant_roles" in may}
    strict = {apart.roles for apart in Separation.objects.of_roles().filter(refused=True)}
    assert {frozenset(pair) for pair in product(approving, granting)} <= strict
