"""The lists of this app."""

from collections.abc import Callable
from datetime import date
from functools import partial

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from cases.listings.people import client_column, day_column, number_column
from centers.listing import (
    CodeField,
    Column,
    FilterForm,
    Listing,
    MonthField,
    Order,
    SwitchField,
    WorkspaceField,
    empty_last,
    register,
    sortable,
)
from centers.listing.columns import field, named
from centers.listing.filters import Codes, Named, YearField, in_month, in_year
from centers.models import Municipality
from visas.access import read_files
from visas.known import as_known, end_of, pks
from visas.lanes import ON_BOARD, in_lane
from visas.lapse import runs_out
from visas.models import (
    CaseStep,
    Duty,
    ObligationCheck,
    PoolProgramme,
    QuotaPool,
    QuotaShare,
    VisaCase,
    VisaProgramme,
    Voucher,
)
from visas.obligations import (
    CHECK_BADGES,
    CHECK_STATES,
    DUE,
    FINDING_STATES,
    finding_shown,
    in_check_state,
    in_finding_state,
    state_of_check,
)
from visas.quotas import PLACES, held, on_basis, with_home, with_share
from visas.share import Beside
from visas.stages import (
    CASE_STATES,
    INNER,
    VOUCHER_STATES,
    WAITS,
    in_stage,
    in_state,
    is_waiting,
    stage_of,
    state_of,
)

BADGES = {
    "granted": "badge--good", "settled": "badge--good", "paid": "badge--good", "recommended": "badge--note",
    "submitted": "badge--note", "received": "badge--wait", "applied": "badge--wait", "asked": "badge--wait",
    "answered": "badge--wait", "checked": "badge--note", "reviewed": "badge--note", "completed": "badge--good",
}  # fmt: skip


def words_of(beside: Beside, viewer: User) -> str:
    """Beside which case others were recommended, by its number; no number where the reader may not know of it."""
    refs = VisaCase.objects.visible_to(viewer).filter(pk=beside.case).values_list("ref", flat=True)
    told = {"number": next((ref or beside.case for ref in refs), "–"), "day": beside.day.isoformat()}
    if beside.unsaid:
        return _("Number %(number)s, up to %(day)s: without a nationality") % told
    return _("Number %(number)s, up to %(day)s") % told


