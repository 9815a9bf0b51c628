"""Numbers of the state at rest: readable with a key of the ring, and with nothing else."""

import base64

import pytest
from cryptography.exceptions import InvalidTag

from cases.secrecy import decrypt, digest, encrypt, masked

NUMBER = "900101-5000000"


def ring(*names: str) -> str:
    return ",".join(f"{name}:{base64.b64encode(name.encode() * 16).decode()}" for name in names)


@pytest.fixture(autouse=True)
def keys(settings):
    settings.FIELD_KEYS = ring("k1")


class EncryptTests:
    def test_it_is_read_again_and_never_looks_the_same(self):
        one, other = encrypt(NUMBER), encrypt(NUMBER)
        assert decrypt(one) == decrypt(memoryview(other)) == NUMBER
        assert one != other
        assert NUMBER.encode() not in one

    def test_a_new_first_key_encrypts_and_the_old_one_still_reads(self, settings):
        old = encrypt(NUMBER)
        settings.FIELD_KEYS = ring("k2", "k1")
        assert encrypt(NUMBER).startswith(b"k2:")
        assert decrypt(old) == NUMBER

    def test_a_key_that_left_the_ring_reads_nothing(self, settings):
        old = encrypt(NUMBER)
        settings.FIELD_KEYS = ring("k2")
        with pytest.raises(KeyError):
            decrypt(old)

    @pytest.mark.parametrize("place", [3, 10, 16, 25, -1])
    def test_a_changed_byte_is_found(self, place):
        stored = bytearray(encrypt(NUMBER))
        stored[place] ^= 1
        with pytest.raises(InvalidTag):
            decrypt(stored)

    def test_the_name_of_another_key_is_found(self, settings):
        settings.FIELD_KEYS = ring("k1", "k2")
        stored = encrypt(NUMBER)
        with pytest.raises(InvalidTag):
            decrypt(b"k2" + stored[2:])

    @pytest.mark.parametrize("stored", [b"\xff\xfe:x", b"nothing", b""])
    def test_what_was_never_stored_is_no_text(self, stored):
        with pytest.raises(KeyError):
            decrypt(stored)


class DigestTests:
    @pytest.mark.parametrize("spelling", ["9001015000000", " 900101 - 5000000 ", "９００１０１-５００００００"])
    def test_spellings_of_one_number_are_one(self, spelling):
        assert digest("registration", spelling) == digest("registration", NUMBER)

    def test_case_does_not_matter_and_kind_does(self):
        assert digest("passport", "m123") == digest("passport", "M123")
        assert digest("passport", "123") != digest("registration", "123")

    @pytest.mark.parametrize("text", ["", "-", "외국인등록번호", "№"[:0]])
    def test_a_text_without_a_number_is_refused(self, text):
        with pytest.raises(ValueError):
            digest("registration", text)

    def test_it_is_worth_nothing_without_the_key(self, settings):
        one = digest("registration", NUMBER)
        settings.MATCH_KEY = "0" * 64
        assert digest("registration", NUMBER) != one


class MaskedTests:
    @pytest.mark.parametrize(("text", "shown"), [(NUMBER, "900101-*******"), ("M12", "***"), ("", "")])
    def test_staff_see_the_first_six_signs(self, text, shown):
        assert masked(text) == shown
