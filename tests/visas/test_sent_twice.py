"""The same form sent by two connections at the same moment goes in once, and the other is told why."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from centers.models import Role
from tests.make import make_user
from tests.support import as_owner, sent_twice, statuses
from tests.visas.test_case_step import make_case
from visas.models import QuotaEntry, QuotaPool

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
