from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Client, ClientName, Contact, Session, SessionIssue
from centers.models import Membership, Role
from centers.services.membership import grant_role
from tests.make import (
    DAY,
    everywhere,
    make_client,
    make_dependant,
    make_leave,
    make_person,
    make_session,
    make_stay,
    make_user,
    make_visa_case,
    make_voucher,
    place,
)

pytestmark = pytest.mark.django_db


def change(row, **fields) -> None:
    """As a service would: the row's history is kept by a trigger."""
    with everywhere():
        type(row).objects.filter(pk=row.pk).update(**fields)


def sign_in(browser, role=Role.COUNSELLOR, at="52110-c1", *, official=False):
    user = make_user(role, at)
    Membership.objects.filter(user=user).update(official=official)
    browser.force_login(user)
    return user


def entries(browser, person: Client, **asked) -> list[tuple]:
    page = browser.get(person.get_absolute_url(), asked)
    assert page.status_code == 200
    return [(entry.kind, entry.day, entry.title) for entry in page.context["timeline"].entries]


def text_of(browser, person: Client) -> str:
    page = browser.get(person.get_absolute_url())
    assert page.status_code == 200
    return page.content.decode()


class WhoTests:
    def test_names_stand_in_their_scripts_and_directions(self, client):
        person = make_client(name="AHMED DEMO", language_id="ur")
        with everywhere():
            ClientName.objects.create(workspace=person.workspace, client=person, kind="native", text="احمد ڈیمو")
        sign_in(client)
        assert '<bdi lang="ur">احمد ڈیمو</bdi>' in text_of(client, person)

    def test_a_client_without_a_name_has_a_page(self, client):
        person = make_client()
        with everywhere():
            person.names.all().delete()
        sign_in(client)
        assert "<h1>" in text_of(client, person)

    @pytest.mark.parametrize(("days", "told"), [(10, "10일"), (0, "오늘"), (-3, "3일")])
    def test_how_long_a_status_lasts_is_told_in_words(self, client, days, told):
        person = make_client(status_id="E-9", status_expires_on=timezone.localdate() + timedelta(days=days))
        sign_in(client)
        assert told in client.get(person.get_absolute_url()).context["left"]

    def test_an_official_is_told_nothing_of_it(self, client):
        person = make_client(status_id="E-9", status_expires_on=timezone.localdate() + timedelta(days=10))
        sign_in(client, official=True)
        assert client.get(person.get_absolute_url()).context["left"] == ""

    def test_a_merged_file_leads_to_the_one_that_was_kept(self, client):
        kept, gone = make_client(), make_client()
        change(gone, merged_into=kept)
        sign_in(client)
        answer = client.get(gone.get_absolute_url(), follow=True)
        assert answer.redirect_chain == [(kept.get_absolute_url(), 302)]
        assert str(gone) in str(next(iter(answer.context["messages"])))


class OtherFileTests:
    def test_another_file_in_the_own_workspaces_is_linked_and_its_records_shown(self, client):
        same = make_person()
        one, two, elsewhere = (make_client(at, person=same) for at in ("52110-c1", "52110-c1", "52130-c1"))
        for file in (two, elsewhere):
            make_session(client=file)
        both = make_user(Role.COUNSELLOR)
        grant_role(user=both, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=None)
        sign_in(client)
        assert [file.pk for file in client.get(one.get_absolute_url()).context["others"]] == [two.pk]
        assert [kind for kind, *_rest in entries(client, one)].count("session") == 1
        client.force_login(both)
        assert {file.pk for file in client.get(one.get_absolute_url()).context["others"]} == {two.pk, elsewhere.pk}

    def test_who_reads_a_shared_file_learns_nothing_of_others(self, client):
        same = make_person()
        office, center = make_client("52140-office", person=same), make_client("52110-c1", person=same)
        make_visa_case(client=office)
        make_visa_case("F-2-R", client=center)
        sign_in(client, Role.PROVINCE_STAFF, "52-office", official=True)
        page = client.get(office.get_absolute_url())
        assert page.context["others"] == ()
        assert [row.client_id for row, *_rest in page.context["visa_cases"]] == [office.pk]

    def test_a_case_of_another_workspace_is_shown_with_it(self, client):
        same = make_person()
        own, office = make_client("52110-c1", person=same), make_client("52140-office", person=same)
        make_visa_case(client=office, recommended_on=DAY)
        make_voucher(client=office)
        sign_in(client)
        page = client.get(own.get_absolute_url())
        assert [row.client_id for row, *_rest in page.context["visa_cases"]] == [office.pk]
        assert str(office.workspace) in page.content.decode()
        assert {kind for kind, *_rest in entries(client, own)} >= {"visa", "voucher"}


