"""Every table of the database, by whether it says something of a person who comes for help.

A table stands on exactly one of the two lists; ``tests/test_catalogue.py`` fails on one that stands on none.
"""

# About people: row security, read and written by workspace.
WALLED = {
    "audit_accessentry", "audit_auditentry", "audit_monthreview", "audit_reviewfinding", "cases_activity",
    "cases_attachment", "cases_attachmentcontent", "cases_client", "cases_clientmerge", "cases_clientname",
    "cases_completionrule", "cases_contact", "cases_deadline", "cases_draft", "cases_duplicatecandidate",
    "cases_employer", "cases_employment", "cases_familylink", "cases_followupanswer", "cases_household",
    "cases_identifier", "cases_identityquestion", "cases_identityrequest", "cases_monthclose", "cases_putoff",
    "cases_session", "cases_sessionclient", "cases_sessionissue", "cases_sessiontemplate", "cases_stay",
    "cases_stayleave", "centers_export", "kpi_monthlyactivity", "kpi_monthlyperson", "kpi_yearanswer",
    "visas_casebatch", "visas_casefact", "visas_casepaper", "visas_casepoint", "visas_casestep",
    "visas_casestudy", "visas_checkbatch", "visas_closing", "visas_dependantquestion", "visas_enrolment",
    "visas_finding", "visas_koreanresult", "visas_obligation", "visas_obligationcheck", "visas_statuschange",
    "visas_studypermit", "visas_visacase", "visas_voucher", "visas_waitingmove", "workbook_importedfile",
    "workbook_importedrow", "workbook_openedfile", "workbook_semesterlist",
}  # fmt: skip
# Their history, written by triggers alone.
HISTORY = {
    "cases_activityevent", "cases_clientevent", "cases_clientnameevent", "cases_contactevent", "cases_deadlineevent",
    "cases_employerevent", "cases_employmentevent", "cases_familylinkevent", "cases_followupanswerevent",
    "cases_identifierevent", "cases_sessionclientevent", "cases_sessionevent", "cases_sessionissueevent",
    "cases_stayevent", "cases_stayleaveevent", "visas_closingevent", "visas_dependantquestionevent",
    "visas_enrolmentevent", "visas_findingevent", "visas_koreanresultevent", "visas_obligationcheckevent",
    "visas_statuschangeevent", "visas_studypermitevent", "visas_visacaseevent", "visas_voucherevent",
}  # fmt: skip
# Reached through functions of the database alone.
SEALED = {"cases_person", "cases_personjoin", "cases_personkey"}
PEOPLE = WALLED | HISTORY | SEALED

# Places, codes, rules and figures; and those who work here, whose rights are read before a scope is known.
NOT_PEOPLE = {
    "account_emailaddress", "account_emailconfirmation", "accounts_user", "accounts_user_groups",
    "accounts_user_user_permissions", "auth_group", "auth_group_permissions", "auth_permission", "cache",
    "cases_attachmentkind", "cases_caller", "cases_channel", "cases_country", "cases_deadlinekind",
    "cases_identitybound", "cases_interpretation", "cases_language", "cases_outcome", "cases_relation",
    "cases_residence", "cases_sex", "cases_statuscode", "cases_stayreason", "cases_topic", "cases_urgency",
    "centers_bed", "centers_major", "centers_membership", "centers_municipality", "centers_programmeyear",
    "centers_room", "centers_separation", "centers_shelter", "centers_supportprogramme",
    "centers_universityperiod", "centers_workspace", "centers_workspacegrant", "django_content_type",
    "django_migrations", "django_session", "guardian_groupobjectpermission", "guardian_userobjectpermission",
    "kpi_countingrule", "kpi_dirtymonth", "kpi_indicator", "kpi_manualfigure", "kpi_measure", "kpi_printedresult",
    "kpi_proposal", "kpi_proposal_figures", "kpi_proposal_pools", "kpi_proposal_surveys", "kpi_proposalstep",
    "kpi_publishedfigure", "kpi_ruleexample",
    "kpi_target", "mfa_authenticator", "pghistory_context", "scope_key", "visas_decision", "visas_demandsurvey",
    "visas_dependantoutcome", "visas_eligibilityrule", "visas_lettertext", "visas_obligationrule",
    "visas_pointitem", "visas_poolprogramme", "visas_programmearea", "visas_programmesetting", "visas_questionreason",
    "visas_quotaclosing", "visas_quotaentry", "visas_quotaline", "visas_quotanotice", "visas_quotapool",
    "visas_quotashare", "visas_requiredpaper", "visas_ruleexception", "visas_studypermitkind", "visas_studystatus",
    "visas_visaprogramme",
    "visas_voucherbudget", "visas_voucherrule",
}  # fmt: skip
