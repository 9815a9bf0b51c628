"""Rules of duties that change: what that would turn is shown first, and then done; and the duties of dependants."""

from datetime import date, timedelta

import pytest

from cases.models import FamilyLink
from centers.models import Role
from centers.scope import acting_for
from tests.make import (
    DAY,
    everywhere,
    make_check,
    make_client,
    make_dependant,
    make_finding,
    make_user,
    make_visa_case,
)
from tests.support import refused_by
from visas.models import Obligation, ObligationCheck, ObligationRule
from visas.services.obligation import follow_case, follow_workspace

OFFICE = "52140-office"
RULE = {
    "programme": "F-2-R", "kind": "korean", "valid_from": "2025-01-01", "months": "12", "check_every": "6",
    "text_ko": "한국어 교육 이수", "source": "공고 2026-1",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def province(client):
    user = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(user)
    return user


def permit(**fields):
    days = {"received_on": DAY, "recommended_on": DAY, "granted_on": DAY, "letter_number": "L-1"}
    return make_visa_case("F-2-R", OFFICE, **(days | fields))


def duties(case) -> dict[str, Obligation]:
    with acting_for([case.workspace_id]):
        rows = Obligation.objects.filter(case=case, link=None, ended_on=None).select_related("rule")
        return {row.rule.kind: row for row in rows}


def ended(case) -> dict[str, str]:
    with acting_for([case.workspace_id]):
        rows = Obligation.objects.filter(case=case).exclude(ended_on=None).select_related("rule")
        return {row.rule.kind: row.ended_why for row in rows}


def confirm(client, address: str, told: dict):
    """What is shown, and the same once more."""
    shown = client.post(address, told)
    seen = shown.context["seen"]
    return shown, client.post(address, told | {"confirmed": "yes", "seen": seen}, follow=True)


def the_rule(kind: str = "workplace") -> ObligationRule:
    return ObligationRule.objects.get(programme="F-2-R", kind=kind, status=None)


class ChangeTests:
    def test_a_new_rule_adds_a_duty_to_the_cases_it_is_for(self, client, province):
        case, later = permit(), permit(letter_number="L-2", granted_on=None)
        follow_workspace(case.workspace_id)
        shown, _done = confirm(client, "/visas/duties/rules/new/", RULE)
        assert [(one.case.pk, one.what, one.after) for one, _name, _file in shown.context["named"]] == [
            (case.pk, "added", date(2026, 3, 3))
        ]
        assert (
            not ObligationRule.objects.filter(programme="F-2-R", kind="korean").exclude(source="공고 2026-1").exists()
        )
        follow_workspace(case.workspace_id)
        assert duties(case)["korean"].ends_on == date(2026, 3, 3)
        assert duties(later) == {}

    def test_nothing_is_changed_by_the_preview(self, client, province):
        client.post("/visas/duties/rules/new/", RULE)
        client.post("/visas/duties/rules/new/", RULE | {"confirmed": "yes", "seen": "x"})
        assert not ObligationRule.objects.filter(kind="korean", programme="F-2-R").exists()

    def test_a_corrected_rule_changes_the_duty_and_keeps_the_old_one(self, client, province):
        case = permit()
        follow_workspace(case.workspace_id)
        rule = the_rule()
        told = RULE | {"valid_from": str(rule.valid_from), "months": "24", "reason": "개월 수를 잘못 입력함"}
        shown, _done = confirm(client, f"/visas/duties/rules/{rule.pk}/correct/", told)
        [(one, _name, _file)] = shown.context["named"]
        assert (one.what, one.before, one.after) == ("changed", date(2026, 3, 3), date(2027, 3, 3))
        follow_workspace(case.workspace_id)
        assert duties(case)["workplace"].ends_on == date(2027, 3, 3)
        assert ended(case) == {"workplace": "rule"}
        rule.refresh_from_db()
        assert rule.voided_why == "개월 수를 잘못 입력함"

    def test_a_rule_that_ends_before_the_permit_ends_the_duty(self, client, province):
        case = permit()
        follow_workspace(case.workspace_id)
        rule = the_rule()
        told = {"valid_to": str(DAY - timedelta(days=1))}
        shown, _done = confirm(client, f"/visas/duties/rules/{rule.pk}/end/", told)
        assert [one.what for one, _name, _file in shown.context["named"]] == ["ended"]
        follow_workspace(case.workspace_id)
        assert "workplace" not in duties(case) and ended(case) == {"workplace": "rule"}

    def test_the_change_is_followed_by_a_task(self, client, province, django_capture_on_commit_callbacks):
        case = permit()
        with django_capture_on_commit_callbacks() as sent:
            confirm(client, "/visas/duties/rules/new/", RULE)
        assert sent
        assert duties(case) == {}

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"months": ""}, "months"),
            ({"until": "2027-01-01"}, "months"),
            ({"valid_to": "2024-01-01"}, "valid_to"),
            ({"kind": "work", "valid_from": "2023-01-01"}, "valid_from"),
            ({"source": ""}, "source"),
        ],
    )
    def test_a_mistake_is_told_at_its_field(self, client, province, change, field):
        answer = client.post("/visas/duties/rules/new/", RULE | change)
        assert answer.status_code == 400 and answer.context["form"].errors[field]

    def test_nobody_else_changes_a_rule_nor_overwrites_one(self, province):
        with acting_for([], actor=make_user(Role.CITY_OFFICER, OFFICE)), refused_by("obligation_rule_of_the_province"):
            ObligationRule.objects.filter(pk=the_rule().pk).update(valid_to=DAY)
        with everywhere(), refused_by("obligation_rule_stays"):
            ObligationRule.objects.filter(pk=the_rule().pk).update(months=99)


