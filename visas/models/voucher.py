from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cases.models.kept import Kept, Shared, client_key, code_key, person_key, staff_key, with_history
from centers.models import Municipality
from centers.querysets import scoped
from config.addresses import address_of
from visas.models.days import NOT_YET

LIVE = Q(ineligible_on=None, cancelled_on=None)
# The order by payment; a voucher without one stands before all that have it.
PAID = Coalesce("paid_on", Value(NOT_YET))


class VoucherBudget(models.Model):
    """What a municipality may pay out in a year (won). No row: no limit is known.

    ``committed`` is the sum of its live vouchers applied for in the year; a trigger alone keeps it.
    """

    municipality = code_key(Municipality)
    year = models.PositiveSmallIntegerField(_("year"))
    amount_won = models.BigIntegerField(_("budget (won)"))
    committed_won = models.BigIntegerField(_("committed (won)"), default=0, db_default=0, editable=False)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("voucher budget")
        verbose_name_plural = _("voucher budgets")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "year"], name="voucher_budget_once"),
            models.CheckConstraint(
                condition=Q(committed_won__lte=F("amount_won")),
                name="voucher_budget_not_exceeded",
                violation_error_message=_("The voucher budget of the municipality is used up for this year."),
            ),
        ]

    def __str__(self):
        return f"{self.municipality_id} {self.year}"


class VoucherRule(models.Model):
    """What a municipality asks of a voucher in a year, as its notice says. One that departs from it is a warning."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    minimum_months = models.PositiveSmallIntegerField(_("months there after the change of status"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("voucher rule")
        verbose_name_plural = _("voucher rules")
        constraints = [models.UniqueConstraint(fields=["municipality", "year"], name="voucher_rule_once")]

    def __str__(self):
        return f"{self.municipality_id} {self.year}"


@with_history
class Voucher(Shared, Kept):
    """The grant of 300,000 won for moving up to a regional visa (지역기반비자승급지원금), once per person.

    Applied (신청) → paid (지급); ineligible (부적격) and cancelled (취소) end it and free the person to apply
    again. A paid voucher is corrected by reversal, never by editing.
    """

    client = client_key("vouchers")
    person = person_key()
    municipality = code_key(Municipality)
    status_changed_on = models.DateField(_("status changed on"))
    applied_on = models.DateField(_("applied on"))
    ineligible_on = models.DateField(_("ineligible on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    amount_won = models.PositiveIntegerField(_("amount (won)"), default=300_000)
    registered_by = staff_key(verbose_name=_("registered by"))
    registered_by_file = models.CharField(_("registered by the file"), max_length=200, blank=True)
    approved_by = staff_key(verbose_name=_("approved by"))

    objects = scoped("view_vouchers", shared=True).as_manager()

    class Meta:
        verbose_name = _("upgrade voucher")
        verbose_name_plural = _("upgrade vouchers")
        indexes = [
            models.Index(fields=["workspace", "-applied_on", "-id"], name="voucher_by_workspace"),
            models.Index(fields=["-applied_on", "-id"], name="voucher_by_day"),
            models.Index("workspace", PAID, "id", name="voucher_by_paid"),
            models.Index(PAID, "id", name="voucher_all_by_paid"),
            models.Index(fields=["client"], name="voucher_by_client"),
            models.Index(fields=["person"], name="voucher_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=LIVE,
                name="voucher_one_live",
                violation_error_message=_("A voucher is given once per person, in all municipalities and years."),
            ),
            models.CheckConstraint(
                condition=Q(paid_on=None) | Q(ineligible_on=None, cancelled_on=None),
                name="voucher_paid_or_ended",
                violation_error_message=_("A paid voucher is neither ineligible nor cancelled."),
            ),
            models.CheckConstraint(
                condition=Q(paid_on=None) | Q(paid_on__gte=F("applied_on")),
                name="voucher_paid_after_application",
                violation_error_message=_("A voucher is paid on or after the day of application."),
            ),
            models.CheckConstraint(
                condition=Q(registered_by=None) | ~Q(registered_by=F("approved_by")),
                name="voucher_two_pairs_of_eyes",
                violation_error_message=_("Who registers a voucher does not approve it."),
            ),
        ]

    def __str__(self):
        return f"{self.applied_on:%Y-%m-%d} {self.workspace_id}-{self.ref or self.pk}"

    def get_absolute_url(self):
        return address_of("visas:voucher", self.pk)
