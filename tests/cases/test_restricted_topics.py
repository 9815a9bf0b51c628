"""Two topics would tell an official, beside a person, that a stay is irregular: the official is told their group."""

import csv
import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.models import Session, SessionIssue, Topic
from centers.exports.run import folder, run_export
from centers.exports.sealed import SealedReader
from centers.models import Export, Membership, Role
from centers.models.codes import kept_names
from centers.reader import by_an_official, read_by
from centers.scope import acting_for
from centers.services.membership import grant_role
from kpi.rollup import roll_up
from tests.cases.test_session_new import NEW, recorded, typed
from tests.make import everywhere, make_client, make_export, make_session, make_user, place

pytestmark = pytest.mark.django_db
LIST = "/sessions/"
GROUP = "체류·국적"
RESTRICTED = {"stay.undocumented": "미등록", "stay.penalty_departure": "범칙금·출국"}


@pytest.fixture(params=sorted(RESTRICTED))
def code(request):
    return request.param


@pytest.fixture
def official(client):
    user = make_user(Role.COUNSELLOR)
    client.force_login(user)
    return user


@pytest.fixture
def counsellor():
    """A counsellor who is no official."""
    return make_user(Role.COUNSELLOR, official=False)


def text_of(answer) -> str:
    """What a page says and holds, without the choices of its forms."""
    assert answer.status_code == 200
    return re.sub(r"<select.*?</select>", "", answer.content.decode(), flags=re.DOTALL)


def add_further(session: Session, code: str) -> SessionIssue:
    with everywhere():
        return SessionIssue.objects.create(workspace_id=session.workspace_id, session=session, topic_id=code)


class ReferenceTests:
    def test_two_topics_are_for_counsellors(self):
        assert set(Topic.objects.filter(restricted=True).values_list("code", flat=True)) == RESTRICTED.keys()

    def test_such_a_topic_belongs_to_a_group(self):
        with pytest.raises(ValidationError, match="대분류"):
            Topic(code="apart", name="Apart", name_ko="따로", restricted=True).validate_constraints()


class ReaderTests:
    def test_nobody_reads_what_a_worker_counts(self, code):
        assert not by_an_official()
        assert str(Topic.objects.get(pk=code)) == RESTRICTED[code]

    def test_a_name_that_was_kept_for_one_reader_is_not_another_s(self, official, counsellor, code):
        for user, name in ((counsellor, RESTRICTED[code]), (official, GROUP), (counsellor, RESTRICTED[code])):
            with read_by(user):
                assert kept_names(Topic)[code] == name == str(Topic.objects.get(pk=code))

    def test_the_reader_of_before_is_back_after_an_error(self, official):
        with pytest.raises(ValueError), read_by(official):
            raise ValueError
        assert not by_an_official()


class PageTests:
    """Each page as an official reads it, and as a counsellor who is none."""

    @pytest.fixture
    def session(self, code):
        person = make_client(name="NGUYEN DEMO")
        return make_session(client=person, topic_id=code, held_on=timezone.localdate(), ref="S-100")

    def both(self, browser, official, counsellor, address: str, code: str, **posted) -> tuple[str, str]:
        """The page for each; only that of the counsellor has the name of the topic, and neither its code."""
        pages = []
        for user in (official, counsellor):
            browser.force_login(user)
            pages.append(text_of(browser.post(address, posted) if posted else browser.get(address)))
        for_official, for_counsellor = pages
        assert RESTRICTED[code] not in for_official
        assert code not in for_official
        assert GROUP in for_official
        assert RESTRICTED[code] in for_counsellor
        return for_official, for_counsellor

    def test_the_start_page(self, client, official, counsellor, session, code):
        with everywhere():
            Session.objects.update(counsellor=official, follow_up_on=timezone.localdate())
        add = make_session(topic_id=code, held_on=timezone.localdate(), client=make_client(), counsellor=counsellor)
        with everywhere():
            Session.objects.filter(pk=add.pk).update(follow_up_on=timezone.localdate())
        page, _other = self.both(client, official, counsellor, "/", code)
        assert page.count(GROUP) >= 3  # today's sessions, follow-ups, latest clients

    def test_the_list(self, client, official, counsellor, session, code):
        self.both(client, official, counsellor, LIST, code)

    def test_the_session_s_page(self, client, official, counsellor, session, code):
        self.both(client, official, counsellor, session.get_absolute_url(), code)

    def test_reads_as_a_session_does_that_is_about_the_group(self, client, official, code):
        """Where the group stands before its topic it does not stand before itself."""
        told = []
        for topic in (code, "stay"):
            session = make_session(topic_id=topic)
            page = text_of(client.get(session.get_absolute_url()))
            told.append(re.search(r"<dt>상담유형</dt><dd>(.*?)</dd>", page, re.DOTALL)[1].strip())
        assert told == [GROUP, GROUP]

    def test_the_client_s_page(self, client, official, counsellor, session, code):
        self.both(client, official, counsellor, session.client.get_absolute_url(), code)

    def test_the_search(self, client, official, counsellor, session, code):
        self.both(client, official, counsellor, "/search/", code, q="S-100")

    def test_the_history_of_a_session(self, client, official, counsellor, session, code):
        with everywhere():
            Session.objects.filter(pk=session.pk).update(topic="labour.wages")
        page, _other = self.both(client, official, counsellor, session.get_absolute_url(), code)
        assert "임금체불" in page

    def test_a_change_within_what_reads_alike_is_none(self, client, official, counsellor, session, code):
        with everywhere():
            Session.objects.filter(pk=session.pk).update(topic="stay")
        assert not client.get(session.get_absolute_url()).context["changes"]
        client.force_login(counsellor)
        assert client.get(session.get_absolute_url()).context["changes"]

    def test_a_further_topic_is_not_told_apart_by_standing_beside_its_group(self, client, official, counsellor, code):
        session = make_session(topic_id="stay")
        issue = add_further(session, code)
        page = client.get(session.get_absolute_url())
        assert page.context["issues"] == []
        client.force_login(counsellor)
        assert [str(found.topic_id) for found in client.get(session.get_absolute_url()).context["issues"]] == [code]
        with everywhere():
            issue.delete()
        assert RESTRICTED[code] in text_of(client.get(session.get_absolute_url()))
        client.force_login(official)
        assert client.get(session.get_absolute_url()).context["changes"] == []


