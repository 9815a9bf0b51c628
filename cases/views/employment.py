"""Where a client works: contracts entered and corrected, and the workplaces they are with."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.access import get_client_or_404
from cases.employment import clients_like
from cases.employment_form import ContractForm, EmployerForm, EmploymentForm
from cases.listings.people import names_in_text
from cases.models import Employer, Employment
from cases.services.employment import correct, employ
from centers.querysets import get_visible_or_404
from centers.refusals import rule_of, sentence
from visas.obligations import check_brought_forward

WORK = "work_clients"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """A contract of a client, with a workplace on file or with a new one."""
    client = get_client_or_404(request.user, pk, WORK)
    form = EmploymentForm(request.POST if request.method == "POST" else None, client=client, viewer=request.user)
    if form.is_valid():
        try:
            row = employ(
                client=client,
                employer=form.cleaned_data["employer"],
                told=form.told,
                new_employer=form.told_of_employer,
            )
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            return _on_record(request, row.pk)
    context = {"form": form, "client": client}
    return render(request, "cases/employment_new.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a contract, or enter that the work has ended. What it said before stays in its history."""
    row = get_visible_or_404(Employment, request.user, pk, WORK)
    client = get_client_or_404(request.user, row.client_id, WORK)
    told = request.POST if request.method == "POST" else None
    form = ContractForm(told, initial={name: getattr(row, name) for name in ContractForm.base_fields})
    if form.is_valid():
        try:
            correct(row, form.told)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            return _on_record(request, row.pk)
    words = {"title": _("Change the contract"), "lead": row.employer.name, "back": client.get_absolute_url()}
    return render(request, "cases/employment_edit.html", {"form": form, **words}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def employer(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is told of a workplace, for all whose contracts are with it."""
    row = get_visible_or_404(Employer, request.user, pk, WORK)
    told = request.POST if request.method == "POST" else None
    form = EmployerForm(told, initial={name: getattr(row, name) for name in EmployerForm.base_fields})
    if form.is_valid():
        try:
            correct(row, form.told_of_employer)
        except IntegrityError as error:
            form.refuse(rule_of(error), sentence(error))
        else:
            held = Employer.objects.visible_to(request.user).get(pk=row.pk)
            messages.success(request, _("On record: %(employer)s.") % {"employer": held.name})
            _warn(request, held)
            return redirect(held)
    words = {"title": _("Workplace"), "lead": row.workspace.name, "back": ""}
    return render(request, "cases/employment_edit.html", {"form": form, **words}, status=400 if form.errors else 200)


def _on_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the database holds now."""
    row = Employment.objects.visible_to(request.user).select_related("employer", "client").get(pk=pk)
    told = {"employer": row.employer.name, "from": row.starts_on.isoformat(), "to": row.last_day or ""}
    messages.success(request, _("On record: %(employer)s, %(from)s – %(to)s.") % told)
    _warn(request, row.employer)
    _warn_of_another(request, row)
    check = check_brought_forward(request.user, row.client_id)
    if check:
        told = _("A duty of work runs: it is to be looked at by %(day)s whether the change touches it.")
        messages.info(request, told % {"day": check.due_on.isoformat()})
    return redirect(row.client.get_absolute_url() + "#work")


def _warn_of_another(request: HttpRequest, row: Employment) -> None:
    """Pay, hours and tenure are read of the contracts that run: with two of them somebody has to look."""
    others = Employment.objects.visible_to(request.user).filter(client=row.client).exclude(pk=row.pk)
    for other in others.during(row.starts_on, row.last_day).select_related("employer"):
        told = {"employer": other.employer.name, "from": other.starts_on.isoformat(), "to": other.last_day or ""}
        said = _(
            "A contract with %(employer)s runs at the same time (%(from)s – %(to)s): enter its end if it is over."
        )
        messages.warning(request, said % told)


def _warn(request: HttpRequest, row: Employer) -> None:
    """The employer may be a client too: whoever counsels both has to know."""
    for client in clients_like(row, request.user):
        told = {"employer": row.name, "client": names_in_text(client)}
        messages.warning(request, _("%(client)s, who is a client here, may be the employer of %(employer)s.") % told)
