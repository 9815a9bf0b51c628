"""Several clients in one session: one session, as many visits, a row on each one's timeline, each a person once."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cases.models import Session, SessionClient
from cases.services.session import log_session
from centers.models import Role
from centers.scope import settle_constraints
from kpi.counts import Counts
from kpi.evidence import Figure, evidence, total
from kpi.services.summary import drain
from kpi.services.verification import verify
from kpi.window import Window
from tests.cases.test_session_edit import held, opened, page_of
from tests.cases.test_session_new import NEW, recorded, typed
from tests.make import everywhere, make_client, make_dependant, make_session, make_user, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


def others_of(session: Session) -> set[int]:
    with everywhere():
        return set(SessionClient.objects.filter(session=session).values_list("client", flat=True))


@pytest.fixture
def family():
    principal, spouse, child = (make_client(name=f"FAMILY {n}") for n in range(3))
    make_dependant(principal, client=spouse)
    make_dependant(principal, client=child, relation="child")
    return principal, spouse, child


def test_the_household_is_counted_on_the_page_and_taken_along_as_a_whole(client, counsellor, family):
    principal, spouse, child = family
    page = client.get(f"/clients/{spouse.pk}/").content.decode()
    assert "3명" in page
    assert f"{NEW}?client={spouse.pk}&amp;with=household" in page
    form = client.get(f"{NEW}?client={spouse.pk}&with=household").context["form"]
    assert form["others"].value() == [principal.pk, child.pk]
    assert form["clients"].value() == 3


def test_the_family_is_offered_and_one_visit_is_one_session_of_three(client, counsellor, family):
    principal, spouse, child = family
    form = client.get(f"{NEW}?client={principal.pk}").context["form"]
    assert [pk for pk, _name in form.fields["others"].choices] == [spouse.pk, child.pk]
    client.post(f"{NEW}?client={principal.pk}", typed(clients="1", others=[spouse.pk, child.pk]))
    [session] = recorded()
    assert (session.client_id, session.clients, others_of(session)) == (principal.pk, 3, {spouse.pk, child.pk})
    for member in family:
        page = client.get(member.get_absolute_url()).content.decode()
        assert session.get_absolute_url() in page


def test_without_a_household_it_says_what_one_can_do(client, counsellor):
    page = client.get(f"{NEW}?client={make_client(name='LE VAN AN').pk}").content.decode()
    assert "같은 가구로 등록된 사람이 없습니다" in page
    assert 'href="#find-other"' in page and 'id="find-other"' in page


def test_a_group_says_how_many_there_were_beyond_those_who_are_named(client, counsellor, family):
    principal, spouse, _child = family
    answer = client.post(f"{NEW}?client={principal.pk}", typed(clients="20", others=[spouse.pk]), follow=True)
    assert recorded()[0].clients == 20
    assert "기록한 인원 20명, 그중 내담자 기록이 있는 사람 2명" in answer.content.decode()


@pytest.mark.parametrize("who", ["elsewhere", "oneself", "nobody", "text"])
def test_who_cannot_be_beside_is_told_and_nothing_is_written(client, counsellor, family, who):
    principal = family[0]
    other = {"elsewhere": make_client("52130-c1").pk, "oneself": principal.pk, "nobody": 10**9, "text": "x"}[who]
    answer = client.post(f"{NEW}?client={principal.pk}", typed(others=[other]))
    assert answer.status_code == 400
    assert recorded() == []


def test_they_are_corrected_with_the_session(client, counsellor, family):
    principal, spouse, child = family
    client.post(f"{NEW}?client={principal.pk}", typed(clients="2", others=[spouse.pk]))
    [session] = recorded()
    assert opened(client, session)["others"] == [str(spouse.pk)]
    client.post(page_of(session), opened(client, session) | {"others": [child.pk], "held_on": "2026-01-05"})
    assert others_of(session) == {child.pk}
    with everywhere():
        assert list(SessionClient.objects.values_list("held_on", flat=True)) == [date(2026, 1, 5)]
    client.post(page_of(session), {k: v for k, v in opened(client, session).items() if k != "others"})
    assert others_of(session) == set()
    assert held(session).clients == 2


class DatabaseTests:
    """What the database holds by itself."""

    @pytest.fixture
    def session(self, family):
        with everywhere():
            return log_session(
                actor=make_user(Role.COUNSELLOR),
                workspace=place(),
                form_token=uuid4(),
                held_on=date(2025, 3, 3),
                client=family[0],
                others=[family[1]],
                language_id="vi",
                channel_id="visit",
                topic_id="labour.wages",
            )

    def refused(self, what) -> str:
        with everywhere(), pytest.raises(IntegrityError) as told, transaction.atomic():
            what()
            settle_constraints()
        return told.value.__cause__.diag.constraint_name

    def test_a_session_counts_no_less_than_are_named(self, session):
        assert self.refused(lambda: Session.objects.update(clients=1)) == "session_counts_its_clients"

    def test_the_first_client_is_not_a_further_one(self, session, family):
        moved = {"client": family[1], "person_id": family[1].person_id}
        assert self.refused(lambda: Session.objects.update(**moved)) == "session_client_once"

    def test_a_session_without_a_client_has_no_further_ones(self, session):
        assert self.refused(lambda: Session.objects.update(client=None, person=None)) == "session_has_a_first_client"

    def test_a_file_of_another_centre_is_none_of_them(self, session):
        stranger = make_client("52130-c1")
        row = {"client": stranger, "person_id": stranger.person_id, "held_on": session.held_on}
        told = self.refused(lambda: SessionClient.objects.create(workspace=place(), session=session, **row))
        assert told == "cases_sessionclient_client_id_is_of_the_workspace"


class CountTests:
    def test_they_are_persons_of_the_year_and_no_sessions(self, family):
        principal, spouse, child = family
        make_session(client=spouse, held_on=date(2025, 5, 5))
        with everywhere():
            log_session(
                actor=make_user(Role.COUNSELLOR),
                workspace=place(),
                form_token=uuid4(),
                held_on=date(2025, 3, 3),
                client=principal,
                others=[spouse, child],
                language_id="vi",
                channel_id="visit",
                topic_id="labour.wages",
            )
            drain(wait=True)
            window = Window.of(2025, date(2025, 12, 31))
            counts = Counts(window)
            whole = counts.total("session")
            assert (whole.records, whole.quantity, counts.unique_persons) == (2, 4, 3)
            cut = Counts(Window.of(2025, date(2025, 3, 10)))
            assert cut.unique_persons == 3
            assert verify().differences == []
            figure = Figure.of("2025.person")
            pages = [evidence(figure, limit=1)]
            while pages[-1]:
                pages.append(evidence(figure, limit=1, after=pages[-1][-1].token))
            assert total(figure).number == len(pages) - 1 == 3
