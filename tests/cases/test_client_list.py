from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Client, ClientName, NameKind
from centers.models import Role
from tests.make import everywhere, make_client, make_session, make_user, name_client

pytestmark = pytest.mark.django_db
LIST = "/clients/"
PAST = date(2025, 1, 31)


@pytest.fixture
def reader(client):
    """A counsellor who is no official."""
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


@pytest.fixture
def official(client):
    user = make_user(Role.CITY_OFFICER, "52110-office")
    client.force_login(user)
    return user


def shown(browser, **filters):
    return browser.get(LIST, filters).context["shown"]


def rows(browser, **filters) -> list:
    return list(shown(browser, **filters).page)


class ClientListTests:
    def test_restricted_not_told_and_not_entered_read_alike_to_an_official(self, client, official):
        for status in ("UNREG", "UNK", None):
            make_client("52110-office", status_id=status, status_expires_on=PAST)
        columns = [column for column in shown(client).columns if column.key in {"status", "expires"}]
        assert len(columns) == 2
        told = set(zip(*(column.cells(rows(client), official) for column in columns), strict=True))
        assert len(told) == 1
        assert "UNK" not in dict(shown(client).form.fields["status"].choices)

    def test_shows_a_client_with_all_names_and_the_latest_session(self, client, reader):
        person = make_client(name="NGUYEN VAN AN", nationality_id="VN")
        name_client(person, "阮文安")
        make_session(client=person, held_on=date(2025, 2, 1))
        make_session(client=person, held_on=date(2025, 3, 1))
        make_session(client=person, held_on=date(2025, 4, 1), voided_at=timezone.now())
        text = client.get(LIST).content.decode()
        assert "NGUYEN VAN AN" in text
        assert "阮文安" in text
        assert "2025-03-01" in text
        assert "2025-04-01" not in text

    def test_more_rows_ask_no_more_of_the_database(self, client, reader):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(LIST)
            return len(captured)

        make_session(client=make_client(status_id="E-9", status_expires_on=PAST))
        queries()
        one = queries()
        for number in range(10):
            make_client(status_id="E-9" if number % 2 else "F-6", nationality_id="VN", language_id="vi")
        assert queries() == one

    def test_filters_by_what_is_known_of_a_client(self, client, reader):
        made = {
            "nationality": make_client(nationality_id="KH"),
            "language": make_client(language_id="km"),
            "municipality": make_client(municipality_id="52130"),
            "status": make_client(status_id="D-2-1"),
            "expiring": make_client(status_expires_on=timezone.localdate() + timedelta(days=90)),
        }
        make_client(status_expires_on=timezone.localdate() + timedelta(days=91))
        asked = {"nationality": "KH", "language": "km", "municipality": "52130", "status": "D-2", "expiring": "1"}
        for name, person in made.items():
            assert rows(client, **{name: asked[name]}) == [person], name

    @pytest.mark.parametrize(
        ("status", "told"), [("E-9", "E-9 비전문취업"), ("UNREG", "미등록·체류기간 경과"), ("KOR", "한국 국적")]
    )
    def test_a_status_is_told_by_its_code_where_offices_know_it_by_one(self, client, reader, status, told):
        person = make_client(status_id=status)
        column = next(column for column in shown(client).columns if column.key == "status")
        assert column.cells(rows(client), reader) == [told]
        assert dict(shown(client).form.fields["status"].choices)[status] == told
        assert f"<dd>{told}</dd>" in client.get(person.get_absolute_url()).content.decode()

    def test_sorts_by_expiry_with_the_unknown_last(self, client, reader):
        never, late, soon = (make_client(status_expires_on=day) for day in (None, date(2030, 1, 1), date(2026, 1, 1)))
        assert rows(client, sort="expires") == [soon, late, never]

    def test_sorts_by_the_name_that_each_file_goes_by_and_follows_it(self, client, reader):
        tran, an, bare = make_client(name="Trần Văn"), make_client(name="AN JUN"), make_client(name="x")
        korean = make_client(name="y")
        with everywhere():
            ClientName.objects.filter(client__in=(bare.pk, korean.pk)).delete()
        name_client(korean, "가나다", NameKind.KOREAN)
        name_client(tran, "陈文", NameKind.NATIVE)
        assert rows(client, sort="name") == [bare, an, tran, korean]
        assert rows(client, sort="-name") == [korean, tran, an, bare]
        with everywhere():
            ClientName.objects.filter(client=an).update(text="ZHANG")
            ClientName.objects.filter(client=tran, kind=NameKind.ROMAN).delete()
            Client.objects.filter(pk=an.pk).update(sorted_as="a row that was read before")
        assert rows(client, sort="name") == [bare, an, korean, tran]
        with everywhere():
            ClientName.objects.filter(client=tran).update(client=bare)
        assert rows(client, sort="name") == [tran, an, korean, bare]

    def test_a_name_that_moves_the_file_is_no_change_of_the_file(self, client, reader):
        person = make_client(name="AN JUN")
        with everywhere():
            ClientName.objects.filter(client=person).update(text="BAN JUN")
            assert not person.events.exists()

    def test_sorts_by_the_latest_session_and_by_the_day_of_registration(self, client, reader):
        early, late, never = make_client(), make_client(), make_client(recorded_on=date(2025, 6, 1))
        make_session(client=early, held_on=date(2025, 3, 1))
        make_session(client=late, held_on=date(2025, 4, 1))
        make_session(client=early, held_on=date(2025, 5, 1), voided_at=timezone.now())
        assert rows(client, sort="-latest") == [late, early, never]
        assert rows(client, sort="latest") == [never, early, late]
        assert rows(client, sort="-registered") == [never, late, early]
        assert rows(client, sort="registered") == [never, early, late]


class OfficialTests:
    def test_reads_that_a_day_that_has_passed_is_to_be_checked(self, client, official):
        make_client("52110-office", status_id="E-9", status_expires_on=PAST)
        text = client.get(LIST).content.decode()
        assert "확인 필요" in text
        assert PAST.isoformat() not in text

    def test_neither_sorts_nor_filters_by_the_day_on_which_a_status_ends(self, client, official):
        first, last = make_client("52110-office", status_expires_on=PAST), make_client("52110-office")
        assert "expiring" not in shown(client).form.fields
        assert rows(client, sort="expires") == rows(client) == [last, first]
        assert rows(client, expiring="1") == [last, first]

    def test_finds_nobody_by_a_code_that_is_for_counsellors(self, client, official, restricted):
        person = make_client("52110-office", status_id=restricted.pk)
        found = shown(client, status=restricted.pk)
        assert "status" in found.form.errors
        assert list(found.page) == [person]
        if restricted.parent_id:
            assert rows(client, status=restricted.parent_id) == []

    @pytest.fixture
    def restricted(self, db):
        from cases.models import StatusCode

        return StatusCode.objects.filter(restricted=True).order_by("code")[0]
