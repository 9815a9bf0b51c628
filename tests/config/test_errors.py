"""The page of last resort, when what broke is the database."""

import pytest
from django.db import connection
from django.test import Client as Browser

from centers.models import Role
from tests.make import make_user


@pytest.mark.committed
class WithoutDatabaseTests:
    def test_says_so_in_a_whole_page(self, committed):
        browser = Browser(raise_request_exception=False)
        browser.force_login(make_user(Role.COUNSELLOR), backend="allauth.account.auth_backends.AuthenticationBackend")
        connection.close()
        reached = connection.settings_dict["HOST"]
        connection.settings_dict["HOST"] = "/nowhere"
        try:
            answer = browser.get("/sessions/")
        finally:
            connection.settings_dict["HOST"] = reached
        assert (answer.status_code, b"</html>" in answer.content) == (500, True)
