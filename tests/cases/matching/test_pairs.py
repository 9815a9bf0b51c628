"""The same person twice, without a database."""

import csv
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.matching.compare import TWINS_MOST, compare
from cases.matching.nations import COUNTRIES, nation
from cases.matching.pairs import duplicates, likely_same
from cases.matching.records import Record, birth_digits
from cases.matching.weights import Population
from tests.data.people import moved, people, score, twins

ROOT = Path(__file__).parents[3]
PERSON = {
    "id": "1",
    "given_name": "VAN AN",
    "surname": "NGUYEN",
    "birth_date": "1990-03-07",
    "sex": "M",
    "nationality": "VN",
    "phone": "010-0000-1234",
    "address": "Jeonju Deokjin-gu Demo-ro 12",
    "registration_number": "900307-5000009",
}
MANY = Population.of(map(Record.of, people(5000, seed=1)))
ROWS = st.fixed_dictionaries(dict.fromkeys(PERSON, st.text(max_size=12)))


def likeness(**changed) -> float:
    return compare(Record.of(PERSON), Record.of({**PERSON, "id": "2", **changed}), MANY).score


class CompareTests:
    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"given_name": "VAN ANH"},
            {"surname": "VAN AN", "given_name": "NGUYEN"},
            {"surname": "", "given_name": "NGUYEN VAN AN", "registration_number": ""},
            {"surname": "응우옌", "given_name": "반안", "registration_number": ""},
            {"birth_date": "1990-07-03"},
            {"birth_date": date(1990, 3, 7)},
            {"birth_date": "", "registration_number": ""},
            {"phone": "", "address": "", "registration_number": ""},
            {"registration_number": "900307-5000008"},
            {"sex": "남"},
            {"nationality": "Vietnam"},
            {"nationality": "베트남"},
            {"nationality": "Việt Nam"},
            {"nationality": "越南"},
            {"phone": "+82 10 0000 1234"},
            {"phone": "０１０-００００-１２３４"},
        ],
    )
    def test_one_person_with_a_mistake(self, changed):
        assert likeness(**changed) > 0.9

    @pytest.mark.parametrize(
        "changed",
        [
            {"given_name": "THI HOA", "sex": "F", "birth_date": "1962-11-24", "registration_number": ""},
            {"sex": "F", "birth_date": "1978-11-24", "phone": "", "address": "", "registration_number": ""},
            {"given_name": "BICH", "birth_date": "2015-05-05", "registration_number": "150505-7000001"},
        ],
    )
    def test_families_and_namesakes_are_others(self, changed):
        assert likeness(**changed) < 0.5

    @pytest.mark.parametrize("given", ["THI HOA", "BINH", "VAN MINH"])
    @pytest.mark.parametrize("number", ["", "900307-5000017"])
    def test_twins_are_worth_a_look_and_never_sure(self, given, number):
        one = Record.of({**PERSON, "registration_number": number and PERSON["registration_number"]})
        other = Record.of({**PERSON, "id": "2", "given_name": given, "registration_number": number})
        assert compare(one, other, MANY).score <= TWINS_MOST
        for pair in duplicates([one, other]):
            assert pair.score <= TWINS_MOST

    @pytest.mark.parametrize(
        "changed",
        [
            {"given_name": "AN VAN"},
            {"given_name": "VAN", "surname": "AN NGUYEN"},
            {"given_name": "NGUYEN AN", "surname": "VAN"},
            {"given_name": "NGUYEN", "surname": "AN VAN"},
            {"given_name": "AN VAN NGUYEN", "surname": ""},
            {"given_name": "", "surname": "NGUYEN AN VAN"},
            {"given_name": "", "surname": "NGUYEN VAN AN"},
            {"given_name": "AN", "surname": "NGUYENVAN"},
            {"given_name": "응우옌 안 반", "surname": ""},
            {"given_name": "반 응우옌", "surname": "안"},
            {"given_name": "AN VAN", "surname": "NGUYEM"},
        ],
    )
    def test_a_name_is_one_in_whatever_order_and_column_its_words_stand(self, changed):
        person = PERSON | {"phone": "", "address": "", "registration_number": ""}
        records = [Record.of(person), Record.of(person | changed | {"id": "2"})]
        for one, other in (records, records[::-1]):
            pair = compare(one, other, MANY)
            assert pair.score > 0.9
            assert ("order", "up") in pair.why and not {"other", "unlike"} & {level for _name, level in pair.why}

    @pytest.mark.parametrize("given", ["ANH BINH", "THI AN", "BINH VAN", "THI HOA"])
    def test_twins_stay_apart_in_whatever_order_and_column_their_words_stand(self, given):
        told = {"registration_number": "", "phone": ""}
        for changed in (
            {"given_name": given},
            {"given_name": f"{given} NGUYEN", "surname": ""},
            {"given_name": "", "surname": f"NGUYEN {given}"},
        ):
            pair = compare(Record.of(PERSON | told), Record.of(PERSON | told | changed | {"id": "2"}), MANY)
            assert pair.score <= TWINS_MOST
            assert dict(pair.why)["given"] in {"other", "unlike"}

    def test_a_nickname_under_one_number_is_one_person(self):
        assert likeness(given_name="JIMMY") > 0.9

    def test_one_country_by_all_its_names_agrees_and_another_does_not(self):
        wanted = Record.of(PERSON).nationality
        names = ("vn", "VIETNAM", "베트남", "Việt Nam", "越南", " viet nam ", "VNM", "vnm", "Vietnamese", "베트남인")
        assert {Record.of({"id": "1", "nationality": name}).nationality for name in names} == {wanted}
        assert Record.of({"id": "1", "nationality": "중국"}).nationality == "cn"
        assert Record.of({"id": "1", "nationality": "Atlantis"}).nationality == ""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("CHN", "cn"), ("UZB", "uz"), ("KHM", "kh"), ("NPL", "np"), ("PHL", "ph"), ("KOR", "kr"),
            ("Iran, Islamic Republic of", "ir"), ("Brunei Darussalam", "bn"), ("한국계 중국인", "cn"),
            ("NGA", "ng"), ("Nga", "ru"), ("nga", "ru"),
        ],
    )  # fmt: skip
    def test_a_country_by_its_code_of_three_letters_and_what_its_people_are_called(self, text, code):
        assert nation(text) == code

    def test_each_country_has_one_code_of_three_letters(self):
        with COUNTRIES.open(encoding="utf-8", newline="") as file:
            codes = [
                [name for name in row["aliases"].split(";") if re.fullmatch("[A-Z]{3}", name)]
                for row in csv.DictReader(file)
            ]
        assert all(codes) and len({code for row in codes for code in row}) == sum(map(len, codes))

    def test_a_country_that_cannot_be_read_is_no_difference(self):
        told = {"registration_number": "", "phone": "", "address": "", "birth_date": ""}
        unread, unknown, other = (likeness(nationality=text, **told) for text in ("Wakanda", "", "NP"))
        assert unread == unknown > other

    def test_a_rare_name_tells_more_than_a_common_one(self):
        crowd = [Record.of({"id": str(number), "surname": "NGUYEN"}) for number in range(1000)]
        rare = [Record.of({"id": "r", "surname": "QUACH"})]
        counted = Population.of(crowd + rare)
        alike = [
            compare(Record.of({"id": "1", "surname": name}), Record.of({"id": "2", "surname": name}), counted).score
            for name in ("QUACH", "NGUYEN")
        ]
        assert alike[0] > 4 * alike[1]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (("Ko", "Aung"), ("ကို", "အောင်")),
            (("Kyaw", "Zin"), ("ကျော်", "ဇင်")),
            (("이", "명화"), ("李", "明花")),
            (("李", "明花"), ("리", "명화")),
            (("김", "금순"), ("金", "今顺")),
        ],
    )
    def test_a_name_in_another_script_is_the_same_name(self, one, other):
        told = {"birth_date": "1990-01-02", "sex": "M", "nationality": "MM"}
        rows = [
            {"id": str(number), "surname": surname, "given_name": given, **told}
            for number, (surname, given) in enumerate((one, other))
        ]
        [pair] = duplicates(map(Record.of, rows))
        assert pair.score > 0.9

    def test_says_why(self):
        other = Record.of({**PERSON, "id": "2", "birth_date": "1990-07-03", "sex": "F"})
        assert {("surname", "same"), ("born", "swapped"), ("sex", "other")} <= set(
            compare(Record.of(PERSON), other, MANY).why
        )

    @given(ROWS, ROWS)
    def test_any_two_rows_have_a_chance(self, one, other):
        assert 0 <= compare(Record.of(one), Record.of(other), MANY).score <= 1

    @pytest.mark.parametrize("text", ["1990-03-07", "19900307", "07.03.1990", "7/3/1990", "1990/3/7", "19900307.0"])
    def test_a_birth_date_in_any_usual_form(self, text):
        assert birth_digits(text) == "19900307"


