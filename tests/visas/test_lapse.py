"""A letter of recommendation runs out, is renewed, and gives its place back once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from centers.models import Role
from tests.make import everywhere, make_entry, make_user
from tests.support import refused_by
from tests.visas.test_case_step import START, TODAY, make_case, state_of, step, walk
from visas.models import CaseStep, QuotaPool, VisaCase, VisaProgramme
from visas.services.case import take_back, take_out
from visas.services.obligation import follow_workspace

pytestmark = pytest.mark.django_db
OFFICE = "52180-office"
LAST = 20  # the day, counted from the reception, on which the letters of these tests end
POOL = "f2r-2025-2026"


def recommended(last: int = LAST) -> VisaCase:
    case = walk(make_case("F-2-R", OFFICE), "reviewed")
    step(case, "recommended", 5, document=f"추천 {case.pk}", valid_until=START + timedelta(days=last))
    return read(case)


def read(case: VisaCase) -> VisaCase:
    with everywhere():
        return VisaCase.objects.get(pk=case.pk)


def lapsed() -> VisaCase:
    case = recommended()
    follow_workspace(case.workspace_id)
    return read(case)


def taken() -> int:
    with everywhere():
        return QuotaPool.objects.get(pk=POOL).taken


class LapseTests:
    def test_a_letter_that_ran_out_without_an_application_lapses_the_day_after(self):
        case = lapsed()
        assert (case.state, case.lapsed_on) == ("lapsed", START + timedelta(days=LAST + 1))

    @pytest.mark.parametrize("kind", ["submitted", "granted"])
    def test_one_that_was_used_or_has_no_end_does_not_lapse(self, kind):
        used, endless = recommended(), walk(make_case("F-2-R", OFFICE), "recommended")
        step(used, "submitted", LAST)
        if kind == "granted":
            step(used, kind, LAST + 5)
        follow_workspace(used.workspace_id)
        assert (read(used).state, read(endless).state) == (kind, "recommended")

    def test_one_that_is_valid_today_does_not_lapse_by_itself_nor_by_hand(self):
        case = recommended(60)
        follow_workspace(case.workspace_id)
        with refused_by("letter_still_valid"):
            step(case, "lapsed", 59)
        assert read(case).state == "recommended"

    @pytest.mark.parametrize("kind", ["submitted", "granted", "refused"])
    def test_nothing_follows_on_a_letter_that_has_run_out(self, kind):
        with refused_by("letter_has_run_out"):
            step(recommended(), kind, LAST + 1)

    def test_an_application_that_is_entered_late_but_was_made_in_time_takes_the_lapse_back(self):
        case = lapsed()
        with refused_by("letter_has_run_out"):
            step(case, "submitted", LAST + 1)
        step(case, "submitted", LAST)
        case = read(case)
        assert (case.state, case.lapsed_on) == ("submitted", None)
        with everywhere():
            assert CaseStep.objects.get(case=case, takes_back=True).kind == "lapsed"

    def test_a_place_is_given_back_once_and_taken_anew(self):
        before = taken()
        case = lapsed()
        assert taken() == before
        follow_workspace(case.workspace_id)
        assert taken() == before
        step(case, "renewed", 40, document="갱신-1", valid_until=TODAY)
        assert taken() == before + 1

    def test_a_programme_may_keep_the_place_of_a_lapsed_case(self):
        VisaProgramme.objects.filter(pk="F-2-R").update(seat_given_back_by=["refused"])
        before = taken()
        lapsed()
        assert taken() == before + 1

    def test_a_full_quota_refuses_the_renewal_of_a_lapsed_case(self):
        case = lapsed()
        make_entry(POOL, taken() + 1, document="쿼터-1")
        step(walk(make_case("F-2-R", OFFICE), "reviewed"), "recommended", 30, document="다른 사람")
        with refused_by("quota_not_exceeded"):
            step(case, "renewed", 40, document="갱신-7", valid_until=TODAY)
        assert read(case).state == "lapsed"


class BeforeTheNightTests:
    """A letter that has run out holds its place until the night; who needs the place or looks at the quota has it
    given back at once.
    """

    def give_back(self, case: VisaCase, client, sent, address: str, **told) -> None:
        """Look, which sends the work of the case's workspace; and do that work."""
        with sent() as waiting:
            answer = client.post(address, told) if told else client.get(address)
        assert answer.context["lapsing"] == 1
        assert "유효기간이 지난 추천서 1건" in answer.content.decode()
        assert waiting
        follow_workspace(case.workspace_id)

    def test_a_claim_that_is_refused_has_it_given_back_and_then_succeeds(
        self, client, django_capture_on_commit_callbacks
    ):
        case, other = recommended(), walk(make_case("F-2-R", OFFICE), "reviewed")
        make_entry(POOL, taken(), document="쿼터-1")
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        address = reverse("visas:case_step", args=[other.pk, "recommended"])
        told = {"happened_on": str(TODAY), "document": "추천-2", "valid_until": str(TODAY + timedelta(days=90))}
        answer = client.post(address, told)
        reason = {"against_advice": "x"} if "against_advice" in answer.context["form"].errors else {}
        self.give_back(case, client, django_capture_on_commit_callbacks, address, **told, **reason)
        assert (read(case).state, read(other).state) == ("lapsed", "reviewed")
        assert client.post(address, told | reason).status_code == 302
        assert read(other).state == "recommended"

    def test_the_page_of_the_quota_has_it_given_back(self, client, django_capture_on_commit_callbacks):
        case = recommended()
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        self.give_back(case, client, django_capture_on_commit_callbacks, f"/visas/quotas/{POOL}/")
        assert read(case).state == "lapsed"
        assert client.get(f"/visas/quotas/{POOL}/").context["lapsing"] == 0

    def test_what_is_valid_or_keeps_its_place_is_left_alone(self, client):
        recommended(60)
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        assert client.get(f"/visas/quotas/{POOL}/").context["lapsing"] == 0
        VisaProgramme.objects.filter(pk="F-2-R").update(seat_given_back_by=["refused"])
        recommended()
        assert client.get(f"/visas/quotas/{POOL}/").context["lapsing"] == 0


