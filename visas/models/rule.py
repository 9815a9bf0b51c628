from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.kept import client_key, staff_key
from centers.models.municipality import Decline
from visas.models.programme import VisaProgramme
from visas.models.row import CaseRow, case_key


class FactKind(models.TextChoices):
    """What is asked of an applicant: a sum in won, a level, months, points, or yes (1) and no (0)."""

    DEGREE = "degree", _("Domestic degree (associate or higher)")
    INCOME = "income", _("Income of a year (won)")
    KOREAN = "korean", _("Korean level (TOPIK or KIIP)")
    STAY = "stay", _("Stay in the last ten years (months)")
    POINTS = "points", _("Points of the self-assessment")
    CONTRACT_PAY = "contract_pay", _("Pay of the contract (won a year)")
    CONTRACT_MONTHS = "contract_months", _("Contract still runs (months)")
    TENURE = "tenure", _("Time at the workplace (months)")
    RESIDENCE = "residence", _("Residence in the area (months)")
    FAMILY_MOVE = "family_move", _("Moves with the family, under 60")
    FUNDS = "funds", _("Proof of funds (won)")
    UNCANCELLED = "uncancelled", _("No permit cancelled in the time before")
    CONFIRMED = "confirmed", _("Confirmed by hand")
    NUMBER = "number", _("A number against a limit")
    DATE = "date", _("A day against a limit")
    UNIVERSITY = "university", _("Eligibility of the university")
    SAME_NATIONALITY = "same_nationality", _("Share of one nationality among the recommended (%)")


UNITS = {
    "degree": "yes", "income": "won", "korean": "level", "stay": "months", "points": "points", "contract_pay": "won",
    "contract_months": "months", "tenure": "months", "residence": "months",
    "family_move": "yes", "funds": "won", "uncancelled": "yes", "confirmed": "yes", "number": "number", "date": "date",
    "university": "takes_part", "same_nationality": "percent",
}  # fmt: skip


# Conditions that a rule names itself, so that a new one needs no other kind.
NAMED = ("confirmed", "number", "date")
# What nobody types: the database works it out of the cases.
WORKED_OUT = {"same_nationality", "university"}


class EligibilityRuleQuerySet(models.QuerySet):
    def standing(self) -> "EligibilityRuleQuerySet":
        return self.filter(voided_on=None)


class EligibilityRule(models.Model):
    """One condition of a programme for those received from a day on, with where it stands. Reference data.

    ``label`` names a condition whose kind is a general one, so that two of a kind stand apart. ``threshold`` is the
    least that is asked, or with ``at_most`` the most (a day as 20250131), of ``uncancelled`` the months looked back
    over; empty where no number is published, and then the condition stays not known. Of the rules of one ``one_of`` it
    is enough to meet one. ``area_class``: it is asked only in municipalities of this class. ``pending``: it holds also
    for cases that were received before and are not yet decided.

    A rule that was entered wrongly is voided with the reason and stays in sight; ``entered_by`` is who entered, ended
    or voided it last, none while it stands as the reference data brought it.
    """

    programme = models.ForeignKey(VisaProgramme, models.PROTECT, related_name="rules")
    kind = models.CharField(_("condition"), max_length=20, choices=FactKind)
    label = models.CharField(_("name of the condition"), max_length=60, blank=True, db_default="")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    threshold = models.BigIntegerField(_("threshold"), null=True, blank=True)
    at_most = models.BooleanField(_("at most"), default=False)
    area_class = models.CharField(_("population class"), max_length=10, choices=Decline, blank=True)
    one_of = models.CharField(max_length=20, blank=True)
    pending = models.BooleanField(default=False)
    text_ko = models.CharField(_("wording"), max_length=300)
    source = models.CharField(_("source"), max_length=300)
    entered_by = staff_key(verbose_name=_("entered by"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    voided_on = models.DateField(null=True, blank=True, editable=False)
    voided_why = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    objects = EligibilityRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("eligibility rule")
        verbose_name_plural = _("eligibility rules")
        ordering = ["programme", "kind", "valid_from"]
        constraints = [
            ExclusionConstraint(
                name="eligibility_rule_once_a_day",
                expressions=[
                    ("programme", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("label", RangeOperators.EQUAL),
                    ("area_class", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_to", Value("[]"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(voided_on=None),
                violation_error_message=_(
                    "Another rule of this programme and condition holds on some of these days: end that one first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="eligibility_rule_ends_after_it_starts",
                violation_error_message=_("The rule ends before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(text_ko="") & ~Q(source=""),
                name="eligibility_rule_has_a_source",
                violation_error_message=_("Write the wording of the rule and where it stands."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=NAMED) & ~Q(label="") | ~Q(kind__in=NAMED) & Q(label=""),
                name="eligibility_rule_named_where_its_kind_is_general",
                violation_error_message=_("Say what the condition is called; those that have a name get no other."),
            ),
            models.CheckConstraint(
                condition=Q(voided_on=None, voided_why="") | Q(voided_on__isnull=False) & ~Q(voided_why=""),
                name="eligibility_rule_voided_with_a_reason",
                violation_error_message=_("Say why the rule is taken out."),
            ),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.kind} {self.valid_from}"

    @property
    def name(self) -> str:
        return self.label or self.get_kind_display()

    def holds_on(self, day: date) -> bool:
        return self.voided_on is None and self.valid_from <= day <= (self.valid_to or date.max)


class CaseFact(CaseRow):
    """What was found of an applicant on a day, with its evidence. The last row of a kind counts."""

    case = case_key("facts")
    client = client_key("visa_facts")
    kind = models.CharField(_("condition"), max_length=20, choices=FactKind)
    label = models.CharField(_("name of the condition"), max_length=60, blank=True, db_default="")
    value = models.BigIntegerField(_("value found"))
    found_on = models.DateField(_("as of"))
    evidence = models.CharField(_("evidence"), max_length=200)

    class Meta:
        verbose_name = _("fact of a visa case")
        verbose_name_plural = _("facts of visa cases")
        indexes = [
            models.Index(fields=["case", "id"], name="case_fact_by_case"),
            models.Index(fields=["client"], name="case_fact_by_client"),
            models.Index(fields=["person"], name="case_fact_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="case_fact_is_no_less_than_nothing",
                violation_error_message=_("The value is not below zero."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=NAMED) & ~Q(label="") | ~Q(kind__in=NAMED) & Q(label=""),
                name="case_fact_named_where_its_kind_is_general",
            ),
            models.CheckConstraint(
                condition=~Q(kind="confirmed") | Q(value__lte=1),
                name="case_fact_confirmed_or_not",
                violation_error_message=_("Write 1 for yes or 0 for no."),
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.kind} {self.value}"


class LetterText(models.Model):
    """What the letter of a programme says around the names, as data: no form of it is published.

    ``own_letter``: each person has a letter of their own; else a list carries one number for many.
    """

    programme = models.OneToOneField(VisaProgramme, models.PROTECT, primary_key=True, related_name="letter_text")
    title_ko = models.CharField(_("title"), max_length=100)
    body_ko = models.CharField(_("text"), max_length=500)
    signer_ko = models.CharField(_("signed by"), max_length=100)
    own_letter = models.BooleanField(_("a letter for each person"), default=False)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("text of a letter")
        verbose_name_plural = _("texts of letters")

    def __str__(self):
        return self.title_ko