class DuplicatesTests:
    def test_the_likeliest_first_and_never_itself(self):
        record = Record.of(PERSON)
        close = Record.of({**PERSON, "id": "2", "registration_number": "", "phone": ""})
        same, other = Record.of({**PERSON, "id": "3"}), Record.of({"id": "4", "surname": "PHAM"})
        assert [pair.other for pair in likely_same(record, [record, other, close, same])] == ["3", "2"]

    @pytest.mark.parametrize("missing", [(), ("registration_number",), ("registration_number", "phone")])
    def test_finds_nearly_all_of_a_made_up_list_and_little_else(self, missing):
        rows = people(3000, seed=7, missing=missing)
        precision, recall = score(rows, duplicates(map(Record.of, rows), at_least=0.5))
        assert precision >= 0.98 and recall >= 0.95

    def test_finds_them_too_where_each_second_row_has_its_name_in_another_order(self):
        rows = moved(people(3000, seed=7, missing=("registration_number",)), seed=3)
        precision, recall = score(rows, duplicates(map(Record.of, rows), at_least=0.5))
        assert precision >= 0.98 and recall >= 0.95

    @pytest.mark.parametrize("missing", [(), ("registration_number",)])
    def test_twins_are_told_with_the_reason_that_their_given_names_differ(self, missing):
        rows = [*people(1500, seed=7, missing=missing), *twins(40, seed=1, missing=missing)]
        found = {pair.one[:-2]: pair for pair in duplicates(map(Record.of, rows)) if pair.one.startswith("twin")}
        assert len(found) == 40
        levels = {dict(pair.why)["given"] for pair in found.values()}
        assert levels <= {"unlike", "other"}, "all of which say that the name differs"


