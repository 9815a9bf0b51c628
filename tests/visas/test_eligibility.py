"""The rules advise: which of them hold for a case, what they come to, and a decision against them has a reason."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.models import Role
from centers.scope import set_scope
from centers.selectors import scope_of
from kpi.services.reference import load_reference_data
from tests.make import everywhere, make_user, make_visa_case
from tests.support import forbidden, refused_by
from visas.eligibility import MET, NOT_MET, UNKNOWN, advice_on, rules_for
from visas.models import CaseFact, CaseStep, EligibilityRule, VisaCase
from visas.models.rule import UNITS
from visas.services.case import find_fact, take_step, take_steps

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
START = TODAY - timedelta(days=30)


@pytest.fixture
def province():
    return make_user(Role.PROVINCE_STAFF, "52-office", name="도 담당자")


def find(case: VisaCase, kind: str, value: int, day: date = START) -> CaseFact:
    with everywhere():
        return find_fact(actor=None, case=case, kind=kind, value=value, found_on=day, evidence="소득금액증명원")


def advice(case: VisaCase, viewer, on: date | None = None):
    with everywhere():
        return advice_on(VisaCase.objects.get(pk=case.pk), viewer, on=on)


def reviewed(programme: str = "E-7-4", at: str = "52140-office") -> VisaCase:
    case = make_visa_case(programme, at, received_on=START, municipality_id=at[:5])
    with everywhere():
        for kind in ("checked", "reviewed"):
            take_step(actor=None, case=case, kind=kind, happened_on=START)
    return case


SKILLED = {
    "stay": 60, "points": 210, "contract_pay": 27_000_000, "contract_months": 24, "income": 26_000_000, "tenure": 14,
    "korean": 3,
}  # fmt: skip


class RuleTests:
    def test_every_rule_names_its_source_and_every_kind_has_a_unit(self):
        rules = list(EligibilityRule.objects.all())
        assert {rule.programme_id for rule in rules} == {"F-2-R", "E-7-4", "E-7-4R", "F-4-R", "D-2"}
        assert [rule for rule in rules if not rule.source or not rule.text_ko or rule.kind not in UNITS] == []

    def test_loading_again_changes_nothing(self):
        before = EligibilityRule.objects.count()
        load_reference_data()
        assert EligibilityRule.objects.count() == before

    @pytest.mark.parametrize(
        ("received", "decided", "income", "korean"),
        [
            (date(2024, 6, 1), date(2024, 7, 1), 34_960_000, 3),
            (date(2025, 6, 1), date(2025, 6, 30), 34_960_000, 4),
            (date(2025, 6, 1), date(2025, 7, 2), 30_200_000, 4),
            (date(2025, 8, 1), date(2026, 2, 1), 30_200_000, 4),
            (date(2026, 1, 2), date(2026, 2, 1), None, 4),
        ],
    )
    def test_a_cohort_keeps_its_rules_but_for_those_that_hold_for_pending_cases(
        self, received, decided, income, korean
    ):
        case = VisaCase(programme_id="F-2-R", received_on=received)
        rules = {rule.kind: rule for rule in rules_for(_rules("F-2-R"), case, on=decided)}
        assert (rules["income"].threshold, rules["korean"].threshold) == (income, korean)

    def test_a_rule_of_one_class_of_municipality_is_asked_there_alone(self):
        case = VisaCase(programme_id="E-7-4R", received_on=TODAY, municipality_id="52140")
        assert "tenure" in {rule.kind for rule in rules_for(_rules("E-7-4R"), case)}
        case.municipality_id = "52180"
        assert "tenure" not in {rule.kind for rule in rules_for(_rules("E-7-4R"), case)}


def _rules(programme: str):
    return EligibilityRule.objects.filter(programme=programme)


class AdviceTests:
    def test_what_is_not_found_is_not_known_and_the_last_finding_counts(self, province):
        case = make_visa_case("E-7-4", received_on=START)
        assert advice(case, province).outcome == UNKNOWN
        for kind, value in SKILLED.items():
            find(case, kind, value)
        assert advice(case, province).outcome == MET
        find(case, "points", 199)
        assert advice(case, province).outcome == NOT_MET
        find(case, "points", 200)
        assert advice(case, province).outcome == MET

    def test_of_degree_and_income_one_is_enough(self, province):
        case = make_visa_case("F-2-R", "52180-office", received_on=date(2025, 8, 1))
        find(case, "korean", 4)
        find(case, "same_nationality", 30)
        find(case, "income", 30_199_999)
        assert advice(case, province).outcome == UNKNOWN
        find(case, "degree", 0)
        assert advice(case, province).outcome == NOT_MET
        find(case, "degree", 1)
        assert advice(case, province).outcome == MET
        find(case, "same_nationality", 31)
        assert advice(case, province).outcome == NOT_MET

    def test_a_finding_is_of_the_past_and_stays(self):
        case = make_visa_case("E-7-4", received_on=START)
        with refused_by("not_in_the_future"):
            find(case, "points", 200, TODAY + timedelta(days=1))
        fact = find(case, "points", 200)
        with forbidden(), everywhere():
            CaseFact.objects.filter(pk=fact.pk).update(value=300)

    def test_another_office_neither_reads_nor_adds_a_finding(self):
        case = make_visa_case("E-7-4", received_on=START)
        find(case, "points", 200)
        other = make_user(Role.CITY_OFFICER, "52190-office")
        set_scope(scope_of(other))
        assert list(CaseFact.objects.all()) == []
        with forbidden():
            find_fact(actor=other, case=case, kind="points", value=1, found_on=TODAY, evidence="-")


class DecisionTests:
    def test_a_recommendation_against_the_advice_asks_for_a_reason_and_keeps_it(self, client, province):
        client.force_login(province)
        case = reviewed()
        find(case, "points", 150)
        address = reverse("visas:case_step", args=[case.pk, "recommended"])
        told = {"happened_on": str(TODAY), "document": "명단-1"}
        answer = client.post(address, told)
        assert answer.status_code == 400 and answer.context["form"].errors["against_advice"]
        answer = client.post(address, told | {"against_advice": "가점 서류를 따로 확인함"}, follow=True)
        assert "가점 서류를 따로 확인함" in answer.content.decode()
        with everywhere():
            assert CaseStep.objects.get(case=case, kind="recommended").against_advice == "가점 서류를 따로 확인함"

    def test_with_the_advice_no_reason_is_asked(self, client, province):
        client.force_login(province)
        case = reviewed()
        for kind, value in SKILLED.items():
            find(case, kind, value)
        asked = {
            kind: "against_advice"
            in client.get(reverse("visas:case_step", args=[case.pk, kind])).context["form"].fields
            for kind in ("recommended", "ineligible")
        }
        assert asked == {"recommended": False, "ineligible": True}

    def test_many_are_not_decided_against_the_advice(self, province):
        good, bad = reviewed(), reviewed()
        find(bad, "points", 150)
        set_scope(scope_of(province))
        batch = take_steps(actor=province, cases=[good, bad], kind="recommended", happened_on=TODAY, document="명단-2")
        assert batch.refused == [[bad.pk, "against_advice"]]
        assert len(batch.done) == 1


class PageTests:
    def test_the_page_says_of_each_condition_whether_it_is_met_and_where_it_stands(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52140-office"))
        case = make_visa_case("E-7-4", "52140-office", received_on=START, municipality_id="52140")
        told = {"kind": "points", "value": "230", "happened_on": str(START), "evidence": "자체심사표"}
        answer = client.post(reverse("visas:case_fact", args=[case.pk]), told, follow=True)
        conditions = {one.rule.kind: one for one in answer.context["advice"].conditions}
        assert conditions["points"].outcome == MET and conditions["stay"].outcome == UNKNOWN
        page = answer.content.decode()
        assert "자체심사표" in page and conditions["points"].rule.source in page

    def test_a_value_that_cannot_be_is_told_at_its_field(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52180-office"))
        case = make_visa_case("F-2-R", "52180-office", received_on=START)
        told = {"kind": "degree", "value": "4", "happened_on": str(START), "evidence": "졸업증명서"}
        answer = client.post(reverse("visas:case_fact", args=[case.pk]), told)
        assert answer.status_code == 400 and "졸업증명서" in answer.content.decode()
