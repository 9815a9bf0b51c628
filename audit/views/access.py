from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.models import ACCESS_KEPT_YEARS, REVIEW
from cases.listings import ACCESSES
from centers.selectors import may_anywhere, scope_of
from centers.views.listing import show


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Who looked at whom: one's own requests for everybody, and those one reviews."""
    everywhere, reviews = REVIEW in scope_of(request.user).everywhere, may_anywhere(request.user, REVIEW)
    return show(request, ACCESSES, everywhere=everywhere, reviews=reviews, years=ACCESS_KEPT_YEARS)
