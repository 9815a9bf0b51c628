"""The choices of a form drawn in Python: loops of a template took ten times as long over two hundred codes."""

from collections.abc import Callable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from config.attributes import attributes

register = template.Library()


@register.filter
def as_options(optgroups: list[tuple]) -> SafeString:
    """The groups and options of a select, as Django draws them; ``names`` of an option are found while one types."""
    return _drawn(optgroups, '<optgroup label="{}">{}</optgroup>', _option)


@register.filter
def as_ticks(optgroups: list[tuple]) -> SafeString:
    """The groups and boxes of a choice of several, or of one by buttons, as Django draws them."""
    return _drawn(optgroups, "<div><label>{}</label>{}</div>", _tick)


def _drawn(optgroups: list[tuple], group: str, one: Callable[[dict], str]) -> SafeString:
    groups = ((name, "".join(map(one, options))) for name, options, _number in optgroups)
    texts = (group.format(escape(str(name)), drawn) if name else drawn for name, drawn in groups)
    return mark_safe("".join(texts))  # noqa: S308  (each text is escaped where it is drawn)


def _option(option: dict) -> str:
    selected = " selected" if option["selected"] else ""
    names = f' data-names="{escape(option["names"])}"' if option.get("names") else ""
    return f'<option value="{escape(str(option["value"]))}"{selected}{names}>{escape(str(option["label"]))}</option>'


def _tick(option: dict) -> str:
    about = {"type": option["type"], "name": option["name"], "value": str(option["value"])} | option["attrs"]
    name = f' for="{escape(about["id"])}"' if about.get("id") else ""
    return f"<div><label{name}><input{attributes(about)}> {escape(str(option['label']))}</label></div>"
