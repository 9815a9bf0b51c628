from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Action
from audit.services import record
from centers.models import Role, Separation


@transaction.atomic
def declare_apart(*, actor: User, one: Role, other: Role, reason: str, source: str = "", code: str = "") -> Separation:
    """Keep two roles apart that one person may hold only when it is said why; ``code`` names a row to rewrite.

    Raises ValidationError where the two stand in the table already, or the row is one that no page changes.
    """
    if code:
        apart = Separation.objects.select_for_update(no_key=True).get(code=code)
        _refuse_strict(apart)
    else:
        apart = Separation(code=_free_code(one, other))
    apart.one, apart.other, apart.withdrawn_on, apart.edited_by = one, other, None, actor
    # In whatever language it was written: nobody has translated it.
    for name, text in {"reason": reason, "source": source}.items():
        for language in ("ko", "en", "vi", "zh_hans"):
            setattr(apart, f"{name}_{language}", text)
    apart.full_clean()
    apart.save()
    record(Action.SEPARATION_CHANGED, actor=actor, code=apart.pk, reason=reason)
    return apart


@transaction.atomic
def withdraw_apart(*, actor: User, code: str, on: date | None = None) -> Separation:
    """From a day on (today) one person may hold the two roles without a word. Raises ValidationError for money."""
    apart = Separation.objects.select_for_update(no_key=True).get(code=code)
    _refuse_strict(apart)
    apart.withdrawn_on, apart.edited_by = on or timezone.localdate(), actor
    apart.save(update_fields=["withdrawn_on", "edited_by"])
    record(Action.SEPARATION_CHANGED, actor=actor, code=apart.pk, withdrawn=apart.withdrawn_on.isoformat())
    return apart


def _refuse_strict(apart: Separation) -> None:
    if apart.refused or not apart.one:
        raise ValidationError(_("What is kept apart for money is not changed here."), code="strict")


def _free_code(one: str, other: str) -> str:
    base = slugify(f"{one}-{other}")
    taken = Separation.objects.filter(code__startswith=base).count()
    return f"{base}-{taken + 1}" if taken else base
