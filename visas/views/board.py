from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cases.listings.people import with_client
from centers.access import require_anywhere
from centers.refusals import sentence_of
from visas.board import BoardFilter, board_of, list_of
from visas.case_forms import StepForm
from visas.eligibility import AGAINST, advice_on_all
from visas.lanes import ANY
from visas.models import CaseBatch, CaseStep, LetterText, StepKind, VisaCase
from visas.path import ACTIONS
from visas.quotas import FULL
from visas.services.case import MOST, NOT_YOURS, OUT_OF_TURN, take_steps

AGAINST_ADVICE = "case_step_against_advice"


@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The cases that wait for something, by where they stand, those that wait longest first."""
    require_anywhere(request.user, "view_visa_cases")
    form = BoardFilter(request.GET, viewer=request.user)
    columns = board_of(request.user, form)
    context = {
        "form": form,
        "columns": columns,
        "total": sum(column.number for column in columns),
        "receipts": CaseBatch.objects.visible_to(request.user).order_by("-pk")[:3],
        "exported": list_of(form, form.kept.get("lane", ANY)),
    }
    return render(request, "visas/board.html", context)


@never_cache
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """One step with many cases: the first request shows what it will be, the second takes it."""
    require_anywhere(request.user, "view_visa_cases")
    kind = request.POST.get("kind", "")
    cases = _chosen(request)
    if kind not in ACTIONS or not cases:
        messages.info(request, _("Choose the cases first."))
        return redirect("visas:board")
    if len(cases) > MOST:
        told = ngettext("At most %(most)d case goes at once.", "At most %(most)d cases go at once.", MOST)
        messages.info(request, told % {"most": MOST})
        return redirect("visas:board")
    form = StepForm(request.POST if "take" in request.POST else None, kind=kind)
    if form.is_valid():
        batch = take_steps(actor=request.user, cases=cases, kind=kind, at=request.workspace, **form.told)
        return redirect(batch)
    context = {
        "form": form,
        "cases": _with_advice(cases, kind),
        "kind": kind,
        "title": ACTIONS[kind],
        "again": form.is_bound,
    }
    return render(request, "visas/bulk.html", context, status=400 if form.errors else 200)


_OWN_LETTER = gettext_lazy(
    "A letter of this programme is one person's: it would be refused under the number of another case."
)


def _with_advice(cases: list[VisaCase], kind: str) -> list[tuple[VisaCase, str, str]]:
    """The cases, each with what speaks against taking the step with it and with the others: it is not preselected.

    First what the conditions say, then why it is to be decided on its own page.
    """
    advices = advice_on_all([case.pk for case in cases]) if kind in AGAINST else {}
    seconds = _second_letters(cases) if kind == StepKind.RECOMMENDED else set()
    found = []
    for case in cases:
        advice = advices.get(case.pk)
        if advice and advice.speaks_against(kind):
            found.append((case, advice.sentence, _("Decide this case on its own page, with a reason.")))
        elif case.pk in seconds:
            found.append((case, _("Needs a letter number of its own"), _OWN_LETTER))
        else:
            found.append((case, "", ""))
    return found


def _second_letters(cases: list[VisaCase]) -> set[int]:
    """The cases of programmes with a letter for each person beside the first of each: one number is not for them."""
    own = set(LetterText.objects.filter(own_letter=True).values_list("programme", flat=True))
    firsts = {case.programme_id: case.pk for case in reversed(cases)}
    return {case.pk for case in cases if case.programme_id in own and firsts[case.programme_id] != case.pk}


def _chosen(request: HttpRequest) -> list[VisaCase]:
    """The cases that were ticked, as far as the person may read them."""
    asked = [int(text) for text in request.POST.getlist("case") if text.isascii() and text.isdecimal()]
    rows = VisaCase.objects.visible_to(request.user).filter(pk__in=asked[: MOST + 1])
    return list(rows.prefetch_related(*with_client(request.user)).order_by("pk"))


@never_cache
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a step that was asked for with many cases, as the database has it now."""
    batch = get_object_or_404(CaseBatch.objects.visible_to(request.user), pk=pk)
    rows = VisaCase.objects.visible_to(request.user).filter(pk__in=batch.asked)
    cases = {case.pk: case for case in rows.prefetch_related(*with_client(request.user))}
    steps = CaseStep.objects.visible_to(request.user).filter(pk__in=batch.done).select_related("undone_by")
    done = [(cases.get(step.case_id), step, hasattr(step, "undone_by")) for step in steps.order_by("pk")]
    context = {
        "batch": batch,
        "title": StepKind(batch.kind).label,
        "done": done,
        "standing": sum(not gone for _case, _step, gone in done),
        "refused": [(cases.get(case), _reason(rule)) for case, rule in batch.refused],
        "full": any(rule in FULL for _case, rule in batch.refused),
    }
    return render(request, "visas/receipt.html", context)


def _reason(rule: str) -> str:
    if rule == NOT_YOURS:
        return _("This step is not yours to take with this case.")
    if rule == OUT_OF_TURN:
        return _("Others before it on the waiting list are offered the place: decide this case on its own page.")
    if rule == AGAINST_ADVICE:
        return _("The conditions say otherwise: decide this case on its own page, with a reason.")
    return sentence_of(rule)
