from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from centers.access import require_anywhere
from centers.forms.grant import EndForm, GrantForm, MistakeForm
from centers.listings import GRANTS
from centers.models import Membership
from centers.rights import GRANT, grantable
from centers.selectors import scope_of, workspaces_where
from centers.services.membership import end_role, grant_role, withdraw_role
from centers.views.listing import show

# Where on the form it is told why a role was not granted; above it otherwise.
FIELDS = {"apart": "role", "declare": "declaration", "until": "ends_on", "within": "stands_in_for"}


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, GRANTS, bounds=GRANT in scope_of(request.user).everywhere)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    require_anywhere(request.user, GRANT)
    workspaces = workspaces_where(request.user, GRANT)
    data = request.POST if request.method == "POST" else None
    form = GrantForm(data, workspaces=workspaces, granter=request.user, initial=_wanted(request))
    if form.is_valid():
        try:
            made = grant_role(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(FIELDS.get(getattr(error, "code", None)), error)
        else:
            _confirm(request, made.pk, _("Granted: %(role)s"))
            return redirect("centers:grants")
    return render(request, "centers/grant_form.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    require_anywhere(request.user, GRANT)
    membership = get_object_or_404(grantable(request.user).select_related("user", "workspace"), pk=pk)
    if membership.starts_on > timezone.localdate() or _by_mistake(request, membership):
        return _withdraw(request, membership)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ended = end_role(membership_id=membership.pk, actor=request.user, ends_on=form.cleaned_data["ends_on"])
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            _confirm(request, ended.pk, _("Ended: %(role)s"))
            return redirect("centers:grants")
    context = {"form": form, "membership": membership, "began_today": membership.starts_on == timezone.localdate()}
    return render(request, "centers/grant_end.html", context, status=400 if form.errors else 200)


def _by_mistake(request: HttpRequest, membership: Membership) -> bool:
    """Whether a role that began today is to be taken back whole, as its page offers."""
    return membership.starts_on == timezone.localdate() and "mistake" in request.GET


def _withdraw(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Take a role back whole: one that has not begun, or on its first day, with a reason, one given by mistake."""
    role, begun = _in_words(membership), _by_mistake(request, membership)
    form = MistakeForm(request.POST if request.method == "POST" else None) if begun else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["reason"] if form else ""
        withdraw_role(membership_id=membership.pk, actor=request.user, reason=reason)
        said = _("Withdrawn on its first day: %(role)s") if begun else _("Withdrawn before it began: %(role)s")
        messages.success(request, said % {"role": role})
        return redirect("centers:grants")
    opened = _("From the next page on it opens nothing. What the person opened today stays in the access log.")
    unopened = _("It opens nothing yet, and will not.")
    asked = {
        "title": _("Withdraw a role given by mistake") if begun else _("Withdraw a role that has not begun"),
        "sentence": role,
        "consequences": [opened if begun else unopened, _("That it was granted and withdrawn stays on record.")],
        "action": _("Withdraw the role"),
        "back": reverse("centers:grants"),
        "form": form or "",
    }
    return render(request, "confirm.html", asked, status=400 if form and form.errors else 200)


def _wanted(request: HttpRequest) -> dict[str, str]:
    """For whom, as a link to the form may say."""
    return {key: request.GET[key] for key in ("user", "workspace") if key in request.GET}


def _confirm(request: HttpRequest, pk: int, text: str) -> None:
    """Say what the database holds now, and not what was typed."""
    held = Membership.objects.select_related("user", "workspace", "stands_in_for").get(pk=pk)
    messages.success(request, text % {"role": _in_words(held)})


def _in_words(held: Membership) -> str:
    days = f"{held.starts_on.isoformat()} ~ {held.ends_on.isoformat() if held.ends_on else ''}"
    told = [str(held.user), held.get_role_display(), str(held.workspace), days]
    if held.stands_in_for:
        told.append(_("stands in for %(name)s") % {"name": held.stands_in_for})
    return " · ".join(told)
