from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from cases.listings.people import with_client
from cases.models import FamilyLink
from cases.services.household import hold_household
from centers.access import require_anywhere
from centers.refusals import rule_of, sentence
from centers.selectors import may
from centers.views.listing import show
from visas.access import get_visa_case_or_404, own_files
from visas.case_forms import ReasonForm
from visas.dependant_forms import AnswerForm, AskForm, DependantForm
from visas.dependant_listings import QUESTIONS
from visas.dependants import QUESTION_BADGES, QUESTION_STATES
from visas.models import AskedWhen, DependantQuestion, VisaCase
from visas.services.dependant import add_dependant, answer, ask_about, change_dependant, take_question_back


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who came with the principal of a case: of a file that is here already, or of a new one."""
    case = _case(request, pk)
    if case.has_ended:
        messages.info(request, _("The case has ended: nobody is added to it. Who comes later belongs to a new case."))
        return redirect(case)
    form = DependantForm(_typed(request, case), case=case, viewer=request.user)
    if form.is_valid() and form.choose(form.likely()) and form.sure():
        try:
            link = add_dependant(case=case, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            return _confirmed(request, case, link.pk)
    return _page(request, form, case, title=_("Add a dependant"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """The dates and the status of a dependant of a case."""
    case = _case(request, pk)
    row = _link(request, case, link)
    form = DependantForm(_typed(request, case), case=case, viewer=request.user, link=row)
    if form.is_valid() and form.sure():
        try:
            change_dependant(row, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            return _confirmed(request, case, row.pk)
    return _page(request, form, case, title=_("Change a dependant"))


def _typed(request: HttpRequest, case: VisaCase) -> QueryDict | None:
    """What was typed, none where the form is only opened. The form then looks at a household that stays so."""
    if request.method != "POST":
        return None
    hold_household(case.client_id)
    return request.POST


@never_cache
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """What is to be found out about the dependants of one's offices, and what was."""
    require_anywhere(request.user, "view_visa_cases")
    return show(request, QUESTIONS)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Put an event on record after which it is to be found out what becomes of a dependant."""
    case = _case(request, pk)
    row = _link(request, case, link)
    form = AskForm(request.POST if request.method == "POST" else None, link=row)
    if form.is_valid():
        try:
            asked = ask_about(row, case=case, actor=request.user, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            asked.refresh_from_db()
            told = {"reason": asked.reason, "due": asked.due_on.isoformat()}
            messages.success(request, _("On record: %(reason)s. It is to be found out by %(due)s.") % told)
            return redirect(asked)
    words = {"title": _("Enter an event"), "lead": f"{row.relation} · {row.client}", "action": _("Put on record")}
    return _page(request, form, case, **words)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked about a dependant: why, by when, and the answer or the form to give it."""
    row = _question(request, pk)
    mine = may_answer(request.user, row)
    if request.method == "POST" and not mine:
        raise PermissionDenied(_("Dependants are entered where the file of the principal is kept."))
    data = request.POST if request.method == "POST" else None
    form = AnswerForm(data, question=row, viewer=request.user)
    if form.is_valid():
        try:
            answer(row, actor=request.user, **form.cleaned_data)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = _question(request, pk)
            told = {"outcome": held.outcome, "day": held.answered_on.isoformat()}
            messages.success(request, _("On record: %(outcome)s, found out on %(day)s.") % told)
            return redirect(held)
    context = {
        "row": row,
        "principal": own_files([row.case], request.user).get(row.case_id),
        "state": QUESTION_STATES[row.state],
        "badge": QUESTION_BADGES.get(row.state, ""),
        "form": form if mine else None,
        "may_take_back": may_take_question_back(request.user, row),
    }
    return render(request, "visas/question.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an event that was entered by mistake, with the reason."""
    row = _question(request, pk)
    if not may_take_question_back(request.user, row):
        raise PermissionDenied(_("Only an event that the office entered itself is taken back, where it was entered."))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            take_question_back(row, actor=request.user, why=form.cleaned_data["note"][:200])
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            messages.success(request, _("Taken back: %(step)s.") % {"step": row.reason})
            return redirect(row)
    words = {
        "title": _("Take it back"),
        "lead": f"{row.reason} {row.happened_on.isoformat()}",
        "action": _("Take it back"),
        "bad": True,
        "back": row.get_absolute_url(),
    }
    return _page(request, form, row.case, **words)


def may_take_question_back(user: User, row: DependantQuestion) -> bool:
    return may_answer(user, row) and row.reason.asked_when == AskedWhen.BY_HAND


def may_answer(user: User, row: DependantQuestion) -> bool:
    return row.fell_away_on is None and may(user, "work_clients", row.workspace_id)


def _question(request: HttpRequest, pk: int) -> DependantQuestion:
    rows = DependantQuestion.objects.visible_to(request.user)
    rows = rows.select_related("case", "reason", "outcome", "answered_by", "link__relation")
    return get_object_or_404(rows.prefetch_related(*with_client(request.user)), pk=pk)


def _link(request: HttpRequest, case: VisaCase, pk: int) -> FamilyLink:
    rows = FamilyLink.objects.visible_to(request.user).select_related("client", "household", "relation")
    return get_object_or_404(rows, pk=pk, household__principal=case.client_id)


def _case(request: HttpRequest, pk: int) -> VisaCase:
    case = get_visa_case_or_404(request.user, pk)
    if not may(request.user, "work_clients", case.workspace_id):
        raise PermissionDenied(_("Dependants are entered where the file of the principal is kept."))
    return case


def _confirmed(request: HttpRequest, case: VisaCase, pk: int) -> HttpResponse:
    """Say what the database holds now; nothing of the person."""
    link = FamilyLink.objects.visible_to(request.user).get(pk=pk)
    days = {"entered": link.entered_on, "settled": link.settled_on}
    held = {"relation": link.relation} | {name: day.isoformat() if day else "–" for name, day in days.items()}
    told = _("On record: %(relation)s, entered on %(entered)s, settled on %(settled)s.")
    messages.success(request, told % held)
    return redirect(case.get_absolute_url() + "#dependants")


def _page(
    request: HttpRequest, form: DependantForm | AskForm | ReasonForm, case: VisaCase, **words: str
) -> HttpResponse:
    context = {
        "form": form,
        "case": case,
        "client": own_files([case], request.user).get(case.pk),
        "action": _("Save"),
        **words,
    }
    return render(request, "visas/case_step.html", context, status=400 if form.errors else 200)
