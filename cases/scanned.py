"""The lines of a passport in the fields of a client's file: what they tell goes where it belongs."""

from dataclasses import dataclass

from accounts.unseen import bare
from cases.matching.passport import Passport, passport
from cases.models import IdentifierKind, NameKind
from cases.models.draft import Fields

SEXES = {"M": "male", "F": "female"}


@dataclass(frozen=True)
class Scanned:
    """Fields with what a passport told in them. ``told`` are the names of those that came from it."""

    fields: Fields
    told: tuple[str, ...] = ()
    whole: bool = True


def scanned(fields: Fields) -> Scanned:
    """The fields as they stand, or with a passport's lines out of the names; what was typed beside them stays.

    The number goes where it is kept encrypted, from a draft on. The state that issued the passport is left out: it
    need not be that of the nationality.
    """
    names = {kind: "\n".join(fields.get(kind, [])).splitlines() for kind in NameKind.values}
    lines = [line for typed in names.values() for line in typed if passport(bare(line))]
    found = passport(bare(" ".join(lines))) if lines else None
    if found is None:
        return Scanned(fields)
    left = {kind: [line for line in typed if line not in lines] for kind, typed in names.items()}
    left[NameKind.ROMAN] = [*filter(None, [found.name]), *left[NameKind.ROMAN]]
    changed = {kind: ["\n".join(typed)] for kind, typed in left.items() if typed != names[kind]}
    added = {name: [text] for name, text in _told(found).items() if text and not any(fields.get(name, []))}
    told = (*([NameKind.ROMAN.value] if found.name else []), *added)
    return Scanned({**fields, **changed, **added}, told, found.whole)


def _told(found: Passport) -> dict[str, str]:
    return {
        "birth_date": found.born.isoformat() if found.born else "",
        "sex": SEXES.get(found.sex, ""),
        IdentifierKind.PASSPORT.value: found.number,
    }