class UnpublishedTests:
    def test_a_measure_that_no_notice_gives_is_told_as_one_of_the_province(self, client, province):
        told = client.get("/visas/duties/rules/").content.decode()
        rule = ObligationRule.objects.get(programme="D-2", kind="semester")
        assert rule.source.startswith("기준 미확정 · 도 설정값") and rule.source in told
        assert f"/visas/duties/rules/{rule.pk}/correct/" in told


class DependantTests:
    def test_who_holds_the_status_keeps_duties_of_their_own(self):
        case = permit()
        link = make_dependant(case.client, status_id="F-3-1R", entered_on=DAY + timedelta(days=30))
        make_dependant(case.client, status_id="F-3")
        follow_case(case.pk, case.workspace_id)
        with acting_for([case.workspace_id]):
            rows = list(Obligation.objects.filter(case=case).exclude(link=None).select_related("rule"))
            checks = ObligationCheck.objects.filter(obligation__in=rows)
            assert {row.client_id for row in checks} == {link.client_id}
        assert {row.rule.kind for row in rows} == {"with_principal", "residence_region"}
        assert {(row.link_id, row.client_id, row.starts_on) for row in rows} == {
            (link.pk, link.client_id, DAY + timedelta(days=30))
        }
        assert follow_case(case.pk, case.workspace_id) == 0

    def test_they_follow_at_once_when_the_dependant_is_entered(self, client, django_capture_on_commit_callbacks):
        case = permit()
        client.force_login(make_user(Role.CITY_OFFICER, OFFICE))
        told = {"name": "PHAM THI C", "relation": "spouse", "status": "F-3-1R", "entered_on": str(DAY)}
        with django_capture_on_commit_callbacks() as sent:
            client.post(f"/visas/cases/{case.pk}/dependants/new/", told)
        assert sent

    def test_another_status_or_the_end_of_the_case_ends_them(self):
        case = permit()
        link = make_dependant(case.client, status_id="F-3-1R")
        follow_case(case.pk, case.workspace_id)
        with everywhere():
            FamilyLink.objects.filter(pk=link.pk).update(status="F-5")
        follow_case(case.pk, case.workspace_id)
        assert set(ended(case).values()) == {"dependant"}
        assert len(duties(case)) == 4

    def test_the_case_shows_whose_they_are_and_the_check_too(self, client):
        case = permit()
        child = make_client(OFFICE, name="PHAM THI C")
        make_dependant(case.client, client=child, relation="child", status_id="F-3-1R")
        follow_case(case.pk, case.workspace_id)
        client.force_login(make_user(Role.CITY_OFFICER, OFFICE))
        with acting_for([case.workspace_id]):
            check = ObligationCheck.objects.filter(client=child).first()
        assert client.get(case.get_absolute_url()).content.decode().count("PHAM THI C") == 2
        assert client.get(check.get_absolute_url()).context["client"] == child


class TimelineTests:
    def test_a_check_that_was_made_is_on_the_timeline_of_its_office(self, client):
        officer, other = make_user(Role.CITY_OFFICER, OFFICE), make_user(Role.CITY_OFFICER, "52130-office")
        case = permit()
        foreign = make_client("52130-office", person=case.person_id)
        make_finding(make_check(case))
        client.force_login(officer)
        told = client.get(f"/clients/{case.client_id}/?kind=duty").content.decode()
        assert "불이행" in told
        client.force_login(other)
        assert "불이행" not in client.get(f"/clients/{foreign.pk}/?kind=duty").content.decode()

    def test_and_of_the_clients_own_counsellor_who_is_no_official(self, client):
        users = {official: make_user(Role.COUNSELLOR, "52140-c1", official=official) for official in (True, False)}
        case = permit()
        own = make_client("52140-c1", person=case.person_id)
        make_finding(make_check(case))
        for official, user in users.items():
            client.force_login(user)
            told = client.get(f"/clients/{own.pk}/?kind=duty").content.decode()
            assert ("불이행" in told) != official
