from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.access import give_reason
from centers.access import require_listing
from centers.exports.names import name_of_file, title_of
from centers.exports.run import may_still
from centers.exports.sealed import SealedReader
from centers.forms.export import ExportForm
from centers.listing import Listing, Shown, find
from centers.models import Export, ExportFormat
from centers.services.export import cancel_export, note_download, request_export

SHOWN = 50


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The person's own exports, the newest first."""
    exports = list(Export.objects.visible_to(request.user).order_by("-pk")[:SHOWN])
    return render(request, "centers/export_list.html", {"exports": [(row, title_of(row)) for row in exports]})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Asks for the format and the reason; the list and its filters stand in the address.

    A filter that was written wrongly would take out more rows than were meant: it has to be mended first.
    """
    listing = _listing(code, request.GET)
    require_listing(request.user, listing)
    shown = Shown.of(request, listing)
    if shown.form.errors:
        return render(request, "centers/export_mistaken.html", {"shown": shown}, status=400)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            export = request_export(actor=request.user, shown=shown, workspace=request.workspace, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            give_reason(export.reason)
            return redirect(export)
    context = {"form": form, "shown": shown, "rows": shown.size}
    return render(request, "centers/export_form.html", context, status=400 if form.errors else 200)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the file is, and the way to it."""
    export = _own(request, pk)
    context = {"export": export, "title": title_of(export), "words": _words(request, export)}
    return render(request, "centers/export_detail.html", context)


@never_cache
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that moves: it asks for itself anew, and shows nobody."""
    return render(request, "centers/_export_progress.html", {"export": _own(request, pk)})


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    export = _own(request, pk)
    cancel_export(export_id=export.pk, actor=request.user)
    return redirect(export)


@never_cache
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, decrypted on its way out. 404 once it is deleted."""
    export = _own(request, pk)
    if not export.downloadable:
        raise Http404
    if not may_still(request.user, export):
        raise PermissionDenied(_("Your roles no longer reach all that is in this file. Ask for it anew."))
    give_reason(export.reason)
    if request.method == "GET":
        note_download(export=export)
    response = FileResponse(
        SealedReader(export.path, export.file),
        as_attachment=True,
        filename=name_of_file(export),
        content_type=ExportFormat(export.format).media_type,
    )
    response["Content-Length"] = export.size
    return response


def _own(request: HttpRequest, pk: int) -> Export:
    return get_object_or_404(Export.objects.visible_to(request.user), pk=pk)


def _listing(code: str, asked: QueryDict) -> Listing:
    try:
        listing = find(code, asked)
    except KeyError as error:
        raise Http404 from error
    if not listing.exported:
        raise Http404
    return listing


def _words(request: HttpRequest, export: Export) -> list[tuple[str, str]]:
    """What the list was narrowed to, in the reader's language."""
    try:
        return find(export.listing, export.filters).form(export.filters, viewer=request.user).in_words
    except KeyError:
        return []
