"""One transaction a request, with the signed scope of who asks (see ``centers/scope.py``)."""

from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from centers.refusals import sentence
from centers.scope import set_scope, settle_constraints
from centers.selectors import scope_of


class ScopeMiddleware:
    """Owns the request's transaction.

    Django would open it after every middleware, too late for a setting that lives in it. A status of
    500 or more takes everything back; a broken constraint is told as a sentence, with status 409.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            with transaction.atomic():
                if request.user.is_authenticated:
                    set_scope(scope_of(request.user))
                response = self.get_response(request)
                refusal = getattr(request, "refusal", None)
                if response.status_code >= 500 or refusal:
                    transaction.set_rollback(True)
                else:
                    settle_constraints()
        except IntegrityError as error:
            refusal = error
        if refusal:  # told after the broken transaction is over: the page may read the database
            return conflict(request, refusal)
        if response.streaming and not getattr(response, "file_to_stream", None):
            raise RuntimeError("A response that reads the database while it streams would read it without a scope")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DatabaseError) and sentence(error):
            request.refusal = error
            return HttpResponse(status=409)
        return None


def conflict(request: HttpRequest, error: Exception) -> HttpResponse:
    return render(request, "409.html", {"sentence": sentence(error)}, status=409)
