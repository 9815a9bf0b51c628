from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from centers.access import require_everywhere
from centers.forms.grant import AccountForm
from centers.listings import STAFF
from centers.rights import GRANT
from centers.services.account import give_password, open_account
from centers.views.listing import show


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, STAFF)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Opens an account, and tells its first password on the answer and never again."""
    require_everywhere(request.user, GRANT)
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made, given = open_account(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _told_once(request, made, given, _("The account is open"))
    return render(request, "centers/account_form.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """A first password anew for somebody who forgot theirs, told on the answer and never again."""
    require_everywhere(request.user, GRANT)
    account = get_object_or_404(User.objects.filter(is_active=True).exclude(pk=request.user.pk), pk=pk)
    if request.method == "POST":
        account, given = give_password(actor=request.user, account_id=account.pk)
        return _told_once(request, account, given, _("A first password was given"))
    asked = {
        "title": _("Give a first password anew"),
        "sentence": f"{account} · {account.username}",
        "consequences": [
            _("The password of before stops at once, and whoever is signed in with it is signed out."),
            _("At the next sign-in the person chooses their own; the second factor stays as it is."),
            _("It goes on record with your name."),
        ],
        "action": _("Give a first password"),
        "back": reverse("centers:staff"),
    }
    return render(request, "confirm.html", asked)


def _told_once(request: HttpRequest, account: User, given: str, title: str) -> HttpResponse:
    context = {"account": User.objects.get(pk=account.pk), "password": given, "title": title}
    return render(request, "centers/account_opened.html", context, status=201)
