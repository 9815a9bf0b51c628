"""A session on record corrected, voided, and told to lack something."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.utils import timezone

from cases.models import CompletionRule, Draft, Session, SessionIssue
from centers.models import Role
from centers.scope import acting_for
from tests.make import everywhere, make_client, make_deadline, make_session, make_user, place
from tests.support import run_together

NOTE = "Công ty chưa trả lương.\n두 번째 줄"


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, name="상담원 하나", official=False)
    client.force_login(user)
    return user


@pytest.fixture
def session(counsellor):
    return make_session(
        client=make_client(name="NGUYEN DEMO", status_id="E-9"),
        counsellor=counsellor,
        note=NOTE,
        minutes=30,
        topic_id="labour.wages",
        language_id="vi",
    )


def page_of(session: Session) -> str:
    return f"/sessions/{session.pk}/edit/"


def opened(client, session: Session, query: str = "") -> dict:
    """The fields of the form as a browser would send them back untouched."""
    answer = client.get(page_of(session) + query)
    assert answer.status_code == 200
    form = answer.context["form"]
    values = {name: field.value() for name, field in ((bound.name, bound) for bound in form)}
    plain = {name: value for name, value in values.items() if value not in (None, "")}
    return plain | {"draft_session": str(session.pk)}


def sent_back(answer) -> dict:
    """The form of an answer as a browser would send it back."""
    values = {bound.name: bound.value() for bound in answer.context["form"]}
    return {name: value for name, value in values.items() if value not in (None, "")}


def told_of(answer) -> dict[str, tuple[str, str, str]]:
    """What the page says that others changed: before, theirs, one's own."""
    return {row.label: (row.was, row.became, row.typed) for row in answer.context["others"]}


def held(session: Session) -> Session:
    with everywhere():
        return Session.objects.select_related("client").get(pk=session.pk)


def issues(session: Session) -> list[str]:
    with everywhere():
        return sorted(SessionIssue.objects.filter(session=session).values_list("topic", flat=True))


@pytest.mark.django_db
class CorrectTests:
    def test_writes_what_was_changed_and_nothing_else(self, client, session):
        form = opened(client, session) | {"minutes": "45", "other_topics": ["health"], "urgency": "urgent"}
        answer = client.post(page_of(session), form)
        assert answer["Location"] == session.get_absolute_url()
        now = held(session)
        assert (now.minutes, now.urgency_id, now.note, now.counsellor) == (45, "urgent", NOTE, session.counsellor)
        assert (now.status_id, now.form_token) == (session.status_id, session.form_token)
        assert issues(session) == ["health"]
        told = client.get(answer["Location"]).content.decode()
        assert "정정한 내용을 기록했습니다" in told

    def test_untouched_it_changes_nothing_and_leaves_no_history(self, client, session):
        form = opened(client, session) | {"note": NOTE.replace("\n", "\r\n")}
        assert client.post(page_of(session), form).status_code == 302
        assert list(held(session).events.all()) == []

    def test_a_topic_taken_away_goes_and_comes_back(self, client, session):
        for chosen in (["health", "education"], ["education"], []):
            form = {name: value for name, value in opened(client, session).items() if name != "other_topics"}
            client.post(page_of(session), form | {"other_topics": chosen})
            assert issues(session) == sorted(chosen)

    def test_a_further_topic_that_becomes_the_main_one_is_no_further_one(self, client, session):
        client.post(page_of(session), opened(client, session) | {"other_topics": ["health"]})
        client.post(page_of(session), opened(client, session) | {"topic": "health"})
        assert (held(session).topic_id, issues(session)) == ("health", [])

    def test_another_client_brings_their_status_and_takes_the_deadlines(self, client, session):
        deadline = make_deadline(session)
        right = make_client(name="TRAN DEMO", status_id="D-2")
        form = opened(client, session, f"?client={right.pk}")
        client.post(f"{page_of(session)}?client={right.pk}", form)
        now = held(session)
        assert (now.client_id, now.person_id, now.status_id) == (right.pk, right.person_id, "D-2")
        with everywhere():
            deadline.refresh_from_db()
        assert deadline.client_id == right.pk

    def test_what_is_refused_stays_in_the_form_and_nothing_is_written(self, client, session):
        tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
        answer = client.post(page_of(session), opened(client, session) | {"held_on": tomorrow, "note": "새로 씀"})
        assert answer.status_code == 400
        assert "새로 씀" in answer.content.decode()
        assert held(session).note == NOTE

    @pytest.mark.parametrize(
        "query", ["?draft=x", "?draft=00000000-0000-4000-8000-000000000000", "?client=x", "?client=999999999999"]
    )
    def test_nonsense_in_the_address_is_refused_or_ignored(self, client, session, query):
        assert client.get(page_of(session) + query).status_code in {200, 400, 404}


