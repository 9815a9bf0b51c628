from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit.models import REVIEW
from centers.access import require_anywhere, require_everywhere
from centers.forms.grant import SeparationForm
from centers.models import Separation
from centers.rights import GRANT
from centers.selectors import may_anywhere, scope_of
from centers.separation import meetings_today
from centers.services.separation import declare_apart, withdraw_apart


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What may not meet in one person, why, and where it meets today: for who grants roles and who reviews."""
    if REVIEW not in scope_of(request.user).everywhere:
        require_anywhere(request.user, GRANT)
    met = meetings_today(request.user)
    rules = Separation.objects.standing()
    context = {
        "roles": [(apart, [each for each in met if each.apart == apart]) for apart in rules.of_roles()],
        "acts": rules.of_acts(),
        "undeclared": sum(1 for each in met if not each.declaration),
        "may_edit": GRANT in scope_of(request.user).everywhere,
        "grants": may_anywhere(request.user, GRANT),
    }
    return render(request, "centers/separation_list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    require_everywhere(request.user, GRANT)
    return _written(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    require_everywhere(request.user, GRANT)
    return _written(request, get_object_or_404(_declared(), code=code))


def _declared():
    return Separation.objects.standing().of_roles().filter(refused=False)


def _written(request: HttpRequest, apart: Separation | None) -> HttpResponse:
    names = SeparationForm.base_fields
    initial = {name: getattr(apart, name) for name in names} if apart else {}
    form = SeparationForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            kept = declare_apart(actor=request.user, code=apart.pk if apart else "", **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            held = Separation.objects.get(pk=kept.pk)
            messages.success(request, _("Kept apart from now on: %(roles)s") % {"roles": held})
            return redirect("centers:separations")
    context = {"form": form, "apart": apart}
    return render(request, "centers/separation_form.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    require_everywhere(request.user, GRANT)
    apart = get_object_or_404(_declared(), code=code)
    if request.method == "POST":
        withdraw_apart(actor=request.user, code=apart.pk)
        messages.success(request, _("No longer kept apart: %(roles)s") % {"roles": apart})
        return redirect("centers:separations")
    asked = {
        "title": _("Take this row out of the table"),
        "sentence": str(apart),
        "consequences": [_("One person may then hold both roles without a word. The change stays on record.")],
        "action": _("Take it out"),
        "back": reverse("centers:separations"),
        "bad": True,
    }
    return render(request, "confirm.html", asked)
