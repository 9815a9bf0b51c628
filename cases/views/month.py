"""The months of a centre's counselling: what each still lacks, closed by the manager, opened again for a reason."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.fields import FIRST_DAY, LAST_DAY
from accounts.models import User
from cases.closings import compared, counted, in_words
from cases.completion import incomplete, rules_of, signed_off_by
from cases.listings import SESSIONS
from cases.models import MonthClose, Session
from cases.services.month import close_month, open_month, outside_of
from centers.listing import ListedFigure, listed
from centers.models import Workspace
from centers.refusals import sentence, sentence_of

SHOWN = 24  # months, the newest first


@dataclass(frozen=True)
class Month:
    """A month of a centre: its sessions, those that lack something, and what closed it, if it is closed."""

    first: date
    sessions: ListedFigure
    lacking: ListedFigure
    closed: MonthClose | None
    over: bool


class CloseForm(forms.Form):
    document = forms.CharField(
        label=gettext_lazy("Document number"), max_length=100, required=False,
        help_text=gettext_lazy("Of the office's approval, where there is one."),
    )  # fmt: skip


class OpenForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True})
    )


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The months of a centre (``?at=``), the newest first; ``?before=`` goes on with those before a month."""
    centers = _centers(request.user)
    center = next((one for one in centers if one.code == request.GET.get("at")), centers[0])
    months, older = _months(request.user, center, _first_day(request.GET.get("before", "")))
    context = {"center": center, "centers": centers, "months": months, "older": older}
    context["closings"] = _closings(request.user, center)
    return render(request, "cases/months.html", context)


def _months(viewer: User, center: Workspace, before: date | None) -> tuple[list[Month], date | None]:
    """The months with sessions and those that are closed without any, and the last of these where there are older."""
    rows = Session.objects.visible_to(viewer).filter(workspace=center, voided_at=None)
    standing = MonthClose.objects.visible_to(viewer).filter(workspace=center).standing().select_related("closed_by")
    if before:
        rows, standing = rows.filter(held_on__lt=before), standing.filter(month__lt=before)
    by_month = rows.annotate(month=TruncMonth("held_on")).values("month").order_by("-month")
    lacks = Q(incomplete(rules_of(viewer)))
    by_month = by_month.annotate(sessions=Count("pk"), lacking=Count("pk", filter=lacks))[: SHOWN + 1]
    closed = {row.month: row for row in standing.order_by("-month")[: SHOWN + 1]}
    known = {month: {"month": month, "sessions": 0, "lacking": 0} for month in closed}
    known |= {row["month"]: row for row in by_month}
    newest = sorted(known, reverse=True)
    months = [_month(viewer, center, known[first], closed.get(first)) for first in newest[:SHOWN]]
    return months, newest[SHOWN - 1] if len(newest) > SHOWN else None


def _closings(viewer: User, center: Workspace) -> list[tuple[MonthClose, str]]:
    """Each closing of a month, also those that were opened again, with what was asked of a session then."""
    rows = MonthClose.objects.visible_to(viewer).filter(workspace=center).select_related("closed_by", "opened_by")
    return [(row, in_words(row.asked)) for row in rows.order_by("-month", "-pk")[:SHOWN]]


def _month(viewer: User, center: Workspace, row: dict, closed: MonthClose | None) -> Month:
    narrowed = {"month": f"{row['month']:%Y-%m}"}
    if len(_centers(viewer)) > 1:
        narrowed["workspace"] = center.code
    return Month(
        first=row["month"],
        sessions=listed(SESSIONS, viewer, **narrowed).counted(row["sessions"]),
        lacking=listed(SESSIONS, viewer, **narrowed, record="incomplete").counted(row["lacking"]),
        closed=closed,
        over=row["month"] < timezone.localdate().replace(day=1),
    )


def _centers(user: User) -> list[Workspace]:
    centers = signed_off_by(user)
    if not centers:
        raise PermissionDenied(_("A month is closed by the manager of the centre."))
    return centers


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, center: str, month: str) -> HttpResponse:
    """Close a month. One that lacks something is refused, with the way to what it lacks."""
    place, first = _named(request.user, center, month)
    back = f"{reverse('cases:months')}?at={place.code}"
    now, standing = counted(request.user, place, first), _standing(request.user, place, first)
    row = _month(request.user, place, {"month": first, "sessions": now.sessions, "lacking": now.lacking}, standing)
    before = _last_closing(request.user, place, first)
    form = CloseForm(request.POST if request.method == "POST" else None)
    refused = _refused(place, row)
    if form.is_valid() and not refused:
        try:
            with transaction.atomic():
                held = close_month(actor=request.user, workspace=place, month=first, **form.cleaned_data)
        except IntegrityError as error:
            form.add_error(None, sentence(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            told = {"center": place, "month": f"{first:%Y-%m}", "sessions": held.sessions}
            messages.success(request, _("Closed: %(center)s, %(month)s, %(sessions)d sessions.") % told)
            return redirect(back)
    context = {"form": form, "center": place, "month": row, "back": back, "refused": refused, "before": before}
    context["compared"] = compared(before, now) if before else []
    wrong = form.errors or (refused and form.is_bound)
    return render(request, "cases/month_close.html", context, status=400 if wrong else 200)


def _refused(center: Workspace, month: Month) -> str:
    """Why there is nothing to close: said before anybody asks for it. Empty where there is."""
    if month.closed:
        return sentence_of("month_closed_once")
    if not month.over:
        return sentence_of("month_is_over")
    return outside_of(center, month.first)


def _standing(viewer: User, center: Workspace, first: date) -> MonthClose | None:
    return MonthClose.objects.visible_to(viewer).filter(workspace=center, month=first).standing().first()


def _last_closing(viewer: User, center: Workspace, first: date) -> MonthClose | None:
    """By what the month was closed before it was opened again, if it was."""
    return MonthClose.objects.visible_to(viewer).filter(workspace=center, month=first).order_by("-pk").first()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, center: str, month: str) -> HttpResponse:
    """Let the sessions of a closed month be written as those of any other, for a reason."""
    place, first = _named(request.user, center, month, since=date.min)  # whatever was closed can be opened again
    back = f"{reverse('cases:months')}?at={place.code}"
    row = _standing(request.user, place, first)
    if row is None:
        return redirect(back)
    form = OpenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        open_month(row, actor=request.user, reason=form.cleaned_data["reason"])
        told = {"center": place, "month": f"{first:%Y-%m}"}
        messages.success(request, _("Open again: %(center)s, %(month)s.") % told)
        return redirect(back)
    context = {
        "form": form,
        "title": _("Open a month again"),
        "lead": _("%(center)s, %(month)s: sessions are written without a reason until the month is closed anew.")
        % {"center": place, "month": f"{first:%Y-%m}"},
        "action": _("Open it again"),
        "back": back,
        "before": row,
        "compared": compared(row, counted(request.user, place, first)),
    }
    return render(request, "cases/month_open.html", context, status=400 if form.errors else 200)


def _named(user: User, center: str, month: str, *, since: date = FIRST_DAY) -> tuple[Workspace, date]:
    """The centre and the first day of the month that an address names; Http404 for one that is not the person's."""
    place = next((one for one in _centers(user) if one.code == center), None)
    first = _first_day(month, since)
    if place is None or first is None:
        raise Http404
    return place, first


def _first_day(month: str, since: date = FIRST_DAY) -> date | None:
    """Of a month as it stands in an address; none where it is no month, or one before these days."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return first if since <= first <= LAST_DAY else None
