"""Files on a client's file: added, opened, deleted and taken back."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from cases.access import get_client_or_404
from cases.attachment_form import AttachmentForm
from cases.attachments import BIGGEST
from cases.models import Attachment, AttachmentContent, Client
from cases.models.attachment import ALIVE, RESTORABLE
from cases.services.attachment import attach, content_of, delete_attachment, restore_attachment
from cases.views.drafted import lead_to
from centers.prepared import prepared
from centers.selectors import may

WORK = "work_clients"
READ_AT_MOST = BIGGEST + 1  # of a bigger file no more is held than what shows that it is too big


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach a file to a client; ``?session=`` says in which session it came. A script is told where it leads."""
    client = get_client_or_404(request.user, pk, WORK)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = AttachmentForm(*sent, viewer=request.user, client=client, initial={"session": request.GET.get("session")})
    if form.is_valid() and (row := _attached(request, form, client)):
        told = {"name": row.name, "kind": row.kind, "day": row.expires_on.isoformat()}
        messages.success(request, _("Attached: %(kind)s, %(name)s, kept until %(day)s.") % told)
        return lead_to(request, client.get_absolute_url())
    context = {"form": form, "client": client, "biggest": BIGGEST}
    return render(request, "cases/attachment_new.html", context, status=400 if form.errors else 200)


def _attached(request: HttpRequest, form: AttachmentForm, client: Client) -> Attachment | None:
    """The attachment as the database holds it; none where it was refused, told on the form."""
    file = form.cleaned_data["file"]
    try:
        with transaction.atomic():
            row = attach(
                actor=request.user,
                client=client,
                kind=form.cleaned_data["kind"],
                name=file.name,
                content=file.read(READ_AT_MOST),
                session=form.cleaned_data.get("session"),
            )
    except ValidationError as error:
        form.add_error("file", error)
    else:
        return Attachment.objects.visible_to(request.user).get(pk=row.pk)
    return None


@never_cache
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, decrypted on its way out and never shown in the page. 404 once it is deleted or its time is over."""
    row = get_object_or_404(Attachment.objects.visible_to(request.user).alive().select_related("content"), pk=pk)
    response = HttpResponse(content_of(row), content_type=row.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=row.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    if row.deleted_at:
        return redirect(row.client)
    if request.method == "POST":
        delete_attachment(row, actor=request.user)
        told = _("The file is deleted. You can take it back on this page for %(days)d days.")
        messages.success(request, told % {"days": RESTORABLE.days})
        return redirect(row.client)
    days = {"days": RESTORABLE.days}
    context = {
        "title": _("Delete this file?"),
        "sentence": f"{row.kind}: {row.name}",
        "consequences": [_("You can take it back for %(days)d days; then its content is gone.") % days],
        "action": _("Delete"),
        "back": row.client.get_absolute_url(),
        "bad": True,
    }
    return render(request, "confirm.html", context)


@never_cache
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    restore_attachment(row)
    messages.success(request, _("The file is back."))
    return redirect(row.client)


def _own(request: HttpRequest, pk: int) -> Attachment:
    """An attachment that the person may change, as long as its content is there."""
    rows = Attachment.objects.visible_to(request.user).select_related("client")
    row = get_object_or_404(rows, pk=pk)
    if not AttachmentContent.objects.visible_to(request.user).filter(attachment=row).exists():
        raise Http404
    if not may(request.user, WORK, row.workspace_id):
        raise PermissionDenied
    return row


def attachments_of(ids: list[int], viewer: User) -> dict[str, list[Attachment]]:
    """The files on these clients, the newest first, and those that can still be taken back."""
    rows = _here(viewer, ids=ids, deleted_after=timezone.now() - RESTORABLE)
    return {
        "attachments": [row for row in rows if row.deleted_at is None],
        "deleted_attachments": [row for row in rows if row.deleted_at],
    }


@prepared
def _here(viewer: User, *, ids: list[int], deleted_after: datetime) -> QuerySet[Attachment]:
    rows = Attachment.objects.visible_to(viewer).filter(client__in=ids)
    return rows.filter(ALIVE | Q(deleted_at__gt=deleted_after)).order_by("-pk")
