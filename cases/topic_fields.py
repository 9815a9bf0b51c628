"""Topics as a form offers them: under their groups, in every language by which one may look for them.

Their choices are drawn once a language and not for every reader again: they took a seventh of the page's time.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.choices import BaseChoiceIterator
from django.utils.safestring import SafeString, mark_safe
from modeltranslation.utils import build_localized_fieldname

from accounts.fields import PlainSelect, marked
from cases.models import Topic
from centers.models.codes import kept_terms, kept_texts
from centers.models.municipality import Term
from config.choices import as_options, as_ticks

# Of each group its name, and the code, the name and the names in all languages of each of its topics.
Groups = tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]


class Offered(BaseChoiceIterator):
    """Choices that stand as they are: Django would make each of them anew for the field and for its widget."""

    def __init__(self, choices: Iterable[tuple]):
        self.choices = tuple(choices)

    def __iter__(self):
        return iter(self.choices)


class TopicSelect(PlainSelect):
    """Each topic brings its names in every language of the site, by which it is found while one types."""

    def options(self) -> str:
        return _options(_with_names(self.choices))


class TopicTicks(forms.CheckboxSelectMultiple):
    """A box for each topic. Where the field has an error, Django draws the boxes: each of them says so then."""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        about = self.build_attrs(self.attrs, attrs)
        if about.keys() != {"id"}:
            return super().render(name, value, attrs, renderer)
        boxes = marked(_ticks(_with_names(self.choices), name, about["id"]), self.format_value(value), "checked")
        return mark_safe(f'<div id="{about["id"]}">{boxes}</div>')  # noqa: S308  (each text is escaped as it is drawn)


class OfferedField(forms.ModelChoiceField):
    """One of the codes that the person is offered."""

    def __init__(self, model: type[Term], **options):
        super().__init__(queryset=model.objects.none(), **options)

    def offer(self, codes: QuerySet, choices: Iterable) -> None:
        self.queryset = codes
        self.choices = Offered([("", "—"), *choices])


class TopicChoiceField(OfferedField):
    """Topics under their groups. A group is a topic too: it stands first among its own."""

    widget = TopicSelect

    def __init__(self, **options):
        super().__init__(Topic, **options)


class TopicsField(forms.ModelMultipleChoiceField):
    widget = TopicTicks

    def __init__(self, **options):
        super().__init__(queryset=Topic.objects.none(), **options)

    def offer(self, topics: QuerySet, choices: Iterable) -> None:
        self.queryset = topics
        self.choices = Offered(choices)


def grouped(topics: Iterable[Topic]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Choices by group, in the order of the list."""
    names = kept_terms(Topic)
    return [
        (names[group], tuple((topic.pk, names[topic.pk]) for topic in inside))
        for group, inside in groupby(topics, key=lambda topic: topic.group_id or topic.pk)
    ]


def _with_names(choices: Iterable[tuple]) -> Groups:
    names = kept_texts(Topic, _all_names)
    return tuple(
        (name, tuple((code, label, names[code]) for code, label in inside))
        if isinstance(inside, tuple)
        else ("", ((name, inside, ""),))
        for name, inside in choices
    )


def _all_names(topic: Topic) -> str:
    names = [getattr(topic, build_localized_fieldname("name", language)) for language, _name in settings.LANGUAGES]
    return "|".join(dict.fromkeys(filter(None, [*names, *topic.aliases])))


@lru_cache(maxsize=64)
def _options(groups: Groups) -> str:
    return as_options(
        [
            (group, [dict(value=code, label=label, names=names, selected=False) for code, label, names in inside], at)
            for at, (group, inside) in enumerate(groups)
        ]
    )


@lru_cache(maxsize=64)
def _ticks(groups: Groups, name: str, holder: str) -> str:
    """The boxes of a field with their ids in that of the field, none of them ticked."""
    box = {"type": "checkbox", "name": name}
    return as_ticks(
        [
            (
                group,
                [
                    box | {"value": code, "label": label, "attrs": {"id": f"{holder}_{at}_{number}"}}
                    for number, (code, label, _names) in enumerate(inside)
                ],
                at,
            )
            for at, (group, inside) in enumerate(groups)
        ]
    )
