"""The pages in words: what somebody did when they opened one."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PAGES = {
    "account_change_password": gettext_lazy("Password changed"),
    "account_inactive": gettext_lazy("Sign in"),
    "account_login": gettext_lazy("Sign in"),
    "account_logout": gettext_lazy("Sign out"),
    "account_reauthenticate": gettext_lazy("Sign-in confirmed again"),
    "audit:access": gettext_lazy("Access log"),
    "audit:reviews": gettext_lazy("Monthly reviews of the access log"),
    "audit:review": gettext_lazy("Review of a month"),
    "audit:review_sign": gettext_lazy("Review of a month signed"),
    "audit:review_finding": gettext_lazy("Finding of a review noted"),
    "audit:entries": gettext_lazy("Record of changes"),
    "cases:activities": gettext_lazy("List of activities"),
    "cases:activity": gettext_lazy("Activity"),
    "cases:client": gettext_lazy("Client"),
    "cases:clients": gettext_lazy("List of clients"),
    "cases:client_edit": gettext_lazy("Client file edited"),
    "cases:client_likely": gettext_lazy("Likely files of a client"),
    "cases:client_new": gettext_lazy("Client file opened"),
    "cases:client_find": gettext_lazy("Choice of a client"),
    "cases:draft": gettext_lazy("Versions of a draft"),
    "cases:draft_discard": gettext_lazy("Draft discarded"),
    "cases:draft_restore": gettext_lazy("Draft taken back"),
    "cases:draft_save": gettext_lazy("Draft saved"),
    "cases:deadline_done": gettext_lazy("Deadline ended"),
    "cases:deadline_later": gettext_lazy("Deadline put off"),
    "cases:deadline_new": gettext_lazy("Deadline noted"),
    "cases:merge_undo": gettext_lazy("Merge of files undone"),
    "cases:attachment": gettext_lazy("Attachment opened"),
    "cases:attachment_new": gettext_lazy("Attachment added"),
    "cases:attachment_delete": gettext_lazy("Attachment deleted"),
    "cases:attachment_restore": gettext_lazy("Attachment taken back"),
    "cases:identity_ask": gettext_lazy("Asked whether another centre knows the client"),
    "cases:identity_send": gettext_lazy("Request sent to other centres"),
    "cases:identity_requests": gettext_lazy("Requests of other centres"),
    "cases:identity_request": gettext_lazy("Request of another centre"),
    "cases:identity_back": gettext_lazy("Answer to another centre taken back"),
    "cases:pair": gettext_lazy("Likely pair compared"),
    "cases:pair_decide": gettext_lazy("Likely pair decided"),
    "cases:pair_merge": gettext_lazy("Files merged"),
    "cases:pairs": gettext_lazy("List of likely pairs"),
    "cases:search": gettext_lazy("Search for a client"),
    "cases:session": gettext_lazy("Counselling session"),
    "cases:completion_rule": gettext_lazy("What a session needs"),
    "cases:follow_up_later": gettext_lazy("Follow-up put off"),
    "cases:reminder_again": gettext_lazy("Reminder taken up again"),
    "cases:status_later": gettext_lazy("Reminder of a status put off"),
    "cases:template_delete": gettext_lazy("Template deleted"),
    "cases:template_edit": gettext_lazy("Template of a session"),
    "cases:template_new": gettext_lazy("New template"),
    "cases:templates": gettext_lazy("Templates of sessions"),
    "cases:session_edit": gettext_lazy("Session corrected"),
    "cases:session_restore": gettext_lazy("Session counted again"),
    "cases:session_void": gettext_lazy("Session voided"),
    "cases:session_new": gettext_lazy("New counselling session"),
    "cases:sessions": gettext_lazy("List of counselling sessions"),
    "cases:stay": gettext_lazy("Stay"),
    "cases:stays": gettext_lazy("List of shelter stays"),
    "centers:account_new": gettext_lazy("Account opened"),
    "centers:account_password": gettext_lazy("First password given anew"),
    "centers:export": gettext_lazy("Export"),
    "centers:export_cancel": gettext_lazy("Export cancelled"),
    "centers:export_download": gettext_lazy("File downloaded"),
    "centers:export_new": gettext_lazy("Export asked for"),
    "centers:exports": gettext_lazy("Own exports"),
    "centers:grant_end": gettext_lazy("Role ended"),
    "centers:grant_new": gettext_lazy("Role granted"),
    "centers:grants": gettext_lazy("Roles"),
    "centers:separations": gettext_lazy("Table of what may not meet"),
    "centers:separation_new": gettext_lazy("Row of what may not meet added"),
    "centers:separation_edit": gettext_lazy("Row of what may not meet changed"),
    "centers:separation_withdraw": gettext_lazy("Row of what may not meet withdrawn"),
    "centers:staff": gettext_lazy("Staff accounts"),
    "contrast": gettext_lazy("Contrast chosen"),
    "home": gettext_lazy("Start"),
    "kpi:evidence": gettext_lazy("Rows behind the figure"),
    "kpi:figure": gettext_lazy("Entered figure"),
    "kpi:figure_enter": gettext_lazy("Figure entered"),
    "kpi:sheet": gettext_lazy("Performance indicators"),
    "kpi:sheet_xlsx": gettext_lazy("Performance indicators as a file"),
    "language": gettext_lazy("Language chosen"),
    "mfa_activate_totp": gettext_lazy("Second factor set up"),
    "mfa_authenticate": gettext_lazy("Second factor at sign-in"),
    "mfa_deactivate_totp": gettext_lazy("Second factor removed"),
    "mfa_download_recovery_codes": gettext_lazy("Recovery codes downloaded"),
    "mfa_generate_recovery_codes": gettext_lazy("Recovery codes made"),
    "mfa_index": gettext_lazy("Second factor"),
    "mfa_reauthenticate": gettext_lazy("Sign-in confirmed again"),
    "mfa_view_recovery_codes": gettext_lazy("Recovery codes"),
    "keys": gettext_lazy("Shortcut keys"),
    "shortcuts": gettext_lazy("Shortcuts switched"),
    "stay": gettext_lazy("Stayed signed in"),
    "kpi:published": gettext_lazy("Published figures"),
    "kpi:published_new": gettext_lazy("Published figure kept"),
    "cases:session_paper": gettext_lazy("Session as a PDF"),
    "visas:letter": gettext_lazy("Letter of recommendation made"),
    "visas:quota_waiting": gettext_lazy("Waiting list"),
    "visas:waiting_place": gettext_lazy("Place in a waiting list changed"),
    "kpi:proposals": gettext_lazy("Policy proposals"),
    "kpi:proposal": gettext_lazy("Policy proposal"),
    "kpi:proposal_new": gettext_lazy("New proposal"),
    "visas:demand": gettext_lazy("Labour demand"),
    "visas:demand_new": gettext_lazy("Labour-demand survey kept"),
    "visas:demand_withdraw": gettext_lazy("Labour-demand survey withdrawn"),
    "visas:checks": gettext_lazy("List of checks of duties"),
    "visas:check": gettext_lazy("Check of a duty"),
    "visas:finding_look": gettext_lazy("Check of a duty"),
    "visas:board": gettext_lazy("Visa board"),
    "visas:bulk": gettext_lazy("Step with many visa cases"),
    "visas:case": gettext_lazy("Visa case"),
    "visas:case_back": gettext_lazy("Step of a visa case taken back"),
    "visas:case_dependant": gettext_lazy("Dependant of a visa case"),
    "visas:case_dependant_new": gettext_lazy("Dependant added"),
    "visas:case_fact": gettext_lazy("Finding on a visa case"),
    "visas:case_new": gettext_lazy("Visa case taken in"),
    "visas:case_step": gettext_lazy("Step of a visa case"),
    "visas:cases": gettext_lazy("List of visa cases"),
    "visas:quota": gettext_lazy("Quota"),
    "visas:quota_board": gettext_lazy("Quotas on a day"),
    "visas:quota_closing": gettext_lazy("Quota closed or opened"),
    "visas:quota_confirmation": gettext_lazy("Provisional places settled"),
    "visas:quota_entry": gettext_lazy("Entry in the ledger of a quota"),
    "visas:quota_reallocation": gettext_lazy("Places reallocated"),
    "visas:quota_reversal": gettext_lazy("Entry of a quota reversed"),
    "visas:quota_share": gettext_lazy("Share of a quota given"),
    "visas:quota_xlsx": gettext_lazy("Quotas as a file"),
    "visas:quotas": gettext_lazy("Quotas"),
    "visas:receipt": gettext_lazy("Receipt of steps"),
    "visas:voucher": gettext_lazy("Upgrade vouchers"),
    "visas:vouchers": gettext_lazy("List of upgrade vouchers"),
}
# Kinds of pages to narrow a log to, each by how the names of its pages begin.
KINDS = {
    "counselling": (gettext_lazy("Clients and counselling"), ("cases:",)),
    "visas": (gettext_lazy("Visa cases and vouchers"), ("visas:",)),
    "figures": (gettext_lazy("Figures"), ("kpi:",)),
    "rights": (
        gettext_lazy("Roles and accounts"),
        ("centers:grant", "centers:separation", "centers:staff", "centers:account"),
    ),
    "files": (gettext_lazy("Exports"), ("centers:export", "kpi:sheet_xlsx", "visas:quota_xlsx")),
    "logs": (gettext_lazy("Access log"), ("audit:",)),
}


def page(route: str) -> str:
    """The page in words; its own name where nobody has put it into words yet."""
    if not route:
        return _("An address that is no page")
    return str(PAGES.get(route, route))


def pages_of(kind: str) -> list[str]:
    """The names of the pages of a kind."""
    return [name for name in PAGES if name.startswith(KINDS[kind][1])]


def answer(status: int) -> str:
    """What became of a request, in a word; empty where it was simply answered."""
    if status == 403:
        return _("Not allowed")
    if status in {404, 410}:
        return _("Not found")
    if status == 409:
        return _("Against a rule")
    if status >= 500:
        return _("Failed")
    return _("Not accepted") if status >= 400 else ""
