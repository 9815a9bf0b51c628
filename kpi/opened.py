"""Where the rows lie behind a number of a roll-up, by the path that leads to it."""

from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from config import addresses
from kpi.evidence import READING, STAGES, Figure
from kpi.models import CountingRule
from kpi.models.indicator import ENTERED

FIGURE_OF = {
    **{f"visas/{stage}": f"visa_{stage}" for stage in STAGES},
    "visas/dependants_settled": "dependant_settled",
    "counselling/sessions": "session",
    "counselling/unique_persons": "person",
    "vouchers/paid": "voucher",
    "vouchers/won": "won",
}
SEAT_OF = {"taken": "seat", "granted": "seat_granted", "settled": "seat_settled"}


def rows_behind(path: str, year: int, day: date, answer: dict) -> str:
    """The address of the rows that the number counts in this roll-up of a year up to a day; empty where a path leads
    to no rows.
    """
    part, _stroke, rest = path.partition("/")
    name, _stroke, of = rest.partition("/")
    if part == "indicators":
        return _of_indicator(name, year, day, answer)
    if part == "quotas" and of in SEAT_OF:
        return address_of(Figure(year, SEAT_OF[of], (("pool", name),), day))
    if part == "quotas":
        return f"{reverse('visas:quota_lines')}?{urlencode({'pool': name, 'on': day})}"
    return address_of(Figure(year, FIGURE_OF[path], (), day)) if path in FIGURE_OF else ""


def address_of(figure: Figure) -> str:
    """Where the rows behind a figure lie."""
    return addresses.address_of("kpi:evidence", figure.key)


def address_of_result(code: str, rule: CountingRule, year: int, day: date) -> str:
    """Where the records lie that a rule counts for an indicator or, where it is entered, its entries."""
    if rule.reading == ENTERED:
        return reverse("kpi:figure", args=[year, code])
    return address_of(Figure(year, READING, (("rule", rule.code),), day))


def _of_indicator(code: str, year: int, day: date, answer: dict) -> str:
    found = next((row for row in answer["indicators"] if row["code"] == code), None)
    rule = CountingRule.objects.filter(pk=found["rule"]).first() if found else None
    return address_of_result(code, rule, year, day) if rule else ""
