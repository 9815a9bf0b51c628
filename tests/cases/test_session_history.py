"""How a session came to read as it does: when, who and what, also of those who came to it later or were taken out."""

import pytest

from cases.models import Session
from centers.models import Role
from tests.cases.test_session_edit import opened, page_of
from tests.cases.test_session_new import typed
from tests.make import everywhere, make_client, make_dependant, make_user


@pytest.mark.committed
class HistoryTests:
    @pytest.fixture
    def family(self, committed):
        principal, spouse = make_client(name="PRINCIPAL"), make_client(name="SPOUSE")
        make_dependant(principal, client=spouse)
        return principal, spouse

    def corrected(self, client, session, **told) -> None:
        assert client.post(page_of(session), opened(client, session) | told).status_code == 302

    def told(self, client, session) -> list[tuple[str, str, str, str]]:
        changes = client.get(session.get_absolute_url()).context["changes"]
        return [(one.who, str(one.label), one.before, one.after) for one in changes]

    def test_who_added_and_removed_whom_and_which_topic(self, client, family):
        principal, spouse = family
        first, second = (make_user(Role.COUNSELLOR, official=False, name=name) for name in ("먼저", "나중"))
        client.force_login(first)
        client.post(f"/sessions/new/?client={principal.pk}", typed(others=[], other_topics=["education"], clients="1"))
        with everywhere():
            session = Session.objects.get()
        assert self.told(client, session) == []  # what came with it is no change
        self.corrected(client, session, others=[spouse.pk], other_topics=["education", "health"], clients="2")
        client.force_login(second)
        self.corrected(client, session, others=[], other_topics=["education"])
        told = self.told(client, session)
        assert {one for one in told if one[0] == "나중"} == {
            ("나중", "함께 상담한 내담자", "SPOUSE", "삭제"),
            ("나중", "부유형", "의료·보건", "삭제"),
        }
        assert {one for one in told if one[0] == "먼저"} == {
            ("먼저", "함께 상담한 내담자", "–", "SPOUSE"),
            ("먼저", "부유형", "–", "의료·보건"),
            ("먼저", "인원", "1", "2"),
        }
