"""A demonstration says on its figures which of them are published; no other installation says anything of the kind."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from centers.models import Role, Workspace
from tests.demo.test_demo_year import CENTRES_RUNNING, SETTLED_DEPENDANTS, SETTLED_WORKERS
from tests.make import make_session, make_user

PAGES = [
    "/kpi/2025/",
    "/kpi/evidence/2025.session/",
    "/visas/quotas/",
    "/visas/quotas/board/",
    "/visas/quotas/lines/",
    "/visas/quotas/e74-2025/",
    "/visas/quotas/e74-2025/waiting/",
    "/visas/board/",
    "/visas/demand/",
]
FILES = ["/kpi/2025/sheet.xlsx", "/visas/quotas/board/xlsx/"]
SAID = "/kpi/published/"


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

    def test_what_was_said_is_told_from_what_was_counted_beside_it(self, client, settings):
        settings.DEMO = True
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        page = client.get(SAID).content.decode()
        assert page.count("옆에 적힌 집계는 예시입니다.") == 1
        assert "다른 수치는 모두 예시입니다." not in page

    @pytest.mark.parametrize("demo", [True, False])
    @pytest.mark.parametrize("address", FILES)
    def test_every_sheet_of_a_file_says_so_in_its_first_row(self, client, settings, address, demo):
        settings.DEMO = demo
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        answer = client.get(address)
        content = b"".join(answer) if answer.streaming else answer.content
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        firsts = ["".join(map(str, book.get_sheet_by_name(name).to_python()[0])) for name in book.sheet_names]
        assert {"공표된 수치 외에는 예시입니다." in first for first in firsts} == {demo}

    @pytest.mark.parametrize("address", ["/", "/kpi/2025/counselling/"])
    def test_it_is_an_example_which_centre_is_out(self, client, settings, address):
        Workspace.objects.filter(code="52740-c1").update(counts_from=None)
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        told = "예시: 어느 센터인지는 공표되지 않음"
        assert told not in client.get(address).content.decode()
        settings.DEMO = True
        page = client.get(address).content.decode()
        assert page.count(told) == page.count("운영 안 함") > 0