class ListTests:
    def choices(self, browser) -> set[str]:
        [select] = re.findall(r'<select[^>]* name="topic".*?</select>', browser.get(LIST).content.decode(), re.DOTALL)
        return set(re.findall(r'<option value="([^"]+)"', select))

    def test_an_official_cannot_ask_for_such_a_topic(self, client, official, counsellor, code):
        sessions = [make_session(topic_id=topic) for topic in (code, "labour.wages")]
        shown = client.get(LIST, {"topic": code}).context["shown"]
        assert "topic" in shown.form.errors
        assert set(shown.page) == set(sessions)
        assert not RESTRICTED.keys() & self.choices(client)
        client.force_login(counsellor)
        assert list(client.get(LIST, {"topic": code}).context["shown"].page) == sessions[:1]
        assert RESTRICTED.keys() < self.choices(client)

    def test_the_group_holds_them_for_everybody(self, client, official, code):
        inside = [make_session(topic_id=topic) for topic in (code, "stay", "stay.extension")]
        make_session()
        assert set(client.get(LIST, {"topic": "stay"}).context["shown"].page) == set(inside)


class ExportTests:
    @pytest.fixture(autouse=True)
    def own_folder(self, settings, tmp_path):
        settings.EXPORT_FOLDER = tmp_path / "exports"

    def row(self, user) -> dict:
        """The one row of the user's file of sessions."""
        export = make_export(user)
        run_export(export.pk, user.pk)
        with acting_for([], actor=user):
            export = Export.objects.get(pk=export.pk)
        with SealedReader(folder() / export.file, export.file) as file:
            [row] = csv.DictReader(io.StringIO(file.read().decode("utf-8-sig")))
        return row

    def test_a_file_holds_name_and_code_of_the_group(self, official, counsellor, code):
        make_session(topic_id=code)
        told = self.row(official)
        assert (told["상담유형"], told["상담유형(코드)"]) == (GROUP, "stay")
        told = self.row(counsellor)
        assert (told["상담유형"], told["상담유형(코드)"]) == (RESTRICTED[code], code)


class FormTests:
    def offered(self, browser, name: str) -> set[str]:
        field = browser.get(NEW).context["form"].fields[name]
        return {str(code) for _group, inside in field.choices if not isinstance(inside, str) for code, _name in inside}

    @pytest.mark.parametrize("name", ["topic", "other_topics"])
    def test_is_offered_to_a_counsellor_alone(self, client, official, counsellor, name):
        assert not RESTRICTED.keys() & self.offered(client, name)
        assert "stay" in self.offered(client, name)
        client.force_login(counsellor)
        assert RESTRICTED.keys() < self.offered(client, name)

    def test_sent_by_hand_it_is_no_choice(self, client, official, code):
        for changes in ({"topic": code}, {"other_topics": ["health", code]}):
            answer = client.post(NEW, typed(**changes))
            assert answer.status_code == 400
            assert answer.context["form"].errors.keys() == changes.keys()
        assert recorded() == []

    def test_what_a_counsellor_logged_is_said_by_its_name(self, client, counsellor, code):
        client.force_login(counsellor)
        answer = client.post(NEW, typed(topic=code))
        assert RESTRICTED[code] in text_of(client.get(answer["Location"]))


class FigureTests:
    @pytest.fixture
    def province(self, client):
        """An official who reads the figures of the province, and counsels at a centre."""
        user = make_user(Role.PROVINCE_STAFF, "52-office")
        grant_role(user=user, workspace=place(), role=Role.COUNSELLOR, actor=make_user())
        client.force_login(user)
        return user

    def count(self, *topics: str) -> None:
        for topic in topics:
            make_session(topic_id=topic, ref=f"S-{topic}")
        with everywhere():
            roll_up(2025)

    def test_rows_that_would_tell_are_shut_to_an_official(self, client, province, code):
        self.count(code, "stay", "stay.extension")
        for topic in (code, "stay"):  # whoever knew all of the group would know the others
            answer = client.get(f"/kpi/evidence/2025.session.topic.{topic}/")
            assert answer.status_code == 403
            assert "S-" not in answer.content.decode()
        assert client.get("/kpi/evidence/2025.session.topic.stay.extension/").status_code == 200

    def test_the_sheet_counts_them_by_name_and_leads_nowhere(self, client, province, code):
        self.count(code, "stay", "stay.extension")
        page = client.get("/kpi/2025/").content.decode()
        assert RESTRICTED[code] in page
        assert "topic.stay.extension/" in page
        assert f"topic.{code}/" not in page
        assert "topic.stay/" not in page

    def test_who_is_no_official_opens_them(self, client, province, code):
        Membership.objects.filter(user=province).update(official=False)
        self.count(code)
        assert f"topic.{code}/" in client.get("/kpi/2025/").content.decode()
        assert f"S-{code}" in client.get(f"/kpi/evidence/2025.session.topic.{code}/").content.decode()
