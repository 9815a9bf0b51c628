from datetime import date

from django.core.management import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.scope import WHOLE_PROVINCE, acting_for
from visas.models import QuotaPool, VisaCase
from visas.quotas import BASES, Filled, changes_of, filled_on, was_closed


class Command(BaseCommand):
    help = "Print the quotas as they stand on a day: what the ledger holds and what holds the places."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=date.fromisoformat, help="a day, YYYY-MM-DD; else today")

    def handle(self, *args, as_of, **options):
        day = as_of or timezone.localdate()
        with acting_for(WHOLE_PROVINCE, reason="quota"):
            filled = filled_on(VisaCase.objects.all(), day, QuotaPool.objects.prefetch_related("programmes"))
        self.stdout.write(_("Quotas as of %(day)s") % {"day": day})
        for pool, figures in filled:
            self._write(pool, figures, day)

    def _write(self, pool: QuotaPool, figures: Filled, day: date) -> None:
        programmes = ", ".join(programme.code for programme in pool.programmes.all())
        self.stdout.write(f"{pool.code}  {pool}  ({programmes}, {pool.starts_on} ~ {pool.ends_on})")
        told = [_("Capacity"), ": ", _("Number not entered") if figures.capacity is None else str(figures.capacity)]
        changes = [f"{on} {amount:+d}" for on, amount in changes_of(pool) if on <= day]
        if changes:
            told.append(f" ({', '.join(changes)})")
        if figures.provisional:
            told.append(" · " + _("of these provisional: %(number)d") % {"number": figures.provisional})
        self.stdout.write("  " + "".join(map(str, told)))
        for base, percent in figures.percents:
            share = "" if percent is None else f"  {percent} %"
            self.stdout.write(f"  {BASES[base]}: {getattr(figures, base)}{share}")
        if figures.remaining is not None:
            self.stdout.write("  " + _("Places left") + f": {figures.remaining}")
        if was_closed(pool, day):
            self.stdout.write("  " + _("Closed by hand"))
