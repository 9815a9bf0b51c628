from datetime import date

import pytest
from django.db import connection

from centers.models import Role
from centers.scope import set_scope
from centers.selectors import scope_of
from kpi.evidence import NAMES, OFFERED, READING, SEATS, Figure, all_evidence, evidence, total
from kpi.meanings import sentence_of
from kpi.models import CountingRule, Indicator
from kpi.models.indicator import ENTERED
from kpi.rollup import readings_of, roll_up
from kpi.rows import title_of
from tests import make
from tests.make import DAY, everywhere
from visas.models import VisaCase, VisaProgramme
from visas.quotas import held


def make_year() -> dict:
    """A few records of every kind; gives the answer of the year."""
    client = make.make_client("52140-office", nationality_id="VN")
    here = make.make_client("52110-c1", person=client.person_id, nationality_id="VN")
    for day in (3, 4, 5):
        make.make_session(client=here, held_on=date(2025, 3, day), clients=2, minutes=15)
    make.make_session("52140-c1", held_on=date(2025, 7, 1), topic_id="labour")
    make.make_activity(participants=12)
    make.make_visa_case(client=client, recommended_on=DAY, granted_on=DAY)
    make.make_visa_case("D-2", "jbnu", recommended_on=DAY)
    make.make_voucher(client=client, paid_on=DAY)
    make.make_stay(checked_out_on=date(2025, 3, 8))
    make.make_dependant(client, settled_on=DAY)
    with everywhere():
        return roll_up(2025)


def expected(answer: dict) -> dict[str, int]:
    """Figures by their keys."""
    counselling, visas, shelter = answer["counselling"], answer["visas"], answer["shelter"]
    numbers = {
        "2025.session": counselling["sessions"],
        "2025.person": counselling["unique_persons"],
        "2025.session.identity.anonymous": counselling["anonymous_sessions"],
        "2025.voucher": answer["vouchers"]["paid"],
        "2025.stay": shelter["stays"],
        "2025.shelter_person": shelter["persons"],
        "2025.dependant_settled": visas["dependants_settled"],
        "2025.seat.pool.e74-2025": answer["quotas"][1]["taken"],
        "2025.reading.rule.recommended-persons": answer["indicators"][0]["actual"],
        "2025.reading.rule.programmes-carried-out": answer["indicators"][1]["actual"],
    }
    splits = {"by_center": "workspace", "by_month": "month", "by_topic": "topic", "by_nationality": "nationality"}
    for split, dimension in splits.items():
        numbers |= {f"2025.session.{dimension}.{code}": count for code, count in counselling[split].items()}
    for code, stages in visas["by_programme"].items():
        numbers |= {f"2025.visa_{stage}.visa_programme.{code}": count for stage, count in stages.items()}
    return numbers


def expected_sums(answer: dict) -> dict[str, int]:
    """Figures that rows add up to."""
    counselling, vouchers = answer["counselling"], answer["vouchers"]
    return {
        "2025.clients": counselling["client_visits"],
        "2025.minutes": counselling["minutes"],
        "2025.participants": sum(programme["participants"] for programme in answer["programmes"]),
        "2025.won": vouchers["won"],
        "2025.province_won": vouchers["province_won"],
        "2025.municipality_won.municipality.52140": vouchers["by_municipality"]["52140"]["municipality_won"],
        "2025.night": answer["shelter"]["bed_nights"],
    }


READERS = [
    (Role.PROVINCE_STAFF, "52-office"), (Role.COUNSELLOR, "52110-c1"), (Role.MANAGER, "52140-c1"),
    (Role.CITY_OFFICER, "52140-office"), (Role.SHELTER_OPERATOR, "52110-s1"), (Role.UNIVERSITY_COORDINATOR, "jbnu"),
]  # fmt: skip


