import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Client
from cases.search import MOST
from centers.models import Role
from tests.make import everywhere, make_client, make_contact, make_number, make_session, make_user, name_client

pytestmark = pytest.mark.django_db
PAGE = "/search/"


@pytest.fixture
def found(client):
    """A function that searches as a counsellor of 52110-c1 and gives the clients, the best first."""
    client.force_login(make_user(Role.COUNSELLOR))

    def search(text: str) -> list[Client]:
        answer = client.post(PAGE, {"q": text})
        assert answer.status_code == 200
        return answer.context["results"].clients

    return search


class NameTests:
    @pytest.mark.parametrize(
        "text",
        [
            "NGUYEN VAN AN", "nguyen van an", "Nguyễn Văn An", "nguyenvanan", "nguyen", "Nguyễn V", "van an", "VĂN",
            "an", "응우옌", "응우옌반안", "응우옌 반", "반안", "阮文安", "阮文",
        ],
    )  # fmt: skip
    def test_a_name_is_found_in_any_script_and_from_any_of_its_words(self, found, text):
        person = make_client(name="NGUYEN VAN AN")
        name_client(person, "응우옌 반 안")
        name_client(person, "阮文安")
        name_client(person, "Nguyễn Văn An")
        make_client(name="TRAN THI BICH")
        assert found(text) == [person]

    def test_a_mark_over_a_letter_is_no_other_letter(self, found):
        person = make_client(name="Đặng Thị Hồng")
        assert found("dang thi hong") == found("ĐẶNG") == [person]

    def test_the_very_name_stands_before_those_that_begin_with_it(self, found):
        longer = make_client(name="KIM MINSU")
        second = make_client(name="PARK KIM")
        exact = make_client(name="KIM")
        other = make_client(name="LEE")
        assert found("kim") == [exact, longer, second]
        assert other not in found("ki")

    @pytest.mark.parametrize(
        ("kept", "typed"),
        [
            ("李明花", ["이명화", "리명화", "이 명화", "명화", "이명", "명화 이"]),
            ("朴英姬", ["박영희", "영희"]),
            ("崔成哲", ["최성철"]),
            ("金龙", ["김룡", "김용"]),
            ("金龍", ["김룡", "김용"]),
            ("许海燕", ["허해연", "해연"]),
            ("全美子", ["전미자"]),
            ("郑国强", ["정국강"]),
            ("王小明", ["왕소명", "소명", "샤오밍", "小明"]),
            ("柳春花", ["유춘화", "류춘화"]),
            ("林 成", ["임성", "림성"]),
            ("이명화", ["李明花", "리명화"]),
        ],
    )
    def test_chinese_signs_are_found_by_their_korean_reading_and_the_other_way(self, found, kept, typed):
        person = make_client(name=kept)
        for name in ("张伟", "NGUYEN VAN AN", "박철수", "ABDULLAEVA"):
            make_client(name=name)
        assert [found(text)[:1] for text in typed] == [[person]] * len(typed)

    @pytest.mark.parametrize(
        ("kept", "typed"),
        [
            ("박민수", ["민수", "ㅁㅅ"]),
            ("김금순", ["금순", "ㄱㅅ"]),
            ("남궁민호", ["민호", "ㅁㅎ"]),
            ("황보라", ["보라", "ㅂㄹ"]),
            ("欧阳娜娜", ["娜娜", "나나"]),
            ("ชัยวัฒน์สุขใจ", ["สุขใจ"]),
            ("အောင်ကျော်မင်း", ["ကျော်မင်း"]),
            ("សុខដារា", ["ដារា"]),
        ],
    )
    def test_a_given_name_is_found_where_nothing_parts_it_from_the_surname(self, found, kept, typed):
        person = make_client(name=kept)
        for name in ("이철", "TRAN THI BICH", "สมชาย ใจดี", "ဇော်လင်း"):
            make_client(name=name)
        assert [found(text) for text in typed] == [[person]] * len(typed)

    @pytest.mark.parametrize(
        "kept", ["O'BRIEN-SMITH MARY", "O’BRIEN-SMITH MARY", "Oʼbrien-Smith Mary", "OʻBRIEN SMITH MARY"]
    )
    @pytest.mark.parametrize(
        "typed",
        [
            "MARY OBRIEN SMITH", "Mary O'Brien-Smith", "Mary O’Brien Smith", "mary oʻbrien-smith", "O BRIEN",
            "O'BRIEN", "OBRIEN", "SMITH MARY", "smith", "MARY SMITH", "O BRIEN SMITH MARY", "Mary O Brien-Smith",
        ],
    )  # fmt: skip
    def test_an_apostrophe_is_no_gap_and_the_parts_of_a_hyphen_are_parts(self, found, kept, typed):
        person = make_client(name=kept)
        for name in ("MARIA SANTOS", "SMIRNOVA OLGA", "OBAMA"):
            make_client(name=name)
        assert found(typed) == [person]

    @pytest.mark.parametrize("kept", ["朴英姬", "박영희", "PARK YOUNG HEE", "Park Young-hee", "BAK YEONGHUI"])
    @pytest.mark.parametrize("typed", ["朴英姬", "박영희", "PARK YOUNG HEE", "Park Young-hee", "BAK YEONGHUI"])
    def test_a_korean_name_is_found_in_each_of_its_spellings(self, found, kept, typed):
        person = make_client(name=kept)
        for name in ("BATBAYAR", "NGUYEN VAN AN", "박철수"):
            make_client(name=name)
        assert found(typed)[:1] == [person]

    @pytest.mark.parametrize("name", ["ㄱ", "A", "김"])
    def test_a_name_of_one_letter_is_found_by_it_alone(self, found, name):
        person, other = make_client(name=name), make_client(name=name * 3)
        assert found(name) == [person]
        assert other in found(name * 2)

    def test_a_chinese_sign_is_a_whole_surname_and_finds_who_bears_it(self, found):
        people = [make_client(name=name) for name in ("李", "明 李", "李娜", "李小龙")]
        make_client(name="张李敏")
        make_client("52130-c1", name="李娜")
        hits = found("李")
        assert set(hits[:2]) == set(people[:2]), "of whom it is a whole part, before the longer names"
        assert set(hits[2:]) == set(people[2:])
        assert found("阮") == []

    def test_of_a_common_surname_no_more_than_so_many_are_found_and_it_says_so(self, found, client):
        for number in range(MOST + 3):
            make_client(name=f"李{number:03}")
        assert len(found("李")) == MOST
        assert "더 있습니다" in client.post(PAGE, {"q": "李"}).content.decode()

    def test_names_in_chinese_signs_are_not_all_alike(self, found):
        people = {name: make_client(name=name) for name in ("王伟", "李娜", "张敏", "刘洋", "陈静", "杨磊", "赵军")}
        for name, person in people.items():
            hits = found(name)
            assert hits[0] == person
            assert len(hits) <= 2, "of seven, two may sound alike to a Korean ear"

    def test_what_sounds_alike_is_added_and_takes_nothing_away(self, found):
        exact = [make_client(name="NGUYEN VAN AN") for _ in range(2)]
        alike = make_client(name="응우옌 반 안")
        longer = make_client(name="NGUYEN VAN ANH")
        hits = found("nguyen van an")
        assert set(hits[:2]) == set(exact)
        assert {longer, alike} <= set(hits[2:])

    def test_a_file_of_another_workspace_is_not_found(self, found):
        make_client("52130-c1", name="NGUYEN VAN AN")
        assert found("nguyen") == []

    def test_no_more_than_so_many_and_says_so(self, found, client):
        for number in range(MOST + 3):
            make_client(name=f"TRAN {number:03}")
        assert len(found("tran")) == MOST
        assert "더 있습니다" in client.post(PAGE, {"q": "tran"}).content.decode()

    def test_more_names_ask_no_more_of_the_database(self, found, client):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                found("tran")
            return len(captured)

        make_client(name="TRAN A")
        queries()
        one = queries()
        for number in range(10):
            make_client(name=f"TRAN {number}")
        assert queries() <= one


