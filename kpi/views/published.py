"""The register of figures that were told outside."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
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
from centers.refusals import rule_of, sentence
from centers.selectors import scope_of
from centers.views.listing import show
from kpi.listings import PUBLISHED
from kpi.models import PublishedFigure
from kpi.models.published import Audience
from kpi.numbers import plain
from kpi.published import compared
from kpi.services.published import publish


class PublishForm(RefusableForm):
    """A figure as it was said, and what it is compared with here."""

    field_of = {"published_figure_of_a_day_before": "as_of", "published_figure_said_once": "wording"}

    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100)
    said_on = DayField(gettext_lazy("Said on"))
    audience = forms.ChoiceField(label=gettext_lazy("Told to"), choices=Audience.choices)
    value = forms.DecimalField(label=gettext_lazy("Figure"), max_digits=14, decimal_places=2)
    unit_ko = forms.CharField(label=gettext_lazy("Unit"), max_length=20, initial="명")
    as_of = DayField(gettext_lazy("As of"), required=False)
    wording = forms.CharField(
        label=gettext_lazy("What was said"), max_length=300, validators=[no_hidden_signs],
        help_text=gettext_lazy("As it was said or printed."), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    definition = forms.CharField(
        label=gettext_lazy("Definition"), max_length=300, validators=[no_hidden_signs],
        help_text=gettext_lazy("What was counted, and up to when."), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    paths = forms.MultipleChoiceField(
        label=gettext_lazy("Compared with"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Several are added. None where nothing here means the same."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=300, help_text=gettext_lazy("Document number, paper and day.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["paths"].choices = list(compared().items())

    def clean_said_on(self):
        day = self.cleaned_data["said_on"]
        if day > timezone.localdate():
            raise ValidationError(_("The day lies in the future."))
        return day


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What was said, beside what the records give today."""
    return show(request, PUBLISHED, may_enter="enter_figures" in scope_of(request.user).everywhere)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a figure that was said; ``?corrects=`` puts an earlier one right."""
    require_everywhere(request.user, "enter_figures")
    asked = request.GET.get("corrects", "")
    before = get_object_or_404(PublishedFigure, pk=asked if asked.isdecimal() else 0) if asked else None
    form = PublishForm(request.POST if request.method == "POST" else None, initial=_begun(before))
    if form.is_valid():
        try:
            made = publish(actor=request.user, corrects=before, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = PublishedFigure.objects.get(pk=made.pk)
            told = {"year": held.year, "value": plain(held.value), "unit": held.unit_ko, "wording": held.wording}
            messages.success(request, _("Kept for %(year)s: %(value)s %(unit)s, %(wording)s") % told)
            return redirect("kpi:published")
    context = {"form": form, "before": before}
    return render(request, "kpi/published_new.html", context, status=400 if form.errors else 200)


def _begun(before: PublishedFigure | None) -> dict:
    if before is None:
        return {"year": timezone.localdate().year, "said_on": timezone.localdate()}
    names = ("year", "audience", "value", "unit_ko", "as_of", "wording", "definition", "paths", "source")
    return {name: getattr(before, name) for name in names} | {"said_on": timezone.localdate()}
