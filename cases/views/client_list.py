from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.listings import CLIENTS
from cases.views.pairs import waiting_pairs
from centers.selectors import may_anywhere
from centers.views.listing import show


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    may_open = may_anywhere(request.user, "work_clients")
    waiting = waiting_pairs(request.user) if may_open else ""
    return show(request, CLIENTS, may_open=may_open, waiting=waiting)
