"""The KPI sheet as a workbook: numbers stay numbers, and no cell is ever a formula."""

from io import BytesIO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from centers.exports.sheets import demonstration_mark
from visas.quotas import TAKEN

STAGES = ("received", "recommended", "granted", "settled")
WIDTH_OF_NAMES = 44  # characters
WIDTH_OF_NUMBERS = 13


class _Page:
    """A worksheet that is written from the top down, in a demonstration below a line that says so."""

    def __init__(self, book: Workbook, name: str, formats: dict):
        self.page: Worksheet = book.add_worksheet(name[:31])
        self.page.set_landscape()
        self.page.set_paper(9)  # A4
        self.page.fit_to_pages(1, 0)
        self.page.set_column(0, 0, WIDTH_OF_NAMES, formats["text"])
        self.page.set_column(1, 40, WIDTH_OF_NUMBERS, formats["text"])
        self.formats = formats
        self.line = 0
        mark = demonstration_mark()
        if mark:
            self._write([mark], "mark")

    def title(self, text: str) -> None:
        self._write([text], "title")
        self.line += 1

    def heads(self, *texts: object) -> None:
        self._write(texts, "head")

    def row(self, *values: object) -> None:
        self._write(values, "text")

    def gap(self) -> None:
        self.line += 1

    def _write(self, values, look: str) -> None:
        for column, value in enumerate(values):
            if isinstance(value, int | float) and not isinstance(value, bool):
                whole = isinstance(value, int)
                number = "number" if whole else "decimal"
                self.page.write_number(self.line, column, value, self.formats[look if look == "head" else number])
            elif value is not None:
                self.page.write_string(self.line, column, str(value), self.formats[look])
        self.line += 1


def _said(page: _Page, context: dict) -> None:
    """What was told outside of this year, beside what the sheet counts."""
    page.title(_("What was said of this year"))
    page.heads(
        _("What was said"),
        _("Said on"),
        _("Told to"),
        _("Said"),
        _("Counted now"),
        _("Difference"),
        _("Definition"),
        _("Source"),
    )
    for row in context["said"]:
        figure = row.figure
        page.row(
            figure.wording, figure.said_on and figure.said_on.isoformat(), figure.get_audience_display(),
            float(figure.value), _number(row.counted), _number(row.difference), figure.definition, figure.source,
        )  # fmt: skip


def _number(value) -> float | None:
    return None if value is None else float(value)


def spreadsheet(context: dict) -> bytes:
    """The workbook of what ``kpi.views`` puts on the page."""
    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "mark": book.add_format({"italic": True}),
            "head": book.add_format({"bold": True, "bg_color": "#ECF2FE", "bottom": 1, "text_wrap": True}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "number": book.add_format({"num_format": "#,##0", "valign": "top"}),
            "decimal": book.add_format({"num_format": "#,##0.0#", "valign": "top"}),
        }
        _indicators(_Page(book, _("Performance indicators"), formats), context)
        _programmes(_Page(book, _("Programmes"), formats), context)
        _readings(_Page(book, _("Readings"), formats), context)
        _counselling(_Page(book, _("Counselling"), formats), context)
        _said(_Page(book, _("Published figures"), formats), context)
        _visas(_Page(book, _("Visa recommendations"), formats), context)
        _vouchers(_Page(book, _("Vouchers and shelter"), formats), context)
    return out.getvalue()


def _indicators(page: _Page, context: dict) -> None:
    page.title(_("Performance indicators %(year)s") % {"year": context["year"]})
    page.row(_("As of %(day)s") % {"day": context["as_of"]})
    page.row(_("Counted at %(at)s") % {"at": f"{context['counted_at']:%Y-%m-%d %H:%M}"})
    page.gap()
    years = context["years"]
    page.heads(
        _("Indicator (unit)"),
        _("Kind"),
        _("Weight"),
        *(f"{_('Target')} {year}" for year in years),
        *(f"{_('Result')} {year}" for year in years),
        _("Achievement (%)"),
        _("Score"),
        _("Formula"),
        _("Counting rule"),
        _("Source"),
        _("Ground"),
    )
    for line in context["lines"]:
        results = [line.figure["actual"] if year == context["year"] else printed for year, printed in line.results]
        page.row(
            f"{line.indicator} ({line.indicator.unit})",
            line.indicator.kind,
            line.indicator.weight,
            *(_number(target) for _year, target in line.targets),
            *(_number(result) for result in results),
            line.figure["achievement_percent"],
            line.figure["score"],
            line.indicator.formula_ko,
            f"{line.rule} (v{line.rule.version})" if line.rule else "",
            line.indicator.data_source_ko,
            line.indicator.rationale_ko,
        )
    answer = context["answer"]
    empty = [None] * (2 * len(years) + 1)
    page.row(_("Total"), None, answer["weight_evaluated"], *empty, answer["total_score"])


