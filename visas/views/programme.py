"""The visa programmes with what the province has decided of each, and the page that changes it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from centers.access import require_anywhere, require_everywhere
from visas.forms.programme import ProgrammeForm
from visas.models import GivenBack, QuotaPool, VisaProgramme
from visas.papers import unlisted
from visas.services.programme import set_programme
from visas.views.previewed import previewed, seen, tried
from visas.views.quota import may_enter


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """When a case of each programme takes its place and gives it back, and the days of letters and of waiting."""
    require_anywhere(request.user, "view_visa_cases")
    rows = VisaProgramme.objects.prefetch_related("decided__entered_by")
    shown = [(row, _given_back(row), row.decided.all()) for row in rows]
    context = {
        "rows": shown,
        "unlisted": unlisted(),
        "may_enter": may_enter(request.user),
        "crumbs": [(_("Quotas"), reverse("visas:quotas"))],
    }
    return render(request, "visas/programmes.html", context)


def _given_back(programme: VisaProgramme) -> list[str]:
    return [str(label) for code, label in GivenBack.choices if code in programme.seat_given_back_by]


@dataclass(frozen=True)
class Turned:
    """What a change would do to one quota: the places taken in it before and after."""

    pool: QuotaPool
    before: int
    after: int


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    require_everywhere(request.user, "review_visa_cases")
    programme = get_object_or_404(VisaProgramme, pk=code)
    form = ProgrammeForm(request.POST if request.method == "POST" else None, programme=programme)
    write = lambda: set_programme(programme=programme, actor=request.user, **form.told)  # noqa: E731
    made, turned = previewed(request, form, write, lambda: _turned(programme, write))
    if made:
        messages.success(request, _confirmed(made))
        return redirect(f"{reverse('visas:programmes')}#{made.pk}")
    context = {
        "form": form,
        "programme": programme,
        "turned": turned,
        "seen": seen(form) if turned is not None else "",
        "back": reverse("visas:programmes"),
        "crumbs": [(_("Quotas"), reverse("visas:quotas")), (_("Visa programmes"), reverse("visas:programmes"))],
    }
    return render(request, "visas/programme_form.html", context, status=400 if form.errors else 200)


def _turned(programme: VisaProgramme, write) -> list[Turned]:
    """The quotas of the programme as they would stand."""
    before = _taken(programme)
    after = tried(write, _taken)
    return [Turned(pool, taken, after[pool]) for pool, taken in before.items()]


def _taken(programme: VisaProgramme) -> dict[QuotaPool, int]:
    return {pool: pool.taken for pool in QuotaPool.objects.filter(programmes=programme)}


def _confirmed(held: VisaProgramme) -> str:
    """What the database holds now, and not what was typed."""
    told = {
        "programme": held,
        "taken": held.get_seat_taken_at_display(),
        "back": ", ".join(_given_back(held)) or _("Nothing"),
    }
    return _("On record: %(programme)s. Place taken: %(taken)s. Given back by: %(back)s.") % told
