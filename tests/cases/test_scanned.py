"""The lines of a passport, and signs that nobody sees, as they come along when something is copied or scanned."""

from datetime import date
from uuid import uuid4

import pytest

from cases.matching.passport import Passport, passport
from cases.models import Client, Draft, Identifier, IdentifierKind
from cases.secrecy import digest
from centers.models import Role
from centers.scope import acting_for
from tests.make import everywhere, make_client, make_contact, make_number, make_user, place

NAMES = "P<VNMTRAN<<THI<LAN<<<<<<<<<<<<<<<<<<<<<<<<<<"
NUMBERS = "C1234567<0VNM9003048F3001019<<<<<<<<<<<<<<06"
WRONG = NUMBERS.replace("9003048", "9003046")
NEW, SEARCH = "/clients/new/", "/search/"
MARKS = ["\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\ufeff", "\u00ad", "\u00a0"]


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


@pytest.fixture
def found(client, counsellor):
    return lambda text: client.post(SEARCH, {"q": text}).context["results"].clients


class LineTests:
    @pytest.mark.parametrize("text", [NAMES, NAMES.lower(), NAMES.rstrip("<"), f" {NAMES}<<\n", "P<VNMTRAN<<THI<LAN<"])
    def test_the_name_is_read_without_the_state(self, text):
        assert passport(text) == Passport("TRAN", "THI LAN")

    @pytest.mark.parametrize("gap", ["", "\n", "\r\n", " "])
    def test_both_lines(self, gap):
        lines = passport(f"{NAMES}{gap}{NUMBERS}".lower())
        assert lines == Passport("TRAN", "THI LAN", "C1234567", date(1990, 3, 4), "F")
        assert lines.name == "TRAN THI LAN"

    def test_the_second_line_alone_and_without_its_end(self):
        told = Passport(number="C1234567", born=date(1990, 3, 4), sex="F")
        assert passport(NUMBERS) == passport(NUMBERS[:28]) == told

    def test_what_a_check_digit_does_not_vouch_for_is_left_out(self):
        assert passport(WRONG) == Passport(number="C1234567", sex="F", whole=False)
        assert passport(NUMBERS.replace("C1", "C2")).number == ""

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("P<D<<MUELLER<<EVA", "MUELLER EVA"),
            ("P<UTOO<CONNOR<<ENYA<SIOBHAN", "O CONNOR ENYA SIOBHAN"),
            ("P<IDNSUHARTINI<<<<<<<", "SUHARTINI"),
            ("PPKHMSOK<<DARA".ljust(44, "<"), "SOK DARA"),
        ],
    )
    def test_other_states_and_documents(self, text, name):
        assert passport(text).name == name

    @pytest.mark.parametrize(
        "text",
        ["PHAM<<VAN<AN", "PHAMTHI<<LAN<<<<", "PARK", "P<VNM", "P", "", "NGUYEN<<VAN<AN<<<", "1990-03-04", "C1234567"],
    )
    def test_a_name_is_no_such_line(self, text):
        assert passport(text) is None


@pytest.mark.django_db
class SearchTests:
    @pytest.mark.parametrize(
        "text", [NAMES, NAMES.lower(), NAMES.rstrip("<"), f"{NAMES}\n{NUMBERS}", f"\u200e{NAMES}"]
    )
    def test_the_line_finds_the_name(self, found, text):
        person = make_client(name="TRAN THI LAN")
        make_client(name="PHAM VAN MINH")
        assert found(text) == [person]

    def test_the_second_line_finds_the_number_and_who_was_born_then(self, found):
        born = make_client(name="LE VAN A", birth_date=date(1990, 3, 4))
        holder, other = make_client(name="TRAN THI LAN"), make_client(name="TRAN THI LAN")
        make_number(holder, IdentifierKind.PASSPORT, "C1234567")
        assert found(NUMBERS) == [holder, born]
        assert found(f"{NAMES} {NUMBERS}")[:2] == [holder, other]

    def test_a_choice_by_the_line_is_exact(self, client, counsellor):
        make_client(name="TRAN THI LAN")
        answer = client.post("/clients/find/", {"q": NAMES})
        assert [row["exact"] for row in answer.context["found"]] == [True]

    @pytest.mark.parametrize("mark", MARKS)
    @pytest.mark.parametrize("text", ["TRAN THI LAN", "010-7777-1234", "1234", "1990-03-04", "M12345678"])
    def test_signs_that_nobody_sees_find_the_same(self, found, mark, text):
        person = make_client(name="TRAN THI LAN", birth_date=date(1990, 3, 4))
        make_contact(person, "010-7777-1234")
        make_number(person, IdentifierKind.PASSPORT, "M12345678")
        assert found(f"{mark}{text}{mark}") == [person]


