"""The reference data that the province changes by documents: read by everybody with cases, shown before it changes."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from centers.access import require_anywhere, require_everywhere
from visas.access import own_files
from visas.decisionbooks import BOOKS, Book
from visas.decisions import said_now
from visas.forms.decision import PointsTableForm
from visas.models import Decision, VisaProgramme
from visas.services import rule as conditions
from visas.services.decision import decide
from visas.views.previewed import previewed, seen, tried
from visas.views.quota import may_enter


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Each book with how much of it nobody has entered yet, and the last document that changed it."""
    require_anywhere(request.user, "view_visa_cases")
    books = [(book, rows, sum(row.missing for row in rows), _last(rows)) for book, rows in _all()]
    return render(request, "visas/decision_books.html", {"books": books, "crumbs": _crumbs()[:2]})


def _all() -> list[tuple[Book, list]]:
    return [(book, book.rows()) for book in BOOKS.values()]


def _last(rows: list) -> Decision | None:
    return max((row.decisions[0] for row in rows if row.decisions), key=lambda one: one.pk, default=None)


@never_cache
@require_safe
def book(request: HttpRequest, of: str) -> HttpResponse:
    """What the rows of a book say, where it stands, and every decision on them."""
    require_anywhere(request.user, "view_visa_cases")
    found = _book(of)
    rows = [(row, [(one, found.changes(one.before, one.told)) for one in row.decisions]) for row in found.rows()]
    context = {"book": found, "rows": rows, "may_enter": may_enter(request.user), "crumbs": _crumbs()}
    return render(request, "visas/decision_book.html", context)


@dataclass(frozen=True)
class Preview:
    """What a decision would change in its row, what it leaves, and the open cases it would answer otherwise."""

    changes: list[tuple[str, str, str]]
    touched: list[str]
    turned: list | None = None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, of: str, key: str) -> HttpResponse:
    require_everywhere(request.user, "review_visa_cases")
    found = _book(of)
    now, name = said_now(found.kind, key), found.names().get(key)
    if now is None or name is None:
        raise Http404
    form = found.form(request.POST if request.method == "POST" else None, now=now)
    write = lambda: decide(book=found.kind, key=key, actor=request.user, **form.told)  # noqa: E731
    made, preview = previewed(request, form, write, lambda: _preview(request, found, write))
    if made:
        told = {"name": name, "document": made.document, "from": made.from_on.isoformat()}
        messages.success(request, _("On record: %(name)s, by %(document)s, from %(from)s.") % told)
        return redirect(f"{reverse('visas:decision_book', args=[found.kind])}#{key}")
    context = {
        "book": found,
        "name": name,
        "form": form,
        "lines": form.rows() if isinstance(form, PointsTableForm) else None,
        "preview": preview,
        "seen": seen(form) if preview is not None else "",
        "back": reverse("visas:decision_book", args=[found.kind]),
        "crumbs": [*_crumbs(), (found.kind.label, reverse("visas:decision_book", args=[found.kind]))],
    }
    return render(request, "visas/decision_form.html", context, status=400 if form.errors else 200)


def _preview(request: HttpRequest, found: Book, write) -> Preview:
    changes, touched = tried(
        write, lambda row: (found.changes(row.before, row.told), found.touched(row, request.user))
    )
    if not found.turns_conditions:
        return Preview(changes, touched)
    every = VisaProgramme.objects.values_list("pk", flat=True)
    turned = conditions.preview(write, viewer=request.user, programmes=every)
    files = own_files([one.case for one in turned], request.user)
    return Preview(changes, touched, [(one, files.get(one.case.pk)) for one in turned])


def _book(of: str) -> Book:
    if of not in BOOKS:
        raise Http404
    return BOOKS[of]


def _crumbs() -> list[tuple[str, str]]:
    return [
        (_("Quotas"), reverse("visas:quotas")),
        (_("Visa programmes"), reverse("visas:programmes")),
        (_("Reference data"), reverse("visas:decisions")),
    ]
