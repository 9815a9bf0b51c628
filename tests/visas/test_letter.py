"""The recommendation as a paper: it says what is on record, whole, and to whom it may."""

import io

import pytest
from django.db import connection
from hwpx.document import HwpxDocument

from audit.models import AccessEntry, AuditEntry
from centers.models import Role
from centers.scope import acting_for
from config.fonts import without_font
from config.typeset import set_pdf
from tests.make import DAY, make_case_study, make_client, make_major, make_user, make_visa_case, place
from tests.papers import UNASSIGNED, boxes_in, glyphs_in
from tests.support import forbidden, refused_by
from visas.letters import TEMPLATE, as_hwpx, as_pdf, letter_of
from visas.models import CaseStudy, VisaCase

pytestmark = pytest.mark.django_db
OFFICE = "52140-office"


def recommended(programme: str = "F-2-R", number: str = "전북-2025-001", name: str = "NGUYEN VAN AN"):
    client = make_client(OFFICE, name=name, nationality_id="VN", birth_date="1990-05-04")
    return make_visa_case(
        programme, OFFICE, client=client, recommended_on=DAY, letter_number=number, municipality_id="52140"
    )


def read(case, viewer):
    with acting_for([case.workspace_id], actor=viewer):
        return letter_of(case)


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, OFFICE)
    client.force_login(user)
    return user


