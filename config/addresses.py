"""The addresses of rows. A list has two a row, and looking up a route takes ten times as long as writing a number."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse

PLACE = 2**62  # stands where the number of a row goes


def address_of(route: str, key: int | str) -> str:
    """Where the page of a row lies, below the workspace of the tab. The route takes its key alone, which has no sign
    that an address would write otherwise.
    """
    before, after = _around(route, get_script_prefix())
    return f"{before}{key}{after}"


@lru_cache(maxsize=1024)
def _around(route: str, _prefix: str) -> tuple[str, str]:
    before, _place, after = reverse(route, args=[PLACE]).partition(str(PLACE))
    return before, after
