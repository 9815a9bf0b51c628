"""Who signs in."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

# Keys by where they lie, so that they are the same in every layout (KeyboardEvent.code), and what stands on them.
KEYS = [("Slash", "/"), *((f"Key{chr(code)}", chr(code)) for code in range(ord("A"), ord("Z") + 1))]

# Those that browsers leave to a page; they write nothing, and so work while somebody types too.
FUNCTION_KEYS = [(key, key) for key in ("F2", "F4", "F8", "F9", "F10")]


class PasswordBy(models.TextChoices):
    """Whose a password is. One that somebody else knows opens nothing but the page to choose an own one."""

    OWNER = "owner", _("Chosen by the person")
    GIVEN = "given", _("First password, not changed yet")
    PUBLISHED = "published", _("Published sign-in of the demonstration")


class User(AbstractUser):
    """One member of staff. What they may do is held on workspaces (``centers.Membership``), never here.

    There is no superuser in production: nobody reads everything.
    """

    first_name = None
    last_name = None
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="ko")
    password_by = models.CharField(
        _("password"), max_length=10, choices=PasswordBy, default=PasswordBy.OWNER, db_default=PasswordBy.OWNER
    )
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    key_search = models.CharField(_("search"), max_length=5, choices=KEYS, default="Slash", db_default="Slash")
    key_new = models.CharField(_("new session"), max_length=5, choices=KEYS, default="KeyN", db_default="KeyN")
    key_start = models.CharField(
        _("start the deadline"), max_length=3, choices=FUNCTION_KEYS, default="F2", db_default="F2"
    )

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(key_search=models.F("key_new")),
                name="user_keys_differ",
                violation_error_message=_("One key cannot do two things: choose another for one of them."),
            ),
        ]

    def __str__(self):
        return self.name or self.username

    @property
    def must_choose_password(self) -> bool:
        """Whether somebody else knows the password; what is published is let pass in a demonstration alone."""
        return self.password_by == PasswordBy.GIVEN or (self.password_by == PasswordBy.PUBLISHED and not settings.DEMO)

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)