def test_a_letter_says_who_and_when(client, officer):
    case = recommended()
    answer = client.get(f"/visas/cases/{case.pk}/letter.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert "NGUYEN" not in answer["Content-Disposition"]
    assert read(case, officer).people == [("1", "NGUYEN VAN AN", "베트남", "1990-05-04", "익산시")]
    with acting_for([case.workspace_id], actor=officer):
        entry = AuditEntry.objects.get(action="letter.made")
    assert entry.data["people"] == 1
    assert len(entry.data["digest"]) == 64


def test_a_letter_without_a_name_is_not_made(client, officer):
    """Such a letter would recommend nobody."""
    case = recommended()
    with acting_for([case.workspace_id]):
        case.client.names.all().delete()
    answer = client.get(f"/visas/cases/{case.pk}/letter.pdf")
    assert answer.status_code == 403
    assert "성명" in answer.content.decode()


def test_the_province_prints_what_it_signs(client):
    case, province = recommended(), make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(province)
    content = client.get(f"/visas/cases/{case.pk}/letter.hwpx").content
    assert "NGUYEN VAN AN" in HwpxDocument.open(io.BytesIO(content)).text.plain()
    with acting_for([place("52-office").pk], actor=province):
        assert any(case.client_id in entry.files for entry in AccessEntry.objects.filter(route="visas:letter"))


def test_a_list_over_several_offices_is_printed_whole_or_not_at_all(client, officer):
    province = make_user(Role.PROVINCE_STAFF, "52-office")
    own = recommended("E-7-4", "명단-1", "OWN")
    other = make_client("52130-office", name="OTHER", nationality_id="VN")
    make_visa_case("E-7-4", "52130-office", client=other, recommended_on=DAY, letter_number="명단-1")
    refused = client.get(f"/visas/cases/{own.pk}/letter.pdf")
    assert refused.status_code == 403
    assert "2명" in refused.content.decode() and "1명" in refused.content.decode()
    client.force_login(province)
    content = client.get(f"/visas/cases/{own.pk}/letter.hwpx").content
    text = HwpxDocument.open(io.BytesIO(content)).text.plain()
    assert "OWN" in text and "OTHER" in text


def test_a_list_is_one_however_its_number_was_written(client, officer):
    """Capitals, spaces and full-width signs make no other list."""
    made = recommended("E-7-4", number="명단 a-1", name="NGUYEN VAN A")
    recommended("E-7-4", number="명단Ａ－１", name="TRAN THI B")
    assert [name for _place, name, *_rest in read(made, officer).people] == ["NGUYEN VAN A", "TRAN THI B"]


def test_whoever_has_nobody_on_a_letter_learns_nothing_of_it(client):
    recommended("E-7-4", "명단-1")
    stranger = make_user(Role.CITY_OFFICER, "52130-office")
    with acting_for([place("52130-office").pk], actor=stranger), connection.cursor() as cursor:
        cursor.execute("SELECT wall.size_of_letter('E-7-4', '명단-1', %s)", [DAY])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM wall.people_of_letter('E-7-4', '명단-1', %s, NULL)", [DAY])
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("end", ["left", "cancelled", "moved"])
def test_a_case_whose_permit_is_no_more_has_none(client, officer, end):
    days = {f"{step}_on": DAY for step in ("submitted", "granted", "settled", end)}
    case = make_visa_case(
        "F-2-R", OFFICE, client=make_client(OFFICE, name="A"), recommended_on=DAY, letter_number="가", **days
    )
    assert client.get(f"/visas/cases/{case.pk}/letter.pdf").status_code == 404
    assert "letter.pdf" not in client.get(case.get_absolute_url()).content.decode()


def test_a_case_that_has_ended_has_no_letter_and_stands_on_no_list(client, officer):
    first, second = recommended("E-7-4", "전북-2025-9", "TRAN B"), recommended("E-7-4", "전북-2025-9", "LE C")
    with acting_for([first.workspace_id], actor=officer):
        VisaCase.objects.filter(pk=first.pk).update(withdrawn_on=DAY)
    assert client.get(f"/visas/cases/{first.pk}/letter.pdf").status_code == 404
    assert [row[1] for row in read(second, officer).people] == ["LE C"]


def test_the_document_of_korean_offices_opens_again_and_says_the_same(client, officer):
    case = recommended()
    content = client.get(f"/visas/cases/{case.pk}/letter.hwpx").content
    document = HwpxDocument.open(io.BytesIO(content))
    text = document.text.plain()
    for told in (
        "전북-2025-001",
        "지역우수인재(F-2-R) 추천서",
        "NGUYEN VAN AN",
        "베트남",
        "2025년 3월 3일",
        "전북특별자치도지사",
    ):
        assert told in text, told
    assert document.validate()


def test_a_list_has_all_under_its_number(client, officer):
    cases = [recommended("E-7-4R", "명단-7", f"PERSON {place}") for place in range(3)]
    recommended("E-7-4R", "명단-8", "ANOTHER")
    told = read(cases[0], officer)
    assert [row[1] for row in told.people] == ["PERSON 0", "PERSON 1", "PERSON 2"]
    assert client.get(f"/visas/cases/{cases[2].pk}/letter.pdf").status_code == 200


def test_what_somebody_is_called_is_no_part_of_the_template(client, officer):
    case = recommended(name='#read("/etc/passwd") *A* $x$ \\ "B"')
    assert client.get(f"/visas/cases/{case.pk}/letter.pdf").status_code == 200
    assert client.get(f"/visas/cases/{case.pk}/letter.hwpx").status_code == 200


def test_without_a_recommendation_there_is_no_letter(client, officer):
    case = make_visa_case("F-2-R", OFFICE)
    assert client.get(f"/visas/cases/{case.pk}/letter.pdf").status_code == 404
    assert client.get(f"/visas/cases/{recommended().pk}/letter.docx").status_code == 404


def test_a_centre_that_reads_the_case_prints_none(client):
    counsellor = make_user(Role.COUNSELLOR, "52140-c1")
    case = recommended()
    make_client("52140-c1", person=case.person_id)
    client.force_login(counsellor)
    assert client.get(f"/visas/cases/{case.pk}/letter.pdf").status_code == 403


def test_every_script_has_its_letters():
    """No name on a letter becomes a box: the fonts are asked, and the paper that was set."""
    names = ["Nguyễn Văn An", "Өлзийбаяр Бат", "王小明", "សុខ ដារា", "สมชาย ใจดี", "राम बहादुर", "রহিম", "홍길동"]
    data = {
        "mark": "", "notice": "", "number_label": "n", "number": "1", "title": "t",
        "columns": [{"name": "n", "width": 1}],
        "rows": [[name] for name in names], "body": "b", "facts": [], "day": "d", "signer": "s",
    }  # fmt: skip
    assert not without_font("".join(names))
    assert boxes_in(set_pdf(TEMPLATE, data)) == 0


def test_signs_without_a_font_are_told_and_leave_no_box(client, officer):
    whole, lacking = recommended(), recommended(number="전북-2025-002", name=f"NGUYEN{UNASSIGNED} AN")
    paper, other = (client.get(f"/visas/cases/{case.pk}/letter.pdf").content for case in (whole, lacking))
    assert boxes_in(other) == 0
    assert len(list(glyphs_in(other))) > len(list(glyphs_in(paper))) + 30, "the notice is on the letter"


def test_the_document_keeps_every_sign(client, officer):
    content = client.get(f"/visas/cases/{recommended(name=f'AN{UNASSIGNED}').pk}/letter.hwpx").content
    assert f"AN{UNASSIGNED}" in HwpxDocument.open(io.BytesIO(content)).text.plain()


def test_a_letter_of_students_names_what_they_are_to_study():
    """Its last columns are those of the programme: the municipality is none of a student."""
    coordinator = make_user(Role.UNIVERSITY_COORDINATOR, "jbnu", official=False)
    told = {"recommended_on": DAY, "letter_number": "전북-2025-900"}
    person = make_client("jbnu", name="TRAN THI B", nationality_id="VN", birth_date="2003-01-02")
    case = make_visa_case("D-2", "jbnu", client=person, **told)
    assert read(case, coordinator).people[0][-3:] == ("전북대학교", "", "")
    make_case_study(case, semester="2025-1")
    make_case_study(case, semester="2025-2")
    letter = read(case, coordinator)
    assert letter.people == [
        ("1", "TRAN THI B", "베트남", "2003-01-02", "전북대학교", "스마트팜학과 (학사)", "2025-2")
    ]
    assert len(letter.heads) == len(letter.widths) == len(letter.people[0])
    text = "".join(paragraph.text or "" for paragraph in HwpxDocument.open(io.BytesIO(as_hwpx(letter))).paragraphs)
    assert "전북-2025-900" in text
    assert as_pdf(letter).startswith(b"%PDF-")


def test_what_is_to_be_studied_is_entered_by_who_keeps_the_case(client):
    coordinator = make_user(Role.UNIVERSITY_COORDINATOR, "jbnu", official=False)
    major, foreign = make_major("jbnu"), make_major("wku")
    case = make_visa_case("D-2", "jbnu")
    client.force_login(coordinator)
    address = f"/visas/cases/{case.pk}/studies/"
    assert client.post(address, {"major": foreign.pk, "semester": "2025-1"}).status_code == 400
    assert client.post(address, {"major": major.pk, "semester": "봄"}).status_code == 400
    assert client.post(address, {"major": major.pk, "semester": "2026-1"}).status_code == 302
    assert client.get(f"/visas/cases/{case.pk}/").context["studies"].semester == "2026-1"


def test_the_major_is_one_of_the_university_and_what_was_said_stays():
    case, foreign = make_visa_case("D-2", "jbnu"), make_major("wku")
    with refused_by("case_study_major_of_the_university"):
        make_case_study(case, major=foreign)
    said = make_case_study(case)
    with forbidden(), acting_for([case.workspace_id]):
        CaseStudy.objects.filter(pk=said.pk).update(semester="2026-1")
