from django.test import Client as Browser

from audit.models import Action
from tests.make import make_user
from tests.support import as_owner

PASSWORD = "a password of the tests"


def entries(database: str) -> list[tuple]:
    with as_owner(database) as owner:
        return owner.execute(
            "SELECT action, actor_id, target_id, data->>'address' FROM audit_auditentry"
            " WHERE action LIKE 'signed.%' ORDER BY id"
        ).fetchall()


class SignInTests:
    def test_in_and_out_and_in_vain(self, committed, settings):
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
        user = make_user()
        user.set_password(PASSWORD)
        user.save()
        browser = Browser(REMOTE_ADDR="192.0.2.7")
        typed = {"login": user.username, "password": PASSWORD}
        browser.post("/accounts/login/", typed | {"password": "wrong"})
        browser.post("/accounts/login/", typed | {"login": "nobody-of-that-name"})
        assert browser.post("/accounts/login/", typed).status_code == 302
        assert browser.post("/accounts/logout/").status_code == 302
        address = "192.0.2.7"
        assert entries(committed) == [
            (Action.SIGN_IN_FAILED, None, user.pk, address),
            (Action.SIGN_IN_FAILED, None, None, address),
            (Action.SIGNED_IN, user.pk, None, address),
            (Action.SIGNED_OUT, user.pk, None, address),
        ]
        with as_owner(committed) as owner:
            assert owner.execute("SELECT data FROM audit_auditentry WHERE data::text LIKE '%nobody%'").fetchall() == []