@pytest.mark.django_db
class TwoPeopleTests:
    def test_the_second_is_shown_both_versions_and_loses_nothing(self, client, session):
        mine = opened(client, session) | {"note": "내가 쓴 내용", "minutes": "50"}
        theirs = opened(client, session) | {"note": "다른 사람이 쓴 내용"}
        client.post(page_of(session), theirs)
        answer = client.post(page_of(session), mine)
        assert answer.status_code == 409
        assert told_of(answer) == {"상담 내용": (NOTE, "다른 사람이 쓴 내용", "내가 쓴 내용")}
        assert sent_back(answer)["note"] == "내가 쓴 내용"
        assert held(session).note == "다른 사람이 쓴 내용"
        assert client.post(page_of(session), sent_back(answer)).status_code == 302
        assert (held(session).note, held(session).minutes) == ("내가 쓴 내용", 50)

    def test_what_one_did_not_touch_is_taken_over(self, client, session):
        mine = opened(client, session) | {"note": "내가 쓴 내용"}
        theirs = opened(client, session) | {"minutes": "50", "other_topics": ["health"], "urgency": "urgent"}
        client.post(page_of(session), theirs)
        answer = client.post(page_of(session), mine)
        assert answer.status_code == 409
        assert {typed for _was, _became, typed in told_of(answer).values()} == {""}
        client.post(page_of(session), sent_back(answer))
        now = held(session)
        assert (now.note, now.minutes, now.urgency_id, issues(session)) == ("내가 쓴 내용", 50, "urgent", ["health"])

    def test_another_client_of_theirs_is_not_taken_back_unseen(self, client, session):
        right = make_client(name="TRAN DEMO", status_id="D-2")
        mine = opened(client, session) | {"note": "내가 쓴 내용"}
        client.post(f"{page_of(session)}?client={right.pk}", opened(client, session, f"?client={right.pk}"))
        answer = client.post(f"{page_of(session)}?client={session.client_id}", mine)
        assert answer.status_code == 409
        assert told_of(answer) == {"내담자": ("NGUYEN DEMO", "TRAN DEMO", "")}
        assert answer.context["client"].pk == right.pk
        client.post(f"{page_of(session)}?client={right.pk}", sent_back(answer))
        assert (held(session).client_id, held(session).note) == (right.pk, "내가 쓴 내용")

    @pytest.mark.parametrize("seen", ["", "[]", "{", '{"note": 3}'])
    def test_a_form_whose_memory_was_cut_overwrites_nothing_unseen(self, client, session, seen):
        answer = client.post(page_of(session), opened(client, session) | {"note": "내가 쓴 내용", "seen": seen})
        assert answer.status_code == 409
        assert held(session).note == NOTE

    def test_a_form_sent_twice_is_no_quarrel_with_oneself(self, client, session):
        form = opened(client, session) | {"minutes": "45"}
        assert client.post(page_of(session), form).status_code == 302
        second = client.post(page_of(session), form)
        assert second.status_code == 302
        assert len(held(session).events.all()) == 1


@pytest.mark.committed
def test_two_who_press_at_the_same_moment_are_one_correction_and_one_question(committed):
    user = make_user(Role.COUNSELLOR, official=False)
    session = make_session(client=make_client(), counsellor=user, note=NOTE)
    browsers = [Browser(), Browser()]
    for browser in browsers:
        browser.force_login(user)
    form = opened(browsers[0], session)

    def press(number: int):
        return browsers[number].post(page_of(session), form | {"note": f"정정 {number}"})

    answers = run_together(lambda: press(0), lambda: press(1))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    [second] = [answer for answer in answers if answer.status_code == 409]
    [(label, (was, now, mine))] = told_of(second).items()
    assert (label, was, {now, mine}) == ("상담 내용", NOTE, {"정정 0", "정정 1"})
    assert held(session).note == now


