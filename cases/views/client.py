from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.employment import works_of
from cases.files import age, files_of, stays_shown, time_left
from cases.households import taken_out
from cases.listings.people import merge_in_words
from cases.models import Client
from cases.selectors import identifiers_shown, status_shown
from cases.timeline import KINDS, SOURCES, About, Place, timeline
from cases.views.attachment import attachments_of
from cases.views.file import read_file
from cases.views.identity import answers_of, may_ask, questions_of
from cases.views.pairs import merges_to_undo, pairs_with
from centers.selectors import is_official, may
from visas import progress
from visas.models import VisaCase, Voucher
from visas.stages import CASE_STAGES, CASE_STATES, VOUCHER_STATES, stage_of
from visas.views.case import may_take_in
from visas.views.student import may_enrol, studies_of


@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A client's file with all that this viewer may see of the person. One that was merged leads to what was kept."""
    client = _client(request, pk)
    if client.merged_into_id:
        messages.info(request, merge_in_words(client))
        return redirect("cases:client", client.merged_into_id)
    before = Place.of(request.GET.get("before", ""))
    about = About(client, files_of(client, request.user), request.user, before, client.changed)
    kind = request.GET.get("kind", "")
    cases, vouchers = progress.cases_of(about), progress.vouchers_of(about)
    studies = studies_of(about.ids, request.user)
    changes = progress.changes_of(about) if studies else []
    sources = SOURCES | {
        "visa": lambda about: progress.case_entries(cases),
        "voucher": lambda about: progress.voucher_entries(vouchers),
        "duty": lambda about: progress.duty_entries(about, cases),
        "study": lambda about: progress.study_entries(changes),
    }
    context = {
        "client": client,
        **_who(client, request),
        "others": about.files[1:],
        "households": about.households,
        "visa_cases": [_case_shown(row) for row in cases],
        "vouchers": [_voucher_shown(row) for row in vouchers],
        "works": works_of(about.ids, request.user),
        "studies": studies,
        "stays": stays_shown(about.stays),
        "timeline": timeline(about, sources, kind),
        "kinds": {name: KINDS[name] for name in reversed(KINDS)},
        "kind": kind if kind in sources else "",
        "continued": about.before is not None,
        "official": is_official(request.user),
        **_second_files(client, request),
        **_elsewhere(client, request),
        **attachments_of(about.ids, request.user),
        "may_take_in": may_take_in(request.user, client),
        "may_enrol": may_enrol(request.user, client.workspace),
        "may_log": may(request.user, "work_sessions", client.workspace_id),
    }
    return render(request, "cases/client_detail.html", context)


def _second_files(client: Client, request: HttpRequest) -> dict:
    """Pairs that the file is part of and merges into it, for those who may write it."""
    if not may(request.user, "work_clients", client.workspace_id):
        return {"may_edit": False}
    return {
        "may_edit": True,
        "pairs": pairs_with(request.user, file=client.pk) if client.has_double else [],
        "taken_out": taken_out(request.user, client) if client.has_parted else [],
        "merges": merges_to_undo(client, request.user) if client.has_merges else [],
    }


def _elsewhere(client: Client, request: HttpRequest) -> dict:
    """Whether another centre may know the client, for those who may ask."""
    if not may_ask(request.user, client):
        return {"may_ask": False}
    questions = questions_of(client, request.user) if client.was_asked_about else []
    asked = [(question, answers_of(question)) for question in questions]
    return {"may_ask": True, "question": asked[0][0] if asked else None, "asked": asked}


def _client(request: HttpRequest, pk: int) -> Client:
    found = read_file(pk, request.user)
    if found is None:
        raise Http404
    return found


def _who(client: Client, request: HttpRequest) -> dict:
    status = status_shown(client.status, client.status_expires_on, request.user)
    return {
        "names": sorted(client.names.all(), key=lambda name: (name.kind, -name.pk), reverse=True),
        "contacts": client.contacts.all(),
        "identifiers": identifiers_shown(client, request.user),
        "status": status,
        # How long a stay is still allowed is for those who do not report it.
        "left": "" if is_official(request.user) else time_left(status.expires_on),
        "age": age(client.birth_date),
    }


def _case_shown(case: VisaCase) -> tuple:
    return case, case.state, CASE_STATES[case.state], _steps(case), progress.next_of(case)


def _voucher_shown(voucher: Voucher) -> tuple:
    state = stage_of(voucher, VOUCHER_STATES)
    return voucher, state, VOUCHER_STATES[state]


def _steps(case: VisaCase) -> list[tuple[str, object]]:
    """The steps of a visa case that have a day, in their order."""
    steps = [(name, getattr(case, f"{step}_on")) for step, name in CASE_STAGES.items()]
    return sorted(((name, day) for name, day in steps if day), key=lambda step: step[1])
