"""Signing in speaks the reader's language to its last sentence, also where Django's and allauth's own have none."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from centers.models import Role
from tests.make import make_user

HANGUL = re.compile("[가-힣]")
PASSWORD = "long-enough-for-now-7"
SHORT = {"oldpassword": "wrong", "password1": "short", "password2": "other"}

pytestmark = pytest.mark.django_db


def main_of(page) -> str:
    return page.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


@pytest.fixture(params=["vi", "zh-hans"])
def reader(request, client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = request.param
    return client


@pytest.fixture
def signed_in(reader):
    user = make_user(Role.COUNSELLOR)
    user.set_password(PASSWORD)
    user.save()
    assert reader.login(username=user.username, password=PASSWORD)
    return reader


@pytest.mark.parametrize("sent", [{}, {"login": "nobody", "password": "wrong"}])
def test_the_sign_in_page_and_its_refusals(reader, sent):
    page = reader.post(reverse("account_login"), sent)
    assert page.status_code == 200 and page.context["form"].errors
    assert not HANGUL.findall(main_of(page))


@pytest.mark.parametrize("sent", [{}, SHORT, SHORT | {"oldpassword": PASSWORD, "password2": "short"}])
def test_the_page_of_one_s_password(signed_in, sent):
    page = signed_in.post(reverse("account_change_password"), sent)
    assert page.status_code == 200 and page.context["form"].errors
    assert not HANGUL.findall(main_of(page))


def test_saying_again_who_one_is_and_the_second_factor(signed_in):
    page = signed_in.post(reverse("account_reauthenticate"), {"password": "wrong"})
    assert page.status_code == 200 and not HANGUL.findall(main_of(page))
    assert signed_in.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    page = signed_in.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert page.context["form"].errors and not HANGUL.findall(main_of(page))
