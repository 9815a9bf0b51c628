"""The sentences of the rules that this app keeps in SQL. Those of a model stand with its constraints."""

from django.utils.translation import gettext_lazy as _

from centers.refusals import register

register(
    {
        "not_in_the_future": _("The day lies in the future."),
        "session_within_operation": _("The day lies outside the time in which the centre counts."),
        "code_is_known": _("One of the choices is no longer on its list: choose anew."),
        "draft_is_of_no_session": _("This form was sent before: the session is on record."),
    }
)