@pytest.mark.django_db
class DraftTests:
    def kept(self, client, session, **changes) -> dict:
        form = opened(client, session) | {"draft_tab": "tab-1", "draft_version": "0", "draft_sequence": "1"} | changes
        form["draft_client"] = str(session.client_id)
        assert client.post("/drafts/save/", form).status_code == 200
        return form

    def drafts(self, user) -> list[Draft]:
        with acting_for([place().pk], actor=user):
            return list(Draft.objects.filter(user=user))

    def test_what_was_typed_is_in_the_form_when_it_is_opened_again(self, client, counsellor, session):
        self.kept(client, session, note="쓰다 만 정정")
        assert opened(client, session)["note"] == "쓰다 만 정정"
        [draft] = self.drafts(counsellor)
        assert draft.session_id == session.pk
        start = client.get("/").content.decode()
        assert page_of(session) in start
        assert held(session).note == NOTE

    def test_it_ends_with_the_correction(self, client, counsellor, session):
        form = self.kept(client, session, note="쓰다 만 정정")
        client.post(page_of(session), form)
        assert held(session).note == "쓰다 만 정정"
        assert self.drafts(counsellor) == []

    def test_one_upon_an_older_state_is_shown_beside_what_is_on_record(self, client, counsellor, session):
        form = self.kept(client, session, note="쓰다 만 정정")
        other = opened(client, session) | {"token": str(uuid4()), "note": "먼저 정정됨"}
        client.post(page_of(session), other)
        page = client.get(f"{page_of(session)}?draft={form['token']}")
        assert told_of(page) == {"상담 내용": (NOTE, "먼저 정정됨", "쓰다 만 정정")}
        assert page.context["form"]["note"].value() == "쓰다 만 정정"

    def test_the_same_correction_upon_an_older_and_a_newer_state_is_one(self, client, counsellor, session):
        form = self.kept(client, session, note="두 창에서 고침")
        colleague = opened(client, session) | {"token": str(uuid4()), "note": NOTE, "minutes": "45"}
        client.post(page_of(session), colleague)
        newer = opened(client, session) | {"draft_tab": "tab-2", "draft_version": "0", "draft_sequence": "1"}
        assert newer["seen"] != form["seen"] and newer["note"] == form["note"]
        answer = client.post("/drafts/save/", newer)
        assert answer.status_code == 200
        [draft] = self.drafts(counsellor)
        assert not draft.asks
        client.post(page_of(session), newer | {"draft_version": answer.json()["version"]})
        assert (held(session).note, self.drafts(counsellor)) == ("두 창에서 고침", [])

    def test_a_window_that_was_left_goes_on_with_its_own_draft(self, client, counsellor, session):
        form = self.kept(client, session, note="첫째 창", draft_session=str(session.pk))
        other = form | {"draft_tab": "tab-2", "note": "둘째 창"}
        assert client.post("/drafts/save/", other).status_code == 409
        client.post(page_of(session), form | {"draft_version": "1"})
        assert [draft.texts["note"] for draft in self.drafts(counsellor)] == [["둘째 창"]]
        client.post("/drafts/save/", other | {"draft_sequence": "2", "note": "둘째 창에서 더"})
        assert [draft.texts["note"] for draft in self.drafts(counsellor)] == [["둘째 창에서 더"]]

    def test_windows_that_say_the_same_leave_one_draft(self, client, counsellor, session):
        form = self.kept(client, session, note="첫째 창", draft_session=str(session.pk))
        for tab in ("tab-2", "tab-3"):
            client.post("/drafts/save/", form | {"draft_tab": tab, "note": "둘째 창"})
        client.post(page_of(session), form | {"draft_version": "1"})
        assert [draft.texts["note"] for draft in self.drafts(counsellor)] == [["둘째 창"]]


@pytest.mark.django_db
class VoidTests:
    def test_a_void_session_counts_no_more_and_says_why(self, client, session):
        assert client.post(f"/sessions/{session.pk}/void/", {"reason": ""}).status_code == 400
        client.post(f"/sessions/{session.pk}/void/", {"reason": "두 번 기록함"})
        now = held(session)
        assert (bool(now.voided_at), now.void_reason) == (True, "두 번 기록함")
        assert "두 번 기록함" in client.get(session.get_absolute_url()).content.decode()

    def test_voided_in_another_tab_what_was_typed_stays_and_nothing_is_written(self, client, session):
        form = opened(client, session) | {"note": "내가 쓴 내용"}
        client.post(f"/sessions/{session.pk}/void/", {"reason": "두 번 기록함"})
        answer = client.post(page_of(session), form)
        assert answer.status_code == 409
        assert answer.context["form"]["note"].value() == "내가 쓴 내용"
        assert held(session).note == NOTE

    def test_it_is_corrected_only_after_it_counts_again(self, client, session):
        client.post(f"/sessions/{session.pk}/void/", {"reason": "두 번 기록함"})
        assert client.get(page_of(session))["Location"] == session.get_absolute_url()
        client.post(f"/sessions/{session.pk}/restore/")
        assert (held(session).voided_at, held(session).void_reason) == (None, "")
        assert client.get(page_of(session)).status_code == 200


