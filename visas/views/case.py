from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.access import get_client_if_readable
from centers.views.listing import show
from visas.access import get_visa_case_or_404
from visas.listings import CASES
from visas.stages import CASE_STAGES, stage_of


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, CASES)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    case = get_visa_case_or_404(request.user, pk)
    context = {
        "case": case,
        "client": get_client_if_readable(request.user, case.client_id),
        "stage": CASE_STAGES[stage_of(case, CASE_STAGES)],
        "steps": [(name, day) for stage, name in CASE_STAGES.items() if (day := getattr(case, f"{stage}_on"))],
    }
    return render(request, "visas/case_detail.html", context)
