from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cases.access import get_client_or_404
from cases.models import Client
from centers.access import require_anywhere
from centers.models import WorkspaceKind
from centers.models.codes import kept_names
from centers.refusals import rule_of, sentence, sentence_of
from centers.selectors import may
from centers.views.listing import show
from visas.access import get_visa_case_or_404, own_files
from visas.case_forms import FactForm, ReasonForm, StepForm, TakeBackForm, TakeInForm
from visas.dependants import dependants_of
from visas.eligibility import NOT_MET, advice_on, in_words
from visas.listings import BADGES, CASES
from visas.models import CaseStep, Enrolment, FactKind, RequiredPaper, StepKind, StudyStatus, VisaCase, VisaProgramme
from visas.models.case import HOLDS
from visas.models.rule import WORKED_OUT
from visas.models.step import ASIDE
from visas.obligations import duties_of, duties_of_family
from visas.papers import missing_of, papers_of
from visas.path import ACTIONS, ENDS, ENDS_FOR_DEPENDANTS, may_find, may_take, path_of
from visas.points import items_on, sheet_of
from visas.quotas import FULL
from visas.services.case import find_fact, lapse_now, take_back, take_in, take_out, take_step
from visas.students import STUDENT_VISA, end_for, intended_of, who_left
from visas.views.letter import may_print
from visas.views.quota import holders, may_enter
from visas.views.student import may_enrol
from visas.waiting import Waiting, overtaken_by, place_of, running_for, takes_places_later

COMPLETED = StepKind.COMPLETED
# The steps that are decided with the conditions in sight.
# Where a case may wait for a place of its quota.
MAY_WAIT = {StepKind.REVIEWED, StepKind.RECOMMENDED, StepKind.SUBMITTED}
WITH_CONDITIONS = {StepKind.CHECKED, StepKind.REVIEWED, StepKind.RECOMMENDED, StepKind.INELIGIBLE}
INTAKE = {WorkspaceKind.OFFICE, WorkspaceKind.CENTER, WorkspaceKind.AGENCY, WorkspaceKind.UNIVERSITY}


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, CASES)


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The way of a case: what was done, what comes next, and the steps that this reader may take."""
    case = get_visa_case_or_404(request.user, pk)
    path = path_of(case, request.user)
    told, who = path.waits_for
    steps = path.next_for(request.user)
    gone = who_left(case, request.user)
    duties = duties_of(case, request.user)
    context = {
        "case": case,
        "client": own_files([case], request.user).get(case.pk),
        "of_students": case.programme_id == STUDENT_VISA,
        "studies": intended_of([case.pk]).get(case.pk),
        "gone": gone,
        "lacks_its_student": lacks_its_student(request.user, case, path.state),
        "gone_as": kept_names(StudyStatus).get(gone.state) if gone else "",
        "gone_steps": [(kind, ACTIONS[kind]) for kind in steps if kind == end_for(gone)],
        "path": path,
        "state": StepKind(path.state).label,
        "badge": BADGES.get(path.state, "").removeprefix("badge--"),
        "told": told,
        "who": who,
        "onward": [(kind, ACTIONS[kind]) for kind in steps if kind not in {*ENDS, *ASIDE} or kind == COMPLETED],
        "aside": [(kind, ACTIONS[kind]) for kind in steps if kind in ASIDE],
        "ends": [(kind, ACTIONS[kind]) for kind in steps if kind in ENDS and kind != COMPLETED],
        "may_take_out": {kind for kind in ASIDE if may_take(request.user, case, kind)},
        "may_take_back": path.may_take_back(request.user),
        "advice": advice_on(case),
        "deciding": bool(WITH_CONDITIONS & set(path.open)),
        "dependants": dependants_of(case, path.state, request.user),
        "waits": place_of(case, VisaCase.objects.visible_to(request.user)) if path.state in MAY_WAIT else None,
        "may_print": bool(case.letter_number) and not case.has_ended and may_print(request.user, case),
        "duties": [shown for shown in duties if shown.duty.link_id is None],
        "family": duties_of_family(duties),
        "may_change": may(request.user, "work_clients", case.workspace_id),
        "may_add": not case.has_ended and may(request.user, "work_clients", case.workspace_id),
        "sheet": sheet_of(case, request.user),
        "papers": papers_of(case, request.user),
        "may_find": may_find(request.user, case),
        "may_enter": may_enter(request.user),
        "undone": [step for step in path.steps if step.takes_back],
    }
    return render(request, "visas/case_detail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take a case in for a client (``?client=``) of a workspace in which the person takes cases in."""
    require_anywhere(request.user, "work_visa_cases")
    client = _client_of(request)
    if client is None:
        return render(request, "visas/case_new.html", {"client": None})
    form = TakeInForm(request.POST if request.method == "POST" else None, client=client)
    if form.is_valid():
        made = _taken_in(form, client)
        if made:
            case = get_visa_case_or_404(request.user, made)
            held = {"programme": case.programme, "day": case.received_on.isoformat(), "office": case.workspace}
            messages.success(request, _("On record: %(programme)s, received on %(day)s, kept by %(office)s.") % held)
            _warn_of_the_university(request, case)
            return redirect(case)
    context = {"form": form, "client": client, "names": client.names.order_by("-kind", "pk")}
    return render(request, "visas/case_new.html", context, status=400 if form.errors else 200)


