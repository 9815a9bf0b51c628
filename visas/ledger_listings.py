"""The ledger of the quotas as a list: its lines, whose sum a number of places is."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from centers.listing import CodeField, Column, FilterForm, Listing, Order, SwitchField, register
from centers.listing.columns import in_seoul, link
from centers.listing.filters import Codes
from centers.models import Municipality, Workspace, WorkspaceKind
from visas.known import entry_known_by
from visas.models import EntryKind, QuotaLine, QuotaPool, QuotaShare


class LedgerFilterForm(FilterForm):
    """The lines that give the quotas what they hold on a day: today, where none is named."""

    permission = "view_visa_cases"
    day = "entry__effective_on"

    on = DayField(_("As of"), required=False)
    then = SwitchField(yes=_("As it was known on that day"), none=_("All that is known now"), label=_("Known when"))
    kind = CodeField(choices=EntryKind.choices, label=_("Kind"))
    pool = CodeField(Codes(QuotaPool), label=_("Quota"))
    share = CodeField(lambda: QuotaShare.objects.select_related("municipality", "university"), label=_("Share"))
    municipality = CodeField(Codes(Municipality), label=_("Shares of the municipality"))
    university = CodeField(
        lambda: Workspace.objects.filter(kind=WorkspaceKind.UNIVERSITY), label=_("Shares of the university")
    )
    further = ("share", "municipality", "university", "month")

    def clean_on(self) -> date | None:
        day = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("The day lies in the future: choose today or an earlier one."), code="future")
        return day

    @property
    def held_on(self) -> date:
        """The day whose places they are."""
        return self.cleaned_data.get("on") or timezone.localdate()

    @property
    def as_then(self) -> bool:
        return "then" in self.chosen

    def narrowed(self, rows: QuerySet) -> QuerySet:
        known = entry_known_by(self.held_on if self.as_then else None)
        return super().narrowed(rows).filter(known, entry__effective_on__lte=self.held_on)

    def by_on(self, rows: QuerySet, _day: date) -> QuerySet:
        return rows

    def by_then(self, rows: QuerySet, _yes: str) -> QuerySet:
        return rows

    def by_kind(self, rows: QuerySet, kind: str) -> QuerySet:
        return rows.filter(entry__kind=kind)

    def by_pool(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(pool=code)

    def by_share(self, rows: QuerySet, share: str) -> QuerySet:
        return rows.filter(share=int(share))

    def by_municipality(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(share__municipality=code)

    def by_university(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(share__university__code=code)


def _ledger(viewer: User) -> QuerySet:
    """Nobody stands in a ledger: it is read whole by who reads the cases of the province."""
    rows = QuotaLine.objects.exclude(pool=None)
    return rows.select_related(
        "entry__entered_by", "entry__reversed_by", "pool", "share__municipality", "share__university"
    )


def _reversed(row: QuotaLine, viewer: User) -> str:
    return now("Reversed") if hasattr(row.entry, "reversed_by") else ""


def _kind_shown(row: QuotaLine, viewer: User) -> str:
    kind, told = row.entry.get_kind_display(), _reversed(row, viewer)
    return format_html('{} <span class="badge">{}</span>', kind, told) if told else escape(kind)


def _pool_shown(row: QuotaLine, viewer: User) -> str:
    return link(row.pool.get_absolute_url(), str(row.pool))


def _places_shown(row: QuotaLine, viewer: User) -> str:
    told = format_html(' <span class="muted">({})</span>', now("provisional")) if row.provisional else ""
    return format_html("{}{}", f"{row.amount:+,}", told)


def _entered_by(row: QuotaLine, viewer: User) -> str:
    return str(row.entry.entered_by or now("Reference data"))


def _entered_at(row: QuotaLine, viewer: User) -> str:
    return in_seoul(row.entry.entered_at) if row.entry.entered_by_id else ""


LEDGER = register(
    Listing(
        code="quota-lines",
        route="visas:quota_lines",
        title=_("Lines of the ledger"),
        caption=_("Lines of the ledger of the quotas"),
        permission="view_visa_cases",
        everywhere=True,
        rows=_ledger,
        columns=(
            Column(
                "effective_on",
                _("Effective on"),
                value=lambda row, viewer: row.entry.effective_on,
                order="effective",
                main=True,
            ),
            Column(
                "kind",
                _("Kind"),
                value=lambda row, viewer: row.entry.get_kind_display(),
                shown=_kind_shown,
                code=lambda row: row.entry.kind,
                main=True,
            ),
            Column(
                "pool",
                _("Quota"),
                value=lambda row, viewer: str(row.pool),
                shown=_pool_shown,
                code=lambda row: row.pool_id,
                css="table__prose",
                order="pool",
                main=True,
            ),
            Column("share", _("Share"), value=lambda row, viewer: str(row.share or now("rest")), css=""),
            Column(
                "places",
                _("Places"),
                value=lambda row, viewer: row.amount,
                shown=_places_shown,
                css="table__number",
                order="places",
                main=True,
            ),
            Column(
                "provisional",
                _("Provisional"),
                value=lambda row, viewer: now("provisional") if row.provisional else "",
                in_file=True,
            ),
            Column("reversed", _("Reversed"), value=_reversed, in_file=True),
            Column("document", _("Document number"), value=lambda row, viewer: row.entry.document),
            Column("ground", _("Ground"), value=lambda row, viewer: row.entry.source, css="table__prose"),
            Column("entered_by", _("Entered by"), value=_entered_by),
            Column("entered_at", _("Entered at"), value=_entered_at, order="entered"),
        ),
        orders=(
            Order("effective", ("entry__effective_on", "id"), descending=False),
            Order("entered", ("entry__entered_at", "id")),
            Order("pool", ("pool_id", "id"), descending=False),
            Order("places", ("amount", "id")),
        ),
        form=LedgerFilterForm,
        template="visas/quota_lines.html",
        nothing=_("Nothing was entered by this day. The number of places is not known until a grant is entered."),
        exact=True,
    )
)
