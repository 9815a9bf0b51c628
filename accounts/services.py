from django.db import transaction

from accounts.models import User


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """Keep the language in which this person is spoken to, in pages and in mail."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def switch_shortcuts(*, user: User, on: bool) -> None:
    """Single keys as commands, or none: who dictates or types by a switch presses them by accident (WCAG 2.1.4)."""
    user.shortcuts = on
    user.save(update_fields=["shortcuts"])
