from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Term(models.Model):
    """A code of the field with its names: what staff choose from and residents read.

    The code is the key, so that a row about a person reads without a join. ``aliases`` are the
    other names by which a workbook may call it. Rows come from the CSV files in ``reference/``.
    """

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "code"]

    def __str__(self):
        return self.name

    @property
    def office_term(self) -> str:
        """The Korean term of the office, where the reader's language has another; else empty."""
        korean = getattr(self, "name_ko", "") or ""
        return "" if korean == str(self) else korean

    @property
    def with_office_term(self) -> str:
        """The name, and beside it the Korean term: staff look for what their papers call it."""
        return f"{self} ({self.office_term})" if self.office_term else str(self)


class Decline(models.TextChoices):
    """How the state classes a municipality (인구감소지역, 관심지역); regional visas follow it."""

    DECLINE = "decline", _("Population decline area")
    WATCH = "watch", _("Area of concern")
    NONE = "", _("Neither")


class Municipality(Term):
    """One of the fourteen cities and counties (시군) of Jeonbuk, by its five-digit administrative code."""

    decline = models.CharField(_("population class"), max_length=10, choices=Decline, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
