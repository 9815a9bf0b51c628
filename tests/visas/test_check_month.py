"""The checks of a month: on paper, many at once with a receipt, and as a list to narrow and take along."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from centers.models import Role
from centers.scope import acting_for
from tests.make import DAY, make_check, make_check_batch, make_closing, make_finding, make_user, make_visa_case
from tests.support import forbidden
from visas.models import CheckBatch, CheckResult, FindingState, ObligationCheck
from visas.services.obligation import look_again, make_checks, withdraw_check

OFFICE = "52140-office"
DUE = date(2026, 3, 3)
TOLD = {"take": "1", "result": "kept", "done_on": "2026-02-02", "document": "국제-77", "note": "명단 대조"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, OFFICE)
    client.force_login(user)
    return user


def check(at: str = OFFICE, kind: str = "residence_area", **fields) -> ObligationCheck:
    permit = {"received_on": DAY, "recommended_on": DAY, "granted_on": DAY}
    case = make_visa_case("E-7-4R", at, letter_number="L-1", **permit)
    return make_check(case, kind=kind, **({"due_on": DUE} | fields))


def results(*rows: ObligationCheck) -> list[str]:
    with acting_for({row.workspace_id for row in rows}):
        held = {row.pk: row.result for row in ObligationCheck.objects.filter(pk__in=[row.pk for row in rows])}
    return [held[row.pk] for row in rows]


class MonthTests:
    def test_it_shows_the_checks_of_that_month_by_duty(self, client, officer):
        area, region = check(), check(kind="residence_region")
        check(due_on=date(2026, 4, 1))
        context = client.get("/visas/checks/month/?month=2026-03").context
        assert [[one["row"].pk for one in found] for _name, found in context["duties"]] == [[area.pk], [region.pk]]
        assert (context["earlier"], context["later"]) == (date(2026, 2, 1), date(2026, 4, 1))

    def test_what_was_taken_out_is_not_in_it(self, client, officer):
        row = make_finding(check()).check_made
        with acting_for([row.workspace_id], actor=officer):
            withdraw_check(row, actor=officer, why="x")
        [(_name, found)] = client.get("/visas/checks/month/?month=2026-03").context["duties"]
        assert [one["row"].result for one in found] == [""]

    @pytest.mark.parametrize("month", ["", "2026-99", "x"])
    def test_a_month_that_is_none_is_this_month(self, client, officer, month):
        first = client.get(f"/visas/checks/month/?month={month}").context["first"]
        assert first == timezone.localdate().replace(day=1)

    def test_the_province_reads_numbers_alone(self, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        assert client.get("/visas/checks/month/").status_code == 302


class ManyTests:
    def test_the_receipt_reads_the_records_again(self, client, officer):
        rows = [check(), check()]
        numbers = [row.pk for row in rows]
        assert client.post("/visas/checks/many/", {"check": numbers}).context["checks"] == rows
        assert results(*rows) == ["", ""]  # nothing yet
        answer = client.post("/visas/checks/many/", {"check": numbers} | TOLD, follow=True)
        assert (answer.context["standing"], answer.context["refused"]) == (2, [])
        assert results(*rows) == ["kept", "kept"]
        with acting_for([rows[0].workspace_id], actor=officer):
            withdraw_check(rows[0], actor=officer, why="x")
        again = client.get(answer.context["batch"].get_absolute_url())
        assert again.context["standing"] == 1 and "정정됨" in again.content.decode()

    def test_one_that_is_refused_does_not_hold_up_the_others(self, client, officer):
        made = make_finding(check()).check_made
        rows = [made, check()]
        answer = client.post("/visas/checks/many/", {"check": [row.pk for row in rows]} | TOLD, follow=True)
        assert [row.pk for row, _reason in answer.context["refused"]] == [made.pk]
        assert [row.pk for row in answer.context["done"]] == [rows[1].pk]
        assert results(*rows) == ["not_kept", "kept"]

    def test_the_checks_of_another_office_are_not_reached(self, client, officer):
        other, own = check("52130-office"), check()
        client.post("/visas/checks/many/", {"check": [other.pk, own.pk]} | TOLD)
        assert results(other, own) == ["", "kept"]

    def test_whoever_only_reads_them_makes_none(self, officer):
        row = check()
        with acting_for([row.workspace_id], actor=officer):
            batch = make_checks(
                actor=officer, checks=[row], mine=lambda check: False, at=None, result=CheckResult.KEPT,
                done_on=DAY, note="x",
            )  # fmt: skip
        assert (batch.done, batch.refused) == ([], [[row.pk, "not_yours"]])
        assert results(row) == [""]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"document": "", "note": ""}, "note"),
            ({"done_on": "2999-01-01"}, "done_on"),
            ({"result": "not_kept"}, "result"),
        ],
    )
    def test_a_mistake_is_told_at_its_field_and_nothing_is_written(self, client, officer, change, field):
        row = check()
        answer = client.post("/visas/checks/many/", {"check": row.pk} | TOLD | change)
        assert answer.status_code == 400 and answer.context["form"].errors[field]
        assert results(row) == [""]

    def test_not_kept_is_said_of_each_for_itself(self, officer):
        with pytest.raises(ValueError, match="finding"):
            make_checks(actor=officer, checks=[], mine=bool, at=None, result=CheckResult.NOT_KEPT, done_on=DAY)

    def test_a_receipt_is_for_whoever_asked_and_stays(self, client, officer):
        batch = make_check_batch(make_user(Role.CITY_OFFICER, OFFICE))
        assert client.get(batch.get_absolute_url()).status_code == 404
        own = make_check_batch(officer)
        with acting_for([], actor=officer), forbidden():
            CheckBatch.objects.filter(pk=own.pk).update(note="y")


class ListTests:
    def test_by_where_the_finding_stands(self, client, officer):
        waits, stands, closed = (make_finding(check()) for _ in range(3))
        closing = make_closing(closed)
        with acting_for([closing.workspace_id], actor=officer):
            look_again(stands, actor=officer, state=FindingState.CONFIRMED, reason="x")
            look_again(closing, actor=officer, state=FindingState.CONFIRMED, reason="x")
        found = {}
        for state in ("open", "confirmed", "closed", "dismissed"):
            page = client.get(f"/visas/checks/?state=not_kept&finding={state}").context["shown"].page
            found[state] = [row.pk for row in page]
        assert found == {
            "open": [waits.check_made_id], "confirmed": [stands.check_made_id], "closed": [closed.check_made_id],
            "dismissed": [],
        }  # fmt: skip

    def test_the_number_of_queries_does_not_grow(self, client, officer, django_assert_max_num_queries):
        for _ in range(2):
            check()
        address = "/visas/checks/month/?month=2026-03"
        client.get(address)
        with django_assert_max_num_queries(30) as few:
            client.get(address)
            number = len(few)
        for _ in range(5):
            check()
        client.get(address)
        with django_assert_max_num_queries(number):
            client.get(address)

    def test_a_day_of_another_month_is_no_row_of_this_one(self, client, officer):
        check(due_on=DUE.replace(day=1) - timedelta(days=1))
        assert client.get("/visas/checks/month/?month=2026-03").context["total"] == 0
