from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from centers.access import require_listing
from centers.listing import Listing, Shown


def show(
    request: HttpRequest, listing: Listing, *, told: Callable[[Shown], dict] = lambda shown: {}, **context
) -> HttpResponse:
    """The page of a list, for the view of it: 403 where it does not open to the reader.

    ``told`` gives what the page tells beside the rows that are shown.
    A page token that is not good here gives a 400 that leads back to the first page of the same list.
    """
    require_listing(request.user, listing)
    shown = Shown.of(request, listing)
    try:
        shown.table  # noqa: B018  (worked out here, since a template hides what goes wrong in it)
    except BadRequest as error:
        told = {"listing": listing, "sentence": str(error), "url": request.path + shown.query}
        return render(request, "listing_page_gone.html", told, status=400)
    return render(request, listing.template, {"shown": shown, **told(shown), **context})
