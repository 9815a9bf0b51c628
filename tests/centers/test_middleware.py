"""One transaction a request, kept or taken back as a whole, with the scope of who asks."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.test import Client as Browser
from django.urls import path

from accounts.models import User
from audit.models import Action
from audit.services import record
from cases.models import Client, FamilyLink
from centers.models import Municipality
from tests.make import make_client, make_dependant, make_user
from tests.support import as_owner, ask

PAGE_409 = "409.html"


def write(request, answer):
    """Change something and put it on record, then answer as the test says."""
    Municipality.objects.filter(code="52110").update(order=99)
    record(Action.FIGURE_ENTERED, actor=request.user)
    return answer()


def fail():
    raise RuntimeError("broken")


def deny():
    raise PermissionDenied


def miss():
    raise Http404


ANSWERS = {
    "200": lambda: HttpResponse("done"),
    "403": deny,
    "404": miss,
    "500": lambda: HttpResponse(status=500),
    "raise": fail,
}


def duplicate(request):
    """Break a rule at once: a second user of one name, beside a change that has to go with it."""
    Municipality.objects.filter(code="52110").update(order=99)
    User.objects.create(username="taken")
    return HttpResponse("never")


def late(request):
    """Break a rule that speaks at the end: a dependant settled without a permit."""
    FamilyLink.objects.update(settled_on="2025-03-03")
    return HttpResponse("said too early")


def swallow(request):
    """Break a rule that speaks at the end within a savepoint whose errors are caught."""
    try:
        with transaction.atomic():
            FamilyLink.objects.update(settled_on="2025-03-03")
    except IntegrityError:
        fail()
    return HttpResponse("said too early")


def see(request):
    return HttpResponse(",".join(str(pk) for pk in Client.objects.order_by("pk").values_list("pk", flat=True)))


@login_not_required
def anonymous(request):
    return HttpResponse(str(Client.objects.count()))


def stream(request):
    return StreamingHttpResponse(str(client.pk) for client in Client.objects.all())


urlpatterns = [
    *(path(f"{name}/", write, {"answer": answer}, name=name) for name, answer in ANSWERS.items()),
    path("duplicate/", duplicate),
    path("late/", late),
    path("swallow/", swallow),
    path("see/", see, name="home"),
    path("anonymous/", anonymous),
    path("stream/", stream),
    path("sign-in/", anonymous, name="account_login"),
]


@pytest.fixture(autouse=True)
def own_routes(settings):
    settings.ROOT_URLCONF = __name__
    settings.LOGIN_URL = "/sign-in/"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    templates = [settings.TEMPLATES[0] | {"APP_DIRS": False, "DIRS": []}]
    page = "{{ sentence }} {% for message in messages %}{{ message }}{% endfor %}"
    templates[0]["OPTIONS"] = settings.TEMPLATES[0]["OPTIONS"] | {
        "loaders": [("django.template.loaders.locmem.Loader", dict.fromkeys([PAGE_409, "403.html", "404.html"], page))]
    }
    settings.TEMPLATES = templates


@pytest.fixture
def browser(committed):
    browser = Browser(raise_request_exception=False)
    browser.force_login(make_user("counsellor"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def order() -> int:
    return Municipality.objects.get(code="52110").order


def entries(name: str) -> int:
    with as_owner(name) as owner:
        counted = owner.execute("SELECT count(*) FROM audit_auditentry WHERE action = 'figure.entered'")
        return counted.fetchone()[0]


class TransactionOfARequestTests:
    @pytest.mark.parametrize("name", ["200", "403", "404"])
    def test_an_answer_is_kept_with_its_record(self, browser, committed, name):
        assert browser.get(f"/{name}/").status_code == int(name)
        assert order() == 99
        assert entries(committed) == 1

    @pytest.mark.parametrize("name", ["500", "raise"])
    def test_a_failure_takes_everything_back(self, browser, committed, name):
        assert browser.get(f"/{name}/").status_code == 500
        assert order() != 99
        assert entries(committed) == 0

    def test_a_broken_rule_is_a_sentence_and_takes_everything_back(self, browser):
        make_user()
        User.objects.create(username="taken", name="Somebody Else")
        answer = browser.get("/duplicate/")
        assert answer.status_code == 409
        assert order() != 99
        for secret in ("taken", "Somebody Else", "DETAIL", "Key ("):
            assert secret not in answer.content.decode()

    @pytest.mark.parametrize("page", ["late", "swallow"])
    def test_a_rule_that_speaks_at_the_end_is_heard_before_the_answer_leaves(self, browser, page):
        make_dependant(make_client())
        answer = browser.get(f"/{page}/")
        assert answer.status_code == 409
        assert "said too early" not in answer.content.decode()
        assert not FamilyLink.objects.exclude(settled_on=None).exists()

    def test_a_stream_that_would_read_without_a_scope_is_refused(self, browser):
        assert browser.get("/stream/").status_code == 500


class ScopeOfARequestTests:
    def test_it_does_not_reach_the_next_request_on_the_same_connection(self, committed):
        first, second = make_client("52110-c1"), make_client("52130-c1")
        browsers = {}
        for at in ("52110-c1", "52130-c1"):
            browsers[at] = Browser()
            browsers[at].force_login(
                make_user("counsellor", at), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        backend = ask("SELECT pg_backend_pid()")
        for _again in range(2):
            assert browsers["52110-c1"].get("/see/").content.decode() == str(first.pk)
            assert browsers["52130-c1"].get("/see/").content.decode() == str(second.pk)
            assert Browser().get("/anonymous/").content == b"0"
        assert ask("SELECT pg_backend_pid()") == backend, "the connection was not the same, and nothing was shown"
        assert not ask("SELECT current_setting('wall.scope', true)")

    def test_it_is_closed_after_a_failure_too(self, browser):
        browser.get("/raise/")
        browser.get("/duplicate/")
        assert not ask("SELECT current_setting('wall.scope', true)")
        assert connection.in_atomic_block is False

    def test_nobody_signed_in_sees_nothing(self, committed):
        make_client()
        assert Browser().get("/anonymous/").content == b"0"

    def test_who_lost_the_role_sees_nothing_at_the_next_request(self, committed):
        make_client()
        browser, user = Browser(), make_user("counsellor")
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert browser.get("/see/").content != b""
        user.memberships.update(starts_on="2020-01-01", ends_on="2020-12-31")
        assert browser.get("/see/").content == b""
        user.memberships.update(ends_on=None)
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert browser.get("/see/").status_code == 302
