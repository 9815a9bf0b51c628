"""Likely pairs as a list: two files of one workspace, and why they may be of one person."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.listings.people import names_in_text, names_shown, number_of, read_files, readable_file
from cases.models import Client, DuplicateCandidate, PairState
from centers.listing import CodeField, Column, FilterForm, Listing, Order, WorkspaceField, register
from centers.listing.columns import link, named, plain
from centers.models.codes import name_of


class PairFilterForm(FilterForm):
    """Without a state, the pairs that wait."""

    permission = "work_clients"

    workspace = WorkspaceField(label=_("Workspace"))
    state = CodeField(
        choices=[(PairState.DIFFERENT.value, PairState.DIFFERENT.label)],
        none=PairState.OPEN.label,
        label=_("State"),
    )

    def narrowed(self, rows: QuerySet) -> QuerySet:
        rows = super().narrowed(rows)
        return rows if "state" in self.chosen else self.by_state(rows, PairState.OPEN)

    def by_state(self, rows: QuerySet, state: str) -> QuerySet:
        return rows.filter(state=state)


def pairs_of(user: User) -> QuerySet[DuplicateCandidate]:
    """The pairs of files that both live, in the workspaces whose files the person writes."""
    rows = DuplicateCandidate.objects.visible_to(user)
    return rows.filter(first__merged_into=None, second__merged_into=None)


def _read_both(rows: list[DuplicateCandidate], viewer: User) -> None:
    read_files(((row, key) for row in rows for key in ("first", "second")), viewer)


def _facts(file: Client) -> str:
    facts = (number_of(file), plain(file.birth_date), plain(name_of(file, "nationality")))
    return " · ".join(filter(None, facts))


def _file_column(key: str, label: str) -> Column:
    def value(row: DuplicateCandidate, viewer: User) -> str:
        file = readable_file(row, key)
        return f"{names_in_text(file)} · {_facts(file)}" if file else now("Not open to you")

    def shown(row: DuplicateCandidate, viewer: User) -> str:
        file = readable_file(row, key)
        if file is None:
            return format_html('<span class="muted">{}</span>', value(row, viewer))
        name = link(file.get_absolute_url(), names_shown(file))
        return format_html('{}<div class="muted">{}</div>', name, _facts(file))

    return Column(key, label, value=value, shown=shown, css="table__long")


def _found_on(row: DuplicateCandidate, viewer: User) -> date:
    return timezone.localdate(row.found_at)


def _compare(row: DuplicateCandidate, viewer: User) -> str:
    return now("Compare")


def _compare_shown(row: DuplicateCandidate, viewer: User) -> str:
    files = filter(None, (readable_file(row, "first"), readable_file(row, "second")))
    whose = ", ".join(map(number_of, files))
    way = '<a href="{}">{}<span class="visually-hidden"> {}</span></a>'
    return format_html(way, row.get_absolute_url(), now("Compare"), whose)


PAIRS = register(
    Listing(
        code="pairs",
        route="cases:pairs",
        title=_("Possible duplicates"),
        caption=_("Pairs of files of one workspace that may be of one person"),
        permission="work_clients",
        rows=pairs_of,
        beside=_read_both,
        columns=(
            _file_column("first", _("The older file")),
            _file_column("second", _("The newer file")),
            Column(
                "why",
                _("Why they may be one person"),
                value=lambda row, viewer: row.reasons,
                css="table__wide",
                order="likeness",
            ),
            Column("found", _("Pair found on"), value=_found_on, order="found"),
            named("workspace", _("Workspace")),
            Column("compare", _("Compare"), value=_compare, shown=_compare_shown),
        ),
        orders=(Order("likeness", ("score", "id")), Order("found", ("found_at", "id"))),
        form=PairFilterForm,
        template="cases/pairs.html",
        nothing=_("No pair waits. Files are compared every night, and whenever one is opened or edited."),
        # A guess about two people, most of whom are not the same: in a file it would outlive the decision, and be
        # read as a fact. It is decided here, side by side.
        exported=False,
    )
)