class NumberTests:
    def test_finds_by_the_ending_of_a_telephone_number(self, found):
        person = make_client()
        make_contact(person, "010-0000-1234")
        middle = make_client()
        make_contact(middle, "010-1234-0000")
        assert found("0000-1234") == found("01000001234") == [person]
        assert found("1234") == [person, middle], "the ending before the middle"

    @pytest.mark.parametrize(
        ("kept", "typed"),
        [
            (
                "010-0000-2307",
                [
                    "+82 10-0000-2307",
                    "821000002307",
                    "0082 10 0000 2307",
                    "+82-(0)10-0000-2307",
                    "２３０７",
                    "010-0000",
                ],
            ),
            ("+82 10-7777-1234", ["01077771234", "010-7777-1234", "010-7777", "7777", "7777-1234"]),
            ("+82 63 222 9876", ["063-222-9876", "0632229876", "063-222", "222 9876"]),
            ("063-222-9876", ["+82 63 222 9876", "82632229876"]),
            ("０１０-０００１-９８７６", ["01000019876", "9876", "９８７６"]),
            ("010-0001-9876", ["0001", "010-0001"]),
            ("090 123 4567", ["+84 90 123 4567", "84901234567"]),
        ],
    )
    def test_a_telephone_is_found_in_each_of_its_forms(self, found, kept, typed):
        person = make_client()
        make_contact(person, kept)
        make_contact(make_client(), "010-5555-6666")
        assert [found(text) for text in typed] == [[person]] * len(typed)

    def test_a_long_number_with_the_same_ending_is_another(self, found):
        make_contact(make_client(), "010-4512-3456")
        assert found("900304-5123456") == found("+82 11-4512-3456") == found("02-4512-3456") == []

    def test_finds_by_the_number_of_the_file(self, found):
        person, unnumbered = make_client(ref="A-17"), make_client()
        assert found("A-17") == found("a-17") == [person]
        assert found(str(unnumbered)) == [unnumbered]

    def test_the_number_of_a_file_that_was_merged_away_finds_the_one_that_lives_on(self, found):
        kept, between, gone = make_client(name="KEPT"), make_client(ref="2026-77"), make_client(ref="2026-5665")
        with everywhere():
            Client.objects.filter(pk=gone.pk).update(merged_into=between)
            Client.objects.filter(pk=between.pk).update(merged_into=kept)
        assert found("2026-5665") == found("2026-77") == found(str(gone)) == [kept]

    def test_finds_by_the_number_alone(self, client, found):
        person = make_client()
        session = make_session()
        assert person in found(str(person.pk))
        assert session in client.post(PAGE, {"q": str(session.pk)}).context["results"].sessions
        assert found(f"52110-c1 · {person.pk}") == [person]
        assert found(f"52130-c1 · {person.pk}") == []

    @pytest.mark.parametrize("text", ["900304-5123456", "9003045123456", "900304 5123456", "m1234-5678", "M12345678"])
    def test_finds_by_a_whole_number_of_the_state_and_by_nothing_like_it(self, found, text):
        person, other = make_client(), make_client("52130-c1")
        for file in (person, other):
            make_number(file, "registration", "900304-5123456")
            make_number(file, "passport", "M12345678")
        make_client(name="MIN MIN")
        assert found(text) == [person]
        assert found(text[:-1]) == []

    @pytest.mark.parametrize("text", ["1990-03-04", "19900304", "1990.3.4", "1990. 3. 4.", "1990년 3월 4일", "900304"])
    def test_finds_by_the_day_of_birth(self, found, text):
        person = make_client(birth_date="1990-03-04")
        make_client(birth_date="1990-04-03")
        make_client("52130-c1", birth_date="1990-03-04")
        assert found(text) == [person]

    def test_a_number_is_not_looked_for_by_its_sound(self, found):
        for name in ("MIN", "MAI", "MY", "EM MI"):
            make_client(name=name)
        assert found("M12345678") == []

    @pytest.mark.parametrize("by", ["ref", "id"])
    def test_finds_a_session_by_its_number(self, client, by):
        session = make_session(ref="S-9" if by == "ref" else "")
        make_session("52130-c1", ref="S-9")
        client.force_login(make_user(Role.COUNSELLOR))
        text = "S-9" if by == "ref" else f"{session.workspace_id}-{session.pk}"
        assert client.post(PAGE, {"q": text}).context["results"].sessions == [session]

    def test_who_reads_no_sessions_finds_none(self, client):
        make_session("52110-c1", ref="S-9")
        client.force_login(make_user(Role.CITY_OFFICER, "52110-office"))
        assert client.post(PAGE, {"q": "S-9"}).context["results"].sessions == []


