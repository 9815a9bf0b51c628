"""What was done and what was looked at, by whom: append-only logs. Row history is pghistory's."""

from typing import Protocol

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User

REVIEW = "view_access_log"
ADMINISTER = "grant_roles"


class Action(models.TextChoices):
    """Everything the system can put on record."""

    ROLE_GRANTED = "role.granted", _("Role granted")
    ROLE_ENDED = "role.ended", _("Role ended")
    ROLE_WITHDRAWN = "role.withdrawn", _("Role withdrawn")
    SEPARATION_CHANGED = "separation.changed", _("Table of what may not meet changed")
    PROVINCE_ENTERED = "province.entered", _("Worked on the whole province")
    WORKBOOK_IMPORTED = "workbook.imported", _("Workbook imported")
    FIGURE_ENTERED = "figure.entered", _("Figure entered")
    FIGURE_PUBLISHED = "figure.published", _("Published figure kept")
    LETTER_MADE = "letter.made", _("Letter of recommendation made")
    WAITING_MOVED = "waiting.moved", _("Place in a waiting list changed")
    DEMAND_ENTERED = "demand.entered", _("Labour-demand survey kept")
    PROPOSAL_STEP = "proposal.step", _("Step of a proposal")
    RULE_CHANGED = "rule.changed", _("Eligibility rule changed")
    DUTY_RULE_CHANGED = "duty_rule.changed", _("Rule of a duty changed")
    QUOTA_CHANGED = "quota.changed", _("Quota changed")
    PROGRAMME_SET = "programme.set", _("Settings of a visa programme changed")
    REFERENCE_DECIDED = "reference.decided", _("Reference data changed")
    PERSONS_JOINED = "persons.joined", _("Identities joined")
    PERSONS_PARTED = "persons.parted", _("Identities parted")
    CLIENTS_MERGED = "clients.merged", _("Client files merged")
    CLIENTS_PARTED = "clients.parted", _("Client files parted")
    NUMBER_TAKEN_AWAY = "number.taken_away", _("Former number of a client taken away")
    MONTH_CLOSED = "month.closed", _("Month of counselling closed")
    MONTH_OPENED = "month.opened", _("Closed month opened again")
    FILE_ATTACHED = "file.attached", _("Attachment added")
    FILE_DELETED = "file.deleted", _("Attachment deleted")
    HOUSEHOLD_CHANGED = "household.changed", _("Household changed")
    IDENTITY_ASKED = "identity.asked", _("Asked whether another centre knows the client")
    IDENTITY_SENT = "identity.sent", _("Request sent to other centres")
    IDENTITY_ANSWERED = "identity.answered", _("Request of another centre answered")
    IDENTITY_BOUND = "identity.bound", _("Bound of questions to other centres changed")
    # One word whatever a check has shown: reviewers of the log are officials too.
    CHECK_MADE = "check.made", _("Check of a duty put on record")
    DEPENDANT_CHECKED = "dependant.checked", _("Check of a dependant put on record")
    STUDENT_KEPT = "student.kept", _("Student record changed")
    SEMESTER_WRITTEN = "semester.written", _("Semester list written")
    UNIVERSITY_CHANGED = "university.changed", _("Entry on a university")
    LIST_EXPORTED = "list.exported", _("List exported")
    FILE_DOWNLOADED = "file.downloaded", _("File downloaded")
    MONTH_SIGNED = "month.signed", _("Review of a month signed")
    REVIEW_FINDING = "review.finding", _("Finding of a review noted")
    ACCOUNT_OPENED = "account.opened", _("Account opened")
    PASSWORD_GIVEN = "password.given", _("First password given anew")
    PASSWORD_CHOSEN = "password.chosen", _("Own password chosen")
    SIGNED_IN = "signed.in", _("Signed in")
    SIGNED_OUT = "signed.out", _("Signed out")
    SIGN_IN_FAILED = "signed.failed", _("Sign-in failed")


RIGHTS = (
    Action.ROLE_GRANTED,
    Action.ROLE_ENDED,
    Action.ROLE_WITHDRAWN,
    Action.SEPARATION_CHANGED,
    Action.ACCOUNT_OPENED,
    Action.PASSWORD_GIVEN,
)


class Reach(Protocol):
    """How far somebody's permissions reach (a ``centers.scope.Scope``)."""

    everywhere: frozenset[str]

    def of(self, permission: str) -> tuple[int, ...]: ...


class AuditEntryQuerySet(models.QuerySet):
    def visible_to(self, user: User, scope: Reach) -> models.QuerySet:
        """One's own, those of the workspaces one reviews, and changes of rights where one grants roles."""
        if REVIEW in scope.everywhere:
            return self.all()
        seen = Q(actor=user) | Q(workspace_id__in=scope.of(REVIEW))
        if ADMINISTER in scope.everywhere:
            seen |= Q(action__in=RIGHTS)
        return self.filter(seen | Q(action__in=RIGHTS, workspace_id__in=scope.of(ADMINISTER)))


