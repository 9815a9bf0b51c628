from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.db import ProgrammingError
from django.utils.translation import gettext as _

from centers.models import Workspace
from workbook.cells import code_sets
from workbook.problems import FileRefused
from workbook.services import Outcome, import_workbook

UNDEFINED_TABLE = "42P01"


class Command(BaseCommand):
    requires_system_checks = ()  # they look at pages and addresses, which an import has none of
    help = "Import a centre's or the province's workbook: all of it, or nothing and every bad cell named."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--workspace", metavar="CODE", help="people become clients of this workspace")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument(
            "--update", action="store_true", help="change records whose number came with other content"
        )
        parser.add_argument(
            "--historic", action="store_true", help="record broken date orders and full quotas as exceptions"
        )
        parser.add_argument(
            "--report", type=Path, metavar="OUT.xlsx", help="write the file back with the bad cells marked"
        )

    def handle(self, *, file: Path, workspace, dry_run, update, historic, report, **options):
        try:
            outcome = import_workbook(
                file,
                workspace=self._workspace(workspace),
                dry_run=dry_run,
                update=update,
                historic=historic,
                progress=self._progress,
            )
        except FileRefused as error:
            raise CommandError(str(error)) from error
        except ProgrammingError as error:
            if getattr(error.__cause__, "sqlstate", "") != UNDEFINED_TABLE:
                raise
            raise CommandError(_("The database is not prepared: run `manage.py prepare` first.")) from error
        self._tell(outcome)
        if report:
            self._write_report(file, outcome, report)
        if outcome.refused:
            raise CommandError(
                _("Nothing was written: %d errors. Correct the cells above and import the file again.")
                % len(outcome.problems.errors)
            )
        if dry_run:
            self.stderr.write(_("Dry run: nothing was written."))
        self.stdout.write(f"{outcome.new} new, {outcome.changed} changed, {outcome.unchanged} unchanged")

    def _workspace(self, name: str | None) -> Workspace | None:
        if name is None:
            return None
        found = code_sets()["workspace"].find(name)
        if found is None:
            raise CommandError(_("There is no workspace “%s”. Give its code, such as 52110-c1.") % name)
        return Workspace.objects.get(pk=found)

    def _progress(self, stage: str, done: int, total: int) -> None:
        words = {"read": _("Read %(done)d of %(total)d rows"), "write": _("Written %(done)d of %(total)d rows")}
        line = words[stage] % {"done": done, "total": total}
        if self.stderr.isatty():
            self.stderr.write(f"\r{line}", ending="\n" if done == total else "")
        else:
            self.stderr.write(line)

    def _tell(self, outcome: Outcome) -> None:
        for problem in outcome.problems:
            word = _("Warning") if problem.warning else _("Error")
            self.stderr.write(f"{word}: {problem}")

    def _write_report(self, file: Path, outcome: Outcome, report: Path) -> None:
        from workbook.marking import write_marked  # brings a library that most imports do without

        try:
            write_marked(file, outcome.problems, report)
        except OSError as error:
            raise CommandError(
                _("The report %(file)s cannot be written: %(why)s.") % {"file": report, "why": error.strerror}
            ) from error
        self.stderr.write(_("The marked file is %s.") % report)
