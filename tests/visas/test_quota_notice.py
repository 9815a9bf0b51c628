"""The province opens a quota and names it; a programme stands in one quota a day, and a person in one case of it."""

from datetime import date

import psycopg
import pytest
from django.db import IntegrityError

from centers.models import Role
from kpi.services.reference import load_reference_data
from tests.make import everywhere, make_client, make_pool, make_user, make_visa_case
from tests.support import as_owner, ask, forbidden, refused_by, rule, run, waits_for
from tests.visas.test_quota import DAY as CLAIMED
from tests.visas.test_quota import claim, make_claimants, make_quota
from visas.models import QuotaEntry, QuotaNotice, QuotaPool, VisaCase
from visas.services.quota_notice import name_quota

YEAR = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
DAY = date(2026, 3, 3)
ADDRESS = "/visas/quotas/new/"
GIVEN = {
    "programmes": ["E-7-4", "E-7-4R"], "starts_on": "2026-01-01", "ends_on": "2026-12-31", "amount": "",
    "name_ko": "숙련기능인력 2026년 쿼터", "name_en": "", "name_vi": "", "name_zh_hans": "", "document": "외국인-26",
    "source": "",
}  # fmt: skip


def recommended(programme: str = "E-7-4", at: str = "52140-office", **fields) -> VisaCase:
    return make_visa_case(programme, at, **({"received_on": DAY, "recommended_on": DAY} | fields))


@pytest.fixture
def province(client):
    user = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(user)
    return client


@pytest.mark.django_db
class OpeningTests:
    def test_the_cases_of_the_period_take_their_places_in_it(self):
        case, other = recommended(), recommended("E-7-4R")
        recommended("F-4-R")
        make_visa_case("E-7-4", received_on=DAY)
        assert case.pool_id is None
        pool = make_pool("E-7-4", "E-7-4R", **YEAR)
        assert (pool.pk, pool.capacity, pool.taken) == ("e74-e74r-2026", None, 2)
        with everywhere():
            assert set(VisaCase.objects.filter(pool=pool)) == {case, other}
            assert VisaCase.objects.filter(period=pool.pk).count() == 3

    def test_a_number_that_is_known_is_a_grant_of_the_document(self):
        pool = make_pool("F-4-R", amount=5, document="외국인-9", **YEAR)
        entry = QuotaEntry.objects.get(lines__pool=pool)
        assert (pool.capacity, entry.kind, entry.document, entry.effective_on) == (
            5, "grant", "외국인-9", YEAR["starts_on"],
        )  # fmt: skip

    def test_fewer_places_than_are_taken_are_refused(self):
        recommended(), recommended()
        with refused_by("quota_not_exceeded"):
            make_pool("E-7-4", amount=1, **YEAR)
        assert not QuotaNotice.objects.exists()

    @pytest.mark.parametrize("first", [date(2025, 12, 31), date(2025, 1, 1)])
    def test_a_programme_stands_in_one_quota_on_a_day(self, first):
        with refused_by("quota_once_a_day"):
            make_pool("F-4-R", "E-7-4R", starts_on=first, ends_on=date(2026, 12, 31))

    def test_two_live_cases_of_one_person_are_in_the_way(self):
        person = make_client("52140-office")
        recommended(client=person)
        recommended("F-4-R", client=make_client("52190-office", person=person.person_id))
        with refused_by("visa_case_one_live_of_quota"):
            make_pool("E-7-4", "F-4-R", **YEAR)

    def test_codes_are_not_used_twice(self):
        half = date(2026, 6, 30)
        one = make_pool("F-4-R", starts_on=date(2026, 1, 1), ends_on=half)
        other = make_pool("F-4-R", starts_on=date(2026, 7, 1), ends_on=date(2026, 12, 31))
        assert (one.pk, other.pk) == ("f4r-2026", "f4r-2026-2")

    def test_a_quota_is_opened_by_the_province_alone(self):
        actor = make_user(Role.CITY_OFFICER, "52140-office")
        with refused_by("quota_of_the_province"):
            QuotaNotice.objects.create(
                pool_id="x", opens=True, programmes=["F-4-R"], name_ko="x", document="x", entered_by=actor, **YEAR
            )  # fmt: skip

    def test_nothing_of_it_is_changed_and_no_quota_is_made_by_hand(self):
        make_pool("F-4-R", **YEAR)
        with forbidden(), everywhere():
            run("UPDATE visas_quotanotice SET document = 'y'")
        with forbidden(), everywhere():
            run("INSERT INTO visas_poolprogramme (pool_id, programme_id) VALUES ('f4r-2026', 'D-2')")

    def test_a_name_is_the_provinces_and_not_the_files(self):
        names = {"name_ko": "이름", "name_en": "", "name_vi": "", "name_zh_hans": ""}
        with everywhere():
            name_quota(
                pool=QuotaPool.objects.get(pk="e74-2025"), names=names, document="외-1",
                actor=make_user(Role.PROVINCE_STAFF, "52-office"),
            )  # fmt: skip
        load_reference_data()
        assert QuotaPool.objects.get(pk="e74-2025").name_ko == "이름"
        assert ask("SELECT count(*) FROM visas_quotanotice") == 1


