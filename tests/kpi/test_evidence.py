from datetime import date

import pytest
from django.db import connection

from centers.models import Role
from centers.scope import set_scope
from centers.selectors import scope_of
from kpi.evidence import FIGURES, Figure, all_evidence, evidence, of_indicator
from kpi.rollup import roll_up
from tests import make
from tests.make import DAY, everywhere


def make_year() -> dict:
    """A few records of every kind; gives the answer of the year."""
    client = make.make_client("52140-office", nationality_id="VN")
    here = make.make_client("52110-c1", person=client.person_id, nationality_id="VN")
    for day in (3, 4, 5):
        make.make_session(client=here, held_on=date(2025, 3, day))
    make.make_session("52140-c1", held_on=date(2025, 7, 1), topic_id="labour")
    make.make_activity()
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
        "2025.night": shelter["bed_nights"],
        "2025.shelter_person": shelter["persons"],
        "2025.dependant_settled": visas["dependants_settled"],
        "2025.seat.pool.e74-2025": answer["quotas"][1]["taken"],
        "2025.visa_person_recommended.indicator.visa-recruitment": answer["indicators"][0]["actual"],
        "2025.programme.indicator.settlement-support": answer["indicators"][1]["actual"],
    }
    splits = {"by_center": "workspace", "by_month": "month", "by_topic": "topic", "by_nationality": "nationality"}
    for split, dimension in splits.items():
        numbers |= {f"2025.session.{dimension}.{code}": count for code, count in counselling[split].items()}
    for code, stages in visas["by_programme"].items():
        numbers |= {f"2025.visa_{stage}.visa_programme.{code}": count for stage, count in stages.items()}
    return numbers


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
        found = {key: len(list(all_evidence(Figure.of(key)))) for key in numbers}
        assert found == numbers

    @pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.SYSTEM_ADMIN])
    def test_without_the_permission_on_figures_there_are_none(self, role):
        make_year()
        set_scope(scope_of(make.make_user(role, "52-office")))
        assert evidence(Figure.of("2025.session")) == []

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


class FigureKeyTests:
    @pytest.mark.parametrize("name", FIGURES)
    def test_a_key_leads_back_to_its_figure(self, name):
        figure = Figure(2025, name, "topic", "labour.wages", date(2025, 6, 30))
        assert Figure.of(figure.key) == figure
        assert Figure.of(Figure(2025, name).key) == Figure(2025, name)

    @pytest.mark.parametrize("key", ["", "2025", "2025.nothing", "2025.session.person_id.7", "2025-0230.session"])
    def test_what_is_no_figure_is_refused(self, key):
        with pytest.raises(ValueError):
            Figure.of(key)

    def test_an_entered_figure_has_no_rows(self):
        assert of_indicator("sister-exchange", 2025) is None
