"""Frequent cases: written once, and filled into the form of a session when somebody asks for one."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import SessionTemplate
from cases.template_forms import TemplateForm
from centers.access import require_anywhere
from centers.models import Workspace
from centers.refusals import sentence
from centers.selectors import may, workspaces_where


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    require_anywhere(request.user, "work_sessions")
    rows = SessionTemplate.objects.visible_to(request.user).select_related("workspace")
    shown = [{"row": row, "mine": _writes(request, row)} for row in rows]
    return render(request, "cases/templates.html", {"templates": shown})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A template to be written, or written anew."""
    require_anywhere(request.user, "work_sessions")
    row = _own(request, pk) if pk else None
    form = TemplateForm(
        request.POST if request.method == "POST" else None, actor=request.user, centers=_centers(request), row=row
    )
    if form.is_valid():
        try:
            with transaction.atomic():
                kept = form.save()
        except IntegrityError as error:
            form.add_error("name", sentence(error))
        else:
            kept.refresh_from_db()
            messages.success(request, _("The template %(name)s is kept.") % {"name": kept.name})
            return redirect("cases:templates")
    context = {
        "form": form,
        "title": _("Template of a session"),
        "lead": _("Write nothing here that tells of a person. It is offered on the page of a new session."),
        "back": reverse("cases:templates"),
    }
    return render(request, "cases/template_form.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    if request.method == "POST":
        row.delete()
        messages.success(request, _("The template %(name)s is deleted.") % {"name": row.name})
        return redirect("cases:templates")
    context = {
        "title": _("Delete the template %(name)s?") % {"name": row.name},
        "sentence": _("Sessions that were logged with it stay as they are."),
        "action": _("Delete"),
        "back": reverse("cases:templates"),
        "bad": True,
    }
    return render(request, "confirm.html", context)


def _centers(request: HttpRequest) -> list[Workspace]:
    return list(workspaces_where(request.user, "work_sessions").order_by("code"))


def _writes(request: HttpRequest, row: SessionTemplate) -> bool:
    """One's own, and as a manager those of the centre."""
    return (
        row.owner_id == request.user.pk if row.owner_id else may(request.user, "accept_activities", row.workspace_id)
    )


def _own(request: HttpRequest, pk: int) -> SessionTemplate:
    row = SessionTemplate.objects.visible_to(request.user).filter(pk=pk).first()
    if row is None or not _writes(request, row):
        raise Http404
    return row