@pytest.mark.django_db
class FormTests:
    @pytest.mark.parametrize("field", ["roman", "native"])
    def test_the_lines_fill_the_fields_and_are_looked_through_before_they_are_kept(self, client, counsellor, field):
        answer = client.post(NEW, {field: f"{NAMES}\r\n{NUMBERS}", "korean": "쩐 티 란"})
        form = answer.context["form"]
        assert answer.status_code == 400
        shown = {name: form[name].value() for name in ("roman", "native", "korean", "birth_date", "sex", "passport")}
        assert shown["roman"] == "TRAN THI LAN"
        assert not shown["native"]
        assert (shown["birth_date"], shown["sex"], shown["passport"]) == ("1990-03-04", "female", "C1234567")
        assert "여권" in answer.content.decode()
        again = {name: value for name, value in shown.items() if value}
        assert client.post(NEW, again).status_code == 302
        with everywhere():
            [file] = Client.objects.prefetch_related("names")
            assert {name.text for name in file.names.all()} == {"TRAN THI LAN", "쩐 티 란"}
            assert [bytes(row.digest) for row in Identifier.objects.all()] == [digest("passport", "C1234567")]

    def test_what_was_typed_is_not_overwritten(self, client, counsellor):
        form = client.post(NEW, {"roman": f"{NAMES}\n{NUMBERS}", "birth_date": "1991-01-01"}).context["form"]
        assert form["birth_date"].value() == "1991-01-01"

    def test_check_digits_that_do_not_fit_are_told(self, client, counsellor):
        answer = client.post(NEW, {"roman": f"{NAMES}\n{WRONG}"})
        assert answer.context["form"]["birth_date"].value() in ("", None)
        assert "검증 숫자" in answer.content.decode()

    def test_a_new_file_begins_with_what_the_line_tells(self, client, counsellor):
        form = client.post(NEW, {"begin": "1", "q": f"{NAMES}{NUMBERS}"}).context["form"]
        assert (form["roman"].value(), form["passport"].value()) == ("TRAN THI LAN", "C1234567")

    def test_a_draft_keeps_the_number_encrypted(self, client, counsellor):
        sent = {
            "draft_kind": "client",
            "draft_tab": "a",
            "draft_version": "",
            "draft_sequence": "1",
            "draft_client": "",
        }
        answer = client.post("/drafts/save/", sent | {"token": str(uuid4()), "roman": f"{NAMES}\n{NUMBERS}"})
        assert answer.status_code == 200, answer.content
        with acting_for([place().pk], actor=counsellor):
            [draft] = Draft.objects.filter(user=counsellor)
        assert "C1234567" not in str(draft.fields)
        assert draft.texts["roman"] == ["TRAN THI LAN"]
        assert draft.texts["passport"] == ["C1234567"]

    @pytest.mark.parametrize("mark", MARKS)
    def test_signs_that_nobody_sees_are_left_off(self, client, counsellor, mark):
        typed = {"roman": "TRAN THI LAN", "phones": "010-7777-1234", "birth_date": "1990-03-04"}
        typed |= {"passport": "M12345678", "registration": "900101-5000000"}
        answer = client.post(NEW, {name: f"{mark}{text}{mark}" for name, text in typed.items()})
        assert answer.status_code == 302, answer.context["form"].errors
        with everywhere():
            [file] = Client.objects.prefetch_related("names", "contacts", "identifiers")
            assert [name.text for name in file.names.all()] == ["TRAN THI LAN"]
            assert [row.value for row in file.contacts.all()] == ["010-7777-1234"]
            assert file.birth_date == date(1990, 3, 4)
            held = {bytes(row.digest) for row in file.identifiers.all()}
        assert held == {digest("passport", "M12345678"), digest("registration", "9001015000000")}

    @pytest.mark.parametrize("mark", MARKS[:-1])
    def test_they_are_left_off_within_a_number_too(self, client, counsellor, mark):
        numbers = {"phones": f"010-{mark}7777-1234", "passport": f"M1234{mark}5678"}
        assert client.post(NEW, {"roman": "TRAN THI LAN"} | numbers).status_code == 302
        with everywhere():
            [file] = Client.objects.prefetch_related("contacts", "identifiers")
            assert [row.value for row in file.contacts.all()] == ["010-7777-1234"]
            assert [bytes(row.digest) for row in file.identifiers.all()] == [digest("passport", "M12345678")]

    @pytest.mark.parametrize("name", ["श्री\u200dराम", "ក\u200cខ"])
    def test_joiners_stay_within_a_word_and_go_at_its_ends(self, client, counsellor, name):
        assert client.post(NEW, {"native": f"\u200d{name}\u200c"}).status_code == 302
        with everywhere():
            [file] = Client.objects.prefetch_related("names")
            assert [row.text for row in file.names.all()] == [name]

    def test_a_mark_that_turns_the_direction_amid_a_name_is_refused(self, client, counsellor):
        assert client.post(NEW, {"roman": "TRAN\u202eNAL"}).status_code == 400
