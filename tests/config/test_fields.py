"""A field is drawn in one way: what it is called, what helps, what is wrong with it, and where to type."""

from django import forms
from django.test.html import parse_html


class Form(forms.Form):
    name = forms.CharField(label='Name & "more"', help_text='See the <a href="/help/">help</a>.')
    told = forms.BooleanField(label="Told", required=False)
    kinds = forms.MultipleChoiceField(
        label="Kinds", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple, help_text="Each that applies."
    )


def drawn(field: str, **data) -> str:
    return str(Form(data or None)[field].as_field_group())


class FieldTests:
    def test_a_label_is_written_as_it_is_and_leads_to_the_input(self):
        assert '<label for="id_name">Name &amp; &quot;more&quot;<span class="field__mark"' in drawn("name")

    def test_help_and_errors_are_tied_to_the_input(self):
        text = drawn("name", told="on")
        assert '<div class="field__help" id="id_name_helptext">See the <a href="/help/">help</a>.</div>' in text
        assert 'aria-describedby="id_name_helptext id_name_error"' in text
        assert 'class="errorlist" id="id_name_error"' in text
        assert text.index("errorlist") < text.index("<input")

    def test_a_tick_stands_before_its_label(self):
        tick = '<input type="checkbox" name="told" id="id_told"><label for="id_told">Told</label>'
        assert parse_html(drawn("told")) == parse_html(
            f'<div class="field field--check"><div class="field__check">{tick}</div></div>'
        )

    def test_a_group_has_a_legend_and_is_described_as_a_whole(self):
        text = drawn("kinds")
        assert '<fieldset aria-describedby="id_kinds_helptext"><legend>Kinds<span' in text
        assert 'id="id_kinds_helptext">Each that applies.' in text
