from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.models import Municipality, Workspace
from centers.models.municipality import Term
from visas.models.decided import Decided
from visas.models.programme import VisaProgramme

YEAR = r"^\d{4}$"  # the period of a case outside of every quota


class QuotaPool(Term):
    """A number of places (쿼터) that one or several programmes share over a period.

    ``capacity`` is what the ledger holds today (null: no number is known), ``taken`` the cases that hold a place,
    ``excepted`` those of them that history let in beyond the ledger. ``allocated`` is the part of the capacity that
    stands in shares, ``taken_in_shares`` what is taken there within the ledger. A trigger alone keeps them; the row
    holds no personal data, so it counts over all workspaces. ``ends_on`` is the last day. ``closed_at``: closed by
    hand, so that no further place is taken.
    """

    programmes = models.ManyToManyField(VisaProgramme, related_name="pools", through="PoolProgramme")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    capacity = models.IntegerField(_("capacity"), null=True, editable=False)
    taken = models.IntegerField(_("taken"), default=0, db_default=0, editable=False)
    excepted = models.IntegerField(_("beyond the ledger"), default=0, db_default=0, editable=False)
    allocated = models.IntegerField(_("in shares"), default=0, db_default=0, editable=False)
    taken_in_shares = models.IntegerField(_("taken in shares"), default=0, db_default=0, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    named_at = models.DateTimeField(_("named at"), null=True, editable=False)

    class Meta(Term.Meta):
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.CheckConstraint(
                condition=~Q(code__regex=YEAR),
                name="quota_code_is_no_year",
                violation_error_message=_("A quota is not named by a year alone."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(taken__lte=F("capacity") + F("excepted")),
                name="quota_not_exceeded",
                violation_error_message=_("The quota is full: no place is left in this period."),
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="quota_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(allocated=0) | Q(capacity__isnull=False, allocated__gte=0, allocated__lte=F("capacity")),
                name="quota_shares_within",
                violation_error_message=_("The shares of a quota are not more than the quota itself."),
            ),
            models.CheckConstraint(
                condition=Q(allocated=0)
                | Q(taken__lte=F("capacity") - F("allocated") + F("excepted") + F("taken_in_shares")),
                name="quota_rest_not_exceeded",
                violation_error_message=_(
                    "No place is left outside of the shares: one has to be reallocated from a share first."
                ),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("visas:quota", args=[self.pk])


class PoolProgramme(models.Model):
    pool = models.ForeignKey(QuotaPool, models.PROTECT, related_name="+")
    programme = models.ForeignKey(VisaProgramme, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("programme of a quota")
        verbose_name_plural = _("programmes of quotas")
        constraints = [models.UniqueConstraint(fields=["pool", "programme"], name="pool_programme_once")]

    def __str__(self):
        return f"{self.pool_id} {self.programme_id}"


class QuotaShare(models.Model):
    """A part of a quota for a municipality, a university, a semester, or several of them together.

    A case takes its place in the share that fits it most closely, and in the rest of the quota where none fits.
    ``capacity`` is null until the ledger gives it a number. A trigger alone keeps the three counters.
    """

    pool = models.ForeignKey(QuotaPool, models.PROTECT, related_name="shares")
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("municipality")
    )
    university = models.ForeignKey(
        Workspace, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("university")
    )
    semester = models.CharField(_("semester"), max_length=40, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    capacity = models.IntegerField(_("capacity"), null=True, editable=False)
    taken = models.IntegerField(_("taken"), default=0, db_default=0, editable=False)
    excepted = models.IntegerField(_("beyond the ledger"), default=0, db_default=0, editable=False)
    entered_at = models.DateTimeField(_("entered at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("share of a quota")
        verbose_name_plural = _("shares of quotas")
        ordering = ["pool", "municipality", "university", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "municipality", "university", "semester"],
                name="quota_share_once",
                nulls_distinct=False,
                violation_error_message=_("The quota already has this share."),
            ),
            models.CheckConstraint(
                condition=Q(municipality__isnull=False) | Q(university__isnull=False) | ~Q(semester=""),
                name="quota_share_is_of_something",
                violation_error_message=_("A share is of a municipality, a university or a semester."),
            ),
            models.CheckConstraint(
                condition=Q(semester="", starts_on=None, ends_on=None)
                | ~Q(semester="") & Q(starts_on__isnull=False, ends_on__gte=F("starts_on")),
                name="quota_share_semester_has_days",
                violation_error_message=_("A semester has a first and a last day."),
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gte=0, taken__lte=F("capacity") + F("excepted")),
                name="quota_share_not_exceeded",
                violation_error_message=_(
                    "The share of this municipality, university or semester is full: places have to be reallocated to "
                    "it first."
                ),
            ),
        ]

    def __str__(self):
        parts = (self.municipality, self.university, self.semester)
        return " · ".join(str(part) for part in parts if part)

    @property
    def code(self) -> str:
        return str(self.pk)

    @property
    def remaining(self) -> int | None:
        return None if self.capacity is None else self.capacity + self.excepted - self.taken


class EntryKind(models.TextChoices):
    """What an entry of the ledger does."""

    GRANT = "grant", _("Allocation")
    SUPPLEMENT = "supplement", _("Supplement")
    REALLOCATION = "reallocation", _("Reallocation")
    RETURN = "return", _("Return")
    CONFIRMATION = "confirmation", _("Confirmation")
    REVERSAL = "reversal", _("Reversal")


class QuotaEntry(models.Model):
    """An entry of the ledger of the quotas, with the document it stands in; its lines add up to nothing.

    It is never changed: ``reverses`` names the entry that it takes back, with the reason as its source. Without
    ``entered_by`` it came with the reference data. ``entered_at`` is the transaction's: lines join it in no other.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=EntryKind)
    effective_on = models.DateField(_("effective on"))
    document = models.CharField(_("document number"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("quota entry")
        verbose_name_plural = _("quota entries")
        ordering = ["effective_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EntryKind.REVERSAL, reverses__isnull=False)
                | ~Q(kind=EntryKind.REVERSAL) & Q(reverses=None),
                name="quota_entry_reverses_another",
                violation_error_message=_("A reversal names the entry that it takes back."),
            ),
        ]

    def __str__(self):
        return f"{self.effective_on} {self.kind} {self.document}".strip()


class QuotaLine(models.Model):
    """So many places more, or fewer, for a quota or a share of it. Without a quota: those that the ministry holds.

    ``provisional`` places may be taken before their number is settled; they are shown apart.
    """

    entry = models.ForeignKey(QuotaEntry, models.PROTECT, related_name="lines")
    pool = models.ForeignKey(QuotaPool, models.PROTECT, null=True, blank=True, related_name="lines")
    share = models.ForeignKey(QuotaShare, models.PROTECT, null=True, blank=True, related_name="lines")
    amount = models.IntegerField(_("places"))
    provisional = models.BooleanField(_("provisional"), default=False, db_default=False)

    class Meta:
        verbose_name = _("line of a quota entry")
        verbose_name_plural = _("lines of quota entries")
        ordering = ["entry", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="quota_line_moves_something",
                violation_error_message=_("A line moves at least one place."),
            ),
            models.CheckConstraint(
                condition=Q(pool__isnull=False) | Q(share=None, provisional=False),
                name="quota_line_of_the_ministry",
                violation_error_message=_("Shares and provisional places are those of a quota."),
            ),
        ]

    def __str__(self):
        return f"{self.pool_id} {self.amount:+d}"


class QuotaClosing(models.Model):
    """A quota closed by hand, or opened again, and why. The last one holds. Append-only."""

    pool = models.ForeignKey(QuotaPool, models.PROTECT, related_name="closings")
    closed = models.BooleanField(_("closed"))
    reason = models.CharField(_("reason"), max_length=300)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("closing of a quota")
        verbose_name_plural = _("closings of quotas")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.pool_id} {self.closed}"


class QuotaNotice(Decided):
    """What the province says of a quota itself: that it opens it, or what it is called. Append-only.

    A trigger opens or names the quota. ``programmes`` and the days are those of an opening; its number of places is
    the ledger's alone.
    """

    pool = models.ForeignKey(QuotaPool, models.PROTECT, related_name="notices")
    opens = models.BooleanField(_("opens"))
    name_ko = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=200, blank=True)
    name_zh_hans = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    programmes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of a quota")
        verbose_name_plural = _("notices of quotas")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pool"],
                condition=Q(opens=True),
                name="quota_opened_once",
                violation_error_message=_("The quota was opened before."),
            ),
            models.CheckConstraint(
                condition=~Q(name_ko="") & ~Q(document=""),
                name="quota_notice_names_its_document",
                violation_error_message=_("A quota is opened and named by a document."),
            ),
            models.CheckConstraint(
                condition=Q(opens=True, starts_on__isnull=False, ends_on__gte=F("starts_on")) & ~Q(programmes=[])
                | Q(opens=False, programmes=[], starts_on=None, ends_on=None),
                name="quota_notice_says_what_it_opens",
                violation_error_message=_("A quota is opened for programmes and from a first to a last day."),
            ),
        ]

    def __str__(self):
        return f"{self.pool_id} {self.name_ko}"


class RuleException(models.Model):
    """A recorded exception to a hard rule: history that happened although the rule forbids it, and why it stands."""

    rule = models.CharField(_("rule"), max_length=60)
    reason = models.CharField(_("reason"), max_length=300)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")

    def __str__(self):
        return f"{self.rule}: {self.reason}"
