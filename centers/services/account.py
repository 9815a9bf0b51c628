import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import PasswordBy, User
from audit.models import Action
from audit.services import record

# Without letters and figures that are taken for one another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LENGTH = 4, 4


@transaction.atomic
def open_account(*, actor: User | None, username: str, name: str, language: str) -> tuple[User, str]:
    """An account for a member of staff, without any role. Gives it with its first password.

    The password is kept nowhere but hashed: it is told once, and opens nothing until the person has changed it.
    ``actor=None`` is the installation itself. Raises ValidationError where the name for signing in is taken or cannot
    be one.
    """
    user = User(username=username, name=name, language=language)
    password = _give_first_password(user)
    user.full_clean()
    user.save()
    record(Action.ACCOUNT_OPENED, actor=actor, target=user)
    return user, password


@transaction.atomic
def give_password(*, actor: User, account_id: int) -> tuple[User, str]:
    """A first password anew for somebody who forgot theirs; the one of before stops, and with it what is signed in.

    Raises ValidationError for oneself: who knows the own password changes it, and who does not asks another
    administrator.
    """
    if actor.pk == account_id:
        raise ValidationError(_("Nobody gives a first password to themselves."), code="self")
    user = User.objects.select_for_update(no_key=True).get(pk=account_id, is_active=True)
    password = _give_first_password(user)
    user.save(update_fields=["password", "password_by"])
    record(Action.PASSWORD_GIVEN, actor=actor, target=user)
    return user, password


def _give_first_password(user: User) -> str:
    password = "-".join("".join(secrets.choice(ALPHABET) for _each in range(LENGTH)) for _group in range(GROUPS))
    user.set_password(password)
    user.password_by = PasswordBy.GIVEN
    return password
