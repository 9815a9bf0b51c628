"""The parts of a start page, each brought by the app that knows its rows."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.template.loader import render_to_string


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

    def html(self, request: HttpRequest) -> str:
        return render_to_string(self.template, {"title": self.title, **self.shown}, request)
