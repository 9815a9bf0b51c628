"""Choices are drawn as Django draws them, only sooner."""

from django import forms
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.test.html import parse_html
from hypothesis import given
from hypothesis import strategies as st

from config.fields import Renderer

TEXTS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
CODES = st.lists(TEXTS, min_size=1, max_size=6, unique=True)
WIDGETS = st.sampled_from([forms.Select, forms.SelectMultiple, forms.CheckboxSelectMultiple, forms.RadioSelect])
LINES = [forms.TextInput, forms.NumberInput, forms.HiddenInput, forms.Textarea, forms.EmailInput, forms.CheckboxInput]
ATTRIBUTES = st.sampled_from(
    [
        {},
        {"id": "id_topic"},
        {"id": "id_topic", "aria-invalid": "true", "required": True, "disabled": False, "tabindex": 0},
    ]
)


class ChoicesTests:
    @given(WIDGETS, CODES, TEXTS, st.booleans(), ATTRIBUTES, st.data())
    def test_as_django_draws_them(self, kind, codes, label, under_a_group, attributes, data):
        choices = [(code, f"{label} {code}") for code in codes]
        widget = kind(choices=[(label, choices)] if under_a_group else choices)
        chosen = data.draw(st.lists(st.sampled_from(codes), unique=True))
        value = chosen if widget.allow_multiple_selected else (chosen or [None])[0]
        ours, theirs = (
            widget.render("topic", value, dict(attributes), renderer)
            for renderer in (TemplatesSetting(), DjangoTemplates())
        )
        assert parse_html(ours) == parse_html(theirs)

    @given(st.sampled_from(LINES), st.one_of(st.none(), TEXTS, st.integers()), ATTRIBUTES)
    def test_a_line_to_type_in_is_drawn_as_django_draws_it(self, kind, value, attributes):
        drawn = [
            kind().render("topic", value, dict(attributes), renderer) for renderer in (Renderer(), DjangoTemplates())
        ]
        assert parse_html(drawn[0]) == parse_html(drawn[1])
        assert "<script" not in kind().render("topic", '"><script', {"title": '"><script'}, Renderer())

    def test_an_option_brings_the_names_by_which_it_is_found(self):
        class Named(forms.Select):
            def create_option(self, *args, **kwargs):
                return super().create_option(*args, **kwargs) | {"names": 'Wages|"임금"'}

        drawn = Named(choices=[("wages", "임금 체불")]).render("topic", "wages")
        assert '<option value="wages" selected data-names="Wages|&quot;임금&quot;">임금 체불</option>' in drawn
