from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.models import ADMINISTER, REVIEW
from centers.listings import ENTRIES
from centers.selectors import scope_of
from centers.views.listing import show


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What was done: roles, sign-ins, imports and the like, as far as the reader reviews them, and one's own."""
    scope = scope_of(request.user)
    return show(request, ENTRIES, reviews={REVIEW, ADMINISTER} & {*scope.everywhere, *scope.workspaces})
