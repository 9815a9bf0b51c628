"""A household made and changed on the page of a client."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cases.access import get_client_or_404
from cases.forms import RefusableForm
from cases.household_form import MemberForm, NewMemberForm, PrincipalForm
from cases.households import RESTORABLE, former_members
from cases.listings.people import merge_in_words, names_in_text, number_of
from cases.models import FamilyLink, Household
from cases.services.household import (
    add_member,
    change_member,
    change_principal,
    lives_on,
    remove_member,
    restore_member,
)
from centers.querysets import get_visible_or_404
from centers.refusals import rule_of, sentence
from centers.selectors import may
from visas.models import VisaCase
from visas.services.dependant import let_duties_follow

WORK = "work_clients"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody with a file in the same workspace joins the client's household; ``find`` only looks for them."""
    client = get_client_or_404(request.user, pk, WORK)
    if client.merged_into_id:
        messages.info(request, merge_in_words(client))
        return redirect("cases:household_new", client.merged_into_id)
    form = NewMemberForm(request.POST or None, client=client, viewer=request.user, search="find" in request.POST)
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("relation", "entered_on")}
        try:
            with transaction.atomic():
                link = add_member(**form.people, **told, actor=request.user)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            return _on_record(request, link.pk, pk)
    return render(request, "cases/household/new.html", {"form": form, "client": client}, status=_status(form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct how a member is related and when they came."""
    link = _member(request, pk)
    told = request.POST if request.method == "POST" else None
    form = MemberForm(told, initial={"relation": link.relation_id, "entered_on": link.entered_on})
    if form.is_valid():
        try:
            with transaction.atomic():
                change_member(link, **form.cleaned_data, actor=request.user)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            return _on_record(request, link.pk, link.household.principal_id)
    return render(request, "cases/household/member.html", {"form": form, "link": link}, status=_status(form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def principal(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a member be the principal; asks how each of the others is related to them."""
    link = _member(request, pk)
    links = list(_links(request, link).exclude(pk=link.pk).order_by("pk"))
    form = PrincipalForm(request.POST if request.method == "POST" else None, to=link, links=links)
    if _leads_to_a_permit(request, link):
        told = _(
            "Nothing was changed. The household came with the permit of its principal: who that is, is settled in the "
            "visa case."
        )
        messages.error(request, told)
        return redirect(link.household.principal.get_absolute_url() + "#household")
    if form.is_valid():
        told = {"relations": form.relations, "relation_of_former": form.cleaned_data["former"]}
        try:
            with transaction.atomic():
                change_principal(link, **told, actor=request.user)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            return _headed(request, link.household_id)
    context = {"form": form, "link": link}
    return render(request, "cases/household/principal.html", context, status=_status(form))


def _links(request: HttpRequest, link: FamilyLink) -> QuerySet[FamilyLink]:
    return FamilyLink.objects.visible_to(request.user).filter(household=link.household_id).select_related("client")


def _leads_to_a_permit(request: HttpRequest, link: FamilyLink) -> bool:
    """Whether the duties of a visa case hang on who is the principal."""
    cases = VisaCase.objects.visible_to(request.user).filter(client=link.household.principal_id)
    return cases.filter(granted_on__isnull=False).exists()


def _headed(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the database holds now, and nothing of the people."""
    household = Household.objects.visible_to(request.user).get(pk=pk)
    told = {"number": number_of(household.principal), "people": household.people}
    messages.success(
        request, _("On record: file %(number)s is the principal. People in this household: %(people)d.") % told
    )
    return redirect(household.principal.get_absolute_url() + "#household")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a member out of the household, after it was asked once more."""
    link = _member(request, pk)
    principal = link.household.principal
    if request.method == "POST":
        try:
            with transaction.atomic():
                remove_member(link, actor=request.user)
        except IntegrityError as error:
            messages.error(request, _refused(error))
        else:
            told = _("Taken out of the household. You can take it back on this page for %(days)d days.")
            messages.success(request, told % {"days": RESTORABLE.days})
        return redirect(principal.get_absolute_url() + "#household")
    told = {"member": names_in_text(link.client), "principal": names_in_text(principal), "relation": link.relation}
    context = {
        "title": _("Take this person out of the household?"),
        "sentence": _("%(member)s (%(relation)s) of the household of %(principal)s") % told,
        "consequences": [
            _("Both files, and all sessions with the family, stay as they are."),
            _("You can take it back for %(days)d days.") % {"days": RESTORABLE.days},
        ],
        "action": _("Take out"),
        "back": principal.get_absolute_url(),
        "bad": True,
    }
    return render(request, "confirm.html", context)


@never_cache
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a member back who was taken out lately; ``pk`` is the former state in the history."""
    was = get_object_or_404(former_members(request.user), pgh_id=pk)
    if not may(request.user, WORK, was.workspace_id):
        raise PermissionDenied
    try:
        with transaction.atomic():
            link = restore_member(was, actor=request.user)
    except IntegrityError as error:
        messages.error(request, _refused(error))
        return redirect(lives_on(was.household.principal))
    return _on_record(request, link.pk, link.household.principal_id)


def _member(request: HttpRequest, pk: int) -> FamilyLink:
    link = get_visible_or_404(FamilyLink, request.user, pk, WORK)
    get_client_or_404(request.user, link.household.principal_id, WORK)
    return link


def _on_record(request: HttpRequest, pk: int, client: int) -> HttpResponse:
    """Say what the database holds now, and nothing of the person; the duties of a visa case follow who came."""
    link = FamilyLink.objects.visible_to(request.user).select_related("household").get(pk=pk)
    let_duties_follow(link)
    day = link.entered_on.isoformat() if link.entered_on else "–"
    told = _("On record: %(relation)s, entered on %(day)s. People in this household: %(people)d.")
    messages.success(request, told % {"relation": link.relation, "day": day, "people": link.household.people})
    return redirect(get_client_or_404(request.user, client).get_absolute_url() + "#household")


def _refused(error: IntegrityError) -> str:
    """Why the database, or a record that hangs on the member, says no."""
    known = rule_of(error) in RULES
    hangs = _("Duties or questions of a visa case hang on this family member: they are settled there first.")
    return " ".join((_("Nothing was changed."), sentence(error) if known else hangs))


RULES = {"family_link_settled_stays", "family_link_once", "family_link_of_two_people", "cases_familylink_pkey"}


def _status(form: RefusableForm) -> int:
    return 400 if form.errors else 200
