"""Who signed in and out, chose a password, and that somebody tried and failed, put on record from where it came.

What was typed as a name is not kept: it may be a password in the wrong field. A name that is an account's is kept
as the account's id.
"""

from allauth.account.signals import password_changed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from audit.access import address_of
from audit.models import Action
from audit.services import record


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="audit.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="audit.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="audit.sign_in_failed")
    password_changed.connect(_chose_password, dispatch_uid="audit.password_chosen")


def _signed_in(request: HttpRequest, user: User, **kwargs) -> None:
    _record(Action.SIGNED_IN, request, actor=user)


def _signed_out(request: HttpRequest, user: User | None, **kwargs) -> None:
    if user is not None:
        _record(Action.SIGNED_OUT, request, actor=user)


def _chose_password(request: HttpRequest, user: User, **kwargs) -> None:
    _record(Action.PASSWORD_CHOSEN, request, actor=user, target=user)


def _failed(credentials: dict, request: HttpRequest | None = None, **kwargs) -> None:
    known = User.objects.filter(username=credentials.get("username", "")).first()
    asking = getattr(request, "user", None)  # who is signed in and proves it again is put on record as themselves
    actor = asking if asking is not None and asking.is_authenticated else None
    _record(Action.SIGN_IN_FAILED, request, actor=actor, target=known)


@transaction.atomic
def _record(action: Action, request: HttpRequest | None, *, actor: User | None, target: User | None = None) -> None:
    if request is None or "REMOTE_ADDR" not in request.META:
        return  # a session that no page has opened: a command, or a test
    record(action, actor=actor, target=target, address=address_of(request))
