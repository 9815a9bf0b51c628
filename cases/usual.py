"""The order in which somebody looks for a nationality or a language: the usual ones first, then by name."""

import unicodedata
from collections.abc import Callable
from time import monotonic

from django.db.models import Count
from django.utils.translation import get_language

from accounts.models import User
from cases.models import Client, Country, Language
from centers.listing.filters import Codes
from centers.models.municipality import Term
from centers.reader import reader
from centers.selectors import scope_of

USUAL = 8  # codes that stand before the others
MOST = 256  # orders that a process keeps
KEPT_FOR = 600  # seconds: what is usual changes over months
FIELDS = {Country: "nationality", Language: "language"}
OF_NONE = ("mis", "und")  # tags of BCP 47 for what is not in the list, and what is not known: they end it
TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}  # of Vietnamese: no letter of its own
VIETNAMESE = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

_usual: dict[tuple, tuple[float, list[str]]] = {}
_sorted: dict[tuple, tuple[dict[str, str], dict[str, str]]] = {}


class UsualCodes(Codes):
    """The codes of a set in the order of use where the reader works."""

    @property
    def names(self) -> dict[str, str]:
        return in_order_of_use(self.model, super().names)


def in_order_of_use(model: type[Term], names: dict[str, str]) -> dict[str, str]:
    """The names of codes, those first that clients of the reader's workspaces have most often, the others by name.

    Nothing changes for a set that clients have no field of. The same names come back as the same mapping.
    """
    if model not in FIELDS:
        return names
    viewer = reader()
    usual = _usual_of(model, viewer) if viewer else []
    kept_as = (model, tuple(usual), get_language(), id(names))
    of_names, found = _sorted.get(kept_as, (None, {}))
    if of_names is not names:
        first = [code for code in usual if code in names]
        others = sorted(names.keys() - set(first), key=lambda code: (code in OF_NONE, by_name(names[code])))
        found = {code: names[code] for code in (*first, *others)}
        if len(_sorted) >= MOST:
            _sorted.clear()
        _sorted[kept_as] = (names, found)
    return found


def _usual_of(model: type[Term], viewer: User) -> list[str]:
    """The commonest codes of the files that the reader's workspaces keep: they say nothing of anybody."""
    scope = scope_of(viewer)
    everywhere = "view_clients" in scope.everywhere
    kept_as = (model, everywhere, scope.of("view_clients"))
    until, codes = _usual.get(kept_as, (0.0, []))
    if until < monotonic():
        key = FIELDS[model]
        files = Client.objects.visible_to(viewer).filter(merged_into=None, **{f"{key}__isnull": False})
        counted = files.order_by().values_list(key).annotate(number=Count("pk")).order_by("-number", key)
        codes = [code for code, _number in counted[:USUAL]]
        _usual[kept_as] = (monotonic() + KEPT_FOR, codes)
    return codes


def by_name(name: str) -> str | bytes | list[int]:
    """What sorts a name as a reader of the language looks for it.

    Hangul syllables stand in the order of the dictionary by themselves, the common characters of Chinese by their
    sound in GB 2312. Vietnamese has its letters in an order of its own, and tones that do not count.
    """
    language = get_language() or ""
    if language.startswith("zh"):
        return name.encode("gb18030")
    if language == "vi":
        return [_place(letter) for letter in _without(TONES.__contains__, name)]
    return name.casefold() if language == "ko" else _without(unicodedata.combining, name)


def _without(mark: Callable[[str], bool | int], name: str) -> str:
    apart = unicodedata.normalize("NFD", name.casefold())
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not mark(sign)))


def _place(letter: str) -> int:
    found = VIETNAMESE.find(letter)
    return ord(letter) if found < 0 else 128 + found
