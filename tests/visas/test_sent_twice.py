"""The same form sent by two connections at the same moment goes in once, and the other is told why."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from centers.models import Role
from centers.scope import acting_for
from tests.make import DAY, everywhere, make_check, make_student, make_user, make_visa_case
from tests.support import as_owner, sent_twice, statuses
from tests.visas.test_case_step import START, make_case
from visas.models import CaseFact, Finding, QuotaEntry, QuotaPool, StatusChange

pytestmark = pytest.mark.committed
E74 = "e74-2025"


class LedgerTests:
    @pytest.fixture
    def send(self, committed) -> Callable:
        user = make_user(Role.PROVINCE_STAFF, "52-office")
        typed = {"kind": "supplement", "amount": "7", "document": "외국인-77", "effective_on": "2025-12-05"}
        held = f"SELECT FROM visas_quotapool WHERE code = '{E74}' FOR NO KEY UPDATE"
        address = reverse("visas:quota_entry", args=[E74])
        return lambda **more: sent_twice(committed, user, address, typed, held=held, **more)

    def test_an_entry_gives_its_places_once(self, send):
        before = QuotaPool.objects.get(pk=E74).capacity
        answers = send()
        assert statuses(answers) == [302, 400]
        assert "이미 원장에 있습니다" in answers[1][1]
        assert QuotaPool.objects.get(pk=E74).capacity == before + 7

    def test_it_is_the_rule_of_the_ledger_that_holds_it(self, send):
        assert statuses(send(first="DROP TRIGGER once ON visas_quotaentry")) == [302, 302]
        assert QuotaEntry.objects.filter(document="외국인-77").count() == 2


class DependantTests:
    HELD = "LOCK TABLE cases_familylink IN SHARE MODE"

    @pytest.fixture
    def send(self, committed) -> Callable:
        user, case = make_user(Role.CITY_OFFICER, "52140-office"), make_case()
        address = reverse("visas:case_dependant_new", args=[case.pk])
        return lambda typed, **more: sent_twice(committed, user, address, typed, held=self.HELD, **more)

    def links(self, name: str) -> int:
        with as_owner(name) as owner:
            return owner.execute("SELECT count(*) FROM cases_familylink").fetchone()[0]

    def test_a_person_is_one_dependant(self, committed, send):
        answers = send({"name": "PHAM THI C", "relation": "child", "birth_date": "2015-01-01"})
        assert (statuses(answers), self.links(committed)) == ([302, 400], 1)
        assert "이미 이 주신청자의 동반가족" in answers[1][1]

    def test_a_second_spouse_is_asked_about(self, committed, send):
        answers = send({"name": "PHAM THI C", "relation": "spouse"}, other={"name": "DO B", "relation": "spouse"})
        assert (statuses(answers), self.links(committed)) == ([302, 400], 1)


class StudentTests:
    def test_a_change_of_status_is_one_with_one_clock(self, committed):
        user = make_user(Role.UNIVERSITY_COORDINATOR, "jbnu", official=False)
        student = make_student()
        on = str(DAY + timedelta(days=30))
        answers = sent_twice(
            committed, user, reverse("visas:student_change", args=[student.pk]),
            {"kind": "leave", "happened_on": on, "known_on": on},
            held=f"SELECT FROM visas_enrolment WHERE id = {student.pk} FOR NO KEY UPDATE",
        )  # fmt: skip
        assert statuses(answers) == [302, 400]
        with everywhere():
            assert StatusChange.objects.filter(kind="leave").count() == 1


class FactTests:
    @pytest.fixture
    def case(self, committed):
        return make_visa_case("E-7-4", received_on=START)

    def send(self, committed, case, held: str, first: str = "") -> list[int]:
        user = make_user(Role.CITY_OFFICER, case.workspace.code)
        address = reverse("visas:case_fact", args=[case.pk])
        browser = Browser()
        browser.force_login(user)
        kind = next(key for key, rule in browser.get(address).context["form"].rules.items() if rule.kind == "income")
        typed = {"kind": kind, "value": "30000000", "happened_on": str(START), "evidence": "소득금액증명원"}
        return sent_twice(committed, user, address, typed, held=held, first=first)

    def test_what_was_found_is_on_record_once(self, committed, case):
        held = f"SELECT FROM visas_visacase WHERE id = {case.pk} FOR NO KEY UPDATE"
        answers = self.send(committed, case, held)
        assert statuses(answers) == [302, 400]
        assert "이미 등록되어 있습니다" in answers[1][1]
        with everywhere():
            assert CaseFact.objects.filter(case=case).count() == 1

    def test_it_is_the_rule_that_holds_it(self, committed, case):
        held = "LOCK TABLE visas_casefact IN SHARE MODE"
        assert statuses(self.send(committed, case, held, "DROP TRIGGER once ON visas_casefact")) == [302, 302]


class FindingTests:
    def test_a_check_that_was_not_kept_is_told_in_words(self, committed):
        check = make_check()
        user = make_user(Role.CITY_OFFICER, check.workspace.code)
        answers = sent_twice(
            committed, user, check.get_absolute_url(),
            {"result": "not_kept", "done_on": str(DAY), "what": "주소지에 살지 않음"},
            held=f"SELECT FROM visas_obligationcheck WHERE id = {check.pk} FOR UPDATE",
        )  # fmt: skip
        assert statuses(answers) == [302, 400]
        assert "visas_finding" not in answers[1][1] and "그사이" in answers[1][1]
        with acting_for([check.workspace_id]):
            assert Finding.objects.count() == 1
