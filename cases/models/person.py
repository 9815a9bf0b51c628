from django.db import models
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    """The provincial identity: one human being, whatever number of files they have.

    It holds nothing readable, and the application cannot list it: identities are found and made by
    functions of the database (``wall.persons_for``). Distinct persons (실인원) count these.
    """

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")

    def __str__(self):
        return f"#{self.pk}"


class PersonKey(models.Model):
    """A keyed hash (HMAC-SHA-256) by which an identity is recognised. It belongs to one person."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="keys")
    digest = models.BinaryField(unique=True)

    class Meta:
        verbose_name = _("match key")
        verbose_name_plural = _("match keys")

    def __str__(self):
        return f"#{self.person_id}"
