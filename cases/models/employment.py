from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.access import OnRecord
from cases.models.kept import Kept, client_key, code_key, person_key, with_history, workspace_key
from centers.models import Municipality
from centers.querysets import scoped

LAST_DAY = Coalesce("ended_on", "contract_to")  # none: it goes on
WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def check_business_number(number: str) -> None:
    """Raises ValidationError where the ten digits are no business registration number (사업자등록번호)."""
    digits = [int(sign) for sign in number] if number.isascii() and number.isdecimal() else []
    if len(digits) != 10:
        raise ValidationError(_("A business registration number has ten digits."))
    told = sum(digit * weight for digit, weight in zip(digits, WEIGHTS, strict=False)) + digits[8] * 5 // 10
    if (10 - told % 10) % 10 != digits[9]:
        raise ValidationError(_("The last digit of the business registration number does not fit the others."))


@with_history
class Employer(OnRecord):
    """A workplace as one workspace knows it. ``business_number`` is ten digits, empty where it is not known."""

    whose = ()

    workspace = workspace_key()
    name = models.CharField(_("name of the workplace"), max_length=100)
    business_number = models.CharField(_("business registration number"), max_length=10, blank=True)
    representative = models.CharField(_("representative"), max_length=100, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    municipality = code_key(Municipality, null=True, blank=True)
    address = models.CharField(_("address of the workplace"), max_length=200, blank=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)

    objects = scoped("view_clients").as_manager()

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        indexes = [models.Index(fields=["workspace", "name"], name="employer_by_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "business_number"],
                condition=~Q(business_number=""),
                name="employer_once_by_number",
                violation_error_message=_("A workplace with this business registration number is on file already."),
            ),
            models.CheckConstraint(
                condition=Q(business_number="") | Q(business_number__regex="^[0-9]{10}$"),
                name="employer_number_has_ten_digits",
                violation_error_message=_("A business registration number has ten digits."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="employer_has_a_name",
                violation_error_message=_("Write the name of the workplace."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("cases:employer", args=[self.pk])


class EmploymentQuerySet(scoped("view_clients")):
    def at_work(self, day: date) -> "EmploymentQuerySet":
        """Those that run on a day."""
        return self.during(day, day)

    def during(self, first: date, last: date | None) -> "EmploymentQuerySet":
        """Those that run on some day from the first to the last; no last day is no end."""
        rows = self.alias(last_day=LAST_DAY).filter(Q(last_day=None) | Q(last_day__gte=first))
        return rows if last is None else rows.filter(starts_on__lte=last)


@with_history
class Employment(Kept):
    """One contract of a client with a workplace, by its days; a renewed contract is a row of its own.

    It runs from ``starts_on`` to ``ended_on``, or to ``contract_to`` while nobody has left; both are the last day of
    it, and without either it goes on. ``yearly_pay`` is in won.
    """

    client = client_key("employments")
    person = person_key()
    employer = models.ForeignKey(
        Employer, models.PROTECT, db_constraint=False, related_name="employments", verbose_name=_("employer")
    )
    position = models.CharField(_("work done"), max_length=100, blank=True)
    yearly_pay = models.BigIntegerField(_("pay of a year (won)"), null=True, blank=True)
    starts_on = models.DateField(_("works from"))
    contract_to = models.DateField(_("contract until"), null=True, blank=True)
    ended_on = models.DateField(_("last day at work"), null=True, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        indexes = [
            models.Index(fields=["client", "-starts_on"], name="employment_by_client"),
            models.Index(fields=["person"], name="employment_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(contract_to=None) | Q(contract_to__gte=F("starts_on")))
                & (Q(ended_on=None) | Q(ended_on__gte=F("starts_on"))),
                name="employment_ends_after_it_starts",
                violation_error_message=_("Work ends on or after the day on which it begins."),
            ),
            models.CheckConstraint(
                condition=Q(yearly_pay=None) | Q(yearly_pay__gte=0),
                name="employment_pay_is_no_less_than_nothing",
                violation_error_message=_("The pay is not below zero."),
            ),
            ExclusionConstraint(
                name="employment_once_a_day",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    ("employer", RangeOperators.EQUAL),
                    (
                        Func("starts_on", LAST_DAY, Value("[]"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("There is a contract with this workplace on some of these days already."),
            ),
        ]

    def __str__(self):
        return f"{self.workspace_id}-{self.pk}"

    @property
    def last_day(self) -> date | None:
        return self.ended_on or self.contract_to