@pytest.mark.committed
class RaceTests:
    """One transaction is stopped after its change and before its commit, the other comes in between."""

    OPEN = (
        'INSERT INTO visas_quotapool (code, name, aliases, "order", starts_on, ends_on) '
        "VALUES ('late', 'x', '{}', 9, '2025-01-01', '2025-12-31')"
    )

    def begin(self, owner) -> list:
        claimants = make_claimants(owner, 2)
        make_quota(owner, 5)
        owner.execute("DELETE FROM visas_poolprogramme WHERE pool_id = 'e74-2025'")
        return claimants

    def open(self) -> str:
        actor = make_user(Role.PROVINCE_STAFF, "52-office")
        try:
            with everywhere():
                QuotaNotice.objects.create(
                    pool_id="late", opens=True, programmes=["E-7-4"], name_ko="x", document="x", entered_by=actor,
                    starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31),
                )  # fmt: skip
        except IntegrityError as error:
            return rule(error)
        return "opened"

    def claim_as(self, owner, claimant: tuple) -> None:
        owner.execute(
            "INSERT INTO visas_visacase (workspace_id, client_id, person_id, programme_id, received_on,"
            " recommended_on, ref, letter_number, shared_with) VALUES (%s, %s, %s, 'E-7-4', %s, %s, '', '', '{}')",
            [*claimant, CLAIMED, CLAIMED],
        )

    def test_a_changed_period_does_not_reach_into_another_quota(self, committed):
        make_pool("E-7-4", **YEAR)
        with as_owner(committed) as owner, pytest.raises(psycopg.errors.CheckViolation, match="two quotas"):
            owner.execute("UPDATE visas_quotapool SET ends_on = '2026-01-01' WHERE code = 'e74-2025'")

    def test_a_claim_that_began_before_is_counted_in_it(self, committed):
        with as_owner(committed) as owner:
            claimant, _ = self.begin(owner)
            with owner.transaction():
                self.claim_as(owner, claimant)
                waiting = waits_for(owner, self.open)
            assert waiting() == "opened"
            assert QuotaPool.objects.get(pk="late").taken == 1

    def test_without_the_lock_it_would_be_lost(self, committed):
        with as_owner(committed) as owner:
            claimant, _ = self.begin(owner)
            body = owner.execute("SELECT pg_get_functiondef('wall.heed_notice()'::regprocedure)").fetchone()[0]
            owner.execute(body.replace("LOCK TABLE visas_visacase IN SHARE ROW EXCLUSIVE MODE;", ""))
            with owner.transaction():
                self.claim_as(owner, claimant)
                assert self.open() == "opened"
            assert QuotaPool.objects.get(pk="late").taken == 0

    def test_a_claim_that_came_after_finds_it(self, committed):
        with as_owner(committed) as owner:
            claimants = self.begin(owner)
            with owner.transaction():
                owner.execute("LOCK TABLE visas_visacase IN SHARE ROW EXCLUSIVE MODE")
                owner.execute(self.OPEN)
                owner.execute("INSERT INTO visas_poolprogramme (pool_id, programme_id) VALUES ('late', 'E-7-4')")
                waiting = waits_for(owner, lambda: claim(claimants[0]))
            assert waiting() == "taken"
            assert QuotaPool.objects.get(pk="late").taken == 1


