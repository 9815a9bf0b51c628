from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.listings import CLIENTS
from centers.views.listing import show


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, CLIENTS)
