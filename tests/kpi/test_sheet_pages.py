import html
import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from cases.models import Topic
from centers.listing.page import ROWS
from centers.models import Role
from centers.scope import set_scope
from centers.selectors import scope_of
from kpi.beds import offers
from kpi.evidence import OFFERED, Figure, total
from kpi.models import PrintedResult, Target
from kpi.sheet import LARGEST
from tests.make import make_activity, make_client, make_session, make_stay, make_user, make_visa_case, make_voucher
from tests.weight import packed_with
from workbook.services import import_workbook

SHEET = "/kpi/2025/"
COUNSELLING = "/kpi/2025/counselling/"
LIGHT = 130 * 1024  # bytes over the wire: what is left to the bar of 150 kB is for a year that grows
SHUT = {"stay", "stay.undocumented", "stay.penalty_departure"}
CENTRES = Path(__file__).parents[1] / "data" / "centres.xlsx"


@pytest.fixture
def province(client):
    client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
    return client


def make_a_year() -> None:
    person = make_client(nationality_id="VN")
    make_session(client=person, clients=3, minutes=20)
    make_session(client=person, held_on=date(2025, 7, 2), language_id="zh", topic_id="health")
    make_session("52130-c1", held_on=date(2025, 7, 9), clients=2)
    make_activity(participants=12)
    worker = make_client("52140-office")
    made = {"received_on": date(2025, 2, 3), "recommended_on": date(2025, 2, 20), "granted_on": date(2025, 4, 1)}
    make_visa_case(client=worker, **made)
    make_visa_case("F-2-R", "52180-office", recommended_on=date(2025, 8, 1))
    make_voucher(client=worker, paid_on=date(2025, 5, 6))
    make_stay(checked_in_on=date(2025, 6, 28), checked_out_on=date(2025, 7, 3))


def figures_of(page: str) -> set[tuple[str, str]]:
    found = re.findall(r'<a href="(/kpi/evidence/[^"]+)">([\d,]+)</a>', page)
    return {(html.unescape(address), number) for address, number in found}


def number_on(page) -> str:
    """The figure as its own page shows it."""
    return re.search(r'<dd class="figure">([\d,]+)</dd>', page.content.decode())[1]


