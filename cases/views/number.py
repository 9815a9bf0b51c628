from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.access import get_client_or_404
from cases.models import Identifier
from cases.secrecy import decrypt, masked
from cases.services.client import take_away_number
from centers.querysets import get_visible_or_404

WORK = "work_clients"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
        help_text=gettext_lazy("Write no number and no name: the reason stands in the audit log."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a former number off a file, for a reason: it was never the client's."""
    number = get_visible_or_404(Identifier, request.user, pk, WORK)
    if not number.former:
        raise Http404
    client = get_client_or_404(request.user, number.client_id, WORK)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        take_away_number(number, actor=request.user, reason=form.cleaned_data["reason"])
        told = {"kind": number.get_kind_display(), "left": client.identifiers.filter(former=True).count()}
        messages.success(
            request, _("Taken away: former number (%(kind)s). Former numbers still on this file: %(left)d.") % told
        )
        return redirect(client)
    told = {"kind": number.get_kind_display(), "number": masked(decrypt(number.ciphertext))}
    context = {
        "title": _("Take this former number away?"),
        "sentence": f"{told['kind']} {told['number']}",
        "consequences": [
            _("The client is not found by this number any more, and it tells of no two files that they are one."),
            _("Files that were merged stay merged. The number in use stays as it is."),
        ],
        "form": form,
        "action": _("Take away"),
        "back": client.get_absolute_url(),
        "bad": True,
    }
    return render(request, "confirm.html", context, status=400 if form.errors else 200)
