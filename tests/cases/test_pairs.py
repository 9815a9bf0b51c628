"""The queue of likely pairs: how it is filled, who sees it, and that a decision is remembered."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from cases.matching.reasons import LEVELS, MOVED
from cases.models import Client, ClientMerge, DuplicateCandidate
from cases.services.pairs import find_pairs
from cases.tasks import find_all_pairs
from centers.listing.page import ROWS
from centers.models import Role
from centers.scope import acting_for
from tests.make import everywhere, make_client, make_contact, make_pair, make_user, make_visa_case, name_client, place
from tests.support import refused_by

pytestmark = pytest.mark.django_db
LIST = "/clients/pairs/"


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


def pairs() -> dict[tuple[int, int], str]:
    with everywhere():
        return {(row.first_id, row.second_id): row.state for row in DuplicateCandidate.objects.all()}


def scores(answer) -> list[int]:
    return [row.score for row in answer.context["shown"].page]


@pytest.mark.parametrize("language", ["ko", "en", "vi", "zh-hans"])
@pytest.mark.parametrize("reason", [*MOVED, *LEVELS])
def test_every_reason_is_told_on_the_list_and_the_page_of_a_pair(client, counsellor, reason, language):
    why = [reason, "up"] if reason in MOVED else ["given", reason]
    pair = make_pair(make_client(), make_client(), why=[why, ["born", "same"]])
    client.cookies["django_language"] = language
    for page in (LIST, pair.get_absolute_url()):
        assert client.get(page).status_code == 200, page


class FindTests:
    def test_a_task_finds_them_in_any_script_and_once(self):
        one = make_client(name="NGUYEN VAN AN", birth_date="1990-05-04", nationality_id="VN", sex_id="male")
        two = make_client(name="응우옌 반 안", birth_date="1990-05-04", nationality_id="VN", sex_id="male")
        make_client(name="KIM MIN", birth_date="1970-01-01", nationality_id="MN", sex_id="female")
        make_client("52130-c1", name="NGUYEN VAN AN", birth_date="1990-05-04")
        here = place("52110-c1").pk
        assert find_pairs(here) == 1
        assert find_pairs(here) == 0
        assert pairs() == {(one.pk, two.pk): "open"}

    def test_a_name_in_another_order_warns_and_never_blocks(self, client, counsellor):
        make_client(name="DEMO WANG FANG", nationality_id="CN")
        typed = {"latin_name": "FANG DEMO WANG", "nationality": "CN", "language": "zh"}
        assert client.post("/clients/likely/", typed).status_code == 200
        assert client.post("/clients/new/", typed).status_code != 500

    def test_several_names_of_one_file_are_no_pair(self):
        person = make_client(name="NGUYEN VAN AN", birth_date="1990-05-04")
        name_client(person, "Nguyễn Văn An")
        make_contact(person, "010-0000-1111")
        make_contact(person, "010-0000-2222")
        assert find_pairs(place("52110-c1").pk) == 0

    def test_what_was_told_apart_is_not_found_anew(self):
        told = {"name": "NGUYEN VAN AN", "birth_date": "1990-05-04", "sex_id": "male"}
        pair = make_pair(make_client(**told), make_client(**told), state="different")
        assert find_pairs(place("52110-c1").pk) == 0
        assert pairs() == {(pair.first_id, pair.second_id): "different"}

    def test_each_workspace_gets_a_task_of_its_own(self, monkeypatch):
        asked = []
        monkeypatch.setattr("cases.tasks.queue", lambda task, pk: asked.append(pk))
        find_all_pairs()
        assert place("52110-c1").pk in asked
        assert len(asked) == len(set(asked))

    def test_a_file_opened_all_the_same_comes_into_the_queue(self, client, counsellor):
        before = make_client(name="NGUYEN VAN AN")
        client.post("/clients/new/", {"roman": "NGUYEN VAN AN", "shown": before.pk})
        [(first, _second)] = pairs()
        assert first == before.pk


class ReasonTests:
    """What a pair says of two files is what stands in them now."""

    TOLD = {"name": "NGUYEN VAN AN", "nationality_id": "VN", "sex_id": "male"}

    def reasons(self) -> tuple[int, list]:
        with everywhere():
            [pair] = DuplicateCandidate.objects.all()
        return pair.score, pair.why

    def two(self) -> tuple[Client, Client]:
        return tuple(make_client(birth_date=day, **self.TOLD) for day in ("1975-07-25", "1975-07-26"))

    def test_the_task_says_anew_what_it_finds(self):
        make_pair(*self.two(), score=99, why=[["born", "same"]])
        assert find_pairs(place("52110-c1").pk) == 0
        assert ["born", "close"] in self.reasons()[1]

    def test_an_edit_says_anew_even_what_is_unlikely_now(self, client, counsellor):
        one, two = (make_client(birth_date="1975-07-25", **self.TOLD) for _ in range(2))
        make_pair(one, two, score=99, why=[["born", "same"]])
        page = client.get(f"/clients/{two.pk}/edit/")
        typed = {bound.name: bound.value() for bound in page.context["form"] if bound.value() not in (None, "")}
        changed = {"birth_date": "1940-01-01", "sex": "female", "nationality": "KH"}
        assert client.post(f"/clients/{two.pk}/edit/", typed | changed).status_code == 302
        score, why = self.reasons()
        assert score < 99
        assert ["born", "other"] in why

    def test_a_merge_and_its_undoing_say_anew(self, client, counsellor):
        one, two = self.two()
        pair = make_pair(one, two, score=99, why=[["born", "same"]])
        client.post(f"{LIST}{pair.pk}/merge/", {"keep": one.pk})
        with everywhere():
            [merge] = ClientMerge.objects.all()
        client.post(f"/clients/merges/{merge.pk}/undo/")
        assert ["born", "close"] in self.reasons()[1]

    def test_what_was_told_apart_keeps_its_reasons(self):
        make_pair(*self.two(), score=99, why=[["born", "same"]], state="different")
        find_pairs(place("52110-c1").pk)
        assert self.reasons() == (99, [["born", "same"]])

    @pytest.mark.parametrize("name", ["TRAN AN", "AN TRAN", "KIM MIN", "NGUYEN VAN AN"])
    def test_the_same_name_in_the_same_order_has_not_changed_places(self, client, counsellor, name):
        for other in ("TRAN BICH", "TRAN CUC", "KIM JI"):
            make_client(name=other)
        make_client(name=name, birth_date="1990-01-01")
        page = client.post("/clients/likely/", {"roman": name, "birth_date": "1990-01-01"})
        [likely] = page.context["likely"]
        assert dict(likely.why) == {"given": "same", "surname": "same", "born": "same"}

    def test_names_that_did_change_places_are_said_to_have(self, client, counsellor):
        make_client(name="TRAN AN", birth_date="1990-01-01")
        page = client.post("/clients/likely/", {"roman": "AN TRAN", "birth_date": "1990-01-01"})
        assert ("mixed", "up") in page.context["likely"][0].why


class CompareTests:
    """Two files that nobody has paired yet."""

    def test_whoever_writes_the_file_compares_it_with_another(self, client, counsellor):
        one, other = make_client(name="KIM MIN"), make_client(name="PARK SO", ref="P-9")
        make_client("52130-c1", name="PARK SO")
        address = f"/clients/{one.pk}/compare/"
        assert address in client.get(one.get_absolute_url()).content.decode()
        found = client.post(address, {"q": "park"})
        assert found.context["clients"] == [other]
        answer = client.post(address, {"other": other.pk})
        assert list(pairs()) == [(one.pk, other.pk)]
        with everywhere():
            pair = DuplicateCandidate.objects.get()
        assert answer["Location"] == pair.get_absolute_url()
        assert client.get(answer["Location"]).status_code == 200

    def test_a_pair_that_is_there_is_opened_as_it_stands(self, client, counsellor):
        pair = make_pair(make_client(), make_client(), state="different")
        answer = client.post(f"/clients/{pair.second_id}/compare/", {"other": pair.first_id})
        assert answer["Location"] == pair.get_absolute_url()
        assert list(pairs().values()) == ["different"]

    @pytest.mark.parametrize("which", ["of another workspace", "itself", "merged away", "nonsense"])
    def test_only_with_another_file_of_the_workspace_that_lives(self, client, counsellor, which):
        one, gone = make_client(), make_client()
        with everywhere():
            Client.objects.filter(pk=gone.pk).update(merged_into=one)
        other = {
            "of another workspace": make_client("52130-c1").pk,
            "itself": one.pk,
            "merged away": gone.pk,
            "nonsense": "x",
        }[which]
        assert client.post(f"/clients/{one.pk}/compare/", {"other": other}).status_code == 404
        assert pairs() == {}

    def test_whoever_only_reads_compares_nothing(self, client):
        person = make_client("52110-office")
        make_visa_case(client=person)
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        assert client.get(f"/clients/{person.pk}/compare/").status_code in {403, 404}


class RuleTests:
    def test_a_pair_is_of_one_workspace_and_in_order(self):
        here, there = make_client(), make_client("52130-c1")
        with refused_by("cases_duplicatecandidate_second_id_is_of_the_workspace"):
            make_pair(here, there)
        with refused_by("pair_in_order"), everywhere():
            DuplicateCandidate.objects.create(workspace=here.workspace, first=here, second=here, score=1)

    def test_nobody_reads_the_pairs_of_another_workspace(self):
        make_pair(make_client(), make_client())
        with acting_for([place("52130-c1").pk]):
            assert not DuplicateCandidate.objects.exists()
        with acting_for([place("52110-c1").pk]):
            assert DuplicateCandidate.objects.count() == 1


class PageTests:
    def test_the_queue_shows_the_likeliest_first(self, client, counsellor):
        files = [make_client(name=f"DEMO {number}") for number in range(4)]
        make_pair(files[0], files[1], score=80)
        make_pair(files[2], files[3], score=40)
        assert scores(client.get(LIST)) == [80, 40]
        assert scores(client.get(f"{LIST}?sort=likeness")) == [40, 80]
        assert scores(client.get(f"{LIST}?sort=-found")) == [40, 80]

    def test_every_pair_is_reached_once_over_the_pages(self, client, counsellor):
        first = make_client()
        made = {make_pair(first, make_client(), score=number % 3).pk for number in range(ROWS + 2)}
        opened = client.get(LIST).context["shown"].page
        after = client.get(LIST, {"after": opened.next}).context["shown"].page
        assert (len(opened), len(after)) == (ROWS, 2)
        assert {row.pk for row in [*opened, *after]} == made

    def test_a_pair_leads_to_both_files_and_to_the_two_side_by_side(self, client, counsellor):
        one, two = (make_client(name=name, birth_date="1990-05-04") for name in ("DEMO ONE", "DEMO TWO"))
        pair = make_pair(one, two)
        text = client.get(LIST).content.decode()
        for told in ("DEMO ONE", "DEMO TWO", "1990-05-04"):
            assert told in text
        for row in (one, two, pair):
            assert f'href="{row.get_absolute_url()}"' in text

    def test_pairs_are_not_taken_out_as_a_file(self, client, counsellor):
        make_pair(make_client(), make_client())
        assert "/exports/new/" not in client.get(LIST).content.decode()
        assert client.get("/exports/new/pairs/").status_code == 404

    def test_told_apart_with_one_press_and_taken_back(self, client, counsellor):
        pair = make_pair(make_client(), make_client())
        assert client.post(f"{LIST}{pair.pk}/decide/")["Location"] == LIST
        assert list(pairs().values()) == ["different"]
        assert scores(client.get(LIST)) == []
        assert len(scores(client.get(f"{LIST}?state=different"))) == 1
        client.post(f"{LIST}{pair.pk}/decide/", {"again": "1"})
        assert list(pairs().values()) == ["open"]

    def test_side_by_side_tells_what_agrees(self, client, counsellor):
        told = {"birth_date": "1990-05-04", "nationality_id": "VN"}
        pair = make_pair(make_client(name="ONE", sex_id="male", **told), make_client(name="TWO", **told))
        facts = {
            str(label): (one, other, same)
            for label, one, other, same in client.get(f"{LIST}{pair.pk}/").context["facts"]
        }
        assert facts["생년월일"] == ("1990-05-04", "1990-05-04", True)
        assert facts["로마자"] == ("ONE", "TWO", False)
        assert facts["성별"][1:] == ("", False)

    def test_an_official_reads_no_day_that_has_passed(self, client):
        files = [make_client("52110-office", status_id="E-9", status_expires_on="2020-01-01") for _ in range(2)]
        pair = make_pair(*files)
        client.force_login(make_user(Role.CITY_OFFICER, "52110-office"))
        page = client.get(f"{LIST}{pair.pk}/").content.decode()
        assert "2020-01-01" not in page
        assert "확인 필요" in page

    def test_a_pair_of_another_workspace_is_not_there(self, client, counsellor):
        pair = make_pair(make_client("52130-c1"), make_client("52130-c1"))
        for path in ("", "decide/", "merge/"):
            ask = client.get if not path else client.post
            assert ask(f"{LIST}{pair.pk}/{path}").status_code == 404

    def test_the_file_says_that_there_may_be_another(self, client, counsellor):
        pair = make_pair(make_client(), make_client())
        with everywhere():
            first = Client.objects.get(pk=pair.first_id)
        assert pair.get_absolute_url() in client.get(first.get_absolute_url()).content.decode()

    def test_who_was_told_apart_is_not_warned_of_again(self, client, counsellor):
        one, two = make_client(name="NGUYEN VAN AN"), make_client(name="NGUYEN VAN AN")
        make_pair(one, two, state="different")
        answer = client.post("/clients/likely/", {"roman": "NGUYEN VAN AN", "client": one.pk})
        assert answer.context["likely"] == []


def test_a_pair_that_is_gone_is_404(client, counsellor):
    with pytest.raises(ObjectDoesNotExist), everywhere():
        DuplicateCandidate.objects.get(pk=1)
    assert client.get(f"{LIST}999999/").status_code == 404
