"""What is typed into a client's file is never lost: its drafts, their end, and what they hold of numbers."""

import pytest
from django.db import connection

from cases.models import Draft
from centers.models import Role
from centers.scope import acting_for
from tests.cases.test_client_edit import NEW, NUMBER, edit_address, files, form_of, names_of, typed
from tests.cases.test_draft import SAVE, sent
from tests.make import make_client, make_user, place


def kept_of(form: dict, **fields) -> dict:
    return sent(draft_kind="client", **form, **fields)


def drafts(user) -> list[Draft]:
    with acting_for([place().pk], actor=user):
        return list(Draft.objects.filter(user=user).order_by("pk"))


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


@pytest.fixture
def another():
    return make_user(Role.COUNSELLOR, official=False)


@pytest.mark.django_db
class NewFileTests:
    def test_what_was_typed_comes_back_as_it_was_typed(self, client, counsellor):
        form = kept_of(typed(birth_date="1990-13-77", phones="010", then="session"))
        assert client.post(SAVE, form).status_code == 200
        page = client.get(f"{NEW}?draft={form['token']}")
        again = form_of(page)
        assert (again["roman"], again["native"]) == ("NGUYEN VAN AN", "Nguyễn Văn An")
        assert (again["birth_date"], again["then"], again["token"]) == ("1990-13-77", "session", form["token"])
        assert f"{NEW}?draft={form['token']}" in client.get("/").content.decode()

    def test_a_number_of_the_state_comes_back_and_lies_encrypted(self, client, counsellor):
        form = kept_of(typed(registration=NUMBER))
        client.post(SAVE, form)
        with connection.cursor() as cursor, acting_for([place().pk], actor=counsellor):
            cursor.execute("SELECT fields::text FROM cases_draft")
            [text] = cursor.fetchone()
        assert "900101" not in text
        assert form_of(client.get(f"{NEW}?draft={form['token']}"))["registration"] == NUMBER

    def test_the_draft_ends_with_the_file_and_never_comes_back(self, client, counsellor):
        form = kept_of(typed())
        client.post(SAVE, form)
        opened = client.post(NEW, form)
        assert opened.status_code == 302
        assert drafts(counsellor) == []
        late = client.post(SAVE, form | {"draft_sequence": 9})
        assert (late.status_code, late.json()["url"]) == (410, opened["Location"])
        assert client.get(f"{NEW}?draft={form['token']}")["Location"] == opened["Location"]

    def test_a_form_that_is_sent_twice_opens_one_file(self, client, counsellor):
        form = kept_of(typed())
        answers = [client.post(NEW, form) for _ in range(2)]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert len(files()) == 1

    def test_a_refused_file_keeps_its_draft(self, client, counsellor):
        form = kept_of(typed(birth_date="1850-01-01"))
        client.post(SAVE, form)
        assert client.post(NEW, form).status_code == 400
        assert len(drafts(counsellor)) == 1

    def test_a_script_is_told_where_the_file_is(self, client, counsellor):
        answer = client.post(NEW, kept_of(typed()), headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["url"]) == (201, files()[0].get_absolute_url())

    def test_two_windows_are_both_kept_and_shown_in_words(self, client, counsellor):
        first = kept_of(typed())
        client.post(SAVE, first)
        second = first | {"draft_tab": "tab-2", "nationality": "KH", "registration": NUMBER}
        beside = client.post(SAVE, second)
        assert beside.status_code == 409
        page = client.get(beside.json()["url"]).content.decode()
        assert "캄보디아" in page
        assert "베트남" in page
        assert NUMBER not in page

    @pytest.mark.parametrize("kind", ["", "visa", "session"])
    def test_another_form_keeps_nothing_of_a_file(self, client, counsellor, kind):
        answer = client.post(SAVE, kept_of(typed()) | {"draft_kind": kind})
        assert answer.status_code == (200 if kind == "session" else 400)
        assert all("roman" not in draft.fields for draft in drafts(counsellor))

    def test_whoever_keeps_files_without_counselling_has_drafts_too(self, client):
        user = make_user(Role.SHELTER_OPERATOR, "52110-s1")
        client.force_login(user)
        form = kept_of(typed())
        assert client.post(SAVE, form).status_code == 200
        assert form["token"] in client.get("/").content.decode()
        assert client.post(SAVE, sent()).status_code == 403  # a session


@pytest.mark.django_db
class EditedFileTests:
    def test_what_was_typed_stands_in_the_form_again(self, client, counsellor):
        person = make_client(name="AN", nationality_id="VN")
        form = form_of(client.get(edit_address(person)))
        client.post(SAVE, kept_of(form | {"roman": "AN TRAN"}, draft_client=person.pk))
        page = client.get(edit_address(person))
        assert form_of(page)["roman"] == "AN TRAN"
        assert names_of(person) == {"roman": ["AN"]}
        assert client.post(edit_address(person), form_of(page) | {"draft_version": 1}).status_code == 302
        assert names_of(person) == {"roman": ["AN TRAN"]}
        assert drafts(counsellor) == []

    def test_what_another_changed_since_the_draft_is_told(self, client, another, counsellor):
        person = make_client(name="AN", nationality_id="VN")
        form = form_of(client.get(edit_address(person)))
        client.post(SAVE, kept_of(form | {"roman": "AN TRAN"}, draft_client=person.pk))
        client.force_login(another)
        client.post(edit_address(person), form_of(client.get(edit_address(person))) | {"roman": "AN NGUYEN"})
        client.force_login(counsellor)
        page = client.get(edit_address(person))
        assert [(row.was, row.became, row.typed) for row in page.context["others"]] == [("AN", "AN NGUYEN", "AN TRAN")]
        assert client.post(edit_address(person), form_of(page)).status_code == 302, "told once"
        assert names_of(person) == {"roman": ["AN TRAN"]}

    def test_a_draft_that_says_nothing_new_ends_by_itself(self, client, counsellor):
        person = make_client(name="AN")
        form = form_of(client.get(edit_address(person)))
        client.post(SAVE, kept_of(form, draft_client=person.pk))
        assert len(drafts(counsellor)) == 1
        assert client.get(edit_address(person)).context["draft"] is None
        assert drafts(counsellor) == []

    def test_the_draft_of_another_file_is_not_filled_in(self, client, counsellor):
        first, second = make_client(name="AN"), make_client(name="BINH")
        form = kept_of(form_of(client.get(edit_address(first))) | {"roman": "CHI"}, draft_client=first.pk)
        client.post(SAVE, form)
        assert form_of(client.get(f"{edit_address(second)}?draft={form['token']}"))["roman"] == "BINH"

    def test_nobody_reads_the_draft_of_another(self, client, another, counsellor):
        person = make_client(name="AN")
        form = form_of(client.get(edit_address(person)))
        client.post(SAVE, kept_of(form | {"roman": "CHI"}, draft_client=person.pk))
        client.force_login(another)
        assert form_of(client.get(edit_address(person)))["roman"] == "AN"
        assert client.get(f"{edit_address(person)}?draft={form['token']}").status_code == 404
