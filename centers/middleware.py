"""Where a request works, and one transaction for it with the signed scope of who asks (see ``centers/scope.py``)."""

import re

from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.typed import typed_in
from audit.access import Shown, gathering, note
from centers.reader import read_by
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

    The same transaction puts the request of a signed-in person on record with those it shows: no page without
    its record. What was taken back is put on record afterwards, and has shown nobody.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None  # of now: the view may sign them out
        try:
            with transaction.atomic(), read_by(user), gathering() as shown:
                response = self._answer(request, user)
                refusal = getattr(request, "refusal", None)
                failed = response.status_code >= 500
                if failed or refusal:
                    transaction.set_rollback(True)
                else:
                    settle_constraints()
                    _put_on_record(request, user, response.status_code, shown)
        except IntegrityError as error:
            refusal = error
        if refusal:  # told after the broken transaction is over: the page may read the database
            response = conflict(request, refusal)
        if refusal or failed:
            _put_on_record_anew(request, user, response.status_code)
        if response.streaming and not getattr(response, "file_to_stream", None):
            raise RuntimeError("A response that reads the database while it streams would read it without a scope")
        return response

    def _answer(self, request: HttpRequest, user: User | None) -> HttpResponse:
        if user is None:
            return _in_words(request, self.get_response(request))
        if request.workspace_code:
            request.workspace = workspace_at(user, request.workspace_code)
            if request.workspace:
                narrow(user, request.workspace)
        set_scope(scope_of(user))
        if request.workspace_code and request.workspace is None:
            return elsewhere(request)
        return _in_words(request, self.get_response(request))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DatabaseError) and sentence(error):
            request.refusal = error
            return HttpResponse(status=409)
        return None


def _in_words(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page that says why an address was not opened, where the answer has none: it takes only what a form sends."""
    if response.status_code != 405 or response.streaming or response.content:
        return response
    page = render(request, "405.html", status=405)
    page["Allow"] = response["Allow"]
    return page


def _put_on_record(request: HttpRequest, user: User | None, status: int, shown: Shown) -> None:
    if user is None:
        return
    at = request.workspace.pk if request.workspace else scope_of(user).only_workspace
    note(request, shown, status=status, workspace_id=at)


def _put_on_record_anew(request: HttpRequest, user: User | None, status: int) -> None:
    if user is None:
        return
    with transaction.atomic():
        set_scope(scope_of(user))
        _put_on_record(request, user, status, Shown())


def conflict(request: HttpRequest, error: Exception) -> HttpResponse:
    told = {"sentence": sentence(error), "here": request.get_full_path(), "typed": typed_in(request)}
    return render(request, "409.html", told, status=409)


def elsewhere(request: HttpRequest) -> HttpResponse:
    """The address names a workspace in which the person does not work, or no longer: say so, and lead back."""
    set_script_prefix("/")
    told = _("You do not work in the workspace %(code)s today.") % {"code": request.workspace_code}
    return render(request, "403.html", {"exception": told}, status=403)
