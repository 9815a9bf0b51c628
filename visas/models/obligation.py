"""What somebody who was recommended has to keep after the permit (의무), and how it is checked (사후관리)."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from cases.models import Attachment, FamilyLink, StatusCode
from cases.models.kept import client_key, code_key, person_key, staff_key, with_history, workspace_key
from centers.selectors import is_official, scope_of
from config.addresses import address_of
from visas.models.case import VisaCase
from visas.models.programme import VisaProgramme
from visas.models.step import Batch


class Duty(models.TextChoices):
    """What has to be kept."""

    RESIDENCE_AREA = "residence_area", _("Residence in the municipality of the letter")
    RESIDENCE_REGION = "residence_region", _("Residence in the region")
    WORK = "work", _("Work in the area")
    WORKPLACE = "workplace", _("No change of workplace")
    KOREAN = "korean", _("Korean level")
    SEMESTER = "semester", _("Enrolment each semester")
    WITH_PRINCIPAL = "with_principal", _("Residence in the principal's municipality")


class ObligationRuleQuerySet(models.QuerySet):
    def standing(self) -> "ObligationRuleQuerySet":
        return self.filter(voided_on=None)


class ObligationRule(models.Model):
    """One duty of a programme for those permitted from a day on, with where it stands. Reference data.

    It runs ``months`` from the permit, or up to and with ``until``. It is checked every ``check_every`` months and at
    its end; at its end alone where that is empty. ``days_ahead`` is how many days before its day a check may say that
    it is kept, none where any day of the duty will do; a change of contract brings a check forward to so many days
    from then. With ``status`` it is a duty of the dependants who hold that status,
    else of the principal. A rule that was entered wrongly is voided with the reason and stays in sight; ``entered_by``
    is who entered, ended or voided it last, none while it stands as the reference data brought it.
    """

    programme = models.ForeignKey(VisaProgramme, models.PROTECT, related_name="obligation_rules")
    kind = models.CharField(_("duty"), max_length=20, choices=Duty)
    status = code_key(StatusCode, null=True, blank=True, verbose_name=_("status of the dependant"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    check_every = models.PositiveSmallIntegerField(_("checked every (months)"), null=True, blank=True)
    days_ahead = models.PositiveSmallIntegerField(_("checked at most so many days ahead"), null=True, blank=True)
    text_ko = models.CharField(_("wording"), max_length=300)
    source = models.CharField(_("source"), max_length=300)
    entered_by = staff_key(verbose_name=_("entered by"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    voided_on = models.DateField(null=True, blank=True, editable=False)
    voided_why = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    objects = ObligationRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of a duty")
        verbose_name_plural = _("rules of duties")
        ordering = ["programme", "kind", "valid_from"]
        constraints = [
            ExclusionConstraint(
                name="duty_rule_once_a_day",
                expressions=[
                    ("programme", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Coalesce("status", Value("")), RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_to", Value("[]"), function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(voided_on=None),
                violation_error_message=_("A rule of this duty holds on some of these days already: end that first."),
            ),
            models.UniqueConstraint(
                fields=["programme", "kind", "status", "valid_from"],
                condition=Q(voided_on=None),
                nulls_distinct=False,
                name="obligation_rule_once",
                violation_error_message=_("There is a rule of this duty from this day on already."),
            ),
            models.CheckConstraint(
                condition=Q(months__isnull=False, until=None) | Q(months=None, until__isnull=False),
                name="obligation_rule_ends",
                violation_error_message=_("Say how many months it runs, or up to which day: one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="obligation_rule_in_order",
                violation_error_message=_("The rule ends before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(text_ko="") & ~Q(source=""),
                name="obligation_rule_has_a_source",
                violation_error_message=_("Write the wording of the rule and where it stands."),
            ),
            models.CheckConstraint(
                condition=Q(check_every=None) | Q(check_every__gte=1),
                name="obligation_rule_checked_at_times",
                violation_error_message=_("A check comes every month at most."),
            ),
            models.CheckConstraint(
                condition=Q(voided_on=None, voided_why="") | Q(voided_on__isnull=False) & ~Q(voided_why=""),
                name="obligation_rule_voided_with_a_reason",
                violation_error_message=_("Say why the rule is taken out."),
            ),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.kind} {self.valid_from}"

    def holds_on(self, day: date) -> bool:
        return self.voided_on is None and self.valid_from <= day <= (self.valid_to or date.max)


class OfCaseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "OfCaseQuerySet":
        """Those of the office or university that keeps the case, and of the client's own counsellors.

        What comes of a check could tell an official that a stay is irregular. So it is read where the recommendation
        was made (the one exemption of design section 4) and by counsellors who do not report; by nobody else.
        """
        scope = scope_of(user)
        own = self.filter(workspace_id__in=scope.of("view_visa_cases"))
        if is_official(user):
            return own
        shared = VisaCase.objects.filter(shared_with__overlap=list(scope.of("view_visa_cases")))
        return own | self.filter(case__in=shared)


class EndedWhy(models.TextChoices):
    """Why a duty fell away before its end."""

    CASE = "case", _("The case has ended or the permit was taken back")
    MOVED = "moved", _("The permit has another day")
    RULE = "rule", _("The rule was changed")
    DEPENDANT = "dependant", _("The dependant has another status")
    STUDIES = "studies", _("The studies are completed")


class Obligation(OnRecord):
    """One duty of one case, from the day of the permit up to and with ``ends_on``.

    With ``link`` it is that of a dependant, whose ``client`` it then is; else the principal's. ``ended_on`` and
    ``ended_why`` are set where it fell away before, and empty again where what ended it was taken back.
    """

    workspace = workspace_key()
    case = models.ForeignKey(VisaCase, models.PROTECT, db_constraint=False, db_index=False, related_name="obligations")
    client = client_key("obligations")
    person = person_key()
    link = models.ForeignKey(
        FamilyLink, models.PROTECT, null=True, blank=True, db_index=False, related_name="obligations"
    )
    rule = models.ForeignKey(ObligationRule, models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_why = models.CharField(_("why it fell away"), max_length=10, choices=EndedWhy, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty of a visa case")
        verbose_name_plural = _("duties of visa cases")
        indexes = [models.Index(fields=["client"], name="obligation_by_client")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "rule", "link"],
                condition=Q(ended_on=None),
                nulls_distinct=False,
                name="obligation_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=False) | Q(ended_why=""), name="obligation_ended_for_a_reason"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="obligation_ends_after_it_starts"),
        ]

    def __str__(self):
        return f"{self.case_id} {self.rule_id}"


# Duties that a change of contract is about.
OF_WORK = (Duty.WORK, Duty.WORKPLACE)


class BroughtBy(models.TextChoices):
    """What brings a check forward."""

    CONTRACT = "contract", _("A contract began, ended or moved")


class CheckResult(models.TextChoices):
    KEPT = "kept", _("Kept")
    NOT_KEPT = "not_kept", _("Not kept")
    UNKNOWN = "unknown", _("Could not be found out")


class CheckQuerySet(OfCaseQuerySet):
    def standing(self) -> "CheckQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_on=None)

    def open(self) -> "CheckQuerySet":
        """Those that wait to be made."""
        return self.filter(result="", obligation__ended_on=None)


@with_history
class ObligationCheck(OnRecord):
    """One look whether a duty is kept: due on a day, made on another, with what shows it.

    One that was put on record wrongly is withdrawn with the reason and stays in sight; by a trigger another then waits
    in its place, for the same day. ``brought_by`` is what asked for it outside of its turn.
    """

    workspace = workspace_key()
    case = models.ForeignKey(VisaCase, models.PROTECT, db_constraint=False, db_index=False, related_name="checks")
    client = client_key("+")
    person = person_key()
    obligation = models.ForeignKey(Obligation, models.PROTECT, db_index=False, related_name="checks")
    due_on = models.DateField(_("due on"))
    brought_by = models.CharField(
        _("why it is asked now"), max_length=10, choices=BroughtBy, blank=True, db_default="", editable=False
    )
    result = models.CharField(_("what a check has shown"), max_length=10, choices=CheckResult, blank=True)
    done_on = models.DateField(_("checked on"), null=True, blank=True)
    done_by = staff_key(verbose_name=_("checked by"))
    document = models.CharField(_("document number"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    proof = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    withdrawn_on = models.DateField(_("taken out on"), null=True, blank=True)
    withdrawn_by = staff_key(verbose_name=_("taken out by"))
    withdrawn_why = models.CharField(_("reason"), max_length=200, blank=True)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a duty")
        verbose_name_plural = _("checks of duties")
        indexes = [
            models.Index(fields=["workspace", "due_on", "id"], name="check_by_workspace"),
            models.Index(fields=["obligation"], name="check_by_obligation"),
            models.Index(fields=["client"], name="check_by_client"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "due_on"], condition=Q(withdrawn_on=None), name="check_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_why="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why="") & ~Q(result=""),
                name="check_withdrawn_with_a_reason",
                violation_error_message=_("Say why it is taken out."),
            ),
            models.CheckConstraint(
                condition=Q(result="", done_on=None) | (~Q(result="") & Q(done_on__isnull=False)),
                name="check_made_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(result=CheckResult.KEPT) | ~Q(document="") | ~Q(note="") | Q(proof__isnull=False),
                name="check_kept_with_proof",
                violation_error_message=_("Say what shows it: a document number, a note, or a file."),
            ),
        ]

    def __str__(self):
        return f"{self.obligation_id} {self.due_on}"

    def get_absolute_url(self):
        return address_of("visas:check", self.pk)

    @property
    def overdue(self) -> bool:
        return not self.result and self.due_on < timezone.localdate()


class CheckBatch(Batch):
    """One result that was put on record for many checks at once: ``asked`` and ``done`` are checks."""

    result = models.CharField(_("what a check has shown"), max_length=10, choices=CheckResult)
    done_on = models.DateField(_("checked on"))
    document = models.CharField(_("document number"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("receipt of checks")
        verbose_name_plural = _("receipts of checks")
        indexes = [models.Index(fields=["actor", "-id"], name="check_batch_by_actor")]

    def __str__(self):
        return f"{self.pk} {self.result}"

    def get_absolute_url(self):
        return address_of("visas:check_receipt", self.pk)


class FindingState(models.TextChoices):
    OPEN = "open", _("Waits for a second look")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


class SecondLookQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> "SecondLookQuerySet":
        """Those of one's office, and to the province, which made the recommendation, those that were handed to it."""
        own = super().visible_to(user)
        if "review_visa_cases" in scope_of(user).everywhere:
            return own | self.filter(handed_on__isnull=False)
        return own

    def waiting_for_the_province(self) -> "SecondLookQuerySet":
        return self.filter(state="open", handed_on__isnull=False)


