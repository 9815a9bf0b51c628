"""Nationalities and languages stand in the order in which somebody looks for them."""

import pytest
from django.utils import translation

from cases import usual
from cases.forms import SessionForm
from cases.listings import CLIENTS
from cases.models import Channel, Country, Language
from centers.listing.filters import offered_names
from centers.models import Role
from centers.reader import read_by
from tests.make import everywhere, make_client, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    usual._usual.clear()
    yield
    usual._usual.clear()


def names(language: str, model=Country) -> list[str]:
    with translation.override(language):
        return list(usual.in_order_of_use(model, offered_names(model)).values())


@pytest.mark.parametrize(
    ("language", "in_order"),
    [
        ("ko", ["가나", "네팔", "독일", "베트남", "우즈베키스탄", "필리핀", "호주"]),
        ("en", ["Afghanistan", "Åland Islands", "Albania", "Cambodia", "Nepal", "Vietnam"]),
        ("vi", ["Ai Cập", "Áo", "Ấn Độ", "Campuchia", "Đức", "Nepal", "Việt Nam"]),
        ("zh-hans", ["阿富汗", "德国", "韩国", "柬埔寨", "蒙古", "尼泊尔", "越南", "中国"]),
    ],
)
def test_by_name_as_the_reader_s_language_has_them(language, in_order):
    with translation.override(language):
        assert sorted(reversed(in_order), key=usual.by_name) == in_order
    found = names(language)
    known = [name for name in in_order if name in found]
    assert len(known) >= 5
    assert [name for name in found if name in known] == known


def test_the_commonest_of_the_own_workspace_come_first():
    for number, country in enumerate(["VN", "NP", "UZ"]):
        for _time in range(3 - number):
            make_client(nationality_id=country, language_id="ne")
    for _time in range(9):
        make_client("52130-c1", nationality_id="MN")
    user = make_user(Role.COUNSELLOR)
    with everywhere(), read_by(user):
        assert names("ko")[:3] == ["베트남", "네팔", "우즈베키스탄"]
        assert names("ko", Language)[0] == "네팔어"
        assert names("ko", Language)[-2:] == ["기타 언어", "언어 미상"]
        rest = names("ko")[3:]
        assert rest == sorted(rest)
        assert "몽골" in rest
        form = CLIENTS.form({}, viewer=user)
        assert [label for _code, label in form.fields["nationality"].choices][1] == "베트남"
        typed = SessionForm(actor=user, centers=[])
        with translation.override("ko"):
            assert [code for code, _label in typed.fields["nationality"].choices][:3] == ["", "VN", "NP"]


def test_a_set_without_a_use_keeps_its_order():
    kept = offered_names(Channel)
    assert usual.in_order_of_use(Channel, kept) is kept
