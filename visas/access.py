from accounts.models import User
from centers.querysets import get_visible_or_404
from visas.models import VisaCase, Voucher


def get_visa_case_or_404(user: User, pk: int) -> VisaCase:
    """The visa case for a view: 404 if the person may not know of it."""
    return get_visible_or_404(VisaCase, user, pk)


def get_voucher_or_404(user: User, pk: int) -> Voucher:
    """The voucher for a view: 404 if the person may not know of it."""
    return get_visible_or_404(Voucher, user, pk)
