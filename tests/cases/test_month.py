"""The close of a centre's month: nothing is missing then, and from then on each write says why."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Action, AuditEntry
from cases.completion import ASKED, incomplete
from cases.models import CompletionRule, MonthClose, Session, SessionClient, SessionIssue
from cases.services.merge import merge_clients
from cases.services.month import close_month, open_month, say_why
from cases.services.session import join
from centers.models import Role
from centers.scope import acting_for
from tests.make import everywhere, make_client, make_session, make_user, place
from tests.support import as_owner, refused_by, run_together, waits_for

MARCH = date(2025, 3, 1)
DAY = date(2025, 3, 14)
OF_A_WORKBOOK = ("workspace_id", "held_on", "programme_id", "language_id", "channel_id", "topic_id", "summary")
MONTHS = "/sessions/months/?at=52110-c1"
AT = "/sessions/months/52110-c1/2025-03/"


@pytest.fixture
def manager(client):
    user = make_user(Role.MANAGER, official=False)
    client.force_login(user)
    return user


@pytest.fixture
def session():
    return make_session(client=make_client(), held_on=DAY, language_id="vi", summary="요지")


def close(manager, month: date = MARCH) -> MonthClose:
    with everywhere(), transaction.atomic():
        return close_month(actor=manager, workspace=place(), month=month)


def values(page) -> dict:
    found = {bound.name: bound.value() for bound in page.context["form"]}
    return {name: value for name, value in found.items() if value not in (None, "")}


def place_with(counts_from: date | None, ended_on: date | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE centers_workspace SET counts_from = %s, ended_on = %s WHERE code = '52110-c1'",
            [counts_from, ended_on],
        )


def beside(session: Session, other) -> None:
    with everywhere():
        Session.objects.filter(pk=session.pk).update(clients=2)
        join(session, [other])


def lines(page) -> list[tuple]:
    return [(line.then, line.now) for line in page.context["compared"]]


@pytest.mark.django_db
class CloseTests:
    def test_is_refused_while_a_session_lacks_something_and_says_where(self, client, manager, session):
        lacking = make_session(client=make_client(), held_on=DAY, language_id="vi", summary="")
        answer = client.post(AT)
        assert answer.status_code == 400
        assert "month=2025-03" in answer.content.decode() and "record=incomplete" in answer.content.decode()
        listed = client.get("/sessions/?month=2025-03&record=incomplete").content.decode()
        assert f"/sessions/{lacking.pk}/" in listed and f"/sessions/{session.pk}/" not in listed
        with everywhere():
            assert not MonthClose.objects.exists()
            Session.objects.filter(pk=lacking.pk).update(summary="요지")
        answer = client.post(AT, {"document": "전주-12"}, follow=True)
        with everywhere():
            [row] = MonthClose.objects.all()
        assert (row.month, row.sessions, row.document, row.closed_by_id) == (MARCH, 2, "전주-12", manager.pk)
        assert "전주-12" in answer.content.decode()

    def test_a_month_that_runs_is_not_closed(self, client, manager):
        today = timezone.localdate().replace(day=1)
        assert client.post(f"/sessions/months/52110-c1/{today:%Y-%m}/").status_code == 400

    @pytest.mark.parametrize(
        ("month", "why"),
        [
            ("1999-01", "2025-01-01부터"),
            ("2024-12", "2025-01-01부터"),
            ("2999-11", "아직 끝나지 않은"),
            (None, "아직 끝나지 않은"),
        ],
    )
    def test_a_month_that_a_centre_has_not_offers_no_button_and_says_why(self, client, manager, month, why):
        address = f"/sessions/months/52110-c1/{month or f'{timezone.localdate():%Y-%m}'}/"
        shown, sent = client.get(address), client.post(address)
        assert (shown.status_code, sent.status_code) == (200, 400)
        for answer in (shown, sent):
            page = answer.content.decode()
            assert why in page
            assert 'name="document"' not in page
        with everywhere():
            assert not MonthClose.objects.exists()

    def test_a_month_after_the_centre_s_last_day_is_not_closed(self, client, manager):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE centers_workspace SET ended_on = '2025-03-31' WHERE code = '52110-c1'")
        assert client.post("/sessions/months/52110-c1/2025-04/").status_code == 400
        assert client.post(AT).status_code == 302

    def test_the_service_closes_none_before_the_centre_counts(self, manager):
        with pytest.raises(ValidationError, match="2025-01-01"):
            close(manager, date(2024, 12, 1))

    @pytest.mark.parametrize(
        ("month", "counts_from", "ended_on"),
        [
            (date(2024, 12, 1), date(2025, 1, 1), None),
            (date(2025, 4, 1), date(2025, 1, 1), date(2025, 3, 31)),
            (date(1, 1, 1), date(2025, 1, 1), None),
            (MARCH, None, None),
        ],
    )
    def test_the_database_holds_a_month_within_the_centre_s_days(self, manager, month, counts_from, ended_on):
        with everywhere(), refused_by("month_within_operation"):
            place_with(counts_from, ended_on)
            MonthClose.objects.create(workspace=place(), month=month, closed_by=manager)

    def test_a_closed_month_is_opened_again_and_not_closed_twice(self, client, manager, session):
        close(manager)
        page = client.get(AT).content.decode()
        assert 'name="document"' not in page
        assert f"{AT}open/" in page
        assert client.post(AT).status_code == 400

    def test_a_counsellor_closes_nothing(self, client, session):
        client.force_login(make_user(Role.COUNSELLOR))
        assert client.post(AT).status_code == 403

    def test_nobody_closes_the_month_of_another_centre(self, client, manager):
        assert client.post("/sessions/months/52130-c1/2025-03/").status_code == 404

    @pytest.mark.parametrize("month", ["2025-13", "x", "2025-3-1", "0000-01", "0001-01", "9999-12"])
    def test_no_month(self, client, manager, month):
        assert client.get(f"/sessions/months/52110-c1/{month}/").status_code == 404

    @pytest.mark.parametrize("field", ASKED)
    def test_the_database_and_the_queue_mean_the_same_by_what_is_missing(self, manager, field):
        with everywhere():
            CompletionRule.objects.update_or_create(workspace=place(), defaults={"fields": [field]})
        for told in ({}, {"language_id": "ko"}, {"note_language_id": "ko"}, {"summary": "요지"}):
            make_session(client=make_client(), held_on=DAY, **({"language_id": "vi"} | told))
        with everywhere():
            queue = Session.objects.filter(incomplete({place().pk: [field]})).count()
            assert 0 < queue <= 4
            Session.objects.filter(incomplete({place().pk: [field]})).update(voided_at=timezone.now())
        close(manager)


@pytest.mark.django_db
class ClosedTests:
    def test_a_correction_asks_why_and_keeps_it(self, client, manager, session):
        close(manager)
        address = f"/sessions/{session.pk}/edit/"
        told = values(client.get(address)) | {"note": "고친 내용"}
        refused = client.post(address, told)
        assert refused.context["form"].errors.keys() == {"change_reason"}
        for reason in ("착오 정정", "착오 정정"):
            told = values(client.get(address)) | {"note": f"고친 내용 {uuid4()}", "change_reason": reason}
            assert client.post(address, told).status_code == 302
        assert "착오 정정" in client.get(f"/sessions/{session.pk}/").content.decode()

    def test_a_late_entry_asks_why(self, client, manager, session):
        close(manager)
        person = session.client
        told = values(client.get(f"/sessions/new/?client={person.pk}"))
        told |= {"held_on": f"{DAY}", "language": "ko", "channel": "phone", "topic": "health", "clients": "1"}
        refused = client.post(f"/sessions/new/?client={person.pk}", told)
        assert refused.context["form"].errors.keys() == {"change_reason"}
        told["change_reason"] = "종이 기록을 늦게 받음"
        assert client.post(f"/sessions/new/?client={person.pk}", told).status_code == 302
        with everywhere():
            assert Session.objects.filter(held_on=DAY).count() == 2

    def test_a_session_is_not_moved_out_of_it_or_into_it_without_a_reason(self, manager, session):
        other = make_session(client=make_client(), held_on=date(2025, 4, 2))
        close(manager)
        for row, day in ((session, date(2025, 4, 1)), (other, DAY)):
            with refused_by("month_is_closed"), everywhere(), transaction.atomic():
                Session.objects.filter(pk=row.pk).update(held_on=day)

    @pytest.mark.parametrize("part", [SessionIssue, SessionClient])
    def test_topics_and_clients_are_of_the_session(self, manager, session, part):
        one, two = make_client(), make_client()
        told = {
            SessionIssue: ({"topic_id": "health"}, {"topic_id": "education"}),
            SessionClient: tuple(
                {"client": person, "person_id": person.person_id, "held_on": DAY} for person in (one, two)
            ),
        }[part]
        of_session = {"workspace_id": session.workspace_id, "session": session}
        with everywhere():
            Session.objects.filter(pk=session.pk).update(clients=3)
            there = part.objects.create(**of_session, **told[0])
        close(manager)
        with refused_by("month_is_closed"), everywhere(), transaction.atomic():
            part.objects.create(**of_session, **told[1])
        with refused_by("month_is_closed"), everywhere(), transaction.atomic():
            part.objects.filter(pk=there.pk).delete()
        with everywhere(), transaction.atomic():
            say_why("착오 정정")
            part.objects.create(**of_session, **told[1])

    def test_a_workbook_brings_nothing_into_it(self, manager, session):
        close(manager)
        with refused_by("month_is_closed"), everywhere(), transaction.atomic():
            Session.objects.bulk_create([Session(**{name: getattr(session, name) for name in OF_A_WORKBOOK})])

    def test_closing_and_opening_are_on_record(self, manager, session):
        row = close(manager)
        with everywhere(), transaction.atomic():
            open_month(row, actor=manager, reason="늦은 기록")
        with acting_for([place().pk], actor=manager):
            found = list(AuditEntry.objects.filter(target_type="cases.monthclose").order_by("pk"))
        assert [(one.action, one.actor_id) for one in found] == [
            (Action.MONTH_CLOSED, manager.pk), (Action.MONTH_OPENED, manager.pk),
        ]  # fmt: skip
        assert found[1].data == {"month": "2025-03", "reason": "늦은 기록"}

    def test_voiding_says_why_by_itself_and_counting_again_waits_for_the_manager(self, client, manager, session):
        close(manager)
        client.post(f"/sessions/{session.pk}/void/", {"reason": "두 번 적음"})
        answer = client.post(f"/sessions/{session.pk}/restore/", follow=True)
        assert "마감" in answer.content.decode()
        client.post(f"{AT}open/", {"reason": "무효를 되돌림"})
        client.post(f"/sessions/{session.pk}/restore/")
        with everywhere():
            assert Session.objects.get(pk=session.pk).voided_at is None

    def test_a_reason_of_before_does_not_stand_for_another_change(self, client, manager, session):
        close(manager)
        told = values(client.get(f"/sessions/{session.pk}/edit/")) | {"note": "x", "change_reason": "착오 정정"}
        client.post(f"/sessions/{session.pk}/edit/", told)
        say_why("")  # what a transaction of its own begins with
        with refused_by("month_is_closed"), everywhere(), transaction.atomic():
            Session.objects.filter(pk=session.pk).update(note="y")

    def test_a_merge_is_no_change_of_the_sessions(self, manager, session):
        close(manager)
        kept = make_client()
        with acting_for([place().pk], actor=manager):
            merge_clients(actor=manager, kept=kept, absorbed=session.client)
            assert Session.objects.get(pk=session.pk).client_id == kept.pk

    def test_other_months_and_other_centres_are_free(self, manager, session):
        close(manager)
        make_session(client=make_client(), held_on=date(2025, 4, 2))
        make_session("52130-c1", held_on=DAY)

    def test_opened_again_for_a_reason_and_closed_anew(self, client, manager, session):
        row = close(manager)
        assert client.post(f"{AT}open/", {"reason": ""}).status_code == 400
        client.post(f"{AT}open/", {"reason": "늦은 기록이 많음"})
        make_session(client=make_client(), held_on=DAY, language_id="ko")
        assert close(manager).pk != row.pk
        with everywhere():
            assert [one.open_reason for one in MonthClose.objects.order_by("pk")] == ["늦은 기록이 많음", ""]

    def test_it_asks_for_nothing_by_a_later_rule(self, client, manager, session):
        client.force_login(manager)
        other = make_session(client=session.client, held_on=date(2025, 4, 2), language_id="vi", counsellor=manager)
        row = close(manager)
        with everywhere():
            CompletionRule.objects.update_or_create(workspace=place(), defaults={"fields": ["minutes"]})
        lacking = {month.first.month: month.lacking.number for month in client.get(MONTHS).context["months"]}
        assert lacking == {3: 0, 4: 1}
        assert client.get(session.get_absolute_url()).context["missing"] == []
        assert [name for name, _label in client.get(other.get_absolute_url()).context["missing"]] == ["minutes"]
        listed = client.get("/sessions/?record=incomplete").content.decode()
        assert f"/sessions/{other.pk}/" in listed and f"/sessions/{session.pk}/" not in listed
        with everywhere(), transaction.atomic():
            open_month(row, actor=manager, reason="늦은 기록이 많음")
        assert [name for name, _label in client.get(session.get_absolute_url()).context["missing"]] == ["minutes"]

    def test_one_without_a_session_is_listed_to_be_opened_again(self, client, manager):
        close(manager)
        [month] = client.get(MONTHS).context["months"]
        assert (month.first, month.sessions.number, month.closed is not None) == (MARCH, 0, True)
        assert f"{AT}open/" in client.get(MONTHS).content.decode()

    def test_older_ones_are_on_the_next_page(self, client, manager, monkeypatch):
        monkeypatch.setattr("cases.views.month.SHOWN", 2)
        for month in (2, 3, 5):
            make_session(held_on=date(2025, month, 14), language_id="ko")
        close(manager, date(2025, 4, 1))
        pages, address = [], MONTHS
        while address:
            answer = client.get(address)
            pages.append([month.first.month for month in answer.context["months"]])
            older = answer.context["older"]
            address = older and f"{MONTHS}&before={older:%Y-%m}"
            assert ('&amp;before=2025-04">이전 달' in answer.content.decode()) == (older is not None)
        assert pages == [[5, 4], [3, 2]]

    def test_keeps_the_rule_and_the_numbers_it_was_closed_by(self, client, manager, session):
        """They are counted by the database as the page counts them, and stand beside what the same counts now."""
        spouse = make_client(name="SPOUSE")
        beside(session, spouse)
        make_session(client=session.client, held_on=DAY, summary="요지", clients=4)
        make_session(client=session.client, held_on=DAY, summary="요지")
        make_session(held_on=DAY, summary="요지")
        make_session(held_on=DAY, summary="요지", voided_at=timezone.now())
        row = close(manager)
        assert (row.sessions, row.visits, row.people, row.asked) == (4, 8, 2, ["summary"])
        assert lines(client.get(f"{AT}open/")) == [(4, 4), (8, 8), (2, 2), (0, 0), ("한국어 요지", "한국어 요지")]
        client.post(f"{AT}open/", {"reason": "늦은 기록이 많음"})
        make_session(client=make_client(), held_on=DAY, summary="요지")
        with everywhere():
            CompletionRule.objects.update_or_create(workspace=place(), defaults={"fields": ["minutes"]})
        told = lines(client.get(AT))
        assert told == [(4, 5), (8, 9), (2, 3), (0, 5), ("한국어 요지", "소요 시간(분)")]
        with everywhere():
            Session.objects.filter(held_on=DAY).update(minutes=10)
        again = close(manager)
        assert (again.sessions, again.visits, again.people, again.asked) == (5, 9, 3, ["minutes"])
        told = client.get("/sessions/months/?at=52110-c1").context["closings"]
        assert told == [(again, "소요 시간(분)"), (row, "한국어 요지")]

    @pytest.mark.parametrize("told", [{"sessions": 9}, {"people": 9}, {"asked": []}, {"document": "x"}])
    def test_what_it_was_closed_by_stays(self, manager, session, told):
        row = close(manager)
        with refused_by("month_close_stays"), everywhere(), transaction.atomic():
            MonthClose.objects.filter(pk=row.pk).update(**told)

    def test_the_reason_of_an_opening_stays(self, manager, session):
        row = close(manager)
        with everywhere(), transaction.atomic():
            open_month(row, actor=manager, reason="착오")
        with refused_by("month_close_stays"), everywhere(), transaction.atomic():
            MonthClose.objects.filter(pk=row.pk).update(opened_at=None, open_reason="")

    def test_is_closed_once(self, manager, session):
        close(manager)
        with refused_by("month_closed_once"):
            close(manager)

    def test_the_database_opens_none_without_a_reason(self, manager, session):
        row = close(manager)
        with pytest.raises(IntegrityError), everywhere(), transaction.atomic():
            open_month(row, actor=manager, reason="")


def test_a_month_is_not_closed_over_a_session_that_is_being_written(committed):
    manager, person = make_user(Role.MANAGER), make_client()

    def write():
        return make_session(client=person, held_on=DAY, language_id="vi", summary="")

    answers = run_together(lambda: close(manager), write)
    assert sum(isinstance(answer, Exception) for answer in answers) == 1
    with as_owner(committed) as owner:
        closed = owner.execute("SELECT count(*) FROM cases_monthclose").fetchone()[0]
        lacking = owner.execute("SELECT count(*) FROM cases_session WHERE summary = ''").fetchone()[0]
    assert closed + lacking == 1


def test_closing_waits_for_a_session_that_is_being_written(committed):
    manager, session = make_user(Role.MANAGER), make_session(held_on=DAY, language_id="vi", summary="요지")
    with as_owner(committed) as owner:
        owner.execute("BEGIN")
        owner.execute("UPDATE cases_session SET summary = '' WHERE id = %s", [session.pk])
        waiting = waits_for(owner, lambda: close(manager))
        owner.execute("COMMIT")
        with pytest.raises(IntegrityError):
            waiting()


def test_a_month_outside_the_centre_s_days_that_was_closed_before_is_opened_again(committed, client):
    client.force_login(make_user(Role.MANAGER, official=False))
    with as_owner(committed) as owner:
        owner.execute("ALTER TABLE cases_monthclose DISABLE TRIGGER close_month")
        for month in ("0001-01", "1899-12", "2024-12"):
            owner.execute(
                "INSERT INTO cases_monthclose (workspace_id, month, sessions, document, open_reason) "
                "VALUES (%s, %s, 0, '', '')",
                [place().pk, f"{month}-01"],
            )
        owner.execute("ALTER TABLE cases_monthclose ENABLE TRIGGER close_month")
    page = client.get(MONTHS).content.decode()
    for month in ("0001-01", "1899-12", "2024-12"):
        address = f"/sessions/months/52110-c1/{month}/open/"
        assert address in page
        assert client.get(address).status_code == 200
        assert client.post(address, {"reason": "잘못 마감"}).status_code == 302
    with everywhere():
        assert all(row.opened_at and row.open_reason == "잘못 마감" for row in MonthClose.objects.all())
