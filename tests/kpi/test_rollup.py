from datetime import date

import pytest
from django.db import connection

from cases.models import Client, Session
from centers.models import Role
from centers.scope import acting_for, set_scope
from centers.selectors import scope_of
from kpi.models import Indicator, ManualFigure
from kpi.numbers import percent, rounded
from kpi.rollup import UnknownRule, readings_of, roll_up
from tests import make
from tests.make import DAY, everywhere


def rolled_up(year: int = 2025, **options) -> dict:
    with everywhere():
        return roll_up(year, **options)


def indicator(answer: dict, code: str) -> dict:
    return next(row for row in answer["indicators"] if row["code"] == code)


@pytest.mark.django_db
class RollUpTests:
    def test_a_year_without_records_gives_zeroes_and_no_targets(self):
        answer = rolled_up(1999)
        assert answer["as_of"] == "1999-12-31"
        assert answer["counselling"]["sessions"] == answer["shelter"]["capacity_nights"] == 0
        assert answer["shelter"]["occupancy_percent"] == 0.0
        assert answer["quotas"] == []
        assert [row["target"] for row in answer["indicators"]] == [None, None, None]
        assert (answer["total_score"], answer["weight_evaluated"], answer["complete"]) == (0.0, 0, False)
        assert answer["centres"] == {"designated": 14, "operating": 0}

    def test_counts_sessions_by_every_split(self):
        vietnamese = make.make_client("52140-c1", nationality_id="VN")
        make.make_session(client=vietnamese, minutes=30, nationality_id="CN")
        make.make_session(client=vietnamese, held_on=date(2025, 4, 1), channel_id="phone")
        make.make_session("52110-c1", clients=5, nationality_id="CN", language_id="zh")
        make.make_session("52110-c1", held_on=date(2026, 1, 1))
        counselling = rolled_up()["counselling"]
        assert counselling["sessions"] == 3
        assert counselling["client_visits"] == 7
        assert counselling["anonymous_sessions"] == 1
        assert counselling["unique_persons"] == 1
        assert counselling["minutes"] == 30
        assert counselling["by_center"] == {"52110-c1": 1, "52140-c1": 2}
        assert counselling["by_month"] == {"2025-03": 2, "2025-04": 1}
        assert counselling["by_nationality"] == {"CN": 1, "VN": 2}
        assert counselling["by_channel"] == {"phone": 1, "visit": 2}

    def test_a_day_inside_a_month_cuts_it_and_its_persons(self):
        client = make.make_client("52140-c1")
        for day in (date(2025, 2, 10), date(2025, 3, 14), date(2025, 3, 15), date(2025, 3, 16)):
            make.make_session(client=client if day.month == 2 else make.make_client("52140-c1"), held_on=day)
        at = {day: rolled_up(as_of=date(2025, 3, day))["counselling"] for day in (13, 14, 15, 31)}
        assert [figures["sessions"] for figures in at.values()] == [1, 2, 3, 4]
        assert [figures["unique_persons"] for figures in at.values()] == [1, 2, 3, 4]

    def test_one_person_in_two_centres_is_one_person(self):
        one = make.make_client("52140-c1")
        other = make.make_client("52110-c1", person=one.person_id)
        make.make_session(client=one)
        make.make_session(client=other)
        assert rolled_up()["counselling"]["unique_persons"] == 1

    def test_a_voided_session_does_not_count(self):
        session = make.make_session("52110-c1")
        assert rolled_up()["counselling"]["sessions"] == 1
        with everywhere():
            Session.objects.filter(pk=session.pk).update(voided_at="2025-04-01T00:00Z")
        assert rolled_up()["counselling"]["sessions"] == 0

    def test_the_kept_answer_gives_way_to_every_change(self):
        client = make.make_client("52140-c1", nationality_id="VN")
        make.make_session(client=client)
        assert rolled_up() == rolled_up()
        with everywhere():
            Client.objects.filter(pk=client.pk).update(nationality_id="CN")
        assert rolled_up()["counselling"]["by_nationality"] == {"CN": 1}
        stay = make.make_stay(checked_in_on=DAY, checked_out_on=date(2025, 3, 10))
        assert rolled_up()["shelter"]["bed_nights"] == 7
        make.make_leave(stay, date(2025, 3, 5), date(2025, 3, 7))
        assert rolled_up()["shelter"]["bed_nights"] == 5
        case = make.make_visa_case(recommended_on=DAY)
        assert rolled_up()["quotas"][1]["taken"] == 1
        with everywhere():
            type(case).objects.filter(pk=case.pk).update(withdrawn_on=date(2025, 5, 1))
        assert rolled_up()["quotas"][1]["taken"] == 0
        user = make.make_user(Role.PROVINCE_STAFF, "52-office")
        ManualFigure.objects.create(
            indicator_id="sister-exchange", year=2025, value="23.5", evidence="공문 1", entered_by=user
        )
        assert indicator(rolled_up(), "sister-exchange")["actual"] == 23.5

    def test_shares_are_rounded_voucher_by_voucher(self):
        for _number in range(3):
            make.make_voucher("52140", paid_on=DAY, amount_won=333_333)
        vouchers = rolled_up()["vouchers"]
        assert vouchers["province_won"] == 3 * 99_999
        assert vouchers["municipality_won"] == 3 * (333_333 - 99_999)
        assert vouchers["by_municipality"]["52140"]["won"] == 999_999

    def test_visas_stand_under_programme_municipality_and_university(self):
        make.make_visa_case(municipality_id="52140", recommended_on=DAY, granted_on=DAY)
        make.make_visa_case("D-2", "jbnu", recommended_on=DAY)
        visas = rolled_up()["visas"]
        assert (visas["received"], visas["recommended"], visas["granted"]) == (2, 2, 1)
        assert sorted(visas["by_programme"]) == ["D-2", "E-7-4R"]
        assert sorted(visas["by_municipality"]) == ["52", "52140"]
        assert visas["by_university"] == {"전북대학교": {"received": 1, "recommended": 1, "granted": 0, "settled": 0}}

    def test_dependants_are_distinct_persons(self):
        principal = make.make_client("52140-office")
        make.make_visa_case(client=principal, recommended_on=DAY, granted_on=DAY)
        child = make.make_dependant(principal, relation="child", settled_on=DAY)
        again = make.make_client("52110-c1", person=principal.person_id)
        make.make_dependant(again, client=make.make_client("52110-c1", person=child.person_id), settled_on=DAY)
        assert rolled_up()["visas"]["dependants_settled"] == 1

    def test_a_rule_replaces_the_default_of_its_own_indicator_alone(self):
        make.make_activity("civil-groups", approved_on=DAY, evidence="공문")
        make.make_activity("civil-groups")
        make.make_activity("overseas-koreans", approved_on=DAY, evidence="공문")
        default, chosen = rolled_up(), rolled_up(rule="activities-and-sessions")
        assert indicator(default, "settlement-support")["actual"] == 1
        assert indicator(chosen, "settlement-support") | {"actual": 2} == indicator(chosen, "settlement-support")
        assert indicator(chosen, "visa-recruitment") == indicator(default, "visa-recruitment")
        with pytest.raises(UnknownRule, match="recommended-persons"):
            rolled_up(rule="none-such")

    def test_every_reading_stands_beside_the_default(self):
        make.make_session("52110-c1", programme_id="one-centre")
        make.make_session("52140-c1", programme_id="one-centre", held_on=date(2025, 7, 1))
        make.make_stay(checked_in_on=date(2024, 12, 30), checked_out_on=date(2025, 1, 5))
        with everywhere():
            readings = readings_of(Indicator.objects.get(pk="settlement-support"), 2025)
        given = {row["rule"]: row["actual"] for row in readings}
        assert readings[0]["counting_rule"].default
        assert given["programmes-carried-out"] == 2
        assert given["programmes-by-municipality"] == 3
        assert given["programmes-by-quarter"] == 3
        assert given["activities-and-sessions"] == 2
        assert given["activities-approved"] == given["programmes-reported"] == 0
        assert given["programmes-other-set"] == 2

    def test_refuses_a_scope_of_less_than_the_province(self):
        with acting_for([make.place().pk]), pytest.raises(RuntimeError, match="whole province"):
            roll_up(2025)

    def test_a_kept_answer_is_read_with_the_figures_of_the_province(self):
        make.make_session("52110-c1")
        answer = rolled_up()
        province, counsellor = make.make_user(Role.PROVINCE_STAFF, "52-office"), make.make_user(Role.COUNSELLOR)
        set_scope(scope_of(province))
        assert roll_up(2025) == answer
        set_scope(scope_of(counsellor))
        with pytest.raises(RuntimeError):
            roll_up(2025)


@pytest.mark.django_db
class SummaryWallTests:
    def test_a_centre_reads_its_own_months_and_writes_none(self):
        make.make_session("52110-c1")
        make.make_session("52140-c1")
        rolled_up()
        set_scope(scope_of(make.make_user(Role.MANAGER, "52110-c1")))
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT workspace_id FROM kpi_monthlyactivity")
            assert cursor.fetchall() == [(make.place("52110-c1").pk,)]

    def test_nobody_but_the_recount_writes_summary_or_marks(self):
        with everywhere(), connection.cursor() as cursor:
            for table in ("kpi_monthlyactivity", "kpi_monthlyperson", "kpi_dirtymonth"):
                for right in ("INSERT", "UPDATE", "DELETE"):
                    cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
                    assert cursor.fetchone() == (False,), (table, right)


class NumberTests:
    def test_halves_go_up(self):
        from decimal import Decimal

        assert rounded(Decimal("0.25"), "0.1") == 0.3
        assert rounded(Decimal("2.675"), "0.01") == 2.68
        assert percent(1, 800) == 0.1
        assert (percent(3, None), percent(3, 0)) == (None, 0.0)
