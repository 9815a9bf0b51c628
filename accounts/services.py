from django.db import transaction

from accounts.models import User


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """Keep the language in which this person is spoken to, in pages and in mail."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def choose_keys(*, user: User, search: str, new: str) -> None:
    """Keep which keys search and open a new session. Raises IntegrityError where one key is to do both."""
    user.key_search, user.key_new = search, new
    user.save(update_fields=["key_search", "key_new"])


@transaction.atomic
def choose_shortcuts(*, user: User, on: bool) -> None:
    """Keep whether single keys are shortcuts for this person."""
    user.shortcuts = on
    user.save(update_fields=["shortcuts"])
