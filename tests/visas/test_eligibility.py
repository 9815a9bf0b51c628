"""The rules advise: which of them hold for a case, what they come to, and a decision against them has a reason."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.models import Role, UniversityPeriod
from centers.scope import NOTHING, set_scope
from centers.selectors import scope_of
from kpi.services.reference import load_reference_data
from tests.make import everywhere, make_client, make_employment, make_period, make_user, make_visa_case
from tests.support import forbidden, refused_by
from visas.eligibility import MET, NOT_MET, UNKNOWN, advice_on
from visas.models import CaseFact, CaseStep, EligibilityRule, VisaCase
from visas.models.rule import UNITS
from visas.services.case import find_fact, take_step, take_steps

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
START = TODAY - timedelta(days=30)


@pytest.fixture
def province():
    return make_user(Role.PROVINCE_STAFF, "52-office", name="도 담당자")


@contextmanager
def acting_for_user(user):
    set_scope(scope_of(user))
    yield
    set_scope(NOTHING)


def find(case: VisaCase, kind: str, value: int, day: date = START) -> CaseFact:
    with everywhere():
        name, _colon, label = kind.partition(":")
        return find_fact(
            actor=None, case=case, kind=name, label=label, value=value, found_on=day, evidence="소득금액증명원"
        )


def advice(case: VisaCase, on: date | None = None):
    with everywhere():
        return advice_on(VisaCase.objects.get(pk=case.pk), on=on)


def rules_of(case: VisaCase, on: date) -> dict[str, EligibilityRule]:
    return {one.rule.kind: one.rule for one in advice(case, on).conditions}


def reviewed(programme: str = "E-7-4", at: str = "52140-office") -> VisaCase:
    case = make_visa_case(programme, at, received_on=START, municipality_id=at[:5])
    with everywhere():
        for kind in ("checked", "reviewed"):
            take_step(actor=None, case=case, kind=kind, happened_on=START, note="x")
    return case


SKILLED = {
    "stay": 60, "points": 210, "contract_pay": 27_000_000, "contract_months": 24, "income": 26_000_000, "tenure": 14,
    "korean": 3, "confirmed:세금 체납 없음": 1, "confirmed:벌금 100만원 이상 없음": 1,
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
        rules = rules_of(make_visa_case("F-2-R", "52180-office", received_on=received), decided)
        assert (rules["income"].threshold, rules["korean"].threshold) == (income, korean)

    def test_a_rule_of_one_class_of_municipality_is_asked_there_alone(self):
        watched, declining = (
            make_visa_case("E-7-4R", f"{place}-office", received_on=START, municipality_id=place)
            for place in ("52140", "52180")
        )
        assert "tenure" in rules_of(watched, TODAY)
        assert "tenure" not in rules_of(declining, TODAY)


class AdviceTests:
    def test_what_is_not_found_is_not_known_and_the_last_finding_counts(self):
        case = make_visa_case("E-7-4", received_on=START)
        assert advice(case).outcome == UNKNOWN
        for kind, value in SKILLED.items():
            find(case, kind, value)
        assert advice(case).outcome == MET
        find(case, "points", 199)
        assert advice(case).outcome == NOT_MET
        find(case, "points", 200)
        assert advice(case).outcome == MET

    def test_of_degree_and_income_one_is_enough(self):
        case = make_visa_case("F-2-R", "52180-office", received_on=date(2025, 8, 1))
        find(case, "korean", 4)
        find(case, "income", 30_199_999)
        assert {one.outcome for one in advice(case).conditions if one.rule.one_of} == {NOT_MET, UNKNOWN}
        assert advice(case).outcome == UNKNOWN
        find(case, "degree", 0)
        assert advice(case).outcome == NOT_MET
        find(case, "degree", 1)
        outcomes = {one.rule.kind: one.outcome for one in advice(case).conditions}
        unknown = dict.fromkeys(("same_nationality", "uncancelled"), UNKNOWN)
        assert outcomes == {"degree": MET, "income": NOT_MET, "korean": MET} | unknown

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


class WorkTests:
    """What a contract says of pay and time is worked out of it."""

    def found(self, case, on: date = TODAY) -> dict[str, int]:
        return {one.rule.kind: one.fact.value for one in advice(case, on).conditions if one.fact}

    def test_the_contract_that_runs_gives_pay_rest_and_tenure(self):
        case = make_visa_case("E-7-4", received_on=date(2025, 3, 3))
        find(case, "tenure", 1, date(2025, 3, 3))
        client = case.client
        first = make_employment(client, starts_on=date(2023, 1, 1), contract_to=date(2024, 12, 31), yearly_pay=1)
        make_employment(
            client, employer=first.employer, starts_on=date(2025, 1, 1), contract_to=date(2026, 12, 31),
            yearly_pay=26_000_000,
        )  # fmt: skip
        assert self.found(case, date(2025, 1, 1)) == {
            "contract_pay": 26_000_000, "contract_months": 24, "tenure": 24,
        }  # fmt: skip
        assert self.found(case, date(2025, 1, 2))["contract_months"] == 23

    def test_a_change_of_the_workplace_begins_the_tenure_anew(self):
        case = make_visa_case("E-7-4", received_on=date(2025, 3, 3))
        make_employment(case.client, starts_on=date(2022, 1, 1), ended_on=date(2024, 12, 31))
        make_employment(case.client, starts_on=date(2025, 1, 1))
        assert self.found(case, date(2025, 12, 31))["tenure"] == 11
        assert "contract_months" not in self.found(case, date(2025, 12, 31))

    def test_without_a_contract_what_was_stated_counts(self):
        case = make_visa_case("E-7-4", received_on=date(2025, 3, 3))
        find(case, "tenure", 15, date(2025, 3, 3))
        make_employment(case.client, starts_on=date(2022, 1, 1), ended_on=date(2024, 12, 31))
        assert self.found(case, date(2025, 12, 31)) == {"tenure": 15}

    @pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.PROVINCE_STAFF])
    def test_all_who_read_the_case_read_the_same(self, role):
        case = make_visa_case("E-7-4", received_on=START)
        make_employment(case.client, starts_on=START, yearly_pay=27_000_000)
        user = make_user(role, "52140-office" if role == Role.CITY_OFFICER else "52-office")
        with acting_for_user(user):
            assert {one.rule.kind for one in advice_on(case).conditions if one.fact} == {"contract_pay", "tenure"}

    def test_another_office_reads_nothing_of_it(self):
        case = make_visa_case("E-7-4", received_on=START)
        with acting_for_user(make_user(Role.CITY_OFFICER, "52190-office")):
            assert advice_on(case).conditions == []


class CancelledTests:
    """Who had a permit cancelled within five years is excluded; what is not on record is confirmed by hand."""

    @pytest.mark.parametrize(("years", "outcome"), [(5, UNKNOWN), (4, NOT_MET)])
    def test_an_own_earlier_case_speaks_against_it_within_the_time(self, years, outcome):
        before = make_client("52190-office")
        ended = START.replace(year=START.year - years) - timedelta(days=years == 5)
        days = dict.fromkeys(("received_on", "recommended_on", "granted_on", "cancelled_on"), ended)
        make_visa_case("F-2-R", client=before, **days)
        case = make_visa_case("F-2-R", client=make_client("52180-office", person=before.person_id), received_on=START)
        assert self.condition(case).outcome == outcome
        find(case, "uncancelled", 1)
        assert self.condition(case).outcome == (NOT_MET if outcome == NOT_MET else MET)

    def test_what_is_not_on_record_here_is_confirmed_by_hand(self):
        case = make_visa_case("F-2-R", "52180-office", received_on=START)
        assert self.condition(case).outcome == UNKNOWN
        for value, outcome in ((1, MET), (0, NOT_MET)):
            find(case, "uncancelled", value)
            assert self.condition(case).outcome == outcome
        assert "60" in self.condition(case).asked

    def condition(self, case: VisaCase):
        return next(one for one in advice(case, START).conditions if one.rule.kind == "uncancelled")


class DecisionTests:
    def test_the_database_asks_for_the_reason_whoever_writes(self):
        case = reviewed()
        find(case, "points", 150)
        with everywhere():
            with refused_by("case_step_against_advice"):
                take_step(actor=None, case=case, kind="recommended", happened_on=TODAY, document="명단-3")
            case.refresh_from_db()
            assert case.recommended_on is None
            take_step(
                actor=None, case=case, kind="recommended", happened_on=TODAY, document="명단-3", against_advice="확인"
            )

    def test_who_meets_all_is_not_found_ineligible_without_a_reason(self):
        case = reviewed()
        for kind, value in SKILLED.items():
            find(case, kind, value)
        with everywhere(), refused_by("case_step_against_advice"):
            take_step(actor=None, case=case, kind="ineligible", happened_on=TODAY, note="-")

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
        assert batch.refused == [[bad.pk, "case_step_against_advice"]]
        assert len(batch.done) == 1


class PageTests:
    def test_the_page_says_of_each_condition_whether_it_is_met_and_where_it_stands(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52140-office"))
        case = make_visa_case("E-7-4", "52140-office", received_on=START, municipality_id="52140")
        stay = EligibilityRule.objects.get(programme="E-7-4", kind="stay", threshold=36)
        told = {"kind": stay.pk, "value": "60", "happened_on": str(START), "evidence": "체류 이력"}
        answer = client.post(reverse("visas:case_fact", args=[case.pk]), told, follow=True)
        conditions = {one.rule.kind: one for one in answer.context["advice"].conditions}
        assert conditions["stay"].outcome == MET and conditions["points"].outcome == UNKNOWN
        page = answer.content.decode()
        assert "체류 이력" in page and conditions["stay"].rule.source in page

    def test_the_conditions_stand_beside_the_step_that_is_decided_with_them(self, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        case = reviewed()
        page = client.get(case.get_absolute_url()).content.decode()
        assert page.index('id="next"') < page.index('id="conditions"') < page.index('id="way"')
        assert (
            'id="conditions"' in client.get(reverse("visas:case_step", args=[case.pk, "recommended"])).content.decode()
        )
        with everywhere():
            take_step(actor=None, case=case, kind="withdrawn", happened_on=TODAY, note="-")
        page = client.get(case.get_absolute_url()).content.decode()
        assert page.index('id="way"') < page.index('id="conditions"')

    def test_a_value_that_cannot_be_is_told_at_its_field(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52180-office"))
        case = make_visa_case("F-2-R", "52180-office", received_on=START)
        degree = EligibilityRule.objects.get(programme="F-2-R", kind="degree")
        told = {"kind": degree.pk, "value": "4", "happened_on": str(START), "evidence": "졸업증명서"}
        answer = client.post(reverse("visas:case_fact", args=[case.pk]), told)
        assert answer.status_code == 400 and "졸업증명서" in answer.content.decode()


class NamedTests:
    """Conditions that need no kind of their own: confirmed by hand, a number, or a day, each by its name."""

    def rule(self, kind: str, label: str, threshold: int, **told) -> EligibilityRule:
        with everywhere():
            return EligibilityRule.objects.create(
                programme_id="D-2", kind=kind, label=label, threshold=threshold, valid_from=START, text_ko="문안",
                source="도 공고", **told,
            )  # fmt: skip

    def outcomes(self, case: VisaCase) -> dict[str, str]:
        return {one.rule.label: one.outcome for one in advice(case).conditions if one.rule.label}

    def test_two_of_a_kind_are_told_apart_by_their_names(self):
        self.rule("confirmed", "신원보증 확인", 1)
        self.rule("confirmed", "기숙사 확인", 1)
        case = make_visa_case("D-2", "jbnu", received_on=START)
        find(case, "confirmed:신원보증 확인", 1)
        assert self.outcomes(case) == {"신원보증 확인": MET, "기숙사 확인": UNKNOWN}
        find(case, "confirmed:기숙사 확인", 0)
        assert self.outcomes(case)["기숙사 확인"] == NOT_MET

    def test_a_number_and_a_day_are_held_against_their_limits(self):
        self.rule("number", "출석률(%)", 80)
        self.rule("date", "전입일", 20250131, at_most=True)
        case = make_visa_case("D-2", "jbnu", received_on=START)
        find(case, "number:출석률(%)", 79)
        find(case, "date:전입일", 20250131)
        assert self.outcomes(case) == {"출석률(%)": NOT_MET, "전입일": MET}
        shown = next(one for one in advice(case).conditions if one.rule.kind == "date")
        assert (shown.name, shown.found) == ("전입일", "2025-01-31")

    @pytest.mark.parametrize(("kind", "label"), [("confirmed", ""), ("stay", "이름")])
    def test_only_a_general_kind_has_a_name_and_it_has_one(self, kind, label):
        with refused_by("eligibility_rule_named_where_its_kind_is_general"):
            self.rule(kind, label, 1)

    def test_a_confirmation_is_yes_or_no(self):
        case = make_visa_case("E-7-4", received_on=START)
        with refused_by("case_fact_confirmed_or_not"):
            find(case, "confirmed:세금 체납 없음", 2)

    def test_a_day_that_is_none_is_told_at_its_field(self, client):
        rule = self.rule("date", "전입일", 20250131, at_most=True)
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        case = make_visa_case("D-2", "jbnu", received_on=START)
        told = {"kind": rule.pk, "value": "20251399", "happened_on": str(START), "evidence": "초본"}
        answer = client.post(reverse("visas:case_fact", args=[case.pk]), told)
        assert answer.status_code == 400 and answer.context["form"].errors["value"]

    def test_of_two_sources_that_disagree_the_one_of_the_day_is_used_and_shown(self):
        before = make_visa_case("E-7-4", received_on=date(2024, 12, 31))
        after = make_visa_case("E-7-4", received_on=date(2025, 1, 1))
        used = {case: rules_of(case, TODAY)["stay"] for case in (before, after)}
        assert [used[before].threshold, used[after].threshold] == [48, 36]
        assert "48개월" in used[after].text_ko


class UniversityTests:
    """Whether the university takes part on the day is worked out of its periods."""

    @pytest.mark.parametrize(("standing", "outcome"), [("eligible", MET), ("restricted", NOT_MET), (None, UNKNOWN)])
    def test_its_period_of_the_day_says_so(self, standing, outcome):
        if standing:
            make_period("jbnu", standing, starts_on=START, ends_on=TODAY - timedelta(days=1), document="도-12")
        case = make_visa_case("D-2", "jbnu", received_on=START)
        (condition,) = [one for one in advice(case, START).conditions if one.rule.kind == "university"]
        assert condition.outcome == outcome
        assert bool(condition.fact) == bool(standing)
        assert not standing or "도-12" in condition.evidence
        (today,) = [one for one in advice(case, TODAY).conditions if one.rule.kind == "university"]
        assert today.outcome == UNKNOWN, "the period has ended: nothing is entered for today"

    def test_another_university_and_a_withdrawn_period_say_nothing(self):
        make_period("wku", "restricted", starts_on=START)
        row = make_period("jbnu", "restricted", starts_on=START)
        UniversityPeriod.objects.filter(pk=row.pk).update(withdrawn_on=TODAY, withdrawn_why="x")
        assert advice(make_visa_case("D-2", "jbnu", received_on=START)).outcome == UNKNOWN

    def test_a_recommendation_of_a_restricted_university_asks_for_a_reason(self):
        make_period("jbnu", "restricted", starts_on=START)
        case = make_visa_case("D-2", "jbnu", received_on=START)
        find(case, "funds", 9_000_000)
        with everywhere():
            take_step(actor=None, case=case, kind="reviewed", happened_on=START, note="x")
            told = {"happened_on": TODAY, "document": "도-1"}
            with refused_by("case_step_against_advice"):
                take_step(actor=None, case=case, kind="recommended", **told)
            take_step(actor=None, case=case, kind="recommended", against_advice="법무부 협의", **told)

    def test_it_is_said_when_a_case_is_taken_in(self, client):
        make_period("jbnu", "restricted", starts_on=START)
        coordinator = make_user(Role.UNIVERSITY_COORDINATOR, "jbnu", official=False)
        client.force_login(coordinator)
        person = make_client("jbnu")
        told = {"programme": "D-2", "happened_on": str(TODAY), "document": "", "note": ""}
        answer = client.post(f"/visas/cases/new/?client={person.pk}", told, follow=True)
        levels = [message.level_tag for message in answer.context["messages"]]
        assert levels == ["success", "warning"]
