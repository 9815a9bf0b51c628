"""A demonstration says on its figures which of them are published; no other installation says anything of the kind."""

import pytest

from centers.models import Role
from tests.demo.test_demo_year import CENTRES_RUNNING, SETTLED_DEPENDANTS, SETTLED_WORKERS
from tests.make import make_session, make_user

PAGES = ["/kpi/2025/", "/kpi/evidence/2025.session/"]


@pytest.mark.django_db
class IllustrativeTests:
    @pytest.mark.parametrize("address", PAGES)
    def test_the_demonstration_tells_what_is_published(self, client, settings, address):
        settings.DEMO = True
        make_session()
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        page = client.get(address).content.decode()
        assert page.count("이 화면의 다른 수치는 모두 예시입니다.") == 1
        told = page.partition("공표된 수치는")[2].partition("예시입니다.")[0]
        for number in (SETTLED_WORKERS, SETTLED_DEPENDANTS, CENTRES_RUNNING):
            assert str(number) in told

    @pytest.mark.parametrize("address", PAGES)
    def test_elsewhere_nothing_is_said(self, client, address):
        make_session()
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        assert "예시" not in client.get(address).content.decode()