class VisaCaseFilterForm(FilterForm):
    permission = "view_visa_cases"

    workspace = WorkspaceField(label=_("Workspace"))
    programme = CodeField(Codes(VisaProgramme), label=_("Visa programme"))
    stage = CodeField(choices=(WAITS | CASE_STATES).items(), label=_("Stage"))
    municipality = CodeField(Codes(Municipality), label=_("Municipality"))
    received = MonthField(label=_("Month of reception"))
    recommended = MonthField(label=_("Month of recommendation"))
    year = YearField(label=_("Year of reception"))
    pool = CodeField(Codes(QuotaPool), label=_("Quota"))
    share = CodeField(lambda: QuotaShare.objects.select_related("municipality", "university"), label=_("Share"))
    sharing = CodeField(Codes(QuotaPool), label=_("Programmes of the quota"))
    since = DayField(_("Received from"), required=False)
    until = DayField(_("Received up to and with"), required=False)
    outside = CodeField(
        choices=[("1", _("These alone")), ("too", _("Counted too"))], label=_("Outside of every quota")
    )
    home = CodeField(Codes(Municipality), label=_("Municipality of residence"))
    lane = CodeField(choices=ON_BOARD.items(), label=_("What they wait for"))
    letter = SwitchField(yes=_("Within the days of warning, or run out"), label=_("Letter runs out"))
    place = CodeField(choices=PLACES.items(), label=_("Place held"))
    on = DayField(_("Place held on"), required=False)
    known = DayField(_("As known on"), required=False)
    beside = CodeField(label=_("Recommended beside a case"))
    further = (
        "beside",
        "pool",
        "sharing",
        "share",
        "since",
        "until",
        "outside",
        "home",
        "lane",
        "letter",
        "place",
        "on",
        "known",
    )

    def shape(self) -> None:
        """A case beside which others stand is not chosen of a list: the page of one leads here."""
        beside = Beside.asked(self.data.get("beside") or "")
        if beside is None:
            del self.fields["beside"]
        else:
            self.fields["beside"].rows = lambda: [Named(beside.code, words_of(beside, self.viewer))]
        super().shape()

    def by_beside(self, rows: QuerySet, code: str) -> QuerySet:
        key = "pk__in" if rows.model is VisaCase else "pgh_obj__in"
        return rows.filter(**{key: Beside.asked(code).keys})

    def narrowed(self, rows: QuerySet) -> QuerySet:
        """As it was known on a day, the filters look at what the cases were on record on that day."""
        if "known" not in self.chosen:
            return super().narrowed(rows)
        parts = as_known(VisaCase.objects.visible_to(self.viewer), self.chosen["known"])
        unchanged, before = (pks(super(VisaCaseFilterForm, self).narrowed(part)) for part in parts)
        return rows.filter(Q(pk__in=unchanged) | Q(pk__in=before))

    def by_known(self, rows: QuerySet, _day: date) -> QuerySet:
        return rows

    def by_sharing(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(programme__in=PoolProgramme.objects.filter(pool=code).values("programme"))

    def by_since(self, rows: QuerySet, day: date) -> QuerySet:
        return rows.filter(received_on__gte=day)

    def by_until(self, rows: QuerySet, day: date) -> QuerySet:
        return rows.filter(received_on__lte=day)

    def by_outside(self, rows: QuerySet, which: str) -> QuerySet:
        return rows.filter(pool=None) if which == "1" else rows

    def by_pool(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(pool=code)

    def by_share(self, rows: QuerySet, share: str) -> QuerySet:
        known = end_of(self.chosen["known"]) if "known" in self.chosen else None
        return with_share(rows, known).filter(share=int(share))

    def by_home(self, rows: QuerySet, code: str) -> QuerySet:
        """Where the person lived on the day of the places, which need not be the municipality of the letter."""
        known = end_of(self.chosen["known"]) if "known" in self.chosen else None
        return with_home(rows, self.chosen.get("on") or timezone.localdate(), known).filter(lives_in=code)

    def by_place(self, rows: QuerySet, base: str) -> QuerySet:
        day = self.chosen.get("on") or timezone.localdate()
        outside = {"1": True, "too": None}.get(self.chosen.get("outside", ""), False)
        return on_basis(rows, base, day, outside=outside)

    def by_on(self, rows: QuerySet, day: date) -> QuerySet:
        """With a basis it is the day of that; alone, those who held a place then."""
        return rows if "place" in self.chosen else held(rows, day)

    def by_programme(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(programme=code)

    def by_stage(self, rows: QuerySet, stage: str) -> QuerySet:
        return rows.filter(is_waiting() if stage in WAITS else in_state(stage))

    def by_lane(self, rows: QuerySet, lane: str) -> QuerySet:
        return in_lane(rows, lane)

    def by_letter(self, rows: QuerySet, yes: str) -> QuerySet:
        return rows.filter(runs_out(timezone.localdate()))

    def by_municipality(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(municipality=code)

    def by_received(self, rows: QuerySet, month: date) -> QuerySet:
        return rows.filter(in_month("received_on", month))

    def by_recommended(self, rows: QuerySet, month: date) -> QuerySet:
        return rows.filter(in_month("recommended_on", month))

    def by_year(self, rows: QuerySet, year: int) -> QuerySet:
        return rows.filter(in_year("received_on", year))


class VoucherFilterForm(FilterForm):
    permission = "view_vouchers"

    workspace = WorkspaceField(label=_("Workspace"))
    state = CodeField(choices=VOUCHER_STATES.items(), label=_("State"))
    municipality = CodeField(Codes(Municipality), label=_("Municipality"))
    year = YearField(label=_("Year"))

    def by_state(self, rows: QuerySet, state: str) -> QuerySet:
        return rows.filter(in_stage(state, VOUCHER_STATES))

    def by_municipality(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(municipality=code)

    def by_year(self, rows: QuerySet, year: int) -> QuerySet:
        """Paid vouchers belong to the year in which they were paid, all others to that of the application."""
        if self.chosen.get("state") == "paid":
            return rows.filter(in_year("paid_on", year))
        return rows.filter(in_year("applied_on", year))


class CheckFilterForm(FilterForm):
    permission = "view_visa_cases"

    workspace = WorkspaceField(label=_("Workspace"))
    state = CodeField(choices=(DUE | CHECK_STATES).items(), label=_("State"))
    duty = CodeField(choices=Duty.choices, label=_("Duty"))
    programme = CodeField(Codes(VisaProgramme), label=_("Visa programme"))
    due = MonthField(label=_("Due in the month"))
    finding = CodeField(choices=FINDING_STATES.items(), label=_("Finding"))

    def narrowed(self, rows: QuerySet) -> QuerySet:
        """Without those that were withdrawn, unless they are asked for."""
        rows = super().narrowed(rows)
        asked = "withdrawn" in (self.chosen.get("state"), self.chosen.get("finding"))
        return rows if asked else rows.filter(withdrawn_on=None)

    def by_finding(self, rows: QuerySet, state: str) -> QuerySet:
        return in_finding_state(rows, state)

    def by_state(self, rows: QuerySet, state: str) -> QuerySet:
        return in_check_state(rows, state)

    def by_duty(self, rows: QuerySet, kind: str) -> QuerySet:
        return rows.filter(obligation__rule__kind=kind)

    def by_programme(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(case__programme=code)

    def by_due(self, rows: QuerySet, month: date) -> QuerySet:
        return rows.filter(in_month("due_on", month))


def _checks(viewer: User) -> QuerySet:
    """All of duties that run; ``CheckFilterForm`` leaves out what was withdrawn, where it is not asked for."""
    rows = ObligationCheck.objects.visible_to(viewer).filter(obligation__ended_on=None)
    return rows.select_related("obligation__rule", "case", "finding").prefetch_related("finding__closings")


def _finding(row: ObligationCheck, viewer: User) -> str:
    """Where the finding of a check stands, in words; empty where it has none."""
    shown = finding_shown(row)
    return str(shown.state) if shown else ""


def _finding_shown(row: ObligationCheck, viewer: User) -> str:
    shown = finding_shown(row)
    badge = shown.badge and f"badge--{shown.badge}" if shown else ""
    return format_html('<span class="badge {}">{}</span>', badge, shown.state) if shown else ""


def _check_state(row: ObligationCheck, viewer: User) -> str:
    return str(CHECK_STATES[state_of_check(row)])


def _check_shown(row: ObligationCheck, viewer: User) -> str:
    state = state_of_check(row)
    return format_html('<span class="badge {}">{}</span>', CHECK_BADGES.get(state, ""), CHECK_STATES[state])


def _cases(viewer: User) -> QuerySet:
    rows = with_last_step(VisaCase.objects.visible_to(viewer), viewer)
    return sortable(rows, "recommended_on", "letter_valid_until")


def with_last_step(cases: QuerySet, viewer: User) -> QuerySet:
    """With the day since when a case that waits does so: that of its last step (``waits_since``)."""
    inner = CaseStep.objects.visible_to(viewer).standing().filter(case=OuterRef("pk"), kind__in=INNER).order_by("-pk")
    last = Coalesce("submitted_on", "recommended_on", Subquery(inner.values("happened_on")[:1]), "received_on")
    return cases.annotate(waits_since=last)


def _vouchers(viewer: User) -> QuerySet:
    return sortable(Voucher.objects.visible_to(viewer), "paid_on")


def stage_column(key: str, label: str, names: dict[str, str], of: Callable[[Model], str]) -> Column:
    """Where a row stands, as ``of`` reads it from the row."""

    def value(row, viewer: User) -> str:
        return str(names[of(row)])

    def shown(row, viewer: User) -> str:
        return format_html('<span class="badge {}">{}</span>', BADGES.get(of(row), ""), names[of(row)])

    return Column(key, label, value=value, shown=shown, code=of, main=True)


CASES = register(
    Listing(
        code="visa-cases",
        route="visas:cases",
        title=_("Visa cases"),
        caption=_("Visa cases you may read"),
        permission="view_visa_cases",
        rows=_cases,
        beside=read_files,
        columns=(
            day_column("received_on", _("Received on"), order="received"),
            client_column(),
            named("programme", _("Visa programme"), css="", main=True),
            stage_column("stage", _("Stage"), CASE_STATES, state_of),
            named("municipality", _("Municipality"), css=""),
            field("recommended_on", _("Recommended on"), order="recommended"),
            field("letter_number", _("Letter number")),
            field("letter_valid_until", _("Letter valid until"), order="letter"),
            field("granted_on", _("Granted on"), in_file=True),
            field("settled_on", _("Settled on"), in_file=True),
            named("workspace", _("Workspace"), css=""),
            number_column(),
        ),
        orders=(
            Order("received", ("received_on", "id")),
            empty_last("recommended", "recommended_on"),
            empty_last("letter", "letter_valid_until", descending=False),
            Order("waiting", ("waits_since", "id"), descending=False),
        ),
        form=VisaCaseFilterForm,
        nothing=_("There are no visa cases here yet. A case appears here when it is received."),
    )
)
VOUCHERS = register(
    Listing(
        code="vouchers",
        route="visas:vouchers",
        title=_("Upgrade vouchers"),
        caption=_("Upgrade vouchers you may read"),
        permission="view_vouchers",
        rows=_vouchers,
        beside=read_files,
        columns=(
            day_column("applied_on", _("Applied on"), order="applied"),
            client_column(),
            stage_column("state", _("State"), VOUCHER_STATES, partial(stage_of, stages=VOUCHER_STATES)),
            Column(
                "amount_won",
                _("Amount (won)"),
                value=lambda row, viewer: row.amount_won,
                shown=lambda row, viewer: f"{row.amount_won:,}",
                css="table__number",
            ),
            named("municipality", _("Municipality")),
            field("status_changed_on", _("Status changed on")),
            field("paid_on", _("Paid on"), order="paid"),
            named("workspace", _("Workspace")),
            number_column(),
        ),
        orders=(
            Order("applied", ("applied_on", "id")),
            empty_last("paid", "paid_on"),
        ),
        form=VoucherFilterForm,
        nothing=_("There are no vouchers here yet. A voucher appears here when it is applied for."),
    )
)
CHECKS = register(
    Listing(
        code="checks",
        route="visas:checks",
        title=_("Checks of duties"),
        caption=_("Checks of duties you may read"),
        permission="view_visa_cases",
        rows=_checks,
        beside=read_files,
        columns=(
            day_column("due_on", _("To be checked on"), order="due"),
            client_column(),
            Column("duty", _("Duty"), value=lambda row, viewer: row.obligation.rule.get_kind_display(), main=True),
            Column("programme", _("Visa programme"), value=lambda row, viewer: str(row.case.programme)),
            Column("state", _("State"), value=_check_state, shown=_check_shown, main=True),
            Column("finding", _("Finding"), value=_finding, shown=_finding_shown),
            field("done_on", _("Checked on")),
            field("document", _("Document number")),
            named("workspace", _("Workspace")),
        ),
        orders=(Order("due", ("due_on", "id"), descending=False),),
        form=CheckFilterForm,
        template="visas/check_list.html",
        nothing=_("No check is due yet. Checks come up here by themselves once a permit is recorded."),
    )
)
