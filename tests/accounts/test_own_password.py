"""A password that somebody else knows opens the page where an own one is chosen, and nothing else."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import PasswordBy, User
from audit.models import Action, AuditEntry
from centers.models import Role
from centers.scope import Scope, set_scope
from centers.services.account import open_account
from centers.services.membership import grant_role
from tests.make import make_user, place

pytestmark = pytest.mark.django_db

CHANGE = "/accounts/password/"
OWN = "pear-lantern-4071"


@pytest.fixture
def newcomer(client) -> tuple[User, str]:
    """A counsellor who signed in for the first time, with the password that an administrator made."""
    admin = make_user(Role.SYSTEM_ADMIN, "52-office")
    user, password = open_account(actor=admin, username="newcomer", name="시험 직원", language="ko")
    grant_role(user=user, workspace=place(), role=Role.COUNSELLOR, actor=admin)
    answer = client.post("/accounts/login/?next=/sessions/", {"login": "newcomer", "password": password})
    assert (answer.status_code, answer["Location"]) == (302, "/sessions/")
    return user, password


def choose(client, old: str, new: str, **more):
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new, **more})


class FirstPasswordTests:
    @pytest.mark.parametrize(
        "page", ["/", "/sessions/?month=2025-03", "/clients/", "/access/", "/at/52110-c1/clients/"]
    )
    def test_every_page_leads_to_the_choice_of_an_own_one(self, client, newcomer, page):
        answer = client.get(page)
        assert answer.status_code == 302
        shown = client.get(answer["Location"])
        assert shown.templates[0].name == "account/password_change.html"
        assert "notice--wait" in shown.content.decode()

    def test_then_the_page_that_was_asked_for_opens(self, client, newcomer):
        user, password = newcomer
        asked = client.get("/sessions/?month=2025-03")["Location"]
        back = client.get(asked).context["redirect_field_value"]
        answer = choose(client, password, OWN, next=back)
        assert (answer.status_code, answer["Location"]) == (302, "/sessions/?month=2025-03")
        assert client.get("/sessions/").status_code == 200
        user.refresh_from_db()
        assert user.password_by == PasswordBy.OWNER
        set_scope(Scope(user.pk))
        assert AuditEntry.objects.filter(action=Action.PASSWORD_CHOSEN, actor=user).exists()

    def test_the_first_password_is_no_own_one(self, client, newcomer):
        _user, password = newcomer
        answer = choose(client, password, password)
        assert "password1" in answer.context["form"].errors
        assert client.get("/")["Location"].startswith(CHANGE)

    def test_what_was_sent_meanwhile_comes_back(self, client, newcomer):
        answer = client.post("/sessions/new/", {"note": "가나다 상담 내용", "password": "secret"})
        text = answer.content.decode()
        assert (answer.status_code, answer.templates[0].name) == (409, "409.html")
        assert "가나다 상담 내용" in text
        assert "secret" not in text

    def test_signing_out_and_the_language_stay_open(self, client, newcomer):
        assert client.post(reverse("language"), {"language": "vi", "next": "/"}).status_code == 302
        assert client.post("/accounts/logout/").status_code == 302

    def test_a_published_password_is_let_pass_in_a_demonstration_alone(self, client, settings):
        user = make_user(Role.COUNSELLOR, password_by=PasswordBy.PUBLISHED)
        client.force_login(user)
        settings.DEMO = True
        assert client.get("/").status_code == 200
        settings.DEMO = False
        assert client.get("/")["Location"].startswith(CHANGE)


class GivenAnewTests:
    def test_the_password_of_before_stops_and_signs_out(self, client):
        forgetful = make_user(Role.COUNSELLOR)
        client.force_login(forgetful)
        other = type(client)()
        other.force_login(make_user(Role.SYSTEM_ADMIN, "52-office"))
        address = f"/staff/{forgetful.pk}/password/"
        assert other.get(address).status_code == 200
        answer = other.post(address)
        assert answer.status_code == 201
        forgetful.refresh_from_db()
        assert forgetful.check_password(answer.context["password"])
        assert forgetful.password_by == PasswordBy.GIVEN
        assert client.get("/")["Location"].startswith("/accounts/login/")

    def test_it_is_on_record_for_who_grants_roles(self, client):
        admin, colleague, user = make_user(Role.SYSTEM_ADMIN, "52-office"), make_user(), make_user(Role.COUNSELLOR)
        client.force_login(admin)
        client.post(f"/staff/{user.pk}/password/")
        set_scope(Scope(colleague.pk, everywhere=frozenset({"grant_roles"})))
        entry = AuditEntry.objects.get(action=Action.PASSWORD_GIVEN)
        assert (entry.actor_id, entry.target_id, entry.data) == (admin.pk, user.pk, {})

    def test_nobody_gives_one_to_themselves(self, client):
        admin = make_user(Role.SYSTEM_ADMIN, "52-office")
        client.force_login(admin)
        assert client.get(f"/staff/{admin.pk}/password/").status_code == 404
        assert client.post(f"/staff/{admin.pk}/password/").status_code == 404

    def test_the_list_says_whose_password_is_whose(self, client):
        client.force_login(make_user(Role.SYSTEM_ADMIN, "52-office"))
        given = make_user(password_by=PasswordBy.GIVEN)
        assert [row.pk for row in client.get("/staff/?which=first").context["shown"].page] == [given.pk]


class FirstAdministratorTests:
    def test_opens_the_account_that_grants_all_other_roles(self, client):
        told = StringIO()
        call_command("first_administrator", "hong", "홍관리", stdout=told)
        made = User.objects.get(username="hong")
        assert [held.role for held in made.memberships.all()] == [Role.SYSTEM_ADMIN]
        assert made.must_choose_password
        assert any(made.check_password(word) for word in told.getvalue().split())

    def test_refuses_a_second_one_and_a_wrong_name(self):
        with pytest.raises(CommandError):
            call_command("first_administrator", "a b", "홍관리")
        assert not User.objects.filter(name="홍관리").exists()
        make_user(Role.SYSTEM_ADMIN, "52-office")
        with pytest.raises(CommandError):
            call_command("first_administrator", "hong", "홍관리")
