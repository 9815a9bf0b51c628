from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.completion import ASKED, BY_DEFAULT, rules_of, signed_off_by
from cases.models import CompletionRule
from centers.models import Workspace


class RuleForm(forms.Form):
    workspace = forms.ModelChoiceField(
        label=gettext_lazy("Centre"), queryset=Workspace.objects.none(), to_field_name="code", empty_label=None
    )
    fields_asked = forms.MultipleChoiceField(
        label=gettext_lazy("A session is complete with"),
        choices=list(ASKED.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("A summary is asked for where a session was not held in Korean."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest) -> HttpResponse:
    """What a centre wants filled in with each session before the month closes; its manager says so."""
    centers = signed_off_by(request.user)
    if not centers:
        raise PermissionDenied(_("What a session needs is decided by the manager of the centre."))
    asked = rules_of(request.user)
    chosen = next((center for center in centers if center.code == request.GET.get("at")), centers[0])
    initial = {"workspace": chosen.code, "fields_asked": asked.get(chosen.pk, BY_DEFAULT)}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields["workspace"].queryset = Workspace.objects.filter(pk__in=[center.pk for center in centers])
    if form.is_valid():
        center, fields = form.cleaned_data["workspace"], form.cleaned_data["fields_asked"]
        CompletionRule.objects.update_or_create(workspace=center, defaults={"fields": fields})
        held = rules_of(request.user)[center.pk]
        names = ", ".join(str(ASKED[name]) for name in held) or _("nothing more")
        messages.success(request, _("%(center)s asks for: %(names)s.") % {"center": center, "names": names})
        return redirect(f"{reverse('cases:completion_rule')}?at={center.code}")
    context = {
        "form": form,
        "title": _("What a session needs"),
        "lead": _("A session that lacks one of these counts all the same, and waits in the counsellor's list."),
        "action": _("Keep this"),
        "back": reverse("cases:sessions"),
    }
    return render(request, "cases/form.html", context, status=400 if form.errors else 200)
