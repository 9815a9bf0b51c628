"""The look a reader chose: kept in a cookie of the browser, since it belongs to the eyes before the screen."""

from django.http import HttpRequest

COOKIE = "contrast"
CHOICES = ("more", "standard")  # anything else leaves it to the system


def contrast_of(request: HttpRequest) -> str:
    """``more`` or ``standard``, or empty where the reader has chosen neither."""
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in CHOICES else ""
