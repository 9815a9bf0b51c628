"""What two files of one person say of them, side by side, and which of two values goes on after a merge."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.likely import Known
from cases.models import Client, IdentifierKind, NameKind
from cases.secrecy import decrypt, masked
from cases.selectors import StatusShown, identifiers_shown, status_shown
from centers.models.codes import name_of


def side_by_side(first: Client, second: Client, viewer: User) -> list[tuple[str, str, str, bool]]:
    """Label, both values, and whether they agree; nothing that neither has."""
    found = []
    for label, read in FACTS:
        one, other = read(first, viewer), read(second, viewer)
        if one or other:
            found.append((label, one, other, bool(one) and (one == other or _alike(label, first, second))))
    return found


def _alike(label: str, first: Client, second: Client) -> bool:
    return label in ALIKE and ALIKE[label](first, second)


def _share_a_telephone(first: Client, second: Client) -> bool:
    """Whether a number of the one is one of the other, by what tells it where likely pairs are looked for."""
    one, other = ({record.phone for record in Known.of_file(file).records()} - {""} for file in (first, second))
    return not one.isdisjoint(other)


def _named(kind: str) -> Callable[[Client, User], str]:
    return lambda client, viewer: ", ".join(name.text for name in _in_order(client.names.all()) if name.kind == kind)


def _in_order(rows) -> list:
    return sorted(rows, key=lambda row: row.pk)


def _coded(field: str) -> Callable[[Client, User], str]:
    return lambda client, viewer: name_of(client, field) or ""


def _numbers(client: Client, viewer: User) -> str:
    return ", ".join(f"{one.kind} {one.number}" for one in identifiers_shown(client, viewer))


def _status(client: Client, viewer: User) -> StatusShown:
    return status_shown(client.status, client.status_expires_on, viewer)


def _expiry(client: Client, viewer: User) -> str:
    shown = _status(client, viewer)
    return _("To be checked") if shown.check else _day(shown.expires_on)


def _day(day) -> str:
    return day.isoformat() if day else ""


TELEPHONE = gettext_lazy("Telephone")
# Where two values agree that are not written alike.
ALIKE = {TELEPHONE: _share_a_telephone}
FACTS = (
    (NameKind.ROMAN.label, _named(NameKind.ROMAN)),
    (NameKind.KOREAN.label, _named(NameKind.KOREAN)),
    (NameKind.NATIVE.label, _named(NameKind.NATIVE)),
    (gettext_lazy("Nationality"), _coded("nationality")),
    (gettext_lazy("Birth date"), lambda client, viewer: _day(client.birth_date)),
    (gettext_lazy("Sex"), _coded("sex")),
    (
        TELEPHONE,
        lambda client, viewer: ", ".join(row.value for row in _in_order(client.contacts.all())),
    ),
    (gettext_lazy("Numbers of the state"), lambda client, viewer: _numbers(client, viewer)),
    (gettext_lazy("Language"), _coded("language")),
    (gettext_lazy("Municipality"), _coded("municipality")),
    (gettext_lazy("Status of residence"), lambda client, viewer: _status(client, viewer).name),
    (gettext_lazy("Status expires on"), lambda client, viewer: _expiry(client, viewer)),
    (gettext_lazy("Recorded on"), lambda client, viewer: _day(client.recorded_on)),
)


@dataclass(frozen=True)
class Choice:
    """A field of which both files know something else: one value goes on."""

    name: str
    label: str
    first: str
    second: str


def choices_of(first: Client, second: Client, viewer: User) -> list[Choice]:
    """The fields in which two files differ and which hold one value, as far as this viewer may tell them apart."""
    found = []
    for name, label, read in CHOSEN:
        one, other = read(first, viewer), read(second, viewer)
        if one and other and one != other and not (name == "status_id" and _fills_its_day(first, second)):
            found.append(Choice(name, str(label), one, other))
    return found


def _fills_its_day(first: Client, second: Client) -> bool:
    """Of one status, and one of the two has no day: a merge fills it in."""
    days = {first.status_expires_on, second.status_expires_on}
    return first.status_id == second.status_id and None in days


def _whole_status(client: Client, viewer: User) -> str:
    day = _expiry(client, viewer)
    return " · ".join(filter(None, (_status(client, viewer).name, day))) if client.status else ""


def _in_use(kind: str) -> Callable[[Client, User], str]:
    """The number of a kind. Where both masks read alike the numbers are alike too far to be chosen between."""

    def read(client: Client, viewer: User) -> str:
        rows = [row for row in client.identifiers.all() if row.kind == kind and not row.former]
        return masked(decrypt(row.ciphertext)) if (row := next(iter(rows), None)) else ""

    return read


# The names are those that ``wall.merge_files`` takes.
CHOSEN = (
    ("nationality_id", gettext_lazy("Nationality"), _coded("nationality")),
    ("birth_date", gettext_lazy("Birth date"), lambda client, viewer: _day(client.birth_date)),
    ("sex_id", gettext_lazy("Sex"), _coded("sex")),
    ("language_id", gettext_lazy("Language"), _coded("language")),
    ("municipality_id", gettext_lazy("Municipality"), _coded("municipality")),
    ("status_id", gettext_lazy("Status of residence"), _whole_status),
    (IdentifierKind.REGISTRATION.value, IdentifierKind.REGISTRATION.label, _in_use(IdentifierKind.REGISTRATION)),
    (IdentifierKind.PASSPORT.value, IdentifierKind.PASSPORT.label, _in_use(IdentifierKind.PASSPORT)),
)
