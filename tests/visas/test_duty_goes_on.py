"""A duty goes on as it was where its end is taken back; checks keep to their time and follow the contracts."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cases.models import Attachment, Client, Employer
from cases.services.employment import correct
from centers.models import Role
from centers.scope import acting_for
from tests.make import PDF, everywhere, make_check, make_dependant, make_employer, make_employment, make_user
from tests.support import refused_by
from tests.visas.test_after_settling import OFFICE, settled
from tests.visas.test_case_step import START, TODAY, make_case, step, walk
from tests.visas.test_obligation import checks, permit
from visas.eligibility import advice_on
from visas.models import CheckResult, EndedWhy, FindingState, Obligation, ObligationCheck
from visas.services.case import take_back
from visas.services.obligation import (
    close_finding,
    follow_case,
    follow_workspace,
    look_again,
    make_checks,
    withdraw_check,
)
from visas.services.obligation import make_check as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, OFFICE)
    client.force_login(user)
    return user


def of(case) -> list[Obligation]:
    with acting_for([case.workspace_id]):
        return list(Obligation.objects.filter(case=case).select_related("rule").order_by("pk"))


def ended_and_back(case, between=None) -> None:
    step(case, "cancelled", 30, note="출입국 통보")
    follow_case(case.pk, case.workspace_id)
    if between:
        between()
    with everywhere():
        take_back(actor=None, case=case, kind="cancelled", reason="다른 사람의 통보")
    follow_case(case.pk, case.workspace_id)


class TakenUpTests:
    def test_duties_and_checks_are_those_that_were_there(self, client, officer):
        case = settled()
        second = make_user(Role.CITY_OFFICER, OFFICE)
        first = next(row for row in checks(case) if row.due_on > TODAY)
        with acting_for([case.workspace_id], actor=officer):
            made = make(first, actor=officer, result=CheckResult.NOT_KEPT, done_on=TODAY, what="주소가 다름")
        with acting_for([case.workspace_id], actor=second):
            look_again(made.finding, actor=second, state=FindingState.CONFIRMED, reason="같음")
            closing = close_finding(made.finding, actor=second, done="주소를 옮김", done_on=TODAY)
        with acting_for([case.workspace_id], actor=officer):
            look_again(closing, actor=officer, state=FindingState.CONFIRMED, reason="확인")
        before, looks = [row.pk for row in of(case)], [(row.pk, row.result) for row in checks(case)]
        shown = []
        ended_and_back(case, lambda: shown.append(client.get(case.get_absolute_url()).content.decode()))
        assert [(row.pk, row.ended_on, row.ended_why) for row in of(case)] == [(pk, None, "") for pk in before]
        assert [(row.pk, row.result) for row in checks(case)] == looks
        assert first.get_absolute_url() in shown[0], "what was made is shown while the case is ended"
        assert sum(row.get_absolute_url() in shown[0] for row in checks(case)) == 1
        duties = client.get(case.get_absolute_url()).context["duties"]
        assert len(duties) == len(before)
        assert [found.code for shown in duties for found in shown.findings] == ["closed"]

    def test_those_of_the_family_too(self):
        case = walk(make_case("F-2-R", "52180-office"), "settled")
        with everywhere():
            make_dependant(Client.objects.get(pk=case.client_id), status_id="F-3-1R")
        follow_case(case.pk, case.workspace_id)
        before = {row.pk for row in of(case)}
        assert any(row.link_id for row in of(case))
        ended_and_back(case)
        assert {row.pk for row in of(case) if row.ended_on is None} == before

    def test_of_another_day_they_are_made_anew(self):
        case = walk(make_case(), "granted")
        follow_case(case.pk, case.workspace_id)
        before = {row.pk for row in of(case)}
        with everywhere():
            take_back(actor=None, case=case, kind="granted", reason="날짜를 잘못 적음")
        step(case, "granted", 9)
        follow_case(case.pk, case.workspace_id)
        running = [row for row in of(case) if row.ended_on is None]
        assert len(running) == len(before) and not before & {row.pk for row in running}

    def test_the_database_takes_none_up_whose_permit_is_no_more(self):
        case = settled()
        step(case, "cancelled", 30, note="출입국 통보")
        follow_case(case.pk, case.workspace_id)
        with acting_for([case.workspace_id]):
            assert {row.ended_why for row in of(case)} == {EndedWhy.CASE.value}
            with refused_by("obligation_stays"):
                Obligation.objects.filter(case=case).update(ended_on=None, ended_why="")


class TimeTests:
    def test_not_before_the_duty(self, client, officer):
        row = make_check(permit())
        told = {"result": "unknown", "done_on": "2025-03-02", "note": "x"}
        answer = client.post(row.get_absolute_url(), told)
        assert answer.context["form"].errors["done_on"] == ["의무가 시작되기 전의 날짜입니다."]
        with acting_for([row.workspace_id]), refused_by("check_before_its_duty"):
            ObligationCheck.objects.filter(pk=row.pk).update(result="unknown", done_on=date(2025, 3, 2))

    @pytest.mark.parametrize("result", [CheckResult.KEPT, CheckResult.UNKNOWN])
    def test_no_more_days_ahead_than_the_rule_says(self, result):
        today = timezone.localdate()
        row = make_check(permit(), due_on=today + timedelta(days=31))
        with acting_for([row.workspace_id]), refused_by("check_too_early"):
            make(row, actor=None, result=result, done_on=today, note="x")
        near = make_check(permit(letter_number="L-2"), due_on=today + timedelta(days=30))
        with acting_for([row.workspace_id]):
            assert make(near, actor=None, result=result, done_on=today, note="x").result == result

    def test_a_breach_is_put_on_record_when_it_is_found(self, officer):
        row = make_check(permit(), due_on=timezone.localdate() + timedelta(days=900))
        with acting_for([row.workspace_id], actor=officer):
            made = make(row, actor=officer, result=CheckResult.NOT_KEPT, done_on=timezone.localdate(), what="이사함")
        assert made.finding

    def test_many_at_once_name_the_one_that_is_too_early(self, officer):
        today = timezone.localdate()
        rows = [make_check(permit(letter_number=f"L-{n}"), due_on=today + timedelta(days=n)) for n in (5, 500)]
        with acting_for([rows[0].workspace_id], actor=officer):
            batch = make_checks(
                actor=officer, checks=rows, mine=lambda row: True, at=None, result=CheckResult.KEPT, done_on=today,
                document="점검-1", note="",
            )  # fmt: skip
        assert batch.done == [rows[0].pk]
        assert batch.refused == [[rows[1].pk, "check_too_early"]]


class ProofTests:
    TOLD = {"result": "kept", "done_on": "2025-06-02", "kind": "other"}

    def test_a_file_is_sent_with_the_check(self, client, officer):
        row = make_check(permit())
        file = SimpleUploadedFile("거주확인.pdf", PDF, "application/pdf")
        client.post(row.get_absolute_url(), self.TOLD | {"file": file})
        [held] = checks(row.case)
        with acting_for([row.workspace_id]):
            kept = Attachment.objects.get(pk=held.proof_id)
        assert (held.result, kept.name, kept.client_id, kept.added_by) == (
            "kept",
            "거주확인.pdf",
            row.client_id,
            officer,
        )

    def test_a_file_that_lies_about_its_type_leaves_nothing(self, client, officer):
        row = make_check(permit())
        answer = client.post(row.get_absolute_url(), self.TOLD | {"file": SimpleUploadedFile("x.png", PDF)})
        assert answer.status_code == 400 and answer.context["form"].errors["file"]
        assert [held.result for held in checks(row.case)] == [""]
        with acting_for([row.workspace_id]):
            assert not Attachment.objects.exists()

    def test_its_kind_is_asked_for(self, client, officer):
        row = make_check(permit())
        told = self.TOLD | {"kind": "", "file": SimpleUploadedFile("x.pdf", PDF)}
        assert client.post(row.get_absolute_url(), told).context["form"].errors["kind"]


class ContractTests:
    """A case of the first year with a permit, and a contract from before it."""

    @pytest.fixture
    def case(self):
        case = walk(make_case("F-2-R", "52180-office"), "granted")
        self.first = make_employment(
            self.of(case), employer=make_employer("52180-office", municipality_id="52180"),
            starts_on=START - timedelta(days=300),
        )  # fmt: skip
        follow_case(case.pk, case.workspace_id)
        return case

    def of(self, case) -> Client:
        with everywhere():
            return Client.objects.get(pk=case.client_id)

    def asked(self, case) -> list[tuple]:
        with acting_for([case.workspace_id]):
            rows = ObligationCheck.objects.filter(case=case, brought_by="contract").select_related("obligation__rule")
            return sorted((row.obligation.rule.kind, (row.due_on - timezone.localdate()).days) for row in rows)

    def end(self, row, day: date) -> None:
        with acting_for([row.workspace_id]):
            correct(row, {"ended_on": day})

    def test_one_that_ends_brings_a_look_at_each_duty_of_work_forward(self, case):
        assert self.asked(case) == []
        self.end(self.first, TODAY - DAY)
        assert self.asked(case) == [("work", 30), ("workplace", 30)]
        make_employment(
            self.of(case), employer=make_employer("52180-office", municipality_id="52110"), starts_on=TODAY
        )
        assert len(self.asked(case)) == 2, "what waits is not asked for twice"

    def test_one_that_begins_does(self, case):
        make_employment(self.of(case), employer=make_employer("52180-office"), starts_on=TODAY - DAY)
        assert len(self.asked(case)) == 2

    def test_a_renewal_and_what_was_before_the_permit_do_not(self, case):
        self.end(self.first, START - timedelta(days=20))
        second = make_employment(
            self.of(case), employer=self.first.employer, starts_on=START - timedelta(days=10), contract_to=TODAY - DAY
        )
        assert len(self.asked(case)) == 2, "it has run out"
        with acting_for([case.workspace_id]):
            ObligationCheck.objects.filter(case=case, brought_by="contract").update(result="unknown", done_on=TODAY)
        make_employment(self.of(case), employer=second.employer, starts_on=TODAY)
        assert [row.result for row in checks(case) if row.brought_by] == ["unknown"] * 2

    def test_a_workplace_that_moves_does(self, case):
        with acting_for([case.workspace_id]):
            correct(Employer.objects.get(pk=self.first.employer_id), {"municipality_id": "52110"})
        assert len(self.asked(case)) == 2

    def test_one_that_runs_out_without_a_word_is_seen_at_night_and_once(self):
        case = walk(make_case("F-2-R", "52180-office"), "granted")
        make_employment(
            self.of(case), employer=make_employer("52180-office"), starts_on=START - DAY, contract_to=TODAY - DAY
        )
        follow_case(case.pk, case.workspace_id)
        assert self.asked(case) == []
        for _ in range(2):
            follow_workspace(case.workspace_id)
            assert len(self.asked(case)) == 2
        with acting_for([case.workspace_id]):
            ObligationCheck.objects.filter(case=case, brought_by="contract").update(result="unknown", done_on=TODAY)
        follow_workspace(case.workspace_id)
        assert len(self.asked(case)) == 2, "one look after it has run out is enough"

    def test_the_page_of_the_check_names_the_contracts_and_no_verdict(self, case, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52180-office"))
        self.end(self.first, TODAY - DAY)
        row = next(row for row in checks(case) if row.brought_by)
        page = client.get(row.get_absolute_url()).content.decode()
        assert self.first.employer.name in page
        assert "위반으로 판단한 것은 아닙니다" in page
        assert "근로계약" in client.get(case.get_absolute_url()).content.decode()

    def test_it_is_told_to_whoever_saves_the_contract(self, case, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52180-office"))
        told = {"starts_on": self.first.starts_on.isoformat(), "ended_on": (TODAY - DAY).isoformat()}
        answer = client.post(reverse("cases:employment", args=[self.first.pk]), told, follow=True)
        assert (timezone.localdate() + timedelta(days=30)).isoformat() in answer.content.decode()

    def test_a_check_that_is_withdrawn_says_again_why_it_was_asked(self, case):
        officer = make_user(Role.CITY_OFFICER, "52180-office")
        self.end(self.first, TODAY - DAY)
        row = next(row for row in checks(case) if row.brought_by)
        with acting_for([case.workspace_id], actor=officer):
            make(row, actor=officer, result=CheckResult.KEPT, done_on=TODAY, note="x")
            assert withdraw_check(row, actor=officer, why="x").brought_by == "contract"


def test_of_two_contracts_the_longer_one_says_the_tenure():
    with everywhere():
        case = make_case("E-7-4")
        person = Client.objects.get(pk=case.client_id)
        make_employment(person, employer=make_employer(OFFICE, name="긴 곳"), starts_on=TODAY - timedelta(days=680))
        make_employment(person, employer=make_employer(OFFICE, name="짧은 곳"), starts_on=TODAY - timedelta(days=310))
        [tenure] = [one for one in advice_on(case).conditions if one.rule.kind == "tenure"]
    assert (tenure.fact.value, tenure.fact.evidence) == (22, "긴 곳")
