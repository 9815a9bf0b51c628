from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models.kept import Kept, Voidable, code_key, staff_key, with_history
from cases.models.terms import Language
from centers.models import SupportProgramme
from centers.querysets import scoped


@with_history
class Activity(Voidable, Kept):
    """Something a support programme did: a class, an event, a committee, a kit handed out (활동).

    ``evidence`` is the reference of the paper that proves it (증빙). It is approved by a person, or by the
    imported file that carried the evidence; ``reported_on`` is the day its result report (결과보고) was approved.
    """

    whose = ()  # of nobody in particular

    programme = code_key(SupportProgramme)
    held_on = models.DateField(_("held on"))
    title = models.CharField(_("title"), max_length=300)
    participants = models.PositiveIntegerField(_("participants"), null=True, blank=True)
    language = code_key(Language, null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approved_by = staff_key(verbose_name=_("approved by"))
    approved_by_file = models.CharField(_("approved by the file"), max_length=200, blank=True)
    reported_on = models.DateField(_("result report approved on"), null=True, blank=True)

    objects = scoped("view_activities").as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["workspace", "-held_on", "-id"], name="activity_by_workspace"),
            models.Index(fields=["-held_on", "-id"], name="activity_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_on=None) | ~Q(evidence=""),
                name="activity_approved_with_evidence",
                violation_error_message=_("An activity is approved on evidence: give its reference."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("cases:activity", args=[self.pk])
