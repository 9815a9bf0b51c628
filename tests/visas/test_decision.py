"""The province changes reference data by a document: shown first, then held from its day on; what was made stays."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Action, AuditEntry
from centers.models import Municipality, Role
from centers.scope import acting_for
from kpi.services.reference import load_reference_data
from tests.make import everywhere, make_change, make_student, make_study_permit, make_user, make_visa_case, place
from tests.support import refused_by
from visas.case_forms import TakeInForm
from visas.decisionbooks import BOOKS
from visas.decisions import ALL, Versions, areas_of, class_on, said_now
from visas.eligibility import advice_on
from visas.letters import letter_of
from visas.models import (
    CasePoint,
    Decision,
    LetterText,
    PointItem,
    ProgrammeArea,
    QuestionReason,
    Reference,
    StudyPermitKind,
    StudyStatus,
    VisaCase,
)
from visas.points import items_on, sheet_of
from visas.services.decision import decide
from visas.services.points import enter_points

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 2)
LATER = date(2025, 9, 1)
AT = "/visas/reference/points/E-7-4/"


@pytest.fixture
def officer():
    return make_user(Role.CITY_OFFICER, "52140-office")


@pytest.fixture
def province(officer, client):
    user = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(user)
    return user


def by_document(
    province, book: str, key: str, *, from_on: date = LATER, document: str = "가-1", **changed
) -> Decision:
    with everywhere(), transaction.atomic():
        return decide(
            book=Reference(book), key=key, told=said_now(Reference(book), key) | changed, from_on=from_on,
            document=document, decided_on=DAY, source="고시 제1호", actor=province,
        )  # fmt: skip


def scored(points: int) -> list[dict]:
    """The lines of E-7-4, each with so many points."""
    return [line | {"points": points, "bands": []} for line in said_now(Reference.POINTS, "E-7-4")["lines"]]


@pytest.fixture
def case() -> VisaCase:
    return make_visa_case("E-7-4", received_on=LATER)


def enter(case: VisaCase, **points: int) -> None:
    with everywhere():
        lines = {item.code: item for item in sheet_items(case)}
        enter_points(actor=None, case=case, lines={lines[code]: (number, "-") for code, number in points.items()})


def sheet_items(case: VisaCase) -> list[PointItem]:
    return items_on(case.programme_id, case.received_on)


def sheet(case: VisaCase, viewer, **told):
    with acting_for([case.workspace_id], actor=viewer):
        return sheet_of(case, viewer, **told)


class PageTests:
    def asked(self, client, **changed) -> dict:
        page = client.get(AT).context["form"]
        told = {name: page[name].value() for name in page.fields}
        of_document = {"from_on": "2025-09-01", "document": "외국인-7", "decided_on": "2025-06-02", "source": "고시"}
        return {name: value for name, value in told.items() if value is not None} | of_document | changed

    def test_the_missing_numbers_are_entered_shown_first_and_then_held(self, client, province, case):
        assert sum(not item.given for item in items_on("E-7-4", LATER)) == 9
        scores = {f"scores_{place}": "10" for place in range(10)} | {"scores_0": "120: 4천만원 이상\n50: 2,600만원"}
        shown = client.post(AT, self.asked(client, **scores))
        preview = shown.context["preview"]
        assert ("나이", "배점 미입력", "10점") in preview.changes
        assert len(preview.changes) == 10
        assert not Decision.objects.exists()
        done = client.post(AT, shown.wsgi_request.POST.dict() | {"confirmed": "yes", "seen": shown.context["seen"]},
                           follow=True)  # fmt: skip
        page = done.content.decode()
        assert "외국인-7" in page and "배점 미입력" not in page.split('id="E-7-4R"')[0].split("<details>")[0]
        items = {item.code: item for item in items_on("E-7-4", LATER)}
        assert items["income"].given == [(120, "4천만원 이상"), (50, "2,600만원")]
        assert not any(not item.given for item in items.values())
        with acting_for([place("52-office").pk], actor=province):
            assert AuditEntry.objects.get(action=Action.REFERENCE_DECIDED).data["key"] == "E-7-4"

    def test_a_line_is_added_and_one_is_left_out(self, client, province):
        told = self.asked(client, text_2="", scores_2="", text_10="새 항목", scores_10="5", least_10="1")
        shown = client.post(AT, told)
        assert ("새 항목", "", "5점 · 1점 이상") in shown.context["preview"].changes
        client.post(AT, told | {"confirmed": "yes", "seen": shown.context["seen"]})
        items = {item.text_ko: item for item in items_on("E-7-4", LATER)}
        assert "나이" not in items
        assert (items["새 항목"].points, items["새 항목"].at_least) == (5, 1)

    @pytest.mark.parametrize(
        ("wrong", "at"),
        [({"scores_0": "x"}, "scores_0"), ({"scores_0": "10: a\n20"}, "scores_0"), ({"scores_0": "301"}, "scores_0"),
         ({"scores_0": "10: a\n10: a"}, "scores_0"), ({"scores_0": "10: a;b"}, "scores_0"),
         ({"text_0": "", "scores_0": "10"}, "text_0"), ({"document": ""}, "document"), ({"source": ""}, "source"),
         ({"decided_on": "2999-01-01"}, "decided_on")],
    )  # fmt: skip
    def test_bad_input_stays_in_the_form_and_nothing_is_written(self, client, province, wrong, at):
        answer = client.post(AT, self.asked(client, **wrong))
        assert answer.status_code == 400
        assert list(answer.context["form"].errors) == [at]
        assert not Decision.objects.exists()

    def test_what_was_not_shown_is_not_confirmed(self, client, province):
        shown = client.post(AT, self.asked(client, scores_0="10"))
        told = self.asked(client, scores_0="11") | {"confirmed": "yes", "seen": shown.context["seen"]}
        assert client.post(AT, told).context["preview"] is not None
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("book", BOOKS)
    def test_every_book_is_read_by_all_with_cases_and_changed_by_the_province(self, client, province, officer, book):
        key = next(iter(BOOKS[book].names()))
        at = reverse("visas:decision_edit", args=[book, key])
        assert at in client.get(reverse("visas:decision_book", args=[book])).content.decode()
        form = client.get(at).context["form"]
        told = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
        told |= {"from_on": "2025-09-01", "document": "가", "decided_on": "2025-06-02", "source": "나"}
        shown = client.post(at, told)
        assert shown.context["preview"].changes == []
        before = said_now(Reference(book), key)
        assert client.post(at, told | {"confirmed": "yes", "seen": shown.context["seen"]}).status_code == 302
        assert said_now(Reference(book), key) == before
        client.force_login(officer)
        page = client.get(reverse("visas:decision_book", args=[book])).content.decode()
        assert "가" in page and at not in page
        assert client.post(at, told).status_code == 403

    @pytest.mark.parametrize("at", ["/visas/reference/none/", "/visas/reference/points/none/"])
    def test_what_is_not_there_is_not_found(self, client, province, at):
        assert client.get(at).status_code == 404

    def test_an_open_line_leads_the_province_to_the_table_and_tells_others_who_enters_it(
        self, client, province, officer, case
    ):
        enter(case, province=30)
        assert AT in client.get(case.get_absolute_url()).content.decode()
        client.force_login(officer)
        page = client.get(reverse("visas:case_points", args=[case.pk])).content.decode()
        assert AT not in page and "도에서" in page


class SheetTests:
    """A sheet keeps the table that it was begun with, and its total."""

    def test_a_begun_sheet_keeps_its_version_and_its_total(self, province, case):
        enter(case, income=70, province=30)
        other = make_visa_case("E-7-4", received_on=LATER)
        made = by_document(province, "points", "E-7-4", lines=scored(10))
        old, new = sheet(case, province), sheet(other, province)
        assert (old.total, old.decision, len(old.lines)) == (100, None, 10)
        assert (new.decision, [line.item.points for line in new.lines]) == (made, [10] * 10)
        with everywhere():
            assert next(one for one in advice_on(case).conditions if one.rule.kind == "points").fact.value == 100

    def test_a_case_of_an_earlier_day_has_the_table_of_its_day(self, province):
        early = make_visa_case("E-7-4", received_on=DAY)
        by_document(province, "points", "E-7-4", lines=scored(10))
        assert sheet(early, province).decision is None
        assert len(items_on("E-7-4", DAY)) == len(items_on("E-7-4", LATER)) == 10

    def test_a_sheet_goes_on_with_the_version_it_was_begun_with(self, province, case):
        enter(case, province=30)
        old = {item.code: item for item in sheet_items(case)}
        by_document(province, "points", "E-7-4", lines=scored(10))
        with everywhere():
            enter_points(actor=None, case=case, lines={old["age"]: (20, "")})
        assert sheet(case, province).total == 50

    def test_no_sheet_begins_by_a_version_that_does_not_hold_for_its_day(self, province, case):
        old = {item.code: item for item in sheet_items(case)}
        by_document(province, "points", "E-7-4", lines=scored(10))
        with everywhere(), refused_by("case_point_of_its_version"):
            enter_points(actor=None, case=case, lines={old["age"]: (20, "")})
        early = make_visa_case("E-7-4", received_on=DAY)
        with everywhere(), refused_by("case_point_of_its_version"):
            enter_points(actor=None, case=early, lines={items_on("E-7-4", LATER)[0]: (10, "")})

    def test_an_open_sheet_begins_anew_by_the_table_that_holds_and_a_decided_one_does_not(self, client, province):
        case = make_visa_case("E-7-4", received_on=LATER)
        decided = make_visa_case("E-7-4", received_on=LATER)
        for one in (case, decided):
            enter(one, income=70, province=30)
        decided.recommended_on = LATER
        with everywhere():
            decided.save()
        by_document(province, "points", "E-7-4", lines=scored(10))
        assert sheet(case, province).renewable and not sheet(decided, province).renewable
        told = {f"points_{item.pk}": "10" for item in sheet_items(case)}
        answer = client.post(reverse("visas:case_points", args=[case.pk]) + "?anew=1", told)
        assert answer.status_code == 302
        assert (sheet(case, province).total, sheet(case, province).renewable) == (100, False)
        with everywhere():
            assert CasePoint.objects.filter(case=case).count() == 12
            assert next(one for one in advice_on(case).conditions if one.rule.kind == "points").fact.value == 100
        with everywhere(), refused_by("case_point_of_its_version"):
            enter_points(actor=None, case=decided, lines={sheet_items(decided)[0]: (10, "")})

    def test_a_least_of_another_version_is_not_asked(self, province, case):
        enter(case, income=70)
        by_document(province, "points", "E-7-4", lines=[line | {"at_least": 90} for line in scored(100)])
        assert not sheet(case, province).lines[0].is_short

    def test_a_table_is_known_before_it_holds(self, province):
        tomorrow = timezone.localdate() + timedelta(days=1)
        by_document(province, "points", "E-7-4", from_on=tomorrow, lines=scored(10))
        assert {item.points for item in items_on("E-7-4", timezone.localdate())} == {None, 30}
        assert {item.points for item in items_on("E-7-4", tomorrow)} == {10}


class VersionTests:
    """What was made by a row of its day stays as it was made."""

    def test_a_letter_keeps_the_text_it_was_made_with(self, province):
        told = {"recommended_on": DAY, "municipality_id": "52140"}
        old = make_visa_case("F-2-R", "52140-office", letter_number="전북-1", **told)
        by_document(province, "letters", "F-2-R", title_ko="새 추천서", from_on=timezone.localdate())
        new = make_visa_case(
            "F-2-R", "52140-office", letter_number="전북-2", **told | {"recommended_on": timezone.localdate()}
        )
        with acting_for([old.workspace_id], actor=province):
            titles = [letter_of(VisaCase.objects.get(pk=one.pk)).text.title_ko for one in (old, new)]
        assert titles == ["지역우수인재(F-2-R) 추천서", "새 추천서"]
        assert LetterText.objects.get(pk="F-2-R").source == "고시 제1호"

    def test_areas_are_those_of_the_day_of_reception(self, province):
        here = sorted(areas_of("F-2-R", DAY))
        by_document(province, "areas", "F-2-R", municipalities=here[1:])
        assert areas_of("F-2-R", LATER - timedelta(days=1)) == set(here)
        assert areas_of("F-2-R", LATER) == set(here[1:])
        assert set(ProgrammeArea.objects.filter(programme="F-2-R").values_list("source", flat=True)) == {"고시 제1호"}

    def test_a_case_is_taken_in_by_the_areas_of_its_day(self, province):
        here = sorted(areas_of("F-2-R", DAY))
        by_document(province, "areas", "F-2-R", municipalities=[one for one in here if one != "52180"])
        kept = make_visa_case("F-2-R", "52180-office").client
        for day, fits in ((DAY, True), (LATER, False)):
            told = {"programme": "F-2-R", "municipality": "52180", "happened_on": day.isoformat()}
            with everywhere():
                form = TakeInForm(told, client=kept)
                assert ("municipality" not in form.errors) is fits

    def test_a_class_is_that_of_the_day(self, province):
        town = Municipality.objects.get(pk="52180")
        by_document(province, "classes", ALL, **{"52180": ""})
        town.refresh_from_db()
        assert town.decline == ""
        assert [class_on(town, day) for day in (LATER - timedelta(days=1), LATER)] == ["decline", ""]

    def test_conditions_ask_for_the_class_of_the_day_of_reception(self, province):
        early, late = (make_visa_case("E-7-4R", "52180-office", received_on=day, municipality_id="52180")
                       for day in (DAY, LATER))  # fmt: skip

        def of_watched(case: VisaCase) -> bool:
            with everywhere():
                return "watch" in {one.rule.area_class for one in advice_on(case).conditions}

        assert not of_watched(early) and not of_watched(late)
        by_document(province, "classes", ALL, **{"52180": "watch"})
        assert not of_watched(early) and of_watched(late)

    def test_a_change_of_a_student_keeps_its_last_day_and_a_new_one_has_that_of_its_day(self, province):
        old = make_change(on=date(2025, 5, 1))
        by_document(province, "statuses", "leave", report_days=10)
        with everywhere():
            old.refresh_from_db()
        dues = [old.due_on, make_change(on=date(2025, 5, 1)).due_on, make_change(on=LATER).due_on]
        assert dues == [date(2025, 5, 16), date(2025, 5, 16), LATER + timedelta(days=10)]
        assert StudyStatus.objects.get(pk="leave").report_days == 10

    def test_a_permission_is_judged_by_the_hours_of_the_day_on_which_it_begins(self, province):
        student = make_student()
        old = make_study_permit(student, hours=30, ends_on=LATER - timedelta(days=1))
        by_document(province, "permits", "work_30", hours=20)
        early = make_study_permit(hours=30, starts_on=LATER - timedelta(days=1), ends_on=LATER)
        assert (old.hours, early.hours) == (30, 30)
        with refused_by("study_permit_within_hours"):
            make_study_permit(student, hours=21, starts_on=LATER, ends_on=LATER)
        assert make_study_permit(student, hours=20, starts_on=LATER, ends_on=LATER).hours == 20

    def test_a_row_is_as_it_was_on_a_day_and_as_it_was_known(self, province):
        kind = StudyPermitKind.objects.get(pk="work_30")
        first = by_document(province, "permits", "work_30", hours=20, from_on=DAY)
        by_document(province, "permits", "work_30", hours=None, from_on=LATER)
        kind = StudyPermitKind.objects.get(pk=kind.pk)
        versions = Versions(Reference.PERMITS)
        days = (DAY - timedelta(days=1), DAY, LATER)
        assert [versions.held(kind, day).hours for day in days] == [30, 20, None]
        assert versions.held(kind, LATER, known=first.entered_at - timedelta(seconds=1)).hours == 30
        untouched = StudyPermitKind.objects.get(pk="work_35")
        assert versions.held(untouched, DAY) is untouched

    def test_a_question_is_asked_with_the_days_of_now(self, province):
        by_document(province, "reasons", "case_ended", days=14)
        assert QuestionReason.objects.get(pk="case_ended").days == 14


class RuleTests:
    def test_nobody_else_decides(self):
        officer = make_user(Role.CITY_OFFICER, "52140-office")
        with refused_by("quota_of_the_province"), acting_for([place("52140-office").pk], actor=officer):
            decide(book=Reference.PERMITS, key="work_30", told=said_now(Reference.PERMITS, "work_30"), from_on=DAY,
                   document="가", decided_on=DAY, source="나", actor=officer)  # fmt: skip

    def test_decisions_follow_one_another_and_none_but_of_points_is_of_a_day_to_come(self, province):
        by_document(province, "permits", "work_30", hours=20)
        with refused_by("decision_in_order"):
            by_document(province, "permits", "work_30", hours=21, from_on=DAY)
        with refused_by("not_in_the_future"):
            by_document(province, "permits", "work_30", from_on=timezone.localdate() + timedelta(days=1))
        by_document(province, "permits", "work_30", hours=22)
        assert StudyPermitKind.objects.get(pk="work_30").hours == 22

    @pytest.mark.parametrize(("key", "told"), [("none", {"hours": 1, "korean_level": None}), ("work_30", {"hours": 1}),
                                               ("work_30", {"hours": 1, "korean_level": 1, "code": "x"})])  # fmt: skip
    def test_a_decision_says_all_that_the_row_has_and_nothing_else(self, province, key, told):
        with refused_by("decision_says_all"), everywhere(), transaction.atomic():
            decide(book=Reference.PERMITS, key=key, told=told, from_on=DAY, document="가", decided_on=DAY, source="나",
                   actor=province)  # fmt: skip

    def test_a_document_is_named(self, province):
        with refused_by("decision_names_its_document"):
            by_document(province, "permits", "work_30", document="")

    def test_a_decision_stays(self, province):
        by_document(province, "permits", "work_30", hours=20)
        with pytest.raises(ProgrammingError, match="permission denied"), everywhere(), transaction.atomic():
            Decision.objects.update(document="나")

    @pytest.mark.parametrize("model", [PointItem, LetterText, ProgrammeArea, StudyPermitKind])
    def test_a_row_is_written_by_a_decision_alone(self, province, model):
        with pytest.raises(ProgrammingError, match="permission denied"), everywhere(), transaction.atomic():
            model.objects.update(source="나")

    def test_the_reference_file_leaves_what_was_decided(self, province):
        by_document(province, "points", "E-7-4", lines=scored(10))
        by_document(province, "letters", "F-2-R", title_ko="새 추천서")
        by_document(province, "areas", "F-2-R", municipalities=["52180"])
        by_document(province, "classes", ALL, **{"52180": ""})
        by_document(province, "permits", "work_30", hours=20)
        before = {book: [(row.key, row.said) for row in BOOKS[book].rows()] for book in BOOKS}
        with everywhere(), transaction.atomic():
            load_reference_data()
        assert {book: [(row.key, row.said) for row in BOOKS[book].rows()] for book in BOOKS} == before
