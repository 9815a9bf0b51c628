"""Upgrade vouchers: once per person, paid after the application, within the budget."""

from calendar import monthrange
from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _

from visas.models import Voucher, VoucherBudget
from visas.models.voucher import LIVE
from workbook.batch import CHANGED, Row
from workbook.rules import Check
from workbook.rules.person import warn_of_expiry
from workbook.sheets import VOUCHERS

VOUCHER_WON = 300_000  # the plan's voucher; what an empty cell means by the agreed format


def check(check: Check) -> None:
    for row in check.batch.looked_at(VOUCHERS):
        _check_row(check, row)
        if row.has("applied_on"):
            _check_application(check, row)
    _check_paid_stay(check)
    _check_once(check)
    _check_budget(check)


def is_live(row: Row) -> bool:
    """Not ended, as far as the cells say: one that cannot be read may end the voucher."""
    return not any(row[column] or column in row.unread for column in ("ineligible_on", "cancelled_on"))


def _check_row(check: Check, row: Row) -> None:
    for column in ("ineligible_on", "cancelled_on"):
        if row["paid_on"] and row[column]:
            check.batch.error(row, column, _("A paid voucher is neither ineligible nor cancelled."))


def _check_application(check: Check, row: Row) -> None:
    batch, applied = check.batch, row["applied_on"]
    before = _("This day lies before the application (%s): correct one of the two days.") % applied
    for column in ("ineligible_on", "cancelled_on"):
        if row[column] and row[column] < applied and not row["paid_on"]:
            batch.warn(row, column, before)
    if row["paid_on"] and row["paid_on"] < applied:
        batch.error(row, "paid_on", before)
    if row["status_changed_on"] and row["status_changed_on"] > applied:
        batch.warn(
            row,
            "status_changed_on",
            _("The status was changed after the application (%s): check both days.") % applied,
        )
    warn_of_expiry(check, row, applied)
    if row["municipality"]:
        _warn_of_rules(check, row)


def _warn_of_rules(check: Check, row: Row) -> None:
    """What the municipality's own rule and budget of the year say (published notices; data, not code)."""
    key = row["municipality"], row["applied_on"].year
    if key not in check.known.budgets:
        check.batch.warn(
            row,
            "municipality",
            _("No voucher budget of the municipality is entered for %d, so nothing limits its payments.") % key[1],
        )
    months = check.known.voucher_months.get(key)
    changed = row["status_changed_on"]
    if months and changed and _months_after(changed, months) > row["applied_on"]:
        check.batch.warn(
            row,
            "applied_on",
            _("The municipality asks for %d months there after the change of status: check both days.") % months,
        )


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _check_paid_stay(check: Check) -> None:
    """What was paid is corrected by reversal, never by another row of a file."""
    changed = {row.record_id: row for row in check.batch.looked_at(VOUCHERS) if row.state == CHANGED}
    for voucher in Voucher.objects.filter(pk__in=changed).exclude(paid_on=None):
        check.batch.error(changed[voucher.pk], "paid_on", _("The voucher is paid: correct it by reversal."))


def _check_once(check: Check) -> None:
    rows = [row for row in check.batch.looked_at(VOUCHERS) if is_live(row) and row.person]
    persons = {row.person for row in rows if row.person and row.person > 0}
    replaced = {row.record_id for row in check.batch.rows[VOUCHERS] if row.record_id and row.counts}
    held = dict.fromkeys(
        Voucher.objects.filter(LIVE, person_id__in=persons)
        .exclude(pk__in=replaced)
        .values_list("person_id", flat=True)
    )
    for row in rows:
        if row.person in held:
            first = held[row.person]
            here = " " + _("It stands in row %d.") % first.line if first else ""
            check.batch.error(
                row,
                "person_ref",
                _("The person already has a voucher; it is given once, in all municipalities and years.") + here,
            )
        else:
            held[row.person] = row


def _check_budget(check: Check) -> None:
    wanted = defaultdict(list)
    for row in check.batch.looked_at(VOUCHERS, "municipality", "applied_on"):
        if is_live(row):
            wanted[row["municipality"], row["applied_on"].year].append(row)
    changed = [row.record_id for row in check.batch.looked_at(VOUCHERS) if row.record_id]
    for budget in VoucherBudget.objects.all():
        free = budget.amount_won - budget.committed_won
        free += sum(
            Voucher.objects.filter(
                LIVE, pk__in=changed, municipality=budget.municipality_id, applied_on__year=budget.year
            ).values_list("amount_won", flat=True)
        )
        for row in sorted(wanted[budget.municipality_id, budget.year], key=lambda row: (row["applied_on"], row.line)):
            free -= row["amount_won"] or VOUCHER_WON
            if free < 0:
                check.batch.error(
                    row, "amount_won", _("The voucher budget of the municipality is used up for this year.")
                )
