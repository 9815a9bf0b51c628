from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import IntegrityError, OperationalError, connection
from django.utils.translation import gettext as _

from accounts.catalogues import compile_catalogues
from centers.refusals import sentence
from kpi.services.reference import load_reference_data
from kpi.services.reference_sheets import WrongReference


class Command(BaseCommand):
    help = "Bring an empty or older database to this version and load the reference data. No demo data. Idempotent."
    requires_system_checks = ()

    def handle(self, *args, **options):
        compile_catalogues()
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            raise CommandError(f"The database does not answer at DATABASE_OWNER_URL: {str(error).strip()}") from error
        store_scope_key()
        try:
            done = load_reference_data()
        except (WrongReference, IntegrityError) as error:
            raise CommandError(sentence(error) or str(error)) from error
        forget_answers()
        new = sum(added for added, _changed in done.values())
        changed = sum(changed for _added, changed in done.values())
        told = _("Reference data: %(new)d new, %(changed)d changed.") % {"new": new, "changed": changed}
        self.stderr.write(told)


def store_scope_key() -> None:
    """Keep the key that signs scopes where only the owner of the database reads it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO wall.scope_key (key) VALUES (%s) ON CONFLICT (only_one) DO UPDATE SET key = excluded.key",
            [bytes.fromhex(settings.SCOPE_KEY)],
        )


def forget_answers() -> None:
    """This version may count otherwise: answers that another one kept are worked out again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('kpi_generation')")
