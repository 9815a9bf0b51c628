"""The sentences of the rules that this app keeps in SQL. Those of a model stand with its constraints."""

from django.utils.translation import gettext_lazy as _

from centers.refusals import register

register(
    {
        "quota_closed": _("The quota was closed by hand: no further place is taken in it."),
        "quota_entry_balances": _("The lines of an entry do not add up: what one place gets, another gives."),
        "quota_entry_fits_its_kind": _("The lines do not do what the kind of the entry says."),
        "quota_entry_is_complete": _("An entry of the ledger is complete: nothing is added to it."),
        "quota_entry_reverses_all": _("A reversal takes back each line of the entry, and nothing else."),
        "quota_provisional_settled_once": _("The provisional places were settled before."),
        "quota_line_share_of_its_pool": _("The share belongs to another quota."),
    }
)
