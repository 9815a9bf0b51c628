"""The sentences of the rules that this app keeps in SQL. Those of a model stand with its constraints."""

from django.utils.translation import gettext_lazy as _

from centers.refusals import register

register(
    {
        "check_confirmed_stays": _("Two people have confirmed what the check has shown: close the finding first."),
        "check_before_its_duty": _("The day lies before the duty began."),
        "check_too_early": _(
            "That it is kept is said on its day or a little before: the rule of the duty says how many days before."
        ),
        "check_not_kept_says_what": _("Say what was found."),
        "check_stays": _("A check stays as it was put on record."),
        "closing_of_a_confirmed_finding": _("A finding is closed after a second person has confirmed it."),
        "closing_stays": _("What was done stays as it was put on record: only the second look is added."),
        "finding_of_a_standing_check": _("The check was taken out: its finding waits for no second look."),
        "finding_stays": _("A finding stays as it was put on record: only the second look is added."),
        "obligation_rule_of_the_province": _("The rules are kept by the province."),
        "obligation_rule_stays": _("A rule stays as it was entered: end it, or take it out with a reason."),
        "obligation_stays": _("A duty stays as the permit brought it: it can only end."),
        "enrolment_case_of_the_university": _("The visa case belongs to another university."),
        "enrolment_major_of_the_university": _("The major belongs to another university."),
        "enrolment_semester_of_the_admission": _(
            "The day of admission is not of this semester: 2025-1 begins in March 2025, 2025-2 in September 2025."
        ),
        "case_study_major_of_the_university": _("The major belongs to another university."),
        "place_was_there": _(
            "On that day, or a day since, every place of the quota was taken: enter the day from which a place was "
            "free. The quotas of a past day show what held them."
        ),
        "places_were_there": _(
            "On a past day from then on more places were taken than the ledger would have held: enter a later day. "
            "The quotas of a past day show what held them."
        ),
        "part_was_there": _(
            "On a past day from then on the share, or what is not shared out, would have held fewer than no places: "
            "enter the day from which it holds them. The lines of the ledger show what it held."
        ),
        "quota_reduction_to_come": _("Fewer places are entered on the day from which they are fewer, not before."),
        "quota_of_the_province": _("Quotas and the settings of programmes are the province's to write."),
        "programme_setting_in_order": _(
            "The settings hold from the day of the last decision on, or from a later one."
        ),
        "decision_in_order": _("A later document holds already: this one holds from its day on, or from a later one."),
        "decision_says_all": _("The row has changed meanwhile: open it again."),
        "case_point_of_its_version": _("Another version of the table holds for this self-assessment: open it again."),
        "quota_once_a_day": _("A programme stands in another quota on some of these days already."),
        "visas_finding_check_made_id_key": _(
            "What this check has shown was put on record meanwhile: open the check again."
        ),
        "visas_quotapool_pkey": _("The quota was opened before."),
        "quota_closed": _("The quota was closed by hand: no further place is taken in it."),
        "quota_entry_once": _(
            "This entry is in the ledger already: same kind, places, document and day. If the document gives "
            "them a second time, say so in its number."
        ),
        "quota_entry_balances": _("The lines of an entry do not add up: what one place gets, another gives."),
        "quota_entry_fits_its_kind": _("The lines do not do what the kind of the entry says."),
        "quota_entry_is_complete": _("An entry of the ledger is complete: nothing is added to it."),
        "quota_entry_reverses_all": _("A reversal takes back each line of the entry, and nothing else."),
        "quota_reallocation_within_one": _(
            "Places are reallocated within one quota. What the ministry moves between quotas is a return in one and a "
            "supplement in the other, each with its document."
        ),
        "quota_reallocation_while_closed": _("The quota was closed by hand: no place is reallocated in it."),
        "quota_reallocation_after_its_end": _(
            "The quota has ended by that day: what was reallocated took effect on a day of its period."
        ),
        "quota_grant_after_its_end": _(
            "The quota has ended by that day: places are granted from a day of its period, or before it."
        ),
        "quota_provisional_settled_once": _("The provisional places were settled before."),
        "quota_line_share_of_its_pool": _("The share belongs to another quota."),
        "case_step_follows": _("The case does not stand where this step follows: look at its way again."),
        "case_step_rests_on_something": _("Say what it rests on: a document number or a reason."),
        "case_step_in_order": _("The day lies before the last step of the case."),
        "case_completed_before_its_duties": _(
            "A duty of the case runs longer: the case is completed on or after its last day."
        ),
        "case_completed_with_open_checks": _(
            "A check of its duties was not made yet, or a finding is not closed: do that first."
        ),
        "relocation_says_where": _("Say to which municipality the person moved."),
        "relocation_within_the_province": _(
            "This is no municipality of the province: a move out of it ends the case as moved away."
        ),
        "relocation_goes_elsewhere": _("The person lived in this municipality on that day already."),
        "letter_has_run_out": _(
            "The letter has run out by that day: enter an application made in time, or renew the letter."
        ),
        "letter_still_valid": _("The letter is valid still on that day: it lapses by itself afterwards."),
        "visa_case_letter_once": _("This letter number belongs to another case of this programme."),
        "case_fact_once": _(
            "This is what was found last, with the same value, day and evidence: it is on record already."
        ),
        "case_paper_of_its_programme": _("The programme of the case asks for no such paper."),
        "case_paper_file_of_the_client": _("The file belongs to somebody else: choose one of this client."),
        "case_step_taken_back_last": _("Another step came last: only the last one is taken back."),
        "study_record_stays": _("What is on record of a student stays as it is: withdraw it with a reason."),
        "study_permit_says_its_hours": _("This kind of permission has a limit: write the hours a week."),
        "study_permit_within_hours": _("The kind of permission has fewer hours a week."),
        "study_permit_within_the_studies": _(
            "A permission begins on a day between the admission and the end of studies."
        ),
        "study_permits_within_hours_together": _(
            "Together with the other permissions of these days it would be more hours a week than they allow."
        ),
        "status_change_follows": _("This status cannot come here: look at the changes before and after it."),
        "status_change_stays": _("A change of status stays as it was put on record: withdraw it with a reason."),
        "visa_case_agrees_with_its_steps": _("A step of the case says another day: take the step back first."),
        "visa_case_taken_in_here": _("This programme is not taken in for this municipality by the workspace."),
        "visa_case_handed_on_with_consent": _("The office gets a file of the client only if the client has agreed."),
        "case_point_fits_its_line": _("The table gives this line other points: enter those or none."),
        "case_step_against_advice": _("The conditions say otherwise: write why it is decided so."),
        "dependant_outcome_in_words": _("Say in words what became of the dependant."),
        "dependant_question_fits": _("This reason does not fit the dependant or the case."),
        "dependant_question_stays": _("What is asked about a dependant stays so: it is answered."),
        "dependant_settles_with_the_principal": _(
            "A family member of this status settles in the municipality of the principal: look at both addresses."
        ),
        "dependant_settles_before_the_end": _(
            "The principal's permit had ended by that day: nobody settles with it any more."
        ),
        "dependant_settles_with_a_permit": _(
            "A dependant settles only on or after the day of the principal's permit: look at both days."
        ),
    }
)
