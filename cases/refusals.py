"""The sentences of the rules that this app keeps in SQL. Those of a model stand with its constraints."""

from django.utils.translation import gettext_lazy as _

from centers.refusals import register

register(
    {
        "not_in_the_future": _("The day lies in the future."),
        "session_within_operation": _("The day lies outside the time in which the centre counts."),
        "code_is_known": _("One of the choices is no longer on its list: choose anew."),
        "merge_takes_two_of_one_workspace": _("Only two files of one workspace can be merged."),
        "merge_of_files_that_live": _("One of the two files was merged away meanwhile. Open the one that lives on."),
        "merge_nobody_depends_on_themselves": _(
            "One of the two is on record as a dependant of the other. Take them out of the household first, if they "
            "are one person."
        ),
        "family_link_of_two_people": _("Nobody belongs to their own household as a dependant."),
        "family_link_settled_stays": _(
            "The day on which this family member settled is on record and counted. Correct it first, where the visa "
            "case is kept."
        ),
        "household_one_per_principal": _("This person is the principal of another household already."),
        "cases_familylink_pkey": _("This person is in the household again."),
        "merge_parted_once": _("This merge was undone before."),
        "merge_parted_within_90_days": _("The 90 days in which a merge can be undone are over."),
        "merge_parted_last_first": _("A later merge stands on this one. Undo that one first."),
        "person_join_parted_last_first": _("The two people were joined with others later. Undo that first."),
        "asked_within_the_rate": _("Too many questions to other centres within a day. Ask again tomorrow."),
        "asked_between_centers": _("Only the files of support centres are compared with other centres."),
        "month_is_over": _("The month is not over yet: close it from the first day of the next one on."),
        "month_within_operation": _("The centre did not count in this month: check the month and the centre's days."),
        "month_close_stays": _("What a month was closed by stays as it was. Open the month again and close it anew."),
        "month_lacks_nothing": _("Sessions of this month still lack what the centre asks for: fill them in first."),
        "month_is_closed": _(
            "The month of this session is closed: say why it is written now, or ask the manager to open the "
            "month again."
        ),
        "follow_up_kept_by_its_client": _(
            "A follow-up is kept by a later session with the same client: look at whom the two sessions were with."
        ),
        "draft_is_of_no_record": _("This form was sent before: it is on record."),
    }
)
