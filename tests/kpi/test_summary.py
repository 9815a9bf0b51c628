"""Whatever is done to the records, in any order: the summary equals a recount once the marks are drained."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Client, Session, Stay
from kpi.models import DirtyMonth, MonthlyActivity
from kpi.services.summary import drain, recount_marked
from kpi.services.verification import verify
from kpi.tasks import recount_marked_months, recount_month
from tests import databases, make
from tests.make import everywhere
from visas.models import VisaCase, Voucher

PLACES = ["52110-c1", "52140-c1"]
DAYS = [date(2025, 1, 31), date(2025, 2, 1), date(2025, 2, 28), date(2025, 12, 31), date(2026, 1, 1)]
NATIONS = [None, "VN", "CN"]

place = st.sampled_from(PLACES)
day = st.sampled_from(DAYS)
nation = st.sampled_from(NATIONS)
which = st.integers(0, 5)
step = st.one_of(
    st.tuples(st.just("client"), place, nation),
    st.tuples(st.just("session"), place, day, st.one_of(st.none(), which), nation),
    st.tuples(st.just("move"), which, day),
    st.tuples(st.just("change"), which, st.sampled_from(["visit", "phone"]), st.integers(1, 9)),
    st.tuples(st.just("void"), which, st.booleans()),
    st.tuples(st.just("nation"), which, nation),
    st.tuples(st.just("join"), which, which),
    st.tuples(st.just("part"), which),
    st.tuples(st.just("merge"), which, which),
    st.tuples(st.just("visa"), which, day, st.booleans()),
    st.tuples(st.just("voucher"), which, day),
    st.tuples(st.just("activity"), place, day),
    st.tuples(st.just("drain")),
)


class World:
    """The records of one run, changed step by step; a step that is refused or finds nothing does nothing."""

    def __init__(self):
        self.clients, self.sessions, self.joins = [], [], []

    def take(self, action: str, *arguments) -> None:
        try:
            with transaction.atomic():
                getattr(self, action)(*arguments)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError:
            pass  # a rule of the records refused the step

    def client(self, at, nationality):
        self.clients.append(make.make_client(at, nationality_id=nationality))

    def session(self, at, held_on, number, nationality):
        client = self._of(self.clients, number) if number is not None else None
        self.sessions.append(
            make.make_session(at, client=client, held_on=held_on, nationality_id=nationality, minutes=10)
        )

    def move(self, number, held_on):
        self._change(number, held_on=held_on)

    def change(self, number, channel, clients):
        self._change(number, channel_id=channel, clients=clients)

    def void(self, number, voided):
        self._change(number, voided_at=datetime(2026, 1, 2, tzinfo=UTC) if voided else None)

    def nation(self, number, nationality):
        if client := self._of(self.clients, number):
            Client.objects.filter(pk=client.pk).update(nationality_id=nationality)

    def join(self, one, other):
        kept, absorbed = self._person(one), self._person(other)
        if kept and absorbed and kept != absorbed:
            self.joins.append(self._call("wall.join_persons(%s, %s)", kept, absorbed))

    def part(self, number):
        if join := self._of(self.joins, number):
            self.joins.remove(join)
            self._call("wall.part_persons(%s)", join)

    def merge(self, one, other):
        """Two files of a workspace made one: the sessions of one hang on the other."""
        kept, absorbed = self._of(self.clients, one), self._of(self.clients, other)
        if kept and kept.pk != absorbed.pk and kept.workspace_id == absorbed.workspace_id:
            person = Client.objects.get(pk=kept.pk).person_id
            Session.objects.filter(client=absorbed).update(client=kept, person_id=person)
            Client.objects.filter(pk=absorbed.pk).update(merged_into=kept)

    def visa(self, number, received_on, granted):
        if client := self._fresh(number):
            dates = {"recommended_on": received_on, "granted_on": received_on} if granted else {}
            make.make_visa_case(client=client, received_on=received_on, **dates)

    def voucher(self, number, applied_on):
        if client := self._fresh(number):
            make.make_voucher("52140", client=client, applied_on=applied_on, paid_on=applied_on)

    def activity(self, at, held_on):
        make.make_activity("one-centre", at, held_on=held_on, participants=4)

    def drain(self):
        drain(wait=True)

    def _change(self, number, **values):
        if session := self._of(self.sessions, number):
            Session.objects.filter(pk=session.pk).update(**values)

    def _of(self, rows, number):
        return rows[number % len(rows)] if rows else None

    def _fresh(self, number):
        client = self._of(self.clients, number)
        return client and Client.objects.get(pk=client.pk)

    def _person(self, number):
        client = self._fresh(number)
        return client and client.person_id

    def _call(self, function, *arguments):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}", arguments)
            return cursor.fetchone()[0]


@pytest.mark.django_db
class SummaryTests:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(steps=st.lists(step, min_size=4, max_size=25))
    def test_equals_a_recount_after_any_sequence_of_changes(self, steps):
        with transaction.atomic():
            with everywhere():
                world = World()
                for action, *arguments in steps:
                    world.take(action, *arguments)
                drain(wait=True)
                result = verify()
                assert result.differences == []
                assert result.pending == []
            transaction.set_rollback(True)

    def test_counts_each_kind_of_record_once(self):
        client = make.make_client("52140-office")
        make.make_session("52110-c1")
        make.make_activity()
        make.make_visa_case(client=client, recommended_on=make.DAY, granted_on=make.DAY)
        make.make_voucher(client=client, paid_on=make.DAY)
        make.make_dependant(client, settled_on=make.DAY)
        with everywhere():
            drain(wait=True)
            kinds = set(MonthlyActivity.objects.filter(dimension="", records=1).values_list("kind", flat=True))
        assert kinds == {
            "session", "activity", "visa_received", "visa_recommended", "visa_granted", "voucher_paid",
            "dependant_settled",
        }  # fmt: skip

    def test_verify_lists_marked_months_and_compares_the_rest(self):
        make.make_session("52110-c1", held_on=date(2025, 5, 5))
        result = verify()
        assert (result.pending, result.differences) == (["52110-c1 2025-05"], [])


@pytest.mark.django_db
class MarkTests:
    def test_a_change_of_nothing_marks_nothing(self):
        session = make.make_session("52110-c1")
        with everywhere():
            drain(wait=True)
            Session.objects.filter(pk=session.pk).update(minutes=None)
        assert not DirtyMonth.objects.exists()

    def test_both_months_of_a_moved_session_are_marked(self):
        session = make.make_session("52110-c1", held_on=date(2025, 3, 3))
        with everywhere():
            drain(wait=True)
            Session.objects.filter(pk=session.pk).update(held_on=date(2025, 7, 3))
        assert {mark.month for mark in DirtyMonth.objects.all()} == {date(2025, 3, 1), date(2025, 7, 1)}

    def test_every_date_of_a_visa_case_marks_its_month(self):
        make.make_visa_case(received_on=date(2025, 1, 5), recommended_on=date(2025, 2, 5), granted_on=date(2025, 3, 5))
        months = {mark.month.month for mark in DirtyMonth.objects.exclude(workspace_id=0)}
        assert months == {1, 2, 3}

    def test_stays_leaves_and_reference_data_void_the_kept_answer(self):
        with everywhere():
            drain(wait=True)
            stay = make.make_stay()
            assert DirtyMonth.objects.count() == 1
            Stay.objects.filter(pk=stay.pk).update(checked_out_on=date(2025, 3, 9))
            assert DirtyMonth.objects.count() == 2

    def test_vouchers_mark_when_paid(self):
        voucher = make.make_voucher()
        with everywhere():
            drain(wait=True)
            Voucher.objects.filter(pk=voucher.pk).update(paid_on=make.DAY)
        assert DirtyMonth.objects.filter(month=date(2025, 3, 1)).exists()

    def test_sharing_a_case_leaves_the_counts_alone(self):
        case = make.make_visa_case()
        with everywhere():
            drain(wait=True)
            before = MonthlyActivity.objects.count()
            make.make_client("52110-c1", person=case.person_id)
            drain(wait=True)
            assert VisaCase.objects.get(pk=case.pk).shared_with
            assert MonthlyActivity.objects.count() == before


@pytest.mark.django_db
class TaskTests:
    def test_the_sweep_counts_what_is_marked_without_entering_the_province(self):
        from audit.models import Action, AuditEntry

        make.make_session("52110-c1")
        entries = AuditEntry.objects.filter(action=Action.PROVINCE_ENTERED).count
        before = entries()
        recount_marked_months()
        assert not DirtyMonth.objects.exists()
        assert recount_marked() == 0
        assert entries() == before

    def test_without_a_scope_nothing_is_counted_and_the_log_says_so(self, caplog):
        make.make_session("52110-c1")
        marks = DirtyMonth.objects.count()
        assert drain(wait=True)[0] == 0
        assert DirtyMonth.objects.count() == marks
        assert "ran without a scope" in caplog.text


@pytest.fixture
def owner(committed):
    """Runs a statement as the database's owner, who alone can write a wrong summary."""

    def run(sql: str) -> None:
        with psycopg.connect(databases.url(committed, owner=True), autocommit=True) as connection:
            connection.execute(sql)

    return run


