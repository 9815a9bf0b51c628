"""A session on paper: what is on record, in its letters, and no boxes."""

import pytest
from django.conf import settings
from django.utils.translation import override

from cases.models import Session, Topic
from cases.paper import TEMPLATE, session_as_pdf
from cases.views.session import read_session
from centers.models import Role
from centers.reader import read_by
from centers.scope import acting_for
from config.fonts import without_font
from config.typeset import set_pdf
from tests.make import make_client, make_session, make_user, name_client
from tests.papers import UNASSIGNED, boxes_in, glyphs_in

pytestmark = pytest.mark.django_db
IN_SCRIPTS = {
    "ko": "사업장 변경을 상담함. 고용센터에 함께 가기로 함.",
    "vi": "Người lao động muốn đổi nơi làm việc vì chưa được trả lương.",
    "zh": "他想更换工作单位，因为没有拿到工资。",
    "km": "គាត់ចង់ផ្លាស់ប្តូរកន្លែងធ្វើការ",
    "ne": "उहाँ कार्यस्थल परिवर्तन गर्न चाहनुहुन्छ।",
    "th": "เขาต้องการเปลี่ยนสถานที่ทำงาน",
    "my": "သူသည် အလုပ်ပြောင်းလိုသည်။",
    "lo": "ລາວຕ້ອງການປ່ຽນບ່ອນເຮັດວຽກ",
    "si": "ඔහුට රැකියා ස්ථානය වෙනස් කිරීමට අවශ්‍යයි.",
    "mn": "Тэр ажлын байраа солихыг хүсч байна. Өөр үү?",
    "ru": "Он хочет сменить место работы.",
    "bn": "তিনি কর্মস্থল পরিবর্তন করতে চান।",
    "ja": "職場を変えたいと言っています。",
    "ur": "وہ کام کی جگہ بدلنا چاہتا ہے۔",
    "ar": "يريد تغيير مكان العمل.",
    "uz": "U ish joyini oʻzgartirmoqchi.",
}


def printed(session: Session, viewer, language: str = "ko") -> bytes:
    with acting_for([session.workspace_id], actor=viewer), override(language):
        return session_as_pdf(read_session(viewer, session.pk), viewer)


@pytest.fixture
def counsellor():
    return make_user(Role.COUNSELLOR)


@pytest.mark.parametrize("language", IN_SCRIPTS)
def test_a_note_in_any_script_is_set_without_a_box(counsellor, language):
    note = IN_SCRIPTS[language]
    assert without_font(note) == ""
    assert boxes_in(printed(make_session(language_id=language, note=note, summary=IN_SCRIPTS["ko"]), counsellor)) == 0


def test_the_control_shows_a_box(counsellor):
    """What the test above looks for is there once the notice is passed by."""
    data = {
        "mark": "", "lang": "ko", "title": "t", "lead": [], "notices": [], "facts": [], "printed": "",
        "texts": [{"title": "t", "text": UNASSIGNED, "lang": "ko", "right_to_left": False}],
    }  # fmt: skip
    assert boxes_in(set_pdf(TEMPLATE, data)) == 1


@pytest.mark.parametrize("where", ["note", "name"])
def test_signs_without_a_font_are_told_and_leave_no_box(counsellor, where):
    client = make_client(name="NGUYEN VAN AN")
    whole = printed(make_session(client=client, note="가나"), counsellor)
    if where == "name":
        name_client(client, f"An{UNASSIGNED}")
    paper = printed(make_session(client=client, note=f"가{UNASSIGNED}나" if where == "note" else "가나"), counsellor)
    assert boxes_in(paper) == 0
    assert len(list(glyphs_in(paper))) > len(list(glyphs_in(whole))) + 30, "the notice is on the paper"


def test_every_language_of_the_site_has_its_paper(counsellor):
    session = make_session(note="a\nb", client=make_client(name="Trần Thị Hoà"))
    for language in ("ko", "en", "vi", "zh-hans"):
        assert boxes_in(printed(session, counsellor, language)) == 0, language


def test_what_is_typed_is_no_part_of_the_template(counsellor):
    note = '#read("/etc/passwd") *a* $x$ \\ "b" #panic()'
    assert printed(make_session(note=note), counsellor).startswith(b"%PDF-")


def test_the_file_is_given_out_by_number_alone(client, counsellor):
    session = make_session(client=make_client(name="NGUYEN VAN AN"))
    client.force_login(counsellor)
    answer = client.get(f"/sessions/{session.pk}/session.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="session-{session.pk}.pdf"'
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("language", ["en", "vi", "zh-hans"])
def test_pages_in_other_languages_tell_the_korean_term_beside(client, counsellor, language):
    session = make_session()
    korean = session.topic.name_ko
    assert session.topic.office_term == ""
    client.force_login(counsellor)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(session.get_absolute_url()).content.decode()
    assert f'<span class="muted" lang="ko">{korean}</span>' in page
    with override(language):
        here = str(session.topic)
    assert f"{here} ({korean})" in client.get("/sessions/new/").content.decode()


def test_a_topic_that_an_official_is_told_as_its_group_brings_no_korean_term_of_its_own(counsellor):
    topic = Topic.objects.get(code="stay.undocumented")
    with override("en"), read_by(counsellor):
        assert topic.office_term == topic.group.name_ko
        assert topic.name_ko not in topic.with_office_term
