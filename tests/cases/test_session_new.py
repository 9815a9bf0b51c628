import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from cases.forms import SessionForm
from cases.models import Client, Session, SessionIssue
from centers.models import Role, Workspace
from centers.services.membership import grant_role
from tests.make import everywhere, make_client, make_user, place
from tests.support import run_together

NEW = "/sessions/new/"


def typed(**changes) -> dict:
    values = {
        "token": str(uuid4()), "held_on": timezone.localdate().isoformat(), "language": "vi", "channel": "visit",
        "topic": "labour.wages", "other_topics": ["health", "labour.wages"], "clients": "2", "minutes": "30",
        "note": "Công ty chưa trả lương.", "summary": "임금 미지급",
    }  # fmt: skip
    return values | changes


def recorded() -> list[Session]:
    with everywhere():
        return list(Session.objects.order_by("pk"))


def shown(page) -> dict:
    """What stands in the fields of a form, but for the token that is each form's own."""
    return {field.name: field.value() for field in page.context["form"] if field.name != "token"}


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, name="상담원 하나")
    client.force_login(user)
    return user


@pytest.mark.django_db
class LogTests:
    def test_a_session_of_a_client_keeps_who_when_and_their_status(self, client, counsellor):
        person = make_client(status_id="E-9", nationality_id="VN")
        answer = client.post(f"{NEW}?client={person.pk}", typed())
        [session] = recorded()
        assert answer.status_code == 302
        assert answer["Location"] == session.get_absolute_url()
        assert (session.client_id, session.person_id, session.status_id) == (person.pk, person.person_id, "E-9")
        assert (session.counsellor, session.counsellor_name) == (counsellor, "상담원 하나")
        assert session.recorded_on == timezone.localdate()
        assert session.programme_id == "one-centre"
        with everywhere():
            assert list(SessionIssue.objects.values_list("topic_id", flat=True)) == ["health"]

    def test_says_what_the_database_holds_and_no_name(self, client, counsellor):
        person = make_client(name="NGUYEN DEMO")
        answer = client.post(f"{NEW}?client={person.pk}", typed())
        said = client.get(answer["Location"], headers={"accept-language": "en"}).content.decode()
        assert "기록했습니다" in said
        assert "NGUYEN" not in str(answer.cookies)

    def test_an_anonymous_session_keeps_what_was_told(self, client, counsellor):
        client.post(NEW, typed(nationality="KH", status="E-9", sex="female"))
        [session] = recorded()
        assert session.client_id is None
        assert (session.nationality_id, session.status_id, session.sex_id) == ("KH", "E-9", "female")

    def test_the_worker_centre_logs_for_its_own_programme(self, client):
        client.force_login(make_user(Role.COUNSELLOR, "52-c1"))
        assert client.post(NEW, typed()).status_code == 302
        assert recorded()[0].programme_id == "worker-settlement"

    def test_a_form_sent_twice_makes_one_session(self, client, counsellor):
        form = typed()
        first, second = client.post(NEW, form), client.post(NEW, form)
        assert first["Location"] == second["Location"]
        assert len(recorded()) == 1

    def test_a_form_that_was_typed_on_after_it_was_put_on_record_elsewhere_loses_nothing(self, client, counsellor):
        form = typed()
        client.post(NEW, form)
        answer = client.post(NEW, form | {"note": form["note"] + " 더 적은 것"})
        assert answer.status_code == 400
        assert "더 적은 것" in answer.content.decode()
        renewed = answer.context["form"]["token"].value()
        assert renewed != form["token"]
        assert client.post(NEW, form | {"note": "더 적은 것", "token": renewed}).status_code == 302
        assert sorted(session.note for session in recorded()) == sorted([form["note"], "더 적은 것"])

    def test_the_centre_is_asked_for_where_there_are_several(self, client, counsellor):
        grant_role(user=counsellor, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=None)
        assert "workspace" in client.get(NEW).context["form"].fields
        assert client.post(NEW, typed()).context["form"].errors.keys() == {"workspace"}
        assert client.post(NEW, typed(workspace="52130-c1")).status_code == 302
        assert client.post("/at/52110-c1" + NEW, typed()).status_code == 302
        assert [session.workspace.code for session in recorded()] == ["52130-c1", "52110-c1"]

    def test_the_next_form_shows_nothing_of_the_one_before(self, client, counsellor):
        person = make_client(language_id="km")
        fresh = shown(client.get(f"{NEW}?client={person.pk}"))
        client.post(f"{NEW}?client={person.pk}", typed(minutes="44", urgency="urgent"))
        page = client.get(f"{NEW}?client={person.pk}")
        assert shown(page) == fresh
        assert "Công ty chưa trả lương." not in page.content.decode()
        assert re.search(r'<form[^>]*id="log"[^>]*autocomplete="off"', page.content.decode())
        assert "no-store" in page["Cache-Control"]

    @pytest.mark.parametrize("spoken_by_the_page", ["ko", "vi"])
    def test_begins_in_the_language_of_the_client_whatever_the_page_speaks(
        self, client, counsellor, spoken_by_the_page
    ):
        person = make_client(language_id="km")
        client.cookies["django_language"] = spoken_by_the_page
        assert client.get(f"{NEW}?client={person.pk}").context["form"]["language"].value() == "km"


