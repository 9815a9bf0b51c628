"""What industries want, kept as it was surveyed, beside the capacity of the quotas."""

import pytest

from centers.models import Role
from tests.make import DAY, make_demand, make_proposal, make_user
from visas.models import DemandSurvey, QuotaPool

pytestmark = pytest.mark.django_db
TOLD = {
    "municipality": "52140", "industry": "농축산업", "year": "2025", "wanted": "120", "surveyed_on": "2025-03-03",
    "source": "농생명산업지구 외국인력 수요조사",
}  # fmt: skip


@pytest.fixture
def officer(client):
    user = make_user(Role.CITY_OFFICER, "52140-office")
    client.force_login(user)
    return user


def test_the_office_enters_its_own(client, officer):
    assert client.post("/visas/demand/new/", TOLD).status_code == 302
    row = DemandSurvey.objects.get()
    assert (row.wanted, row.entered_by) == (120, officer)
    page = client.get("/visas/demand/").content.decode()
    assert "농축산업" in page
    assert "120" in page


def test_and_not_that_of_another(client, officer):
    row = make_demand("52130")
    assert client.post("/visas/demand/new/", TOLD | {"municipality": "52130"}).status_code == 400
    assert client.post(f"/visas/demand/{row.pk}/withdraw/", {"reason": "x"}).status_code == 403
    assert DemandSurvey.objects.standing().count() == 1


@pytest.mark.parametrize(
    "wrong", [{"industry": ""}, {"source": " "}, {"wanted": "-1"}, {"wanted": "many"}, {"year": "20"},
              {"surveyed_on": "2999-01-01"}, {"programme": "X-1"}],
)  # fmt: skip
def test_what_lacks_something_is_not_kept_and_what_was_typed_stays(client, officer, wrong):
    answer = client.post("/visas/demand/new/", TOLD | wrong)
    assert answer.status_code == 400
    assert "2025" in answer.content.decode()
    assert not DemandSurvey.objects.exists()


def test_is_withdrawn_with_a_reason_and_stays_in_sight(client, officer):
    row = make_demand("52140", wanted=77)
    assert client.post(f"/visas/demand/{row.pk}/withdraw/", {"reason": ""}).status_code == 400
    client.post(f"/visas/demand/{row.pk}/withdraw/", {"reason": "두 번 입력함"})
    page = client.get("/visas/demand/").content.decode()
    assert "두 번 입력함" in page
    assert "0명 수요" in page


def test_stands_beside_the_quotas_of_its_year(client):
    province = make_user(Role.PROVINCE_STAFF, "52-office")
    make_demand("52140", wanted=31)
    make_demand("52140", wanted=11, industry="제조업")
    make_demand("52130", wanted=5, year=2024)
    client.force_login(province)
    shown = client.get("/visas/quotas/board/", {"on": f"{DAY}"}).context["asked"]
    assert [(str(place), of.wanted) for place, of in shown] == [("익산시", 42)]


def test_is_entered_once(client, officer):
    assert client.post("/visas/demand/new/", TOLD).status_code == 302
    answer = client.post("/visas/demand/new/", TOLD | {"wanted": "77"})
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"source"}
    assert "이미 입력" in answer.content.decode()
    assert "77" in answer.content.decode()
    for other in ({"industry": "제조업"}, {"year": "2026"}, {"surveyed_on": "2025-03-04"}, {"programme": "E-7-4"}):
        assert client.post("/visas/demand/new/", TOLD | other).status_code == 302, other
    client.post(f"/visas/demand/{DemandSurvey.objects.order_by('pk')[0].pk}/withdraw/", {"reason": "수치 오류"})
    assert client.post("/visas/demand/new/", TOLD | {"wanted": "77"}).status_code == 302


def test_is_linked_from_its_quota_and_leads_to_it(client):
    province = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(province)
    wanted = make_demand("52140", wanted=31, programme_id="E-7-4")
    make_demand("52140", wanted=11)  # of no programme, so of no quota
    proposal = make_proposal(surveys=[wanted], pools=QuotaPool.objects.filter(pk="e74-2025"))
    board = client.get("/visas/quotas/board/", {"on": f"{DAY}"})
    pools = {row["line"].filters.get("pool"): row["asked"] for row in board.context["splits"][0]["rows"]}
    of = pools["e74-2025"]
    assert (of.wanted, of.proposals) == (31, 1)
    ((_place, there),) = board.context["asked"]
    assert (there.wanted, there.proposals) == (42, 1)
    assert {code for code, one in pools.items() if one} == {"e74-2025"}
    for asked, sum_ in ((of, 31), (there, 42)):
        found = client.get(asked.demand_url).context["years"]
        assert sum(part["wanted"] for part in found) == sum_
        assert [row for row, _last in client.get(asked.proposals_url).context["rows"]] == [proposal]
    page = client.get("/visas/demand/").content.decode()
    assert "/visas/quotas/e74-2025/" in page
    assert proposal.get_absolute_url() in page
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert "/visas/quotas/e74-2025/" in page
    assert "/visas/demand/?year=2025&amp;municipality=52140" in page


def test_a_proposal_is_not_told_to_who_reads_none(client, officer):
    wanted = make_demand("52140", programme_id="E-7-4")
    make_proposal(surveys=[wanted], title="쿼터 확대 제안")
    assert "쿼터 확대 제안" not in client.get("/visas/demand/").content.decode()
