"""Proposals to the ministry: what they rest on, and where each stands."""

import pytest

from centers.models import Role
from kpi.models import Proposal, PublishedFigure
from tests.make import make_demand, make_proposal, make_user

pytestmark = pytest.mark.django_db
TOLD = {
    "title": "E-7-4R 쿼터 확대",
    "text": "쿼터를 늘려 달라는 제안",
    "happened_on": "2025-03-03",
    "quotas_on": "2025-12-31",
}


@pytest.fixture
def province(client):
    user = make_user(Role.PROVINCE_STAFF, "52-office")
    client.force_login(user)
    return user


def test_is_kept_with_the_figures_it_rests_on(client, province):
    figure = PublishedFigure.objects.get(code="2025-settled-611")
    survey = make_demand("52140", wanted=1234)
    grounds = {"figures": [figure.pk], "surveys": [survey.pk], "pools": ["e74-2025"]}
    answer = client.post("/kpi/proposals/new/", TOLD | grounds, follow=True)
    page = answer.content.decode()
    assert figure.wording in page
    assert "/visas/quotas/board/?on=2025-12-31" in page
    assert "1,234명" in page
    assert "/visas/quotas/e74-2025/" in page
    assert Proposal.objects.get().entered_by == province


def test_its_status_is_its_last_step(client, province):
    row = make_proposal()
    step = {"status": "submitted", "happened_on": "2025-04-01", "document": "외국인국제정책과-12"}
    client.post(row.get_absolute_url(), step)
    client.post(row.get_absolute_url(), {"status": "partly", "happened_on": "2025-06-01", "note": "일부 반영"})
    assert [one.status for one in row.steps.all()] == ["drafted", "submitted", "partly"]
    page = client.get("/kpi/proposals/").content.decode()
    assert "일부 수용" in page
    assert "외국인국제정책과-12" in client.get(row.get_absolute_url()).content.decode()


@pytest.mark.parametrize("wrong", [{"status": "won"}, {"happened_on": "2999-01-01"}, {"happened_on": ""}])
def test_a_step_that_cannot_be_is_refused(client, province, wrong):
    row = make_proposal()
    step = {"status": "submitted", "happened_on": "2025-04-01"} | wrong
    assert client.post(row.get_absolute_url(), step).status_code == 400
    assert row.steps.count() == 1


@pytest.mark.parametrize(
    ("before", "step", "field"),
    [
        (
            [("submitted", "2025-04-01")],
            {"status": "declined", "happened_on": "2025-03-20", "note": "x"},
            "happened_on",
        ),
        ([], {"status": "accepted", "happened_on": "2025-06-01", "note": "수용"}, "status"),
        ([("submitted", "2025-04-01")], {"status": "accepted", "happened_on": "2025-06-01"}, "document"),
    ],
)
def test_a_step_out_of_order_says_why(client, province, before, step, field):
    row = make_proposal()
    for status, day in before:
        client.post(row.get_absolute_url(), {"status": status, "happened_on": day})
    answer = client.post(row.get_absolute_url(), step)
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {field}
    assert row.steps.count() == 1 + len(before)


@pytest.mark.parametrize("wrong", [{"title": ""}, {"text": " "}, {"figures": ["0"]}, {"quotas_on": "x"}])
def test_a_proposal_that_lacks_something_is_not_kept(client, province, wrong):
    assert client.post("/kpi/proposals/new/", TOLD | wrong).status_code == 400
    assert not Proposal.objects.exists()
