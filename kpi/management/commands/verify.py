from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpi.services.verification import SHOWN, verify


class Command(BaseCommand):
    help = "Recount everything from the records and compare it with the summary; exits 1 where they differ."

    def handle(self, *args, **options):
        result = verify()
        for line in result.findings:
            self.stdout.write(line)
        if result.pending:
            self.stdout.write(
                ngettext(
                    "%(count)d month is marked and not yet counted: %(months)s",
                    "%(count)d months are marked and not yet counted: %(months)s",
                    len(result.pending),
                )
                % {"count": len(result.pending), "months": ", ".join(result.pending)}
            )
        for line in result.differences[:SHOWN]:
            self.stdout.write(line)
        if result.differences:
            raise CommandError(
                ngettext(
                    "The summary and the records differ in %(count)d place.",
                    "The summary and the records differ in %(count)d places.",
                    len(result.differences),
                )
                % {"count": len(result.differences)}
            )
        self.stdout.write(
            _("The summary agrees with the records: %(count)d figures compared, no difference.")
            % {"count": result.compared}
        )
