"""Sentences of Django's own forms, marked here so that they read in the catalogues as everything else does.

A sentence of our catalogues goes before Django's; what stands here is shown nowhere by itself.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

OF_FORMS = (
    _("This field is required."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Enter a whole number."),
    _("Enter a number."),
    _("Enter a valid date."),
    _("Enter a valid time."),
    _("Enter a list of values."),
    _("Enter a valid value."),
    _("Enter a valid email address."),
    _("The submitted file is empty."),
    _("No file was submitted."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)