class AuditEntry(models.Model):
    """One thing that was done. Rows are added and never changed: a trigger refuses.

    ``data`` holds codes, counts and ids, never what someone wrote about a person. ``actor`` is empty
    for the system itself. Grants are kept for three years (개인정보의 안전성 확보조치 기준 제5조).
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(_("action"), max_length=40, choices=Action)
    workspace_id = models.BigIntegerField(_("workspace"), null=True)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["workspace_id", "-at"], name="audit_by_workspace"),
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


# For how long what was looked at is kept at least: two years where unique identifiers or sensitive data are
# processed (개인정보의 안전성 확보조치 기준 제8조 제1항). The application deletes none of it at any time.
ACCESS_KEPT_YEARS = 2


class AccessEntryQuerySet(models.QuerySet):
    def visible_to(self, user: User, scope: Reach) -> models.QuerySet:
        """One's own, and those that were made in the workspaces one reviews or showed files of them."""
        if REVIEW in scope.everywhere:
            return self.all()
        here = list(scope.of(REVIEW))
        mine = Q(user=user)
        return self.filter(mine | Q(workspace_id__in=here) | Q(workspaces__overlap=here) if here else mine)

    def of_workspace(self, workspace_id: int) -> models.QuerySet:
        """Those made in a workspace, and those that showed files of it."""
        return self.filter(Q(workspace_id=workspace_id) | Q(workspaces__contains=[workspace_id]))

    def of_files(self, files: list[int]) -> models.QuerySet:
        """Those that showed one of these client files. The database finds them by its index, past the second wall, and
        the wall then shows of them what it shows.
        """
        return self.filter(pk__in=models.expressions.RawSQL("SELECT wall.accesses_of(unnest(%s::bigint[]))", [files]))


class AccessEntry(models.Model):
    """One request of somebody who had signed in (접속기록): who, when, from where, whose files, and what was done.

    The fields are those of 개인정보의 안전성 확보조치 기준 제2조 제3호 (접속기록: 식별자, 접속일시, 접속지 정보,
    처리한 정보주체 정보, 수행업무). Rows are added by ``wall.note_access`` and never changed. ``workspace_id`` is
    where the person worked, empty for several at once. ``files`` are client files, ``workspaces`` their workspaces
    in the same order and after them those of whom rows without a file were read. ``route`` names the page, empty
    for an address that is none. No names, no words of a search, no address with what was asked.
    """

    at = models.DateTimeField(_("at"), db_default=Now())
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+")
    workspace_id = models.BigIntegerField(_("workspace"), null=True)
    route = models.CharField(_("page"), max_length=80, blank=True)
    method = models.CharField(max_length=10)
    status = models.PositiveSmallIntegerField()
    address = models.GenericIPAddressField(_("address"), null=True)
    files = ArrayField(models.BigIntegerField(), default=list)
    workspaces = ArrayField(models.IntegerField(), default=list)
    purpose = models.CharField(_("reason"), max_length=300, blank=True)

    objects = AccessEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        indexes = [
            models.Index(fields=["-at", "-id"], name="access_by_time"),
            models.Index(fields=["user", "-at", "-id"], name="access_by_user"),
            GinIndex(fields=["files"], name="access_by_file", condition=~Q(files=[])),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.route} {self.status}"


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, user: User, scope: Reach) -> models.QuerySet:
        """Those of the whole province, for who reviews it."""
        return self.all() if REVIEW in scope.everywhere else self.none()


class MonthReview(models.Model):
    """The access log of a month, looked through and signed (접속기록의 점검).

    개인정보의 안전성 확보조치 기준 제8조 asks for a regular check of the log and of why files were taken away.
    ``month`` is its first day. ``figures`` are those that the signer saw; a row that comes to the month later is shown
    beside them and changes none. ``alone`` says which roles the signer held that do not go with reviewing, and why.
    A row is added once the month is over and never changed.
    """

    month = models.DateField(_("month"))
    signed_at = models.DateTimeField(_("signed at"), db_default=Now())
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    figures = models.JSONField(default=dict)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    document = models.CharField(_("document number"), max_length=80, blank=True)
    alone = models.CharField(_("signed by one person alone"), max_length=500, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review of a month")
        verbose_name_plural = _("reviews of months")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["month"],
                name="month_review_once",
                violation_error_message=_("This month is signed already."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="month_review_of_a_month",
                violation_error_message=_("A month is named by its first day."),
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m}"


class ReviewFinding(models.Model):
    """Something in the access log of a month that wants a look, and what was done about it. Added, never changed."""

    month = models.DateField(_("month"))
    at = models.DateTimeField(_("noted at"), db_default=Now())
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("about")
    )
    what = models.CharField(_("what was found"), max_length=500)
    done = models.CharField(_("what was done"), max_length=500)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding of a review")
        verbose_name_plural = _("findings of reviews")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="review_finding_of_a_month",
                violation_error_message=_("A month is named by its first day."),
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.at:%Y-%m-%d}"
