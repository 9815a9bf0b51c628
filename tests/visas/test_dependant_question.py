"""What becomes of a dependant when what their stay leaned on is gone: asked in time, answered by the office."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cases.models import Client
from centers.models import Role
from centers.scope import acting_for
from centers.selectors import scope_of
from tests.make import everywhere, make_client, make_dependant, make_dependant_question, make_user
from tests.support import refused_by
from tests.visas.test_case_step import TODAY, make_case, step, walk
from visas.models import DependantOutcome, DependantQuestion, QuestionReason, VisaCase
from visas.services.case import take_back
from visas.services.dependant import answer
from visas.services.obligation import follow_case, follow_workspace

OFFICE = "52140-office"
LAST = {"refused": 9, "lapsed": 9, "withdrawn": 3, "ineligible": 3, "left": 9, "cancelled": 9, "moved": 9}

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, OFFICE)
    client.force_login(user)
    return user


def asked(case) -> list[DependantQuestion]:
    with acting_for([case.workspace_id]):
        return list(DependantQuestion.objects.filter(case=case).order_by("pk"))


def ended(kind: str, case: VisaCase | None = None) -> VisaCase:
    case = case or make_case()
    if kind in {"left", "cancelled", "moved"}:
        walk(case, "granted")
    elif kind in {"refused", "lapsed"}:
        walk(case, "recommended")
    step(case, kind, LAST[kind], note="확인함")
    return case


def born(case: VisaCase, years: int, days: int = 0, *, relation: str = "child"):
    """A dependant who is so many years old in so many days, or was so many days ago."""
    day = TODAY + timedelta(days=days)
    birth = date(day.year - years, day.month, min(day.day, 28))
    return make_dependant(case.client, client=make_client(OFFICE, birth_date=birth), relation=relation)


class AskedTests:
    @pytest.mark.parametrize("kind", sorted(LAST))
    def test_when_the_case_ends_it_is_asked_of_each_dependant(self, kind):
        case = make_case()
        links = {make_dependant(case.client).pk, make_dependant(case.client, relation="child").pk}
        ended(kind, case)
        rows = asked(case)
        assert {row.link_id for row in rows} == links
        days = QuestionReason.objects.get(code="case_ended").days
        assert {row.due_on for row in rows} == {TODAY + timedelta(days=days)}
        assert {row.workspace_id for row in rows} == {case.workspace_id}

    def test_of_nobody_while_it_runs(self):
        case = walk(make_case(), "settled")
        make_dependant(case.client)
        follow_workspace(case.workspace_id)
        assert asked(case) == []

    def test_of_no_dependant_of_another_case(self):
        case, other = make_case(), make_case()
        make_dependant(other.client)
        ended("withdrawn", case)
        assert asked(case) == asked(other) == []

    def test_what_came_by_a_file_is_asked_at_night_and_once(self):
        case = ended("withdrawn")
        link = make_dependant(case.client)
        follow_workspace(case.workspace_id)
        follow_workspace(case.workspace_id)
        assert [row.link_id for row in asked(case)] == [link.pk]

    def test_it_falls_away_when_the_end_is_taken_back_and_is_asked_anew(self):
        case = make_case()
        make_dependant(case.client)
        ended("withdrawn", case)
        with everywhere():
            take_back(actor=None, case=case, kind="withdrawn", reason="x")
        assert [row.state for row in asked(case)] == ["fell_away"]
        step(case, "withdrawn", 4)
        assert [row.state for row in asked(case)] == ["fell_away", "open"]

    def test_a_child_who_comes_of_age_while_the_permit_runs(self):
        case, age = walk(make_case(), "granted"), QuestionReason.objects.get(code="of_age").age
        child = born(case, age, -10)
        born(case, age, 10)  # not yet
        born(case, age, -100)  # before the permit
        born(case, age, -10, relation="spouse")
        follow_workspace(case.workspace_id)
        assert [(row.link_id, row.reason_id) for row in asked(case)] == [(child.pk, "of_age")]
        step(case, "left", 9)
        assert [row.reason_id for row in asked(case)].count("of_age") == 1

    def test_of_no_child_without_a_permit(self):
        case = make_case()
        born(case, QuestionReason.objects.get(code="of_age").age, -10)
        follow_workspace(case.workspace_id)
        assert asked(case) == []


class AnswerTests:
    def test_it_comes_up_first_is_answered_and_is_closed(self, client, officer):
        case = make_case()
        make_dependant(case.client)
        ended("withdrawn", case)
        [row] = asked(case)
        assert row.get_absolute_url() in client.get("/").content.decode()
        assert row.get_absolute_url() in client.get(case.get_absolute_url()).content.decode()
        told = {"outcome": "own_status", "answered_on": str(TODAY), "note": "체류허가 확인서", "status": "F-2"}
        page = client.post(row.get_absolute_url(), told, follow=True).content.decode()
        assert "본인 체류자격으로 계속 거주" in page and "체류허가 확인서" in page
        [row] = asked(case)
        assert (row.state, row.answered_by) == ("answered", officer)
        assert row.get_absolute_url() not in client.get("/").content.decode()
        assert len(client.get("/visas/questions/?state=answered").context["shown"].page) == 1
        assert len(client.get("/visas/questions/?state=open").context["shown"].page) == 0

    def test_whoever_stays_says_with_which_status(self, client, officer):
        case = walk(make_case("F-2-R"), "granted")
        link = make_dependant(case.client, status_id="F-3-1R")
        follow_case(case.pk, case.workspace_id)
        step(case, "left", 9)
        [row] = asked(case)
        told = {"outcome": "own_status", "answered_on": str(TODAY), "note": "체류허가 확인서"}
        assert client.post(row.get_absolute_url(), told).context["form"].errors["status"]
        assert [one.state for one in asked(case)] == ["open"]
        client.post(row.get_absolute_url(), told | {"status": "D-10"})
        with everywhere():
            link.refresh_from_db()
            assert (link.status_id, Client.objects.get(pk=link.client_id).status_id) == ("D-10", "D-10")
        client.post(row.get_absolute_url(), told | {"outcome": "left"})
        assert [one.outcome_id for one in asked(case)] == ["left"]

    def test_other_is_said_in_words(self, client, officer):
        row = make_dependant_question(make_case())
        told = {"outcome": "other", "answered_on": str(TODAY)}
        answer_page = client.post(row.get_absolute_url(), told)
        assert answer_page.status_code == 400 and answer_page.context["form"].errors["note"]
        assert asked(row.case)[0].state == "open"

    def test_not_before_the_event_nor_in_the_future(self, client, officer):
        row = make_dependant_question(make_case())
        for day in (row.happened_on - timedelta(days=1), TODAY + timedelta(days=1)):
            told = {"outcome": "left", "answered_on": str(day)}
            assert client.post(row.get_absolute_url(), told).context["form"].errors["answered_on"]

    def test_a_correction_keeps_what_was_answered_before(self, client, officer):
        row = make_dependant_question(make_case())
        for outcome in ("left", "changed"):
            client.post(row.get_absolute_url(), {"outcome": outcome, "answered_on": str(TODAY), "status": "F-2"})
        with acting_for([row.workspace_id]):
            assert [past.outcome_id for past in row.events.order_by("pgh_id")] == [None, "left"]

    def test_what_was_answered_is_not_open_again(self, officer):
        row = make_dependant_question(make_case())
        with acting_for([row.workspace_id], actor=officer):
            answer(row, actor=officer, outcome=DependantOutcome.objects.get(code="left"), answered_on=TODAY)
            with refused_by("dependant_question_stays"):
                DependantQuestion.objects.update(outcome=None, answered_on=None)

    @pytest.mark.parametrize(
        "change", [{"happened_on": date(2024, 1, 1)}, {"due_on": date(2040, 1, 1)}, {"fell_away_on": TODAY}]
    )
    def test_nobody_is_rid_of_it_past_the_pages(self, officer, change):
        row = make_dependant_question(make_case())
        with acting_for([row.workspace_id], actor=officer), refused_by("dependant_question_stays"):
            DependantQuestion.objects.update(**change)


class EventTests:
    def test_a_divorce_is_entered_by_the_office(self, client, officer):
        case = walk(make_case(), "granted")
        link = make_dependant(case.client)
        address = reverse("visas:case_dependant_ask", args=[case.pk, link.pk])
        told = {"reason": "divorce", "happened_on": str(TODAY - timedelta(days=3))}
        answer_page = client.post(address, told, follow=True)
        assert "주신청자와 이혼" in answer_page.content.decode()
        assert [row.happened_on for row in asked(case)] == [TODAY - timedelta(days=3)]
        assert client.post(address, told).context["form"].errors["reason"]  # asked already

    def test_a_reason_that_does_not_fit_is_not_offered_and_is_refused(self, client, officer):
        case = walk(make_case(), "granted")
        child = make_dependant(case.client, relation="child")
        form = client.get(reverse("visas:case_dependant_ask", args=[case.pk, child.pk])).context["form"]
        assert not form.fields["reason"].queryset.exists()
        keys = {"workspace_id": case.workspace_id, "client_id": child.client_id, "person_id": child.person_id}
        for reason in ("divorce", "case_ended"):
            with acting_for([case.workspace_id], actor=officer), refused_by("dependant_question_fits"):
                DependantQuestion.objects.create(**keys, case=case, link=child, reason_id=reason, happened_on=TODAY)

    def test_no_dependant_of_another_case_is_asked_about(self, officer):
        case, other = walk(make_case(), "granted"), make_case()
        link = make_dependant(other.client)
        keys = {"workspace_id": case.workspace_id, "client_id": link.client_id, "person_id": link.person_id}
        with acting_for([case.workspace_id], actor=officer), refused_by("dependant_question_fits"):
            DependantQuestion.objects.create(**keys, case=case, link=link, reason_id="divorce", happened_on=TODAY)


class WhoTests:
    @pytest.mark.parametrize(("role", "at"), [(Role.CITY_OFFICER, "52130-office"), (Role.PROVINCE_STAFF, "52-office")])
    def test_no_other_official_learns_of_it(self, client, role, at):
        user = make_user(role, at)
        row = make_dependant_question(make_case())
        client.force_login(user)
        assert client.get(row.get_absolute_url()).status_code == 404
        assert len(client.get("/visas/questions/").context["shown"].page) == 0
        with acting_for(scope_of(user).of("view_visa_cases"), actor=user):
            assert not DependantQuestion.objects.exists()
            assert not DependantQuestion.pgh_event_model.objects.exists()

    def test_the_province_ends_a_case_and_the_office_is_asked(self, client):
        case = walk(make_case(), "granted")
        make_dependant(case.client)
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        client.post(reverse("visas:case_step", args=[case.pk, "left"]), {"happened_on": str(TODAY), "note": "x"})
        assert [row.workspace_id for row in asked(case)] == [case.workspace_id]
