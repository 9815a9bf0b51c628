"""The demonstration's years: 2025 as it was published, and this one up to today."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from cases.models import DuplicateCandidate, IdentityRequest, Session, Stay
from centers.models import Membership
from demo import alive, signins
from demo.signins import NOT_RUNNING
from demo.synthetic.strangers import has_strangers
from kpi.rollup import roll_up
from kpi.services.verification import verify
from tests.demo.test_generate import one
from tests.make import everywhere, make_client
from tests.support import as_owner
from visas.models import QuotaPool, VisaCase, Voucher
from workbook.services import import_workbook

CENTRES = Path(__file__).parents[1] / "data" / "centres.xlsx"


@pytest.fixture
def demonstration(committed, settings):
    """As the first start leaves it before this year's records are made."""
    settings.EMBEDDED = True
    assert not import_workbook(CENTRES).refused
    signins.take_one_centre_out()
    signins.make_sign_ins()
    return committed


def answer_of(year: int) -> dict:
    with everywhere():
        return roll_up(year)


class AliveTests:
    def test_this_year_is_made_and_2025_stays_as_it_was(self, demonstration):
        before, today = answer_of(2025), timezone.localdate()
        assert alive.catch_up(alive.first_missing_day())
        assert answer_of(2025) == before
        assert alive.first_missing_day() is None
        with everywhere():
            assert not verify().differences
            self.look_at_the_landing_pages(today)
            asked = IdentityRequest.objects.filter(workspace__code="52110-c1")
            assert sorted(asked.values_list("answer", flat=True)) == ["open", "same"]
        with as_owner(demonstration) as owner:
            assert one(owner, "SELECT count(*) FROM cases_sessiontemplate WHERE owner_id IS NULL") == 2
            for what in (
                "cases_deadline WHERE done_on IS NULL AND due_on >= wall.today()",
                "cases_deadline WHERE done_on IS NULL AND due_on < wall.today()",
                "cases_sessionclient",
                "cases_session WHERE note LIKE '%집단교육%' AND clients > 10",
                "cases_attachment",
                "cases_putoff WHERE session_id IS NULL",
                "cases_putoff WHERE session_id IS NOT NULL",
                "cases_sessiontemplate WHERE owner_id IS NOT NULL",
            ):
                assert one(owner, f"SELECT count(*) FROM {what}") > 0, what
            assert not has_strangers(owner)
            at_work = "cases_employment e JOIN cases_client c ON c.id = e.client_id"
            assert one(owner, f"SELECT count(*) FROM {at_work}") > 0
            assert one(owner, f"SELECT count(*) FROM {at_work} WHERE c.status_id IN ('D-2', 'D-4')") == 0
            paid = "visas_voucher v JOIN centers_workspace w ON w.id = v.workspace_id WHERE v.paid_on >= %s"
            nobody = "AND (v.registered_by_file = '' OR v.approved_by_id IS NULL AND w.code = '52140-office')"
            assert one(owner, f"SELECT count(*) FROM {paid} {nobody}", date(today.year, 1, 1)) == 0
            closed = "SELECT id FROM centers_workspace WHERE code = %s"
            assert one(owner, f"SELECT count(*) FROM cases_client WHERE workspace_id = ({closed})", NOT_RUNNING) == 0

    def look_at_the_landing_pages(self, today: date):
        """Something to show for everybody who can sign in; the manager's two centres show the way between them."""
        places = Membership.objects.filter(user__username="manager").values_list("workspace__code", flat=True)
        assert sorted(places) == ["52110-c1", "52130-c1"]
        mine = Session.objects.filter(counsellor__username="counsellor", workspace__code="52110-c1")
        assert mine.filter(held_on=today).count() >= 6
        assert DuplicateCandidate.objects.filter(state="open").exists()
        if today < date(today.year, 2, 1):
            return  # the year is too young for the rest
        assert Session.objects.filter(follow_up_on__gte=today).exists()
        assert Stay.objects.filter(checked_in_on__lte=today, checked_out_on=None).count() >= 3
        here = VisaCase.objects.filter(workspace__code="52140-office", received_on__year=today.year)
        assert here.filter(recommended_on=None, ineligible_on=None, withdrawn_on=None).exists()
        assert VisaCase.objects.filter(workspace__code="jbnu", received_on__year=today.year).exists()
        assert QuotaPool.objects.get(pk="d2-2025-2026").taken <= 670
        assert Voucher.objects.filter(applied_on__year=today.year).exists()

    def test_on_a_holiday_only_those_who_sign_in_have_sessions(self, demonstration, monkeypatch):
        monkeypatch.setattr("demo.synthetic.calendar.open_days", lambda *span: [])
        assert alive.catch_up(timezone.localdate())
        with as_owner(demonstration) as owner:
            assert one(owner, "SELECT count(*) FROM cases_session WHERE held_on = wall.today()") == 6

    def test_a_later_start_makes_the_days_between(self, demonstration):
        alive.catch_up(alive.first_missing_day())
        with as_owner(demonstration) as owner:  # as if the days since had not been worked on
            since = timezone.localdate() - timedelta(days=10)
            kept = one(owner, "SELECT count(*) FROM cases_session WHERE held_on <= %s", since)
            for table in (
                "cases_putoff",
                "cases_followupanswer",
                "cases_deadline",
                "cases_attachmentcontent",
                "cases_attachment",
                "cases_sessionclient",
            ):
                owner.execute(f"DELETE FROM {table}")
            owner.execute("DELETE FROM cases_session WHERE held_on > %s", [since])
        first = alive.first_missing_day()
        assert first and first > since - timedelta(days=5)
        assert alive.catch_up(first)
        with as_owner(demonstration) as owner:
            assert one(owner, "SELECT count(*) FROM cases_session WHERE held_on <= %s", since) == kept
            assert one(owner, "SELECT count(*) FROM cases_session WHERE held_on > %s", since) > 100
        assert not verify().differences

    def test_beside_people_whom_somebody_typed_nothing_is_made(self, demonstration):
        make_client("52110-c1", name="SOMEBODY ELSE")
        assert not alive.catch_up(alive.first_missing_day())

    def test_nobody_has_been_in_the_shelter_for_longer_than_a_month(self, demonstration):
        alive.catch_up(alive.first_missing_day())
        with as_owner(demonstration) as owner:
            here = "SELECT max(wall.today() - checked_in_on) FROM cases_stay WHERE checked_out_on IS NULL"
            assert (one(owner, here) or 0) <= 31