@pytest.mark.django_db
class PageTests:
    def confirmed(self, client, address: str, given: dict):
        shown = client.post(address, given)
        return client.post(address, given | {"seen": shown.context["seen"], "confirmed": "yes"}, follow=True)

    def test_it_is_shown_first_and_nothing_of_it_stays(self, province):
        recommended()
        shown = province.post(ADDRESS, GIVEN).context["shown"]
        assert (shown.pool.taken, shown.pool.capacity) == (1, None)
        assert not QuotaNotice.objects.exists() and not QuotaPool.objects.filter(pk="e74-e74r-2026").exists()

    def test_it_is_opened_and_the_page_says_what_is_held(self, province):
        recommended()
        response = self.confirmed(province, ADDRESS, GIVEN)
        assert response.redirect_chain[-1][0] == "/visas/quotas/e74-e74r-2026/"
        assert "배정 미입력" in response.content.decode()
        assert QuotaPool.objects.get(pk="e74-e74r-2026").taken == 1

    def test_what_was_not_shown_is_not_opened(self, province):
        shown = province.post(ADDRESS, GIVEN)
        told = {"seen": shown.context["seen"], "confirmed": "yes", "ends_on": "2027-12-31"}
        assert "shown" in province.post(ADDRESS, GIVEN | told).context
        assert not QuotaNotice.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"programmes": []}, "programmes"), ({"starts_on": "2025-12-31"}, "programmes"),
            ({"ends_on": "2025-12-31"}, "ends_on"), ({"document": ""}, "document"), ({"name_ko": " "}, "name_ko"),
            ({"amount": "0"}, "amount"), ({"amount": "1"}, "amount"),
        ],
    )  # fmt: skip
    def test_a_wrong_field_is_told_and_what_was_typed_stays(self, province, wrong, field):
        recommended(), recommended()
        response = province.post(ADDRESS, GIVEN | wrong)
        assert response.status_code == 400
        assert field in response.context["form"].errors
        assert response.context["form"]["name_ko"].value() == (GIVEN | wrong)["name_ko"]

    def test_cases_that_stand_in_the_way_are_named(self, province):
        person = make_client("52140-office")
        one = recommended(client=person)
        other = recommended("F-4-R", client=make_client("52190-office", person=person.person_id))
        response = province.post(ADDRESS, GIVEN | {"programmes": ["E-7-4", "F-4-R"]})
        assert response.status_code == 400
        with everywhere():
            assert response.context["doubled"] == [one, other]

    def test_cases_that_a_quota_has_no_place_for_are_named_the_last_first(self, province):
        first, second, third = (recommended() for _ in range(3))
        response = province.post(ADDRESS, GIVEN | {"amount": "1"})
        assert response.status_code == 400
        with everywhere():
            assert response.context["last"] == [third, second]
        assert all(case.get_absolute_url() in response.content.decode() for case in (second, third))
        assert first.get_absolute_url() not in response.content.decode()

    def test_a_quota_is_named_otherwise(self, province):
        given = {"name_ko": "새 이름", "document": "외-2"}
        response = self.confirmed(province, "/visas/quotas/e74-2025/name/", given)
        assert "새 이름" in response.content.decode()
        assert QuotaNotice.objects.get().opens is False
