"""How a figure looks and where it leads: to the very rows behind it."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

register = template.Library()


@register.simple_tag(takes_context=True)
def figure(context, number, *key):
    """The number, leading to its rows. ``key`` is its place in the year's answer. Nothing lies behind nothing."""
    if number is None:
        return "–"
    if not number:
        return format_html('<span class="table__empty">{}</span>', number)
    return format_html('<a href="{}">{}</a>', rows_of(context, *key), plain(number))


@register.simple_tag(takes_context=True)
def rows_of(context, *key):
    """The address of the rows behind a figure."""
    year = context["year"]
    address = reverse("kpi:evidence", args=[year, "/".join(str(part) for part in key)])
    return f"{address}?{urlencode({'as_of': context['as_of'].isoformat()})}"


@register.filter
def plain(number):
    """A count with its thousands marked; a whole decimal without its zeros."""
    if number is None:
        return "–"
    return intcomma(int(number)) if number == int(number) else intcomma(number)


@register.filter
def get(mapping, key):
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def indicator_figure(context, figures):
    """The result of an indicator; also a zero leads to what was looked at."""
    return format_html(
        '<a href="{}">{}</a>', rows_of(context, "indicators", figures["code"]), plain(figures["actual"])
    )


@register.simple_tag
def share(part, whole):
    """How far a bar of 100 is filled; drawn, so without a language's decimal sign."""
    return f"{min(100.0, 100 * part / whole):.2f}" if whole else "0"


@register.filter
def signed(number):
    return f"{number:+,}"
