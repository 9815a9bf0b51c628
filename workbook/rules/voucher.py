"""Upgrade vouchers: once per person, paid after the application, within the budget."""

from collections import defaultdict

from django.utils.translation import gettext as _

from visas.models import Voucher, VoucherBudget
from visas.models.voucher import LIVE
from workbook.batch import CHANGED, Row
from workbook.rules import Check
from workbook.sheets import VOUCHERS

VOUCHER_WON = 300_000  # the plan's voucher; what an empty cell means by the agreed format


def check(check: Check) -> None:
    for row in check.batch.sound(VOUCHERS):
        _check_row(check, row)
    _check_paid_stay(check)
    _check_once(check)
    _check_budget(check)


def is_live(row: Row) -> bool:
    return not (row["ineligible_on"] or row["cancelled_on"])


def _check_row(check: Check, row: Row) -> None:
    batch = check.batch
    for column in ("ineligible_on", "cancelled_on"):
        if row["paid_on"] and row[column]:
            batch.error(row, column, _("A paid voucher is neither ineligible nor cancelled."))
        elif row[column] and row[column] < row["applied_on"]:
            batch.warn(
                row,
                column,
                _("This day lies before the application (%s): correct one of the two days.") % row["applied_on"],
            )
    if row["paid_on"] and row["paid_on"] < row["applied_on"]:
        batch.error(
            row,
            "paid_on",
            _("This day lies before the application (%s): correct one of the two days.") % row["applied_on"],
        )
    if row["status_changed_on"] > row["applied_on"]:
        batch.warn(
            row,
            "status_changed_on",
            _("The status was changed after the application (%s): check both days.") % row["applied_on"],
        )
    if row.sound and (row["municipality"], row["applied_on"].year) not in check.known.budgets:
        batch.warn(
            row,
            "municipality",
            _("No voucher budget of the municipality is entered for %d, so nothing limits its payments.")
            % row["applied_on"].year,
        )


def _check_paid_stay(check: Check) -> None:
    """What was paid is corrected by reversal, never by another row of a file."""
    changed = {row.record_id: row for row in check.batch.sound(VOUCHERS) if row.state == CHANGED}
    for voucher in Voucher.objects.filter(pk__in=changed).exclude(paid_on=None):
        check.batch.error(changed[voucher.pk], "paid_on", _("The voucher is paid: correct it by reversal."))


def _check_once(check: Check) -> None:
    rows = [row for row in check.batch.sound(VOUCHERS) if is_live(row)]
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
    for row in check.batch.sound(VOUCHERS):
        if is_live(row):
            wanted[row["municipality"], row["applied_on"].year].append(row)
    changed = [row.record_id for row in check.batch.sound(VOUCHERS) if row.record_id]
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
