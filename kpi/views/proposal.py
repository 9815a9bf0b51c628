"""The register of proposals to the ministry's scheme, with their way and what they rest on."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.fields import DayField
from cases.forms import RefusableForm, no_hidden_signs
from centers.access import require_everywhere
from centers.models import Municipality
from centers.refusals import rule_of, sentence
from centers.selectors import scope_of
from kpi.models import Proposal, ProposalStatus, PublishedFigure
from kpi.models.proposal import ProposalQuerySet
from kpi.services.proposal import propose, take_proposal_step
from visas.models import DemandSurvey, QuotaPool


class ProposalForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[no_hidden_signs])
    text = forms.CharField(
        label=gettext_lazy("What is proposed"), max_length=5000, validators=[no_hidden_signs],
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    figures = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Published figures it rests on"), queryset=PublishedFigure.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    surveys = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Labour-demand surveys it rests on"), queryset=DemandSurvey.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    pools = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Quotas it is about"), queryset=QuotaPool.objects.all(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    quotas_on = DayField(
        gettext_lazy("Quotas as of"), required=False, help_text=gettext_lazy("The quotas of this day are linked.")
    )
    rests_on = forms.CharField(
        label=gettext_lazy("What else it rests on"), max_length=300, required=False, validators=[no_hidden_signs]
    )
    happened_on = DayField(gettext_lazy("Day"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["figures"].queryset = PublishedFigure.objects.filter(corrected_by=None)
        self.fields["figures"].label_from_instance = lambda row: row.wording
        self.fields["surveys"].queryset = DemandSurvey.objects.standing().select_related("municipality")
        self.fields["surveys"].label_from_instance = _in_words
        self.initial = {"happened_on": timezone.localdate()} | self.initial


def _in_words(row: DemandSurvey) -> str:
    told = {"place": row.municipality, "industry": row.industry, "year": row.year, "wanted": f"{row.wanted:,}"}
    return _("%(year)s %(place)s, %(industry)s: %(wanted)s people wanted") % told


class ProposalFilterForm(forms.Form):
    """Which proposals are shown."""

    pool = forms.ModelChoiceField(
        label=gettext_lazy("Quota"), queryset=QuotaPool.objects.all(), required=False, empty_label=gettext_lazy("All")
    )
    municipality = forms.ModelChoiceField(
        label=gettext_lazy("Municipality"), queryset=Municipality.objects.all(), required=False,
        empty_label=gettext_lazy("All"), help_text=gettext_lazy("Of which a survey is among what they rest on."),
    )  # fmt: skip
    up_to = DayField(gettext_lazy("Begun up to and with"), required=False)

    def narrowed(self, rows: ProposalQuerySet) -> ProposalQuerySet:
        self.is_valid()
        if pool := self.cleaned_data.get("pool"):
            rows = rows.of_quota(pool.pk)
        if place := self.cleaned_data.get("municipality"):
            rows = rows.of_municipality(place.pk)
        if day := self.cleaned_data.get("up_to"):
            rows = rows.begun_by(day)
        return rows


class ProposalStepForm(RefusableForm):
    field_of = {
        "proposal_steps_in_order": "happened_on",
        "proposal_answered_after_submission": "status",
        "proposal_answer_says_by_what": "document",
    }

    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=ProposalStatus.choices)
    happened_on = DayField(gettext_lazy("Day"))
    document = forms.CharField(label=gettext_lazy("Document number"), max_length=60, required=False)
    note = forms.CharField(
        label=gettext_lazy("Answer or note"), max_length=500, required=False, validators=[no_hidden_signs]
    )

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise ValidationError(_("The day lies in the future."))
        return day


SHOWN = ("steps__entered_by", "figures", "pools", "surveys__municipality")  # beside a proposal


def _may_enter(request: HttpRequest) -> bool:
    return "enter_figures" in scope_of(request.user).everywhere


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    require_everywhere(request.user, "view_figures")
    form = ProposalFilterForm(request.GET)
    rows = [(row, _last(row)) for row in form.narrowed(Proposal.objects.prefetch_related("steps"))]
    context = {"rows": rows, "may_enter": _may_enter(request), "form": form}
    return render(request, "kpi/proposals.html", context, status=400 if form.errors else 200)


def _last(row: Proposal):
    return list(row.steps.all())[-1]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    require_everywhere(request.user, "enter_figures")
    form = ProposalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = propose(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Kept: %(title)s") % {"title": Proposal.objects.get(pk=made.pk).title})
            return redirect(made)
    return render(request, "kpi/proposal_new.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A proposal with its way; a POST takes its next step."""
    require_everywhere(request.user, "view_figures")
    proposal = get_object_or_404(Proposal.objects.prefetch_related(*SHOWN), pk=pk)
    if request.method == "POST" and not _may_enter(request):
        raise PermissionDenied
    begun = {"happened_on": timezone.localdate(), "status": ProposalStatus.SUBMITTED}
    form = ProposalStepForm(request.POST if request.method == "POST" else None, initial=begun)
    if form.is_valid():
        try:
            take_proposal_step(proposal, actor=request.user, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            messages.success(request, _("The step is on record."))
            return redirect(proposal)
    context = {"proposal": proposal, "form": form if _may_enter(request) else None, "last": _last(proposal)}
    return render(request, "kpi/proposal.html", context, status=400 if form.errors else 200)
