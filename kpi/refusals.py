"""The sentences of the rules that this app keeps in SQL. Those of a model stand with its constraints."""

from django.utils.translation import gettext_lazy as _

from centers.refusals import register

register(
    {
        "proposal_steps_in_order": _("The day lies before that of the last step."),
        "proposal_answered_after_submission": _("A proposal is answered after it was submitted to the ministry."),
        "proposal_answer_says_by_what": _("Write the document of the answer, or what it says."),
    }
)
