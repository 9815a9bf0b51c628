"""How a case ends after its permit (duties fulfilled, cancelled, moved away), and what goes on beside the way."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.models import Client
from centers.models import Role
from centers.scope import acting_for, settle_constraints
from tests.make import everywhere, make_change, make_client, make_dependant, make_student, make_user, make_visa_case
from tests.support import ask, refused_by
from tests.visas.test_case_step import START, TODAY, make_case, step, walk
from tests.visas.test_lapse import POOL, read, taken
from visas.models import (
    CheckResult,
    EndedWhy,
    FindingState,
    Obligation,
    ObligationCheck,
    ObligationRule,
    VisaCase,
    VisaProgramme,
)
from visas.quota_table import splits_of
from visas.quotas import counted
from visas.services.case import take_back, take_out
from visas.services.enrolment import withdraw_change
from visas.services.obligation import close_finding, follow_case, look_again, make_check

pytestmark = pytest.mark.django_db
OFFICE = "52140-office"


def settled(programme: str = "E-7-4R", at: str = OFFICE) -> VisaCase:
    case = walk(make_case(programme, at), "settled")
    follow_case(case.pk, case.workspace_id)
    return read(case)


def with_one_duty(months: int = 1) -> tuple[VisaCase, ObligationCheck]:
    """A settled case whose one duty runs so many months: its only check is at the end."""
    with everywhere():
        ObligationRule.objects.filter(programme="E-7-4R").update(voided_on=TODAY, voided_why="시험")
        ObligationRule.objects.create(
            programme_id="E-7-4R",
            kind="residence_region",
            valid_from=START,
            months=months,
            text_ko="거주",
            source="시험",
        )
    case = settled()
    with acting_for([case.workspace_id]):
        return case, ObligationCheck.objects.get(case=case)


def with_family(case: VisaCase) -> None:
    with everywhere():
        make_dependant(Client.objects.get(pk=case.client_id))


def look(check: ObligationCheck, result: CheckResult = CheckResult.KEPT, **told) -> None:
    with acting_for([check.workspace_id]):
        make_check(check, actor=None, result=result, done_on=TODAY, document="점검-1", **told)


class CompletedTests:
    def test_a_case_is_completed_on_or_after_the_last_day_of_its_duties(self):
        case, check = with_one_duty()
        look(check)
        last = (check.due_on - START).days
        with refused_by("case_completed_before_its_duties"):
            step(case, "completed", last - 1, document="완료-1")
        step(case, "completed", last, document="완료-1")
        held = read(case)
        assert (held.state, held.completed_on) == ("completed", check.due_on)
        assert held.settled_on, "it stays counted as settled"

    def test_a_degree_ends_the_duty_of_the_semesters_and_the_page_leads_to_completion(self, client):
        case = make_visa_case("D-2", "jbnu", received_on=START)
        for number, kind in enumerate(("reviewed", "recommended", "submitted", "granted", "settled"), start=1):
            step(case, kind, number)
        follow_case(case.pk, case.workspace_id)
        with everywhere():
            file = Client.objects.get(pk=case.client_id)
        student = make_student(client=file, case=case, semester="2026-2", admitted_on=START + timedelta(days=6))
        with refused_by("case_completed_before_its_duties"):
            step(case, "completed", 50, document="완료-1")
        client.force_login(make_user(Role.UNIVERSITY_COORDINATOR, "jbnu"))
        change = make_change(student, "graduated", on=START + timedelta(days=40))
        follow_case(case.pk, case.workspace_id)
        with acting_for([case.workspace_id]):
            ended = Obligation.objects.filter(case=case).values_list("ended_on", "ended_why")
            assert set(ended) == {(START + timedelta(days=40), EndedWhy.STUDIES.value)}
        page = client.get(case.get_absolute_url())
        assert [kind for kind, _action in page.context["gone_steps"]] == ["completed"]
        with everywhere():
            withdraw_change(change, actor=None, reason="착오")
        follow_case(case.pk, case.workspace_id)
        with refused_by("case_completed_before_its_duties"):
            step(case, "completed", 50, document="완료-1")
        make_change(student, "graduated", on=START + timedelta(days=41))
        follow_case(case.pk, case.workspace_id)
        step(case, "completed", 50, document="완료-1")

    def test_not_while_a_check_was_not_made(self):
        case, check = with_one_duty()
        with refused_by("case_completed_with_open_checks"):
            step(case, "completed", 50, document="완료-2")
        look(check)
        step(case, "completed", 50, document="완료-2")

    def test_not_while_a_finding_is_open(self):
        case, check = with_one_duty()
        first, second = (make_user(Role.CITY_OFFICER, OFFICE) for _ in range(2))
        with acting_for([case.workspace_id], actor=first):
            made = make_check(check, actor=first, result=CheckResult.NOT_KEPT, done_on=TODAY, what="주소가 다름")
        with refused_by("case_completed_with_open_checks"):
            step(case, "completed", 50, document="완료-3")
        with acting_for([case.workspace_id], actor=second):
            look_again(made.finding, actor=second, state=FindingState.CONFIRMED, reason="같음")
        with refused_by("case_completed_with_open_checks"):
            step(case, "completed", 50, document="완료-3")
        with acting_for([case.workspace_id], actor=second):
            closing = close_finding(made.finding, actor=second, done="주소를 옮김", done_on=TODAY)
        with acting_for([case.workspace_id], actor=first):
            look_again(closing, actor=first, state=FindingState.CONFIRMED, reason="확인")
        step(case, "completed", 50, document="완료-3")

    def test_it_says_what_it_rests_on_and_comes_after_settling(self):
        case, check = with_one_duty()
        look(check)
        with refused_by("case_step_rests_on_something"):
            step(case, "completed", 50)
        with refused_by("case_step_follows"):
            step(walk(make_case(), "granted"), "completed", 50, document="완료-4")

    def test_the_family_stays_and_is_not_asked_about(self):
        case, check = with_one_duty()
        with_family(case)
        look(check)
        step(case, "completed", 50, document="완료-5")
        with everywhere():
            assert not case.questions.exists()


class EndedTests:
    @pytest.mark.parametrize("kind", ["cancelled", "moved"])
    def test_it_ends_the_duties_on_its_day_and_asks_about_the_family(self, kind):
        case = settled()
        with_family(case)
        step(case, kind, 30, note="출입국 통보")
        follow_case(case.pk, case.workspace_id)
        with acting_for([case.workspace_id]):
            duties = Obligation.objects.filter(case=case)
            assert {(one.ended_on, one.ended_why) for one in duties} == {
                (START + timedelta(days=30), EndedWhy.CASE.value)
            }
            assert case.questions.count() == 1
        held = read(case)
        assert (held.state, held.settled_on) == (kind, case.settled_on)

    @pytest.mark.parametrize("kind", ["cancelled", "moved", "relocated", "extended"])
    def test_it_says_what_it_rests_on(self, kind):
        with refused_by("case_step_rests_on_something"):
            step(settled(), kind, 30, **({"municipality_id": "52190"} if kind == "relocated" else {}))

    @pytest.mark.parametrize("kind", ["left", "cancelled", "moved"])
    def test_whether_the_place_is_given_back_is_the_programme_s_setting(self, kind):
        before = taken()
        case = settled("F-2-R", "52180-office")
        step(case, kind, 30, note="출입국 통보")
        assert taken() == before + 1
        VisaProgramme.objects.filter(pk="F-2-R").update(seat_given_back_by=["left"])
        assert taken() == before
        with everywhere():
            take_back(actor=None, case=case, kind=kind, reason="다른 사람")
        assert taken() == before + 1

    def test_who_has_left_applies_again_and_is_told_which_quota_has_no_second_place(self, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        case = settled("F-2-R", "52180-office")
        step(case, "left", 30)
        with everywhere():
            again = walk(make_case("F-2-R", "52180-office", client=case.client), "reviewed")
        told = {"happened_on": START + timedelta(days=31), "document": "외국인-99", "against_advice": "다시 신청"}
        answer = client.post(reverse("visas:case_step", args=[again.pk, "recommended"]), told)
        assert answer.status_code == 400 and answer.context["form"].errors["happened_on"]
        assert answer.context["holding"] == [case] and str(case.pool) in answer.content.decode()

    def test_a_case_says_no_day_that_its_steps_do_not(self):
        case = settled()
        step(case, "cancelled", 30, note="통보")
        with refused_by("visa_case_agrees_with_its_steps"), everywhere():
            VisaCase.objects.filter(pk=case.pk).update(cancelled_on=START + timedelta(days=31))
        with refused_by("visa_case_agrees_with_its_steps"), everywhere():
            VisaCase.objects.filter(pk=case.pk).update(inner_step="asked")

    def test_its_days_are_in_order_whoever_writes_them(self):
        case = settled()
        for kind in ("completed", "cancelled", "moved"):
            with refused_by("visa_case_dates_in_order"), everywhere():
                VisaCase.objects.filter(pk=case.pk).update(**{f"{kind}_on": START})
            with refused_by("not_in_the_future"), everywhere():
                VisaCase.objects.filter(pk=case.pk).update(**{f"{kind}_on": TODAY + timedelta(days=1)})


class AsideTests:
    def test_it_leaves_the_case_where_it_stands_and_is_taken_back(self):
        case = make_case()
        made = step(case, "notified", 1, channel="phone")
        step(case, "announced", -30, document="공고 2026-1")
        assert read(case).state == "received"
        with everywhere():
            take_out(made, actor=None, reason="다른 사람")
        step(case, "checked", 1)
        assert read(case).state == "checked"

    def test_who_was_told_was_told_somehow_and_not_before_the_reception(self):
        case = make_case()
        with refused_by("notified_by_a_way"):
            step(case, "notified", 1)
        with refused_by("case_step_in_order"):
            step(case, "notified", -1, channel="mail")

    def test_a_move_within_the_province_leaves_the_case_settled(self):
        case = settled()
        with refused_by("case_step_in_order"):
            step(case, "relocated", 1, municipality_id="52190", note="전입 신고")
        step(case, "relocated", 40, municipality_id="52190", note="전입 신고")
        step(case, "extended", 41, note="2년")
        assert read(case).state == "settled"

    def test_a_move_says_to_which_municipality_of_the_province_and_goes_elsewhere(self):
        case = settled()
        with refused_by("relocation_says_where"):
            step(case, "relocated", 40, note="전입 신고")
        with refused_by("relocation_goes_elsewhere"):
            step(case, "relocated", 40, municipality_id="52140", note="전입 신고")
        with refused_by("relocation_within_the_province"):
            step(case, "relocated", 40, municipality_id="11110", note="서울로 이주")
        made = step(case, "relocated", 40, municipality_id="52190", note="전입 신고")
        with refused_by("relocation_goes_elsewhere"):
            step(case, "relocated", 50, municipality_id="52190", note="전입 신고")
        step(case, "relocated", 50, municipality_id="52140", note="돌아옴")
        with everywhere():
            take_out(made, actor=None, reason="다른 사람")
            day = START + timedelta(days=45)
            assert ask("SELECT wall.lives_in(%s, %s)", case.pk, day) == "52140"

    def test_who_came_along_settles_where_the_principal_lives_now(self):
        case = settled("F-2-R")
        with everywhere():
            principal = Client.objects.get(pk=case.client_id)
            Client.objects.filter(pk=principal.pk).update(municipality="52140")
        step(case, "relocated", 40, municipality_id="52180", note="전입 신고")
        told = {"status_id": "F-3-1R", "entered_on": START, "settled_on": START + timedelta(days=45)}

        def family(municipality: str):
            with everywhere():
                file = make_client(OFFICE, municipality_id=municipality)
                link = make_dependant(principal, client=file, **told)
                settle_constraints()
                return link

        with refused_by("dependant_settles_with_the_principal"):
            family("52140")
        family("52180")

    def test_the_family_that_has_to_live_with_the_principal_is_looked_at_after_a_move(self):
        case = settled("F-2-R")
        with everywhere():
            principal = Client.objects.get(pk=case.client_id)
            file = make_client(OFFICE, municipality_id="52140")
            link = make_dependant(principal, client=file, status_id="F-3-1R", entered_on=START)
        follow_case(case.pk, case.workspace_id)
        step(case, "relocated", 40, municipality_id="52180", note="전입 신고")
        follow_case(case.pk, case.workspace_id)
        with acting_for([case.workspace_id]):
            asked = ObligationCheck.objects.filter(obligation__link=link, due_on=START + timedelta(days=40))
            assert {(row.client_id, row.obligation.rule.kind) for row in asked} == {(file.pk, "with_principal")}

    def test_the_figures_of_a_municipality_follow_a_move_from_its_day_on(self):
        case = settled("F-2-R", "52180-office")
        moved = START + timedelta(days=40)
        step(case, "relocated", 40, municipality_id="52190", note="전입 신고")

        def homes(day, *, then=False) -> dict:
            with everywhere():
                rows = VisaCase.objects.filter(pk=case.pk)
                return {of: count.settled for (of,), count in counted(rows, day, "lives_in", then=then).items()}

        assert homes(moved - timedelta(days=1)) == {"52140": 1}
        assert homes(moved) == homes(TODAY) == homes(TODAY, then=True) == {"52190": 1}
        with everywhere():
            shown = splits_of(VisaCase.objects.filter(pk=case.pk), TODAY)["municipality"]
        assert [line.filters["home"] for line in shown] == ["52190"]

    @pytest.mark.parametrize(
        ("to", "kinds"), [("52190", {"residence_area"}), ("52110", {"residence_area", "residence_region"})]
    )
    def test_a_move_in_the_first_two_years_asks_for_a_look_and_judges_nothing(self, client, to, kinds):
        case = settled()
        step(case, "relocated", 40, municipality_id=to, note="전입 신고")
        for _again in range(2):
            follow_case(case.pk, case.workspace_id)
        with acting_for([case.workspace_id]):
            due = START + timedelta(days=40)
            asked = ObligationCheck.objects.filter(case=case, due_on=due).select_related("obligation__rule")
            assert {check.obligation.rule.kind for check in asked} == kinds and len(asked) == len(kinds)
            assert {check.result for check in asked} == {""}
        client.force_login(make_user(Role.CITY_OFFICER, OFFICE))
        page = client.get(case.get_absolute_url())
        assert page.context["path"].home.municipality_id == to
        assert page.content.decode().count("도내 이주에 따른 확인") == len(kinds)

    def test_the_form_of_a_move_asks_where_to(self, client):
        case = settled()
        client.force_login(make_user(Role.CITY_OFFICER, OFFICE))
        address = reverse("visas:case_step", args=[case.pk, "relocated"])
        told = {"happened_on": str(TODAY), "note": "전입 신고"}
        assert client.post(address, told).context["form"].errors.keys() == {"municipality"}
        answer = client.post(address, told | {"municipality": "52190"}, follow=True)
        assert answer.context["path"].home.municipality_id == "52190"

    def test_the_page_shows_them_on_the_way(self, client):
        case = settled()
        client.force_login(make_user(Role.CITY_OFFICER, OFFICE))
        told = {"happened_on": str(TODAY), "channel": "message", "note": "허가 안내"}
        address = reverse("visas:case_step", args=[case.pk, "notified"])
        answer = client.post(address, told, follow=True)
        assert "허가 안내" in answer.content.decode()
        made = answer.context["path"].done[-1].step
        back = reverse("visas:case_step_back", args=[made.pk])
        assert back in answer.content.decode()
        answer = client.post(back, {"note": "잘못 입력"}, follow=True)
        assert [row.pk for row in answer.context["undone"]] != []
        assert client.get(back).status_code == 404

    def test_it_is_counted_as_a_permit_that_ended_in_the_figures(self, client):
        case = settled("F-2-R", "52180-office")
        step(case, "cancelled", 30, note="통보")
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        rows = client.get(reverse("visas:cases"), {"pool": POOL, "place": "left"}).context["shown"].page
        assert list(rows) == [case]