class PageTests:
    @pytest.mark.parametrize("text", ["", " ", "a", "가", "\x00", "an\x00", "x" * 10_000, "김" * 101])
    def test_what_cannot_be_looked_for_is_told_in_a_sentence(self, client, text):
        client.force_login(make_user(Role.COUNSELLOR))
        answer = client.post(PAGE, {"q": text})
        assert answer.status_code == 400
        assert answer.context["results"].problem.endswith(".")

    @pytest.mark.parametrize(
        "text",
        [
            "%%",
            "__",
            "'; --",
            "\\\\",
            "99999999999999999999-1",
            "1-9223372036854775808",
            "....",
            "\ud7ff\ufffd",
            "🙂🙂",
        ],
    )
    def test_nonsense_finds_nobody(self, found, text):
        make_client()
        assert found(text) == []

    def test_an_address_shows_the_empty_form_and_looks_for_nothing(self, client):
        make_client(name="NGUYEN VAN AN")
        client.force_login(make_user(Role.COUNSELLOR))
        answer = client.get(PAGE, {"q": "nguyen"})
        assert not answer.context["results"]
        assert "NGUYEN" not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("text", ["P0240", "52110-c1 · P0240", "52110-c1·P0240"])
def test_the_number_that_a_log_says_is_found(found, text):
    person = make_client(ref="P0240")
    make_client(ref="P0241")
    assert found(text) == [person]


def test_a_number_of_another_workspace_is_none_of_this_one(found):
    person = make_client()
    assert found(f"52110-c1 · {person}") == [person]
    assert found(f"52130-c1 · {person}") == []
