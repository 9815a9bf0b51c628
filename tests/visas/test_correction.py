"""Checks that were put on record wrongly, and findings that two people close: both stay in sight."""

from datetime import date

import pytest
from django.db import transaction

from centers.models import Role
from centers.scope import acting_for
from centers.selectors import scope_of
from tests.make import DAY, make_check, make_closing, make_finding, make_user, make_visa_case
from tests.support import refused_by
from visas.models import CheckResult, Closing, Finding, FindingState, ObligationCheck
from visas.services.obligation import close_finding, correct_check, look_again, withdraw_check
from visas.services.obligation import make_check as make

OFFICE = "52140-office"
KEPT = {"result": "kept", "done_on": "2025-06-02", "note": "실거주 확인 방문"}
WRONG = "다른 사람의 점검을 잘못 적음"

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, OFFICE)
    client.force_login(user)
    return user


@pytest.fixture
def case():
    permit = {"received_on": DAY, "recommended_on": DAY, "granted_on": DAY, "letter_number": "L-1"}
    return make_visa_case("F-2-R", OFFICE, **permit)


@pytest.fixture
def made(case, officer):
    row = make_check(case)
    with acting_for([case.workspace_id], actor=officer):
        return make(row, actor=officer, result=CheckResult.KEPT, done_on=DAY, note="x")


@pytest.fixture
def confirmed(case):
    finding = make_finding(make_check(case))
    second = make_user(Role.CITY_OFFICER, OFFICE)
    with acting_for([case.workspace_id], actor=second):
        looked_at = look_again(finding, actor=second, state=FindingState.CONFIRMED, reason="x")
        assert looked_at.check_made, "read with it"
        return looked_at


def rows(case) -> list[ObligationCheck]:
    with acting_for([case.workspace_id]):
        return list(ObligationCheck.objects.filter(case=case).order_by("pk"))


