from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.access import get_client_if_readable, get_stay_or_404
from cases.listings import STAYS
from cases.listings.stay import nights_so_far
from cases.models import StayLeave
from centers.views.listing import show


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, STAYS)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    stay = get_stay_or_404(request.user, pk)
    context = {
        "stay": stay,
        "client": get_client_if_readable(request.user, stay.client_id),
        "nights": nights_so_far(stay),
        "leaves": StayLeave.objects.visible_to(request.user).filter(stay=stay).order_by("left_on"),
    }
    return render(request, "cases/stay_detail.html", context)
