"""The addresses of rows. A list has two a row, and looking up a route takes ten times as long as writing a number."""

from functools import lru_cache

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as any_address
from django.urls import get_script_prefix, reverse

register = template.Library()

PLACE = 2**62  # stands where the number of a row goes


def address_of(route: str, key: int | str) -> str:
    """Where the page of a row lies, below the workspace of the tab. The route takes its key alone, which has no sign
    that an address would write otherwise.
    """
    before, after = _around(route, get_script_prefix())
    return f"{before}{key}{after}"


def page_of(route: str) -> str:
    """Where a page lies that is no row's, below the workspace of the tab: a list, or a form that many rows lead to."""
    return _page(route, get_script_prefix())


@lru_cache(maxsize=1024)
def _page(route: str, _prefix: str) -> str:
    return reverse(route)


@lru_cache(maxsize=1024)
def _around(route: str, _prefix: str) -> tuple[str, str]:
    before, _place, after = reverse(route, args=[PLACE]).partition(str(PLACE))
    return before, after


class _AddressNode(URLNode):
    def render(self, context: template.Context) -> str:
        if len(self.args) == 1 and not self.kwargs:
            key = self.args[0].resolve(context)
            if isinstance(key, int):
                return self._told(address_of(self.view_name.resolve(context), key), context)
        return super().render(context)

    def _told(self, address: str, context: template.Context) -> str:
        if not self.asvar:
            return address
        context[self.asvar] = address
        return ""


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Django's own tag, which writes the address of a row by its number."""
    asked = any_address(parser, token)
    return _AddressNode(asked.view_name, asked.args, asked.kwargs, asked.asvar)
