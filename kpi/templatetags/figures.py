"""How a figure looks and where it leads: to the very rows behind it."""

from functools import lru_cache

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import get_language

from centers.listing.columns import link
from config.pieces import defined
from kpi.evidence import Figure
from kpi.meanings import meaning
from kpi.opened import address_of, address_of_result
from kpi.rows import is_shut
from visas.quotas import TAKEN

register = template.Library()


@register.simple_tag(takes_context=True)
def figure(context, number, name, *where):
    """The number, leading to its rows: the figure's name, then dimension and code in turn. Nothing behind nothing,
    and nothing behind a number whose rows are not for the reader.
    """
    if number is None:
        return "–"
    if not number:
        return format_html('<span class="table__empty">{}</span>', number)
    wanted = figure_of(context, name, *where)
    if is_shut(wanted):
        return plain(number)
    return format_html('<a href="{}">{}</a>', address_of(wanted), plain(number))


@register.simple_tag(takes_context=True)
def rate(context, percent, name, *where):
    """A rate in per cent, leading to the rows that are counted in it."""
    if percent is None:
        return "–"
    text = f"{localize(percent)} %"
    return link(address_of(figure_of(context, name, *where)), text) if percent else text


@register.simple_tag
def counted(*names):
    """What figures and rates count, folded; by their names."""
    return _counted(names, get_language(), str(TAKEN))


@lru_cache(maxsize=256)
def _counted(names, _language, _taken):
    return defined(meaning(name) for name in names)


@register.simple_tag(takes_context=True)
def result(context, figures, rule):
    """What a rule gives, leading to its records or, where it is entered, to its entries. A zero leads there too."""
    if figures["actual"] is None:
        return "–"
    address = address_of_result(figures["code"], rule, context["year"], context["as_of"])
    return format_html('<a href="{}">{}</a>', address, plain(figures["actual"]))


def figure_of(context, name, *where):
    """The figure as the page counts it: of its year, up to its day."""
    return Figure(context["year"], name, tuple(zip(where[::2], where[1::2], strict=True)), context["as_of"])


register.filter("address", address_of)


@register.filter
def plain(number):
    """A count with its thousands marked; a whole decimal without its zeros."""
    return "–" if number is None else _written(number, get_language())


@lru_cache(maxsize=4096)
def _written(number, _language):
    return intcomma(int(number)) if number == int(number) else intcomma(number)


@register.filter
def get(mapping, key):
    return mapping.get(key)


@register.simple_tag
def share(part, whole):
    """How far a bar of 100 is filled; drawn, so without a language's decimal sign."""
    return f"{min(100.0, 100 * part / whole):.2f}" if whole else "0"


@register.filter
def signed(number):
    return f"{number:+,}"
