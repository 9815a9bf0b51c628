from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.search import Results, search
from centers.access import require_anywhere
from centers.models.codes import names_of
from centers.selectors import may_anywhere

CODES = ("nationality", "language", "workspace")  # of a client, as the page names them


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Looks for what was posted: a name never stands in an address."""
    require_anywhere(request.user, "view_clients")
    asked = request.method == "POST"
    text = request.POST.get("q", "")
    results = search(request.user, text) if asked else Results()
    may_open = may_anywhere(request.user, "work_clients")
    context = {
        "may_open": may_open,
        "asked": asked,
        "text": "" if results.problem else text,
        "results": results,
        "rows": list(zip(results.clients, *(names_of(results.clients, code) for code in CODES), strict=True)),
    }
    return render(request, "cases/search.html", context, status=400 if results.problem else 200)
