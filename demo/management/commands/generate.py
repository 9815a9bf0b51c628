import argparse
import time

import psycopg
from django.core.management import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.refusals import sentence
from centers.scope import WHOLE_PROVINCE, acting_for
from demo.installation import Refused, permitted_address
from demo.synthetic.calendar import NoOpenCentre
from demo.synthetic.generate import Plan, first_day, generate
from kpi.services.summary import drain

MOST = {"people": 2_000_000, "sessions": 100_000_000, "years": 10}
MISTAKE = 2


def a_number(name: str, least: int = 0):
    """A whole number within the limits of an argument, or a sentence that says them."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= MOST[name]:
            told = _("%(text)s is not a whole number from %(least)d to %(most)d.")
            raise argparse.ArgumentTypeError(told % {"text": text, "least": least, "most": MOST[name]})
        return int(text)

    return read


class Command(BaseCommand):
    help = (
        "Fill the database with made-up people and sessions, the same for the same seed. Calendar years up to today; "
        "never beside real people."
    )

    def add_arguments(self, parser):
        parser.add_argument("--people", type=a_number("people"), required=True, help="human beings")
        parser.add_argument("--sessions", type=a_number("sessions"), required=True, help="counselling sessions")
        parser.add_argument(
            "--years", type=a_number("years", 1), default=1, help="calendar years, the running one the last (1)"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same rows (1)")
        parser.add_argument("--database", default="", help="its name, said again where DATABASE_URL is set")

    def handle(self, *args, people, sessions, years, seed, database, **options):
        try:
            address = permitted_address(database)
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=MISTAKE) from refusal
        self.began = time.monotonic()
        plan = Plan(people, sessions, first_day(years, timezone.localdate()), seed)
        try:
            generate(plan, address, self._progress)
        except NoOpenCentre as error:
            raise CommandError(_("No centre is open in these years: choose others with --years.")) from error
        except psycopg.errors.DiskFull as error:
            raise CommandError(
                _("The disk of the database is full: throw the database away, and free some room or ask for less.")
            ) from error
        except psycopg.IntegrityError as error:
            raise CommandError(sentence(error) or str(error)) from error
        self.stderr.write(_("Counting the months for the figures."))
        with acting_for(WHOLE_PROVINCE, reason="generate"):
            months, _generation = drain(wait=True)
        told = _("Made in %(seconds)d s: %(people)s people, %(sessions)s sessions; %(months)d months counted.")
        self.stdout.write(told % {**self._so_far(), **_numbers(people=people, sessions=sessions), "months": months})

    def _progress(self, what: str, done: int, total: int) -> None:
        if not done:
            self.began_part = time.monotonic()
            return
        told = _("%(done)s of %(total)s people written after %(seconds)d s.")
        if what == "sessions":
            told = _("%(done)s of %(total)s sessions written after %(seconds)d s: %(rate)s rows a second.")
        rate = int(done / max(time.monotonic() - self.began_part, 0.001))
        self.stderr.write(told % {**_numbers(done=done, total=total, rate=rate), **self._so_far()})
        self.stderr.flush()

    def _so_far(self) -> dict[str, int]:
        return {"seconds": int(time.monotonic() - self.began)}


def _numbers(**numbers: int) -> dict[str, str]:
    return {name: f"{number:,}" for name, number in numbers.items()}