class RenewalTests:
    def test_a_renewed_letter_has_a_new_number_and_the_old_one_stays(self):
        case = recommended(60)
        step(case, "renewed", 30, document="갱신-2", valid_until=TODAY + timedelta(days=30))
        held = read(case)
        assert (held.letter_number, held.letter_valid_until) == ("갱신-2", TODAY + timedelta(days=30))
        assert held.state == "recommended"
        with everywhere():
            assert CaseStep.objects.filter(case=case, document=f"추천 {case.pk}").exists()

    def test_a_renewal_is_taken_back_to_the_letter_before_it(self):
        case = recommended(60)
        made = step(case, "renewed", 30, document="갱신-3", valid_until=TODAY + timedelta(days=30))
        with refused_by("case_step_taken_back_last"), everywhere():
            take_back(actor=None, case=case, kind="recommended", reason="다른 사람")
        with everywhere():
            take_out(made, actor=None, reason="번호가 틀림")
        held = read(case)
        assert (held.letter_number, held.letter_valid_until) == (case.letter_number, case.letter_valid_until)
        with refused_by("case_step_taken_back_last"), everywhere():
            take_out(made, actor=None, reason="두 번")

    def test_a_renewal_has_a_number_and_a_last_day(self):
        case = recommended(60)
        with refused_by("recommendation_has_a_number"):
            step(case, "renewed", 30, document="", valid_until=TODAY)
        with refused_by("renewal_has_a_last_day"):
            step(case, "renewed", 30, document="갱신-4")

    def test_a_number_is_never_another_s_not_even_one_that_was_renewed(self):
        case, other = recommended(60), recommended(60)
        step(case, "renewed", 30, document="갱신-5", valid_until=TODAY)
        for number in ("갱신-5", f"추천 {case.pk}"):
            with refused_by("visa_case_letter_once"):
                step(other, "renewed", 30, document=number, valid_until=TODAY)

    def test_whether_a_letter_is_one_person_s_is_a_setting(self):
        first, second = (walk(make_case("E-7-4"), "reviewed") for _ in range(2))
        for case in (first, second):
            step(case, "recommended", 5, document="명단-1")
        assert state_of(second) == "recommended"


class ReminderTests:
    @pytest.fixture
    def city(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, OFFICE))
        return client

    def test_the_office_is_reminded_as_many_days_before_as_the_programme_says(self, city):
        near = recommended(60 + 30)
        recommended(60 + 31)
        page = city.get("/").content.decode()
        assert page.count(str(near.letter_valid_until)) == 1
        VisaProgramme.objects.filter(pk="F-2-R").update(letter_reminder_days=29)
        assert str(near.letter_valid_until) not in city.get("/").content.decode()

    def test_the_board_and_the_list_say_that_it_has_lapsed(self, city):
        case = lapsed()
        board = city.get(reverse("visas:board"))
        column = next(one for one in board.context["columns"] if one.code == "lapsed")
        assert [one.case for one in column.waiting] == [case]
        rows = city.get(reverse("visas:cases"), {"stage": "lapsed"}).context["shown"].page
        assert list(rows) == [case]

    def test_the_province_renews_on_a_page_of_its_own(self, client):
        case = lapsed()
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        address = reverse("visas:case_step", args=[case.pk, "renewed"])
        assert address in client.get(case.get_absolute_url()).content.decode()
        told = {"happened_on": str(TODAY), "document": "갱신-6", "valid_until": str(TODAY + timedelta(days=90))}
        assert client.post(address, told).status_code == 302
        assert read(case).state == "recommended"

    def test_a_city_does_not_renew(self, city):
        case = lapsed()
        assert city.get(reverse("visas:case_step", args=[case.pk, "renewed"])).status_code == 403
