import secrets

from django.db import transaction

from accounts.models import User
from audit.models import Action
from audit.services import record

# Without letters and figures that are taken for one another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LENGTH = 4, 4


@transaction.atomic
def open_account(*, actor: User, username: str, name: str, language: str) -> tuple[User, str]:
    """An account for a member of staff, without any role. Gives it with its first password.

    The password is kept nowhere but hashed: it is told once, and the person changes it and sets up the second
    factor themselves. Raises ValidationError where the name for signing in is taken or cannot be one.
    """
    password = "-".join("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS))
    user = User(username=username, name=name, language=language)
    user.set_password(password)
    user.full_clean()
    user.save()
    record(Action.ACCOUNT_OPENED, actor=actor, target=user)
    return user, password
