from django.core.management import BaseCommand

from accounts.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compile the message catalogues in locale/."
    requires_system_checks = ()

    def handle(self, *args, **options):
        self.stderr.write(f"{compile_catalogues()} catalogues compiled.")
