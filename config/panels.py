"""The parts of a start page, each brought by the app that knows its rows."""

from dataclasses import dataclass, field

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

register = template.Library()


@dataclass(frozen=True)
class Panel:
    """One part: its heading, and the template that shows ``shown`` (a card with the heading in it).

    ``wide`` takes the whole width of the page. An app gives its panels in ``views/landing.py`` by
    ``panels(request)``: none where the person holds no permission that the panel is about.
    """

    title: str
    template: str
    shown: dict = field(default_factory=dict)
    wide: bool = False


@register.simple_tag(takes_context=True)
def drawn(context: template.Context, panel: Panel) -> SafeString:
    """The part, in the context of its page: what all parts share is worked out once."""
    with context.push(title=panel.title, **panel.shown):
        return get_template(panel.template).template.render(context)
