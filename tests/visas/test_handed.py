"""A second look that a small office hands to the province, and an event about a dependant that is taken back."""

import pytest
from django.urls import reverse

from centers.models import Role
from centers.scope import acting_for, set_scope
from centers.selectors import scope_of
from tests.make import make_check, make_client, make_dependant, make_finding, make_user, name_client
from tests.support import refused_by
from tests.visas.test_case_step import START, make_case
from visas.models import DependantQuestion, Finding, FindingState, ObligationCheck, QuestionReason
from visas.services.dependant import ask_about, take_question_back
from visas.services.obligation import hand_on, look_again

pytestmark = pytest.mark.django_db
OFFICE = "52180-office"


@pytest.fixture
def alone(client):
    """The one official of a small office, who has found something."""
    user = make_user(Role.CITY_OFFICER, OFFICE)
    client.force_login(user)
    return user


@pytest.fixture
def province():
    return make_user(Role.PROVINCE_STAFF, "52-office")


def found() -> Finding:
    check = make_check()
    return make_finding(check, found_by=make_user(Role.CITY_OFFICER, check.workspace.code))


class HandedTests:
    def test_the_province_reads_nothing_of_a_finding_until_it_is_handed_over(self, province):
        finding = found()
        set_scope(scope_of(province))
        assert not Finding.objects.exists()
        with acting_for([finding.workspace_id]):
            hand_on(finding, actor=None)
        set_scope(scope_of(province))
        assert list(Finding.objects.visible_to(province)) == [finding]
        assert not ObligationCheck.objects.exists(), "and nothing else of the checks"

    def test_another_office_reads_nothing_of_what_was_handed_over(self):
        finding = found()
        with acting_for([finding.workspace_id]):
            hand_on(finding, actor=None)
        other = make_user(Role.CITY_OFFICER, "52190-office")
        set_scope(scope_of(other))
        assert not Finding.objects.exists()

    def test_the_province_confirms_it_and_says_nothing_else_of_it(self, province):
        finding = found()
        with acting_for([finding.workspace_id]):
            hand_on(finding, actor=None)
        set_scope(scope_of(province))
        with refused_by("finding_stays"):
            Finding.objects.filter(pk=finding.pk).update(what="다른 말")
        set_scope(scope_of(province))
        looked = look_again(finding, actor=province, state=FindingState.CONFIRMED, reason="같음")
        assert (looked.state, looked.looked_by_id) == ("confirmed", province.pk)

    def test_what_was_not_handed_over_is_not_looked_at(self, province):
        finding = found()
        set_scope(scope_of(province))
        with pytest.raises(Finding.DoesNotExist):
            look_again(finding, actor=province, state=FindingState.CONFIRMED, reason="같음")

    def test_on_the_pages(self, client, province):
        finding = found()
        with acting_for([finding.workspace_id]):
            first = finding.found_by
        client.force_login(first)
        page = client.get(reverse("visas:check", args=[finding.check_made_id])).content.decode()
        hand = reverse("visas:hand", args=["finding", finding.pk])
        assert hand in page
        assert client.post(hand).status_code == 302
        client.force_login(province)
        address = reverse("visas:handed", args=["finding", finding.pk])
        assert address in client.get("/").content.decode()
        assert client.get(address).status_code == 200
        told = {"state": "confirmed", "reason": "같음"}
        assert client.post(reverse("visas:finding_look", args=[finding.pk]), told).status_code == 302
        assert "같음" in client.get(address).content.decode()
        assert address not in client.get("/").content.decode()
        assert client.get("/visas/handed/nothing/1/").status_code == 404


class TakenBackTests:
    def asked(self) -> DependantQuestion:
        case = make_case("F-2-R", OFFICE)
        link = make_dependant(case.client, relation="spouse")
        reason = QuestionReason.objects.filter(asked_when="by_hand").first()
        with acting_for([case.workspace_id]):
            return ask_about(link, case=case, actor=None, reason=reason, happened_on=START)

    def test_a_divorce_entered_by_mistake_is_taken_back_with_a_reason_and_entered_again(self):
        row = self.asked()
        with acting_for([row.workspace_id]):
            held = take_question_back(row, actor=None, why="다른 사람")
            assert (held.state, held.fell_away_why) == ("fell_away", "다른 사람")
            again = ask_about(row.link, case=row.case, actor=None, reason=row.reason, happened_on=START)
            assert again.pk != row.pk

    def test_not_without_a_reason_nor_twice(self):
        row = self.asked()
        with refused_by("dependant_question_stays"), acting_for([row.workspace_id]):
            take_question_back(row, actor=None, why="")
        with acting_for([row.workspace_id]):
            take_question_back(row, actor=None, why="다른 사람")
        with refused_by("dependant_question_stays"), acting_for([row.workspace_id]):
            take_question_back(row, actor=None, why="또")

    def test_on_its_page_where_it_was_entered(self, client, alone):
        row = self.asked()
        back = reverse("visas:question_back", args=[row.pk])
        assert back in client.get(row.get_absolute_url()).content.decode()
        assert client.post(back, {"note": ""}).status_code == 400
        assert "혼동" in client.post(back, {"note": "혼동"}, follow=True).content.decode()
        assert client.get(back).status_code == 403


class ListTests:
    def test_a_centre_knows_the_cases_of_its_clients_by_its_own_file_in_the_list_too(self, client):
        case = make_case()
        own = make_client("52110-c1", person=case.person_id)
        name_client(own, "PHAM THI D")
        client.force_login(make_user(Role.COUNSELLOR, "52110-c1"))
        assert "PHAM THI D" in client.get(reverse("visas:cases")).content.decode()
