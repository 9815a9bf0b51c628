from datetime import date

import pytest

from kpi.models import CountingRule, RuleExample
from kpi.readings import READINGS, ProgrammeRecord, VisaRecord, records_of
from kpi.window import Window

SETTLEMENT = [
    "worker-settlement", "one-centre", "visa-upgrade-voucher", "worker-shelter", "civil-groups",
    "resident-support-system",
]  # fmt: skip
WINDOW = Window(2025, date(2025, 12, 31))


def counted(example: RuleExample) -> int:
    rule = example.rule
    shape = records_of(rule.reading)
    records = [shape(**{name: as_value(name, value) for name, value in row.items()}) for row in example.given]
    return READINGS[rule.reading](records, WINDOW, {"settlement": SETTLEMENT} | rule.parameters)


def as_value(name: str, value):
    days = {
        "date",
        "received",
        "recommended",
        "refused",
        "withdrawn",
        "ineligible",
        "lapsed",
        "granted",
        "settled",
        "left",
    }
    return date.fromisoformat(value) if name in days and value else value


@pytest.mark.django_db
class WorkedExampleTests:
    def test_every_example_gives_what_it_says(self):
        examples = RuleExample.objects.select_related("rule")
        wrong = [f"{example}: {counted(example)}" for example in examples if counted(example) != example.expected]
        assert wrong == []
        assert len(examples) > 50

    def test_every_example_is_told_in_every_language(self):
        for example in RuleExample.objects.all():
            titles = {getattr(example, f"title_{language}") for language in ("ko", "en", "vi", "zh_hans")}
            assert len(titles - {"", None}) == 4, example

    def test_every_rule_has_a_reading_and_every_counting_one_five_examples(self):
        for rule in CountingRule.objects.all():
            assert rule.reading in READINGS
            assert records_of(rule.reading) is None or rule.examples.count() >= 5, rule.code


class ReadingTests:
    def test_a_record_that_stands_for_many_counts_as_many(self):
        records = [ProgrammeRecord("session", "one-centre", "52110", date(2025, 3, 1), records=7, quantity=9)]
        reading = READINGS["activities-and-sessions"]
        settings = {"settlement": SETTLEMENT}
        assert reading(records, WINDOW, settings | {"session_unit": "session"}) == 7
        assert reading(records, WINDOW, settings | {"session_unit": "client"}) == 9
        assert READINGS["programmes-carried-out"](records, WINDOW, settings | {"minimum": 8}) == 0

    def test_a_list_of_an_earlier_year_holds_until_there_is_a_new_one(self):
        lists = {"minimum": 1, "programmes": {"2024": ["one-centre"], "2026": []}}
        record = ProgrammeRecord("session", "one-centre", "52110", date(2025, 3, 1))
        assert READINGS["programmes-other-set"]([record], WINDOW, lists) == 1
        assert READINGS["programmes-other-set"]([record], Window(2023, date(2023, 12, 31)), lists) == 0

    def test_the_day_after_as_of_does_not_count(self):
        case = VisaRecord(1, "F-2-R", recommended=date(2025, 6, 15))
        rule = {"programmes": ["F-2-R"], "stage": "recommended"}
        assert READINGS["recommended-persons"]([case], Window(2025, date(2025, 6, 15)), rule) == 1
        assert READINGS["recommended-persons"]([case], Window(2025, date(2025, 6, 14)), rule) == 0
