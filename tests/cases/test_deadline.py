"""Deadlines of clients: noted in a session, in sight until the thing is done, put off with a reason."""

import re
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Deadline, DeadlineKind, PutOff, Session
from cases.services.reminder import put_off_deadline, put_off_follow_up
from centers.models import Membership, Role
from centers.scope import acting_for, settle_constraints
from tests import databases
from tests.make import everywhere, make_client, make_deadline, make_session, make_user, place
from tests.support import as_owner

TODAY = timezone.localdate()


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


@pytest.fixture
def session(counsellor):
    return make_session(client=make_client(name="DEMO WORKER"), held_on=date(2025, 3, 3), counsellor=counsellor)


def note(client, session, **typed):
    told = {"deadline-kind": "address_change", "deadline-starts_on": "2025-03-03", "deadline-due_on": ""}
    return client.post(f"/sessions/{session.pk}/deadline/", told | {f"deadline-{key}": typed[key] for key in typed})


def rows() -> list[Deadline]:
    with everywhere():
        return list(Deadline.objects.order_by("pk"))


@pytest.mark.django_db
class NotingTests:
    def test_counts_the_days_of_the_law_from_the_day_it_happened(self, client, session):
        answer = note(client, session)
        assert answer.status_code == 302
        [deadline] = rows()
        assert (deadline.starts_on, deadline.due_on) == (date(2025, 3, 3), date(2025, 3, 18))
        assert "2025-03-18" in client.get(answer.url.partition("#")[0]).content.decode()

    def test_asks_for_the_last_day_where_no_source_gives_a_number_of_days(self, client, session):
        answer = note(client, session, kind="workplace_change")
        assert answer.status_code == 400
        assert answer.context["form"].errors.keys() == {"due_on"}
        note(client, session, kind="workplace_change", due_on="2025-06-01")
        assert [row.due_on for row in rows()] == [date(2025, 6, 1)]

    def test_one_that_runs_already_is_refused_with_a_sentence_and_nothing_written(self, client, session):
        note(client, session)
        answer = note(client, session)
        assert answer.status_code == 400
        assert answer.context["form"].non_field_errors() == ["내담자의 같은 기한이 이미 진행 중입니다."]
        assert len(rows()) == 1

    def test_a_last_day_before_the_first_is_refused(self, client, session):
        assert note(client, session, due_on="2025-03-02").status_code == 400
        assert rows() == []

    def test_the_kinds_of_the_topic_stand_first(self, client, counsellor):
        session = make_session(client=make_client(), topic_id="labour.workplace_change", counsellor=counsellor)
        page = client.get(f"/sessions/{session.pk}/deadline/")
        assert page.context["form"].fields["kind"].choices[0][0] == "workplace_change"

    def test_an_anonymous_session_leads_back(self, client, counsellor):
        session = make_session(counsellor=counsellor)
        assert client.get(f"/sessions/{session.pk}/deadline/").status_code == 302

    def test_no_kind_invents_a_number_without_a_source(self):
        assert not DeadlineKind.objects.filter(days__isnull=False, source="").exists()


