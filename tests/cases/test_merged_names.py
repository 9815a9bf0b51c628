"""After a merge a record is called by the names of the file that lives on, wherever a row still says the other."""

from uuid import uuid4

import pytest

from cases.models import Client
from cases.services.correction import correct_session
from cases.services.merge import merge_clients
from centers.models import Role
from centers.scope import acting_for
from centers.services.membership import grant_role
from tests.make import (
    everywhere,
    make_client,
    make_contact,
    make_draft,
    make_pair,
    make_session,
    make_together,
    make_user,
    place,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


@pytest.fixture
def two() -> tuple[Client, Client]:
    """Two files of the same name, so that the one that gives way is left without any."""
    return tuple(make_client(name="SOMCHAI JAIDEE", ref=number) for number in ("KEPT-1", "GONE-2"))


def merge(kept: Client, absorbed: Client) -> None:
    with acting_for([kept.workspace_id]):
        merge_clients(actor=None, kept=kept, absorbed=absorbed)


def test_a_session_of_both_names_the_person_once_and_says_that_the_number_stays(client, counsellor, two):
    kept, absorbed = two
    session = make_session(client=kept)
    make_together(session, absorbed)
    merge(kept, absorbed)
    page = client.get(session.get_absolute_url())
    assert page.context["others"] == [] and page.context["merged"] == 1
    assert absorbed.ref not in page.content.decode()
    assert "인원은 그대로입니다" in page.content.decode()


def test_a_session_in_which_both_came_along_names_them_once(client, counsellor, two):
    kept, absorbed = two
    session = make_session(client=make_client(name="HEAD"))
    make_together(session, *two)
    merge(kept, absorbed)
    page = client.get(session.get_absolute_url())
    assert [row.client.pk for row in page.context["others"]] == [kept.pk]
    assert absorbed.ref not in page.content.decode()


def test_of_a_file_merged_twice_over_it_is_the_last(client, counsellor, two):
    first, second = two
    last = make_client(name="SOMCHAI JAIDEE")
    session = make_session(client=first)
    make_together(session, second)
    merge(first, second)
    merge(last, first)
    page = client.get(session.get_absolute_url())
    assert page.context["client"].pk == last.pk
    assert page.context["others"] == []


def test_a_draft_typed_on_after_the_merge_bears_the_name(client, counsellor, two):
    kept, absorbed = two
    merge(kept, absorbed)
    make_draft(counsellor, kind="session", client=absorbed)
    for address in ("/drafts/", "/"):
        text = client.get(address).content.decode()
        assert "SOMCHAI JAIDEE" in text and absorbed.ref not in text


def test_the_history_of_a_session_tells_names(client, counsellor):
    one, other = make_client(name="FIRST PERSON"), make_client(name="OTHER PERSON")
    session = make_session(client=one, counsellor=counsellor)
    with acting_for([one.workspace_id], actor=counsellor):
        correct_session(
            actor=counsellor, session=session, told={}, client=other, further=([], set()), form_token=uuid4()
        )
    told = {change.label: (change.before, change.after) for change in history(client, session)}
    assert told["내담자"] == ("FIRST PERSON", "OTHER PERSON")


def test_a_merge_is_no_change_of_whom_a_session_was_with(client, counsellor, two):
    session = make_session(client=two[1])
    merge(*two)
    assert "내담자" not in {change.label for change in history(client, session)}


def history(client, session) -> list:
    return client.get(session.get_absolute_url()).context["changes"]


class LeftOutTests:
    """Who cannot stand beside the client is named, with why and what to do; and is no longer ticked then."""

    def refused(self, client, head: Client, other: Client | int) -> str:
        answer = client.post(
            f"/sessions/new/?client={head.pk}", {"others": [getattr(other, "pk", other)], "clients": 2}
        )
        assert answer.status_code == 400
        [said] = answer.context["form"].errors["others"]
        assert f'value="{getattr(other, "pk", other)}"' not in str(answer.context["form"]["others"])
        return said

    def test_the_client_of_the_session(self, client, counsellor):
        head = make_client(name="HEAD", ref="H-1")
        assert self.refused(client, head, head).startswith("HEAD(기록 H-1)은(는) 이 상담의 내담자 본인이므로")

    def test_one_merged_into_another_file(self, client, counsellor, two):
        kept, absorbed = two
        merge(kept, absorbed)
        said = self.refused(client, make_client(name="HEAD"), absorbed)
        assert f"기록 {absorbed.ref}은(는) 그동안 SOMCHAI JAIDEE(기록 {kept.ref})에 합쳐져서" in said

    def test_one_merged_into_the_client_of_the_session(self, client, counsellor, two):
        kept, absorbed = two
        merge(kept, absorbed)
        said = self.refused(client, kept, absorbed)
        assert f"기록 {absorbed.ref}" in said and "이 상담의 내담자 SOMCHAI JAIDEE" in said

    def test_one_of_another_centre_of_theirs(self, client):
        user = make_user(Role.COUNSELLOR, official=False)
        grant_role(user=user, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=None)
        client.force_login(user)
        other = make_client("52130-c1", name="ELSEWHERE")
        assert "ELSEWHERE" in self.refused(client, make_client(), other)

    def test_of_one_that_is_hidden_nothing_is_told(self, client, counsellor):
        hidden = make_client("52130-c1", name="HIDDEN", ref="HID-1")
        for other in (hidden, 10**9):
            said = self.refused(client, make_client(), other)
            assert said == "열람 권한이 없는 기록이 선택되어 있어 뺐습니다. 인원을 확인하고 다시 저장하십시오."


class TelephoneTests:
    @pytest.fixture(autouse=True)
    def numbered(self, two):
        for file, value in zip(two, ("+82 10-7777-1234", "010 7777 1234"), strict=True):
            make_contact(file, value)

    def test_two_ways_to_write_one_number_agree_side_by_side(self, client, counsellor, two):
        facts = client.get(make_pair(*two).get_absolute_url()).context["facts"]
        assert [same for label, _one, _other, same in facts if label == "전화번호"] == [True]

    def test_after_the_merge_the_number_is_there_once_and_the_undoing_gives_it_back(self, client, counsellor, two):
        kept, absorbed = two
        client.post(f"/clients/pairs/{make_pair(*two).pk}/merge/", {"keep": kept.pk})
        assert self.of(kept) == ["+82 10-7777-1234"]
        page = client.get(kept.get_absolute_url())
        [(merged, _number)] = page.context["merges"]
        client.post(f"/clients/merges/{merged.pk}/undo/")
        assert self.of(absorbed) == ["010 7777 1234"]

    def test_another_number_goes_along(self, two):
        kept, absorbed = two
        make_contact(absorbed, "010-5555-1234")
        merge(kept, absorbed)
        assert self.of(kept) == ["+82 10-7777-1234", "010-5555-1234"]

    def of(self, file: Client) -> list[str]:
        with everywhere():
            return [row.value for row in file.contacts.order_by("pk")]
