"""What somebody who was recommended has to keep after the permit (의무), and how it is checked (사후관리)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.access import OnRecord
from cases.models import Attachment
from cases.models.kept import client_key, person_key, staff_key, with_history, workspace_key
from centers.selectors import is_official, scope_of
from config.addresses import address_of
from visas.models.case import VisaCase
from visas.models.programme import VisaProgramme


class Duty(models.TextChoices):
    """What has to be kept."""

    RESIDENCE_AREA = "residence_area", _("Residence in the municipality of the letter")
    RESIDENCE_REGION = "residence_region", _("Residence in the region")
    WORK = "work", _("Work in the area")
    WORKPLACE = "workplace", _("No change of workplace")
    KOREAN = "korean", _("Korean level")
    SEMESTER = "semester", _("Enrolment each semester")


class ObligationRule(models.Model):
    """One duty of a programme for those permitted from a day on, with where it stands. Reference data.

    It runs ``months`` from the permit, or up to and with ``until``. It is checked every ``check_every`` months and at
    its end; at its end alone where that is empty.
    """

    programme = models.ForeignKey(VisaProgramme, models.PROTECT, related_name="obligation_rules")
    kind = models.CharField(_("duty"), max_length=20, choices=Duty)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    check_every = models.PositiveSmallIntegerField(_("checked every (months)"), null=True, blank=True)
    text_ko = models.CharField(_("wording"), max_length=300)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("rule of a duty")
        verbose_name_plural = _("rules of duties")
        ordering = ["programme", "kind", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "kind", "valid_from"], name="obligation_rule_once"),
            models.CheckConstraint(
                condition=Q(months__isnull=False, until=None) | Q(months=None, until__isnull=False),
                name="obligation_rule_ends",
            ),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.kind} {self.valid_from}"


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


class Obligation(OnRecord):
    """One duty of one case, from the day of the permit up to and with ``ends_on``.

    ``ended_on`` is set where it fell away before: the permit was taken back, or the case ended.
    """

    workspace = workspace_key()
    case = models.ForeignKey(VisaCase, models.PROTECT, db_constraint=False, db_index=False, related_name="obligations")
    client = client_key("+")
    person = person_key()
    rule = models.ForeignKey(ObligationRule, models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty of a visa case")
        verbose_name_plural = _("duties of visa cases")
        indexes = [models.Index(fields=["client"], name="obligation_by_client")]
        constraints = [
            models.UniqueConstraint(fields=["case", "rule"], condition=Q(ended_on=None), name="obligation_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="obligation_ends_after_it_starts"),
        ]

    def __str__(self):
        return f"{self.case_id} {self.rule_id}"


class CheckResult(models.TextChoices):
    KEPT = "kept", _("Kept")
    NOT_KEPT = "not_kept", _("Not kept")
    UNKNOWN = "unknown", _("Could not be found out")


class CheckQuerySet(OfCaseQuerySet):
    def open(self) -> "CheckQuerySet":
        """Those that wait to be made."""
        return self.filter(result="", obligation__ended_on=None)


@with_history
class ObligationCheck(OnRecord):
    """One look whether a duty is kept: due on a day, made on another, with what shows it."""

    workspace = workspace_key()
    case = models.ForeignKey(VisaCase, models.PROTECT, db_constraint=False, db_index=False, related_name="checks")
    client = client_key("+")
    person = person_key()
    obligation = models.ForeignKey(Obligation, models.PROTECT, db_index=False, related_name="checks")
    due_on = models.DateField(_("due on"))
    result = models.CharField(_("what a check has shown"), max_length=10, choices=CheckResult, blank=True)
    done_on = models.DateField(_("checked on"), null=True, blank=True)
    done_by = staff_key(verbose_name=_("checked by"))
    document = models.CharField(_("document number"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    proof = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )

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
            models.UniqueConstraint(fields=["obligation", "due_on"], name="check_once"),
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


class FindingState(models.TextChoices):
    OPEN = "open", _("Waits for a second look")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


@with_history
class Finding(OnRecord):
    """That a duty was not kept, as one person found it; it stands only after another has looked too.

    ``said`` is the client's side of it. A finding is no statement about a stay: what becomes of it is decided
    elsewhere.
    """

    workspace = workspace_key()
    case = models.ForeignKey(VisaCase, models.PROTECT, db_constraint=False, db_index=False, related_name="findings")
    client = client_key("+")
    person = person_key()
    check_made = models.OneToOneField(ObligationCheck, models.PROTECT, related_name="finding")
    what = models.CharField(_("what was found"), max_length=500)
    said = models.CharField(_("what the client says"), max_length=500, blank=True)
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    found_on = models.DateField(_("found on"))
    state = models.CharField(_("state"), max_length=10, choices=FindingState, default=FindingState.OPEN)
    looked_by = staff_key(verbose_name=_("second look by"))
    looked_on = models.DateField(_("second look on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [models.Index(fields=["client"], name="finding_by_client")]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="finding_says_what"),
            models.CheckConstraint(
                condition=Q(state=FindingState.OPEN, looked_by=None, looked_on=None)
                | (~Q(state=FindingState.OPEN) & Q(looked_by__isnull=False, looked_on__isnull=False) & ~Q(reason="")),
                name="finding_looked_at_with_a_reason",
                violation_error_message=_("Say why it is confirmed or dismissed."),
            ),
            models.CheckConstraint(
                condition=Q(looked_by=None) | ~Q(looked_by=F("found_by")),
                name="finding_needs_a_second_person",
                violation_error_message=_("The second look is another person's than the first."),
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.state}"
