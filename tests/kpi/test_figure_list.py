"""The rows behind a figure are a list like every other: narrowed, counted and taken out as a file."""

import csv
import io
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from audit.models import Action, AuditEntry
from centers.exports.run import folder, run_export
from centers.exports.sealed import SealedReader
from centers.models import Export, ExportState, Membership, Role
from centers.scope import set_scope
from centers.selectors import scope_of
from kpi.beds import offers
from kpi.evidence import Figure, total
from tests.make import everywhere, make_activity, make_client, make_session, make_user

pytestmark = pytest.mark.django_db
REASON = "실적 검증 자료"


@pytest.fixture
def province(client):
    user = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def sessions():
    """A person counselled in March and in May, at two centres, and once somebody else."""
    person = make_client(nationality_id="VN")
    elsewhere = make_client("52130-c1", person=person.person_id, nationality_id="VN")
    make_session(client=person, held_on=date(2025, 3, 3), minutes=20)
    make_session(client=person, held_on=date(2025, 5, 7), minutes=30)
    make_session(client=elsewhere, held_on=date(2025, 5, 8), minutes=40)
    make_session(held_on=date(2025, 5, 9), minutes=5)
    make_activity(held_on=date(2025, 5, 6), participants=12)


class FilterTests:
    @pytest.mark.parametrize(
        ("asked", "rows", "minutes"),
        [
            ({}, 4, 95),
            ({"month": "2025-05"}, 3, 75),
            ({"workspace": "52130-c1"}, 1, 40),
            ({"month": "2025-05", "workspace": "52110-c1"}, 2, 35),
            ({"programme": "one-centre"}, 4, 95),
            ({"programme": "civil-groups"}, 0, 0),
        ],
    )
    def test_what_is_left_is_counted_and_adds_up(self, province, sessions, asked, rows, minutes):
        page = province.get("/kpi/evidence/2025.minutes/", asked).context
        assert (page["shown"].total.number, len(page["shown"].page), page["listed"]) == (rows, rows, (rows, minutes))
        assert page["figure"] == (4, 95)

    def test_a_person_who_was_counted_in_one_month_is_not_counted_anew_in_another(self, province, sessions):
        """The row of a person is the first one of the year, whatever month is looked at."""
        in_march, in_may = (
            province.get("/kpi/evidence/2025.person/", {"month": month}).context["shown"].total.number
            for month in ("2025-03", "2025-05")
        )
        assert (in_march, in_may) == (1, 0)

    def test_what_is_the_same_for_all_rows_is_not_asked_for(self, province, sessions):
        figure = "2025.session.workspace.52110-c1~month.2025-05"
        shown = province.get(f"/kpi/evidence/{figure}/").context["shown"]
        assert set(shown.form.fields) == {"programme"}
        assert "workspace" not in [heading.column.key for heading in shown.headings]

    def test_nothing_that_a_masked_row_hides_can_be_asked_for(self, province, sessions):
        shown = province.get("/kpi/evidence/2025.session/").context["shown"]
        assert set(shown.form.fields) == {"workspace", "month", "programme"}
        assert [order.name for order in shown.listing.orders] == ["day"]

    def test_beds_are_sorted_and_narrowed_too(self, province):
        page = province.get("/kpi/evidence/2025.offered/", {"sort": "-nights"}).context
        nights = [bed.nights for bed in page["shown"].page]
        assert nights == sorted(nights, reverse=True)
        assert page["figure"].amount == sum(nights) > 0
        narrowed = province.get("/kpi/evidence/2025.offered/", {"workspace": "52110-s1"}).context
        assert narrowed["listed"].number == offers(Figure(2025, "offered", (("workspace", "52110-s1"),))).count()


class ExportTests:
    @pytest.fixture(autouse=True)
    def own_folder(self, settings, tmp_path):
        settings.EXPORT_FOLDER = tmp_path / "exports"

    def ask(self, browser, key: str = "2025.minutes", query: str = ""):
        address = reverse("centers:export_new", args=["figure"]) + f"?figure={key}{query}"
        return browser.post(address, {"format": "csv", "reason": REASON})

    def written(self, user) -> Export:
        with transaction.atomic():
            set_scope(scope_of(user))
            export = Export.objects.get(user=user)
        run_export(export.pk, user.pk)
        with transaction.atomic():
            set_scope(scope_of(user))
            return Export.objects.get(user=user)

    def test_a_file_holds_the_rows_and_masks_what_the_page_masks(self, province, sessions):
        assert self.ask(province, query="&month=2025-05").status_code == 302
        export = self.written(province.user)
        assert (export.state, export.rows_total, export.rows_done) == (ExportState.DONE, 3, 3)
        with SealedReader(folder() / export.file, export.file) as file:
            rows = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))
        assert [row[:2] for row in rows[1:]] == [["2025-05", "가림"]] * 3
        assert sorted(row[4] for row in rows[1:]) == ["52110-c1", "52110-c1", "52130-c1"]
        with transaction.atomic():
            set_scope(scope_of(province.user))
            entry = AuditEntry.objects.get(action=Action.LIST_EXPORTED)
        assert entry.data["filters"] == {"figure": "2025.minutes", "month": "2025-05"}
        assert entry.data["reason"] == REASON

    def test_the_page_leads_to_the_file_of_these_very_rows(self, province, sessions):
        page = province.get("/kpi/evidence/2025.minutes/", {"month": "2025-05"}).content.decode()
        address = "/exports/new/figure/?figure=2025.minutes&amp;month=2025-05"
        assert f'href="{address}"' in page
        assert "상담 · " in province.get(address.replace("&amp;", "&")).content.decode()

    @pytest.mark.parametrize("key", ["nothing", "2025.session.secret.x", "2025.reading.rule.none", ""])
    def test_no_figure_no_file(self, province, key):
        assert self.ask(province, key).status_code == 404

    def test_a_figure_of_others_is_not_taken_out(self, client, sessions):
        client.force_login(make_user(Role.MANAGER, "52110-c1"))
        assert self.ask(client).status_code == 403
        assert self.ask(client, "2025.session.workspace.52110-c1").status_code == 302

    def test_who_reads_the_figure_no_more_gets_no_row(self, province, sessions):
        self.ask(province)
        Membership.objects.filter(user=province.user).update(ends_on=date(2025, 1, 1), starts_on=date(2024, 1, 1))
        export = self.written(province.user)
        assert (export.state, export.problem, export.rows_done) == (ExportState.FAILED, "rights", 0)


def test_the_database_narrows_by_nothing_else():
    with everywhere(), pytest.raises(DatabaseError), transaction.atomic():
        total(Figure.of("2025.session"), {"topic": "labour"})