class CorrectTests:
    def test_both_rows_stay_with_the_reason(self, client, officer, made):
        told = {"why": WRONG, "result": "unknown", "done_on": "2025-06-03", "note": "집에 없음"}
        answer = client.post(f"/visas/checks/{made.pk}/correct/", told, follow=True)
        assert WRONG in answer.content.decode()
        wrong, right = rows(made.case)
        assert (wrong.result, wrong.withdrawn_why, wrong.withdrawn_by) == ("kept", WRONG, officer)
        assert (right.result, right.note, right.withdrawn_on) == ("unknown", "집에 없음", None)
        assert right.due_on == wrong.due_on

    def test_the_page_begins_with_what_stands(self, client, officer, made):
        form = client.get(f"/visas/checks/{made.pk}/correct/").context["form"]
        assert (form["result"].value(), form["done_on"].value(), form["note"].value()) == ("kept", DAY, "x")

    def test_one_that_was_never_made_waits_again(self, client, officer, made):
        told = {"why": WRONG, "result": "not_made", "done_on": "2025-06-03"}
        client.post(f"/visas/checks/{made.pk}/correct/", told)
        assert [row.result for row in rows(made.case)] == ["kept", ""]
        assert len(client.get("/visas/checks/").context["shown"].page) == 1
        assert len(client.get("/visas/checks/?state=withdrawn").context["shown"].page) == 1

    def test_without_a_reason_nothing_is_written(self, client, officer, made):
        answer = client.post(f"/visas/checks/{made.pk}/correct/", KEPT)
        assert answer.status_code == 400 and answer.context["form"].errors["why"]
        assert [row.result for row in rows(made.case)] == ["kept"]

    def test_what_the_right_one_lacks_undoes_the_withdrawal_too(self, client, officer, made):
        told = {"why": WRONG, "result": "kept", "done_on": "2025-06-03", "note": ""}
        answer = client.post(f"/visas/checks/{made.pk}/correct/", told)
        assert answer.context["form"].errors["note"]
        assert [row.withdrawn_on for row in rows(made.case)] == [None]

    def test_the_database_asks_for_the_reason(self, officer, made):
        with acting_for([made.workspace_id], actor=officer), refused_by("check_withdrawn_with_a_reason"):
            withdraw_check(made, actor=officer, why="")

    def test_what_waits_is_not_withdrawn(self, case, officer):
        make_check(case)
        with acting_for([case.workspace_id], actor=officer), refused_by("check_stays"):
            ObligationCheck.objects.update(withdrawn_on=DAY, withdrawn_why="x")

    def test_it_is_withdrawn_once_and_stays_so(self, officer, made):
        with acting_for([made.workspace_id], actor=officer):
            withdraw_check(made, actor=officer, why=WRONG)
            with pytest.raises(ObligationCheck.DoesNotExist):
                withdraw_check(made, actor=officer, why=WRONG)
            for change in ({"withdrawn_on": None, "withdrawn_why": ""}, {"withdrawn_why": "y"}):
                with refused_by("check_stays"):
                    ObligationCheck.objects.filter(pk=made.pk).update(**change)

    def test_whose_name_stands_under_it_is_who_was_signed_in(self, officer, made):
        other = make_user(Role.CITY_OFFICER, OFFICE)
        with acting_for([made.workspace_id], actor=other):
            ObligationCheck.objects.update(withdrawn_on=DAY, withdrawn_why=WRONG, withdrawn_by=officer)
            assert ObligationCheck.objects.get(pk=made.pk).withdrawn_by == other

    def test_another_day_of_the_duty_is_still_asked_for_once(self, case, officer):
        row = make_check(case)
        with acting_for([case.workspace_id], actor=officer), refused_by("check_once"):
            ObligationCheck.objects.create(
                workspace_id=row.workspace_id, case_id=row.case_id, client_id=row.client_id,
                person_id=row.person_id, obligation_id=row.obligation_id, due_on=row.due_on,
            )  # fmt: skip

    def test_a_finding_that_waits_goes_with_its_check(self, case, client, officer):
        finding = make_finding(make_check(case), found_by=officer)
        second = make_user(Role.CITY_OFFICER, OFFICE)
        told = {"why": WRONG, "result": "kept", "done_on": "2025-06-03", "note": "x"}
        client.post(f"/visas/checks/{finding.check_made_id}/correct/", told)
        client.force_login(second)
        page = client.get(finding.check_made.get_absolute_url()).content.decode()
        assert "finding_look" not in page and f"/visas/findings/{finding.pk}/look/" not in page
        with acting_for([case.workspace_id], actor=second), refused_by("finding_of_a_standing_check"):
            look_again(finding, actor=second, state=FindingState.CONFIRMED, reason="x")

    def test_what_two_people_have_confirmed_one_does_not_take_away(self, client, officer, confirmed):
        address = f"/visas/checks/{confirmed.check_made_id}/correct/"
        assert address not in client.get(confirmed.check_made.get_absolute_url()).content.decode()
        told = {"why": WRONG, "result": "kept", "done_on": "2025-06-03", "note": "x"}
        assert client.post(address, told).status_code == 400
        with acting_for([confirmed.workspace_id], actor=officer), refused_by("check_confirmed_stays"):
            correct_check(confirmed.check_made, actor=officer, why="x", result=CheckResult.KEPT, done_on=DAY, note="x")

    def test_no_other_office_corrects(self, client, made):
        client.force_login(make_user(Role.CITY_OFFICER, "52130-office"))
        assert client.get(f"/visas/checks/{made.pk}/correct/").status_code == 404