class TimelineTests:
    def test_everything_stands_in_the_order_of_its_days(self, client):
        person = make_client("52110-s1", sex_id="male")
        stay = make_stay(client=person, checked_in_on=date(2025, 3, 1), checked_out_on=date(2025, 3, 9))
        make_leave(stay, date(2025, 3, 4), date(2025, 3, 6))
        sign_in(client, Role.SHELTER_OPERATOR, "52110-s1")
        days = [day for kind, day, _title in entries(client, person) if kind == "stay"]
        assert days == [date(2025, 3, 9), date(2025, 3, 4), date(2025, 3, 1)]

    def test_a_family_is_told_from_both_sides(self, client):
        principal, child = make_client("52140-office"), make_client("52140-office")
        make_visa_case(client=principal, recommended_on=DAY, granted_on=DAY)
        make_dependant(principal, client=child, entered_on=date(2025, 4, 1), settled_on=date(2025, 5, 1))
        sign_in(client, Role.CITY_OFFICER, "52140-office", official=True)
        for person in (principal, child):
            days = [day for kind, day, _title in entries(client, person) if kind == "family"]
            assert days == [date(2025, 5, 1), date(2025, 4, 1)]
            assert len(client.get(person.get_absolute_url()).context["households"]) == 1

    def test_changes_of_the_file_its_names_and_contacts_are_told(self, client):
        person = make_client(name="FIRST DEMO", nationality_id="VN")
        with everywhere():
            contact = Contact.objects.create(workspace=person.workspace, client=person, value="010-0000-0001")
        change(person, nationality_id="KH")
        with everywhere():
            ClientName.objects.filter(client=person).update(text="SECOND DEMO")
            contact.delete()
        sign_in(client)
        page = client.get(person.get_absolute_url(), {"kind": "change"})
        told = {entry.detail.rpartition(" · ")[0] for entry in page.context["timeline"].entries}
        assert told == {"베트남 → 캄보디아", "FIRST DEMO → SECOND DEMO", "010-0000-0001 → 삭제"}

    @pytest.mark.parametrize("official", [True, False])
    def test_an_official_reads_no_irregular_day_among_the_changes(self, client, official):
        person = make_client(status_id="E-9", status_expires_on=date(2025, 1, 31))
        change(person, status_expires_on=timezone.localdate() + timedelta(days=400))
        sign_in(client, official=official)
        assert ("2025-01-31" in text_of(client, person)) is not official

    def test_pages_miss_nothing_and_repeat_nothing(self, client):
        person = make_client()
        for number in range(75):
            make_session(client=person, held_on=DAY + timedelta(days=number // 3))
        make_visa_case(client=person, received_on=DAY + timedelta(days=2))
        sign_in(client)
        seen, asked = [], {}
        while True:
            page = client.get(person.get_absolute_url(), asked).context["timeline"]
            seen += [(entry.kind, entry.number) for entry in page.entries]
            if not page.older:
                break
            asked = {"before": page.older}
        assert len(seen) == len(set(seen)) == 77

    def test_a_kind_is_shown_alone(self, client):
        person = make_client()
        make_session(client=person)
        sign_in(client)
        assert {kind for kind, *_rest in entries(client, person, kind="session")} == {"session"}
        assert len({kind for kind, *_rest in entries(client, person, kind="nonsense")}) == 2

    @pytest.mark.parametrize("token", ["x", "20250303.1", "20259999.1.1", "20250303.9." + "9" * 30, "٣.٣.٣", "a.b.c"])
    def test_nonsense_in_the_address_does_no_harm(self, client, token):
        person = make_client()
        sign_in(client)
        assert client.get(person.get_absolute_url(), {"before": token}).status_code == 200

    def test_a_large_file_asks_no_more_of_the_database_than_a_small_one(self, client):
        small, large = make_client(), make_client()
        make_session(client=small)
        with everywhere():
            session = make_session(client=large)
            Session.objects.bulk_create(
                Session(
                    workspace_id=large.workspace_id,
                    client=large,
                    person_id=large.person_id,
                    held_on=DAY + timedelta(days=number % 300),
                    programme_id="one-centre",
                    language_id="vi",
                    channel_id="visit",
                    topic_id=session.topic_id,
                )
                for number in range(2000)
            )
        make_visa_case(client=large, recommended_on=DAY)
        make_voucher(client=large)
        make_dependant(large)
        change(large, nationality_id="KH")
        sign_in(client)
        client.get(large.get_absolute_url())  # what a process reads once
        numbers = []
        for person in (small, small, large):  # the first fills what a process reads once
            with CaptureQueriesContext(connection) as queries:
                assert client.get(person.get_absolute_url()).status_code == 200
            numbers.append(len(queries))
        # A household is read with the names of those in it, and visa cases with their steps and duties.
        assert numbers[2] - numbers[1] <= 9
        assert numbers[2] < 40


class SessionPageTests:
    def page(self, browser, session):
        answer = browser.get(session.get_absolute_url())
        assert answer.status_code == 200
        return answer

    def test_tells_what_was_changed(self, client):
        session = make_session(note="First", minutes=10)
        with everywhere():
            issue = SessionIssue.objects.create(workspace=session.workspace, session=session, topic_id="health")
        change(session, note="Second", minutes=20)
        with everywhere():
            issue.delete()
        sign_in(client)
        told = {(one.before, one.after) for one in self.page(client, session).context["changes"]}
        assert told == {("First", "Second"), ("10", "20"), ("의료·보건", "삭제")}

    def test_leads_to_the_sessions_before_and_after(self, client):
        person = make_client()
        days = [make_session(client=person, held_on=DAY + timedelta(days=number // 2)) for number in range(4)]
        make_session(held_on=DAY)
        sign_in(client)
        context = self.page(client, days[1]).context
        assert (context["previous"], context["next"]) == (days[0], days[2])
        context = self.page(client, days[3]).context
        assert (context["previous"], context["next"]) == (days[2], None)

    def test_tells_a_late_entry(self, client):
        sign_in(client)
        assert "9일" in self.page(client, make_session(recorded_on=DAY + timedelta(days=9))).content.decode()

    def test_an_anonymous_session_tells_what_was_told(self, client):
        sign_in(client)
        text = self.page(client, make_session(nationality_id="KH")).content.decode()
        assert "캄보디아" in text

    def test_a_restricted_status_reaches_no_official(self, client):
        session = make_session(status_id="UNREG")
        change(session, status_id="E-9")
        sign_in(client, official=True)
        assert "미등록" not in self.page(client, session).content.decode()
        assert reverse("cases:sessions") in self.page(client, session).content.decode()