def _warn_of_the_university(request: HttpRequest, case: VisaCase) -> None:
    """Say so where the university takes no part on the day of reception: it is taken in all the same."""
    of_day = advice_on(case, on=case.received_on).conditions
    if any(one.rule.kind == FactKind.UNIVERSITY and one.outcome == NOT_MET for one in of_day):
        messages.warning(
            request, _("On this day the university takes no part or its visas are restricted: look at the conditions.")
        )


def lacks_its_student(user, case: VisaCase, state: str) -> bool:
    """Whether the student that a case brought is not entered yet, and the person enters the university's students."""
    if case.programme_id != STUDENT_VISA or state not in (StepKind.GRANTED, StepKind.SETTLED):
        return False
    return may_enrol(user, case.workspace) and not Enrolment.objects.visible_to(user).filter(case=case).exists()


def may_take_in(user, client: Client) -> bool:
    """Whether the person takes visa cases in where this file is kept."""
    return client.workspace.kind in INTAKE and may(user, "work_visa_cases", client.workspace_id)


def _client_of(request: HttpRequest) -> Client | None:
    asked = request.GET.get("client", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal()):
        raise Http404
    client = get_client_or_404(request.user, int(asked))
    if not may_take_in(request.user, client):
        raise PermissionDenied(_("You take no visa cases in where this file is kept."))
    return client


