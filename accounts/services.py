from django.db import transaction

from accounts.models import User


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """Keep the language in which this person is spoken to, in pages and in mail."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def choose_keys(*, user: User, search: str, new: str, start: str) -> None:
    """Keep which keys search, open a new session and start a deadline. Raises IntegrityError where one does two."""
    user.key_search, user.key_new, user.key_start = search, new, start
    user.save(update_fields=["key_search", "key_new", "key_start"])


@transaction.atomic
def choose_shortcuts(*, user: User, on: bool) -> None:
    """Keep whether single keys are shortcuts for this person."""
    user.shortcuts = on
    user.save(update_fields=["shortcuts"])
