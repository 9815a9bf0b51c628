from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.access import get_activity_or_404
from cases.listings import ACTIVITIES
from centers.views.listing import show


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, ACTIVITIES)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "cases/activity_detail.html", {"activity": get_activity_or_404(request.user, pk)})
