"""Where a request works, and one transaction for it with the signed scope of who asks (see ``centers/scope.py``)."""

import re

from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix
from django.utils.translation import gettext as _

from centers.refusals import sentence
from centers.scope import set_scope, settle_constraints
from centers.selectors import narrow, scope_of, workspace_at

BELOW_A_WORKSPACE = re.compile(r"/at/(?P<code>[A-Za-z0-9-]{1,20})(?=/)")


class WorkspaceMiddleware:
    """Serves every page also below a workspace, as ``/at/52110-c1/sessions/``.

    The workspace stands in the address, so that each tab keeps its own; what is reversed while the page is made
    stays below the same workspace.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        below = BELOW_A_WORKSPACE.match(request.path_info)
        request.workspace = None  # all in which the person works
        request.workspace_code = below["code"] if below else ""
        if not below:
            return self.get_response(request)
        prefix = get_script_prefix()
        request.path_info = request.path_info[below.end() :]
        set_script_prefix(f"{prefix.rstrip('/')}{below[0]}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(prefix)


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
                response = self._answer(request)
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

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if request.workspace_code:
            request.workspace = workspace_at(request.user, request.workspace_code)
            if request.workspace is None:
                return elsewhere(request)
            narrow(request.user, request.workspace)
        set_scope(scope_of(request.user))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DatabaseError) and sentence(error):
            request.refusal = error
            return HttpResponse(status=409)
        return None


def conflict(request: HttpRequest, error: Exception) -> HttpResponse:
    told = {"sentence": sentence(error), "here": request.get_full_path(), "typed": typed_in(request)}
    return render(request, "409.html", told, status=409)


def typed_in(request: HttpRequest) -> list[str]:
    """The texts that were sent with a form, without what is secret: to show them again to whoever wrote them."""
    return [
        text
        for name, texts in request.POST.lists()
        if not any(secret in name for secret in ("password", "token", "next", "code"))
        for text in texts
        if len(text) > 1 and not text.isdecimal()
    ]


def elsewhere(request: HttpRequest) -> HttpResponse:
    """The address names a workspace in which the person does not work, or no longer: say so, and lead back."""
    set_script_prefix("/")
    told = _("You do not work in the workspace %(code)s today.") % {"code": request.workspace_code}
    return render(request, "403.html", {"exception": told}, status=403)
