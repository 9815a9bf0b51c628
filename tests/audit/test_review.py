"""The monthly review: what it counts, what departs from the usual, and that a signed month stays as it was signed."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit import review
from audit.models import Action, AuditEntry, MonthReview, ReviewFinding
from audit.services import note_finding, sign_month
from audit.views.landing import panels
from centers.models import Role
from centers.scope import Scope, acting_for, set_scope
from tests.make import make_client, make_session, make_user, place
from tests.support import as_owner, forbidden, refused_by

PROVINCE = "52-office"
FILE = 10_000_000  # a number of a file that no client of these tests has


def past(months: int) -> date:
    return review.before(review.month_of(timezone.localdate()), months)


def put_in(database: str, user, day: date, hour: int = 10, **fields) -> None:
    """A row of the log as it was written on a day, at an hour in Seoul."""
    values = {"route": "cases:client", "method": "GET", "status": 200, "files": [], "purpose": ""} | fields
    with as_owner(database) as owner:
        owner.execute(
            "INSERT INTO audit_accessentry (at, user_id, route, method, status, files, workspaces, purpose)"
            " VALUES ((%(day)s::date + make_interval(hours => %(hour)s)) AT TIME ZONE 'Asia/Seoul', %(user)s,"
            " %(route)s, %(method)s, %(status)s, %(files)s, '{}', %(purpose)s)",
            values | {"day": day, "hour": hour, "user": user.pk},
        )


def reviewing(user):
    return Scope(user.pk, {"view_access_log": (place(PROVINCE).pk,)}, frozenset({"view_access_log"}))


@pytest.fixture
def officer(committed, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    return make_user(Role.PRIVACY_OFFICER, PROVINCE)


@pytest.fixture
def log(committed, officer):
    """Three quiet months of a counsellor, and one in which they looked at a hundred files at night."""
    user = make_user(Role.COUNSELLOR)
    for months in (4, 3, 2):
        for file in range(10):
            put_in(committed, user, past(months) + timedelta(days=file), files=[FILE + file])
    for file in range(100):
        put_in(committed, user, past(1) + timedelta(days=file % 20), 23, files=[FILE + file])
    put_in(committed, user, past(1), route="cases:search", method="POST")
    put_in(committed, user, past(1), status=404)
    return user


pytestmark = pytest.mark.committed


class FigureTests:
    def test_the_month_is_counted_and_each_figure_opens_to_its_rows(self, client, committed, officer, log):
        put_in(committed, log, past(0), files=[7])
        client.force_login(officer)
        month = past(1)
        page = client.get(f"/access/reviews/{month:%Y}-{month.month}/")
        told = {figure.label: figure for figure in page.context["figures"]}
        assert [figure.value for figure in page.context["figures"]][:3] == [102, 1, 100]
        for figure in told.values():
            if not figure.url:
                continue
            listed = client.get(figure.url).context["shown"].total.number
            if figure.rows.get("what") == "people":  # people and files: the log lists the requests they are counted in
                assert figure.note == f"접속 {listed}건에서", figure
            else:
                assert listed == figure.value, figure
        shut = [figure.note for figure in told.values() if not figure.url]
        assert shut == ["어떤 접속인지는 보여 주지 않습니다. 보호 대상 기록이 드러나기 때문입니다."]

    def test_what_departs_from_the_own_usual_is_told(self, officer, log):
        with acting_for([]):
            set_scope(reviewing(officer))
            usage = review.usage_of(past(1))
            assert [(each.user, each.counts["files"], each.usual["files"]) for each in usage] == [(log, 100, 10)]
            assert usage[0].departs == ["files", "outside"]
            assert review.usage_of(past(2))[0].departs == []

    def test_a_first_month_departs_from_nothing(self, officer, log):
        with acting_for([]):
            set_scope(reviewing(officer))
            assert review.usage_of(past(4))[0].usual is None
            assert review.usage_of(past(4))[0].departs == []

    def test_guarded_files_are_a_number_and_nothing_else(self, client, committed, officer, log):
        guarded = make_client()
        make_session(client=guarded, topic_id="family.domestic_violence")
        for _each in range(4):
            put_in(committed, log, past(1), files=[guarded.pk])
        with acting_for([]):
            set_scope(reviewing(officer))
            assert review.figures_of(past(1))["guarded"] == 4
            set_scope(Scope(log.pk, {"view_access_log": (place().pk,)}))
            assert review.figures_of(past(1))["guarded"] == 0
        assert (
            review.told(
                past(1),
                {"guarded": 2, **dict.fromkeys(["requests", "people", "files"], 0)} | dict.fromkeys(review.WORDS, 0),
            )[-1].value
            == "<3"
        )


class SignatureTests:
    def test_a_signed_month_keeps_its_figures_and_shows_what_came_later(self, client, committed, officer, log):
        client.force_login(officer)
        month = past(1)
        address = f"/access/reviews/{month:%Y}-{month.month}/"
        assert client.post(f"{address}sign/", {}).status_code == 400
        told = {"looked": "on", "remark": "야간 열람 확인", "document": "인권-12"}
        assert client.post(f"{address}sign/", told).status_code == 302
        page = client.get(address)
        assert (page.context["signed"].signed_by, page.context["changed"]) == (officer, [])
        put_in(committed, log, month, files=[999])
        page = client.get(address)
        assert {(each.signed, each.now) for each in page.context["changed"]} >= {(102, 103), (100, 101)}
        assert page.context["signed"].figures["requests"] == 102
        assert client.post(f"{address}sign/", told).status_code == 400

    def test_the_database_changes_none_and_signs_none_that_runs(self, committed, officer, log):
        with acting_for([]):
            set_scope(reviewing(officer))
            made = sign_month(actor=officer, month=past(1))
            with forbidden():
                MonthReview.objects.filter(pk=made.pk).update(remark="x")
            with refused_by("month_review_over"):
                MonthReview.objects.create(month=past(0), signed_by=officer)
            with forbidden():
                MonthReview.objects.create(month=past(2), signed_by=log)
            with refused_by("month_review_once"):
                MonthReview.objects.create(month=past(1), signed_by=officer)
            with pytest.raises(ValidationError):
                sign_month(actor=officer, month=past(0))
        with as_owner(committed) as owner, pytest.raises(Exception, match="never changed"):
            owner.execute("DELETE FROM audit_monthreview")

    def test_what_is_found_after_the_signature_stands_as_such(self, client, officer, log):
        client.force_login(officer)
        month = past(1)
        address = f"/access/reviews/{month:%Y}-{month.month}/"
        told = {"what": "한밤의 열람", "done": "소명을 받음", "about": log.pk}
        assert client.post(f"{address}findings/", {"what": "한밤의 열람"}).status_code == 400
        assert client.post(f"{address}findings/", told).status_code == 302
        client.post(f"{address}sign/", {"looked": "on"})
        client.post(f"{address}findings/", told | {"what": "나중에 안 것"})
        page = client.get(address)
        assert [found.what for found in page.context["findings"]] == ["한밤의 열람"]
        assert [found.what for found in page.context["later"]] == ["나중에 안 것"]
        with acting_for([]):
            set_scope(reviewing(officer))
            assert AuditEntry.objects.filter(action=Action.REVIEW_FINDING).count() == 2
            with forbidden():
                ReviewFinding.objects.update(done="x")

    @pytest.mark.parametrize("month", ["0-1", "2026-13", "9999-12", "99999999999-1"])
    def test_what_is_no_month_is_not_there(self, client, officer, month):
        client.force_login(officer)
        assert client.get(f"/access/reviews/{month}/").status_code == 404

    def test_a_signer_with_another_role_signs_as_one_person_alone(self, client, officer, log):
        from centers.services.membership import grant_role

        grant_role(
            user=officer,
            workspace=place(PROVINCE),
            role=Role.PROVINCE_STAFF,
            actor=make_user(),
            declaration="담당 한 명",
        )
        client.force_login(officer)
        month = past(1)
        address = f"/access/reviews/{month:%Y}-{month.month}/"
        assert "담당 한 명" in client.get(address).context["alone"]
        client.post(f"{address}sign/", {"looked": "on"})
        assert "담당 한 명" in client.get(address).context["signed"].alone


class ReminderTests:
    def test_a_month_that_is_over_waits_on_the_start_page_until_it_is_signed(self, rf, officer, log):
        def waiting():
            request = rf.get("/")
            request.user = officer
            with acting_for([]):
                set_scope(reviewing(officer))
                found = [panel.shown.get("months") for panel in panels(request)]
            return [months for months in found if months is not None]

        assert waiting() == [[past(1), past(2), past(3), past(4)]]
        with acting_for([]):
            set_scope(reviewing(officer))
            for months in (1, 2, 3, 4):
                sign_month(actor=officer, month=past(months))
        assert waiting() == []

    def test_a_manager_signs_nothing(self, client, officer, log):
        client.force_login(make_user(Role.MANAGER))
        month = past(1)
        assert client.post(f"/access/reviews/{month:%Y}-{month.month}/sign/", {"looked": "on"}).status_code == 403
        with acting_for([]):
            assert not MonthReview.objects.exists()
            with forbidden():
                note_finding(actor=log, month=month, what="x", done="x")
