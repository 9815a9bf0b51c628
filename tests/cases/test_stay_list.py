from datetime import date

import pytest

from centers.models import Role
from tests.make import make_activity, make_leave, make_stay, make_user

pytestmark = pytest.mark.django_db


def rows(browser, address: str, **filters) -> list:
    return list(browser.get(address, filters).context["shown"].page)


class StayListTests:
    @pytest.fixture
    def stays(self, client):
        client.force_login(make_user(Role.SHELTER_OPERATOR, "52110-s1"))
        left = make_stay(bed_code="1", checked_in_on=date(2025, 3, 3), checked_out_on=date(2025, 3, 9))
        here = make_stay(bed_code="2", checked_in_on=date(2025, 3, 8))
        return left, here

    @pytest.mark.parametrize(
        ("night", "beds"), [("2025-03-02", ""), ("2025-03-03", "1"), ("2025-03-08", "12"), ("2025-03-09", "2")]
    )
    def test_a_bed_is_held_up_to_and_without_the_day_of_leaving(self, client, stays, night, beds):
        assert sorted(row.bed.code for row in rows(client, "/stays/", night=night)) == list(beds)

    def test_filters_by_days_of_coming_and_leaving_and_by_room(self, client, stays):
        left, here = stays
        assert rows(client, "/stays/", arrived_from="2025-03-04") == [here]
        assert rows(client, "/stays/", arrived_to="2025-03-03") == [left]
        assert rows(client, "/stays/", left_from="2025-03-09", left_to="2025-03-09") == [left]
        assert rows(client, "/stays/", room="52110-s1.3") == [here, left]
        assert rows(client, "/stays/", room="52110-s1.1") == []

    def test_a_stay_shows_its_nights_and_leaves(self, client, stays):
        make_leave(stays[0], date(2025, 3, 4), date(2025, 3, 6))
        text = client.get(stays[0].get_absolute_url()).content.decode()
        assert "2025-03-04 – 2025-03-06" in text


class ActivityListTests:
    def test_filters_by_programme_and_approval(self, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        approved = make_activity(evidence="공문", approved_on=date(2025, 4, 1))
        other = make_activity("worker-settlement")
        assert rows(client, "/activities/", approved="yes") == [approved]
        assert rows(client, "/activities/", approved="no") == [other]
        assert rows(client, "/activities/", programme="worker-settlement") == [other]