class CommandTests:
    def test_a_file_with_a_byte_order_mark_and_few_columns(self, tmp_path):
        done = find(
            tmp_path, "\ufeffID,surname,given_name,birth_date\na,응우옌,반안,1990-03-07\nb,NGUYEN,VAN AN,19900307\n"
        )
        assert done.returncode == 0 and not done.stdout
        found = list(csv.DictReader((tmp_path / "pairs.csv").read_text(encoding="utf-8").splitlines()))
        assert [(row["id_a"], row["id_b"]) for row in found] == [("a", "b")]
        assert 0.9 < float(found[0]["score"]) <= 1
        assert "생년월일: 같음" in found[0]["reason"]

    @pytest.mark.parametrize(
        ("one", "other"), [("Zhang Wei,", ",Ivan Petrov"), ("Mai,", ",Tran"), ("NGUYEN THI HONG,", ",Hoa Nguyen Thi")]
    )
    def test_other_names_in_other_columns_are_no_sure_pair(self, tmp_path, one, other):
        same = "1990-03-07,male,VN"
        rows = f"id,given_name,surname,birth_date,sex,nationality\na,{one},{same}\nb,{other},{same}\n"
        assert find(tmp_path, rows).returncode == 0
        found = list(csv.DictReader((tmp_path / "pairs.csv").read_text(encoding="utf-8").splitlines()))
        assert all(float(row["score"]) <= 0.6 for row in found)

    def test_a_name_in_another_order_is_found_and_the_reason_says_so(self, tmp_path):
        rows = "id,surname,given_name,birth_date\na,NGUYEN,VAN AN,1990-03-07\nb,,AN NGUYEN VAN,19900307\n"
        assert find(tmp_path, rows).returncode == 0
        [row] = csv.DictReader((tmp_path / "pairs.csv").read_text(encoding="utf-8").splitlines())
        assert float(row["score"]) > 0.9
        assert "다른 순서" in row["reason"] and "다름" not in row["reason"]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("", "given_name"),
            ("a,b\n1,2\n", "given_name"),
            ("id,surname,surname\n", "surname"),
            ("성,이름\n".encode("cp949"), "given_name"),
            ("id,surname\na,Nguyễn\n".encode("utf-16"), "UTF-8"),
            (b"id,surname\na,M\xfc ller\n", "UTF-8"),
        ],
    )
    def test_a_bad_file_is_told_in_a_sentence(self, tmp_path, text, told):
        done = find(tmp_path, text)
        assert done.returncode == 1
        assert told in done.stderr and "Traceback" not in done.stderr
        assert not (tmp_path / "pairs.csv").exists()

    @pytest.mark.parametrize("name", ["people.csv", "../{folder}/people.csv", "linked.csv"])
    def test_the_list_itself_is_never_written_over(self, tmp_path, name):
        (tmp_path / "linked.csv").symlink_to(tmp_path / "people.csv")
        done = find(tmp_path, "id,surname\na,NGUYEN\n", name.format(folder=tmp_path.name))
        assert done.returncode == 1 and ".csv" in done.stderr and "Traceback" not in done.stderr
        assert (tmp_path / "people.csv").read_text() == "id,surname\na,NGUYEN\n"

    def test_ids_that_stand_twice_are_said(self, tmp_path):
        rows = "id,surname,given_name\na,NGUYEN,VAN AN\na,PHAM,THI HOA\nb,LE,BICH\na,TRAN,AN\n"
        done = find(tmp_path, rows)
        assert done.returncode == 0
        assert "1" in done.stderr.splitlines()[0] and done.stderr.splitlines()[0].endswith(": a")

    def test_what_could_not_be_read_is_said_by_column_and_row_and_without_the_value(self, tmp_path):
        rows = [
            "id,birth_date,nationality,phone,registration_number,sex",
            "a,1990-03-07,VN,010-1234-5678,900307-5000009,M",
            "b,1990-02-30,Wakanda,not known,–,?",
            "c,spring 1990,베트남,02,900307,M",
            ",,,,,",
            "d,,,,,",
            "e,900307,아틀란티스,+82 10 1234 5678,x,M",
        ]
        done = find(tmp_path, "\n".join(rows) + "\n")
        assert done.returncode == 0
        *told, count = done.stderr.splitlines()
        assert "찾은 쌍" in count
        assert [(line.split(":")[0], re.findall("[0-9]+", line)) for line in told] == [
            ("birth_date", ["2", "3"]),
            ("nationality", ["2", "3"]),
            ("phone", ["2", "3"]),
            ("registration_number", ["1", "3"]),
        ]
        for value in ("1990", "Wakanda", "아틀란티스", "not known", "spring"):
            assert value not in done.stderr

    def test_a_row_without_an_id_is_called_by_its_row_in_the_file_and_by_no_number(self, tmp_path):
        person = "NGUYEN,VAN AN,1990-03-07"
        rows = ["id,surname,given_name,birth_date", f"3,{person}", "", ",,,", f" ,{person}", "7,LE,HO,1980-01-01"]
        done = find(tmp_path, "\n".join(rows) + "\n")
        [row] = csv.reader((tmp_path / "pairs.csv").read_text(encoding="utf-8").splitlines()[1:])
        assert row[:2] == ["3", "5행"]
        told, _count = done.stderr.splitlines()
        assert "ID" in told and "5행" in told

    def test_a_list_that_is_read_whole_says_the_count_alone(self, tmp_path):
        done = find(tmp_path, "id,surname,birth_date\na,NGUYEN,1990-03-07\nb,LE,19900307.0\nc,HO,07.03.1990\n")
        assert len(done.stderr.splitlines()) == 1

    def test_an_id_comes_out_as_it_went_in_and_formulas_are_told(self, tmp_path):
        person = "NGUYEN,VAN AN,1990-03-07"
        ids = ("=1+1", "@x", "-5", "+82 x", "7 ")
        done = find(tmp_path, "id,surname,given_name,birth_date\n" + "".join(f"{one},{person}\n" for one in ids))
        rows = csv.DictReader((tmp_path / "pairs.csv").read_text(encoding="utf-8").splitlines())
        assert {row[name] for row in rows for name in ("id_a", "id_b")} == set(ids)
        told, _count = done.stderr.splitlines()
        assert "4" in told and not any(one in told for one in ids[:4])

    def test_a_list_that_excel_saved_in_korean_is_read(self, tmp_path):
        rows = "id,surname,given_name,birth_date,nationality\na,박,민수,1990-03-07,베트남\nb,박,민수,1990-03-07,VNM\n"
        done = find(tmp_path, rows.encode("cp949"))
        told, _count = done.stderr.splitlines()
        assert "CP949" in told
        found = list(csv.DictReader((tmp_path / "pairs.csv").read_text(encoding="utf-8").splitlines()))
        assert [(row["id_a"], row["id_b"]) for row in found] == [("a", "b")]

    def test_no_file(self, tmp_path):
        done = find(tmp_path, None)
        assert done.returncode == 1 and "people.csv" in done.stderr and "Traceback" not in done.stderr


def find(folder: Path, text: str | bytes | None, target: str = "pairs.csv") -> subprocess.CompletedProcess:
    """The command as an outsider drives it, without any server."""
    if text is not None:
        (folder / "people.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return subprocess.run(
        [
            sys.executable,
            "manage.py",
            "find_duplicates",
            f"--from-csv={folder / 'people.csv'}",
            f"--to-csv={folder / target}",
        ],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@localhost:1/nothing"},
        capture_output=True,
        text=True,
        check=False,
    )
