"""The share of one nationality among the recommended: known once nothing that is not on record could decide it."""

import re
from datetime import date

import pytest
from django.urls import reverse

from cases.models import Client
from centers.models import Role
from centers.scope import NOTHING, set_scope
from centers.selectors import scope_of
from tests.make import everywhere, make_client, make_user, make_visa_case
from visas.eligibility import MET, NOT_MET, UNKNOWN, advice_on
from visas.models import VisaCase
from visas.share import Beside

pytestmark = pytest.mark.django_db
DAY = date(2025, 9, 1)


def advice(case: VisaCase, on: date):
    with everywhere():
        return advice_on(VisaCase.objects.get(pk=case.pk), on=on)


def numbers(sentence: str) -> set[int]:
    return set(map(int, re.findall(r"\d+", sentence)))


class ShareTests:
    """How many of one nationality are among those recommended in a municipality and quota, never typed."""

    def recommended(self, nationality: str, number: str, **fields) -> VisaCase:
        client = make_client("52180-office", nationality_id=nationality)
        told = {"received_on": date(2025, 8, 1), "municipality_id": "52180", "recommended_on": date(2025, 8, 2)}
        return make_visa_case("F-2-R", "52180-office", client=client, letter_number=number, **(told | fields))

    def share(self, case: VisaCase):
        return next(one for one in advice(case, DAY).conditions if one.rule.kind == "same_nationality")

    def test_it_is_known_once_one_person_alone_does_not_break_it(self):
        case = self.recommended("VN", "", recommended_on=None)
        for number in range(2):
            self.recommended("UZ", f"A-{number}")
        assert (self.share(case).outcome, self.share(case).fact.of) == (UNKNOWN, (1, 3))
        self.recommended("UZ", "A-3")
        assert (self.share(case).outcome, self.share(case).fact.value) == (MET, 25)
        self.recommended("VN", "A-4")
        assert (self.share(case).outcome, self.share(case).fact.value) == (NOT_MET, 40)
        assert "2" in self.share(case).evidence

    def test_only_the_same_municipality_programme_and_quota_counts(self):
        case = self.recommended("VN", "", recommended_on=None)
        before = date(2024, 3, 1)
        self.recommended("VN", "B-1", received_on=before, recommended_on=before)
        self.recommended("VN", "B-2", municipality_id="52190")
        assert self.share(case).fact.of == (1, 1)

    def test_each_person_counts_once_and_the_applicant_not_beside_themselves(self):
        before = self.recommended("VN", "P-1", withdrawn_on=date(2025, 8, 10))
        for number in range(4):
            self.recommended("UZ", f"P-{number + 2}")
        twice = self.recommended("UZ", "P-6", withdrawn_on=date(2025, 8, 10))
        told = {"received_on": date(2025, 8, 15), "municipality_id": "52180"}
        make_visa_case("F-2-R", "52180-office", client=twice.client, recommended_on=date(2025, 8, 15), **told)
        case = make_visa_case("F-2-R", "52180-office", client=before.client, **told)
        assert self.share(case).fact.of == (1, 6)

    def test_a_nationality_that_is_not_known_has_no_share(self):
        case = self.recommended(None, "", recommended_on=None)
        assert self.share(case).fact is None

    @pytest.mark.parametrize(("turns_out", "outcome"), [("UZ", MET), ("VN", NOT_MET)])
    def test_it_is_not_known_while_a_nationality_that_is_not_on_record_decides_it(self, turns_out, outcome):
        case = self.recommended("VN", "", recommended_on=None)
        for number in range(3):
            self.recommended("UZ", f"A-{number}")
        unsaid = self.recommended(None, "A-4")
        share = self.share(case)
        assert (share.outcome, share.fact.of) == (UNKNOWN, (1, 5))
        assert numbers(share.why) == {1, 20, 40, 30}
        with everywhere():
            Client.objects.filter(pk=unsaid.client_id).update(nationality=turns_out)
        share = self.share(case)
        assert (share.outcome, share.why, share.beside) == (outcome, "", None)

    def test_it_is_known_where_nationalities_that_are_not_on_record_cannot_decide_it(self):
        case = self.recommended("VN", "", recommended_on=None)
        for number in range(5):
            self.recommended("UZ", f"A-{number}")
        self.recommended(None, "A-5")
        assert (self.share(case).outcome, self.share(case).fact.of) == (MET, (1, 7))
        for number in range(2):
            self.recommended("VN", f"B-{number}")
        share = self.share(case)
        assert (share.outcome, share.fact.of, share.why) == (NOT_MET, (3, 9), "")

    def test_a_few_say_how_many_it_takes_and_an_applicant_without_a_nationality_that_it_lacks(self):
        case = self.recommended("VN", "", recommended_on=None)
        alone = self.share(case)
        assert (alone.outcome, alone.beside) == (UNKNOWN, None) and numbers(alone.why) == {4}
        other = self.recommended(None, "A-1")
        few = self.share(case)
        assert numbers(few.why) == {2, 30, 4}
        with everywhere():
            assert list(VisaCase.objects.filter(pk__in=few.beside.keys)) == [other]
        unsaid = self.share(self.recommended(None, "", recommended_on=None))
        assert unsaid.why and unsaid.why not in (few.why, alone.why) and unsaid.beside is None

    def test_the_page_says_why_and_opens_the_cases_that_it_rests_on(self, client):
        case = self.recommended("VN", "", recommended_on=None)
        for number in range(3):
            self.recommended("UZ", f"A-{number}")
        unsaid = self.recommended(None, "A-4")
        self.recommended(None, "A-5", municipality_id="52190")
        client.force_login(make_user(Role.CITY_OFFICER, "52180-office"))
        page = client.get(reverse("visas:case", args=[case.pk]))
        share = next(one for one in page.context["advice"].conditions if one.rule.kind == "same_nationality")
        address = f"{reverse('visas:cases')}?beside={share.beside.code}"
        assert share.why in page.content.decode() and f'href="{address}"' in page.content.decode()
        opened = client.get(address).context["shown"]
        assert list(opened.rows) == [unsaid]
        assert [str(case.pk) in told for _label, told in opened.form.in_words] == [True]

    @pytest.mark.parametrize("at", ["52190-office", "52180-office"])
    def test_who_may_not_read_the_case_opens_nothing_beside_it(self, at):
        case = self.recommended("VN", "", recommended_on=None)
        self.recommended(None, "A-4")
        beside = Beside(case.pk, DAY, unsaid=True)
        set_scope(scope_of(make_user(Role.CITY_OFFICER, at)))
        assert beside.count() == (at == "52180-office")
        set_scope(NOTHING)

    @pytest.mark.parametrize(
        "code", ["", "1", "1.2025-13-01", "x.2025-01-01", "1.2025-01-01.all", "²." + "1", "1.1.1.1"]
    )
    def test_what_is_no_such_question_narrows_nothing(self, code):
        assert Beside.asked(code) is None

    def test_a_question_reads_as_it_was_written(self):
        for beside in (Beside(7, DAY), Beside(7, DAY, unsaid=True)):
            assert Beside.asked(beside.code) == beside

    def test_nobody_types_it(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52180-office"))
        case = self.recommended("VN", "", recommended_on=None)
        told = {"kind": "same_nationality", "value": "1", "happened_on": str(DAY), "evidence": "-"}
        assert client.post(reverse("visas:case_fact", args=[case.pk]), told).status_code == 400