@pytest.mark.django_db
class SheetTests:
    @pytest.mark.parametrize(
        ("language", "kinds"),
        [
            ("ko", {"핵심", "일반"}),
            ("en", {"Core", "General"}),
            ("vi", {"Cốt lõi", "Thông thường"}),
            ("zh-hans", {"核心", "一般"}),
        ],
    )
    def test_the_kind_of_an_indicator_is_told_in_the_language_of_the_reader(self, province, settings, language, kinds):
        province.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = province.get(SHEET).content.decode()
        assert set(re.findall(r'<th scope="row">[^<]*</th>\s*<td class="table__short">([^<]+)</td>', page)) == kinds
        book = CalamineWorkbook.from_filelike(BytesIO(province.get("/kpi/2025/sheet.xlsx").content))
        rows = book.get_sheet_by_index(0).to_python()
        assert {row[1] for row in rows if row[1] and isinstance(row[2], float)} == kinds

    @pytest.mark.parametrize("as_of", ["2025-12-31", "2025-07-05"])
    def test_every_figure_is_the_sum_of_the_rows_it_leads_to(self, province, as_of):
        make_a_year()
        pages = [province.get(address, {"as_of": as_of}).content.decode() for address in (SHEET, COUNSELLING)]
        figures = figures_of("".join(pages))
        assert len(figures) > 50
        for address, number in figures:
            shown = province.get(address)
            assert number_on(shown) == number, address
            assert len(shown.context["shown"].page) == shown.context["figure"].number

    def test_its_tables_carry_no_empty_space(self, province):
        """A table of a year has five hundred figures: the indentation between them was a fifth of the page."""
        make_a_year()
        page = province.get(COUNSELLING).content.decode()
        table = page[page.index('id="by-center"') : page.index("</table>", page.index('id="by-center"'))]
        assert table.count("<td") > 100 and not re.search(r">\s+<", table)

    def test_is_the_whole_province_s(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52140-office"))
        for address in (SHEET, COUNSELLING, "/kpi/2025/sheet.xlsx", "/kpi/evidence/2025.session/"):
            assert client.get(address).status_code == 403

    def test_refuses_a_bad_day_with_a_sentence(self, province):
        for day in ("2025-13-01", "2024-12-31", "soon", "9999-99-99"):
            answer = province.get(SHEET, {"as_of": day})
            assert answer.status_code == 400
            assert answer.context["form"].errors["as_of"]
            assert province.get(COUNSELLING, {"as_of": day}).status_code == 400
            assert province.get("/kpi/2025/sheet.xlsx", {"as_of": day}).status_code == 400

    def test_a_year_to_come_is_not_there(self, province):
        assert province.get("/kpi/2999/").status_code == 404

    def test_opens_with_the_newest_year_that_has_records(self, province):
        make_a_year()
        province.get(SHEET)  # counts what has changed
        assert province.get(reverse("kpi:sheet")).context["year"] == 2025

    def test_a_split_shows_its_largest_and_says_how_many_more_there_are_and_where(self, province):
        for number, topic in enumerate(Topic.objects.order_by("pk")[: LARGEST + 2]):
            for _time in range(number + 1):
                make_session(topic_id=topic.pk)
        split = province.get(SHEET, {"as_of": "2025-06-30"}).context["largest"]["topic"]
        page = province.get(SHEET, {"as_of": "2025-06-30"}).content.decode()
        assert [row.number for row in split.rows] == [8, 7, 6, 5, 4, 3]
        assert '<a href="/kpi/2025/counselling/?as_of=2025-06-30#topic">외 2개 항목: 상담 현황</a>' in page
        assert 'id="topic"' in province.get(COUNSELLING).content.decode()

    def test_the_workbook_says_the_same(self, province):
        make_a_year()
        answer = province.get("/kpi/2025/sheet.xlsx", {"as_of": "2025-12-31"})
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        rows = book.get_sheet_by_index(0).to_python()
        head = next(row for row in rows if "실적 2025" in row)
        recruited = next(row for row in rows if str(row[0]).startswith("지역특화형"))
        assert recruited[head.index("실적 2025")] == 2


@pytest.mark.django_db
class RateTests:
    """A rate opens with the rows that are counted in it, and above them stands what it is."""

    def test_of_sessions_in_another_language_their_share_of_all_at_the_place(self, province):
        for language in ("ko", "vi", "zh"):
            make_session(language_id=language)
        make_session("52130-c1", language_id="vi")
        assert "2 / 3 = 66.7 %" in rate_on(province, "2025.session.workspace.52110-c1~language.-ko")
        assert "3 / 4 = 75.0 %" in rate_on(province, "2025.session.language.-ko")

    def test_of_nights_those_that_were_offered_on_the_same_days(self, province):
        make_stay(checked_in_on=date(2025, 6, 29), checked_out_on=date(2025, 7, 3))
        for key, slept in (("night", 4), ("night.workspace.52110-s1~month.2025-06", 2)):
            offered = number_on(province.get(f"/kpi/evidence/2025.{key.replace('night', OFFERED)}/"))
            assert f"{slept} / {offered} = " in rate_on(province, f"2025.{key}")

    @pytest.mark.parametrize("key", ["2025.session", "2025.session.language.vi", "2025.offered", "2025.stay"])
    def test_a_figure_that_no_rate_leads_to_says_none(self, province, key):
        make_session(language_id="vi")
        make_stay()
        assert "%" not in rate_on(province, key)

    def test_of_nothing_there_is_none(self, province):
        assert "%" not in rate_on(province, "2025.session.language.-ko")


def rate_on(browser, key: str) -> str:
    """What stands in numbers above the rows of a figure."""
    page = browser.get(f"/kpi/evidence/{key}/").content.decode()
    return " ".join(" ".join(re.findall(r'(?s)<dd class="figure">(.*?)</dd>', page)).split())


@pytest.mark.django_db
class EvidenceTests:
    def test_masks_what_the_province_may_not_read_and_drops_nothing(self, province):
        make_session(counsellor_name="A counsellor", note="A secret")
        make_activity(ref="A-7")
        answer = province.get("/kpi/evidence/2025.session/")
        (row,) = answer.context["shown"].page
        assert (row.open, row.number, row.url) == (False, "", "")
        assert "2025-03-03" not in answer.content.decode()
        activities = province.get("/kpi/evidence/2025.activity.programme.civil-groups/")
        assert [row.number for row in activities.context["shown"].page] == ["A-7"]

    def test_pages_go_on_where_the_last_one_ended(self, province):
        for number in range(2 * ROWS + 5):
            make_session(held_on=date(2025, 1 + number % 3, 5))
        for way in ("", "?sort=day"):
            pages = [province.get(f"/kpi/evidence/2025.session/{way}").context]
            while following := pages[-1]["shown"].links["next"]:
                pages.append(province.get(f"/kpi/evidence/2025.session/{following}").context)
            tokens = [[row.token for row in page["shown"].page] for page in pages]
            shown = [token for page in tokens for token in page]
            assert len(set(shown)) == len(shown) == pages[0]["figure"].number == 2 * ROWS + 5
            back = province.get(f"/kpi/evidence/2025.session/{pages[2]['shown'].links['previous']}").context["shown"]
            assert [row.token for row in back.page] == tokens[1]
            days = [row.row.month for page in pages for row in page["shown"].page]
            assert days == sorted(days, reverse=not way)

    @pytest.mark.parametrize("of", ["another", "nobody", "another figure"])
    def test_a_way_to_a_page_is_one_reader_s_and_leads_back_where_it_is_not(self, client, province, of):
        other = make_user(Role.PROVINCE_STAFF, "52-office")
        for number in range(ROWS + 1):
            make_session(held_on=date(2025, 1 + number % 3, 5))
        asked = province.get("/kpi/evidence/2025.session/").context["shown"].links["next"]
        page = "/kpi/evidence/2025.minutes/" if of == "another figure" else "/kpi/evidence/2025.session/"
        if of == "another":
            client.force_login(other)
        answer = client.get(page + ("?after=nonsense" if of == "nobody" else asked))
        assert answer.status_code == 400
        assert f'href="{page}?"' in answer.content.decode()

    @pytest.mark.parametrize(
        "key",
        [
            "nothing",
            "2025.session.secret.x",
            "2025.visa_left_on",
            "2025.won.x",
            "2025.reading.rule.none",
            "2999.session",
            "2999-0101.session",
            "1999.session",
            "2025.session.workspace.zz",
            "2025.offered.workspace.zz",
        ],
    )
    def test_no_figure_no_rows(self, province, key):
        assert province.get(f"/kpi/evidence/{key}/").status_code == 404


class DemoTests:
    @pytest.fixture
    def imported(self, committed):
        assert not import_workbook(CENTRES).refused

    def test_every_number_of_the_demo_leads_to_as_many_rows(self, imported, client):
        user = make_user(Role.PROVINCE_STAFF, "52-office")
        client.force_login(user)
        figures = figures_of("".join(client.get(page).content.decode() for page in (SHEET, COUNSELLING)))
        assert len(figures) > 400
        with transaction.atomic():
            set_scope(scope_of(user))
            wrong = {address: (number, told) for address, number in figures if (told := figure_at(address)) != number}
        assert wrong == {}

    def test_is_light_in_a_year_of_the_whole_province(self, imported, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        page = client.get(SHEET).content
        assert len(page) + packed_with(page.decode()) < LIGHT

    def test_no_number_of_rows_is_left_without_its_link(self, imported, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        sheet = client.get(SHEET)
        page = sheet.content.decode()
        page = re.sub(r"(?s)<table[^>]*>\s*<caption>.*?</table>", "", page)  # worked examples of the rules
        # What was said outside is no count, and what is counted beside it stands with its link further down.
        page = re.sub(r'(?s)<h2 id="said">.*?</table>', "", page)
        told = without_links(page)
        weights = ["35", "35", "30", "100"]
        of_the_plan = [*Target.objects.all(), *PrintedResult.objects.exclude(year=2025)]
        by_topic = sheet.context["answer"]["counselling"]["by_topic"]
        # Their rows would tell an official what they may not read of a person.
        shut = {code: f"{by_topic[code]:,}" for code in SHUT & by_topic.keys()}
        assert shut
        largest = [shut[row.code] for row in sheet.context["largest"]["topic"].rows if row.code in shut]
        assert sorted(told) == sorted([*weights, *(f"{row.value:,.0f}" for row in of_the_plan), *largest])
        assert sorted(without_links(client.get(COUNSELLING).content.decode())) == sorted(shut.values())


def without_links(page: str) -> list[str]:
    """The numbers that stand on a page without a way to their rows."""
    return re.findall(r'<(?:td|dd|span) class="(?:table__number|figure|fold__figure)[^"]*">\s*([\d,]+)\s*<', page)


def figure_at(address: str) -> str:
    figure = Figure.of(address.split("/")[-2])
    if figure.name == OFFERED:
        return f"{sum(offer.nights for offer in offers(figure)):,}"
    found = total(figure)
    return f"{found.amount if figure.is_sum else found.number:,}"
