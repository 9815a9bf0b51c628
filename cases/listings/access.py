"""The access log (접속기록): who looked at whom, one's own requests for everybody, and those one reviews.

It names files by their numbers and nobody by a name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from audit import words
from audit.models import REVIEW, AccessEntry
from audit.selectors import LOOKED_AT
from cases.numbers import files_numbered, numbers_of_files
from centers.holders import lines, places_of, role_in_words, roles_of, roles_on
from centers.listing import CodeField, Column, Listing, Order, register
from centers.listing.columns import moment_column
from centers.listing.log import LogFilterForm
from centers.models import Membership, Workspace
from centers.selectors import scope_of

FILES_SHOWN = 3
SEEN = {"GET", "HEAD", ""}  # what sends nothing in; a worker that reads for a file has no method


class AccessFilterForm(LogFilterForm):
    page = CodeField(
        choices=[(kind, name) for kind, (name, _routes) in words.KINDS.items()],
        none=gettext_lazy("All pages"),
        label=gettext_lazy("Page"),
    )
    what = CodeField(
        choices=[(what, name) for what, (name, _rows) in LOOKED_AT.items()],
        none=gettext_lazy("Everything"),
        label=gettext_lazy("Only"),
    )
    file = forms.CharField(
        label=gettext_lazy("File number"),
        required=False,
        validators=[MaxLengthValidator(90)],
        widget=forms.TextInput(attrs={"placeholder": "52110-c1 · 2025-123", "autocomplete": "off"}),
        help_text=gettext_lazy("As it stands on the page of the file, with or without the workspace."),
    )

    def by_user(self, rows: QuerySet, user: str) -> QuerySet:
        return rows.filter(user=int(user))

    def by_workspace(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.of_workspace(self.place(code))

    def by_page(self, rows: QuerySet, kind: str) -> QuerySet:
        return rows.filter(route__in=words.pages_of(kind))

    def by_what(self, rows: QuerySet, what: str) -> QuerySet:
        return rows.filter(LOOKED_AT[what][1])

    def by_file(self, rows: QuerySet, number: str) -> QuerySet:
        return rows.of_files(files_numbered(number))


def _rows(viewer: User) -> QuerySet[AccessEntry]:
    return AccessEntry.objects.visible_to(viewer, scope_of(viewer)).select_related("user")


@dataclass(frozen=True)
class Told:
    """What a request says beyond its row: ``files`` are the numbers the reader may know, ``others`` how many more."""

    roles: list[Membership]
    place: Workspace | None
    page: str
    wrote: bool
    answer: str
    files: list[str]
    others: int


def tell(entries: Iterable[AccessEntry], viewer: User) -> None:
    """Give requests their words (``told``)."""
    entries, scope = list(entries), scope_of(viewer)
    held = roles_of(entry.user_id for entry in entries)
    places = places_of(pk for entry in entries for pk in (entry.workspace_id, *entry.workspaces))
    whose = {entry.pk: _open_files(entry, viewer, scope) for entry in entries}
    numbers = numbers_of_files({file for pairs in whose.values() for file, _place in pairs})
    for entry in entries:
        files = [f"{places[at].code} · {numbers[file]}" for file, at in whose[entry.pk] if file in numbers]
        entry.told = Told(
            roles=roles_on(held[entry.user_id], timezone.localdate(entry.at), entry.workspace_id),
            place=places.get(entry.workspace_id),
            page=words.page(entry.route),
            wrote=entry.method not in SEEN,
            answer=words.answer(entry.status),
            files=files,
            others=len(entry.files) - len(files),
        )


def _open_files(entry: AccessEntry, viewer: User, scope) -> list[tuple[int, int]]:
    """The files of the request, each with its workspace, of which the reader may know."""
    pairs = zip(entry.files, entry.workspaces, strict=False)
    return [(file, at) for file, at in pairs if entry.user_id == viewer.pk or scope.allows(REVIEW, at)]


def _who(entry: AccessEntry, viewer: User) -> str:
    return " · ".join((str(entry.user), *_standing(entry)))


def _who_shown(entry: AccessEntry, viewer: User) -> str:
    return format_html("{}{}", entry.user, lines(_standing(entry), "muted"))


def _standing(entry: AccessEntry) -> list[str]:
    """In which roles, or at least where, the person asked."""
    told = entry.told
    return [role_in_words(role) for role in told.roles] or ([str(told.place)] if told.place else [])


def _what(entry: AccessEntry, viewer: User) -> str:
    told = entry.told
    marks = [_("Sent in")] if told.wrote else []
    marks += [f"{told.answer} ({entry.status})"] if told.answer else []
    return " · ".join((told.page, *marks))


def _what_shown(entry: AccessEntry, viewer: User) -> str:
    told = entry.told
    marks = [("note", _("Sent in"))] if told.wrote else []
    marks += [("wait", f"{told.answer} ({entry.status})")] if told.answer else []
    badges = format_html_join("", ' <span class="badge badge--{}">{}</span>', marks)
    return format_html("{}{}", told.page, badges)


def _whose(entry: AccessEntry, viewer: User) -> str:
    return ", ".join((*entry.told.files, *_of_others(entry)))


def _whose_shown(entry: AccessEntry, viewer: User) -> str:
    told = entry.told
    more = told.files[FILES_SHOWN:]
    parts = [_linked(told.files[:FILES_SHOWN])] if told.files else []
    if more:
        summary = ngettext("%(number)s more", "%(number)s more", len(more)) % {"number": len(more)}
        parts.append(format_html("<details><summary>{}</summary>{}</details>", summary, _linked(more)))
    parts += [format_html('<span class="muted">{}</span>', text) for text in _of_others(entry)]
    return format_html_join(" ", "{}", ((part,) for part in parts)) or "–"


def _of_others(entry: AccessEntry) -> list[str]:
    number = entry.told.others
    text = ngettext("%(number)s of another workspace", "%(number)s of other workspaces", number)
    return [text % {"number": number}] if number else []


def _linked(numbers: list[str]) -> SafeString:
    """Each number leads to all the requests that showed the file."""
    ways = (("?" + urlencode({"file": number}), number) for number in numbers)
    return format_html_join(", ", '<a class="table__short" href="{}">{}</a>', ways)


ACCESSES = register(
    Listing(
        code="accesses",
        route="audit:access",
        title=gettext_lazy("Access log"),
        caption=gettext_lazy("Requests you may read"),
        permission="",
        rows=_rows,
        beside=tell,
        columns=(
            moment_column("at", gettext_lazy("When"), order="at"),
            Column("user", gettext_lazy("Member of staff"), value=_who, shown=_who_shown, css="table__wide"),
            Column("what", gettext_lazy("What"), value=_what, shown=_what_shown, css="table__wide"),
            Column("files", gettext_lazy("Whose files"), value=_whose, shown=_whose_shown, css="table__wide"),
            Column(
                "address",
                gettext_lazy("From where"),
                value=lambda row, viewer: row.address,
                shown=lambda row, viewer: row.address or "–",
            ),
            Column(
                "purpose",
                gettext_lazy("Reason"),
                value=lambda row, viewer: row.purpose,
                shown=lambda row, viewer: row.purpose or "–",
                css="",
            ),
        ),
        orders=(Order("at", ("at", "id")),),
        form=AccessFilterForm,
        template="audit/access_list.html",
        nothing=gettext_lazy("There are no requests here yet."),
    )
)
