"""The waiting list of a quota, and who would come up if places opened."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cases.forms import no_hidden_signs
from centers.access import require_everywhere
from visas.access import get_visa_case_or_404, own_files
from visas.models import QuotaPool, QuotaShare, VisaCase
from visas.services.waiting import move
from visas.views.quota import may_enter
from visas.waiting import order_of, takes_places_later, waiting_list

MOST = 1_000


class OpeningForm(forms.Form):
    """So many places more, of a share of the quota or of what no share has."""

    places = forms.IntegerField(
        label=gettext_lazy("If so many places open"), min_value=0, max_value=MOST, required=False, initial=3
    )
    share = forms.ModelChoiceField(
        QuotaShare.objects.none(), label=gettext_lazy("Share"), required=False, empty_label=gettext_lazy("In no share")
    )

    def __init__(self, pool: QuotaPool, *args):
        super().__init__(*args)
        self.fields["share"].queryset = pool.shares.select_related("municipality", "university")
        if not pool.shares.exists():
            del self.fields["share"]

    @property
    def asked(self) -> dict[str, int | None]:
        """What ``waiting_list`` is to open; nothing as long as it is not asked, or wrongly."""
        if not self.is_valid():
            return {}
        share = self.cleaned_data.get("share")
        return {"opening": self.cleaned_data["places"] or 0, "opens_in": share and share.pk}


class MoveForm(forms.Form):
    """Another place in the list; empty puts the case back where the rule has it."""

    place = forms.IntegerField(
        label=gettext_lazy("Place"), min_value=1, max_value=MOST, required=False,
        help_text=gettext_lazy("Leave it empty to put the case back where the rule has it."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, validators=[no_hidden_signs])


@never_cache
@require_safe
def index(request: HttpRequest, code: str) -> HttpResponse:
    require_everywhere(request.user, "view_visa_cases")
    pool = get_object_or_404(QuotaPool.objects.prefetch_related("programmes"), pk=code)
    form = OpeningForm(pool, request.GET if "places" in request.GET else None)
    rows = waiting_list(VisaCase.objects.visible_to(request.user), pool, **form.asked)
    clients = own_files([row.case for row in rows], request.user)
    today = timezone.localdate()
    context = {
        "pool": pool,
        "runs": pool.starts_on <= today <= pool.ends_on,
        "ended": pool.ends_on < today,
        "offered": sum(row.offered and not row.case.recommended_on for row in rows),
        "form": form,
        "opening": form.asked.get("opening", 0),
        "order": order_of(pool).label,
        "later": takes_places_later(pool.programmes.all()),
        "rows": [(row, clients.get(row.case.pk)) for row in rows],
        "up": sum(row.comes_up for row in rows),
        "may_enter": may_enter(request.user),
        "crumbs": [(_("Quotas"), reverse("visas:quotas")), (str(pool), reverse("visas:quota", args=[pool.pk]))],
    }
    return render(request, "visas/waiting.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a case another place in the waiting list, with the reason; the province does."""
    case = get_visa_case_or_404(request.user, pk)
    if not may_enter(request.user):
        raise PermissionDenied(_("The order of a waiting list is changed by the province."))
    form = MoveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        move(case, actor=request.user, **form.cleaned_data)
        messages.success(request, _("The place in the waiting list is on record."))
        return redirect(case)
    context = {
        "title": _("Place in the waiting list"),
        "sentence": _(
            "The place counts before the rule. The reason stands beside it for everybody who reads the list."
        ),
        "form": form,
        "action": _("Put on record"),
        "back": case.get_absolute_url(),
    }
    return render(request, "confirm.html", context, status=400 if form.errors else 200)
