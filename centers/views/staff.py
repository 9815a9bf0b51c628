from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from audit.paging import newest
from audit.views.reading import roles_of, roles_on
from centers.access import require_everywhere
from centers.forms.grant import AccountForm, StaffFilterForm
from centers.rights import GRANT, accounts
from centers.services.account import open_account


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Who can sign in, what they may do today, and whether by a second factor."""
    require_everywhere(request.user, GRANT)
    form = StaffFilterForm(request.GET)
    which = form.cleaned_data["which"] if form.is_valid() else ""
    kept = {"which": which} if which else {}
    token = request.GET.get("after", "")
    page = newest(accounts(which), "date_joined", reader=request.user, name="staff", token=token, kept=kept)
    held, today = roles_of(user.pk for user in page.rows), timezone.localdate()
    rows = [{"user": user, "roles": roles_on(held[user.pk], today, None)} for user in page.rows]
    context = {"form": form, "page": page, "rows": rows}
    return render(request, "centers/staff_list.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Opens an account, and tells its first password on the answer and never again."""
    require_everywhere(request.user, GRANT)
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made, password = open_account(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            context = {"account": User.objects.get(pk=made.pk), "password": password}
            return render(request, "centers/account_opened.html", context, status=201)
    return render(request, "centers/account_form.html", {"form": form}, status=400 if form.errors else 200)