@pytest.mark.django_db
class OfficialTests:
    """An official who corrects a session keeps what is not shown to them."""

    def test_the_restricted_topic_stays(self, client):
        official = make_user(Role.COUNSELLOR, official=True)
        client.force_login(official)
        session = make_session(client=make_client(), topic_id="stay.undocumented", note=NOTE)
        form = opened(client, session)
        assert form["topic"] == "stay"
        assert "undocumented" not in form["seen"]
        client.post(page_of(session), form | {"minutes": "20"})
        assert (held(session).topic_id, held(session).minutes) == ("stay.undocumented", 20)

    def test_the_restricted_further_topic_stays(self, client):
        client.force_login(make_user(Role.COUNSELLOR, official=True))
        session = make_session(client=make_client(), topic_id="labour.wages")
        with everywhere():
            SessionIssue.objects.create(
                workspace=session.workspace, session=session, topic_id="stay.penalty_departure"
            )
        client.post(page_of(session), opened(client, session) | {"other_topics": ["health"]})
        assert issues(session) == ["health", "stay.penalty_departure"]


@pytest.mark.django_db
class CompletionTests:
    def test_a_summary_is_asked_for_unless_it_was_in_korean(self, client, counsellor):
        today = {"client": make_client(), "counsellor": counsellor, "held_on": timezone.localdate()}
        session = make_session(language_id="vi", **today)
        make_session(language_id="ko", **today)
        text = client.get("/").content.decode()
        assert f"{page_of(session)}?queue=today#id_summary" in text
        assert text.count("#id_summary") == 1
        client.post(page_of(session), opened(client, session) | {"summary": "임금 체불"})
        assert "#id_summary" not in client.get("/").content.decode()

    def test_from_one_completed_it_leads_on_to_the_next(self, client, counsellor):
        told = {"client": make_client(), "counsellor": counsellor, "language_id": "vi"}
        second, first = (make_session(held_on=date(2025, 3, day), **told) for day in (5, 4))
        pages = []
        for session in (first, second):
            sent = opened(client, session) | {"summary": "임금 체불"}
            pages.append(client.post(page_of(session), sent, follow=True).content.decode())
        assert f"{page_of(second)}?queue=all#id_summary" in pages[0] and "1건 남았습니다" in pages[0]
        assert "보완할 내 상담이 없습니다" in pages[1]
        assert "보완할 내 상담" not in client.get(first.get_absolute_url()).content.decode()

    def test_from_the_start_page_it_leads_on_within_what_stands_there(self, client, counsellor):
        today = timezone.localdate()
        told = {"client": make_client(), "counsellor": counsellor, "language_id": "vi"}
        old, first, second, third = (
            make_session(held_on=today - timedelta(days=days), **told) for days in (200, 60, 40, 20)
        )
        ways, session = [], second
        while session:
            sent = opened(client, session, "?queue=today") | {"summary": "임금 체불", "queue": "today"}
            answer = client.post(page_of(session), sent, follow=True)
            queue = answer.context["queue"]
            ways.append((session, queue["number"]))
            session = queue["next"]
        assert ways == [(second, 2), (third, 1), (first, 0)]
        with everywhere():
            assert Session.objects.get(pk=old.pk).summary == ""

    def test_the_form_of_a_correction_keeps_the_queue_it_came_from(self, client, counsellor, session):
        for asked, kept in (("?queue=today", "today"), ("", "all"), ("?queue=x", "all")):
            page = client.get(page_of(session) + asked).content.decode()
            assert re.search(r'name="queue"\s+value="(\w+)"', page)[1] == kept

    def test_a_manager_says_what_is_asked_for(self, client, counsellor, session):
        client.force_login(make_user(Role.MANAGER))
        answer = client.post("/sessions/asked/", {"workspace": "52110-c1", "fields_asked": ["outcome", "urgency"]})
        assert answer.status_code == 302
        client.force_login(counsellor)
        shown = client.get(session.get_absolute_url())
        assert [name for name, _label in shown.context["missing"]] == ["outcome", "urgency"]

    def test_nothing_may_be_asked_for(self, client, counsellor, session):
        with everywhere():
            CompletionRule.objects.create(workspace=session.workspace, fields=[])
        assert client.get(session.get_absolute_url()).context["missing"] == []

    def test_the_database_lets_no_counsellor_say_so(self, counsellor):
        with acting_for([place().pk], actor=counsellor):
            assert list(CompletionRule.objects.all()) == []


@pytest.mark.django_db
class LanguageTests:
    def test_the_language_of_the_session_is_not_asked_for_twice(self, client, session):
        client.post(page_of(session), opened(client, session) | {"wanted_language": "vi", "note_language": "ko"})
        assert (held(session).wanted_language_id, held(session).note_language_id) == (None, "ko")
        assert '<p class="prose" lang="ko"' in client.get(session.get_absolute_url()).content.decode()

    def test_a_language_that_could_not_be_given_is_found_in_the_list(self, client, session):
        other = make_session(client=make_client())
        client.post(page_of(session), opened(client, session) | {"wanted_language": "km"})
        answer = client.get("/sessions/?wanted=not-given").content.decode()
        assert session.get_absolute_url() in answer
        assert other.get_absolute_url() not in answer