def _taken_in(form: TakeInForm, client: Client) -> int | None:
    told = form.cleaned_data
    try:
        return take_in(
            client=client,
            programme=told["programme"],
            municipality=told.get("municipality"),
            received_on=told["happened_on"],
            document=told["document"],
            note=told["note"],
            consented=told.get("consented", False),
        )
    except IntegrityError as error:
        form.refuse(rule_of(error), sentence(error))
        return None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The next step of a case, by whoever may take it."""
    case = get_visa_case_or_404(request.user, pk)
    if kind not in ACTIONS:
        raise Http404
    if not may_take(request.user, case, kind):
        raise PermissionDenied(_("This step is not yours to take: the page of the case says whose turn it is."))
    if request.method != "POST" and not path_of(case, request.user).can(kind):
        messages.info(request, sentence_of("case_step_follows"))
        return redirect(case)
    sent = request.POST if request.method == "POST" else None
    advice = advice_on(case, on=_day_typed(request))
    against = advice.speaks_against(kind)
    missing = _papers_for(request, case, kind)
    before = _overtaken(request, case) if kind == StepKind.RECOMMENDED else []
    form = StepForm(
        sent, kind=kind, against=against, valid_days=case.programme.letter_valid_days, missing=missing,
        overtaken=len(before),
    )  # fmt: skip
    if form.is_valid():
        made = _stepped(request, form, case) or _sent_before(request, form, case)
        if made:
            return _confirmed(request, case.pk, made)
    words = _words_of(request, form, case, before)
    return _form_page(request, form, case, words | ({"advice": advice} if kind in WITH_CONDITIONS else {}))


def _papers_for(request: HttpRequest, case: VisaCase, kind: str) -> list[RequiredPaper]:
    """The papers that a completion request may name; of its answer those that it named, or all where it named none."""
    if kind not in (StepKind.ASKED, StepKind.ANSWERED):
        return []
    missing = missing_of(papers_of(case, request.user))
    asked = path_of(case, request.user).asked if kind == StepKind.ANSWERED else None
    return [paper for paper in missing if not asked or not asked.papers or paper.pk in asked.papers]


def _words_of(request: HttpRequest, form: StepForm, case: VisaCase, before: list[Waiting]) -> dict:
    """What the page of a step says beside its form."""
    kind = form.kind
    words = {"title": ACTIONS[kind], "action": ACTIONS[kind], "bad": kind in ENDS and kind != COMPLETED}
    if kind in (StepKind.CHECKED, StepKind.REVIEWED, StepKind.RECOMMENDED):
        papers = papers_of(case, request.user)
        words |= {"lacking": missing_of(papers), "no_papers": not papers}
        words["no_studies"] = case.programme_id == STUDENT_VISA and case.pk not in intended_of([case.pk])
    if form.refused_for == "visa_case_one_place":
        words["holding"] = _holding_a_place(request, case)
    if kind in ENDS_FOR_DEPENDANTS:
        words["with_them"] = len(dependants_of(case, kind, request.user))
    if kind == StepKind.RECOMMENDED:
        words |= {"no_quota": not _has_quota(case), "before": before, "no_place": _takes_none(request, case)}
    return words | _what_is_full(request, form, case)


def _overtaken(request: HttpRequest, case: VisaCase) -> list[Waiting]:
    return overtaken_by(case, VisaCase.objects.visible_to(request.user).select_related("workspace"))


def _takes_none(request: HttpRequest, case: VisaCase) -> bool:
    """Whether the recommendation would take no place and none is free for the one that has to be taken later."""
    if not takes_places_later(VisaProgramme.objects.filter(pk=case.programme_id)):
        return False
    found = place_of(case, VisaCase.objects.visible_to(request.user))
    return found is not None and found[0].capacity is not None and not found[1].offered


def _what_is_full(request: HttpRequest, form: StepForm, case: VisaCase) -> dict:
    """What holds the places, where the quota or the share refused the case: those of the share, where it did."""
    found = place_of(case, VisaCase.objects.visible_to(request.user)) if form.refused_for in FULL else None
    if found is None:
        return {}
    pool, waits = found
    share = pool.shares.filter(pk=waits.share).first() if form.refused_for == "quota_share_not_exceeded" else None
    held = holders(request.user, pool, timezone.localdate(), share)
    return {"pool": pool, "share": share, "holders": held, "lapsing": lapse_now(request.user, pool)}


def _holding_a_place(request: HttpRequest, case: VisaCase) -> list[VisaCase]:
    """The earlier cases of the person that hold a place still, as far as this reader knows of them."""
    rows = VisaCase.objects.visible_to(request.user).filter(HOLDS, person=case.person_id, pool__isnull=False)
    return list(rows.exclude(pk=case.pk).select_related("programme", "pool", "workspace").order_by("-pk"))


def _has_quota(case: VisaCase) -> bool:
    """Whether a quota of the programme runs today, in which a recommendation would be counted."""
    return running_for([case.programme_id]).exists()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last step back, with a reason. What was written stays in sight."""
    case = get_visa_case_or_404(request.user, pk)
    path = path_of(case, request.user)
    if not path.may_take_back(request.user):
        raise PermissionDenied(_("The last step of this case is not yours to take back."))
    form = TakeBackForm(request.POST if request.method == "POST" else None, initial={"kind": path.state})
    if form.is_valid():
        told = form.cleaned_data
        try:
            take_back(actor=request.user, case=case, kind=told["kind"], reason=told["note"], at=request.workspace)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            now = path_of(get_visa_case_or_404(request.user, pk), request.user)
            held = {"step": StepKind(told["kind"]).label, "state": StepKind(now.state).label}
            messages.success(request, _("Taken back: %(step)s. The case stands at: %(state)s.") % held)
            return redirect(case)
    last = path.last
    words = {
        "title": _("Take the last step back"),
        "lead": f"{last.name} {last.day.isoformat()}",
        "action": _("Take it back"),
        "bad": True,
    }
    return _form_page(request, form, case, words)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was put on record beside the way, as a renewed letter, with the reason."""
    row = get_object_or_404(CaseStep.objects.visible_to(request.user).standing().filter(kind__in=ASIDE), pk=pk)
    case = get_visa_case_or_404(request.user, row.case_id)
    if not may_take(request.user, case, row.kind):
        raise PermissionDenied(_("This step is not yours to take: the page of the case says whose turn it is."))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            take_out(row, actor=request.user, reason=form.cleaned_data["note"], at=request.workspace)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            messages.success(request, _("Taken back: %(step)s.") % {"step": row.get_kind_display()})
            return redirect(case)
    words = {
        "title": _("Take it back"),
        "lead": f"{row.get_kind_display()} {row.happened_on.isoformat()}",
        "action": _("Take it back"),
        "bad": True,
    }
    return _form_page(request, form, case, words)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fact(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found of the applicant, for one of the conditions of the programme."""
    case = get_visa_case_or_404(request.user, pk)
    if not may_find(request.user, case):
        raise PermissionDenied(_("What is found of an applicant is entered by the office that keeps the case."))
    summed = {FactKind.POINTS} if items_on(case.programme_id, case.received_on) else set()
    rules = [one.rule for one in advice_on(case).conditions if one.rule.kind not in WORKED_OUT | summed]
    form = FactForm(request.POST if request.method == "POST" else None, rules=rules)
    if form.is_valid():
        told = form.cleaned_data
        try:
            found = find_fact(
                actor=request.user,
                case=case,
                kind=form.rule.kind,
                label=form.rule.label,
                value=told["value"],
                found_on=told["happened_on"],
                evidence=told["evidence"],
            )
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            found.refresh_from_db()
            held = {"name": found.label or found.get_kind_display(), "value": in_words(found.kind, found.value)}
            messages.success(request, _("On record: %(name)s, %(value)s.") % held)
            return redirect(case.get_absolute_url() + "#conditions")
    words = {"title": _("Enter what was found"), "action": _("Enter"), "bad": False}
    return _form_page(request, form, case, words)


