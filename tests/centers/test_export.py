import csv
import io
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import AccessEntry, Action, AuditEntry
from centers.exports import run
from centers.exports.names import name_of_file
from centers.exports.run import folder, run_export, sweep_exports
from centers.exports.sealed import PIECE, SealedReader, SealedWriter
from centers.exports.sheets import CsvSheet, XlsxSheet, harmless
from centers.models import Export, ExportState, Membership, Role
from centers.scope import set_scope
from centers.selectors import scope_of
from centers.services.membership import grant_role
from tests import workers
from tests.make import DAY, make_client, make_export, make_session, make_user, place
from tests.support import as_owner, forbidden

REASON = "월간 점검 보고"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.EXPORT_FOLDER = tmp_path / "exports"


@contextmanager
def as_user(user):
    with transaction.atomic():
        set_scope(scope_of(user))
        yield


def mine(user) -> Export:
    with as_user(user):
        return Export.objects.get(user=user)


def written(user, **fields) -> Export:
    """An export that was asked for and written here."""
    export = make_export(user, **fields)
    run_export(export.pk, user.pk)
    return mine(user)


def content(export: Export) -> bytes:
    with SealedReader(folder() / export.file, export.file) as file:
        return file.read()


def csv_rows(export: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(export).decode("utf-8-sig"))))


