"""Rules as dated rows: entered, ended and corrected by the province, never two at once, and seen before they hold."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from centers.models import Role
from centers.scope import acting_for
from kpi.services.reference import load_reference_data
from tests.make import everywhere, make_user, make_visa_case
from tests.support import refused_by
from visas.eligibility import MET, NOT_MET, advice_on
from visas.models import EligibilityRule, VisaCase
from visas.services.case import find_fact
from visas.services.rule import add_rule, end_rule

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SOURCE = {"text_ko": "문안", "source": "도 공고 제2026-1호"}


@pytest.fixture
def province(client):
    user = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(user)
    return user


def korean_of(programme: str = "E-7-4") -> EligibilityRule:
    return EligibilityRule.objects.standing().get(programme=programme, kind="korean", valid_to=None)


def answered(case: VisaCase, kind: str) -> str:
    with everywhere():
        return next(one.outcome for one in advice_on(case).conditions if one.rule.kind == kind)


def with_korean(level: int, received_on: date = TODAY) -> VisaCase:
    case = make_visa_case("E-7-4", received_on=received_on, municipality_id="52140")
    with everywhere():
        find_fact(actor=None, case=case, kind="korean", value=level, found_on=received_on, evidence="TOPIK")
    return case


def confirmed(browser, address: str, told: dict):
    """Look at the preview, then change the rules as it was shown."""
    shown = browser.post(address, told)
    return browser.post(address, told | {"confirmed": "yes", "seen": shown.context["seen"]}, follow=True)


class DatabaseTests:
    def test_two_versions_never_overlap(self):
        rule = korean_of()
        told = {"programme_id": "E-7-4", "kind": "korean", "threshold": 3, **SOURCE}
        with refused_by("eligibility_rule_once_a_day"):
            EligibilityRule.objects.create(valid_from=TODAY, **told)
        end_rule(rule, actor=None, last_day=TODAY)
        with refused_by("eligibility_rule_once_a_day"):
            EligibilityRule.objects.create(valid_from=TODAY, **told)
        EligibilityRule.objects.create(valid_from=TODAY + timedelta(days=1), **told)

    def test_another_class_of_municipality_may_ask_for_more(self):
        told = {"programme_id": "E-7-4", "kind": "korean", "threshold": 3, "area_class": "watch", **SOURCE}
        EligibilityRule.objects.create(valid_from=TODAY, **told)
        assert answered(with_korean(2), "korean") == NOT_MET

    @pytest.mark.parametrize(
        ("told", "name"),
        [
            ({"source": ""}, "eligibility_rule_has_a_source"),
            ({"valid_to": date(2020, 1, 1)}, "eligibility_rule_ends_after_it_starts"),
            ({"voided_on": TODAY}, "eligibility_rule_voided_with_a_reason"),
        ],
    )
    def test_a_rule_is_whole(self, told, name):
        row = {"programme_id": "D-2", "kind": "korean", "valid_from": TODAY, **SOURCE}
        with refused_by(name):
            EligibilityRule.objects.create(**(row | told))


class CohortTests:
    def test_an_old_case_is_judged_by_the_rule_of_its_day(self):
        old, fresh = with_korean(2, TODAY - timedelta(days=9)), with_korean(2)
        end_rule(korean_of(), actor=None, last_day=TODAY - timedelta(days=1))
        add_rule(actor=None, programme_id="E-7-4", kind="korean", valid_from=TODAY, threshold=3, **SOURCE)
        assert (answered(old, "korean"), answered(fresh, "korean")) == (MET, NOT_MET)

    def test_what_the_province_has_changed_is_not_brought_back_by_the_reference_data(self, province):
        end_rule(rule := korean_of(), actor=province, last_day=TODAY)
        load_reference_data()
        rule.refresh_from_db()
        assert rule.valid_to == TODAY


class PageTests:
    def test_an_end_is_shown_before_it_holds_and_then_read_from_the_database(self, client, province):
        rule, case = korean_of(), with_korean(1)
        with everywhere():
            for kind, value in {
                "stay": 60, "points": 210, "contract_pay": 27_000_000, "contract_months": 24, "income": 26_000_000,
                "tenure": 14,
            }.items():  # fmt: skip
                find_fact(actor=None, case=case, kind=kind, value=value, found_on=TODAY, evidence="-")
            for label in ("세금 체납 없음", "벌금 100만원 이상 없음"):
                find_fact(actor=None, case=case, kind="confirmed", label=label, value=1, found_on=TODAY, evidence="-")
        address = reverse("visas:rule_end", args=[rule.pk])
        told = {"valid_to": str(TODAY - timedelta(days=1))}
        shown = client.post(address, told)
        assert [(one.case.pk, one.before.outcome, one.after.outcome) for one, _file in shown.context["turned"]] == [
            (case.pk, NOT_MET, MET)
        ]
        rule.refresh_from_db()
        assert rule.valid_to is None, "a preview changes nothing"
        assert confirmed(client, address, told).redirect_chain
        rule.refresh_from_db()
        assert (rule.valid_to, rule.entered_by) == (TODAY - timedelta(days=1), province)
        with acting_for([], actor=province):
            assert AuditEntry.objects.filter(action="rule.changed", target_id=rule.pk).count() == 1

    def test_what_was_changed_after_the_preview_is_shown_anew(self, client, province):
        rule = korean_of()
        address = reverse("visas:rule_end", args=[rule.pk])
        shown = client.post(address, {"valid_to": str(TODAY)})
        told = {"valid_to": str(TODAY + timedelta(days=9)), "confirmed": "yes", "seen": shown.context["seen"]}
        assert client.post(address, told).context["previewed"]
        rule.refresh_from_db()
        assert rule.valid_to is None

    def test_a_correction_keeps_what_was_wrong_in_sight(self, client, province):
        rule = korean_of()
        told = {"valid_from": str(rule.valid_from), "threshold": "3", "reason": "고시를 잘못 옮김", **SOURCE}
        page = confirmed(client, reverse("visas:rule_correct", args=[rule.pk]), told).content.decode()
        assert "고시를 잘못 옮김" in page
        assert korean_of().threshold == 3
        rule.refresh_from_db()
        assert (rule.threshold, rule.voided_on) == (2, TODAY)
        load_reference_data()
        assert korean_of().threshold == 3

    def test_what_overlaps_is_told_at_its_field_and_nothing_is_written(self, client, province):
        told = {"programme": "E-7-4", "kind": "korean", "valid_from": str(TODAY), "threshold": "3", **SOURCE}
        before = EligibilityRule.objects.count()
        answer = client.post(reverse("visas:rule_new"), told)
        assert answer.status_code == 400
        assert answer.context["form"].errors["valid_from"]
        assert EligibilityRule.objects.count() == before

    def test_a_number_that_is_not_known_stays_open(self, client, province):
        told = {"programme": "D-2", "kind": "korean", "valid_from": str(TODAY), **SOURCE}
        assert confirmed(client, reverse("visas:rule_new"), told).status_code == 200
        assert EligibilityRule.objects.get(programme="D-2", kind="korean").threshold is None

    def test_a_city_reads_the_rules_and_changes_none(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52140-office"))
        page = client.get(reverse("visas:rules")).content.decode()
        assert korean_of().source in page
        assert reverse("visas:rule_new") not in page
        assert client.post(reverse("visas:rule_end", args=[korean_of().pk]), {}).status_code == 403
