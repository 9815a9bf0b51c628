"""The province decides the settings of a programme by a document: shown first, then held for every case at once."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from audit.models import Action, AuditEntry
from centers.models import Role
from centers.scope import acting_for
from kpi.services.reference import load_reference_data
from tests.make import everywhere, make_client, make_entry, make_user, make_visa_case, place
from tests.support import refused_by
from visas.forms.programme import SETTINGS
from visas.models import ProgrammeSetting, QuotaPool, VisaCase, VisaProgramme
from visas.quotas import held
from visas.services.programme import set_programme

pytestmark = pytest.mark.django_db
AT = "/visas/programmes/E-7-4/"


@pytest.fixture
def province(client):
    user = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(user)
    return user


def taken() -> int:
    return QuotaPool.objects.get(pk="e74-2025").taken


def asked(client, **changed) -> dict:
    page = client.get(AT).context["form"]
    told = {name: page[name].value() for name in (*SETTINGS, "from_on")}
    return {name: value for name, value in told.items() if value is not None} | {"document": "외국인-7"} | changed


class PageTests:
    def test_shows_what_it_would_change_and_then_holds(self, client, province):
        make_visa_case("E-7-4", client=make_client(), received_on=date(2025, 3, 3), recommended_on=None)
        before = taken()
        told = asked(
            client, seat_taken_at="reception", from_on="2025-03-03", letter_valid_days="90", long_after_days="14"
        )
        shown = client.post(AT, told)
        [turned] = shown.context["turned"]
        assert (turned.pool.pk, turned.before, turned.after) == ("e74-2025", before, before + 1)
        assert taken() == before and not ProgrammeSetting.objects.exists()
        done = client.post(AT, told | {"confirmed": "yes", "seen": shown.context["seen"]}, follow=True)
        assert "접수" in done.content.decode() and "외국인-7" in done.content.decode()
        held = VisaProgramme.objects.get(pk="E-7-4")
        assert (held.seat_taken_at, held.letter_valid_days, held.long_after_days) == ("reception", 90, 14)
        assert taken() == before + 1
        with acting_for([place("52-office").pk], actor=province):
            assert AuditEntry.objects.get(action=Action.PROGRAMME_SET).data["programme"] == "E-7-4"

    def test_what_was_not_shown_is_not_confirmed(self, client, province):
        shown = client.post(AT, asked(client, letter_valid_days="90"))
        told = asked(client, letter_valid_days="30") | {"confirmed": "yes", "seen": shown.context["seen"]}
        assert client.post(AT, told).context["turned"] is not None
        assert VisaProgramme.objects.get(pk="E-7-4").letter_valid_days is None

    @pytest.mark.parametrize("wrong", [{"document": ""}, {"letter_valid_days": "0"}, {"long_after_days": "x"},
                                       {"seat_taken_at": "someday"}, {"seat_given_back_by": ["luck"]}])  # fmt: skip
    def test_bad_input_stays_in_the_form(self, client, province, wrong):
        answer = client.post(AT, asked(client, **wrong))
        assert answer.status_code == 400
        assert answer.context["form"].errors.keys() == wrong.keys()

    def test_a_quota_that_would_be_overrun_says_so(self, client, province):
        with everywhere():
            places = QuotaPool.objects.get(pk="e74-2025").capacity - taken()
            make_entry("e74-2025", -places, kind="return", on=date(2025, 12, 31))
        make_visa_case("E-7-4", client=make_client(), received_on=date(2025, 3, 3), recommended_on=None)
        answer = client.post(AT, asked(client, seat_taken_at="reception", from_on="2025-03-03"))
        assert answer.status_code == 400
        assert "seat_taken_at" in answer.context["form"].errors

    def test_everybody_with_cases_reads_them_and_the_province_alone_changes(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52140-office"))
        page = client.get("/visas/programmes/").content.decode()
        assert "E-7-4" in page and AT not in page
        assert client.post(AT, {"document": "x"}).status_code == 403


class DatedTests:
    """A past day is counted by the rule of that day: what was taken or given back by it stays so."""

    DAY = date(2025, 3, 3)
    LATER = date(2025, 6, 1)

    def decide(self, province, on: date, **changed) -> None:
        programme = VisaProgramme.objects.get(pk="E-7-4")
        told = {name: getattr(programme, name) for name in SETTINGS} | changed
        with everywhere(), transaction.atomic():
            set_programme(programme=programme, told=told, document="가", actor=province, from_on=on)

    def held(self, on: date) -> int:
        with everywhere():
            return held(VisaCase.objects.filter(programme="E-7-4"), on).count()

    def test_a_later_rule_leaves_the_days_before_it(self, province):
        made = [
            make_visa_case("E-7-4", received_on=self.DAY),
            make_visa_case("E-7-4", received_on=self.DAY, recommended_on=self.DAY),
            make_visa_case("E-7-4", received_on=self.LATER),
        ]
        before = taken()
        self.decide(province, self.LATER, seat_taken_at="reception")
        assert (self.held(self.LATER - timedelta(days=1)), self.held(self.LATER)) == (1, 3)
        assert taken() == before + 2
        with everywhere():
            seats = dict(VisaCase.objects.filter(pk__in=[case.pk for case in made]).values_list("pk", "seat_on"))
        assert [seats[case.pk] for case in made] == [self.LATER, self.DAY, self.LATER]

    def test_a_place_that_was_taken_stays_taken_and_one_given_back_stays_so(self, province):
        make_visa_case("E-7-4", received_on=self.DAY, recommended_on=self.DAY)
        make_visa_case("E-7-4", received_on=self.DAY, recommended_on=self.DAY, withdrawn_on=self.DAY)
        self.decide(province, self.LATER, seat_taken_at="permit", seat_given_back_by=[])
        make_visa_case("E-7-4", received_on=self.LATER, recommended_on=self.LATER)
        assert [self.held(day) for day in (self.DAY, self.LATER, date(2025, 12, 31))] == [1, 1, 1]

    def test_what_comes_to_give_back_does_so_from_its_day_on(self, province):
        days = dict.fromkeys(("received_on", "recommended_on", "granted_on", "left_on"), self.DAY)
        make_visa_case("E-7-4", **days)
        self.decide(province, self.LATER, seat_given_back_by=["left"])
        assert (self.held(self.LATER - timedelta(days=1)), self.held(self.LATER)) == (1, 0)

    def test_decisions_follow_one_another_and_none_is_of_a_day_to_come(self, province):
        self.decide(province, self.LATER)
        with refused_by("programme_setting_in_order"):
            self.decide(province, self.DAY)
        with refused_by("not_in_the_future"):
            self.decide(province, timezone.localdate() + timedelta(days=1))
        self.decide(province, self.LATER, seat_taken_at="permit")
        self.decide(province, self.LATER, seat_taken_at="submission")
        make_visa_case("E-7-4", received_on=self.LATER, recommended_on=self.LATER, submitted_on=self.LATER)
        assert self.held(self.LATER) == 1


class RuleTests:
    def test_nobody_else_writes_settings_or_the_ledger(self):
        officer = make_user(Role.CITY_OFFICER, "52140-office")
        programme = VisaProgramme.objects.get(pk="E-7-4")
        told = {name: getattr(programme, name) for name in SETTINGS}
        with refused_by("quota_of_the_province"), acting_for([place("52140-office").pk], actor=officer):
            set_programme(programme=programme, told=told, document="가", actor=officer)
        with refused_by("quota_of_the_province"), acting_for([place("52140-office").pk], actor=officer):
            make_entry()

    def test_the_reference_file_leaves_what_the_province_has_decided(self, province):
        programme = VisaProgramme.objects.get(pk="E-7-4")
        told = {name: getattr(programme, name) for name in SETTINGS} | {"seat_taken_at": "permit"}
        with everywhere(), transaction.atomic():
            set_programme(programme=programme, told=told, document="가", actor=province)
            load_reference_data()
        assert VisaProgramme.objects.get(pk="E-7-4").seat_taken_at == "permit"

    def test_a_decision_stays(self, province):
        programme = VisaProgramme.objects.get(pk="E-7-4")
        told = {name: getattr(programme, name) for name in SETTINGS}
        with everywhere(), transaction.atomic():
            set_programme(programme=programme, told=told, document="가", actor=province)
        with pytest.raises(ProgrammingError, match="permission denied"), everywhere(), transaction.atomic():
            ProgrammeSetting.objects.update(document="나")