class SealedFileTests:
    SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7)

    @pytest.mark.parametrize("size", SIZES)
    def test_reads_what_was_written_and_holds_nothing_of_it_in_clear(self, tmp_path, size):
        data = (b"NGUYEN VAN AN " * (size // 14 + 1))[:size]
        with SealedWriter(tmp_path / "file", "file") as target:
            target.write(data[: size // 3])
            target.write(data[size // 3 :])
            target.finish()
        assert (target.size, target.sha256) == (size, sha256(data).hexdigest())
        with SealedReader(tmp_path / "file", "file") as source:
            assert source.read() == data
        assert b"NGUYEN" not in (tmp_path / "file").read_bytes()

    def test_what_was_not_finished_is_not_there(self, tmp_path):
        with pytest.raises(RuntimeError), SealedWriter(tmp_path / "file", "file") as target:
            target.write(b"x" * 2 * PIECE)
            raise RuntimeError
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_lost_its_end_or_was_taken_for_another_does_not_open(self, tmp_path):
        with SealedWriter(tmp_path / "file", "file") as target:
            target.write(b"x" * (2 * PIECE + 5))
            target.finish()
        whole = (tmp_path / "file").read_bytes()
        first = 4 + int.from_bytes(whole[:4], "big")
        (tmp_path / "cut").write_bytes(whole[:first])
        for name, about in (("cut", "file"), ("file", "another")):
            with pytest.raises(InvalidTag), SealedReader(tmp_path / name, about) as source:
                source.read()


@pytest.mark.django_db
class WriteTests:
    def test_whose_files_it_takes_out_is_on_record_with_the_reason(self):
        user = make_user(Role.COUNSELLOR)
        person = make_client()
        make_session(client=person)
        export = written(user)
        with as_user(user):
            (entry,) = AccessEntry.objects.filter(route="centers:export")
        assert (entry.files, entry.purpose) == ([person.pk], export.reason)

    def test_a_file_is_not_handed_out_after_the_role_has_ended(self, client):
        user = make_user(Role.COUNSELLOR)
        export = written(user)
        client.force_login(user)
        file = reverse("centers:export_download", args=[export.pk])
        assert client.get(file).status_code == 200
        yesterday = timezone.localdate() - timedelta(days=1)
        Membership.objects.filter(user=user).update(starts_on=yesterday, ends_on=yesterday)
        assert client.get(file).status_code == 403

    def test_a_file_is_not_handed_out_after_one_of_its_roles_has_ended(self, client):
        user = make_user(Role.COUNSELLOR)
        second = grant_role(user=user, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=None, official=False)
        export = written(user)
        client.force_login(user)
        file = reverse("centers:export_download", args=[export.pk])
        assert client.get(file).status_code == 200
        yesterday = timezone.localdate() - timedelta(days=1)
        Membership.objects.filter(pk=second.pk).update(starts_on=yesterday, ends_on=yesterday)
        refused = client.get(file)
        assert refused.status_code == 403
        assert "새로 요청" in refused.content.decode()

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\n=1", "  =1", "＝1", "＋1"])
    def test_no_text_of_a_csv_is_a_formula(self, text):
        assert harmless(text) == f"'{text}"
        assert harmless("NGUYEN - AN") == "NGUYEN - AN"

    def test_a_csv_holds_the_list_with_its_codes(self):
        user = make_user(Role.COUNSELLOR)
        make_session(client=make_client(name="NGUYEN VAN AN", nationality_id="VN"), minutes=30)
        make_session("52130-c1")
        export = written(user)
        assert (export.state, export.rows_done, export.problem) == (ExportState.DONE, 1, "")
        data = content(export)
        assert data.startswith("\ufeff".encode())
        assert data.count(b"\r\n") == data.count(b"\n") == 2
        assert (len(data), sha256(data).hexdigest()) == (export.size, export.sha256)
        heading, row = csv_rows(export)
        named = dict(zip(heading, row, strict=True))
        assert named["상담일"] == DAY.isoformat()
        assert named["내담자"] == "NGUYEN VAN AN"
        assert (named["언어"], named["언어(코드)"]) == ("베트남어", "vi")
        assert named["소요 시간(분)"] == "30"

    def test_a_workbook_holds_days_as_days_and_numbers_as_numbers(self, tmp_path):
        user = make_user(Role.COUNSELLOR)
        make_session(client=make_client(name="=1+1"), minutes=30)
        export = written(user, format="xlsx")
        (tmp_path / "a.xlsx").write_bytes(content(export))
        heading, row = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
        named = dict(zip(heading, row, strict=True))
        assert named["상담일"] == DAY
        assert named["소요 시간(분)"] == 30.0
        assert named["내담자"] == "=1+1"
        assert list(folder().glob("*.work")) == []

    def test_rows_that_a_sheet_cannot_hold_go_on_in_the_next(self, tmp_path):
        target = io.BytesIO()
        sheet = XlsxSheet(target, ["number"], tmp_path, "List", rows=4)
        sheet.write([[number] for number in range(8)])
        sheet.close()
        (tmp_path / "b.xlsx").write_bytes(target.getvalue())
        book = CalamineWorkbook.from_path(tmp_path / "b.xlsx")
        assert book.sheet_names == ["List", "List 2", "List 3"]
        rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
        assert [row[0] for row in rows if row != ["number"]] == list(range(8))

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    def test_a_cell_of_a_csv_is_never_a_formula(self, text):
        user = make_user(Role.COUNSELLOR)
        make_session(counsellor_name=text)
        export = written(user)
        rows = csv_rows(export)
        cell = rows[1][rows[0].index("상담원")]
        assert cell.startswith("'")

    def test_filters_and_order_are_those_of_the_list(self):
        user = make_user(Role.COUNSELLOR)
        for day in (1, 2, 3):
            make_session(held_on=date(2025, 1, day))
        make_session(held_on=date(2025, 2, 1))
        export = written(user, filters={"month": "2025-01"}, sort="day")
        assert [row[0] for row in csv_rows(export)[1:]] == ["2025-01-01", "2025-01-02", "2025-01-03"]

    def test_chunks_meet_without_a_gap(self, monkeypatch):
        monkeypatch.setattr(run, "CHUNK", 3)
        user = make_user(Role.COUNSELLOR)
        made = [make_session(held_on=date(2025, 1, 1 + number // 2), ref=f"r{number}") for number in range(9)]
        export = written(user)
        place_of = csv_rows(export)[0].index("번호")
        assert [row[place_of] for row in csv_rows(export)[1:]] == [session.ref for session in reversed(made)]

    def test_the_tab_s_workspace_holds_for_the_file(self):
        user = make_user(Role.COUNSELLOR)
        make_session(ref="here")
        export = written(user, workspace=place("52130-c1"))
        assert (export.state, export.problem) == (ExportState.FAILED, "rights")

    def test_whose_rights_have_ended_gets_no_row_and_reads_why(self, client):
        user = make_user(Role.COUNSELLOR)
        make_session()
        export = make_export(user)
        Membership.objects.filter(user=user).update(ends_on=timezone.localdate() - timedelta(days=1), starts_on=DAY)
        run_export(export.pk, user.pk)
        export = mine(user)
        assert (export.state, export.problem, export.file) == (ExportState.FAILED, "rights", "")
        assert list(folder().iterdir()) == []
        client.force_login(user)
        assert "역할로는" in client.get(export.get_absolute_url()).content.decode()

    def test_a_cancelled_one_is_not_written(self, client):
        user = make_user(Role.COUNSELLOR)
        export = make_export(user)
        client.force_login(user)
        client.post(reverse("centers:export_cancel", args=[export.pk]))
        run_export(export.pk, user.pk)
        assert mine(user).state == ExportState.CANCELLED

    def test_one_cancelled_half_way_leaves_no_file(self, monkeypatch):
        user = make_user(Role.COUNSELLOR)
        make_session()
        write = CsvSheet.write

        def cancelled(sheet, rows):
            with as_user(user):
                Export.objects.update(state=ExportState.CANCELLED)
            write(sheet, rows)

        monkeypatch.setattr(CsvSheet, "write", cancelled)
        assert written(user).state == ExportState.CANCELLED
        assert list(folder().iterdir()) == []

    def test_a_mistake_of_ours_is_told_and_says_nothing_of_a_row_in_the_log(self, monkeypatch, caplog):
        user = make_user(Role.COUNSELLOR)
        make_session(client=make_client(name="NGUYEN VAN AN"))

        def broken(row, columns, viewer):
            raise ValueError(str(row.client.names.all()))

        monkeypatch.setattr(run, "values_of", broken)
        export = written(user)
        assert (export.state, export.problem) == (ExportState.FAILED, "error")
        assert "ValueError" in caplog.text
        assert "NGUYEN" not in caplog.text
        assert list(folder().iterdir()) == []


@pytest.mark.django_db
class SweepTests:
    def late(self, export: Export, **fields) -> None:
        with as_user(export.user):
            Export.objects.filter(pk=export.pk).update(**fields)

    def test_takes_up_what_shows_no_sign_of_life_and_gives_up_after_three(self):
        user = make_user(Role.COUNSELLOR)
        export = make_export(user)
        long_ago = timezone.now() - timedelta(hours=1)
        self.late(export, state="running", attempt=1, progressed_at=long_ago, started_at=long_ago)
        run_export(export.pk, user.pk)
        assert (mine(user).state, mine(user).attempt) == (ExportState.DONE, 2)
        self.late(export, state="running", attempt=3, progressed_at=long_ago)
        run_export(export.pk, user.pk)
        assert (mine(user).state, mine(user).problem) == (ExportState.FAILED, "interrupted")

    def test_leaves_what_another_worker_writes(self):
        user = make_user(Role.COUNSELLOR)
        export = make_export(user)
        self.late(export, state="running", attempt=1, progressed_at=timezone.now())
        run_export(export.pk, user.pk)
        assert (mine(user).state, mine(user).attempt) == (ExportState.RUNNING, 1)

    def test_deletes_a_file_whose_day_is_over(self, client):
        user = make_user(Role.COUNSELLOR)
        export = written(user)
        # The database counts from the beginning of the transaction, which is that of the test.
        self.late(export, expires_at=timezone.now() - timedelta(hours=1))
        sweep_exports()
        assert mine(user).state == ExportState.EXPIRED
        assert list(folder().iterdir()) == []
        client.force_login(user)
        assert client.get(reverse("centers:export_download", args=[export.pk])).status_code == 404


@pytest.mark.django_db
class PageTests:
    def ask(self, browser, **values) -> str:
        address = reverse("centers:export_new", args=["sessions"]) + "?language=vi"
        return browser.post(address, {"format": "csv", "reason": REASON} | values)

    def test_asks_for_a_file_and_puts_it_on_record(self, client):
        user = make_user(Role.COUNSELLOR)
        make_session()
        make_session(language_id="km")
        client.force_login(user)
        answer = self.ask(client)
        export = mine(user)
        assert answer["Location"] == export.get_absolute_url()
        assert (export.rows_total, export.filters, export.state) == (1, {"language": "vi"}, ExportState.QUEUED)
        with as_user(user):
            entry = AuditEntry.objects.get(action=Action.LIST_EXPORTED)
        assert (entry.actor, entry.data["listing"], entry.data["rows"], entry.data["reason"]) == (
            user, "sessions", 1, REASON,
        )  # fmt: skip

    def test_the_form_counts_no_further_than_a_list_does(self, client, monkeypatch):
        for _number in range(3):
            make_session()
        client.force_login(make_user(Role.COUNSELLOR))
        address = reverse("centers:export_new", args=["sessions"])
        assert "<dd>3</dd>" in client.get(address).content.decode()
        monkeypatch.setattr("centers.listing.page.COUNTED", 2)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address).content.decode()
        assert "<dd>2건 이상</dd>" in page
        [counts] = [query["sql"] for query in asked if "COUNT(*)" in query["sql"] and "cases_session" in query["sql"]]
        assert "LIMIT 3" in counts

    def test_a_filter_that_was_not_understood_takes_nothing_out(self, client):
        user = make_user(Role.COUNSELLOR)
        make_session()
        client.force_login(user)
        listed = client.get("/sessions/?from=abc&language=zz&month=2025-03")
        address = reverse("centers:export_new", args=["sessions"]) + listed.context["shown"].asked
        for answer in (client.get(address), client.post(address, {"format": "csv", "reason": REASON})):
            page = answer.content.decode()
            assert answer.status_code == 400
            assert "abc" in page and "zz" in page and "2025-03" not in page.partition("<dl")[2].partition("</dl")[0]
        with as_user(user):
            assert not Export.objects.exists()

    @pytest.mark.parametrize("reason", ["시 월간 보고", "도청 제출용", "월간 보고"])
    def test_a_few_words_are_enough(self, client, reason):
        user = make_user(Role.COUNSELLOR)
        make_session()
        client.force_login(user)
        assert self.ask(client, reason=reason).status_code == 302

    @pytest.mark.parametrize("reason", ["", "   ", "필요", "........", "123456", "x" * 301])
    def test_a_file_has_a_reason(self, client, reason):
        user = make_user(Role.COUNSELLOR)
        client.force_login(user)
        answer = self.ask(client, reason=reason)
        assert answer.status_code == 400
        assert answer.context["form"].errors["reason"]
        with as_user(user):
            assert not Export.objects.exists()

    def test_only_so_many_at_once(self, client):
        user = make_user(Role.COUNSELLOR)
        client.force_login(user)
        for _ in range(3):
            assert self.ask(client).status_code == 302
        assert self.ask(client).status_code == 400

    def test_the_owner_downloads_it_and_that_is_on_record(self, client):
        user = make_user(Role.COUNSELLOR)
        make_session()
        export = written(user)
        client.force_login(user)
        answer = client.get(reverse("centers:export_download", args=[export.pk]))
        assert b"".join(answer.streaming_content) == content(export)
        assert quote(name_of_file(export)) in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        assert answer["Content-Length"] == str(export.size)
        with as_user(user):
            assert AuditEntry.objects.filter(action=Action.FILE_DOWNLOADED, target_id=export.pk).count() == 1

    def test_a_file_is_called_as_its_list_and_by_the_day_in_seoul(self):
        export = written(make_user(Role.COUNSELLOR))
        export.requested_at = datetime(2025, 3, 4, 15, 30, tzinfo=UTC)  # the fifth, half past midnight
        export.language = "ko"
        assert name_of_file(export) == f"상담-20250305-{export.pk}.{export.format}"

    @pytest.mark.parametrize("lost", ["time", "file"])
    def test_a_file_that_is_gone_is_told_as_deleted_and_leads_nowhere(self, client, lost):
        user = make_user(Role.COUNSELLOR)
        export = written(user)
        client.force_login(user)
        asked_at = reverse("centers:exports")
        assert export.get_absolute_url() in client.get(asked_at).content.decode()
        if lost == "time":
            with time_machine.travel(timezone.now() + timedelta(hours=25)):
                client.force_login(user)
                self.is_told_as_deleted(client, export)
        else:
            export.path.unlink()
            self.is_told_as_deleted(client, export)

    def is_told_as_deleted(self, client, export):
        page = client.get(reverse("centers:exports")).content.decode()
        assert export.get_absolute_url() not in page
        assert str(ExportState.EXPIRED.label) in page
        own = client.get(export.get_absolute_url()).content.decode()
        assert reverse("centers:export_download", args=[export.pk]) not in own

    def test_nobody_else_knows_of_it(self, client):
        other = make_user(Role.PRIVACY_OFFICER, "52-office")  # who sees in the database that there is one
        export = written(make_user(Role.COUNSELLOR))
        client.force_login(other)
        for route in ("centers:export", "centers:export_download"):
            assert client.get(reverse(route, args=[export.pk])).status_code == 404
        assert client.post(reverse("centers:export_cancel", args=[export.pk])).status_code == 404

    def test_a_list_that_is_none_is_not_there(self, client):
        client.force_login(make_user(Role.COUNSELLOR))
        assert client.get(reverse("centers:export_new", args=["people"])).status_code == 404


@pytest.mark.django_db
class WallTests:
    def test_the_database_shows_a_person_their_own_and_lets_nobody_write_another_s(self):
        owner, other = make_user(Role.COUNSELLOR), make_user(Role.COUNSELLOR)
        export = make_export(owner)
        with as_user(other):
            assert not Export.objects.filter(pk=export.pk).exists()
            assert Export.objects.filter(pk=export.pk).update(reason="x") == 0
        with forbidden(), as_user(other):
            Export.objects.create(
                user=owner, listing="sessions", language="ko", format="csv", reason="x", rows_total=0
            )

    def test_who_reviews_the_log_sees_what_was_taken_out(self):
        export = make_export(make_user(Role.COUNSELLOR), workspace=place())
        for reviewer in (make_user(Role.PRIVACY_OFFICER, "52-office"), make_user(Role.MANAGER)):
            with as_user(reviewer):
                assert Export.objects.filter(pk=export.pk).exists()


@pytest.mark.committed
class WorkerTests:
    """With the real queue and a worker that is a process of its own."""

    ROWS = 12_000

    def until(self, database: str, condition: str) -> None:
        end = time.monotonic() + 90
        with as_owner(database) as owner:
            while not owner.execute(f"SELECT {condition} FROM centers_export").fetchone()[0]:
                assert time.monotonic() < end, owner.execute("SELECT state, rows_done FROM centers_export").fetchall()
                time.sleep(0.02)

    def test_a_worker_that_is_killed_half_way_is_followed_by_another(self, committed, settings, monkeypatch, client):
        monkeypatch.setenv("SETTLEMENT_EXPORTS", str(settings.EXPORT_FOLDER))
        user = make_user(Role.COUNSELLOR)
        with as_owner(committed) as owner:
            owner.execute(
                "INSERT INTO cases_session (workspace_id, ref, held_on, programme_id, language_id, channel_id,"
                " topic_id, clients, counsellor_name, note, summary) SELECT w.id, n::text,"
                " date '2025-01-01' + n %% 300, 'one-centre', 'vi', 'visit', 'labour.wages', 1, '', '', ''"
                " FROM centers_workspace w,"
                " generate_series(1, %s) n WHERE w.code = '52110-c1'",
                [self.ROWS],
            )
        client.force_login(user)
        first = workers.start(committed)
        try:
            address = reverse("centers:export_new", args=["sessions"])
            assert client.post(address, {"format": "xlsx", "reason": REASON}).status_code == 302
            self.until(committed, "rows_done > 0")
        finally:
            workers.kill(first)
        assert mine(user).state == ExportState.RUNNING
        assert mine(user).file == ""
        with as_owner(committed) as owner:
            owner.execute("UPDATE centers_export SET progressed_at = now() - interval '1 hour'")
        with workers.working(committed):
            sweep_exports()
            self.until(committed, "state = 'done'")
        export = mine(user)
        assert (export.attempt, export.rows_done) == (2, self.ROWS)
        assert [path.name for path in folder().iterdir()] == [export.file]
        assert sha256(content(export)).hexdigest() == export.sha256
