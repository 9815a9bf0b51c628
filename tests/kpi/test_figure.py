import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser

from audit.models import Action, AuditEntry
from centers.models import Role
from centers.scope import Scope, set_scope
from kpi.models import Indicator, ManualFigure
from kpi.rollup import roll_up
from kpi.services.figure import enter_figure
from tests import make
from tests.make import everywhere
from tests.support import forbidden, run

pytestmark = pytest.mark.django_db
PAGE = "/kpi/2025/figures/sister-exchange/"
ENTER = f"{PAGE}enter/"


def exchange() -> Indicator:
    return Indicator.objects.get(code="sister-exchange")


def actual(year: int = 2025) -> dict:
    with everywhere():
        return next(row for row in roll_up(year)["indicators"] if row["code"] == "sister-exchange")


def enter(value=12, evidence="국제협력과-1234", year: int = 2025, indicator: Indicator | None = None) -> ManualFigure:
    actor = make.make_user(Role.PROVINCE_STAFF, "52-office")
    return enter_figure(indicator=indicator or exchange(), year=year, value=value, evidence=evidence, actor=actor)


class EnterFigureTests:
    def test_it_is_kept_counted_and_put_on_record(self):
        made = enter(12)
        row = actual()
        assert (row["actual"], row["target"] is None, row["score"] is None) == (12, False, False)
        (entry,) = entries_on_record()
        assert (entry.actor_id, entry.target_id) == (made.entered_by_id, made.pk)
        assert entry.data == {"indicator": "sister-exchange", "year": 2025, "value": 12}
        assert ManualFigure.objects.get().evidence == "국제협력과-1234"

    def test_a_kept_answer_is_not_told_after_a_new_entry(self):
        assert actual()["actual"] is None
        assert actual()["actual"] is None  # kept by now
        enter(3)
        assert actual()["actual"] == 3
        enter(0)
        assert actual()["actual"] == 0
        assert actual(2026)["actual"] is None

    @pytest.mark.parametrize(
        ("value", "evidence", "year"),
        [(-1, "x", 2025), (1.5, "x", 2025), (3, "", 2025), (3, "  \n ", 2025), (3, "x", 2019), (3, "x", 2999)],
    )
    def test_refuses_and_leaves_no_trace(self, value, evidence, year):
        with pytest.raises(ValidationError):
            enter(value, evidence, year)
        self.nothing_happened()

    def test_a_counted_indicator_is_not_entered(self):
        with pytest.raises(ValidationError):
            enter(indicator=Indicator.objects.get(code="visa-recruitment"))
        self.nothing_happened()

    def test_an_entry_is_never_changed_or_taken_away(self):
        enter()
        for statement in ("UPDATE kpi_manualfigure SET value = 99", "DELETE FROM kpi_manualfigure"):
            with forbidden():
                run(statement)

    def nothing_happened(self):
        assert not ManualFigure.objects.exists()
        assert not entries_on_record()


def entries_on_record() -> list[AuditEntry]:
    set_scope(Scope(everywhere=frozenset({"view_access_log"})))
    return list(AuditEntry.objects.filter(action=Action.FIGURE_ENTERED))


class FigurePageTests:
    @pytest.fixture
    def province(self, client):
        client.force_login(make.make_user(Role.PROVINCE_STAFF, "52-office", name="Kim"))
        return client

    def test_leads_from_the_sheet_to_the_entry_and_back_to_what_was_written(self, province):
        assert f'href="{ENTER}"' in province.get("/kpi/2025/").content.decode()
        page = province.post(ENTER, {"value": "12", "evidence": " 국제협력과-1234 "}, follow=True)
        assert page.redirect_chain == [(PAGE, 302)]
        (told,) = [str(message) for message in page.context["messages"]]
        assert "12" in told
        assert "국제협력과-1234" in told
        sheet = province.get("/kpi/2025/").content.decode()
        assert f'<a href="{PAGE}">12</a>' in sheet

    def test_earlier_entries_stay_listed_with_who_and_when(self, province):
        for value in ("12", "14"):
            province.post(ENTER, {"value": value, "evidence": f"paper {value}"})
        page = province.get(PAGE)
        assert [(entry.value, entry.entered_by.name) for entry in page.context["entries"]] == [
            (14, "Kim"),
            (12, "Kim"),
        ]
        assert all(paper in page.content.decode() for paper in ("paper 12", "paper 14"))
        assert sorted(entry.data["value"] for entry in entries_on_record()) == [12, 14]

    @pytest.mark.parametrize(
        "typed",
        [{"value": "-1", "evidence": "x"}, {"value": "1.5", "evidence": "x"}, {"value": "many", "evidence": "x"},
         {"value": "3", "evidence": "  "}, {}],
    )  # fmt: skip
    def test_a_bad_entry_is_told_and_keeps_nothing(self, province, typed):
        page = province.post(ENTER, typed)
        assert page.status_code == 400
        assert page.context["form"].errors
        assert not ManualFigure.objects.exists()

    @pytest.mark.parametrize(
        "address",
        ["/kpi/2025/figures/visa-recruitment/enter/", "/kpi/2019/figures/sister-exchange/enter/",
         "/kpi/2999/figures/sister-exchange/enter/", "/kpi/2025/figures/nothing/"],
    )  # fmt: skip
    def test_there_is_no_page_for_what_is_counted_or_no_year_of_the_plan(self, province, address):
        assert province.get(address).status_code == 404

    def test_nobody_else_enters(self):
        roles = ((Role.COUNSELLOR, "52110-c1"), (Role.CITY_OFFICER, "52140-office"))
        for user in [make.make_user(role, at) for role, at in roles]:
            browser = Browser()
            browser.force_login(user)
            assert browser.post(ENTER, {"value": "12", "evidence": "x"}).status_code == 403
        assert not ManualFigure.objects.exists()