def _day_typed(request: HttpRequest) -> date | None:
    """The day of a step as it was sent; none where it is no day, which the form then says."""
    try:
        return date.fromisoformat(request.POST.get("happened_on", ""))
    except ValueError:
        return None


def _stepped(request: HttpRequest, form: StepForm, case: VisaCase) -> CaseStep | None:
    """The step that was taken; none where the database refused, told on the form."""
    try:
        return take_step(actor=request.user, case=case, kind=form.kind, at=request.workspace, **form.told)
    except IntegrityError as error:
        form.refuse(rule_of(error), sentence(error))
        return None


def _sent_before(request: HttpRequest, form: StepForm, case: VisaCase) -> CaseStep | None:
    """The last step where it is this very one by the same person: the form came twice."""
    last = path_of(case, request.user).last
    if last.step and last.kind == form.kind and last.step.actor_id == request.user.pk:
        told = form.data
        same = last.day.isoformat() == told.get("happened_on") and last.step.document == told.get("document", "")
        return last.step if same else None
    return None


def _confirmed(request: HttpRequest, pk: int, made: CaseStep) -> HttpResponse:
    """Say what the database holds now, and not what was typed."""
    case = get_visa_case_or_404(request.user, pk)
    row = CaseStep.objects.visible_to(request.user).get(pk=made.pk)
    held = {"step": row.get_kind_display(), "day": row.happened_on.isoformat(), "programme": case.programme}
    if row.kind == StepKind.RECOMMENDED:
        told = _("On record: %(programme)s, recommended on %(day)s, letter %(letter)s.")
        held["letter"] = case.letter_number
    else:
        told = _("On record: %(programme)s, %(step)s on %(day)s.")
    messages.success(request, told % held)
    return redirect(case)


def _form_page(request: HttpRequest, form: Form, case: VisaCase, words: dict) -> HttpResponse:
    context = {
        "form": form,
        "case": case,
        "client": own_files([case], request.user).get(case.pk),
        "path": path_of(case, request.user),
        **words,
    }
    return render(request, "visas/case_step.html", context, status=400 if form.errors else 200)
