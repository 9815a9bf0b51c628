"""The register of labour-demand surveys: what is wanted, beside the places there are."""

from collections import defaultdict

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.fields import DayField
from accounts.models import User
from cases.forms import RefusableForm, no_hidden_signs
from centers.access import require_anywhere
from centers.models import Municipality, WorkspaceKind
from centers.refusals import rule_of, sentence
from centers.selectors import scope_of, workspaces_where
from visas.models import DemandSurvey, QuotaPool, VisaProgramme
from visas.models.demand import DemandQuerySet
from visas.services.demand import enter_demand, withdraw_demand
from visas.views.asked import reads_proposals
from visas.views.quota import sees_all

WORK = "review_visa_cases"


def entered_for(user: User) -> QuerySet[Municipality]:
    """The municipalities for which a person enters surveys: the office its own, the province all."""
    if WORK in scope_of(user).everywhere:
        return Municipality.objects.all()
    offices = workspaces_where(user, WORK).filter(kind=WorkspaceKind.OFFICE)
    return Municipality.objects.filter(pk__in=offices.values("municipality"))


class DemandForm(RefusableForm):
    """What a survey found, and where it stands."""

    field_of = {"demand_entered_once": "source"}

    municipality = forms.ModelChoiceField(label=gettext_lazy("Municipality"), queryset=Municipality.objects.none())
    industry = forms.CharField(label=gettext_lazy("Industry"), max_length=100, validators=[no_hidden_signs])
    programme = forms.ModelChoiceField(
        label=gettext_lazy("Visa programme"), queryset=VisaProgramme.objects.all(), required=False, empty_label="—"
    )
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100)
    wanted = forms.IntegerField(label=gettext_lazy("People wanted"), min_value=0, max_value=1_000_000)
    surveyed_on = DayField(gettext_lazy("Surveyed on"))
    document = forms.CharField(label=gettext_lazy("Document number"), max_length=60, required=False)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=300,
        help_text=gettext_lazy("Who asked whom, and in which paper it stands."),
    )

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = entered_for(actor)
        self.initial = {"year": timezone.localdate().year, "surveyed_on": timezone.localdate()} | self.initial

    def clean_surveyed_on(self):
        day = self.cleaned_data["surveyed_on"]
        if day > timezone.localdate():
            raise ValidationError(_("The day lies in the future."))
        return day


class DemandFilterForm(forms.Form):
    """Which surveys are shown."""

    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100, required=False)
    municipality = forms.ModelChoiceField(
        label=gettext_lazy("Municipality"), queryset=Municipality.objects.all(), required=False,
        empty_label=gettext_lazy("All"),
    )  # fmt: skip
    pool = forms.ModelChoiceField(
        label=gettext_lazy("Quota"), queryset=QuotaPool.objects.all(), required=False, empty_label=gettext_lazy("All")
    )
    up_to = DayField(gettext_lazy("Surveyed up to and with"), required=False)

    def narrowed(self, rows: DemandQuerySet) -> DemandQuerySet:
        self.is_valid()
        if pool := self.cleaned_data.get("pool"):
            rows = rows.of_quota(pool.pk)
        asked = {"year": "year", "municipality": "municipality", "up_to": "surveyed_on__lte"}
        chosen = {path: self.cleaned_data.get(name) for name, path in asked.items()}
        return rows.filter(**{path: value for path, value in chosen.items() if value})


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, validators=[no_hidden_signs])


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All surveys, the newest year first, with the sums of each year."""
    require_anywhere(request.user, "view_visa_cases")
    form = DemandFilterForm(request.GET)
    rows = form.narrowed(DemandSurvey.objects.select_related("municipality", "programme", "entered_by"))
    years = defaultdict(list)
    for row in rows.prefetch_related("programme__pools", "proposals"):
        years[row.year].append(row)
    mine = set(entered_for(request.user).values_list("pk", flat=True))
    shown = [
        {
            "year": year,
            "rows": [(row, _quotas_of(row)) for row in found],
            "wanted": sum(row.wanted for row in found if row.withdrawn_on is None),
        }
        for year, found in years.items()
    ]
    return render(
        request,
        "visas/demand.html",
        {
            "years": shown,
            "mine": mine,
            "may_enter": bool(mine),
            "form": form,
            "sees_proposals": reads_proposals(request.user),
            "sees_board": sees_all(request.user),
        },
        status=400 if form.errors else 200,
    )


def _quotas_of(row: DemandSurvey) -> list[QuotaPool]:
    """The quotas of the survey's programme that run in its year."""
    pools = row.programme.pools.all() if row.programme else []
    return [pool for pool in pools if pool.starts_on.year <= row.year <= pool.ends_on.year]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    require_anywhere(request.user, WORK)
    form = DemandForm(request.POST if request.method == "POST" else None, actor=request.user)
    if form.is_valid():
        try:
            made = enter_demand(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = DemandSurvey.objects.select_related("municipality").get(pk=made.pk)
            told = {"year": held.year, "place": held.municipality, "industry": held.industry, "wanted": held.wanted}
            messages.success(request, _("Kept: %(year)s %(place)s, %(industry)s, %(wanted)s people wanted.") % told)
            return redirect("visas:demand")
    return render(request, "visas/demand_new.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A survey counts no more, for a reason; it stays in sight."""
    require_anywhere(request.user, WORK)
    row = get_object_or_404(DemandSurvey.objects.standing(), pk=pk)
    if not entered_for(request.user).filter(pk=row.municipality_id).exists():
        raise PermissionDenied(_("Surveys of a municipality are entered by its office or the province."))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        withdraw_demand(row, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The survey is withdrawn. It stays in sight and counts no more."))
        return redirect("visas:demand")
    context = {
        "title": _("Withdraw this survey?"),
        "sentence": f"{row.year} {row.municipality} · {row.industry} · {row.wanted:,}",
        "form": form,
        "action": _("Withdraw"),
        "back": reverse("visas:demand"),
        "bad": True,
    }
    return render(request, "confirm.html", context, status=400 if form.errors else 200)
