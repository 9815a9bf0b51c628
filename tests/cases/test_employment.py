"""Where a client works: contracts by their days, the workplace's number, and an employer who is a client too."""

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from cases.employment import begun_on, months_between, works_of
from cases.models import Employer, Employment
from cases.services.merge import merge_clients
from centers.models import Role
from centers.scope import acting_for
from tests.make import (
    everywhere,
    make_client,
    make_contact,
    make_employer,
    make_employment,
    make_user,
    name_client,
)
from tests.support import refused_by

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
RIGHT = "124-81-00998"  # fits its last digit, and is nobody's here
FIRST = date(2024, 1, 1)


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR)
    client.force_login(user)
    return user


def enter(browser, about, **told):
    return browser.post(f"/clients/{about.pk}/work/new/", {"starts_on": "2024-01-01"} | told)


class ContractTests:
    def test_what_is_typed_is_on_record_with_a_new_workplace(self, client, counsellor):
        about = make_client()
        answer = enter(
            client, about, name="한빛농장", business_number=RIGHT, municipality="52140", industry="농업",
            yearly_pay="26500000", contract_to="2027-12-31", position="선별",
        )  # fmt: skip
        assert answer.status_code == 302, answer.context["form"].errors
        with everywhere():
            row = Employment.objects.select_related("employer").get(client=about)
        assert (row.employer.name, row.employer.business_number) == ("한빛농장", RIGHT.replace("-", ""))
        assert (row.yearly_pay, row.contract_to, row.person_id) == (26_500_000, date(2027, 12, 31), about.person_id)
        page = client.get(about.get_absolute_url()).content.decode()
        assert "한빛농장" in page
        assert "26,500,000" in page

    def test_a_number_that_is_on_file_is_that_workplace(self, client, counsellor):
        known = make_employer(business_number=RIGHT.replace("-", ""))
        enter(client, about := make_client(), name="ANOTHER SPELLING", business_number=RIGHT)
        with everywhere():
            assert Employment.objects.get(client=about).employer_id == known.pk
            assert Employer.objects.count() == 1

    @pytest.mark.parametrize(
        ("told", "field"),
        [
            ({"name": "X", "business_number": "124-81-00999"}, "business_number"),
            ({"name": "X", "business_number": "12345"}, "business_number"),
            ({}, "name"),
            ({"name": "X", "contract_to": "2023-12-31"}, "contract_to"),
            ({"name": "X", "ended_on": (TODAY + timedelta(days=1)).isoformat()}, "ended_on"),
            ({"name": "X", "yearly_pay": "-1"}, "yearly_pay"),
            ({"name": "X", "starts_on": ""}, "starts_on"),
        ],
    )
    def test_what_is_wrong_is_told_at_its_field_and_nothing_is_written(self, client, counsellor, told, field):
        answer = enter(client, about := make_client(), **told)
        assert answer.status_code == 400
        assert field in answer.context["form"].errors
        with everywhere():
            assert not Employment.objects.filter(client=about).exists()
            assert not Employer.objects.exists()

    def test_a_workplace_of_another_centre_is_no_choice(self, client, counsellor):
        foreign = make_employer("52130-c1")
        answer = enter(client, make_client(), employer=foreign.pk)
        assert "employer" in answer.context["form"].errors

    def test_one_workplace_has_one_contract_a_day(self, client, counsellor):
        before = make_employment(about := make_client(), starts_on=FIRST, contract_to=date(2025, 12, 31))
        answer = enter(client, about, employer=before.employer_id, starts_on="2025-12-31")
        assert "starts_on" in answer.context["form"].errors
        assert enter(client, about, employer=before.employer_id, starts_on="2026-01-01").status_code == 302
        with refused_by("employment_once_a_day"):
            make_employment(about, employer=before.employer, starts_on=date(2025, 6, 1), ended_on=date(2025, 6, 1))

    def test_two_that_run_at_the_same_time_are_told(self, client, counsellor):
        person = make_client()
        make_employment(person, starts_on=date(2025, 1, 1), ended_on=date(2025, 2, 1))
        make_employment(person, starts_on=date(2025, 3, 1), contract_to=date(2026, 2, 28))
        make_employment(person, starts_on=date(2026, 6, 1))
        row = make_employment(person, starts_on=date(2025, 9, 1), contract_to=date(2026, 3, 31))
        told = {"starts_on": "2025-09-01", "contract_to": "2026-03-31"}
        page = client.post(f"/work/{row.pk}/", told, follow=True)
        said = [str(message) for message in page.context["messages"] if "같은 기간" in str(message)]
        assert len(said) == 1 and "2025-03-01" in said[0]

    def test_a_contract_hangs_on_no_foreign_workplace(self):
        with refused_by("employment_is_with_an_employer_of_the_workspace"):
            make_employment(make_client(), employer=make_employer("52130-c1"))

    def test_the_end_of_work_is_entered_and_what_was_said_before_is_kept(self, client, counsellor):
        row = make_employment(about := make_client(), starts_on=FIRST, contract_to=date(2027, 12, 31))
        told = {"starts_on": "2024-01-01", "contract_to": "2027-12-31", "ended_on": "2025-02-28"}
        assert client.post(f"/work/{row.pk}/", told).status_code == 302
        with everywhere():
            row.refresh_from_db()
            assert row.last_day == date(2025, 2, 28)
            assert [event.ended_on for event in row.events.all()] == [None]
        assert not works(about, counsellor)[0].here

    def test_another_centre_reads_none_of_it(self, client):
        row = make_employment(make_client())
        client.force_login(make_user(Role.COUNSELLOR, "52130-c1"))
        assert client.get(f"/work/{row.pk}/").status_code == 404
        assert client.get(f"/workplaces/{row.employer_id}/").status_code == 404

    def test_a_merge_takes_the_contracts_along(self):
        kept, absorbed = make_client(), make_client()
        row = make_employment(absorbed)
        manager = make_user(Role.MANAGER)
        with acting_for([kept.workspace_id], actor=manager):
            merge_clients(actor=manager, kept=kept, absorbed=absorbed)
            row.refresh_from_db()
        assert (row.client_id, row.person_id) == (kept.pk, kept.person_id)


