"""The rules that the province keeps: conditions, duties and papers, each shown before it is changed."""

from collections.abc import Callable
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from centers.access import require_anywhere
from centers.selectors import scope_of
from visas.models import VisaProgramme
from visas.rulebooks import BOOKS, Book
from visas.services.rule import Rule, add_rule, correct_rule, end_rule
from visas.views.previewed import previewed, seen

WORK = "review_visa_cases"


@never_cache
@require_safe
def index(request: HttpRequest, of: str) -> HttpResponse:
    """All rules of a book by programme, those that hold today first; what was taken out stays in sight."""
    require_anywhere(request.user, "view_visa_cases")
    today, book = timezone.localdate(), BOOKS[of]
    rules = book.model.objects.select_related("programme", "entered_by", *book.beside)
    rows = sorted(rules, key=lambda rule: (rule.programme.order, rule.programme_id, not rule.holds_on(today),
                                           rule.voided_on is not None, *book.order(rule)))  # fmt: skip
    programmes = [
        (programme, [(rule, book.shown(rule), rule.holds_on(today)) for rule in found])
        for programme, found in groupby(rows, key=lambda rule: rule.programme)
    ]
    empty = VisaProgramme.objects.exclude(pk__in={programme.pk for programme, _rules in programmes})
    programmes += [(programme, []) for programme in empty]
    context = {"book": book, "programmes": programmes, "may_change": WORK in scope_of(request.user).everywhere}
    return render(request, "visas/rules.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, of: str) -> HttpResponse:
    require_the_province(request)
    book = BOOKS[of]
    begun = {"programme": request.GET.get("programme", "")}
    form = book.form(request.POST if request.method == "POST" else None, initial=begun)
    return _changed(
        request, book, form, _("Add a rule"), lambda: add_rule(actor=request.user, of=book.model, **form.told)
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int, of: str) -> HttpResponse:
    book = BOOKS[of]
    rule = _standing(request, book, pk)
    form = book.ending(request.POST if request.method == "POST" else None, initial={"valid_to": timezone.localdate()})
    return _changed(
        request,
        book,
        form,
        _("End a rule"),
        lambda: end_rule(rule, actor=request.user, last_day=form.cleaned_data["valid_to"]),
        rule,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int, of: str) -> HttpResponse:
    book = BOOKS[of]
    rule = _standing(request, book, pk)
    form = book.correction(request.POST if request.method == "POST" else None, rule=rule)
    return _changed(
        request,
        book,
        form,
        _("Correct a rule"),
        lambda: correct_rule(rule, actor=request.user, reason=form.cleaned_data["reason"], **form.told),
        rule,
    )


def require_the_province(request: HttpRequest) -> None:
    require_anywhere(request.user, WORK)
    if WORK not in scope_of(request.user).everywhere:
        raise PermissionDenied(_("The rules are kept by the province."))


def _standing(request: HttpRequest, book: Book, pk: int) -> Rule:
    require_the_province(request)
    return get_object_or_404(book.model.objects.standing().select_related("programme", *book.beside), pk=pk)


def _changed(
    request: HttpRequest, book: Book, form: Form, title: str, change: Callable[[], Rule], rule: Rule | None = None
) -> HttpResponse:
    """Show first what it would turn, and change the rules once that was confirmed."""
    changed, turned = previewed(
        request,
        form,
        change,
        lambda: book.preview(
            change, viewer=request.user, programme=(rule.programme if rule else form.cleaned_data["programme"]).pk
        ),
    )
    if changed:
        held = book.model.objects.select_related("programme").get(pk=changed.pk)  # what the database holds now
        messages.success(request, book.told(held))
        return redirect(book.route)
    context = {
        "book": book,
        "form": form,
        "title": title,
        "rule": rule,
        "name": book.shown(rule).name if rule else "",
        "previewed": turned is not None,
        "seen": seen(form) if turned is not None else "",
        **(book.turned(turned, request.user) if turned is not None else {}),
    }
    return render(request, "visas/rule_form.html", context, status=400 if form.errors else 200)
