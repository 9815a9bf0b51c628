"""Keys and likeness of names, without a database."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases.matching.burmese import romanised
from cases.matching.likeness import ENOUGH, Wanted
from cases.matching.signs import are_initials, initials, latin, words
from cases.matching.sounds import DIGRAPHS, KINDS, VOWEL, asked, keys, near, sound

SAME = [
    ("NGUYEN VAN AN", "응우옌반안"),
    ("NGUYEN VAN AN", "Nguyễn Văn An"),
    ("NGUYEN VAN AN", "NGUYEN<<VAN<AN"),
    ("NGUYEN", "누엔"),
    ("TRAN", "쩐"),
    ("PHAM", "팜"),
    ("WANG WEI", "왕웨이"),
    ("WANG WEI", "王伟"),
    ("ZENG", "曾"),
    ("AHMED", "아흐메드"),
    ("PETROV", "Петров"),
    ("Петров", "페트로프"),
    ("SOMCHAI JAIDEE", "สมชาย ใจดี"),
    ("SOK DARA", "សុខ ដារា"),
    ("RAM BAHADUR THAPA", "राम बहादुर थापा"),
    ("AUNG MIN", "အောင်မင်း"),
    ("Đặng", "DANG"),
]
BURMESE = {  # parts of names that the recall set does not have
    "မေ": "may", "ချို": "cho", "ကို": "ko", "သန်း": "than", "သန့်": "thant", "ဇင်": "zin", "မျိုး": "myo",
    "စန်း": "san", "ရဲ": "ye", "ညွန့်": "nyunt", "ကြည်": "kyi", "ဖြူ": "phyu", "တင်": "tin", "ဟိန်း": "hein",
    "ကောင်း": "kaung", "စည်သူ": "sithu", "ပိုင်": "paing", "နှင်း": "hnin", "မြ": "mya", "နွယ်": "nwe", "သက်": "thet",
    "မြတ်": "myat", "ချစ်": "chit", "ဗိုလ်": "bo", "ထွဋ်": "htut", "ရှိန်": "shein", "ယဉ်": "yin", "စန္ဒာ": "sanda",
}  # fmt: skip
names = st.text(min_size=1, max_size=20)
spelt = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8), min_size=1, max_size=3)


class SoundTests:
    @pytest.mark.parametrize(("one", "other"), SAME)
    def test_a_name_sounds_alike_in_both_scripts(self, one, other):
        assert set(asked(one)) & set(keys(other)) and set(asked(other)) & set(keys(one))
        assert Wanted(one).likeness(other) >= ENOUGH

    @pytest.mark.parametrize(("one", "other"), [("NGUYEN", "PHAM"), ("쩐", "PHAM"), ("王伟", "LI MEI")])
    def test_other_names_do_not(self, one, other):
        assert not set(asked(one)) & set(keys(other))
        assert Wanted(one).likeness(other) == 0

    @pytest.mark.parametrize(("burmese", "spelt"), BURMESE.items())
    def test_a_burmese_syllable_is_spelt_as_a_whole(self, burmese, spelt):
        assert romanised(burmese) == spelt

    @given(st.text(st.characters(min_codepoint=0x1000, max_codepoint=0x109F), max_size=12))
    def test_any_burmese_text_has_a_spelling_in_latin_letters(self, text):
        assert not set(romanised(text)) - set("abcdefghijklmnopqrstuvwxyz")

    @given(names)
    def test_a_key_is_made_of_kinds_alone(self, name):
        assert sound(name) == VOWEL or set(sound(name)) <= set(KINDS)

    @given(spelt)
    def test_capitals_and_gaps_do_not_count(self, parts):
        assume(all("".join(parts).count(pair) == sum(part.count(pair) for part in parts) for pair, _kind in DIGRAPHS))
        assert sound("".join(parts)) == sound(" ".join(parts).upper()) == sound("<<".join(parts))

    @given(spelt)
    def test_a_name_is_asked_for_in_any_order_of_its_words(self, parts):
        assert asked(" ".join(parts)) == asked(" ".join(reversed(parts)))

    @given(st.text(KINDS, min_size=3, max_size=9), st.integers(0, 8), st.sampled_from(KINDS))
    def test_near_keys_are_those_with_one_kind_other(self, key, place, kind):
        changed = key[: place % len(key)] + kind + key[place % len(key) + 1 :]
        assert changed in near(key) and key in near(changed)


class SignTests:
    @given(names)
    def test_a_name_in_latin_letters_stays_as_it_is(self, name):
        assert latin(latin(name)) == latin(name)

    @given(names)
    def test_a_name_is_most_like_itself(self, name):
        assert Wanted(name).likeness(name) == (1.0 if latin(name) else 0.0)

    def test_first_letters_of_hangul(self):
        assert initials("응우옌") == initials("ㅇㅇㅇ") != initials("ㅇㅇ")
        assert are_initials("ㅇㅇㅇ") and not are_initials("응") and not are_initials("")

    def test_the_form_of_a_passport_has_words(self):
        assert words("NGUYEN<<VAN<AN<<<<") == ["NGUYEN", "VAN", "AN"]