class SecondLook(OnRecord):
    """What one person has put on record and another looks at before it stands.

    An office with nobody else hands it to the province, which made the recommendation, on ``handed_on``; the province
    reads that row then and nothing else of the checks.
    """

    workspace = workspace_key()
    client = client_key("+")
    person = person_key()
    state = models.CharField(_("state"), max_length=10, choices=FindingState, default=FindingState.OPEN)
    handed_on = models.DateField(_("handed to the province on"), null=True, blank=True)
    looked_by = staff_key(verbose_name=_("second look by"))
    looked_on = models.DateField(_("second look on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SecondLookQuerySet.as_manager()

    class Meta:
        abstract = True


def looked_at_with_a_reason(name: str) -> models.CheckConstraint:
    """Who looked, when and why are known of each that does not wait, and of no other."""
    return models.CheckConstraint(
        condition=Q(state=FindingState.OPEN, looked_by=None, looked_on=None)
        | (~Q(state=FindingState.OPEN) & Q(looked_by__isnull=False, looked_on__isnull=False) & ~Q(reason="")),
        name=name,
        violation_error_message=_("Say why it is confirmed or dismissed."),
    )


def second_person(first: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(looked_by=None) | ~Q(looked_by=F(first)),
        name=name,
        violation_error_message=_("The second look is another person's than the first."),
    )


@with_history
class Finding(SecondLook):
    """That a duty was not kept, as one person found it; it stands only after another has looked too.

    ``said`` is the client's side of it as the first person heard it, ``said_again`` as the second did: neither takes
    the other's place. A finding is no statement about a stay: what becomes of it is decided elsewhere. What was done
    about one that stands is told by its closing.
    """

    case = models.ForeignKey(VisaCase, models.PROTECT, db_constraint=False, db_index=False, related_name="findings")
    check_made = models.OneToOneField(ObligationCheck, models.PROTECT, related_name="finding")
    what = models.CharField(_("what was found"), max_length=500)
    said = models.CharField(_("what the client says"), max_length=500, blank=True)
    said_again = models.CharField(_("what the client says at the second look"), max_length=500, blank=True)
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    found_on = models.DateField(_("found on"))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [models.Index(fields=["client"], name="finding_by_client")]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="finding_says_what"),
            looked_at_with_a_reason("finding_looked_at_with_a_reason"),
            second_person("found_by", "finding_needs_a_second_person"),
        ]

    def __str__(self):
        return f"{self.case_id} {self.state}"


