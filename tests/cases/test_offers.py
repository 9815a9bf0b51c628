"""What spares typing: templates and the last values, offered and never filled in by themselves; reminders put off."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import PutOff, SessionTemplate
from centers.models import Role
from centers.scope import acting_for
from tests.cases.test_session_new import NEW
from tests.make import make_client, make_session, make_user, place

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


class LastTests:
    @pytest.fixture
    def person(self, counsellor):
        person = make_client()
        make_session(client=person, channel_id="phone", language_id="km", topic_id="health", note="사장이 때렸다고 함")
        return person

    def test_nothing_is_filled_in_by_itself(self, client, person):
        form = client.get(f"{NEW}?client={person.pk}").context["form"]
        assert (form["channel"].value(), form["topic"].value()) == (None, None)

    def test_asked_for_it_fills_in_how_it_was_and_not_what_was_said(self, client, person):
        page = client.get(f"{NEW}?client={person.pk}&fill=last")
        form = page.context["form"]
        assert (form["channel"].value(), form["language"].value(), form["topic"].value()) == ("phone", "km", "health")
        assert "사장이 때렸다고 함" not in page.content.decode()

    def test_without_a_session_there_is_nothing_to_offer(self, client, counsellor):
        person = make_client()
        assert client.get(f"{NEW}?client={person.pk}").context["offers"] == []


class TemplateTests:
    def kept(self, client, **changes) -> None:
        form = {
            "name": "임금체불 초기상담",
            "workspace": "52110-c1",
            "topic": "labour.wages",
            "channel": "visit",
        } | changes
        assert client.post("/templates/new/", form).status_code == 302

    def named(self, user) -> list[str]:
        with acting_for([place().pk], actor=user):
            return list(SessionTemplate.objects.values_list("name", flat=True))

    @pytest.fixture
    def colleague(self):
        return make_user(Role.COUNSELLOR)

    def test_it_is_offered_to_whoever_wrote_it(self, client, colleague, counsellor):
        self.kept(client, note="진정 절차 안내")
        [offer] = client.get(NEW).context["offers"]
        assert offer.fields == {"topic": ["labour.wages"], "channel": ["visit"], "note": ["진정 절차 안내"]}
        form = client.get(f"{NEW}?fill={offer.key}").context["form"]
        assert (form["topic"].value(), form["note"].value()) == ("labour.wages", "진정 절차 안내")
        client.force_login(colleague)
        assert client.get(NEW).context["offers"] == []

    def test_it_fills_in_how_such_a_session_goes(self, client, counsellor):
        told = {
            "language": "ne", "interpretation": "three_way", "minutes": "40", "caller": "employer",
            "residence": "other_province", "outcome": "informed", "note_language": "ko", "summary": "요지",
        }  # fmt: skip
        self.kept(client, **told)
        [offer] = client.get(NEW).context["offers"]
        form = client.get(f"{NEW}?fill={offer.key}").context["form"]
        assert {name: form[name].value() for name in told} == told
        again = client.get(f"/templates/{offer.key}/")
        assert {name: again.context["form"][name].value() for name in told} == told
        assert "<details open>" in again.content.decode()  # nothing that is filled in is folded away

    def test_that_of_the_centre_is_its_managers_to_write_and_everybodys_to_use(self, client, colleague):
        manager, stranger = make_user(Role.MANAGER), make_user(Role.COUNSELLOR, "52130-c1")
        client.force_login(manager)
        self.kept(client, shared="on")
        client.force_login(colleague)
        [offer] = client.get(NEW).context["offers"]
        assert client.get(f"/templates/{offer.key}/").status_code == 404
        assert client.post(f"/templates/{offer.key}/delete/").status_code == 404
        client.force_login(stranger)
        assert client.get(NEW).context["offers"] == []

    def test_a_second_of_one_name_is_refused_at_the_name(self, client, counsellor):
        self.kept(client)
        answer = client.post("/templates/new/", {"name": "임금체불 초기상담", "workspace": "52110-c1"})
        assert answer.status_code == 400
        assert "같은 이름의 서식" in answer.content.decode()

    def test_it_is_changed_and_deleted(self, client, counsellor):
        self.kept(client)
        pk = client.get(NEW).context["offers"][0].key
        client.post(f"/templates/{pk}/", {"name": "다른 이름", "workspace": "52110-c1"})
        assert self.named(counsellor) == ["다른 이름"]
        client.post(f"/templates/{pk}/delete/")
        assert self.named(counsellor) == []

    def test_the_database_lets_nobody_read_or_change_anothers(self, client, colleague, counsellor):
        self.kept(client)
        with acting_for([place().pk], actor=colleague):
            assert list(SessionTemplate.objects.all()) == []
            assert SessionTemplate.objects.update(name="x") == 0


class ReminderTests:
    @pytest.fixture
    def promised(self, counsellor):
        return make_session(
            client=make_client(), counsellor=counsellor, held_on=TODAY - timedelta(days=9), follow_up_on=TODAY
        )

    def rests(self, session, **change) -> PutOff:
        """What the session's counsellor has put off of it, after a change."""
        with acting_for([session.workspace_id], actor=session.counsellor):
            PutOff.objects.filter(session=session).update(reason="휴가", **change)
            return PutOff.objects.get(session=session)

    def shown(self, client) -> set[int]:
        text = client.get("/").content.decode()
        return {int(pk) for pk in re.findall(r"/sessions/(\d+)/later/", text)}

    def test_a_follow_up_rests_until_its_day_and_comes_back(self, client, promised):
        until = TODAY + timedelta(days=3)
        client.post(f"/sessions/{promised.pk}/later/", {"until": until.isoformat(), "reason": "휴가"})
        page = client.get("/").content.decode()
        assert self.shown(client) == set()
        assert "휴가" in page
        row = self.rests(promised)
        client.post(f"/reminders/{row.pk}/again/")
        assert self.shown(client) == {promised.pk}

    def test_it_comes_up_by_itself_on_its_day(self, client, promised):
        until = TODAY + timedelta(days=3)
        client.post(f"/sessions/{promised.pk}/later/", {"until": until.isoformat(), "reason": "휴가"})
        self.rests(promised, until=TODAY)
        assert self.shown(client) == {promised.pk}

    @pytest.mark.parametrize("form", [{"until": "", "reason": "휴가"}, {"until": "2020-01-01", "reason": "휴가"}])
    def test_a_day_that_is_past_or_missing_is_refused(self, client, promised, form):
        assert client.post(f"/sessions/{promised.pk}/later/", form).status_code == 400

    def test_a_reason_is_asked_for(self, client, promised):
        form = {"until": (TODAY + timedelta(days=3)).isoformat(), "reason": ""}
        assert client.post(f"/sessions/{promised.pk}/later/", form).status_code == 400

    def test_a_status_rests_for_the_person_who_put_it_off_alone(self, client, counsellor):
        person = make_client(name="TRAN DEMO", status_id="D-2", status_expires_on=TODAY + timedelta(days=40))
        colleague = make_user(Role.COUNSELLOR, official=False)
        for each in (counsellor, colleague):
            make_session(client=person, counsellor=each, held_on=TODAY)
        until = (TODAY + timedelta(days=10)).isoformat()
        client.post(f"/clients/{person.pk}/later/", {"until": until, "reason": "연장 신청함"})
        assert "연장 신청함" in client.get("/").content.decode()
        client.force_login(colleague)
        assert "연장 신청함" not in client.get("/").content.decode()

    def test_an_official_is_reminded_of_no_status(self, client):
        client.force_login(make_user(Role.COUNSELLOR, official=True))
        assert client.get(f"/clients/{make_client().pk}/later/").status_code == 403


