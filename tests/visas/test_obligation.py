"""Duties after a permit: which come, when they are checked, and who learns what a check has shown."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Action
from centers.models import Role
from centers.scope import acting_for, settle_constraints
from centers.selectors import scope_of
from tests.make import (
    DAY,
    WHAT,
    everywhere,
    make_attachment,
    make_check,
    make_client,
    make_finding,
    make_user,
    make_visa_case,
    place,
)
from tests.support import refused_by
from visas.models import Finding, FindingState, Obligation, ObligationCheck, ObligationRule, VisaCase
from visas.obligations import counts, due_days, end_of, months_after, rules_of
from visas.services.obligation import follow_case, follow_workspace, look_again
from visas.tasks import follow_all

OFFICE = "52140-office"


def permit(programme: str = "F-2-R", granted_on: date = DAY, **fields) -> VisaCase:
    return make_visa_case(
        programme, OFFICE, received_on=granted_on, recommended_on=granted_on, granted_on=granted_on,
        letter_number=fields.pop("letter_number", "L-1"), **fields,
    )  # fmt: skip


def duties(case: VisaCase) -> dict[str, Obligation]:
    with acting_for([case.workspace_id]):
        rows = Obligation.objects.filter(case=case, ended_on=None).select_related("rule")
        return {row.rule.kind: row for row in rows}


def checks(case: VisaCase) -> list[ObligationCheck]:
    with acting_for([case.workspace_id]):
        return list(ObligationCheck.objects.filter(case=case).order_by("due_on", "pk"))


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, OFFICE)
    client.force_login(user)
    return user


class DayTests:
    @given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 120))
    def test_months_after_stays_in_its_month(self, day, months):
        after = months_after(day, months)
        assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == months
        assert after.day == day.day or (after + timedelta(days=1)).month != after.month

    @given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 60), st.integers(1, 24))
    def test_checks_come_in_order_within_the_duty_and_at_its_end(self, day, months, every):
        rule = ObligationRule(months=months, check_every=every)
        days = list(due_days(rule, day))
        assert days == sorted(set(days))
        assert days[-1] == end_of(rule, day)
        assert all(day < one <= end_of(rule, day) for one in days)


@pytest.mark.django_db
class MakeTests:
    def test_a_permit_brings_the_duties_of_its_programme(self):
        case = permit()
        assert follow_case(case.pk, case.workspace_id) == 4
        ends = {kind: row.ends_on for kind, row in duties(case).items()}
        assert ends == {
            "residence_area": date(2027, 3, 3), "residence_region": date(2030, 3, 3), "work": date(2030, 3, 3),
            "workplace": date(2026, 3, 3),
        }  # fmt: skip

    def test_done_again_it_makes_nothing(self):
        case = permit()
        follow_case(case.pk, case.workspace_id)
        before = [row.pk for row in checks(case)]
        assert follow_case(case.pk, case.workspace_id) == 0
        assert [row.pk for row in checks(case)] == before

    def test_a_fixed_day_ends_a_duty(self):
        case = permit("E-7-4R")
        follow_case(case.pk, case.workspace_id)
        assert duties(case)["korean"].ends_on == date(2026, 12, 31)

    def test_a_rule_of_another_day_is_not_this_cohorts(self):
        case = permit("E-7-4R", date(2024, 12, 2), order_exception=None)
        assert follow_case(case.pk, case.workspace_id) == 0

    def test_the_relief_for_korean_is_for_permits_until_its_last_day(self):
        assert rules_of(VisaCase(programme_id="E-7-4R", granted_on=date(2026, 12, 31)))[0].kind == "korean"
        later = rules_of(VisaCase(programme_id="E-7-4R", granted_on=date(2027, 1, 1)))
        assert "korean" not in {rule.kind for rule in later}

    def test_a_permit_that_is_no_more_ends_them(self):
        case = permit()
        follow_case(case.pk, case.workspace_id)
        with everywhere():
            VisaCase.objects.filter(pk=case.pk).update(granted_on=None)
        follow_case(case.pk, case.workspace_id)
        assert duties(case) == {}

    def test_a_permit_of_another_day_moves_them(self):
        case = permit()
        follow_case(case.pk, case.workspace_id)
        with everywhere():
            VisaCase.objects.filter(pk=case.pk).update(granted_on=DAY + timedelta(days=30))
        assert follow_case(case.pk, case.workspace_id) == 4
        assert duties(case)["workplace"].starts_on == DAY + timedelta(days=30)

    def test_a_day_long_past_is_not_asked_for(self):
        case = permit("F-2-R", date(2024, 3, 4))
        follow_case(case.pk, case.workspace_id)
        since = timezone.localdate() - timedelta(days=30)
        assert all(row.due_on >= since for row in checks(case))
        assert checks(case)

    def test_what_came_by_a_file_is_followed_at_night(self):
        case = permit()
        follow_all()
        follow_workspace(case.workspace_id)
        assert len(duties(case)) == 4


@pytest.mark.django_db
class CheckTests:
    def test_is_made_on_a_page_and_read_again(self, client, officer):
        row = make_check(permit())
        answer = client.post(
            row.get_absolute_url(),
            {"result": "kept", "done_on": "2025-06-02", "note": "실거주 확인 방문"},
            follow=True,
        )
        page = answer.content.decode()
        assert "이행" in page
        assert "실거주 확인 방문" in page
        [row] = checks(row.case)
        assert (row.result, row.done_on, row.done_by) == ("kept", date(2025, 6, 2), officer)

    def test_kept_without_anything_that_shows_it_is_refused(self, client, officer):
        row = make_check(permit())
        answer = client.post(row.get_absolute_url(), {"result": "kept", "done_on": "2025-06-02"})
        assert answer.status_code == 400
        assert answer.context["form"].errors["note"]
        assert checks(row.case)[0].result == ""

    def test_a_file_is_proof(self, client, officer):
        case = permit()
        row, file = make_check(case), make_attachment(case.client)
        client.post(row.get_absolute_url(), {"result": "kept", "done_on": "2025-06-02", "proof": file.pk})
        assert checks(case)[0].proof_id == file.pk

    def test_the_file_of_another_is_no_proof(self, client, officer):
        row, file = make_check(permit()), make_attachment(make_client(OFFICE))
        answer = client.post(row.get_absolute_url(), {"result": "kept", "done_on": "2025-06-02", "proof": file.pk})
        assert answer.status_code == 400

    def test_not_in_the_future(self, client, officer):
        row = make_check(permit())
        day = (timezone.localdate() + timedelta(days=1)).isoformat()
        answer = client.post(row.get_absolute_url(), {"result": "unknown", "done_on": day})
        assert answer.context["form"].errors["done_on"]

    def test_overdue_ones_come_up_first_on_the_start_page(self, client, officer):
        case = permit()
        make_check(case, due_on=timezone.localdate() - timedelta(days=5))
        make_check(case, kind="work", due_on=timezone.localdate() + timedelta(days=90))
        page = client.get("/").content.decode()
        assert "의무 점검" in page
        main = page.split("<main", 1)[1]
        assert len(set(re.findall(r"/visas/checks/[^\"]*", main))) == 2  # the overdue one and the list

    def test_the_list_is_filtered(self, client, officer):
        case = permit()
        make_check(case, due_on=timezone.localdate() - timedelta(days=5))
        make_check(case, kind="work", due_on=timezone.localdate() + timedelta(days=90))
        assert len(client.get("/visas/checks/?state=overdue").context["shown"].page) == 1
        assert len(client.get("/visas/checks/?state=later&duty=work").context["shown"].page) == 1
        assert len(client.get("/visas/checks/?state=kept").context["shown"].page) == 0


@pytest.mark.django_db
class FindingTests:
    def test_a_second_person_looks_before_it_stands(self, client, officer):
        row = make_check(permit())
        client.post(
            row.get_absolute_url(), {"result": "not_kept", "done_on": "2025-06-02", "what": "주소지에 살지 않음"}
        )
        with acting_for([row.workspace_id], actor=officer):
            finding = Finding.objects.get()
            with refused_by("finding_needs_a_second_person"):
                look_again(finding, actor=officer, state=FindingState.CONFIRMED, reason="x")
        look = f"/visas/findings/{finding.pk}/look/"
        assert look not in client.get(row.get_absolute_url()).content.decode()

    def test_the_second_look_is_on_record_with_its_reason(self, client):
        second = make_user(Role.CITY_OFFICER, OFFICE)
        finding = make_finding(make_check(permit()))
        client.force_login(second)
        look = f"/visas/findings/{finding.pk}/look/"
        assert look in client.get(finding.check_made.get_absolute_url()).content.decode()
        client.post(look, {"state": "dismissed", "reason": "병원에 입원해 있었음", "said": "입원 중"})
        page = client.get(finding.check_made.get_absolute_url()).content.decode()
        assert "병원에 입원해 있었음" in page
        assert look not in page

    def test_what_the_client_said_first_stays_beside_what_was_said_at_the_second_look(self, client, officer):
        row, second = make_check(permit()), make_user(Role.CITY_OFFICER, OFFICE)
        told = {"result": "not_kept", "done_on": "2025-06-02", "what": "주소지에 살지 않음", "said": "출장 중이었음"}
        client.post(row.get_absolute_url(), told)
        client.force_login(second)
        with acting_for([row.workspace_id]):
            look = f"/visas/findings/{Finding.objects.get().pk}/look/"
        client.post(look, {"state": "dismissed", "reason": "진단서 확인", "said": "입원 중이었음"})
        page = client.get(row.get_absolute_url()).content.decode()
        assert "출장 중이었음" in page and "입원 중이었음" in page and "재확인 시 당사자 의견" in page

    def test_what_was_not_kept_says_what(self, client, officer):
        row = make_check(permit())
        answer = client.post(row.get_absolute_url(), {"result": "not_kept", "done_on": "2025-06-02"})
        assert answer.context["form"].errors["what"]


@pytest.mark.django_db
class StaysTests:
    """What is on record stays so, also for who writes past the pages."""

    @pytest.fixture
    def finding(self):
        return make_finding(make_check(permit()))

    @pytest.fixture
    def second(self, finding):
        user = make_user(Role.CITY_OFFICER, OFFICE)
        with acting_for([finding.workspace_id], actor=user):
            yield user

    @pytest.mark.parametrize("change", [{"what": "x"}, {"found_on": DAY + timedelta(days=1)}, {"said": "x"}])
    def test_what_was_found(self, finding, second, change):
        with refused_by("finding_stays"):
            Finding.objects.update(**change)

    def test_who_found_it(self, finding, second):
        with refused_by("finding_stays"):
            Finding.objects.update(found_by=second)

    def test_the_second_look(self, finding, second):
        look_again(finding, actor=second, state=FindingState.CONFIRMED, reason="x")
        with refused_by("finding_stays"):
            Finding.objects.update(state=FindingState.OPEN, looked_by=None, looked_on=None)
        with refused_by("finding_stays"):
            Finding.objects.update(state=FindingState.DISMISSED)

    @pytest.mark.parametrize("words", ["said", "said_again"])
    def test_what_the_client_said(self, finding, second, words):
        look = {"state": FindingState.CONFIRMED, "looked_by": second, "looked_on": DAY, "reason": "x"}
        if words == "said_again":
            look_again(finding, actor=second, state=FindingState.CONFIRMED, reason="x", said="y")
            look = {}
        with refused_by("finding_stays"):
            Finding.objects.update(**look, **{words: "z"})

    def test_nobody_looks_in_the_name_of_another(self, finding, second):
        with acting_for([finding.workspace_id], actor=finding.found_by), refused_by("finding_needs_a_second_person"):
            look_again(finding, actor=second, state=FindingState.CONFIRMED, reason="x")

    @pytest.mark.parametrize(
        "change", [{"result": "kept", "note": "x"}, {"result": "", "done_on": None}, {"due_on": date(2030, 1, 1)}]
    )
    def test_a_check_that_was_made(self, finding, second, change):
        with refused_by("check_stays"):
            ObligationCheck.objects.update(**change)

    def test_the_day_of_a_check_that_waits(self):
        row = make_check(permit())
        with acting_for([row.workspace_id]), refused_by("check_stays"):
            ObligationCheck.objects.update(due_on=date(2030, 1, 1))

    def test_not_kept_has_a_finding(self):
        row = make_check(permit())
        with acting_for([row.workspace_id]), refused_by("check_not_kept_says_what"):
            ObligationCheck.objects.update(result="not_kept", done_on=DAY)
            settle_constraints()

    @pytest.mark.parametrize(("result", "state"), [("kept", "open"), ("not_kept", "confirmed")])
    def test_a_finding_begins_open_with_a_check_that_shows_it(self, result, state):
        row, first, second = make_check(permit()), make_user(), make_user()
        looked = {"looked_by": second, "looked_on": DAY, "reason": "x"} if state == "confirmed" else {}
        with acting_for([row.workspace_id]), refused_by("finding_stays"):
            ObligationCheck.objects.update(result=result, done_on=DAY, note="x")
            Finding.objects.create(
                workspace_id=row.workspace_id, case_id=row.case_id, client_id=row.client_id, person_id=row.person_id,
                check_made=row, what="x", found_by=first, found_on=DAY, state=state, **looked,
            )  # fmt: skip

    def test_a_duty_only_ends_and_ends_once(self):
        row = make_check(permit())
        with acting_for([row.workspace_id]):
            with refused_by("obligation_stays"):
                Obligation.objects.update(ends_on=date(2040, 1, 1))
            Obligation.objects.update(ended_on=DAY)
            with refused_by("obligation_stays"):
                Obligation.objects.update(ended_on=None)


PAGES = ("/visas/checks/", "/visas/checks/?state=not_kept", "/visas/cases/{case}/", "/visas/checks/{check}/", "/")


@pytest.mark.django_db
class WhoTests:
    @pytest.mark.parametrize(
        ("role", "at"),
        [
            (Role.CITY_OFFICER, "52130-office"),
            (Role.PROVINCE_STAFF, "52-office"),
            (Role.COUNSELLOR, "52140-c1"),
            (Role.MANAGER, "52140-c1"),
            (Role.UNIVERSITY_COORDINATOR, "jbnu"),
            (Role.SHELTER_OPERATOR, "52110-s1"),
            (Role.PRIVACY_OFFICER, "52-office"),
        ],
    )
    def test_no_other_official_learns_what_a_check_has_shown(self, client, role, at):
        user = make_user(role, at, official=True)
        case = permit()
        make_client(at, person=case.person_id)
        finding = make_finding(make_check(case))
        client.force_login(user)
        for page in PAGES:
            answer = client.get(page.format(case=case.pk, check=finding.check_made_id))
            told = answer.content.decode() if answer.status_code == 200 else ""
            assert WHAT not in told
            assert f"/visas/checks/{finding.check_made_id}/" not in told
        with acting_for(scope_of(user).of("view_visa_cases"), actor=user):
            for model in (Obligation, ObligationCheck, Finding):
                assert not model.objects.visible_to(user).exists()
                assert not model.objects.exists()  # nor past the selector: the second wall
            for model in (ObligationCheck, Finding):
                assert not model.pgh_event_model.objects.exists()

    def test_who_reviews_the_logs_learns_no_result(self, client):
        """A check that was kept and one that was not read the same to the privacy officer, who is an official."""
        reviewer, officer, second = (
            make_user(Role.PRIVACY_OFFICER, "52-office"),
            *(make_user(Role.CITY_OFFICER, OFFICE) for _ in range(2)),
        )
        case = permit()
        kept, broken = make_check(case), make_check(case, kind="work")
        client.force_login(officer)
        client.post(kept.get_absolute_url(), {"result": "kept", "done_on": "2025-06-02", "note": "x"})
        client.post(broken.get_absolute_url(), {"result": "not_kept", "done_on": "2025-06-02", "what": WHAT})
        client.force_login(second)
        with acting_for([case.workspace_id]):
            finding = Finding.objects.get()
        client.post(f"/visas/findings/{finding.pk}/look/", {"state": "confirmed", "reason": "x"})
        client.force_login(reviewer)
        told = {row.action for row in client.get("/entries/").context["shown"].page if row.actor in (officer, second)}
        assert told == {Action.CHECK_MADE}
        read = {row.route for row in client.get("/access/").context["shown"].page if row.user in (officer, second)}
        assert read == {"visas:check", "visas:finding_look"}

    def test_the_clients_own_counsellor_reads_it(self, client):
        counsellor = make_user(Role.COUNSELLOR, "52140-c1", official=False)
        case = permit()
        make_client("52140-c1", person=case.person_id)
        finding = make_finding(make_check(case))
        client.force_login(counsellor)
        assert client.get(finding.check_made.get_absolute_url()).status_code == 200

    def test_the_province_reads_numbers_and_none_that_is_small(self, client):
        province = make_user(Role.PROVINCE_STAFF, "52-office")
        make_finding(make_check(permit()))
        client.force_login(province)
        page = client.get("/visas/checks/").content.decode()
        assert "&lt;3" in page

    def test_programme_and_municipality_are_named_in_the_language_of_the_reader(self):
        case = make_check(permit(municipality_id="52140")).case
        with everywhere(), override("en"):
            [row] = counts()
            assert row[:2] == (case.programme.name_en, case.municipality.name_en)
            assert case.programme.name_en != case.programme.name_ko

    def test_the_numbers_are_for_the_province_alone(self):
        make_check(permit())
        with acting_for([place(OFFICE).pk]):
            assert counts() == []