class ClosingState(models.TextChoices):
    """The states of a second look, as they are said of a closing."""

    OPEN = FindingState.OPEN.value, _("Waits for a second look")
    CONFIRMED = FindingState.CONFIRMED.value, _("Agreed: the finding is closed")
    DISMISSED = FindingState.DISMISSED.value, _("Not agreed")


@with_history
class Closing(SecondLook):
    """What was done about a finding that stands, by one person; it closes the finding once another has agreed.

    Rows are added: one that was dismissed stays beside the next.
    """

    case = models.ForeignKey(VisaCase, models.PROTECT, db_constraint=False, db_index=False, related_name="closings")
    finding = models.ForeignKey(Finding, models.PROTECT, db_index=False, related_name="closings")
    state = models.CharField(_("state"), max_length=10, choices=ClosingState, default=ClosingState.OPEN)
    done = models.CharField(_("what was done"), max_length=500)
    done_on = models.DateField(_("day of the measure"))
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    document = models.CharField(_("document number"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("closing of a finding")
        verbose_name_plural = _("closings of findings")
        indexes = [
            models.Index(fields=["client"], name="closing_by_client"),
            models.Index(fields=["finding"], name="closing_by_finding"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"],
                condition=~Q(state=FindingState.DISMISSED),
                name="closing_once",
                violation_error_message=_("Somebody has put on record already what was done."),
            ),
            models.CheckConstraint(
                condition=~Q(done=""), name="closing_says_what", violation_error_message=_("Say what was done.")
            ),
            looked_at_with_a_reason("closing_looked_at_with_a_reason"),
            second_person("done_by", "closing_needs_a_second_person"),
        ]

    def __str__(self):
        return f"{self.finding_id} {self.state}"
