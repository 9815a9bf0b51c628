import argparse
import json
from datetime import date

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from centers.scope import WHOLE_PROVINCE, acting_for
from kpi.rollup import UnknownRule, roll_up, rule_named
from kpi.tables import as_text, as_workbook


def a_year(text: str) -> int:
    year = int(text)
    if not 1900 <= year <= 2200:
        raise argparse.ArgumentTypeError(f"{year} is not a year between 1900 and 2200")
    return year


def a_day(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = "Roll the year up: the plan's indicators and the volumes beside them."

    def add_arguments(self, parser):
        parser.add_argument("--year", type=a_year, required=True)
        parser.add_argument(
            "--as-of", type=a_day, help="a day, YYYY-MM-DD; else the earlier of today and the year's end"
        )
        parser.add_argument("--rule", help="a counting rule, in place of the default of its indicator")
        parser.add_argument("--known-at", type=a_day, help="not yet: what was recorded up to a day")
        parser.add_argument("--format", choices=["json", "table", "xlsx"], default="json")

    def handle(self, *args, year, as_of, rule, known_at, format, **options):
        if known_at:
            raise CommandError(
                _(
                    "What was known at an earlier day cannot be rolled up yet: leave --known-at out to count what "
                    "is recorded now."
                )
            )
        if format == "xlsx" and self.stdout.isatty():
            raise CommandError(_("A spreadsheet is not text: send the output to a file, as in > rollup.xlsx."))
        try:
            rule_named(rule)
        except UnknownRule as error:
            raise CommandError(str(error)) from error
        with acting_for(WHOLE_PROVINCE, reason="rollup_kpi"):
            answer = roll_up(year, as_of=as_of, rule=rule)
            self._write(answer, format)

    def _write(self, answer: dict, format: str) -> None:
        if format == "json":
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        elif format == "table":
            self.stdout.write(as_text(answer))
        else:
            self.stdout.buffer.write(as_workbook(answer))
