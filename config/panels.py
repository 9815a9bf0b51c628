"""The parts of a start page, each brought by the app that knows its rows."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Panel:
    """One part: its heading, its template, and ``panel``, what the template shows.

    ``wide`` takes the whole width of the page. An app gives its panels in ``views/landing.py`` by
    ``panels(request)``: none where the person holds no permission that the panel is about.
    """

    title: str
    template: str
    panel: dict = field(default_factory=dict)
    wide: bool = False