class CloseTests:
    def test_what_was_done_closes_it_once_a_second_person_agrees(self, client, officer, confirmed):
        second = make_user(Role.CITY_OFFICER, OFFICE)
        told = {"done": "주소 이전 신고 안내", "done_on": "2025-07-01", "document": "국제-12"}
        page = confirmed.check_made.get_absolute_url()
        answer = client.post(f"/visas/findings/{confirmed.pk}/close/", told, follow=True)
        assert "주소 이전 신고 안내" in answer.content.decode()
        assert answer.context["finding"].code == "confirmed"
        with acting_for([confirmed.workspace_id]):
            closing = Closing.objects.get()
        assert (closing.done_by, closing.done_on) == (officer, date(2025, 7, 1))
        look = f"/visas/closings/{closing.pk}/look/"
        assert look not in answer.content.decode()
        client.post(look, {"state": "confirmed", "reason": "x"})  # the same person
        assert client.get(page).context["finding"].code == "confirmed"
        client.force_login(second)
        assert look in client.get(page).content.decode()
        client.post(look, {"state": "confirmed", "reason": "확인함"})
        assert client.get(page).context["finding"].code == "closed"

    def test_what_was_dismissed_stays_beside_the_next(self, client, officer, confirmed):
        second = make_user(Role.CITY_OFFICER, OFFICE)
        with acting_for([confirmed.workspace_id], actor=officer):
            closing = close_finding(confirmed, actor=officer, done="x", done_on=DAY)
        with acting_for([confirmed.workspace_id], actor=second):
            look_again(closing, actor=second, state=FindingState.DISMISSED, reason="증빙 없음")
        client.post(f"/visas/findings/{confirmed.pk}/close/", {"done": "y", "done_on": "2025-07-01"})
        page = client.get(confirmed.check_made.get_absolute_url())
        assert [one.state for one in page.context["finding"].closings] == ["dismissed", "open"]
        assert "증빙 없음" in page.content.decode()

    def test_the_same_person_does_not_close_it(self, officer, confirmed):
        with acting_for([confirmed.workspace_id], actor=officer):
            closing = close_finding(confirmed, actor=officer, done="x", done_on=DAY)
            with refused_by("closing_needs_a_second_person"):
                look_again(closing, actor=officer, state=FindingState.CONFIRMED, reason="x")
            with refused_by("closing_once"):
                close_finding(confirmed, actor=officer, done="x", done_on=DAY)

    def test_nobody_closes_in_the_name_of_another(self, officer, confirmed):
        second = make_user(Role.CITY_OFFICER, OFFICE)
        with acting_for([confirmed.workspace_id], actor=officer):
            close_finding(confirmed, actor=officer, done="x", done_on=DAY)
            with refused_by("closing_needs_a_second_person"):
                Closing.objects.update(state="confirmed", looked_by=second, looked_on=DAY, reason="x")

    @pytest.mark.parametrize("state", [None, FindingState.DISMISSED])
    def test_only_one_that_stands_is_closed(self, case, officer, state):
        finding = make_finding(make_check(case))
        with acting_for([case.workspace_id], actor=officer):
            if state:
                look_again(finding, actor=officer, state=state, reason="x")
            with refused_by("closing_of_a_confirmed_finding"):
                close_finding(finding, actor=officer, done="x", done_on=DAY)

    @pytest.mark.parametrize("change", [{"done": "y"}, {"done_on": date(2025, 1, 1)}, {"document": "y"}])
    def test_what_was_done_stays(self, case, officer, change):
        closing = make_closing(make_finding(make_check(case)))
        with acting_for([case.workspace_id], actor=officer):
            with refused_by("closing_stays"):
                Closing.objects.update(**change)
            look_again(closing, actor=officer, state=FindingState.CONFIRMED, reason="x")
            with refused_by("closing_stays"):
                Closing.objects.update(state=FindingState.OPEN, looked_by=None, looked_on=None, reason="")

    def test_a_day_in_the_future_is_told_at_its_field(self, client, officer, confirmed):
        answer = client.post(f"/visas/findings/{confirmed.pk}/close/", {"done": "x", "done_on": "2999-01-01"})
        assert answer.context["form"].errors["done_on"]

    def test_once_closed_the_check_can_be_corrected(self, client, officer, case):
        closing = make_closing(make_finding(make_check(case)))
        with acting_for([case.workspace_id], actor=officer), transaction.atomic():
            look_again(closing, actor=officer, state=FindingState.CONFIRMED, reason="x")
            check = Finding.objects.select_related("check_made").get().check_made
            assert withdraw_check(check, actor=officer, why="x").result == ""

    def test_no_other_official_learns_of_it(self, client, case):
        closing = make_closing(make_finding(make_check(case)))
        others = [make_user(Role.CITY_OFFICER, "52130-office"), make_user(Role.PROVINCE_STAFF, "52-office")]
        for user in others:
            client.force_login(user)
            assert client.post(f"/visas/closings/{closing.pk}/look/").status_code == 404
            with acting_for(scope_of(user).of("view_visa_cases"), actor=user):
                assert not Closing.objects.visible_to(user).exists()
                assert not Closing.objects.exists()
