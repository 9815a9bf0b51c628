from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from centers.models.membership import Role


class SeparationQuerySet(models.QuerySet):
    def standing(self) -> models.QuerySet:
        return self.filter(withdrawn_on=None)

    def of_roles(self) -> models.QuerySet:
        return self.exclude(one="")

    def of_acts(self) -> models.QuerySet:
        return self.filter(one="")


class Separation(models.Model):
    """Two roles that one person may not hold on the same day, or two acts that one person may not do on one record.

    ``refused`` is for money: the database refuses it (of acts by the rule it names), and no page changes it. Others
    are declared: the reason why one person does both is written down and shown to whoever reviews. Rows begin as the
    reference file has them; one that was edited on a page (``edited_by``) is the installation's own.
    """

    code = models.SlugField(_("code"), max_length=60, primary_key=True)
    one = models.CharField(_("role"), max_length=30, choices=Role, blank=True)
    other = models.CharField(_("other role"), max_length=30, choices=Role, blank=True)
    name = models.CharField(_("what is kept apart"), max_length=200, blank=True)
    refused = models.BooleanField(_("never met"), default=False)
    rule = models.CharField(_("rule of the database"), max_length=63, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    source = models.CharField(_("source"), max_length=300, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SeparationQuerySet.as_manager()

    class Meta:
        verbose_name = _("separation of duties")
        verbose_name_plural = _("separations of duties")
        ordering = ["-refused", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(one="", other="") & ~Q(name="") | ~Q(one="") & ~Q(other="") & ~Q(one=F("other")),
                name="separation_of_two",
                violation_error_message=_("Choose two different roles."),
            ),
            models.UniqueConstraint(
                Least("one", "other"),
                Greatest("one", "other"),
                condition=~Q(one="") & Q(withdrawn_on=None),
                name="separation_once",
                violation_error_message=_("These two roles stand in the table already."),
            ),
            models.CheckConstraint(
                condition=~Q(refused=True, one="", rule=""),
                name="separation_of_acts_names_its_rule",
                violation_error_message=_("What is refused of acts names the rule that refuses it."),
            ),
        ]

    def __str__(self):
        return f"{self.get_one_display()} · {self.get_other_display()}" if self.one else self.name

    @property
    def roles(self) -> frozenset[str]:
        return frozenset({self.one, self.other})
