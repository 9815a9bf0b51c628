"""Deadlines of clients: noted in a session, in sight until the thing is done, put off with a reason."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Deadline, DeadlineKind
from centers.models import Membership, Role
from tests.make import everywhere, make_client, make_deadline, make_session, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR)
    Membership.objects.filter(user=user).update(official=False)
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


class StartPageTests:
    @pytest.mark.parametrize(("days", "there"), [(-5, True), (0, True), (30, True), (31, False)])
    def test_shows_what_is_overdue_or_due_within_thirty_days(self, client, session, days, there):
        make_deadline(session, due_on=TODAY + timedelta(days=days))
        assert ("DEMO WORKER" in panel(client)) == there

    def test_ends_by_itself_when_the_thing_is_done_and_comes_back_when_it_was_not(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        client.post(f"/deadlines/{deadline.pk}/done/")
        assert "DEMO WORKER" not in panel(client)
        client.post(f"/deadlines/{deadline.pk}/done/", {"again": "1"})
        assert "DEMO WORKER" in panel(client)

    def test_one_that_is_put_off_is_out_of_sight_until_its_day(self, client, session):
        deadline = make_deadline(session, due_on=TODAY)
        until = TODAY + timedelta(days=3)
        answer = client.post(f"/deadlines/{deadline.pk}/later/", {"until": f"{until}", "reason": "서류 대기"})
        assert answer.status_code == 302
        assert "DEMO WORKER" not in panel(client)
        with everywhere():
            Deadline.objects.update(snoozed_until=TODAY)
        assert "DEMO WORKER" in panel(client)

    @pytest.mark.parametrize(
        ("until", "reason"), [("", "x"), (f"{TODAY}", "x"), ("2999-01-01", "x"), (f"{TODAY + timedelta(days=3)}", "")]
    )
    def test_is_not_put_off_without_a_reason_and_a_day_to_come(self, client, session, until, reason):
        typed = {"until": until, "reason": reason}
        deadline = make_deadline(session, due_on=TODAY)
        assert client.post(f"/deadlines/{deadline.pk}/later/", typed).status_code == 400
        assert rows()[0].snoozed_until is None

    def test_those_of_a_colleague_are_not_there(self, client, counsellor):
        make_deadline(make_session(client=make_client(name="DEMO WORKER")), due_on=TODAY)
        assert "DEMO WORKER" not in panel(client)


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


class DatabaseTests:
    @pytest.mark.parametrize(
        "fields", [{"snoozed_until": TODAY}, {"snooze_reason": "x"}, {"due_on": date(2025, 3, 2)}]
    )
    def test_refuses_what_a_form_would(self, fields):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_deadline(**fields)
