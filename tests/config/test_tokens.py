"""A form that writes carries its token, or it is refused; the client of the tests would never notice."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.databases import ROOT

TOKEN = "{% csrf_token %}"
FORM = re.compile(r"<form\b(?P<head>.*?)>(?P<body>.*?)</form>", re.DOTALL)
INCLUDED = re.compile(r'\{% include "(?P<name>[^"]+)"(?P<with>[^%]*)%\}')


def templates() -> Iterator[tuple[str, str]]:
    """Every template of the site by its name."""
    for folder in sorted(ROOT.glob("*/templates")):
        for path in sorted(Path(folder).rglob("*.html")):
            yield str(path.relative_to(folder)), path.read_text()


def without_a_token(text: str) -> list[str]:
    return [
        form["head"]
        for form in FORM.finditer(text)
        if re.search(r'method="post"', form["head"]) and TOKEN not in form["body"]
    ]


def cut_off(text: str, wanting: set[str]) -> list[str]:
    """What is included with its own variables only, and without the token that it asks for."""
    found = INCLUDED.finditer(text)
    return [
        one["name"]
        for one in found
        if one["name"] in wanting and one["with"].split()[-1:] == ["only"] and "csrf_token=" not in one["with"]
    ]


def test_every_form_that_writes_has_one():
    assert {name: found for name, text in templates() if (found := without_a_token(text))} == {}


def test_what_is_included_gets_it():
    wanting = {name for name, text in templates() if TOKEN in text}
    assert len(wanting) > 20
    assert {name: found for name, text in templates() if (found := cut_off(text, wanting))} == {}


def test_the_test_sees_what_is_missing():
    assert without_a_token('<form class="x" method="post"><button></button></form>')
    assert cut_off('{% include "a.html" with b=c only %}', {"a.html"}) == ["a.html"]
