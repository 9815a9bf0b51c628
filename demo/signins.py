"""What the demo adds to the reference data: somebody to sign in as, and one made-up circumstance."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import PasswordBy, User
from centers.models import Membership, Role, Workspace
from centers.scope import WHOLE_PROVINCE, acting_for
from centers.services import grant_role
from workbook.models.imported import ImportedFile

PASSWORD = "jeonbuk-demo-2025"  # noqa: S105  (the demo tells it to everyone; it runs on one's own machine only)


@dataclass(frozen=True)
class SignIn:
    username: str
    name: str
    role: Role
    workspace: str
    official: bool


SIGN_INS = [
    SignIn("province", "도 담당", Role.PROVINCE_STAFF, "52-office", True),
    SignIn("counsellor", "상담원", Role.COUNSELLOR, "52110-c1", False),
    SignIn("manager", "센터장", Role.MANAGER, "52110-c1", False),
    # Somebody with two workspaces, so that the way from one to the other can be seen.
    SignIn("manager", "센터장", Role.MANAGER, "52130-c1", False),
    SignIn("city", "시 담당", Role.CITY_OFFICER, "52140-office", True),
    SignIn("shelter", "쉼터 담당", Role.SHELTER_OPERATOR, "52110-s1", False),
    SignIn("university", "대학 담당", Role.UNIVERSITY_COORDINATOR, "jbnu", False),
    SignIn("privacy", "개인정보 담당", Role.PRIVACY_OFFICER, "52-office", True),
    SignIn("admin", "시스템 관리자", Role.SYSTEM_ADMIN, "52-office", True),
]

# Thirteen of fourteen centres ran in 2025, and which one did not is not published. The demo picks one.
NOT_RUNNING = "52740-c1"
ILLUSTRATIVE = _("Illustration of the demo: not published which centre was not running.")


def has_records() -> bool:
    """Whether a workbook has come in before: then nothing is imported again and what was typed stays."""
    with acting_for(WHOLE_PROVINCE, reason="demo"):
        return ImportedFile.objects.exists()


@transaction.atomic
def make_sign_ins() -> None:
    """One person for each role, with a password that is told. What exists is left as it is."""
    for entry in SIGN_INS:
        user = User.objects.filter(username=entry.username).first()
        if user is None:
            user = User.objects.create_user(
                entry.username, password=PASSWORD, name=entry.name, password_by=PasswordBy.PUBLISHED
            )
        workspace = Workspace.objects.get(code=entry.workspace)
        if not Membership.objects.filter(user=user, workspace=workspace, role=entry.role).exists():
            grant_role(user=user, workspace=workspace, role=entry.role, actor=None, official=entry.official)


def take_one_centre_out() -> None:
    """Thirteen centres running, as the published results say."""
    Workspace.objects.filter(code=NOT_RUNNING).update(counts_from=None, source=str(ILLUSTRATIVE))
