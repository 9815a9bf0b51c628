from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from audit import review
from audit.forms import FindingForm, SignForm
from audit.models import REVIEW, Action, AuditEntry, MonthReview, ReviewFinding
from audit.selectors import Told, definitions, on_days
from audit.services import note_finding, sign_month
from centers.access import require_everywhere
from centers.listings.entry import tell
from centers.selectors import scope_of
from centers.separation import meetings_today

SHOWN = 20  # of the people who looked most, and of the files taken away


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every month since the log began: signed by whom, or waiting."""
    require_everywhere(request.user, REVIEW)
    months = review.months_reviewed(request.user, scope_of(request.user))
    rows = [{"month": month, "signed": signed, "over": review.is_over(month)} for month, signed in months]
    return render(
        request, "audit/review_list.html", {"rows": rows, "crumbs": [(_("Access log"), reverse("audit:access"))]}
    )


@never_cache
@require_safe
def month(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """The month on one page."""
    return _page(request, _month(request, year, number), SignForm(), _finding_form(None))


@never_cache
@require_POST
def sign(request: HttpRequest, year: int, number: int) -> HttpResponse:
    of = _month(request, year, number)
    form = SignForm(request.POST)
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("remark", "document")}
        try:
            made = sign_month(actor=request.user, month=of, alone=_alone(request.user), **told)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            kept = _reviews(MonthReview, request).select_related("signed_by").get(pk=made.pk)
            told = {"month": f"{kept.month:%Y-%m}", "name": kept.signed_by}
            messages.success(request, _("The month %(month)s is signed by %(name)s.") % told)
            return redirect("audit:review", year, number)
    return _page(request, of, form, _finding_form(None))


@never_cache
@require_POST
def finding(request: HttpRequest, year: int, number: int) -> HttpResponse:
    of = _month(request, year, number)
    form = _finding_form(request.POST)
    if form.is_valid():
        note_finding(actor=request.user, month=of, **form.cleaned_data)
        messages.success(request, _("The finding is noted."))
        return redirect("audit:review", year, number)
    return _page(request, of, SignForm(), form)


def _month(request: HttpRequest, year: int, number: int) -> date:
    require_everywhere(request.user, REVIEW)
    months = [month for month, _signed in review.months_reviewed(request.user, scope_of(request.user))]
    try:
        asked = date(year, number, 1)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    if asked not in months:
        raise Http404
    return asked


def _reviews(model, request: HttpRequest) -> QuerySet:
    return model.objects.visible_to(request.user, scope_of(request.user))


def _finding_form(data) -> FindingForm:
    return FindingForm(data, staff=User.objects.order_by("name", "username"))


def _alone(user: User) -> str:
    """The roles the signer holds beside reviewing that do not go with it, and why."""
    met = [meeting for meeting in meetings_today(user) if meeting.one.user_id == user.pk]
    unsaid = _("No reason was given.")
    return "; ".join(f"{meeting.apart}: {meeting.declaration or unsaid}" for meeting in met)


@dataclass(frozen=True)
class Changed:
    """A figure that is another one than when the month was signed."""

    label: str
    signed: int | str
    now: int | str


def _changed(of: date, signed: MonthReview | None, now: list[Told]) -> list[Changed]:
    if signed is None:
        return []
    before = review.told(of, signed.figures)
    return [
        Changed(live.label, then.value, live.value)
        for then, live in zip(before, now, strict=True)
        if then.value != live.value
    ]


def _page(request: HttpRequest, of: date, sign_form: SignForm, finding_form: forms.Form) -> HttpResponse:
    signed = _reviews(MonthReview, request).filter(month=of).select_related("signed_by").first()
    figures = review.told(of, review.figures_of(of))
    usage = review.usage_of(of)
    taken = _taken(request.user, of)
    newest = list(taken[:SHOWN])
    tell(newest, request.user)
    findings = _reviews(ReviewFinding, request).filter(month=of).select_related("found_by", "about")
    context = {
        "crumbs": [(_("Access log"), reverse("audit:access")), (_("Monthly reviews"), reverse("audit:reviews"))],
        "month": of,
        "last": review.last_day(of),
        "before": review.before(of),
        "over": review.is_over(of),
        "signed": signed,
        "figures": figures,
        "definitions": definitions(),
        "changed": _changed(of, signed, figures),
        "departing": [(each, _rows_of(of, each.user)) for each in usage if each.departs],
        "usage": [(each, _rows_of(of, each.user)) for each in usage[:SHOWN]],
        "more": len(usage) - SHOWN,
        "taken": newest,
        "more_taken": taken.count() - SHOWN,
        "findings": [each for each in findings if signed is None or each.at <= signed.signed_at],
        "later": [each for each in findings if signed is not None and each.at > signed.signed_at],
        "alone": _alone(request.user),
        "floors": [(review.WORDS[what], floor) for what, floor in review.FLOORS.items()],
        "times": review.TIMES,
        "usual_months": review.USUAL_MONTHS,
        "sign_form": sign_form,
        "finding_form": finding_form,
    }
    wrong = bool(sign_form.errors or finding_form.errors)
    return render(request, "audit/review.html", context, status=400 if wrong else 200)


def _rows_of(of: date, user: User) -> str:
    """The address of what a person did in the month."""
    asked = {"from": of.isoformat(), "to": review.last_day(of).isoformat(), "user": user.pk}
    return f"{reverse('audit:access')}?{urlencode(asked)}"


def _taken(viewer: User, of: date) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.visible_to(viewer, scope_of(viewer))
    rows = on_days(entries, of, review.last_day(of)).filter(action=Action.LIST_EXPORTED)
    return rows.select_related("actor").order_by("-at", "-pk")
