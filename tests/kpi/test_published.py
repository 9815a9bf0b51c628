"""What was told outside is kept as it was said, and stands beside what is counted."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from centers.exports.run import folder, run_export
from centers.exports.sealed import SealedReader
from centers.listing.page import ROWS
from centers.models import Export, Role
from centers.scope import set_scope
from centers.selectors import scope_of
from kpi.models import CountingRule, Measure, PublishedFigure
from kpi.opened import rows_behind
from kpi.published import compared, number_at
from tests.make import make_client, make_pool, make_user, make_visa_case

pytestmark = pytest.mark.django_db
ANSWER = {"visas": {"settled": 7, "by": {}}, "quotas": [{"code": "q", "capacity": None, "taken": 3}], "name": "x"}
TOLD = {
    "year": 2025, "said_on": "2026-01-07", "audience": "council", "value": "612", "unit_ko": "명",
    "wording": "외국인력 612명 정착", "definition": "정착 거주", "source": "의회 보고",
    "paths": ["indicators/visa-recruitment/actual"],
}  # fmt: skip


@pytest.fixture
def province(client):
    user = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("path", "number"),
    [("visas/settled", 7), ("quotas/q/taken", 3), ("quotas/q/capacity", None), ("quotas/z/taken", None),
     ("visas/by", None), ("name", None), ("visas/settled/more", None), ("", None)],
)  # fmt: skip
def test_a_path_leads_to_a_number_or_to_nothing(path, number):
    assert number_at(ANSWER, path) == (None if number is None else Decimal(number))


def test_every_path_that_is_offered_leads_to_a_number_of_the_roll_up(province):
    from centers.scope import WHOLE_PROVINCE, acting_for
    from kpi.rollup import roll_up

    with acting_for(WHOLE_PROVINCE, reason="test"):
        answer = roll_up(2025, as_of=date(2025, 12, 31))
    unknown = {path for path in compared() if number_at(answer, path) is None}
    assert unknown == {"quotas/f2r-2025-2026/capacity"}  # whose number is not known


def test_a_quota_that_is_opened_can_be_compared_with(client, province):
    pool = make_pool("F-4-R", actor=province)
    for name in ("capacity", "taken", "granted", "settled"):
        assert f"quotas/{pool.pk}/{name}" in compared()
    told = TOLD | {"paths": [f"quotas/{pool.pk}/taken"], "wording": "재외동포 3명"}
    assert client.post("/kpi/published/new/", told).status_code == 302
    assert PublishedFigure.objects.get(wording="재외동포 3명").paths == [f"quotas/{pool.pk}/taken"]


def test_what_can_be_compared_with_is_data():
    Measure.objects.create(code="x", name_ko="이탈 인원", path="visas/left")
    assert compared()["visas/left"] == "이탈 인원"


def test_the_published_figures_are_there_with_their_source(client, province):
    page = client.get("/kpi/published/").content.decode()
    for wording in ("611명", "808명", "460명", "480명", "857명", "670명"):
        assert wording in page
    assert "아시아통신 2026-01-07" in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ko", "유형별 구성과 기준일은 공표되지 않음"),
        ("en", "The split by type and the as-of day are not published"),
        ("vi", "Cơ cấu theo loại và ngày chốt số liệu không được công bố"),
        ("zh-hans", "各类型构成及基准日未公布"),
    ],
)
def test_a_definition_of_ours_is_told_in_the_language_of_the_reader_and_a_quotation_is_not(
    client, province, settings, language, told
):
    client.post("/kpi/published/new/", TOLD)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get("/kpi/published/").content.decode()
    assert f'<span lang="{language}">{told}</span>' in page
    assert '<span lang="ko">지역특화형 비자' in page
    assert '<span lang="ko">정착 거주</span>' in page  # typed by an official


def test_a_definition_is_kept_in_the_language_of_the_office_whoever_types_it(client, province, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "vi"
    assert client.post("/kpi/published/new/", TOLD).status_code == 302
    kept = PublishedFigure.objects.get(wording=TOLD["wording"])
    assert (kept.definition_ko, kept.definition_vi) == ("정착 거주", None)


def test_the_sheet_says_where_it_says_otherwise(client, province):
    page = client.get("/kpi/2025/").content.decode()
    assert "이 해에 대해 밖에 말한 수치" in page
    assert "-611" in page  # nothing is counted here, and 611 was said
    sheet = client.get("/kpi/2025/sheet.xlsx")
    book = load_workbook(io.BytesIO(sheet.content))
    said = [row for row in book["발표 수치"].iter_rows(values_only=True)]
    assert any(row[3] == 611 and row[5] == -611 for row in said)


def test_is_kept_and_corrected_by_a_further_row(client, province):
    assert client.post("/kpi/published/new/", TOLD).status_code == 302
    first = PublishedFigure.objects.get(value=612)
    assert first.said_by == province
    client.post(f"/kpi/published/new/?corrects={first.pk}", TOLD | {"value": "611", "wording": "611명으로 바로잡음"})
    assert PublishedFigure.objects.get(value=611, code="").corrects == first
    page = client.get("/kpi/published/").content.decode()
    assert "612명 정착" in page
    assert "나중에 바로잡음" in page
    assert "612명 정착" not in client.get("/kpi/2025/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"wording": ""}, {"definition": " "}, {"source": ""}, {"said_on": "2999-01-01"}, {"value": "many"},
              {"paths": ["visas/nothing"]}, {"audience": "friends"}],
)  # fmt: skip
def test_what_lacks_something_is_not_kept(client, province, wrong):
    before = PublishedFigure.objects.count()
    assert client.post("/kpi/published/new/", TOLD | wrong).status_code == 400
    assert PublishedFigure.objects.count() == before


def test_stands_in_the_register_once_and_its_correction_too(client, province):
    new = "/kpi/published/new/"
    assert client.post(new, TOLD).status_code == 302
    answer = client.post(new, TOLD)
    assert (answer.status_code, answer.context["form"].errors.keys()) == (400, {"wording"})
    first = PublishedFigure.objects.get(value=612)
    corrected = f"{new}?corrects={first.pk}"
    assert [client.post(corrected, TOLD | {"value": "611"}).status_code for _again in range(2)] == [302, 400]
    assert client.post(new, TOLD | {"audience": "press"}).status_code == 302


def test_is_corrected_once_and_then_its_correction(client, province):
    client.post("/kpi/published/new/", TOLD)
    first = PublishedFigure.objects.get(value=612)
    again = f"/kpi/published/new/?corrects={first.pk}"
    assert client.post(again, TOLD | {"value": "611"}).status_code == 302
    refused = client.post(again, TOLD | {"value": "610"})
    assert refused.status_code == 400
    assert "이미 바로잡은 수치입니다" in refused.content.decode()
    second = PublishedFigure.objects.get(value=611, code="")
    assert client.post(f"/kpi/published/new/?corrects={second.pk}", TOLD | {"value": "610"}).status_code == 302


def test_is_of_no_day_after_it_was_said(client, province):
    answer = client.post("/kpi/published/new/", TOLD | {"as_of": "2026-01-08"})
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"as_of"}
    assert not PublishedFigure.objects.filter(value=612).exists()
    assert client.post("/kpi/published/new/", TOLD | {"as_of": "2026-01-07"}).status_code == 302


def test_what_is_counted_now_opens_to_its_rows(client, province):
    """One opens by itself, several that are added each by its own name; on the board to the cases it lists."""
    make_visa_case("E-7-4", client=make_client(), received_on=date(2025, 3, 3), recommended_on=date(2025, 3, 3))
    told = TOLD | {"as_of": "2025-06-30", "paths": ["quotas/e74-2025/taken"], "wording": "1명 추천"}
    both = told | {"paths": ["visas/received", "visas/recommended"], "wording": "2명"}
    for one in (told, both, told | {"paths": ["quotas/e74-2025/capacity"], "wording": "배정"}):
        assert client.post("/kpi/published/new/", one).status_code == 302
    rows = {row.wording: row.said for row in client.get("/kpi/published/").context["shown"].page}
    for wording, urls in (
        ("1명 추천", ["/kpi/evidence/2025-0630.seat.pool.e74-2025/"]),
        ("2명", ["/kpi/evidence/2025-0630.visa_received/", "/kpi/evidence/2025-0630.visa_recommended/"]),
        ("배정", ["/visas/quotas/lines/?pool=e74-2025&on=2025-06-30"]),
    ):
        assert [part.url for part in rows[wording].parts] == urls
        for part in rows[wording].parts:
            opened = client.get(part.url).context
            assert (opened["total"] if "total" in opened else opened["shown"].total.number) == part.number
    (row,) = (
        row
        for row in client.get("/visas/quotas/board/?on=2025-12-31").context["said"]
        if row.figure.wording == "1명 추천"
    )
    assert row.parts[0].url.startswith("/visas/cases/?pool=e74-2025&place=taken&on=2025-06-30")
    assert len(list(client.get(row.parts[0].url).context["shown"].page)) == row.counted == 1


def test_every_path_that_is_offered_opens_or_is_a_count_of_places(province):
    answer = {"indicators": [{"code": code, "rule": None} for code in ("visa-recruitment", "settlement-support")]}
    rules = {rule.indicator_id: rule.pk for rule in CountingRule.objects.filter(default=True)}
    for row in answer["indicators"]:
        row["rule"] = rules[row["code"]]
    closed = {path for path in compared() if not rows_behind(path, 2025, date(2025, 6, 30), answer)}
    assert closed == {"centres/operating"}


def test_is_never_changed():
    row = PublishedFigure.objects.first()
    for change in (lambda: row.delete(), lambda: PublishedFigure.objects.update(value=1)):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_the_reference_file_leads_to_what_is_offered():
    with open("kpi/reference/published_figures.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    import json

    assert {path for row in rows for path in json.loads(row["paths"])} <= compared().keys()


def test_it_stands_beside_its_own_day_wherever_it_is_shown(client, province):
    """One figure, one difference: on the sheet, in the register and on the quota board alike."""
    make_visa_case("E-7-4", client=make_client(), received_on=date(2025, 3, 3), recommended_on=date(2025, 3, 3))
    make_visa_case("E-7-4", client=make_client(), received_on=date(2025, 9, 3), recommended_on=date(2025, 9, 3))
    told = TOLD | {"value": "9", "as_of": "2025-06-30", "paths": ["quotas/e74-2025/taken"], "wording": "9명 추천"}
    assert client.post("/kpi/published/new/", told).status_code == 302
    pages = ("/kpi/2025/", "/kpi/published/", "/visas/quotas/board/?on=2025-12-31")
    found = []
    for page in pages:
        context = client.get(page).context
        rows = [row.said for row in context["shown"].page] if page == "/kpi/published/" else context["said"]
        found += [(row.counted, row.difference, row.on) for row in rows if row.figure.wording == "9명 추천"]
    assert found == [(1, -8, date(2025, 6, 30))] * 3


def test_the_register_is_narrowed_sorted_and_exported(client, province, settings, tmp_path):
    for number, said_on in enumerate(("2026-01-07", "2026-02-01", "2026-03-01")):
        told = TOLD | {"said_on": said_on, "wording": f"발표 {number}", "audience": "other"}
        assert client.post("/kpi/published/new/", told).status_code == 302

    def wordings(**asked) -> list[str]:
        return [
            row.wording for row in client.get("/kpi/published/", {"audience": "other"} | asked).context["shown"].page
        ]

    assert wordings() == ["발표 2", "발표 1", "발표 0"]
    assert wordings(sort="said") == ["발표 0", "발표 1", "발표 2"]
    assert wordings(month="2026-02") == ["발표 1"]
    assert wordings(**{"from": "2026-02-01"}) == ["발표 2", "발표 1"]
    assert wordings(year="2024") == []
    address = reverse("centers:export_new", args=["published-figures"]) + "?audience=other&sort=said"
    assert client.post(address, {"format": "csv", "reason": "월간 보고"}).status_code == 302
    settings.EXPORT_FOLDER = tmp_path
    with transaction.atomic():
        set_scope(scope_of(province))
        export = Export.objects.get(listing="published-figures")
    run_export(export.pk, province.pk)
    with transaction.atomic():
        set_scope(scope_of(province))
        export.refresh_from_db()
    with SealedReader(folder() / export.file, export.file) as file:
        lines = list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert [line["발표 문구"] for line in lines] == ["발표 0", "발표 1", "발표 2"]
    assert {(line["발표"], line["단위"], line["지금 집계"]) for line in lines} == {("612", "명", "0")}


def test_the_register_goes_on_beyond_one_page(client, province):
    fields = {name: TOLD[name] for name in ("year", "value", "unit_ko", "definition", "source")}
    for number in range(ROWS + 5):
        said_on = date(2026, 1, 1) + timedelta(days=number % 7) if number % 3 else None
        PublishedFigure.objects.create(audience="other", said_on=said_on, wording=f"발표 {number}", **fields)
    first = client.get("/kpi/published/?audience=other").context["shown"]
    second = client.get("/kpi/published/" + first.links["next"]).context["shown"]
    days = [row.said_on for row in (*first.page, *second.page)]
    assert len(days) == ROWS + 5
    told = [day for day in days if day]
    assert days == sorted(told, reverse=True) + [None] * (len(days) - len(told))
