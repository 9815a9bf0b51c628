"""Steps of a case rest on something, and the answer to a completion request says which papers came."""

from datetime import timedelta

import pytest
from django.urls import reverse

from centers.models import Role
from centers.scope import acting_for
from centers.selectors import scope_of
from tests.make import everywhere, make_client, make_paper_rule, make_user
from tests.support import refused_by
from tests.visas.test_case_step import START, make_case, step, walk
from visas.models import CasePaper, CaseStep, LetterText
from visas.papers import papers_of
from visas.services.case import take_back, take_step

pytestmark = pytest.mark.django_db
OFFICE = "52140-office"
BEFORE = {"checked": "", "reviewed": "checked", "granted": "submitted", "settled": "granted"}


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, OFFICE)
    client.force_login(user)
    return user


@pytest.fixture
def asked():
    """A case of which two papers were asked for, and one that was not."""
    with everywhere():
        papers = [make_paper_rule("E-7-4", text) for text in ("고용계약서", "소득금액증명", "임대차계약서")]
    case = make_case("E-7-4")
    step(case, "asked", 1, papers=[paper.pk for paper in papers[:2]])
    return case, papers


def address(case, kind: str) -> str:
    return reverse("visas:case_step", args=[case.pk, kind])


def states(case, user) -> dict[str, str]:
    with acting_for(scope_of(user).of("view_visa_cases"), actor=user):
        return {one.paper.text_ko: one.state.value for one in papers_of(case, user)}


@pytest.mark.parametrize("kind", ["checked", "reviewed", "granted", "settled"])
def test_a_step_of_the_way_rests_on_something(kind):
    case = make_case("E-7-4")
    if BEFORE[kind]:
        walk(case, BEFORE[kind])
    with refused_by("case_step_rests_on_something"), everywhere():
        take_step(actor=None, case=case, kind=kind, happened_on=START + timedelta(days=9))


def test_the_page_says_so_at_its_field(client, officer):
    case = make_case("E-7-4")
    answer = client.post(address(case, "checked"), {"happened_on": START.isoformat()})
    assert answer.status_code == 400 and answer.context["form"].errors["note"]
    client.post(address(case, "checked"), {"happened_on": START.isoformat(), "note": "서류 확인"})
    with everywhere():
        assert CaseStep.objects.get(case=case, kind="checked").note == "서류 확인"


def test_the_answer_asks_for_the_papers_of_the_request_and_marks_what_came(client, officer, asked):
    case, (contract, income, _lease) = asked
    form = client.get(address(case, "answered")).context["form"]
    assert set(form.fields["papers"].queryset) == {contract, income}
    day = {"happened_on": (START + timedelta(days=2)).isoformat()}
    assert client.post(address(case, "answered"), day).context["form"].errors["note"]
    client.post(address(case, "answered"), day | {"papers": [contract.pk]})
    found = states(case, officer)
    assert (found["고용계약서"], found["소득금액증명"], found["임대차계약서"]) == ("received", "missing", "missing")


def test_whoever_took_the_case_in_answers_though_it_enters_no_papers(client, asked):
    case, (contract, *_others) = asked
    counsellor = make_user(Role.COUNSELLOR, "52140-c1", official=False)
    make_client("52140-c1", person=case.person_id)
    client.force_login(counsellor)
    day = (START + timedelta(days=2)).isoformat()
    client.post(address(case, "answered"), {"happened_on": day, "papers": [contract.pk]})
    with everywhere():
        [row] = CasePaper.objects.filter(case=case)
    assert (row.paper_id, row.state, row.actor) == (contract.pk, "received", counsellor)


def test_taken_back_the_papers_are_missing_again(officer, asked):
    case, (contract, income, _lease) = asked
    step(case, "answered", 2, papers=[contract.pk, income.pk])
    with everywhere():
        take_back(actor=None, case=case, kind="answered", reason="다른 사람의 서류")
    assert set(states(case, officer).values()) == {"missing"}


class ManyTests:
    """One number for many, where the programme has a letter for each person."""

    def preview(self, client, *cases):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        told = {"kind": "recommended", "case": [case.pk for case in cases]}
        return client.post(reverse("visas:bulk"), told)

    def test_the_second_is_named_beforehand_and_not_preselected(self, client):
        cases = [walk(make_case("F-2-R", "52180-office"), "reviewed") for _ in range(2)]
        page = self.preview(client, *cases)
        assert [bool(why) for _case, _against, why in page.context["cases"]] == [False, True]
        assert "추천번호가 따로 필요함" in page.content.decode()
        assert page.content.decode().count(" checked") == 1

    def test_a_list_carries_one_number_for_many(self, client):
        assert not LetterText.objects.get(programme="E-7-4").own_letter
        cases = [walk(make_case("E-7-4"), "reviewed") for _ in range(2)]
        assert not any(why for _case, _against, why in self.preview(client, *cases).context["cases"])
