"""Why two records may be one person's, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

FIELDS = {
    "given": gettext_lazy("Given name"),
    "surname": gettext_lazy("Surname"),
    "born": gettext_lazy("Birth date"),
    "sex": gettext_lazy("Sex"),
    "nationality": gettext_lazy("Nationality"),
    "phone": gettext_lazy("Telephone number"),
    "address": gettext_lazy("Home address"),
    "number": gettext_lazy("Registration number"),
    "passport": gettext_lazy("Passport number"),
}
LEVELS = {
    "same": gettext_lazy("%(field)s: the same"),
    "close": gettext_lazy("%(field)s: almost the same"),
    "sound": gettext_lazy("%(field)s: sounds the same"),
    "begun": gettext_lazy("%(field)s: shortened"),
    "swapped": gettext_lazy("%(field)s: day and month changed places"),
    "year": gettext_lazy("%(field)s: the same year"),
    "part": gettext_lazy("%(field)s: partly the same"),
    "other": gettext_lazy("%(field)s: differs"),
    "unlike": gettext_lazy("%(field)s: differs"),
}


MOVED = {
    "mixed": gettext_lazy("Given name and surname changed places"),
    "order": gettext_lazy("Name: the same words in another order or column"),
}


def in_words(why: Iterable[tuple[str, str]]) -> str:
    """What agrees and what does not, one after the other, in the language of the moment."""
    return "; ".join(
        str(MOVED[name]) if name in MOVED else LEVELS[level] % {"field": FIELDS[name]} for name, level in why
    )