@pytest.mark.django_db
class StartPageTests:
    @pytest.mark.parametrize("days", [-500, 0, 30, 500])
    def test_shows_what_runs_however_long_ago_or_ahead(self, client, session, days):
        make_deadline(session, due_on=TODAY + timedelta(days=days), starts_on=date(2020, 1, 1))
        assert "DEMO WORKER" in running_in(client)

    def test_more_than_it_shows_are_a_number_and_the_list_has_them_all(self, client, session):
        days = [TODAY + timedelta(days=number - 3) for number in range(10)]
        for day in reversed(days):
            make_deadline(session, due_on=day, starts_on=day - timedelta(days=1))
        html = panel(client)
        assert re.findall(r"<span class=\"muted\">([0-9-]+)</span>", html) == [f"{day:%m-%d}" for day in days[:6]]
        assert "4건 더 있음" in html
        page = client.get("/deadlines/?state=running&counsellor=me").content.decode()
        assert re.findall(r"#deadlines\">([0-9-]+)</a>", page) == [day.isoformat() for day in days]
        assert client.get("/deadlines/?state=overdue").content.decode().count('#deadlines">') == 3

    def test_an_official_has_no_list_of_them(self, client, session):
        client.force_login(make_user(Role.COUNSELLOR, official=True))
        assert client.get("/deadlines/").status_code == 403

    def test_done_comes_back_to_the_row_after_it_and_can_be_taken_back_there(self, client, session):
        first, second = (make_deadline(session, due_on=TODAY, starts_on=TODAY - timedelta(days=n)) for n in (1, 2))
        assert f"/deadlines/{first.pk}/done/?then=deadline-{second.pk}" in panel(client)
        assert client.post(f"/deadlines/{first.pk}/done/?then=deadline-{second.pk}").url == f"/#deadline-{second.pk}"
        assert client.post(f"/deadlines/{second.pk}/done/?then=deadlines").url == "/#deadlines"
        assert 'value="1">' in panel(client), "taken back where it was ended"

    def test_what_is_done_names_whose_it_was_and_takes_it_back_where_that_is_said(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        for then in ("?then=deadlines", ""):
            page = client.post(f"/deadlines/{deadline.pk}/done/{then}", follow=True).content.decode()
            said = re.search(r'<p class="notice notice--good" role="status">(.*?)</p>', page, re.DOTALL)[1]
            assert "DEMO WORKER" in said
            of = re.search(r'<button type="submit"[^>]* form="([\w-]+)" name="again"', said)[1]
            action = re.search(rf'<form method="post"\s+id="{of}"\s+action="([^"]+)"', page)[1]
            client.post(action, {"again": "1"}, follow=True)
            [row] = rows()
            assert row.done_on is None

    @pytest.mark.parametrize("then", ["//elsewhere", "x#y", "javascript:1", ""])
    def test_nobody_is_led_elsewhere(self, client, session, then):
        deadline = make_deadline(session, due_on=TODAY)
        answer = client.post(f"/deadlines/{deadline.pk}/done/?then={quote(then)}")
        assert answer.url == f"/sessions/{session.pk}/#deadlines"

    def test_ends_by_itself_when_the_thing_is_done_and_comes_back_when_it_was_not(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        client.post(f"/deadlines/{deadline.pk}/done/")
        assert "DEMO WORKER" not in running_in(client)
        client.post(f"/deadlines/{deadline.pk}/done/", {"again": "1"})
        assert "DEMO WORKER" in running_in(client)

    def test_one_that_is_put_off_is_out_of_sight_until_its_day(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        until = TODAY + timedelta(days=3)
        answer = client.post(f"/deadlines/{deadline.pk}/later/", {"until": f"{until}", "reason": "서류 대기"})
        assert answer.status_code == 302
        assert "DEMO WORKER" not in running_in(client)
        assert "서류 대기" in client.get(f"/sessions/{session.pk}/").content.decode()
        assert "서류 대기" in resting_in(client), "told among what rests, to be taken up again"
        with acting_for([session.workspace_id], actor=session.counsellor):
            PutOff.objects.update(until=TODAY)
        assert "DEMO WORKER" in running_in(client)

    def test_it_is_taken_up_again_before_its_day_and_put_off_anew(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        for reason in ("서류 대기", "보완 요청"):
            typed = {"until": f"{TODAY + timedelta(days=3)}", "reason": reason}
            client.post(f"/deadlines/{deadline.pk}/later/", typed)
        [row] = put_off_by(session.counsellor)
        assert row.reason == "보완 요청"
        client.post(f"/reminders/{row.pk}/again/")
        assert "DEMO WORKER" in running_in(client)

    def test_it_rests_for_whoever_put_it_off_alone(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        client.force_login(make_user(Role.COUNSELLOR, official=False))
        client.post(f"/deadlines/{deadline.pk}/later/", {"until": f"{TODAY + timedelta(days=3)}", "reason": "서류"})
        client.force_login(session.counsellor)
        assert "DEMO WORKER" in running_in(client)

    def test_a_follow_up_of_the_same_session_rests_apart_from_it(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        with everywhere():
            Session.objects.filter(pk=session.pk).update(follow_up_on=TODAY)
        typed = {"until": f"{TODAY + timedelta(days=3)}", "reason": "휴가"}
        client.post(f"/sessions/{session.pk}/later/", typed)
        assert "DEMO WORKER" in running_in(client)
        client.post(f"/deadlines/{deadline.pk}/later/", typed)
        assert sorted(row.deadline_id or 0 for row in put_off_by(session.counsellor)) == [0, deadline.pk]

    def test_what_is_done_rests_no_more(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        client.post(f"/deadlines/{deadline.pk}/later/", {"until": f"{TODAY + timedelta(days=3)}", "reason": "서류"})
        client.post(f"/deadlines/{deadline.pk}/done/")
        assert "DEMO WORKER" not in running_in(client)
        assert "/again/" not in panel(client)

    def test_another_client_of_the_session_takes_it_along_whoever_corrects(self, client, session):
        deadline, colleague = make_deadline(session, due_on=TODAY), make_user(Role.COUNSELLOR, official=False)
        client.post(f"/deadlines/{deadline.pk}/later/", {"until": f"{TODAY + timedelta(days=3)}", "reason": "서류"})
        right = make_client(name="RIGHT PERSON")
        client.force_login(colleague)
        address = f"/sessions/{session.pk}/edit/?client={right.pk}"
        values = {bound.name: bound.value() for bound in client.get(address).context["form"]}
        client.post(address, {name: value for name, value in values.items() if value not in (None, "")})
        [row] = put_off_by(session.counsellor)
        assert row.client_id == right.pk

    @pytest.mark.parametrize(
        ("until", "reason"), [("", "x"), (f"{TODAY}", "x"), ("2999-01-01", "x"), (f"{TODAY + timedelta(days=3)}", "")]
    )
    def test_is_not_put_off_without_a_reason_and_a_day_to_come(self, client, session, until, reason):
        typed = {"until": until, "reason": reason}
        deadline = make_deadline(session, due_on=TODAY)
        assert client.post(f"/deadlines/{deadline.pk}/later/", typed).status_code == 400
        assert put_off_by(session.counsellor) == []

    def test_those_of_a_colleague_are_not_there(self, client, counsellor):
        make_deadline(make_session(client=make_client(name="DEMO WORKER")), due_on=TODAY)
        assert "DEMO WORKER" not in panel(client)


@pytest.mark.django_db
class OfficialTests:
    """A deadline that has passed says that the law was broken: an official sees none."""

    @pytest.fixture(autouse=True)
    def official(self, counsellor):
        Membership.objects.filter(user=counsellor).update(official=True)

    def test_sees_none(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        assert 'id="deadlines"' not in client.get("/").content.decode()
        assert 'id="deadlines"' not in client.get(f"/sessions/{session.pk}/").content.decode()
        assert client.get(f"/deadlines/{deadline.pk}/later/").status_code == 404
        assert client.post(f"/deadlines/{deadline.pk}/done/").status_code == 404

    def test_notes_none(self, client, session):
        assert note(client, session).status_code == 403
        assert rows() == []


def panel(client) -> str:
    return client.get("/").content.decode().partition('id="deadlines"')[2].partition("</section>")[0]


def running_in(client) -> str:
    return panel(client).partition("<details")[0]


def resting_in(client) -> str:
    return panel(client).partition("<details")[2]


def put_off_by(user) -> list[PutOff]:
    with acting_for([place().pk], actor=user):
        return list(PutOff.objects.order_by("pk"))


@pytest.mark.django_db
class DatabaseTests:
    def test_refuses_what_a_form_would(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_deadline(due_on=date(2025, 3, 2))

    @pytest.mark.parametrize("wrong", ["another session", "no session", "no reason"])
    def test_refuses_a_put_off_that_is_of_nothing(self, session, wrong):
        deadline, other = make_deadline(session, due_on=TODAY), make_session(client=make_client())
        told = {"session_id": session.pk, "reason": "서류", "until": TODAY, "deadline": deadline}
        told |= {"another session": {"session_id": other.pk}, "no session": {"session_id": None}}.get(
            wrong, {"reason": ""}
        )
        mine = {"workspace_id": session.workspace_id, "user": session.counsellor, "client_id": session.client_id}
        with acting_for([place().pk], actor=session.counsellor), pytest.raises(IntegrityError), transaction.atomic():
            PutOff.objects.create(**mine, **told)
            settle_constraints()


@pytest.mark.committed
def test_what_was_put_off_before_is_kept_and_given_back(committed):
    """The columns that deadlines had of their own, forth and back."""
    user = make_user(Role.COUNSELLOR, official=False)
    session = make_session(client=make_client(), counsellor=user)
    rests, runs = make_deadline(session, counsellor=user), make_deadline(session, kind_id="workplace_change")
    with acting_for([place().pk], actor=user):
        put_off_deadline(actor=user, deadline=rests, until=TODAY, reason="서류 대기")
        put_off_follow_up(actor=user, session=session, until=TODAY, reason="휴가")
    held = "SELECT id, snoozed_until, snooze_reason FROM cases_deadline ORDER BY id"
    kept = "SELECT deadline_id, session_id, user_id, until, reason FROM cases_putoff ORDER BY id"
    history = "SELECT count(*) FROM cases_deadlineevent"
    with as_owner(committed) as owner:
        before = owner.execute(kept).fetchall()
        changes = owner.execute(history).fetchone()
    migrated(committed, "0022")
    with as_owner(committed) as owner:
        assert owner.execute(held).fetchall() == [(rests.pk, TODAY, "서류 대기"), (runs.pk, None, "")]
        assert owner.execute("SELECT session_id, reason FROM cases_putoff").fetchall() == [(session.pk, "휴가")]
    migrated(committed)
    with as_owner(committed) as owner:
        assert sorted(owner.execute(kept).fetchall(), key=str) == sorted(before, key=str)
        assert owner.execute(history).fetchone() == changes


def migrated(database: str, *target: str) -> None:
    databases.use(database, owner=True)
    try:
        call_command("migrate", "cases", *target, verbosity=0, interactive=False)
    finally:
        databases.use(database)
