from django.db import models
from django.utils.translation import gettext_lazy as _

from centers.models.municipality import Term


class SupportProgramme(Term):
    """A support programme (지원사업) of the province's performance plan (성과계획서).

    ``settlement`` marks those whose carrying out is what "settlement support activity" counts.
    """

    settlement = models.BooleanField(_("settlement programme"), default=False)
    unit_project = models.CharField(_("unit project"), max_length=100, blank=True)
    operator_ko = models.CharField(_("operator"), max_length=100, blank=True)
    support_kind_ko = models.CharField(_("kind of support"), max_length=40, blank=True)
    what_ko = models.CharField(_("content"), max_length=300, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("support programme")
        verbose_name_plural = _("support programmes")


class ProgrammeYear(models.Model):
    """One year of a programme: its budget as printed (million won) and who bears which per cent of it."""

    programme = models.ForeignKey(SupportProgramme, models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField(_("year"))
    budget_million_won = models.PositiveIntegerField(_("budget (million won)"), null=True)
    state_percent = models.PositiveSmallIntegerField(_("state share (%)"), null=True)
    province_percent = models.PositiveSmallIntegerField(_("province share (%)"), null=True)
    municipality_percent = models.PositiveSmallIntegerField(_("municipality share (%)"), null=True)
    voucher_won = models.PositiveIntegerField(_("voucher (won)"), null=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("year of a programme")
        verbose_name_plural = _("years of programmes")
        ordering = ["programme", "year"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "year"], name="programme_year_once"),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.year}"
