"""Granting and ending roles and opening accounts, through the pages of the administrator."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from audit.models import Action, AuditEntry
from centers.models import Membership, Role
from centers.services.membership import withdraw_role
from centers.views.landing import panels
from tests.make import make_user, place
from tests.support import refused_by

pytestmark = pytest.mark.django_db
NEW = "/roles/new/"


@pytest.fixture
def admin(client, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    user = make_user(Role.SYSTEM_ADMIN, "52-office")
    client.force_login(user)
    return user


def asked(user, /, **fields) -> dict:
    today = timezone.localdate().isoformat()
    return {
        "user": user.pk, "workspace": place().pk, "role": "counsellor", "official": "no", "starts_on": today,
    } | fields  # fmt: skip


class GrantTests:
    def test_grants_says_what_is_held_now_and_puts_it_on_record(self, client, admin):
        user = make_user()
        answer = client.post(NEW, asked(user), follow=True)
        held = user.memberships.get()
        assert (held.role, held.official, held.granted_by, held.ends_on) == ("counsellor", False, admin, None)
        assert str(user) in str(next(iter(answer.context["messages"])))
        entry = AuditEntry.objects.filter(action=Action.ROLE_GRANTED).latest("id")
        assert (entry.actor, entry.target_id) == (admin, held.pk)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"official": ""}, "official"), ({"role": "emperor"}, "role"), ({"starts_on": "soon"}, "starts_on"),
            ({"ends_on": "2020-01-01"}, "ends_on"), ({"workspace": "9" * 30}, "workspace"), ({"user": "\0"}, "user"),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong_at_the_field_and_grants_nothing(self, client, admin, wrong, field):
        user = make_user()
        answer = client.post(NEW, asked(user, **wrong))
        assert answer.status_code == 400
        assert field in answer.context["form"].errors
        assert not user.memberships.exists()

    def test_nobody_to_themselves_and_nothing_twice(self, client, admin):
        user = make_user(Role.COUNSELLOR)
        assert client.post(NEW, asked(admin)).status_code == 400
        answer = client.post(NEW, asked(user))
        assert answer.status_code == 400
        assert answer.context["form"].non_field_errors()
        assert user.memberships.count() == 1

    def test_who_grants_in_one_workspace_grants_there_alone(self, client, settings):
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
        elsewhere = make_user(Role.COUNSELLOR, "52130-c1").memberships.get()
        client.force_login(make_user(Role.SYSTEM_ADMIN))
        user = make_user()
        assert client.post(NEW, asked(user, workspace=place("52130-c1").pk)).status_code == 400
        assert client.get(f"/roles/{elsewhere.pk}/end/").status_code == 404
        assert elsewhere not in client.get("/roles/?state=all").context["shown"].page
        assert client.get("/staff/").status_code == 403


class EndTests:
    def test_ends_with_a_day(self, client, admin):
        held = make_user(Role.COUNSELLOR).memberships.get()
        day = timezone.localdate() + timedelta(days=3)
        assert client.post(f"/roles/{held.pk}/end/", {"ends_on": day.isoformat()}).status_code == 302
        assert Membership.objects.get(pk=held.pk).ends_on == day
        assert AuditEntry.objects.filter(action=Action.ROLE_ENDED, target_id=held.pk, actor=admin).exists()

    @pytest.mark.parametrize("day", ["", "soon", "2020-01-01"])
    def test_refuses_with_a_sentence(self, client, admin, day):
        held = make_user(Role.COUNSELLOR).memberships.get()
        answer = client.post(f"/roles/{held.pk}/end/", {"ends_on": day})
        assert answer.status_code == 400
        assert answer.context["form"].errors
        assert Membership.objects.get(pk=held.pk).ends_on is None


class ListTests:
    def test_each_figure_of_the_start_page_opens_to_its_rows(self, client, admin, rf):
        held = make_user(Role.COUNSELLOR).memberships.get()
        Membership.objects.filter(pk=held.pk).update(ends_on=timezone.localdate() + timedelta(days=30))
        gone = make_user(Role.MANAGER).memberships.get()
        Membership.objects.filter(pk=gone.pk).update(starts_on="2020-01-01", ends_on="2020-12-31")
        request = rf.get("/")
        request.user = User.objects.get(pk=admin.pk)
        figures = panels(request)[0].shown["figures"]
        assert [figure["value"] for figure in figures][:3] == [2, 2, 1]
        for figure in figures:
            assert client.get(figure["url"]).context["shown"].total.number == figure["value"], figure
        assert [row.pk for row in client.get("/roles/?state=ended").context["shown"].page] == [gone.pk]
        wrong = client.get("/roles/?state=never&role=x").context["shown"].form.errors
        assert wrong.keys() == {"state", "role"}

    def test_it_sorts_by_name_and_by_the_last_day_and_goes_out_as_a_file(self, client, admin):
        make_user(Role.COUNSELLOR, name="가나다")
        ends = make_user(Role.COUNSELLOR, name="하하하").memberships.get()
        Membership.objects.filter(pk=ends.pk).update(ends_on=timezone.localdate())
        names = [row.user.name for row in client.get("/roles/?sort=name").context["shown"].page]
        assert names == sorted(names) and len(names) == 3
        assert next(iter(client.get("/roles/?sort=to").context["shown"].page)) == ends
        assert client.get("/staff/?sort=-name").context["shown"].page.rows[0].name == "하하하"
        for code in ("roles", "staff"):
            assert client.get(f"/exports/new/{code}/").context["rows"].number >= 3

    def test_who_grants_nothing_takes_no_list_of_accounts_away(self, client):
        client.force_login(make_user(Role.MANAGER))
        assert client.get("/exports/new/staff/").status_code == 403

    def test_nobody_else_has_a_panel(self, rf):
        request = rf.get("/")
        request.user = make_user(Role.MANAGER)
        assert panels(request) == []


class AccountTests:
    def test_opens_an_account_that_signs_in_and_may_nothing(self, client, admin):
        answer = client.post("/staff/new/", {"username": "kim.jh", "name": "시험 직원", "language": "vi"})
        assert answer.status_code == 201
        made = User.objects.get(username="kim.jh")
        assert made.check_password(answer.context["password"])
        assert answer.context["password"] in answer.content.decode()
        assert (made.name, made.language, made.is_staff, made.is_superuser) == ("시험 직원", "vi", False, False)
        assert not made.memberships.exists()
        assert "no-store" in answer["Cache-Control"]
        entry = AuditEntry.objects.get(action=Action.ACCOUNT_OPENED)
        assert (entry.target_id, entry.data) == (made.pk, {})

    @pytest.mark.parametrize("name", ["", "a b", "x" * 151, "granter"])
    def test_says_what_is_wrong_with_the_name(self, client, admin, name):
        before = User.objects.count()
        answer = client.post("/staff/new/", {"username": name, "name": "시험", "language": "ko"})
        assert answer.status_code == 400
        assert "username" in answer.context["form"].errors
        assert User.objects.count() == before


class MistakeTests:
    def test_a_role_given_by_mistake_is_taken_back_on_its_first_day(self, client, admin):
        user = make_user()
        client.post(NEW, asked(user))
        held = user.memberships.get()
        page = f"/roles/{held.pk}/end/"
        assert f"{page}?mistake=1" in client.get(page).content.decode()
        assert client.post(f"{page}?mistake=1", {"reason": ""}).status_code == 400
        assert user.memberships.exists()
        client.post(f"{page}?mistake=1", {"reason": "다른 사람에게 줄 역할"})
        assert not user.memberships.exists()
        assert not place().grants.filter(user=user).exists()
        entry = AuditEntry.objects.filter(action=Action.ROLE_WITHDRAWN).latest("id")
        assert (entry.actor, entry.target_id, entry.data["reason"]) == (admin, held.pk, "다른 사람에게 줄 역할")

    def test_one_that_began_earlier_is_ended_and_kept(self, client, admin):
        user = make_user(Role.COUNSELLOR)
        held = user.memberships.get()
        Membership.objects.filter(pk=held.pk).update(starts_on=timezone.localdate() - timedelta(days=1))
        page = f"/roles/{held.pk}/end/"
        assert "?mistake=1" not in client.get(page).content.decode()
        assert client.get(f"{page}?mistake=1").context["membership"] == held
        with refused_by("membership_begun_stays"):
            withdraw_role(membership_id=held.pk, actor=admin)
