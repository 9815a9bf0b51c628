"""The papers of a programme: which a case lacks, what a completion request asks for, and by when."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from centers.models import Role
from centers.scope import set_scope
from centers.selectors import scope_of
from tests.make import everywhere, make_attachment, make_client, make_paper_rule, make_user
from tests.support import forbidden, refused_by
from tests.visas.test_case_step import START, TODAY, make_case, step
from visas.models import CasePaper, CaseStep, RequiredPaper, VisaCase
from visas.papers import PaperShown, missing_of, papers_of
from visas.services.paper import enter_papers

pytestmark = pytest.mark.django_db
OFFICE = "52140-office"


@pytest.fixture
def city(client):
    user = make_user(Role.CITY_OFFICER, OFFICE)
    client.force_login(user)
    return user


def make(*names: str) -> tuple[VisaCase, list[RequiredPaper]]:
    papers = [make_paper_rule("E-7-4", name) for name in names]
    return make_case("E-7-4"), papers


def enter(case: VisaCase, paper: RequiredPaper, state: str = "received", **told) -> None:
    with everywhere():
        told = {"paper": paper, "state": state, "happened_on": TODAY, "proof": None, "note": ""} | told
        enter_papers(actor=None, case=case, papers=[told])


def shown(case: VisaCase, user: User) -> list[PaperShown]:
    set_scope(scope_of(user))
    return papers_of(case, user)


class PaperTests:
    def test_without_a_word_it_is_missing_and_the_last_word_counts(self, city):
        case, (passport, photo) = make("여권 사본", "사진")
        enter(case, passport)
        enter(case, photo)
        enter(case, photo, "missing", note="다시 제출")
        assert missing_of(shown(case, city)) == [photo]
        enter(case, photo, "waived", note="전자 사진으로 갈음")
        assert missing_of(shown(case, city)) == []

    def test_a_paper_is_not_needed_for_a_reason(self):
        case, (passport,) = make("여권 사본")
        with refused_by("case_paper_waived_with_a_reason"):
            enter(case, passport, "waived")

    def test_a_file_is_of_the_client_and_of_a_paper_that_was_received(self):
        case, (passport,) = make("여권 사본")
        with everywhere():
            own = make_attachment(case.client)
            other = make_attachment(make_client(OFFICE))
        with refused_by("case_paper_file_of_the_client"):
            enter(case, passport, proof=other)
        with refused_by("case_paper_file_of_what_was_received"):
            enter(case, passport, "missing", proof=own)
        enter(case, passport, proof=own)

    def test_no_paper_of_another_programme_and_none_in_the_future(self):
        case, (passport,) = make("여권 사본")
        with refused_by("case_paper_of_its_programme"):
            enter(case, make_paper_rule("D-2", "여권 사본"))
        with refused_by("not_in_the_future"):
            enter(case, passport, happened_on=TODAY + timedelta(days=1))

    def test_rows_are_added_and_never_changed(self):
        case, (passport,) = make("여권 사본")
        enter(case, passport)
        with forbidden(), everywhere():
            CasePaper.objects.filter(case=case).update(state="missing")

    def test_a_case_needs_what_was_asked_for_on_the_day_of_its_reception(self, city):
        make_paper_rule("E-7-4", "앞선 서류", valid_to=START - timedelta(days=1))
        make_paper_rule("E-7-4", "나중 서류", valid_from=START + timedelta(days=1))
        case, (passport,) = make("여권 사본")
        assert [one.paper for one in shown(case, city)] == [passport]

    def test_the_published_lists_are_there_with_their_source(self):
        assert RequiredPaper.objects.filter(programme="E-7-4R").count() == 16
        assert not RequiredPaper.objects.filter(programme="D-2").exists(), "not published"


class CompletionTests:
    def test_a_request_names_the_papers_that_are_missing_by_a_day(self, client, city):
        case, (passport, photo) = make("여권 사본", "사진")
        enter(case, passport)
        address = reverse("visas:case_step", args=[case.pk, "asked"])
        form = client.get(address).context["form"]
        assert form.fields["papers"].initial == [photo.pk]
        due = TODAY + timedelta(days=7)
        told = {"happened_on": str(TODAY), "papers": [photo.pk], "due_on": str(due)}
        answer = client.post(address, told, follow=True)
        assert "사진" in answer.content.decode() and str(due) in answer.content.decode()
        with everywhere():
            made = CaseStep.objects.get(case=case, kind="asked")
        assert (made.papers, made.due_on) == ([photo.pk], due)

    def test_it_says_something_of_what_is_missing(self, client, city):
        case = make_case("E-7-4")
        answer = client.post(reverse("visas:case_step", args=[case.pk, "asked"]), {"happened_on": str(TODAY)})
        assert answer.status_code == 400 and answer.context["form"].errors["note"]

    def test_the_day_is_not_before_the_request(self):
        with refused_by("completion_due_after_it_was_asked"):
            step(make_case(), "asked", 5, due_on=START, note="여권")

    def test_the_board_names_the_missing_paper_and_says_that_it_is_late(self, client, city):
        case, (_passport, photo) = make("여권 사본", "사진")
        step(case, "asked", 5, papers=[photo.pk], due_on=START + timedelta(days=10))
        column = next(one for one in client.get(reverse("visas:board")).context["columns"] if one.code == "asked")
        assert (column.waiting[0].missing, column.waiting[0].late) == ("사진", True)
        enter(case, photo)
        column = next(one for one in client.get(reverse("visas:board")).context["columns"] if one.code == "asked")
        assert column.waiting[0].missing == ""


class PageTests:
    def test_papers_are_entered_together(self, client, city):
        case, (passport, photo) = make("여권 사본", "사진")
        address = reverse("visas:case_papers", args=[case.pk])
        told = {f"state_{passport.pk}": "received", f"day_{passport.pk}": str(TODAY)}
        told |= {f"state_{photo.pk}": "waived", f"day_{photo.pk}": str(TODAY)}
        answer = client.post(address, told)
        assert answer.status_code == 400 and f"note_{photo.pk}" in answer.context["form"].errors
        assert client.post(address, told | {f"note_{photo.pk}": "전자 사진"}).status_code == 302
        assert client.post(address, told | {f"note_{photo.pk}": "전자 사진"}).status_code == 302
        with everywhere():
            assert CasePaper.objects.filter(case=case).count() == 2, "what says nothing new is not written again"

    def test_where_no_list_is_entered_nothing_is_called_complete(self, client, city):
        case, unlisted = make_case("E-7-4"), "구비 서류 미입력"
        assert unlisted in client.get(case.get_absolute_url()).content.decode()
        column = next(one for one in client.get(reverse("visas:board")).context["columns"] if one.code == "received")
        assert column.waiting[0].missing == unlisted

    def test_the_province_enters_the_list_from_where_it_is_missed(self, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        case, unlisted = make_case("E-7-4"), "구비 서류 미입력"
        new = f"{reverse('visas:paper_rule_new')}?programme=E-7-4"
        for page in (case.get_absolute_url(), reverse("visas:paper_rules"), reverse("visas:programmes")):
            content = client.get(page).content.decode()
            assert unlisted in content and new in content, page
        assert client.get(new).context["form"]["programme"].value() == "E-7-4"
        make_paper_rule("E-7-4", valid_from=START)
        assert unlisted not in client.get(case.get_absolute_url()).content.decode()

    def test_without_a_list_there_is_no_page(self, client, city):
        assert client.get(reverse("visas:case_papers", args=[make_case("E-7-4").pk])).status_code == 404

    def test_the_province_adds_a_paper_after_it_was_shown(self, client):
        case = make_case("E-7-4")
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        address = reverse("visas:paper_rule_new")
        told = {
            "programme": "E-7-4",
            "text_ko": "신청서",
            "from_whom": "applicant",
            "valid_from": str(START),
            "source": "공고",
        }
        answer = client.post(address, told)
        assert [one.case for one, _what, _file in answer.context["named"]] == [case]
        assert not RequiredPaper.objects.filter(programme="E-7-4").exists()
        answer = client.post(address, told | {"confirmed": "yes", "seen": answer.context["seen"]}, follow=True)
        assert "신청서" in answer.content.decode()
        paper = RequiredPaper.objects.get(programme="E-7-4")
        assert paper.entered_by_id
        with refused_by("obligation_rule_stays"), everywhere():
            RequiredPaper.objects.filter(pk=paper.pk).update(text_ko="다른 서류")