@pytest.mark.django_db
class EvidenceTests:
    @pytest.mark.parametrize(("role", "at"), READERS)
    def test_there_are_as_many_rows_as_the_figure_says_for_every_role(self, role, at):
        numbers = expected(make_year())
        set_scope(scope_of(make.make_user(role, at)))
        assert {key: len(list(all_evidence(Figure.of(key)))) for key in numbers} == numbers
        assert {key: total(Figure.of(key)).number for key in numbers} == numbers

    @pytest.mark.parametrize(("role", "at"), READERS)
    def test_sums_are_the_same_for_every_role_and_a_masked_row_does_not_tell_its_part(self, role, at):
        sums = expected_sums(make_year())
        assert all(sums.values())
        set_scope(scope_of(make.make_user(role, at)))
        assert {key: total(Figure.of(key)).amount for key in sums} == sums
        for key in sums:
            rows = list(all_evidence(Figure.of(key)))
            assert len(rows) == total(Figure.of(key)).number
            assert all((row.amount is None) == (row.source_id is None) == (row.happened_on is None) for row in rows)

    def test_what_rows_add_up_to_is_the_sum(self):
        sums = expected_sums(make_year())
        with everywhere():
            assert {key: sum(row.amount for row in all_evidence(Figure.of(key))) for key in sums} == sums

    @pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.SYSTEM_ADMIN])
    def test_without_the_permission_on_figures_there_are_none(self, role):
        make_year()
        set_scope(scope_of(make.make_user(role, "52-office")))
        assert evidence(Figure.of("2025.session")) == []
        assert total(Figure.of("2025.session")) == (0, 0)

    def test_a_row_leads_to_its_record_only_for_who_may_open_it(self):
        make_year()
        counsellor, province = (
            make.make_user(Role.COUNSELLOR, "52110-c1"),
            make.make_user(Role.PROVINCE_STAFF, "52-office"),
        )
        set_scope(scope_of(counsellor))
        rows = list(all_evidence(Figure.of("2025.session")))
        opened = {row.workspace_id for row in rows if row.source_id}
        assert opened == {make.place("52110-c1").pk}
        # The visa case of an own client is read wherever it is kept; that of a stranger is not.
        cases = list(all_evidence(Figure.of("2025.visa_recommended")))
        assert sorted(row.source_id is None for row in cases) == [False, True]
        set_scope(scope_of(province))
        assert all(row.source_id is None for row in all_evidence(Figure.of("2025.session")))
        assert all(row.source_id for row in all_evidence(Figure.of("2025.visa_recommended")))

    def test_a_masked_row_shows_no_more_than_the_month(self):
        make_year()
        set_scope(scope_of(make.make_user(Role.PROVINCE_STAFF, "52-office")))
        for row in all_evidence(Figure.of("2025.session")):
            assert (row.month.day, row.source_id, len(row.token)) == (1, None, 17)

    def test_pages_meet_without_a_gap(self):
        make_year()
        with everywhere():
            whole = list(all_evidence(Figure.of("2025.session")))
            first = evidence(Figure.of("2025.session"), limit=2)
            second = evidence(Figure.of("2025.session"), limit=2, after=first[-1].token)
        assert [*first, *second] == whole
        assert len({row.token for row in whole}) == 4
        assert [row.month.month for row in whole] == [7, 3, 3, 3]

    def test_a_day_cuts_the_evidence_as_it_cuts_the_figure(self):
        make_year()
        with everywhere():
            assert len(evidence(Figure.of("2025-0304.session"))) == 2

    def test_the_application_cannot_lift_the_veil_by_itself(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_function_privilege('wall.veil(bigint, text, boolean)', 'EXECUTE')")
            assert cursor.fetchone() == (False,)


@pytest.mark.django_db
class ReadingTests:
    """Every rule has as many rows behind it as it counts, in every kind of record and on days that cut."""

    @pytest.fixture
    def records(self):
        make_year()
        make.make_stay(bed_code="2", checked_in_on=date(2025, 3, 30), checked_out_on=date(2025, 4, 2))
        make.make_activity("one-centre", "52130-c1", held_on=date(2025, 5, 6), approved_on=DAY, evidence="공문")
        reported = {"approved_on": DAY, "reported_on": DAY, "evidence": "공문"}
        make.make_activity("worker-settlement", "52-c1", held_on=date(2025, 8, 2), **reported)
        make.make_visa_case("F-2-R", "52180-office", recommended_on=DAY, withdrawn_on=date(2025, 6, 1))
        make.make_visa_case("F-2-R", "52180-office", recommended_on=DAY, granted_on=DAY, settled_on=date(2025, 9, 1))

    @pytest.mark.parametrize("as_of", [None, date(2025, 5, 31), date(2025, 3, 31), date(2025, 1, 1)])
    def test_each_reading_has_as_many_rows_as_it_counts(self, records, as_of):
        self.compare(as_of)

    def test_also_with_another_minimum_and_another_unit(self, records):
        for rule in CountingRule.objects.filter(indicator="settlement-support"):
            changed = {"minimum": 2} if "minimum" in rule.parameters else {"session_unit": "client"}
            CountingRule.objects.filter(pk=rule.pk).update(parameters=rule.parameters | changed)
        self.compare(None)

    def compare(self, as_of: date | None):
        with everywhere():
            readings = [
                row for indicator in Indicator.objects.all() for row in readings_of(indicator, 2025, as_of=as_of)
            ]
        counted = {row["rule"]: row["actual"] for row in readings if row["counting_rule"].reading != ENTERED}
        set_scope(scope_of(make.make_user(Role.PROVINCE_STAFF, "52-office")))
        found = {}
        for code in counted:
            figure = Figure(2025, READING, (("rule", code),), as_of)
            assert len(list(all_evidence(figure))) == total(figure).number
            found[code] = total(figure).amount
        assert found == counted
        assert len(counted) == 12


class FigureKeyTests:
    @pytest.mark.parametrize("name", sorted(NAMES))
    def test_a_key_leads_back_to_its_figure(self, name):
        where = {READING: ("rule", "granted-persons"), OFFERED: ("workspace", "52110-s1")}
        where |= dict.fromkeys(SEATS, ("pool", "e74-2025"))
        figure = Figure(2025, name, (where.get(name, ("topic", "labour.wages")),), date(2025, 6, 30))
        assert Figure.of(figure.key) == figure

    def test_a_key_names_two_conditions(self):
        figure = Figure(2025, "session").at("workspace", "52110-c1").at("month", "2025-03")
        assert figure.key == "2025.session.workspace.52110-c1~month.2025-03"
        assert Figure.of(figure.key) == figure

    def test_a_key_leaves_a_language_out_in_one_workspace(self):
        figure = Figure(2025, "session").at("workspace", "52110-c1").at("language", "-ko")
        assert figure.key == "2025.session.workspace.52110-c1~language.-ko"
        assert Figure.of(figure.key) == figure

    @pytest.mark.django_db
    def test_all_languages_but_one_and_that_one_are_all(self):
        for language, number in {"ko": 1, "vi": 2, "ne": 3}.items():
            for _ in range(number):
                make.make_session(language_id=language, held_on=DAY)
        make.make_session("52130-c1", language_id="vi", held_on=DAY)
        with everywhere():
            here = Figure(2025, "session").at("workspace", "52110-c1")
            assert total(here.at("language", "-ko")).number == 5
            assert total(here.at("language", "ko")).number == 1
            assert total(Figure(2025, "session").at("language", "-vi")).number == 4

    @pytest.mark.django_db
    def test_a_language_that_is_left_out_is_said(self):
        assert title_of(Figure(2025, "session").at("language", "-ko")) == "상담 · 상담 건수 · 그 밖(한국어 제외)"

    @pytest.mark.parametrize("name", sorted(NAMES - {READING}))
    def test_every_figure_says_what_it_counts(self, name):
        assert sentence_of(Figure(2025, name))

    @pytest.mark.parametrize(
        "key",
        [
            "2025.session.topic.-labour", "2025.session.language.-", "2025.session.language.vi~topic.labour",
            "2025.session.language.vi~month.2025-03", "", "2025", "2025.nothing", "2025.session.person_id.7",
            "2025-0230.session", "2025.seat.topic.labour", "2025.session.topic", "2025.session.month.2025-13",
            "2025.session.topic.a~topic.b", "2025.reading", "2025.session.pool.e74-2025", "2025.offered.topic.labour",
        ],
    )  # fmt: skip
    def test_what_is_no_figure_is_refused(self, key):
        with pytest.raises(ValueError):
            Figure.of(key)

    @pytest.mark.django_db
    @pytest.mark.parametrize("rule", ["entered-figure", "no-such-rule"])
    def test_a_rule_without_records_has_no_rows(self, rule):
        with pytest.raises(ValueError):
            total(Figure(2025, READING, (("rule", rule),)))


@pytest.mark.django_db
class SeatTests:
    @pytest.mark.parametrize(("taken_at", "number"), [("reception", 4), ("recommendation", 3), ("permit", 1)])
    def test_a_place_counts_from_the_day_that_the_programme_says(self, taken_at, number):
        VisaProgramme.objects.filter(pk="E-7-4R").update(seat_taken_at=taken_at)
        later = date(2025, 3, 20)
        make.make_visa_case(received_on=DAY)
        make.make_visa_case(received_on=DAY, recommended_on=DAY, granted_on=DAY)
        make.make_visa_case(received_on=DAY, recommended_on=DAY, granted_on=later)
        make.make_visa_case(received_on=DAY, recommended_on=DAY)
        with everywhere():
            pool = next(row for row in roll_up(2025, as_of=date(2025, 3, 15))["quotas"] if row["code"] == "e74-2025")
            assert pool["taken"] == total(Figure.of("2025-0315.seat.pool.e74-2025")).number == number
            assert held(VisaCase.objects.filter(pool="e74-2025"), date(2025, 3, 15)).count() == number
