"""The lines of the ledger behind a number of places, whose sum it is."""

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from centers.listing import Shown
from centers.views.listing import show
from visas.ledger_listings import LEDGER


@never_cache
@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """Of a quota, a share, or all shares of a municipality or university; without any of them, of the province."""
    return show(request, LEDGER, told=_told)


def _told(shown: Shown) -> dict:
    form = shown.form
    board = {"on": f"{form.held_on}"} | ({"then": "1"} if form.as_then else {})
    return {
        # Of a filter that was not understood the sum would be that of other lines.
        "total": None if form.errors else shown.rows.order_by().aggregate(sum=Sum("amount"))["sum"] or 0,
        "day": form.held_on,
        "then": form.as_then,
        "crumbs": [
            (_("Quotas"), reverse("visas:quotas")),
            (_("Quotas on a day"), f"{reverse('visas:quota_board')}?{urlencode(board)}"),
        ],
    }
