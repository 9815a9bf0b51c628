"""Follow-ups: they wait until somebody says what kept them, whatever else happens and however long it takes."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Deadline, FollowUpAnswer, Session
from cases.services.correction import void_session
from cases.services.follow_up import keep_follow_ups
from centers.models import Role
from tests.make import everywhere, make_client, make_dependant, make_session, make_together, make_user

TODAY = timezone.localdate()
LONG_AGO = TODAY - timedelta(days=400)

pytestmark = pytest.mark.django_db


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


@pytest.fixture
def person():
    return make_client(name="DEMO WORKER")


@pytest.fixture
def promised(counsellor, person):
    return make_session(client=person, held_on=LONG_AGO, follow_up_on=LONG_AGO, counsellor=counsellor)


def waiting() -> list[int]:
    with everywhere():
        return list(Session.objects.all().promised().order_by("pk").values_list("pk", flat=True))


def log(client, person, **typed):
    page = client.get(f"/sessions/new/?client={person.pk}")
    told = {"held_on": f"{TODAY}", "language": "vi", "channel": "phone", "topic": "stay.registration", "clients": "1"}
    token = page.context["form"]["token"].value()
    return client.post(f"/sessions/new/?client={person.pk}", told | {"token": token} | typed)


class LogTests:
    def test_the_only_one_is_ticked_beforehand_and_one_of_several_is_not(self, client, promised, person):
        form = client.get(f"/sessions/new/?client={person.pk}").context["form"]
        assert form["answers"].value() == [promised.pk]
        other = make_session(client=person, held_on=TODAY, follow_up_on=TODAY, counsellor=promised.counsellor)
        form = client.get(f"/sessions/new/?client={person.pk}").context["form"]
        assert form["answers"].value() == []
        asked = client.get(f"/sessions/new/?client={person.pk}&answers={other.pk}").context["form"]
        assert asked["answers"].value() == [other.pk]

    def test_one_that_is_not_due_yet_is_offered_and_not_ticked(self, client, promised, person):
        with everywhere():
            Session.objects.filter(pk=promised.pk).update(follow_up_on=TODAY + timedelta(days=1))
        form = client.get(f"/sessions/new/?client={person.pk}").context["form"]
        assert [choice[0] for choice in form.fields["answers"].choices] == [promised.pk]
        assert form["answers"].value() == []

    def test_what_is_ticked_ends_and_is_told_and_what_is_not_waits(self, client, promised, person):
        log(client, person)
        assert waiting() == [promised.pk]
        answer = log(client, person, answers=[promised.pk])
        assert waiting() == []
        page = client.get(answer.url).content.decode()
        assert f"{LONG_AGO} 다음 상담 약속" in page

    def test_a_box_taken_out_in_a_draft_stays_out(self, client, promised, person):
        form = client.get(f"/sessions/new/?client={person.pk}").context["form"]
        token = form["token"].value()
        typed = {"token": token, "draft_tab": "t", "draft_client": person.pk, "note": "x", "offered_for": person.pk}
        assert client.post("/drafts/save/", typed).status_code == 200
        assert client.get(f"/sessions/new/?draft={token}").context["form"]["answers"].value() in (None, [])

    def test_a_draft_of_before_the_client_was_chosen_is_offered_it(self, client, promised, person):
        form = client.get("/sessions/new/").context["form"]
        token = form["token"].value()
        typed = {"token": token, "draft_tab": "t", "note": "x"}
        client.post("/drafts/save/", typed)
        client.post("/drafts/save/", typed | {"draft_client": person.pk, "draft_sequence": "1"})
        form = client.get(f"/sessions/new/?draft={token}").context["form"]
        assert form["answers"].value() == [promised.pk]

    def test_family_who_came_along_are_offered_theirs(self, client, counsellor, person):
        spouse = make_client(name="SPOUSE")
        make_dependant(person, client=spouse)
        theirs = make_session(client=spouse, held_on=LONG_AGO, follow_up_on=LONG_AGO, counsellor=counsellor)
        form = client.get(f"/sessions/new/?client={person.pk}").context["form"]
        assert [choice[0] for choice in form.fields["answers"].choices] == [theirs.pk]
        assert form["answers"].value() == []
        refused = log(client, person, answers=[theirs.pk])
        assert refused.context["form"].errors.keys() == {"answers"}, "they were not there"
        log(client, person, answers=[theirs.pk], others=[spouse.pk], clients="2")
        assert waiting() == []

    def test_a_deadline_begins_with_the_session_or_nothing_is_on_record(self, client, counsellor, person):
        log(client, person, deadline="address_change")
        with everywhere():
            [deadline] = Deadline.objects.all()
        assert (deadline.starts_on, deadline.due_on) == (TODAY, TODAY + timedelta(days=15))
        refused = log(client, person, deadline="address_change")
        assert refused.context["form"].errors.keys() == {"deadline"}, "it runs already"
        refused = log(client, person, deadline="workplace_change")
        assert refused.context["form"].errors.keys() == {"deadline_until"}
        with everywhere():
            assert Session.objects.count() == 1

    def test_an_official_is_offered_no_deadline(self, client, person):
        client.force_login(make_user(Role.COUNSELLOR, official=True))
        assert "deadline" not in client.get(f"/sessions/new/?client={person.pk}").context["form"].fields


class ListTests:
    def test_none_drops_out_however_old_and_the_longest_overdue_is_first(self, client, promised):
        make_session(client=make_client(), held_on=TODAY, follow_up_on=TODAY, counsellor=promised.counsellor)
        rows = client.get("/sessions/follow-ups/?state=due&counsellor=me").content.decode()
        assert rows.index(LONG_AGO.isoformat()) < rows.index(f">{TODAY.isoformat()}<")
        assert f"/sessions/{promised.pk}/later/" in client.get("/").content.decode()

    def test_nobody_else_s_centre_is_listed(self, client, promised):
        client.force_login(make_user(Role.COUNSELLOR, "52130-c1"))
        assert LONG_AGO.isoformat() not in client.get("/sessions/follow-ups/").content.decode()


class EndTests:
    def test_ends_for_a_reason_and_waits_again(self, client, promised):
        address = f"/sessions/{promised.pk}/follow-up/"
        assert client.post(address, {"reason": ""}).status_code == 400
        assert client.post(f"{address}?then=follow-ups", {"reason": "출국함"}).url == "/#follow-ups"
        assert waiting() == []
        assert "출국함" in client.get(f"/sessions/{promised.pk}/").content.decode()
        assert client.get(address).status_code == 302
        client.post(f"{address}again/")
        assert waiting() == [promised.pk]

    def test_a_session_on_record_keeps_that_of_any_who_were_there(self, client, promised, person):
        together = make_together(make_session(client=make_client(), held_on=TODAY), person)
        page = client.get(f"/sessions/{together.pk}/").content.decode()
        assert f'value="{promised.pk}"' in page
        client.post(f"/sessions/{together.pk}/keeps/", {"promised": promised.pk})
        assert waiting() == []

    def test_of_somebody_who_was_not_there_is_refused_with_a_sentence(self, client, promised):
        other = make_session(client=make_client(), held_on=TODAY)
        answer = client.post(f"/sessions/{other.pk}/keeps/", {"promised": promised.pk}, follow=True)
        assert "같은 내담자" in answer.content.decode()
        assert waiting() == [promised.pk]


class DatabaseTests:
    def keep(self, promised, later):
        with everywhere(), transaction.atomic():
            keep_follow_ups(actor=promised.counsellor, promised=[promised], by=later)

    def test_a_void_session_keeps_nothing(self, promised, person):
        later = make_session(client=person, held_on=TODAY)
        self.keep(promised, later)
        assert waiting() == []
        with everywhere():
            void_session(session=later, reason="두 번 적음")
        assert waiting() == [promised.pk]

    def test_another_day_that_is_promised_waits_anew(self, promised, person):
        self.keep(promised, make_session(client=person, held_on=TODAY))
        with everywhere():
            Session.objects.filter(pk=promised.pk).update(follow_up_on=TODAY)
        assert waiting() == [promised.pk]

    def test_refuses_a_session_of_somebody_else_or_of_before_or_the_session_itself(self, promised, person):
        before = make_session(client=person, held_on=LONG_AGO - timedelta(days=1))
        for other in (make_session(client=make_client(), held_on=TODAY), before, promised):
            with pytest.raises(IntegrityError):
                self.keep(promised, other)

    def test_refuses_an_end_without_a_session_or_a_reason(self, promised):
        with pytest.raises(IntegrityError), everywhere(), transaction.atomic():
            FollowUpAnswer.objects.create(
                workspace=promised.workspace, session=promised, promised_on=LONG_AGO, reason=""
            )

    def test_what_it_was_is_kept_when_it_waits_again(self, client, promised):
        client.post(f"/sessions/{promised.pk}/follow-up/", {"reason": "출국함"})
        client.post(f"/sessions/{promised.pk}/follow-up/again/")
        with everywhere():
            [before] = apps.get_model("cases", "FollowUpAnswerEvent").objects.all()
        assert (before.reason, before.ended_by_id) == ("출국함", promised.counsellor_id)
