"""Requests between centres for who reviews them, and how often may be asked."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit.models import ADMINISTER, REVIEW
from cases.listings import ASKED_ELSEWHERE
from cases.models import IdentityBound
from cases.services.identity import bound_now, set_bound
from centers.access import require_everywhere
from centers.selectors import scope_of
from centers.views.listing import show

MOST = 1_000
LATEST = 20  # bounds of before that are shown


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    require_everywhere(request.user, REVIEW)
    may_edit = ADMINISTER in scope_of(request.user).everywhere
    return show(request, ASKED_ELSEWHERE, bound=bound_now(), may_edit=may_edit)


class BoundForm(forms.Form):
    of_person = forms.IntegerField(label=gettext_lazy("Questions of one person"), min_value=1, max_value=MOST)
    of_center = forms.IntegerField(
        label=gettext_lazy("Questions of one centre"),
        min_value=1,
        max_value=MOST,
        help_text=gettext_lazy("Of all who work there together; at least as many as one person may ask."),
    )
    reason = forms.CharField(label=gettext_lazy("Why they are changed"), max_length=200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bounds(request: HttpRequest) -> HttpResponse:
    """How often other centres may be asked within 24 hours: what holds, what held, and new numbers."""
    require_everywhere(request.user, ADMINISTER)
    now = bound_now()
    begun = {"of_person": now.of_person, "of_center": now.of_center}
    form = BoundForm(request.POST if request.method == "POST" else None, initial=begun)
    if form.is_valid():
        try:
            kept = set_bound(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("of_center", ValidationError(error.messages))
        else:
            held = IdentityBound.objects.get(pk=kept.pk)
            told = {"person": held.of_person, "center": held.of_center}
            messages.success(request, _("From now on: %(person)s of one person, %(center)s of one centre.") % told)
            return redirect("cases:asking_bounds")
    before = IdentityBound.objects.select_related("set_by").order_by("-pk")[:LATEST]
    context = {"form": form, "bounds": before}
    return render(request, "cases/asking_bounds.html", context, status=400 if form.errors else 200)
