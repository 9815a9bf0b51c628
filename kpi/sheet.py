"""The KPI sheet as the plan prints it: the year's figures joined with the names by which staff know them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Channel, Country, Language, Topic
from centers.models import Municipality, SupportProgramme, Workspace, WorkspaceKind
from centers.prepared import counted, prepared
from kpi.models import CountingRule, Indicator, MonthlyActivity, PrintedResult, Target
from kpi.rollup import readings_of
from visas.models import QuotaPool, VisaProgramme
from visas.quotas import changes_of_each

STAGES = ("received", "recommended", "granted", "settled")
LARGEST = 6  # rows of a split on the sheet, whose page would outgrow a slow line with all of them


@dataclass(frozen=True)
class Result:
    """An indicator with the year's figure and the rule that counts it."""

    indicator: Indicator
    figure: dict
    rule: CountingRule | None


@dataclass(frozen=True)
class Line(Result):
    """One row of the plan's table: what the years around were to bring and brought stands beside the year's figure."""

    targets: list[tuple[int, object]]
    results: list[tuple[int, object]]


@dataclass(frozen=True)
class Count:
    """A code with its name and its number."""

    code: str
    name: str
    number: int


@dataclass(frozen=True)
class Split:
    """The largest rows of a split, and how many more there are."""

    rows: list[Count]
    more: int


def plan_years() -> range:
    """The years that the plan sets targets for."""
    years = _first_and_last(None)
    this_year = timezone.localdate().year
    return range(years["first"] or this_year, (years["last"] or this_year) + 1)


@counted
def _first_and_last(viewer: None) -> tuple[QuerySet, dict]:
    return Target.objects.all(), {"first": Min("year"), "last": Max("year")}


def newest_year_with_records() -> int:
    """The year to open with: the newest in which anything was counted, else this one."""
    newest = MonthlyActivity.objects.filter(month__lte=timezone.localdate()).aggregate(newest=Max("month"))["newest"]
    return newest.year if newest else timezone.localdate().year


def last_day(year: int) -> date:
    """The day up to which a year is counted where no other is named."""
    return min(timezone.localdate(), date(year, 12, 31))


def results(answer: dict) -> list[Result]:
    """The indicators in the plan's order, each with this year's figure and its rule."""
    figures = {figure["code"]: figure for figure in answer["indicators"]}
    rules = {rule.pk: rule for rule in _rules(None)}
    return [
        Result(indicator, figures[indicator.code], rules.get(figures[indicator.code]["rule"]))
        for indicator in _indicators(None, codes=list(figures))
    ]


def plan_lines(answer: dict, years: range) -> list[Line]:
    """The plan's table: the indicators with targets and printed results of the years beside this year's figure."""
    # A later revision of a target comes later and wins.
    targets = {(row.indicator_id, row.year): row.value for row in _targets(None)}
    printed = {(row.indicator_id, row.year): row.value for row in _printed(None)}
    return [
        Line(
            row.indicator,
            row.figure,
            row.rule,
            [(year, targets.get((row.indicator.code, year))) for year in years],
            [(year, printed.get((row.indicator.code, year))) for year in years],
        )
        for row in results(answer)
    ]


@prepared
def _rules(viewer: None) -> QuerySet[CountingRule]:
    return CountingRule.objects.all()


@prepared
def _targets(viewer: None) -> QuerySet[Target]:
    return Target.objects.order_by("revision")


@prepared
def _printed(viewer: None) -> QuerySet[PrintedResult]:
    return PrintedResult.objects.all()


@prepared
def _indicators(viewer: None, *, codes: list[str]) -> QuerySet[Indicator]:
    return Indicator.objects.filter(code__in=codes)


def programme_lines(answer: dict) -> list[tuple[SupportProgramme, dict]]:
    programmes = SupportProgramme.objects.in_bulk()
    return [(programmes[figure["code"]], figure) for figure in answer["programmes"]]


def counts(by_code: dict[str, int], names: dict[str, object]) -> list[Count]:
    """The codes of a split with their names, the largest first."""
    rows = [Count(code, str(names.get(code, code)), number) for code, number in by_code.items()]
    return sorted(rows, key=lambda row: (-row.number, row.name))


