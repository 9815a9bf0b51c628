"""The lines of the ledger behind a number of places, whose sum it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from centers.access import require_everywhere
from visas.forms.quota import DayForm, LinesForm
from visas.quota_table import ledger_lines


@never_cache
@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """Of a quota, a share, or all shares of a municipality or university; without any of them, of the province."""
    require_everywhere(request.user, "view_visa_cases")
    form, of = DayForm(request.GET or None), LinesForm(request.GET)
    rows = list(ledger_lines(form.day, then=form.as_then, **of.kept))
    context = {
        "form": form,
        "of": of,
        "kept": of.kept,
        "named": of.named,
        "rows": rows,
        "total": sum(row.amount for row in rows),
        "day": form.day,
        "then": form.as_then,
        "crumbs": [
            (_("Quotas"), reverse("visas:quotas")),
            (_("Quotas on a day"), f"{reverse('visas:quota_board')}?{urlencode(form.asked)}"),
        ],
    }
    wrong = form.errors or of.errors
    return render(request, "visas/quota_lines.html", context, status=400 if wrong else 200)
