"""Dependants on the page of the principal's case: entered there, counted once, and looked at when the case ends."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from cases.models import Client, FamilyLink
from centers.models import Role
from centers.scope import settle_constraints
from tests.make import everywhere, make_client, make_dependant, make_user
from tests.support import refused_by
from tests.visas.test_case_step import START, TODAY, make_case, step, walk
from visas.services.obligation import follow_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(client):
    client.force_login(make_user(Role.CITY_OFFICER, "52140-office"))


def shown(browser, case) -> list:
    return browser.get(case.get_absolute_url()).context["dependants"]


class DependantTests:
    def test_a_dependant_is_added_and_changed_on_the_case(self, client, city):
        case = walk(make_case(), "granted")
        told = {"name": "PHAM THI C", "relation": "spouse", "municipality": "52140", "entered_on": str(START)}
        answer = client.post(reverse("visas:case_dependant_new", args=[case.pk]), told, follow=True)
        (one,) = answer.context["dependants"]
        assert one.link.entered_on == START and "PHAM THI C" in answer.content.decode()
        address = reverse("visas:case_dependant", args=[case.pk, one.link.pk])
        answer = client.post(address, told | {"settled_on": str(TODAY), "status": "F-3"}, follow=True)
        (one,) = answer.context["dependants"]
        assert one.link.settled_on == TODAY and one.link.client.status_id == "F-3"

    def test_nobody_settles_before_the_permit_and_what_was_typed_stays(self, client, city):
        case = walk(make_case(), "recommended")
        told = {"name": "PHAM THI C", "relation": "spouse", "settled_on": str(TODAY)}
        answer = client.post(reverse("visas:case_dependant_new", args=[case.pk]), told)
        assert answer.status_code == 400 and answer.context["form"].errors["settled_on"]
        assert "PHAM THI C" in answer.content.decode()
        with everywhere():
            assert not FamilyLink.objects.exists()

    def test_the_same_person_is_not_added_twice(self, client, city):
        case, told = make_case(), {"name": "PHAM THI C", "relation": "spouse", "birth_date": "1990-01-01"}
        address = reverse("visas:case_dependant_new", args=[case.pk])
        assert client.post(address, told).status_code == 302
        assert client.post(address, told | {"name": "Pham Thi C"}).context["form"].errors["name"]

    def test_a_file_that_is_here_already_is_offered_before_another_is_opened(self, client, city):
        case = make_case()
        here = make_client("52140-office", name="PHAM THI C", birth_date="1990-01-01", ref="A-17")
        make_client("52130-office", name="PHAM THI C", birth_date="1990-01-01", ref="B-18")
        told = {"name": "Phạm Thị C", "relation": "spouse", "birth_date": "1990-01-01", "status": "F-3"}
        address = reverse("visas:case_dependant_new", args=[case.pk])
        answer = client.post(address, told)
        page = answer.content.decode()
        assert answer.status_code == 400 and answer.context["form"].errors["file"]
        assert "A-17" in page and "B-18" not in page and "Phạm Thị C" in page
        assert client.post(address, told | {"file": str(here.pk)}).status_code == 302
        (one,) = shown(client, case)
        assert one.link.client == here
        assert (one.link.client.status_id, one.link.person_id) == ("F-3", here.person_id)

    @pytest.mark.parametrize(("chosen", "answer"), [("new", 302), ("999999", 400), ("", 400)])
    def test_somebody_else_gets_a_file_of_their_own(self, client, city, chosen, answer):
        case = make_case()
        here = make_client("52140-office", name="PHAM THI C", birth_date="1990-01-01")
        told = {"name": "PHAM THI C", "relation": "spouse", "birth_date": "1990-01-01", "file": chosen}
        assert client.post(reverse("visas:case_dependant_new", args=[case.pk]), told).status_code == answer
        assert [one.link.client == here for one in shown(client, case)] == [False] * (answer == 302)

    def test_a_person_is_counted_once(self, client, city):
        case = make_case()
        spouse = make_dependant(case.client)
        assert [one.link for one in shown(client, case)] == [spouse]

    @pytest.mark.parametrize(
        ("status", "place", "told"), [("F-3-1R", "52180", True), ("F-3-1R", "52140", False), ("F-3", "52180", False)]
    )
    def test_whoever_has_to_live_with_the_principal_and_does_not_is_to_be_checked(
        self, client, city, status, place, told
    ):
        case = make_case()
        make_dependant(case.client, client=make_client("52140-office", municipality_id=place), status_id=status)
        (one,) = shown(client, case)
        assert bool(one.check) == told

    def test_whoever_has_to_live_with_the_principal_settles_there_and_nowhere_else(self):
        case = walk(make_case(), "granted")
        with everywhere():
            Client.objects.filter(pk=case.client_id).update(municipality="52140")
        settled = {"status_id": "F-3-1R", "settled_on": TODAY}
        with refused_by("dependant_settles_with_the_principal"), transaction.atomic():
            make_dependant(case.client, client=make_client("52140-office", municipality_id="52180"), **settled)
            settle_constraints()
        make_dependant(case.client, client=make_client("52140-office", municipality_id="52180"), settled_on=TODAY)
        make_dependant(case.client, client=make_client("52140-office", municipality_id="52140"), **settled)

    def test_nobody_is_added_to_a_case_that_has_ended(self, client, city):
        case = walk(make_case(), "settled")
        step(case, "left", 30)
        address = reverse("visas:case_dependant_new", args=[case.pk])
        assert address not in client.get(case.get_absolute_url()).content.decode()
        told = {"name": "PHAM THI C", "relation": "spouse", "entered_on": str(START)}
        answer = client.post(address, told, follow=True)
        assert answer.redirect_chain and [str(one) for one in answer.context["messages"]]
        with everywhere():
            assert not FamilyLink.objects.exists()

    def test_nobody_settles_with_a_permit_that_had_ended(self):
        case = walk(make_case(), "settled")
        step(case, "left", 30)
        left = START + timedelta(days=30)
        make_dependant(case.client, settled_on=left)
        with refused_by("dependant_settles_before_the_end"), transaction.atomic():
            make_dependant(case.client, settled_on=left + timedelta(days=1))
            settle_constraints()
        again = walk(make_case(client=case.client), "granted")
        assert again.pk != case.pk
        make_dependant(case.client, settled_on=TODAY)

    def test_when_the_case_ends_the_status_of_each_is_to_be_checked(self, client, city):
        case = make_case()
        make_dependant(case.client)
        assert client.get(reverse("visas:case_step", args=[case.pk, "withdrawn"])).context["with_them"] == 1
        step(case, "withdrawn", 3)
        (one,) = shown(client, case)
        assert [state for _row, state, _badge in one.questions] == ["확인 필요"]

    def test_a_dependant_of_another_case_is_not_found(self, client, city):
        case, other = make_case(), make_case()
        link = make_dependant(other.client)
        assert client.get(reverse("visas:case_dependant", args=[case.pk, link.pk])).status_code == 404

    def test_a_day_in_the_future_is_told_at_its_field(self, client, city):
        told = {"name": "A", "relation": "child", "entered_on": str(TODAY + timedelta(days=1))}
        answer = client.post(reverse("visas:case_dependant_new", args=[make_case().pk]), told)
        assert answer.context["form"].errors["entered_on"]


class UnusualTests:
    """What is unusual is asked about, and taken once it is confirmed."""

    TOLD = {"name": "PHAM THI C", "relation": "spouse", "birth_date": "1990-01-01"}

    @pytest.mark.parametrize(
        ("told", "asks"),
        [
            ({"relation": "spouse"}, True),
            ({"relation": "child", "birth_date": "1994-12-31"}, True),
            ({"relation": "child", "birth_date": "1995-01-01"}, False),
            ({"relation": "child", "birth_date": ""}, False),
            ({"relation": "parent", "birth_date": "1950-01-01"}, False),
        ],
    )
    def test_a_second_spouse_or_a_child_nearly_as_old_as_the_principal(self, client, city, told, asks):
        case = make_case()
        with everywhere():
            Client.objects.filter(pk=case.client_id).update(birth_date="1980-01-01")
        make_dependant(case.client)
        address = reverse("visas:case_dependant_new", args=[case.pk])
        answer = client.post(address, self.TOLD | told)
        assert answer.status_code == (400 if asks else 302)
        if asks:
            assert answer.context["form"].errors["sure"] and "PHAM THI C" in answer.content.decode()
            by_age = told["relation"] == "child"
            assert ("15년의 출처: 미확인, 운영 기준" in answer.content.decode()) == by_age
            assert client.post(address, self.TOLD | told | {"sure": "on"}).status_code == 302

    def test_one_that_is_changed_is_not_its_own_second(self, client, city):
        case = make_case()
        link = make_dependant(case.client)
        address = reverse("visas:case_dependant", args=[case.pk, link.pk])
        assert client.post(address, {"relation": "spouse"}).status_code == 302

    def test_the_duties_of_each_stand_together(self, client, city):
        case = walk(make_case("F-2-R", "52140-office"), "granted")
        for relation in ("spouse", "child"):
            make_dependant(case.client, relation=relation, status_id="F-3-1R")
        follow_case(case.pk, case.workspace_id)
        page = client.get(case.get_absolute_url())
        assert all(shown.duty.link_id is None for shown in page.context["duties"])
        assert [len(theirs) for _one, _overdue, theirs in page.context["family"]] == [2, 2]
        assert page.content.decode().count("의무 2건") == 2