@pytest.mark.django_db
class RefusalTests:
    def refused(self, browser, address: str = NEW, **changes):
        answer = browser.post(address, typed(**changes))
        assert answer.status_code == 400
        assert recorded() == []
        assert "Công ty chưa trả lương." in answer.content.decode(), "what was typed is lost"
        return answer.context["form"].errors

    def test_a_day_to_come(self, client, counsellor):
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert self.refused(client, held_on=tomorrow.isoformat()).keys() == {"held_on"}

    def test_a_day_before_the_centre_counts(self, client, counsellor):
        assert self.refused(client, held_on="2001-01-01").keys() == {"held_on"}

    def test_a_centre_that_is_not_running(self, client, counsellor):
        Workspace.objects.filter(code="52110-c1").update(counts_from=None)
        assert self.refused(client).keys() == {"__all__"}

    def test_what_the_form_overlooks_the_database_says_at_the_field(self, client, counsellor, monkeypatch):
        monkeypatch.setattr(SessionForm, "_check_day", lambda *arguments: None)
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert self.refused(client, held_on=tomorrow.isoformat()).keys() == {"held_on"}
        assert self.refused(client, held_on="2001-01-01").keys() == {"held_on"}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("topic", "nothing"), ("language", ""), ("minutes", "-1"), ("minutes", "9" * 30), ("clients", "0"),
            ("held_on", "gestern"), ("follow_up_on", "2001-01-01"),
            ("follow_up_on", "2999-01-01"), ("status", "X-99"), ("other_topics", "?"),
            ("summary", "\x00"), ("token", "no token"),
        ],
    )  # fmt: skip
    def test_nonsense_is_told_at_its_field(self, client, counsellor, field, value):
        assert field in self.refused(client, **{field: value})

    def test_a_client_of_another_centre_does_not_exist(self, client, counsellor):
        other = make_client("52130-c1")
        assert client.post(f"{NEW}?client={other.pk}", typed()).status_code == 404
        assert recorded() == []

    @pytest.mark.parametrize("asked", ["x", "٣", "9" * 40, "-1"])
    def test_a_made_up_client_does_not_exist(self, client, counsellor, asked):
        assert client.get(NEW, {"client": asked}).status_code == 404

    def test_who_only_looks_may_not_log(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52110-office"))
        assert client.post(NEW, typed()).status_code == 403

    def test_a_merged_file_leads_to_the_one_that_was_kept(self, client, counsellor):
        kept, gone = make_client(), make_client()
        with everywhere():
            Client.objects.filter(pk=gone.pk).update(merged_into=kept)
        assert client.get(NEW, {"client": gone.pk})["Location"] == f"{NEW}?client={kept.pk}"

    def test_merged_away_in_another_tab_it_says_so_and_keeps_what_was_typed(self, client, counsellor):
        kept, gone = make_client(), make_client()
        with everywhere():
            Client.objects.filter(pk=gone.pk).update(merged_into=kept)
        form = typed()
        answer = client.post(f"{NEW}?client={gone.pk}", form)
        assert (answer.status_code, recorded()) == (409, [])
        assert "아직 기록하지 않았습니다" in answer.content.decode()
        assert answer.context["form"]["note"].value() == form["note"]
        assert f'action="{NEW}?client={kept.pk}"' in answer.content.decode()
        client.post(f"{NEW}?client={kept.pk}", form)
        assert recorded()[0].client_id == kept.pk


@pytest.mark.committed
def test_two_clicks_at_once_make_one_session(committed):
    user = make_user(Role.COUNSELLOR)
    form = typed()

    def send():
        browser = Browser()
        browser.force_login(user)
        return browser.post(reverse("cases:session_new"), form).get("Location")

    first, second = run_together(send, send)
    assert first == second
    assert len(recorded()) == 1


@pytest.mark.django_db
class HiddenSignTests:
    @pytest.mark.parametrize(("sign", "named"), [("\u202e", "U+202E"), ("\x07", "U+0007"), ("\x9f", "U+009F")])
    @pytest.mark.parametrize("field", ["note", "summary"])
    def test_signs_that_nobody_sees_are_named(self, client, counsellor, field, sign, named):
        answer = client.post(NEW, typed(**{field: f"임금{sign}체불"}))
        assert answer.status_code == 400
        assert named in answer.context["form"].errors[field][0]
        assert f"임금{sign}체불" in answer.content.decode(), "what was typed is lost"

    def test_ends_of_lines_and_scripts_from_right_to_left_are_text(self, client, counsellor):
        assert client.post(NEW, typed(note="الأجر\r\n\tلم يُدفع\u200f")).status_code == 302

    def test_a_note_of_a_megabyte_is_told_and_kept(self, client, counsellor):
        long = "가" * 350_000
        answer = client.post(NEW, typed(note=long))
        assert answer.status_code == 400
        assert answer.context["form"].errors.keys() == {"note"}
        assert long in answer.content.decode()

    def test_the_browser_cuts_nothing_off(self, client, counsellor):
        assert "maxlength" not in client.get(NEW).context["form"]["note"].as_widget()


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ({"language": "vi"}, 'lang="vi" dir="auto"'),
        ({"language": "vi", "note_language": "ko"}, 'lang="ko" dir="auto"'),
        ({"language": "ar"}, 'lang="ar" dir="rtl"'),
        ({"language": '"><b>'}, 'lang="&quot;&gt;&lt;b&gt;" dir="auto"'),
    ],
)
@pytest.mark.django_db
def test_the_note_is_typed_in_its_language_and_direction(client, counsellor, told, written):
    page = client.post(NEW, typed(held_on="x", **told)).content.decode()
    assert re.search(rf'<textarea name="note"[^>]* {re.escape(written)} ', page)
