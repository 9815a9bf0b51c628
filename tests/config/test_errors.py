"""Pages that say why something was not opened, and the one of last resort, when what broke is the database."""

import re

import pytest
from django.db import connection
from django.test import Client as Browser

from centers.models import Role
from tests.make import make_user


@pytest.mark.django_db
class NotAllowedTests:
    """An address that takes only what a form sends, opened from a bookmark or by going back."""

    @pytest.mark.parametrize(
        ("language", "said", "back"),
        [
            ("ko", "여는 화면이 없습니다", "상담"),
            ("en", "opens no page", "Counselling"),
            ("vi", "không mở trang nào", "Tư vấn"),
            ("zh-hans", "没有页面", "咨询"),
        ],
    )  # fmt: skip
    def test_says_in_the_reader_s_language_what_to_do(self, client, language, said, back):
        client.force_login(make_user(Role.COUNSELLOR, language=language))
        answer = client.get("/deadlines/1/done/")
        text = answer.content.decode()
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert said in text
        assert re.search(rf'<a class="button" href="/sessions/">[^<]*{back}[^<]*</a>', text)
        assert 'class="button button--quiet" href="/"' in text

    def test_who_may_not_open_the_area_is_led_to_the_start_page_alone(self, client):
        client.force_login(make_user(Role.PRIVACY_OFFICER, "52-office"))
        text = client.get("/deadlines/1/done/").content.decode()
        assert '<a class="button" ' not in text
        assert 'class="button button--quiet" href="/"' in text

    def test_a_stranger_is_told_too(self, client):
        answer = client.get("/language/")
        assert (answer.status_code, "</html>" in answer.content.decode()) == (405, True)


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
