"""The pages of the quotas: every figure is the number of its cases, on any day, and only the province writes."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from centers.exports.run import headings_of, values_of
from centers.listing import find
from centers.listing.page import ROWS
from centers.models import Role
from centers.models.codes import forget_kept_rows
from tests.make import everywhere, make_demand, make_entry, make_move, make_pool, make_user, make_visa_case, place
from visas.charts import bars
from visas.models import QuotaEntry, QuotaPool, QuotaShare, VisaCase, VisaProgramme
from visas.services import quota

pytestmark = pytest.mark.django_db
E74, F2R, D2 = "e74-2025", "f2r-2025-2026", "d2-2025-2026"
DAY = date(2025, 12, 5)
LATER = DAY + timedelta(days=5)


@pytest.fixture
def province(client):
    client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
    return client


@pytest.fixture
def cases() -> list[VisaCase]:
    """One of each: recommended, granted, settled, and one that gave its place back later."""
    made = {"received_on": DAY, "recommended_on": DAY}
    return [
        make_visa_case("E-7-4", "52140-office", municipality_id="52140", **made),
        make_visa_case("E-7-4", "52140-office", municipality_id="52140", granted_on=DAY, **made),
        make_visa_case("E-7-4", "52190-office", municipality_id="52190", granted_on=DAY, settled_on=LATER, **made),
        make_visa_case("E-7-4R", "52190-office", municipality_id="52190", withdrawn_on=LATER, **made),
    ]


def row(response, code: str = E74) -> dict:
    return next(row for row in response.context["rows"] if row["pool"].pk == code)


def behind(client, url: str) -> int:
    parts = urlsplit(url)
    return len(list(client.get(f"{parts.path}?{parts.query}").context["shown"].page))


class ListTests:
    @pytest.mark.parametrize(("on", "numbers"), [(DAY, [4, 2, 0, 0]), (LATER, [3, 2, 1, 0]), (None, [3, 2, 1, 0])])
    def test_each_figure_is_the_number_of_its_cases_on_the_day(self, province, cases, on, numbers):
        found = row(province.get("/visas/quotas/", {"on": f"{on}"} if on else {}))
        assert [figure.number for _name, figure in found["figures"]] == numbers
        for _name, figure in found["figures"]:
            if figure.number:
                assert behind(province, figure.url) == figure.number

    def test_a_number_that_is_not_known_is_said(self, province):
        response = province.get("/visas/quotas/", headers={"accept-language": "ko"})
        assert "배정 미입력" in response.content.decode()

    def test_a_day_to_come_is_refused(self, province):
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert province.get("/visas/quotas/", {"on": f"{tomorrow}"}).status_code == 400

    def test_a_city_sees_its_own_share_and_cases_and_no_others(self, client, cases):
        staff = make_user(Role.PROVINCE_STAFF, "52-office")
        for municipality in ("52140", "52190"):
            quota.open_share(
                pool=QuotaPool.objects.get(pk=E74), amount=9, effective_on=DAY, document="가", actor=staff,
                municipality_id=municipality,
            )  # fmt: skip
        client.force_login(make_user(Role.CITY_OFFICER, "52140-office"))
        _pool, shares, figures = next(row for row in client.get("/visas/quotas/").context["rows"] if row[0].pk == E74)
        assert [(share.municipality_id, share.taken, share.capacity) for share in shares] == [("52140", 2, 9)]
        assert [figure.number for _name, figure in figures] == [2, 1, 0, 0]
        for _name, figure in figures:
            if figure.number:
                assert behind(client, figure.url) == figure.number
        page = client.get(f"/visas/quotas/{E74}/")
        assert page.context["holders"] is None and not page.context["may_enter"]
        assert [share.municipality_id for share, _figure in page.context["shares"]] == ["52140"]
        told = [line.share_id for row in page.context["ledger_rows"] for line in row.lines if line.share_id]
        assert told == [shares[0].pk]


class LeftTests:
    def test_who_left_is_told_apart_and_opens_to_the_case(self, province):
        make_visa_case("E-7-4", "52140-office", received_on=DAY, recommended_on=DAY, granted_on=DAY, left_on=LATER)
        found = dict(row(province.get("/visas/quotas/"))["figures"])
        (name,) = [name for name in found if found[name].filters[1] == ("place", "left")]
        assert found[name].number == behind(province, found[name].url) == 1


class DetailTests:
    def test_what_holds_the_places_opens_to_its_cases(self, province, cases):
        holders = province.get(f"/visas/quotas/{E74}/").context["holders"]
        assert sum(figure.number for _name, figure in holders["stage"]) == 3
        for figures in holders.values():
            for _name, figure in figures:
                assert behind(province, figure.url) == figure.number

    def test_a_pool_that_is_not_there_is_not_found(self, province):
        assert province.get("/visas/quotas/nothing/").status_code == 404

    def test_where_somebody_has_moved_both_municipalities_stand_there(self, province, cases):
        assert not province.get(f"/visas/quotas/{E74}/").context["holders"]["lives_in"]
        moved = cases[2]
        make_move(moved, "52140", on=LATER)
        holders = province.get(f"/visas/quotas/{E74}/").context["holders"]
        numbers = {
            split: {name: figure.number for name, figure in holders[split]} for split in ("municipality", "lives_in")
        }
        assert numbers == {"municipality": {"익산시": 2, "남원시": 1}, "lives_in": {"익산시": 3}}
        for _name, figure in holders["lives_in"]:
            assert behind(province, figure.url) == figure.number


class EntryTests:
    GIVEN = {"kind": "supplement", "amount": "20", "document": "외국인-12", "effective_on": "2025-12-05"}

    def test_an_entry_goes_in_and_the_page_says_what_is_held(self, province):
        response = province.post(f"/visas/quotas/{E74}/entry/", self.GIVEN, follow=True)
        assert "500" in response.content.decode()
        assert QuotaEntry.objects.latest("id").entered_by is not None

    @pytest.mark.parametrize(
        "wrong", [{"amount": "0"}, {"document": " "}, {"effective_on": "x"}, {"kind": "reversal"}]
    )
    def test_a_wrong_field_is_told_and_nothing_is_written(self, province, wrong):
        before = QuotaEntry.objects.count()
        assert province.post(f"/visas/quotas/{E74}/entry/", self.GIVEN | wrong).status_code == 400
        assert QuotaEntry.objects.count() == before

    def test_a_reduction_below_what_is_taken_lists_the_cases_in_order(self, province, cases):
        response = province.post(f"/visas/quotas/{E74}/entry/", self.GIVEN | {"kind": "return", "amount": "478"})
        assert response.status_code == 400
        with everywhere():
            assert response.context["last"] == [cases[2]]
        assert response.context["holders"]["stage"]
        assert QuotaPool.objects.get(pk=E74).capacity == 480

    def test_a_reduction_below_what_stands_in_shares_lists_them(self, province):
        share = {"municipality_id": "52140", "amount": "50", "document": "배분-1", "effective_on": "2025-12-05"}
        province.post(f"/visas/quotas/{E74}/share/", share)
        response = province.post(f"/visas/quotas/{E74}/entry/", self.GIVEN | {"kind": "return", "amount": "440"})
        assert response.status_code == 400
        assert response.context["shares"] == [QuotaShare.objects.get()]
        assert "익산시" in response.content.decode()

    def test_a_first_grant_that_is_too_small_lists_those_beyond_it(self, province):
        made = [make_visa_case("F-2-R", "52180-office", received_on=day, recommended_on=day) for day in (DAY, LATER)]
        response = province.post(f"/visas/quotas/{F2R}/entry/", self.GIVEN | {"kind": "grant", "amount": "1"})
        with everywhere():
            assert response.context["last"] == made[1:]

    def test_places_are_reallocated_within_the_quota(self, province):
        share = {"municipality_id": "52140", "amount": "50", "document": "배분-1", "effective_on": "2025-12-05"}
        province.post(f"/visas/quotas/{E74}/share/", share)
        own = QuotaShare.objects.get()
        given = {"giver": own.code, "taker": "rest", "amount": "5", "document": "외-1", "effective_on": "2025-12-05"}
        address = f"/visas/quotas/{E74}/reallocation/"
        assert province.post(address, given).status_code == 302
        own.refresh_from_db()
        assert (own.capacity, QuotaPool.objects.get(pk=E74).capacity) == (45, 480)
        for wrong in ({"taker": own.code}, {"effective_on": "2026-01-01"}, {"taker": F2R}, {"amount": "46"}):
            assert province.post(address, given | wrong).status_code == 400, wrong

    def test_a_share_is_given(self, province):
        given = {"municipality_id": "52140", "amount": "50", "document": "배분-1", "effective_on": "2025-12-05"}
        assert province.post(f"/visas/quotas/{E74}/share/", given).status_code == 302
        assert QuotaShare.objects.get().capacity == 50
        assert province.post(f"/visas/quotas/{E74}/share/", given).status_code == 400
        assert province.get(f"/visas/quotas/{E74}/").context["rest"]["capacity"] == 430

    def test_an_entry_is_reversed_with_a_reason(self, province):
        made = make_entry(E74, 10, on=DAY)
        address = f"/visas/quotas/reversal/{made.pk}/"
        assert province.post(address, {"reason": " ", "effective_on": "2025-12-05"}).status_code == 400
        assert province.post(address, {"reason": "착오", "effective_on": "2025-12-05"}).status_code == 302
        assert QuotaPool.objects.get(pk=E74).capacity == 480

    def test_a_quota_is_closed_and_opened(self, province):
        for closed in (True, False):
            province.post(f"/visas/quotas/{E74}/closing/", {"reason": "통보"})
            assert (QuotaPool.objects.get(pk=E74).closed_at is not None) == closed

    def test_provisional_places_are_settled(self, province):
        province.post(f"/visas/quotas/{F2R}/entry/", self.GIVEN | {"provisional": "on", "kind": "grant"})
        given = {"amount": "15", "document": "확정-1", "effective_on": "2025-12-06"}
        assert province.post(f"/visas/quotas/{F2R}/confirmation/", given).status_code == 302
        assert QuotaPool.objects.get(pk=F2R).capacity == 15

    @pytest.mark.parametrize("page", ["entry", "reallocation", "confirmation", "share", "closing"])
    def test_a_city_writes_nothing(self, client, page):
        client.force_login(make_user(Role.CITY_OFFICER, "52140-office"))
        before = QuotaEntry.objects.count()
        assert client.post(f"/visas/quotas/{E74}/{page}/", self.GIVEN | {"reason": "x"}).status_code == 403
        assert QuotaEntry.objects.count() == before


class BoardTests:
    def test_a_share_of_one_quota_is_no_ground_for_cases_of_others(self, province, cases):
        quota.open_share(
            pool=QuotaPool.objects.get(pk=E74), amount=9, effective_on=DAY, document="가", municipality_id="52190",
            actor=make_user(Role.PROVINCE_STAFF, "52-office"),
        )  # fmt: skip
        (drawn,) = self.of_municipalities(province)
        assert ">2 / 9<" in drawn
        make_visa_case("F-2-R", "52190-office", municipality_id="52190", received_on=DAY, recommended_on=DAY)
        (drawn,) = self.of_municipalities(province)
        assert ">3<" in drawn and "/ 9<" not in drawn

    def of_municipalities(self, client) -> list[str]:
        splits = client.get("/visas/quotas/board/", {"on": f"{DAY}"}).context["splits"]
        return [split["chart"] for split in splits if split["name"] == "municipality"]

    def test_places_that_are_taken_at_another_step_are_not_called_recommended(self, province, cases):
        pages = {
            page: province.get(page).content.decode()
            for page in ("/visas/quotas/", "/visas/quotas/board/", "/kpi/2025/")
        }
        assert all("사업별로 정한 단계" not in shown for shown in pages.values())
        VisaProgramme.objects.filter(pk="D-2").update(seat_taken_at="permit")
        forget_kept_rows()
        for page, before in pages.items():
            shown = province.get(page).content.decode()
            assert "사업별로 정한 단계" in shown and "허가 때" in shown, page
            assert (">추천</th>" in before and ">소진</th>" in shown) or page.startswith("/kpi/")

    def test_each_split_has_a_chart_with_title_and_description_and_figures_that_open(self, province, cases):
        everyone = make_user(Role.PROVINCE_STAFF, "52-office")
        quota.open_share(
            pool=QuotaPool.objects.get(pk=E74), amount=9, effective_on=DAY, document="가", actor=everyone,
            municipality_id="52190",
        )  # fmt: skip
        response = province.get("/visas/quotas/board/", {"on": f"{DAY}"})
        splits = {split["name"]: split for split in response.context["splits"]}
        assert list(splits) == ["pool", "share", "programme", "municipality"]
        for split in splits.values():
            assert "<title " in split["chart"] and "<desc " in split["chart"]
            for line in split["rows"]:
                for _name, figure in line["figures"]:
                    if figure.number:
                        assert behind(province, figure.url) == figure.number
        (share,) = splits["share"]["rows"]
        assert (share["line"].capacity, share["line"].count.taken, share["line"].remaining) == (9, 2, 7)
        rows = {line["line"].filters["home"]: line for line in splits["municipality"]["rows"]}
        assert {code: line["line"].count.taken for code, line in rows.items()} == {"52140": 2, "52190": 2}
        assert (rows["52190"]["line"].capacity, rows["52190"]["line"].percent()) == (9, Decimal("22.2"))
        assert rows["52140"]["line"].capacity is None and rows["52140"]["in_words"] == "배분 없음"

    def test_programmes_without_a_quota_have_a_row_and_the_way_to_open_one(self, province, cases):
        staff = make_user(Role.PROVINCE_STAFF, "52-office")
        make_visa_case("F-4-R", received_on=DAY, recommended_on=DAY), make_visa_case("F-4-R", received_on=DAY)
        response = province.get("/visas/quotas/board/", {"on": f"{DAY}"})
        rows = {row["line"].filters.get("programme"): row for row in response.context["splits"][0]["rows"]}
        row = rows["F-4-R"]
        assert (row["line"].state, row["line"].count.taken, row["live"].number) == ("none", 1, 2)
        assert behind(province, row["live"].url) == 2
        for _name, figure in row["figures"]:
            if figure.number:
                assert behind(province, figure.url) == figure.number
        assert "/visas/quotas/new/?programme=F-4-R" in response.content.decode()
        make_pool("F-4-R", actor=staff)
        response = province.get("/visas/quotas/board/", {"on": f"{DAY}"})
        assert "F-4-R" not in {row["line"].filters.get("programme") for row in response.context["splits"][0]["rows"]}

    def test_the_total_is_that_of_all_rows(self, province, cases):
        make_visa_case("F-4-R", received_on=DAY, recommended_on=DAY, granted_on=DAY)
        rows = province.get("/visas/quotas/board/", {"on": f"{DAY}"}).context["splits"][0]["rows"]
        *parts, total = rows
        for at, (_name, figure) in enumerate(total["figures"]):
            assert figure.number == sum(row["figures"][at][1].number for row in parts)
            assert figure.number == (behind(province, figure.url) if figure.number else 0)
        assert (total["line"].capacity, total["line"].remaining) == (1150, 1146)

    def test_a_number_of_places_opens_to_its_lines(self, province):
        rows = province.get("/visas/quotas/board/", {"on": "2025-08-01"}).context["splits"][0]["rows"]
        for row in rows:
            if row["ledger"]:
                shown = province.get(row["ledger"]).context
                assert shown["total"] == (row["line"].capacity or 0)
        mistaken = province.get("/visas/quotas/lines/?pool=nothing").context
        assert mistaken["shown"].form.errors.keys() == {"pool"}
        assert mistaken["total"] is None

    def test_the_ledger_is_narrowed_sorted_and_exported(self, province):
        make_entry(E74, 7, on=date(2025, 9, 1), document="정책-7")
        make_entry(E74, -3, on=date(2025, 10, 1), document="정책-3")

        def places(**asked) -> list[int]:
            usual = {"pool": E74, "from": "2025-09-01", "to": "2025-10-31"}
            return [row.amount for row in province.get("/visas/quotas/lines/", usual | asked).context["shown"].page]

        assert places() == [7, -3]
        assert places(sort="-effective") == [-3, 7]
        assert places(sort="-places") == [7, -3]
        assert places(kind="return") == [-3]
        assert places(to="2025-09-30") == places(on="2025-09-30") == [7]
        assert places(pool=D2) == []
        address = reverse("centers:export_new", args=["quota-lines"]) + f"?pool={E74}&kind=return"
        assert "<dd>1</dd>" in province.get(address).content.decode()
        row = find("quota-lines").rows(None).get(amount=-3, pool=E74)
        columns = list(find("quota-lines").columns)
        told = dict(zip(headings_of(columns), values_of(row, columns, None), strict=True))
        assert (told["적용일"], told["유형(코드)"], told["쿼터(코드)"], told["인원"], told["문서 번호"]) == (
            date(2025, 10, 1), "return", E74, -3, "정책-3",
        )  # fmt: skip

    @pytest.mark.parametrize("sort", ["effective", "-effective", "entered", "-entered", "pool", "-pool", "places"])
    def test_the_ledger_goes_on_beyond_one_page(self, province, sort):
        for number in range(ROWS + 5):
            make_entry(E74, 1 + number % 4, on=date(2025, 9, 1) + timedelta(days=number % 5))
        first = province.get("/visas/quotas/lines/", {"pool": E74, "sort": sort}).context
        second = province.get("/visas/quotas/lines/" + first["shown"].links["next"]).context
        rows = [*first["shown"].page, *second["shown"].page]
        whole = first["shown"].running.sorted(first["shown"].rows, descending=first["shown"].descending)
        assert [row.pk for row in rows] == [row.pk for row in whole]
        assert first["total"] == second["total"] == sum(row.amount for row in rows)

    def test_demand_opens_to_its_surveys(self, province):
        make_demand(wanted=30), make_demand(wanted=12, industry="제조업"), make_demand("52190", wanted=5)
        asked = province.get("/visas/quotas/board/", {"on": f"{DAY}"}).context["asked"]
        for _place, of in asked:
            (part,) = province.get(of.demand_url).context["years"]
            assert part["wanted"] == of.wanted
        assert [of.wanted for _place, of in asked] == [42, 5]

    def test_what_was_said_stands_beside_what_the_board_has(self, province, cases):
        said = province.get("/visas/quotas/board/", {"on": "2025-12-31"}).context["said"]
        told = {row.figure.code: (row.figure.value, row.counted) for row in said}
        assert told["2025-quota-480"] == (480, 480)
        assert told["2025-recruited-460"] == (460, 3)
        assert "2025-settled-611" not in told
        assert province.get("/visas/quotas/board/", {"on": "2024-06-30"}).context["said"] == []

    def test_what_was_said_is_counted_for_its_own_day_and_stands_with_the_quota_that_runs(self, province):
        said = province.get("/visas/quotas/board/", {"on": "2025-12-31"}).context["said"]
        days = {row.figure.code: (row.counted, row.on) for row in said}
        assert days["2025-quota-480"] == (480, date(2025, 12, 7))
        assert days["2025-2026-d2-670"] == (670, date(2025, 4, 7))
        later = province.get("/visas/quotas/board/", {"on": "2026-03-03"}).context["said"]
        assert {row.figure.code for row in later} == {"2025-2026-d2-670"}

    def test_the_file_says_what_the_page_says(self, province, cases):
        response = province.get("/visas/quotas/board/xlsx/", {"on": f"{DAY}"})
        rows = list(load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))
        assert [row[4:10] for row in rows[1:3]] == [(670, 0, 0, 0, 0, 670), (480, 4, 2, 0, 0, 476)]
        cell = load_workbook(BytesIO(response.content)).active["K3"]
        assert (round(cell.value, 3), cell.number_format) == (0.008, "0.0%")

    def test_without_earlier_cohorts_the_pace_stands_alone(self, province, cases):
        response = province.get("/visas/quotas/board/", {"on": f"{DAY}"})
        told = {told["forecast"].pool.pk: told for told in response.context["forecasts"]}
        assert told[E74]["forecast"].likely is None
        assert "chart__even" in told[E74]["chart"] and "chart__range" not in told[E74]["chart"]
        assert F2R not in told

    @pytest.mark.parametrize("asked", [{}, {"then": "1"}])
    def test_the_forecast_opens_to_the_cases_it_was_worked_out_from(self, province, asked):
        for month in (2, 5):  # of two quarters
            day = date(2025, month, 3)
            for number in range(10):
                seat = day + timedelta(days=20) if number < 6 else None
                make_visa_case("E-7-4", "52140-office", received_on=day, recommended_on=seat, recorded_on=day)
        response = province.get("/visas/quotas/board/", {"on": f"{DAY}"} | asked)
        (told,) = [told for told in response.context["forecasts"] if told["forecast"].pool.pk == E74]
        assert [(row["received"].number, row["took"].number) for row in told["cohorts"]] == [(10, 6), (10, 6)]
        assert told["forecast"].likely is not None and told["waiting"].number == 8
        figures = [told["waiting"], *(row[name] for row in told["cohorts"] for name in ("received", "took"))]
        for figure in [*figures, *(figure for _end, figure in told["course"])]:
            assert behind(province, figure.url) == figure.number

    def test_a_label_is_written_and_not_run(self):
        assert "<script" not in bars("x", "<script>", "<script>", [("<script>", 1, 1, 0, 0)])


class NarrowedTests:
    """The board of one university or municipality: figures of its cases alone, and places of its shares alone."""

    @pytest.fixture
    def students(self) -> None:
        for at in ("jbnu", "jbnu", "wku"):
            make_visa_case("D-2", at, received_on=DAY, recommended_on=DAY, granted_on=DAY if at == "wku" else None)

    def lines(self, province, **asked) -> dict[str, dict]:
        page = province.get("/visas/quotas/board/", {"on": f"{LATER}"} | asked)
        assert page.status_code == 200
        return {split["name"]: {row["line"].name: row for row in split["rows"]} for split in page.context["splits"]}

    def test_of_a_university_each_figure_opens_to_its_cases(self, province, cases, students):
        found = self.lines(province, university="jbnu")
        assert {name for name in found["programme"]} == {str(VisaProgramme.objects.get(pk="D-2"))}
        assert len(found["university"]) == 1
        for rows in found.values():
            for row in rows.values():
                assert row["line"].count.taken == 2
                for _name, figure in row["figures"]:
                    assert not figure.number or behind(province, figure.url) == figure.number

    def test_of_a_municipality_by_where_people_live(self, province, cases, students):
        make_move(cases[2], "52140", on=LATER)
        found = self.lines(province, municipality="52140")
        (row,) = found["municipality"].values()
        assert row["line"].count.taken == 3
        for rows in found.values():
            for row in rows.values():
                for _name, figure in row["figures"]:
                    assert not figure.number or behind(province, figure.url) == figure.number

    def test_its_cases_fill_no_quota_alone_and_its_share_is_its_own(self, province, students):
        quota.open_share(
            pool=QuotaPool.objects.get(pk=D2), amount=5, effective_on=DAY, document="배분-1",
            actor=make_user(Role.PROVINCE_STAFF, "52-office"), university=place("jbnu"),
        )  # fmt: skip
        found = self.lines(province, university="jbnu")
        assert all(row["line"].capacity is None for row in found["pool"].values())
        (row,) = found["university"].values()
        assert (row["line"].capacity, row["line"].remaining) == (5, 3)
        assert "share" not in found
        assert province.get("/visas/quotas/board/?university=jbnu").context["forecasts"] == []

    def test_the_file_is_narrowed_as_the_page_is(self, province, cases, students):
        answer = province.get("/visas/quotas/board/xlsx/", {"university": "jbnu", "on": f"{LATER}"})
        assert "quotas-jbnu-" in answer["Content-Disposition"]
        rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))[1:]
        assert {row[5] for row in rows} == {2}

    @pytest.mark.parametrize("wrong", ["university=x", "municipality=1", "municipality=52140&then=1"])
    def test_what_is_not_understood_is_said(self, province, wrong):
        assert province.get(f"/visas/quotas/board/?on={LATER}&{wrong}").status_code == 400


class KnownTests:
    """The board of a day, with all that is known now and as it was known on that day."""

    @pytest.fixture
    def history(self) -> list[VisaCase]:
        """Known on the day: one that was withdrawn since, one that moved since. Entered later: one, and a grant."""
        known = {"received_on": DAY, "recommended_on": DAY, "recorded_on": DAY}
        withdrawn = make_visa_case("E-7-4", "52140-office", municipality_id="52140", **known)
        moved = make_visa_case("E-7-4", "52140-office", municipality_id="52140", **known)
        late = make_visa_case("E-7-4", "52140-office", **(known | {"recorded_on": LATER}))
        make_entry(E74, 20, on=DAY, entered_by=make_user())
        with everywhere():
            VisaCase.objects.filter(pk=withdrawn.pk).update(withdrawn_on=DAY)
            VisaCase.objects.filter(pk=moved.pk).update(municipality_id="52190")
        return [withdrawn, moved, late]

    def board(self, client, **asked) -> dict[str, dict]:
        splits = client.get("/visas/quotas/board/", {"on": f"{DAY}"} | asked).context["splits"]
        return {split["name"]: split for split in splits}

    @pytest.mark.parametrize(
        ("asked", "capacity", "taken", "places"),
        [({}, 500, 2, {"52190": 1}), ({"then": "1"}, 480, 2, {"52140": 2})],
    )
    def test_it_counts_what_was_on_record_and_opens_to_just_these(
        self, province, history, asked, capacity, taken, places
    ):  # fmt: skip
        splits = self.board(province, **asked)
        line = next(row for row in splits["pool"]["rows"] if row["line"].filters.get("pool") == E74)
        assert (line["line"].capacity, line["line"].count.taken) == (capacity, taken)
        assert province.get(line["ledger"]).context["total"] == capacity
        told = {row["line"].filters["home"]: row["line"].count.taken for row in splits["municipality"]["rows"]}
        assert {code: number for code, number in told.items() if number} == places
        for split in splits.values():
            for row in split["rows"]:
                for _name, figure in row["figures"]:
                    assert not figure.number or behind(province, figure.url) == figure.number

    def test_the_cases_are_those_of_that_day(self, province, history):
        withdrawn, moved, late = history
        line = next(
            row for row in self.board(province, then="1")["pool"]["rows"] if row["line"].filters.get("pool") == E74
        )
        shown = province.get(line["figures"][0][1].url).context["shown"].page
        assert {row.pk for row in shown} == {withdrawn.pk, moved.pk} and late.pk not in {row.pk for row in shown}

    def test_a_quota_and_a_share_that_came_later_were_not_known(self, province):
        make_visa_case("F-4-R", "52140-office", municipality_id="52140", received_on=DAY, recommended_on=DAY)
        make_visa_case("E-7-4", "52140-office", municipality_id="52140", received_on=DAY, recommended_on=DAY)
        pool = make_pool("F-4-R", amount=5)
        quota.open_share(
            pool=QuotaPool.objects.get(pk=E74), amount=9, effective_on=DAY, document="가",
            actor=make_user(Role.PROVINCE_STAFF, "52-office"), municipality_id="52140",
        )  # fmt: skip
        now, then = self.board(province), self.board(province, then="1")
        assert "share" in now and "share" not in then
        pools = [{row["line"].filters.get("pool") for row in splits["pool"]["rows"]} for splits in (now, then)]
        assert pools[0] - pools[1] == {pool.pk}
        (row,) = [row for row in then["pool"]["rows"] if row["line"].filters.get("programme") == "F-4-R"]
        assert row["line"].count.taken == 1

    def test_the_file_has_the_same_table(self, province, history):
        response = province.get("/visas/quotas/board/xlsx/", {"on": f"{DAY}", "then": "1"})
        rows = list(load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))
        assert rows[2][3:6] == ("그날까지 입력된 내용", 480, 2)
        assert "known" in response["Content-Disposition"]