def _number(value) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _programmes(page: _Page, context: dict) -> None:
    page.heads(
        _("Programme"), _("Sessions"), _("Activities"), _("Vouchers"), _("Stays"), _("Participants"), _("Carried out")
    )
    for programme, figures in context["programmes"]:
        records = figures["records"]
        kinds = [records[kind] for kind in ("session", "activity", "voucher", "stay")]
        page.row(str(programme), *kinds, figures["participants"], _("yes") if figures["carried_out"] else _("no"))


def _readings(page: _Page, context: dict) -> None:
    page.heads(_("Counting rule"), _("Version"), _("Result"), _("Score"), _("Official"), _("Text"))
    for entry in context["readings"]:
        page.row(str(entry["indicator"]))
        for row in entry["rows"]:
            rule = row["counting_rule"]
            official = _("yes") if row["official"] else ""
            page.row(str(rule), rule.version, row["actual"], row["score"], official, rule.text)


def _counselling(page: _Page, context: dict) -> None:
    page.heads(_("Centre"), *context["months"], _("Total"))
    for line in context["centers"]:
        months = [number for _month, number in line["months"] or [(None, None)] * len(context["months"])]
        page.row(str(line["center"]), *months, line["total"])
    counselling = context["answer"]["counselling"]
    page.row(
        _("Total"), *(counselling["by_month"].get(month, 0) for month in context["months"]), counselling["sessions"]
    )
    page.gap()
    for name, label in (
        ("client_visits", _("Clients in sessions (visits)")),
        ("unique_persons", _("Distinct persons")),
        ("anonymous_sessions", _("Anonymous sessions")),
        ("minutes", _("Minutes")),
    ):
        page.row(label, counselling[name])
    titles = {
        "topic": _("By topic"),
        "language": _("By language"),
        "nationality": _("By nationality"),
        "channel": _("By channel"),
    }
    for split, rows in context["splits"].items():
        page.gap()
        page.heads(titles[split], _("Sessions"))
        for row in rows:
            page.row(row.name, row.number)


def _visas(page: _Page, context: dict) -> None:
    stages = [_("Received"), _("Recommended"), _("Granted"), _("Settled")]
    titles = {"programme": _("By programme"), "municipality": _("By municipality"), "university": _("By university")}
    for split, rows in context["visas"].items():
        page.heads(titles[split], *stages)
        for _code, name, figures in rows:
            page.row(name, *(figures[stage] for stage in STAGES))
        page.gap()
    page.heads(_("Quota"), _("Capacity"), str(TAKEN), _("Granted"), _("Settled"), _("Places left"), _("Fill (%)"))
    for pool, figures, _entries in context["quotas"]:
        names = ("capacity", "taken", "granted", "settled", "remaining", "fill_percent")
        page.row(str(pool), *(figures[name] for name in names))


def _vouchers(page: _Page, context: dict) -> None:
    page.heads(_("Municipality"), _("Vouchers"), _("Won"), _("Province 30 %"), _("Municipality 70 %"))
    names = ("paid", "won", "province_won", "municipality_won")
    for _code, name, figures in context["vouchers"]:
        page.row(name, *(figures[key] for key in names))
    page.row(_("Total"), *(context["answer"]["vouchers"][key] for key in names))
    page.gap()
    shelter = context["answer"]["shelter"]
    page.heads(_("Shelter"))
    for key, label in (
        ("stays", _("Stays")),
        ("persons", _("Distinct persons")),
        ("bed_nights", _("Bed nights")),
        ("capacity_nights", _("Nights offered")),
        ("occupancy_percent", _("Occupancy (%)")),
    ):
        page.row(label, shelter[key])