class TamperedTests:
    def test_verify_sees_a_wrong_summary_and_leaves_it(self, owner):
        make.make_session("52110-c1", client=make.make_client("52110-c1"))
        with everywhere():
            drain(wait=True)
        assert verify().differences == []
        owner("UPDATE kpi_monthlyactivity SET records = 2 WHERE dimension = 'language'")
        owner("DELETE FROM kpi_monthlyperson")
        assert len(verify().differences) == 2
        assert len(verify().differences) == 2

    def test_verify_lists_a_quota_overdrawn_on_a_past_day_without_failing(self, owner):
        owner(
            'INSERT INTO visas_quotapool (code, name, aliases, "order", starts_on, ends_on) '
            "VALUES ('f4r', 'f4r', '{}', 9, '2025-01-01', '2025-12-31')"
        )
        owner("INSERT INTO visas_poolprogramme (pool_id, programme_id) VALUES ('f4r', 'F-4-R')")
        with everywhere():
            make.make_entry("f4r", 1, on=date(2025, 6, 1))
        make.make_visa_case("F-4-R", recommended_on=date(2025, 3, 5))
        result = verify()
        assert result.differences == []
        assert len(result.findings) == 1
        assert "f4r" in result.findings[0] and "2025-03-05" in result.findings[0]

    def test_verify_sees_a_wrong_counter(self, owner):
        make.make_visa_case(recommended_on=make.DAY)
        owner("UPDATE visas_quotapool SET taken = taken + 1 WHERE code = 'e74-2025'")
        assert len(verify().differences) == 1

    def test_a_month_is_counted_for_its_workspace_alone(self, owner):
        make.make_session("52110-c1")
        make.make_session("52140-c1")
        recount_marked_months()
        owner("DELETE FROM kpi_monthlyactivity")
        recount_month(make.place("52110-c1").pk, "2025-03-01")
        with everywhere():
            assert set(MonthlyActivity.objects.values_list("workspace__code", flat=True)) == {"52110-c1"}
