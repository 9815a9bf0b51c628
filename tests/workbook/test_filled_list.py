"""The semester list with the present students: brought in unchanged, it changes nothing and every row is known."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import load_workbook

from accounts.models import User
from audit.models import AccessEntry, Action, AuditEntry
from cases.models import Client
from cases.services.client import Told, create_client, edit_client
from centers.listings.entry import tell
from centers.models import Role
from centers.scope import acting_for
from centers.services.membership import grant_role
from tests.make import DAY, make_change, make_client, make_major, make_student, make_user, place
from tests.workbook.files import workbook
from visas.models import Enrolment, StatusChange
from workbook.semester.sheet import SHEET

JBNU = "jbnu"
NUMBER = "010505-5000001"
LATER = DAY + timedelta(days=40)
TAKEN = "/visas/semesters/filled/"
WHY = {"reason": "학기 명단 갱신"}

pytestmark = pytest.mark.django_db


def student_of(name: str, **fields) -> Enrolment:
    of_file = {"birth_date": date(2001, 5, 5), "nationality_id": "VN", "sex_id": "female"}
    told = Told(of_file=of_file, names={"roman": [name, f"{name} II"], "native": ["Nguyễn Thị Ă"]})
    with acting_for([place(JBNU).pk]):
        return make_student(client=create_client(workspace=place(JBNU), told=told), **fields)


def rows_of(content: bytes) -> list[dict]:
    header, *rows = load_workbook(io.BytesIO(content)).get_sheet_by_name("유학생").to_python()
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.fixture
def coordinator(client):
    user = make_user(Role.UNIVERSITY_COORDINATOR, JBNU, official=False)
    client.force_login(user)
    return user


@pytest.fixture
def preview(client):
    def preview(content: bytes):
        sent = {"file": SimpleUploadedFile("list.xlsx", content)}
        return client.post("/visas/semesters/", sent, follow=True).context["plan"]

    return preview


class RoundTripTests:
    @pytest.fixture
    def present(self, coordinator):
        """Students of every kind who are there; of two majors of one name and two people of one name and birth."""
        other = make_major(JBNU, degree="master")
        leaves, zeros = student_of("NGUYEN THI A"), student_of("NGUYEN THI A", ref="00012")
        make_change(leaves, "leave", on=LATER)
        with acting_for([place(JBNU).pk]):
            edit_client(zeros.client, told=Told(numbers={"registration": NUMBER}))
        nameless = make_student(
            client=make_client(JBNU), major=other, semester="2024-2", admitted_on=date(2025, 2, 20)
        )
        formula = student_of("=1+1", ref="=2")
        return [leaves, zeros, nameless, formula]

    def test_unchanged_it_changes_nothing_and_nobody_is_missing(self, client, present, preview):
        make_change(make_student(), "graduated", on=LATER)
        make_student("wku")
        content = client.post(TAKEN, WHY).content
        before = list(Client.objects.values()), list(Enrolment.objects.values()), StatusChange.objects.count()
        plan = preview(content)
        assert plan.problems == []
        assert [(entry.ref, entry.kinds) for entry in plan.entries] == sorted((one.ref, {"same"}) for one in present)
        assert (plan.does, list(plan.absent)) == (False, [])
        assert before == (
            list(Client.objects.values()),
            list(Enrolment.objects.values()),
            StatusChange.objects.count(),
        )

    def test_it_has_the_form_of_the_import_and_what_is_on_record(self, client, present):
        content = client.post(TAKEN, WHY).content
        rows = {row["학번"]: row for row in rows_of(content)}
        assert list(rows["00012"]) == [column.name for column in SHEET.columns]
        assert rows["00012"] == {
            "학번": "00012", "로마자이름": "NGUYEN THI A", "한글이름": "", "본국이름": "Nguyễn Thị Ă",
            "생년월일": date(2001, 5, 5), "국적": "베트남", "성별": "여", "외국인등록번호": "", "대학": "전북대학교",
            "전공": present[1].major.name, "학위": "학사", "입학학기": "2025-1", "입학일": DAY, "학적": "재학",
            "변동일": "", "인지일": "",
        }  # fmt: skip
        assert rows[present[0].ref]["학적"] == "휴학"
        assert NUMBER.replace("-", "")[6:] not in str(rows)

    @pytest.mark.parametrize(
        ("cells", "kinds", "before"),
        [
            ({"입학일": DAY + timedelta(days=1)}, {"corrected"}, {"admitted_on": DAY}),
            ({"학적": "휴학", "변동일": LATER, "인지일": LATER}, {"changed"}, {}),
        ],
    )
    def test_what_is_changed_in_it_is_all_that_changes(self, client, present, preview, tmp_path, cells, kinds, before):
        rows = rows_of(client.post(TAKEN, WHY).content)
        changed = next(row for row in rows if row["학번"] == "00012")
        changed.update(cells)
        rows = [{name: cell or None for name, cell in row.items()} for row in rows]
        plan = preview(workbook(tmp_path / "list.xlsx", 유학생=rows).read_bytes())
        assert plan.problems == []
        does = {entry.ref: (entry.kinds, entry.before) for entry in plan.entries if entry.kinds != {"same"}}
        assert does == {"00012": (kinds, before)}

    def test_a_status_that_is_changed_alone_has_to_say_its_day(self, client, present, preview, tmp_path):
        rows = rows_of(client.post(TAKEN, WHY).content)
        for row in rows:
            row["학적"] = "자퇴" if row["학번"] == "00012" else row["학적"]
        rows = [{name: cell or None for name, cell in row.items()} for row in rows]
        plan = preview(workbook(tmp_path / "list.xlsx", 유학생=rows).read_bytes())
        assert [(problem.column, problem.line) for problem in plan.problems] == [("변동일", 2)]

    def test_one_semester_alone(self, client, present, preview):
        plan = preview(client.post(TAKEN, WHY | {"semester": "2024-2"}).content)
        assert [entry.ref for entry in plan.entries] == [present[2].ref]


class TakingTests:
    def test_asks_for_a_reason_and_is_on_record_with_it(self, client, coordinator):
        student = student_of("NGUYEN THI A")
        for reason in ("", "1234"):
            answer = client.post(TAKEN, {"reason": reason})
            assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["reason"])
        assert not AuditEntry.objects.filter(action=Action.LIST_EXPORTED).exists()
        answer = client.post(TAKEN, WHY | {"semester": "2025-1"})
        assert f"semester-{JBNU}-2025-1.xlsx" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        entry = AuditEntry.objects.get(action=Action.LIST_EXPORTED)
        assert (entry.actor, entry.workspace_id) == (coordinator, place(JBNU).pk)
        assert entry.data == {
            "listing": "students", "rows": 1, "format": "xlsx", "filters": {"semester": "2025-1"}, **WHY,
        }  # fmt: skip
        tell([entry], coordinator)
        assert "2025-1" in entry.detail and WHY["reason"] in entry.detail
        seen = AccessEntry.objects.get(route="workbook:semester_filled", status=200)
        assert (seen.purpose, seen.files) == (WHY["reason"], [student.client_id])

    def test_it_has_nobody_of_another_university(self, client, coordinator):
        student_of("NGUYEN THI A")
        other = make_student("wku", semester="2024-1", admitted_on=date(2024, 3, 2))
        page = client.get(TAKEN)
        assert [code for code, _name in page.context["form"].fields["semester"].choices] == ["", "2025-1"]
        assert other.ref not in str(rows_of(client.post(TAKEN, WHY).content))
        assert client.post(TAKEN, WHY | {"semester": "2024-1"}).status_code == 400

    def test_of_two_universities_it_is_the_one_that_was_chosen(self, client):
        user = make_user(Role.UNIVERSITY_COORDINATOR, JBNU, official=False)
        granter = User.objects.get(username="granter")
        told = {"role": Role.UNIVERSITY_COORDINATOR, "actor": granter, "official": False}
        grant_role(user=user, workspace=place("wku"), **told)
        client.force_login(user)
        here, there = make_student(), make_student("wku")
        assert list(client.post(TAKEN, WHY).context["form"].errors) == ["workspace"]
        rows = rows_of(client.post(TAKEN, WHY | {"workspace": "wku"}).content)
        assert [row["학번"] for row in rows] == [there.ref] != [here.ref]

    @pytest.mark.parametrize("most", [0, 1])
    def test_nobody_and_too_many_are_refused_and_not_on_record(self, client, coordinator, monkeypatch, most):
        monkeypatch.setattr("workbook.semester.filled.MOST", most)
        for number in range(most * 2):
            student_of(f"NGUYEN {number}")
        answer = client.post(TAKEN, WHY)
        assert answer.status_code == 400 and answer.context["form"].non_field_errors()
        assert not AuditEntry.objects.filter(action=Action.LIST_EXPORTED).exists()

    @pytest.mark.parametrize(
        ("role", "where"),
        [(Role.CITY_OFFICER, "52140-office"), (Role.PROVINCE_STAFF, "52-office"), (Role.COUNSELLOR, "52140-c1")],
    )
    def test_who_may_bring_no_list_in_takes_none(self, client, role, where):
        make_student()
        client.force_login(make_user(role, where, official=False))
        assert (client.get(TAKEN).status_code, client.post(TAKEN, WHY).status_code) == (403, 403)
        assert not AuditEntry.objects.filter(action=Action.LIST_EXPORTED).exists()

    def test_the_page_of_the_lists_leads_to_it(self, client, coordinator):
        assert f'href="{reverse("workbook:semester_filled")}"' in client.get("/visas/semesters/").content.decode()