class KeyTests:
    def test_the_keys_are_the_persons_own(self, client, counsellor):
        answer = client.post("/shortcuts/keys/", {"key_search": "KeyF", "key_new": "KeyG", "key_start": "F8"})
        assert answer.status_code == 302
        page = client.get("/").content.decode()
        assert 'data-search="KeyF"' in page
        assert 'data-new="KeyG"' in page
        assert 'data-deadline="F8"' in page

    @pytest.mark.parametrize(
        ("search", "new", "field", "why"),
        [
            ("KeyF", "KeyF", "key_new", "F 키는 검색에 쓰고"),
            ("KeyJ", "KeyN", "key_search", "J 키는 목록에서 다음 줄로"),
            ("Slash", "KeyK", "key_new", "K 키는 목록에서 앞줄로"),
        ],
    )
    def test_one_key_does_not_do_two_things(self, client, counsellor, search, new, field, why):
        """The refusal stands at the key, and says which command holds it."""
        answer = client.post("/shortcuts/keys/", {"key_search": search, "key_new": new, "key_start": "F2"})
        assert answer.status_code == 400
        [(refused, [told])] = answer.context["form"].errors.items()
        assert refused == field
        assert told.startswith(why)

    def test_the_keys_of_lists_are_not_offered(self, client, counsellor):
        page = client.get("/shortcuts/keys/").content.decode()
        assert 'value="KeyJ"' not in page and 'value="KeyK"' not in page and 'value="KeyL"' in page