def works(about, viewer):
    with acting_for([about.workspace_id], actor=viewer):
        return works_of([about.pk], viewer)


class TenureTests:
    def test_contracts_that_follow_day_on_day_are_one_time_at_the_workplace(self):
        about = make_client()
        first = make_employment(about, starts_on=FIRST, contract_to=date(2024, 12, 31))
        second = make_employment(about, employer=first.employer, starts_on=date(2025, 1, 1))
        elsewhere = make_employment(about, starts_on=date(2023, 1, 1), ended_on=date(2023, 12, 31))
        rows = [first, second, elsewhere]
        assert begun_on(second, rows) == FIRST
        assert begun_on(first, rows) == FIRST

    def test_a_gap_begins_the_time_anew(self):
        about = make_client()
        first = make_employment(about, starts_on=FIRST, ended_on=date(2024, 12, 30))
        second = make_employment(about, employer=first.employer, starts_on=date(2025, 1, 1))
        assert begun_on(second, [first, second]) == date(2025, 1, 1)

    @pytest.mark.parametrize(
        ("start", "end", "months"),
        [
            (date(2024, 1, 31), date(2024, 2, 29), 0),
            (date(2024, 1, 1), date(2025, 1, 1), 12),
            (date(2024, 1, 2), date(2025, 1, 1), 11),
            (date(2025, 1, 1), date(2024, 1, 1), 0),
        ],
    )
    def test_months_are_whole_ones(self, start, end, months):
        assert months_between(start, end) == months


class EmployerIsAClientTests:
    def test_by_the_name_of_the_representative_or_the_telephone(self, client, counsellor):
        by_name, by_phone = make_client(name="PARK MINSU"), make_client()
        name_client(by_name, "박민수", "korean")
        make_contact(by_phone, "010-9999-0001")
        about = make_client()
        make_employment(about, employer=make_employer(representative="박민수", phone="010 9999 0001"))
        assert works(about, counsellor)[0].also == [by_name, by_phone]
        assert str(by_name.pk) in client.get(about.get_absolute_url()).content.decode()

    def test_clients_of_another_centre_are_never_hinted_at(self, counsellor):
        foreign = make_client("52130-c1", name="박민수")
        make_contact(foreign, "010-9999-0001")
        about = make_client()
        make_employment(about, employer=make_employer(representative="박민수", phone="010-9999-0001"))
        assert works(about, counsellor)[0].also == []

    def test_entering_the_contract_says_so(self, client, counsellor):
        make_client(name="OWNER")
        answer = enter(client, make_client(), name="X", representative="owner")
        told = [str(message) for message in get_messages(answer.wsgi_request)]
        assert len(told) == 2
        assert "OWNER" in told[1]


def test_the_choices_of_a_session_name_the_employer(client, counsellor):
    about = make_client(name="TRAN THI B")
    make_employment(about, employer=make_employer(name="한빛농장"), starts_on=FIRST)
    make_employment(about, employer=make_employer(name="옛 공장"), starts_on=FIRST, ended_on=date(2024, 2, 1))
    found = client.post("/clients/find/", {"q": "TRAN"}).content.decode()
    assert "한빛농장" in found
    assert "옛 공장" not in found
