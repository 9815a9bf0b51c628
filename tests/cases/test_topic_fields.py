"""Topics are drawn as Django draws a choice, once for everybody."""

import re

import pytest
from django import forms
from django.test.html import parse_html

from cases.models import Topic
from cases.topic_fields import Offered, TopicSelect, TopicTicks, grouped

pytestmark = pytest.mark.django_db
NAMES = re.compile(r' data-names="[^"]*"')


@pytest.fixture
def choices(db):
    return grouped(Topic.objects.all())


@pytest.mark.parametrize("chosen", [[], ["labour.wages"], ["labour.wages", "health"]])
@pytest.mark.parametrize("attributes", [{"id": "id_x"}, {"id": "id_x", "aria-invalid": "true"}])
def test_boxes_are_drawn_as_django_draws_them(choices, chosen, attributes):
    ours = TopicTicks(choices=Offered(choices)).render("x", chosen, dict(attributes))
    theirs = forms.CheckboxSelectMultiple(choices=choices).render("x", chosen, dict(attributes))
    assert parse_html(ours) == parse_html(theirs)
    assert ours.count(" checked") == len(chosen)


@pytest.mark.parametrize("chosen", [None, "labour.wages", "health"])
def test_a_list_is_drawn_as_django_draws_it_with_the_names_beside(choices, chosen):
    offered = [("", "—"), *choices]
    ours = TopicSelect(choices=Offered(offered)).render("x", chosen, {"id": "id_x", "required": True})
    theirs = forms.Select(choices=offered).render("x", chosen, {"id": "id_x", "required": True})
    assert parse_html(NAMES.sub("", ours)) == parse_html(theirs)
    assert len(NAMES.findall(ours)) == Topic.objects.count()


def test_what_one_reader_chose_is_not_chosen_for_the_next(choices):
    select, boxes = TopicSelect(choices=Offered(choices)), TopicTicks(choices=Offered(choices))
    select.render("x", "health", {"id": "id_x"})
    boxes.render("x", ["health"], {"id": "id_x"})
    assert " selected" not in select.render("x", None, {"id": "id_x"})
    assert " checked" not in boxes.render("x", [], {"id": "id_x"})