def splits(answer: dict) -> dict[str, list[Count]]:
    """The counselling figures one way at a time."""
    of = answer["counselling"]
    return {
        "language": counts(of["by_language"], Language.objects.in_bulk()),
        "channel": counts(of["by_channel"], Channel.objects.in_bulk()),
        "topic": counts(of["by_topic"], {topic.pk: topic.name for topic in Topic.objects.all()}),
        "nationality": counts(of["by_nationality"], Country.objects.in_bulk() | {"unknown": _("Not known")}),
    }


def shown_splits(answer: dict, *, rows: int | None = None) -> dict[str, Split]:
    """The splits of the counselling as a page shows them: each in full, or its so many largest rows."""
    return {name: Split(found[:rows], len(found) - len(found[:rows])) for name, found in splits(answer).items()}


def months_of(year: int, as_of: date) -> list[str]:
    return [f"{year}-{month:02}" for month in range(1, as_of.month + 1)]


def center_lines(answer: dict, year: int, as_of: date) -> list[dict]:
    """Sessions by centre and month. The months are left out where they do not add up to the centre's own figure:
    the monthly summary knows whole months only, and the year's figure may end within one.
    """
    by_center = answer["counselling"]["by_center"]
    centers = Workspace.objects.filter(kind=WorkspaceKind.CENTER).order_by("code")
    monthly = _monthly_sessions(year, as_of)
    months = months_of(year, as_of)
    lines = []
    for center in centers:
        total = by_center.get(center.code, 0)
        numbers = [(month, monthly.get((center.pk, month), 0)) for month in months]
        adds_up = sum(number for _month, number in numbers) == total
        lines.append({"center": center, "total": total, "months": numbers if adds_up else None})
    return lines


def _monthly_sessions(year: int, as_of: date) -> dict[tuple[int, str], int]:
    rows = (
        MonthlyActivity.objects.filter(kind="session", dimension="", month__gte=date(year, 1, 1), month__lte=as_of)
        .values("workspace_id", "month")
        .annotate(number=Sum("records"))
    )
    return {(row["workspace_id"], f"{row['month']:%Y-%m}"): row["number"] for row in rows}


def stage_lines(by_code: dict[str, dict], names: dict[str, object]) -> list[tuple[str, str, dict]]:
    """Visa cases by something: code, name, numbers by stage."""
    return [(code, str(names.get(code, code)), figures) for code, figures in sorted(by_code.items())]


def visa_lines(answer: dict) -> dict[str, list]:
    visas = answer["visas"]
    universities = {row.name_ko: row for row in Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY)}
    by_university = {universities[name].code: figures for name, figures in visas["by_university"].items()}
    return {
        "programme": stage_lines(visas["by_programme"], VisaProgramme.objects.in_bulk()),
        "municipality": stage_lines(visas["by_municipality"], municipality_names()),
        "university": stage_lines(by_university, {row.code: row for row in universities.values()}),
    }


def municipality_names() -> dict[str, object]:
    return {**Municipality.objects.in_bulk(), "52": _("Province, no municipality")}


def voucher_lines(answer: dict) -> list[tuple[str, str, dict]]:
    return stage_lines(answer["vouchers"]["by_municipality"], municipality_names())


def quota_lines(answer: dict) -> list[tuple[QuotaPool, dict, list]]:
    """The quotas with their figures and the changes of the ledger that make up the capacity, by day."""
    pools = {pool.pk: pool for pool in _pools(None)}
    changes = changes_of_each([figure["code"] for figure in answer["quotas"]])
    return [(pools[figure["code"]], figure, changes[figure["code"]]) for figure in answer["quotas"]]


@prepared
def _pools(viewer: None) -> QuerySet[QuotaPool]:
    return QuotaPool.objects.all()


def readings(answer: dict, year: int, as_of: date) -> list[dict]:
    """Every reading of each indicator that can be read in more than one way, with its rule and worked examples."""
    official = {figure["rule"] for figure in answer["indicators"]}
    entries = []
    for indicator in Indicator.objects.prefetch_related("rules__examples"):
        rows = readings_of(indicator, year, as_of=as_of)
        if len(rows) > 1:
            entries.append(
                {"indicator": indicator, "rows": [row | {"official": row["rule"] in official} for row in rows]}
            )
    return entries
