"""A client's file opened and edited on a page: what is written, what is told, and that nothing typed is lost."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.utils import timezone

from cases.models import Client, ClientName, Contact, Identifier
from centers.models import Role
from tests.make import everywhere, make_client, make_contact, make_pair, make_user, name_client, place
from tests.support import as_owner, forbidden, run_together

NEW = "/clients/new/"
NUMBER, OTHER = "900101-5000000", "9101015000001"


def typed(**changes) -> dict:
    values = {"roman": "NGUYEN VAN AN", "korean": "응우옌 반 안", "native": "Nguyễn Văn An", "nationality": "VN"}
    return values | changes


def files() -> list[Client]:
    with everywhere():
        return list(Client.objects.prefetch_related("names", "contacts", "identifiers").order_by("pk"))


def names_of(client: Client) -> dict[str, list[str]]:
    with everywhere():
        found: dict[str, list[str]] = {}
        for name in ClientName.objects.filter(client=client).order_by("pk"):
            found.setdefault(name.kind, []).append(name.text)
        return found


def form_of(answer) -> dict[str, str]:
    """The form on a page as a browser would send it back."""
    form = answer.context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value is not None and value is not False:
            sent[field.html_name] = "\n".join(value) if isinstance(value, list) else str(value)
    return sent


def edit_address(client: Client) -> str:
    return f"/clients/{client.pk}/edit/"


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


@pytest.mark.django_db
class OpenTests:
    def test_one_name_is_enough_and_everything_is_kept(self, client, counsellor):
        answer = client.post(NEW, {"native": "សុខ វិសាល"})
        [opened] = files()
        assert answer["Location"] == opened.get_absolute_url()
        assert names_of(opened) == {"native": ["សុខ វិសាល"]}
        assert opened.workspace == place("52110-c1")
        assert opened.recorded_on == timezone.localdate()

    def test_everything_that_can_be_told(self, client, counsellor):
        told = typed(
            birth_date="1990-01-01", sex="male", language="vi", municipality="52110", status="E-9",
            status_expires_on="2030-01-01", phones="010-0000-1111\n010-0000-2222\n\n", registration=NUMBER,
            passport="c 123456",
        )  # fmt: skip
        client.post(NEW, told)
        [opened] = files()
        assert (opened.sex_id, opened.language_id, opened.municipality_id) == ("male", "vi", "52110")
        assert (opened.status_id, opened.status_expires_on.isoformat()) == ("E-9", "2030-01-01")
        assert [row.value for row in opened.contacts.all()] == ["010-0000-1111", "010-0000-2222"]
        assert {row.kind for row in opened.identifiers.all()} == {"registration", "passport"}
        page = client.get(opened.get_absolute_url()).content.decode()
        assert "900101-*******" in page
        assert "5000000" not in page

    def test_a_file_without_any_name_is_not_opened_and_what_was_typed_stays(self, client, counsellor):
        answer = client.post(NEW, {"phones": "010-0000-1111", "birth_date": "1990-13-01", "registration": "12"})
        assert answer.status_code == 400
        page = answer.content.decode()
        assert files() == []
        assert "010-0000-1111" in page
        assert 'value="1990-13-01"' in page
        assert 'value="12"' in page

    @pytest.mark.parametrize(
        "wrong",
        [
            {"birth_date": "1899-12-31"},
            {"birth_date": "1900-01-01"},
            {"status_expires_on": "1900-01-01"},
            {"status_expires_on": "2999-01-01"},
            {"roman": "\u200b\u200b"},
            {"roman": "A\u2066N\u2069"},
            {"phones": "abc"},
            {"birth_date": "2999-01-01"},
            {"roman": "AN\x07"},
            {"roman": "A\u202eN"},
            {"roman": "x" * 201},
            {"roman": "\n".join(f"NAME {number}" for number in range(7))},
            {"registration": "900101-500000"},
            {"passport": "여권"},
            {"nationality": "XX"},
            {"status": "nothing"},
            {"workspace": "52130-c1", "roman": ""},
        ],
    )
    def test_what_cannot_be_is_refused(self, client, counsellor, wrong):
        answer = client.post(NEW, {"roman": "AN", **wrong})
        assert answer.status_code == 400
        assert files() == []

    def test_the_message_reads_the_database_and_tells_no_name(self, client, counsellor):
        answer = client.post(NEW, typed(phones="010-0000-1111"), follow=True)
        [opened] = files()
        [said] = [str(message) for message in answer.context["messages"]]
        assert str(opened) in said
        assert "NGUYEN" not in said

    def test_leads_back_to_the_session(self, client, counsellor):
        answer = client.post(NEW, typed(then="session"))
        assert answer["Location"] == f"/sessions/new/?client={files()[0].pk}"

    @pytest.mark.parametrize(
        ("text", "field"),
        [
            ("응우옌", "korean"),
            ("Nguyen", "roman"),
            ("Nguyễn", "native"),
            ("王", "native"),
            ("010-0000-1111", "phones"),
        ],
    )
    def test_begins_with_what_was_looked_for(self, client, counsellor, text, field):
        answer = client.post(NEW, {"begin": "1", "q": text})
        assert answer.context["form"][field].value() == text
        assert files() == []

    def test_two_who_share_a_telephone_are_two_files_that_are_both_found(self, client, counsellor):
        led_to = [
            client.post(NEW, {"roman": name, "phones": "010-1234-5678"})["Location"]
            for name in ("NGUYEN VAN AN", "TRAN THI BICH")
        ]
        opened = files()
        assert [file.get_absolute_url() for file in opened] == led_to
        assert client.post("/search/", {"q": "5678"}).context["results"].clients == opened

    def test_signing_in_opens_no_file_and_nobody_signs_up(self, client, counsellor):
        assert client.get("/").status_code == 200
        assert client.get("/accounts/signup/").status_code == 404
        assert files() == []

    def test_a_file_is_never_deleted_so_that_nobody_opens_it_anew(self, counsellor):
        person = make_client()
        with everywhere(), forbidden():
            Client.objects.filter(pk=person.pk)._raw_delete("default")
        assert files() == [person]

    def test_several_workspaces_are_asked_for(self, client):
        from centers.services.membership import grant_role

        user = make_user(Role.COUNSELLOR)
        grant_role(user=user, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=make_user())
        client.force_login(user)
        assert client.post(NEW, typed()).status_code == 400
        client.post(NEW, typed(workspace="52130-c1"))
        assert files()[0].workspace == place("52130-c1")

    def test_whoever_may_only_read_opens_none(self, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        assert client.post(NEW, typed()).status_code == 403


@pytest.mark.django_db
class IdentityTests:
    def test_the_number_leads_to_the_person_in_another_workspace(self, client, counsellor):
        officer = make_user(Role.CITY_OFFICER, "52110-office")
        client.post(NEW, typed(registration=NUMBER))
        client.force_login(officer)
        client.post(NEW, typed(registration=NUMBER.replace("-", "")))
        one, other = files()
        assert one.person_id == other.person_id
        assert one.workspace_id != other.workspace_id

    def test_a_corrected_number_leads_to_the_person_no_more(self, client, counsellor):
        client.post(NEW, typed(registration=NUMBER))
        [opened] = files()
        page = client.get(edit_address(opened))
        assert client.post(edit_address(opened), form_of(page) | {"registration": OTHER}).status_code == 302
        with everywhere():
            assert Identifier.objects.count() == 1
        client.post(NEW, {"roman": "PARK KAI", "registration": NUMBER})
        client.post(NEW, {"roman": "TRAN BAO", "registration": OTHER, "shown": opened.pk})
        persons = {row.pk: row.person_id for row in files()}
        first, fresh, same = (persons[pk] for pk in sorted(persons))
        assert same == first
        assert fresh != first

    def test_a_number_is_taken_away(self, client, counsellor):
        client.post(NEW, typed(registration=NUMBER, passport="C123456"))
        [opened] = files()
        page = client.get(edit_address(opened))
        client.post(edit_address(opened), form_of(page) | {"drop_passport": "on"})
        with everywhere():
            assert [row.kind for row in Identifier.objects.all()] == ["registration"]


@pytest.mark.django_db
class EditTests:
    def test_only_what_was_changed_is_written(self, client, counsellor):
        person = make_client(name="AN", nationality_id="VN", status_id="E-9")
        make_contact(person, "010-0000-1111")
        answer = client.post(edit_address(person), form_of(client.get(edit_address(person))) | {"korean": "안"})
        assert answer["Location"] == person.get_absolute_url()
        [after] = files()
        assert (after.nationality_id, after.status_id) == ("VN", "E-9")
        assert names_of(person) == {"roman": ["AN"], "korean": ["안"]}
        with everywhere():
            assert after.events.count() == 0, "the file itself was not touched"
            assert Contact.objects.get().value == "010-0000-1111"

    def test_a_corrected_name_keeps_its_row_and_its_history(self, client, counsellor):
        person = make_client(name="NGUYEN VAM AN")
        with everywhere():
            before = ClientName.objects.get().pk
        client.post(edit_address(person), form_of(client.get(edit_address(person))) | {"roman": "NGUYEN VAN AN"})
        with everywhere():
            name = ClientName.objects.get()
            assert (name.pk, name.text) == (before, "NGUYEN VAN AN")
            assert [row.text for row in name.events.all()] == ["NGUYEN VAM AN"]

    def test_two_who_edit_lose_nothing(self, client, counsellor):
        person = make_client(name="AN", nationality_id="VN")
        page = client.get(edit_address(person))
        client.post(edit_address(person), form_of(page) | {"roman": "AN NGUYEN", "sex": "male"})
        second = client.post(edit_address(person), form_of(page) | {"roman": "AN TRAN", "phones": "010-0000-1111"})
        assert second.status_code == 409
        told = {row.label: (row.was, row.became, row.typed) for row in second.context["others"]}
        assert ("AN", "AN NGUYEN", "AN TRAN") in told.values()
        assert len(told) == 2
        again = form_of(second)
        assert (again["roman"], again["sex"], again["phones"]) == ("AN TRAN", "male", "010-0000-1111")
        assert client.post(edit_address(person), again).status_code == 302
        [after] = files()
        assert names_of(person) == {"roman": ["AN TRAN"]}
        assert after.sex_id == "male"

    def test_the_same_change_by_two_is_no_quarrel(self, client, counsellor):
        person = make_client(name="AN")
        sent = form_of(client.get(edit_address(person))) | {"sex": "male"}
        for _ in range(2):
            assert client.post(edit_address(person), sent).status_code == 302

    def test_a_number_typed_meanwhile_is_told_and_not_shown(self, client, counsellor):
        person = make_client(name="AN")
        page = form_of(client.get(edit_address(person)))
        client.post(edit_address(person), page | {"registration": NUMBER})
        second = client.post(edit_address(person), page | {"registration": OTHER})
        assert second.status_code == 409
        assert "900101" not in second.content.decode()
        assert form_of(second)["registration"] == OTHER

    def test_a_form_whose_memory_was_cut_overwrites_nothing_unseen(self, client, counsellor):
        person = make_client(name="AN", nationality_id="VN")
        for seen in ("", "[]", "{", '{"roman": 3}'):
            answer = client.post(edit_address(person), {"roman": "TRAN", "nationality": "KH", "seen": seen})
            assert answer.status_code == 409, seen
        assert names_of(person) == {"roman": ["AN"]}

    def test_what_was_typed_into_a_file_merged_away_goes_on_in_the_kept_one(self, client, counsellor):
        """Only what the person changed goes along: the rest is as the kept file has it."""
        gone = make_client(name="GONE NAME", birth_date="1990-01-01")
        kept = make_client(name="KEPT NAME", birth_date="1985-05-05")
        page = client.get(f"/clients/{gone.pk}/edit/")
        told = {bound.name: bound.value() for bound in page.context["form"] if bound.value() not in (None, "")}
        with everywhere():
            Client.objects.filter(pk=gone.pk).update(merged_into=kept)
        answer = client.post(f"/clients/{gone.pk}/edit/", told | {"korean": "왕웨이고침"})
        assert answer.status_code == 409
        form = answer.context["form"]
        assert (form["korean"].value(), form["roman"].value()) == ("왕웨이고침", "KEPT NAME")
        assert f"{form['birth_date'].value()}" == "1985-05-05"
        assert f'action="/clients/{kept.pk}/edit/"' in answer.content.decode()
        again = {bound.name: bound.value() for bound in form if bound.value() not in (None, "")}
        done = client.post(f"/clients/{kept.pk}/edit/", again)
        assert done.status_code == 302
        with everywhere():
            assert kept.names.filter(kind="korean", text="왕웨이고침").exists()

    def test_a_draft_of_a_file_merged_away_opens_in_the_kept_one(self, client, counsellor):
        gone, kept = make_client(name="GONE NAME"), make_client(name="KEPT NAME")
        page = client.get(f"/clients/{gone.pk}/edit/")
        told = {bound.name: bound.value() for bound in page.context["form"] if bound.value() not in (None, "")}
        typed = {
            "draft_kind": "client",
            "draft_client": gone.pk,
            "draft_sequence": 1,
            "draft_tab": "t",
            "draft_version": 0,
        }
        saved = client.post("/drafts/save/", told | typed | {"korean": "왕웨이고침"})
        assert saved.status_code == 200, saved.content
        with everywhere():
            Client.objects.filter(pk=gone.pk).update(merged_into=kept)
        page = client.get(f"/clients/{gone.pk}/edit/?draft={told['token']}")
        assert page.status_code == 200
        assert page.context["form"]["korean"].value() == "왕웨이고침"
        assert page.context["client"] == kept

    def test_a_file_merged_away_leads_to_the_one_that_lives_on(self, client, counsellor):
        kept, gone = make_client(name="AN"), make_client(name="AN")
        with everywhere():
            Client.objects.filter(pk=gone.pk).update(merged_into=kept)
        answer = client.get(edit_address(gone))
        assert answer["Location"] == edit_address(kept)

    def test_the_file_of_another_workspace_is_not_edited(self, client, counsellor):
        assert client.post(edit_address(make_client("52130-c1")), {"roman": "X"}).status_code == 404


@pytest.mark.django_db
class OfficialTests:
    @pytest.mark.parametrize("status", ["UNK", None])
    def test_what_an_official_is_not_told_stays_when_they_edit(self, client, status):
        person = make_client("52110-office", name="AN", status_id=status, status_expires_on="2020-01-01")
        client.force_login(make_user(Role.CITY_OFFICER, "52110-office"))
        page = client.get(edit_address(person))
        assert "2020-01-01" not in unescape(page.content.decode())
        client.post(edit_address(person), form_of(page) | {"korean": "안"})
        [after] = files()
        assert (after.status_id, str(after.status_expires_on)) == (status, "2020-01-01")

    def test_a_day_that_has_passed_is_not_shown_to_them(self, client):
        person = make_client("52110-office", name="AN", status_id="E-9", status_expires_on="2020-01-01")
        client.force_login(make_user(Role.CITY_OFFICER, "52110-office"))
        assert "2020-01-01" not in unescape(client.get(edit_address(person)).content.decode())

    def test_nobody_writes_the_file_of_a_counsellor(self, client):
        person = make_client("52110-c1", name="AN")
        client.force_login(make_user(Role.CITY_OFFICER, "52110-office"))
        assert client.get(edit_address(person)).status_code == 404


@pytest.mark.django_db
class LikelyTests:
    LIKELY = "/clients/likely/"

    def shown(self, answer) -> set[int]:
        return {int(pk) for pk in re.findall(r'name="shown" value="(\d+)"', answer.content.decode())}

    def test_tells_while_one_types_and_says_why(self, client, counsellor):
        same, other = make_client(name="NGUYEN VAN AN", birth_date="1990-05-04"), make_client(name="KIM MIN")
        answer = client.post(self.LIKELY, {"korean": "응우옌 반 안", "birth_date": "1990-05-04"})
        assert self.shown(answer) == {same.pk}
        assert "생년월일" in answer.content.decode()
        assert other.pk not in self.shown(answer)

    @pytest.mark.parametrize(
        "told",
        [
            {"roman": "TRAN THI B", "phones": "+82 10-1234-5678", "birth_date": "1990-05-04"},
            {"roman": "X Y", "passport": "C123456"},
            {"roman": "NGUYEN VAN AM", "birth_date": "1990-05-04"},
            {"roman": "VAN AN NGUYEN"},
        ],
    )
    def test_found_by(self, client, counsellor, told):
        client.post(NEW, typed(phones="010-1234-5678", birth_date="1990-05-04", passport="C123456"))
        [opened] = files()
        assert self.shown(client.post(self.LIKELY, told)) == {opened.pk}

    @pytest.mark.parametrize(
        ("kept", "told"), [("李明花", "이명화"), ("李明花", "리 명화"), ("이명화", "李明花"), ("이명화", "리명화")]
    )
    def test_a_name_in_chinese_signs_and_its_korean_reading_are_likely_one(self, client, counsellor, kept, told):
        same = make_client(name=kept, birth_date="1990-05-04")
        make_client(name="朴英姬", birth_date="1971-01-01")
        answer = client.post(self.LIKELY, {"native": told, "birth_date": "1990-05-04"})
        assert self.shown(answer) == {same.pk}

    def test_asked_once_when_saving_and_never_in_the_way(self, client, counsellor):
        before = make_client(name="NGUYEN VAN AN")
        answer = client.post(NEW, typed())
        assert answer.status_code == 200
        assert self.shown(answer) == {before.pk}
        assert len(files()) == 1
        assert client.post(NEW, typed(shown=before.pk)).status_code == 302
        assert len(files()) == 2

    def test_an_edit_asks_of_a_pair_only_what_is_new(self, client, counsellor):
        """A pair that waits is asked about again only where what was changed made it likelier."""
        told = {"birth_date": "1990-05-04", "nationality_id": "VN"}
        person, other = make_client(name="NGUYEN VAN AN", **told), make_client(name="NGUYEN VAN AN", **told)
        make_pair(person, other, score=20)
        page = form_of(client.get(edit_address(person)))
        assert client.post(edit_address(person), page | {"passport": "M12345678"}).status_code == 302
        make_contact(other, "010-0000-1111")
        page = form_of(client.get(edit_address(person)))
        answer = client.post(edit_address(person), page | {"phones": "010-0000-1111"})
        assert self.shown(answer) == {other.pk}

    def test_an_edit_asks_of_a_pair_that_is_new(self, client, counsellor):
        person, other = make_client(name="NGUYEN VAN AN"), make_client(name="NGUYEN VAN AN")
        page = form_of(client.get(edit_address(person)))
        answer = client.post(edit_address(person), page | {"passport": "M12345678"})
        assert self.shown(answer) == {other.pk}

    def test_a_file_is_not_likely_to_be_itself(self, client, counsellor):
        person = make_client(name="NGUYEN VAN AN")
        answer = client.post(self.LIKELY, {"roman": "NGUYEN VAN AN", "client": person.pk})
        assert self.shown(answer) == set()

    def test_nothing_of_other_workspaces(self, client, counsellor):
        make_client("52130-c1", name="NGUYEN VAN AN")
        assert self.shown(client.post(self.LIKELY, typed())) == set()

    @pytest.mark.parametrize("told", [{}, {"roman": "\x00"}, {"roman": "x" * 10_000}, {"client": "99999999999999"}])
    def test_bad_input_finds_nobody(self, client, counsellor, told):
        answer = client.post(self.LIKELY, told)
        assert answer.status_code in {200, 404}

    def test_asks_as_often_for_many_as_for_one(self, client, counsellor, django_assert_max_num_queries):
        for number in range(12):
            person = make_client(name="NGUYEN VAN AN", birth_date="1990-05-04")
            make_contact(person, f"010-0000-11{number:02}")
            name_client(person, "Nguyễn Văn An")
        with django_assert_max_num_queries(45):
            client.post(self.LIKELY, typed(birth_date="1990-05-04"))


def test_a_button_pressed_twice_opens_one_file(committed):
    from django.test import Client as Browser

    user = make_user(Role.COUNSELLOR)
    form = typed(token=str(uuid4()))

    def press():
        browser = Browser()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser.post(NEW, form)["Location"]

    first, second = run_together(press, press)
    assert first == second
    with as_owner(committed) as owner:
        assert owner.execute("SELECT count(*) FROM cases_client").fetchone() == (1,)
