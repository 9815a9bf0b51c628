from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from centers.models import Membership, Role, Workspace, WorkspaceKind
from centers.services.account import open_account
from centers.services.membership import grant_role


class Command(BaseCommand):
    help = (
        "Open the account of the first administrator, who grants everybody else's roles. Refuses where there is one."
    )

    def add_arguments(self, parser):
        parser.add_argument("username", help="the name for signing in")
        parser.add_argument("name", help="the name of the person, as colleagues read it")

    def handle(self, *args, username, name, **options):
        if Membership.objects.filter(role=Role.SYSTEM_ADMIN).exists():
            raise CommandError(_("There was an administrator here before: they open the other accounts."))
        office = Workspace.objects.filter(kind=WorkspaceKind.PROVINCE).order_by("code").first()
        if office is None:
            raise CommandError(_("The province office is missing: run `manage.py prepare` first."))
        try:
            with transaction.atomic():
                made, password = open_account(actor=None, username=username, name=name, language="ko")
                grant_role(user=made, workspace=office, role=Role.SYSTEM_ADMIN, actor=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        told = _("%(username)s signs in with the first password %(password)s and chooses their own.")
        self.stdout.write(told % {"username": username, "password": password})
