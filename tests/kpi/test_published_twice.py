"""A figure that was said stands once in the register, whoever sends it again at the same moment."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.urls import reverse

from centers.models import Role
from kpi.models import PublishedFigure
from tests.kpi.test_published import TOLD
from tests.make import make_user
from tests.support import as_owner, sent_twice, statuses

pytestmark = pytest.mark.committed
NO_RULE = "ALTER TABLE kpi_publishedfigure DROP CONSTRAINT published_figure_said_once"


@pytest.fixture
def send(committed) -> Callable:
    user, address = make_user(Role.PROVINCE_STAFF, "52-office"), reverse("kpi:published_new")
    held = "LOCK TABLE kpi_publishedfigure IN SHARE MODE"
    return lambda **more: sent_twice(committed, user, address, TOLD, held=held, **more)


def test_sent_twice_it_is_one(send):
    answers = send()
    assert statuses(answers) == [302, 400]
    assert "이미 등록되어 있습니다" in answers[1][1]
    assert PublishedFigure.objects.filter(value=612).count() == 1


def test_it_is_the_constraint_that_holds_it(send):
    assert statuses(send(first=NO_RULE)) == [302, 302]


def test_what_was_entered_again_before_the_rule_becomes_the_correction_of_the_first(committed):
    told = TOLD | {"definition_ko": TOLD["definition"]}
    del told["definition"]
    with as_owner(committed) as owner:
        owner.execute(NO_RULE)
        rows = [PublishedFigure.objects.create(**told) for _again in range(3)]
        with owner.transaction():
            owner.execute(import_module("kpi.migrations.0021_figures_said_once").ENTERED_AGAIN)
    kept = PublishedFigure.objects.filter(value=612).order_by("pk")
    assert [row.corrects_id for row in kept] == [None, rows[0].pk, rows[1].pk]
