"""Two people at one record: what another changed since a page was made, and what the form goes on with.

A page remembers what its fields said (``seen``). What its person did not touch follows the other's change; what both
touched is told, and stays as the person typed it until they save again.
"""

import json
from dataclasses import dataclass

from cases.drafted import DraftedForm, plain
from cases.models.draft import SECRET, Fields


@dataclass(frozen=True)
class Meanwhile:
    """A field that another person changed since the page was made. ``typed`` is empty where one left it alone."""

    label: str
    was: str
    became: str
    typed: str


@dataclass(frozen=True)
class Versions:
    """The texts of a form's fields: as its page showed them, as they are on record now, and as they were typed.

    A number of the state is on record as a sign that tells it from another; it is typed only where it is changed.
    """

    before: Fields
    theirs: Fields
    mine: Fields

    def touched(self) -> set[str]:
        """The fields that the person themselves changed."""
        return {
            name
            for name in self.mine
            if not _same(self.mine, self.before, name) and (name not in SECRET or plain(self.mine, name))
        }

    def overtaken(self) -> list[str]:
        """The fields that others changed, and that do not say the same in the form already."""
        names = dict.fromkeys((*self.theirs, *self.before))
        return [
            name
            for name in names
            if not _same(self.before, self.theirs, name)
            and (name in SECRET or not _same(self.mine, self.theirs, name))
        ]

    def merged(self) -> Fields:
        """What the form goes on with: one's own words where one wrote any, else what the others made of the field."""
        shown = {name: texts for name, texts in self.theirs.items() if name not in SECRET}
        kept = {name: self.mine[name] for name in self.touched()}
        return shown | kept | {"seen": [remember(self.theirs)]}

    def told(self, form: DraftedForm) -> list[Meanwhile]:
        """What others changed, in words, of the fields that the form shows. Empty: nobody did."""
        touched = self.touched()
        return [
            Meanwhile(
                str(form.fields[name].label),
                form.in_words(name, self.before.get(name, [])),
                form.in_words(name, self.theirs.get(name, [])),
                form.in_words(name, self.mine[name]) if name in touched else "",
            )
            for name in self.overtaken()
            if name in form.fields
        ]


def own_words(texts: Fields) -> Fields:
    """What a person changed of a form, without what its page said: one correction upon an older and a newer state."""
    touched = Versions(remembered("".join(texts.get("seen", []))), {}, texts).touched()
    return {name: sorted(plain(texts, name)) for name in touched - {"seen"}}


def _same(one: Fields, other: Fields, name: str) -> bool:
    """Where several are chosen, their order says nothing."""
    return sorted(plain(one, name)) == sorted(plain(other, name))


def remember(held: Fields) -> str:
    """What a page showed, for its field ``seen``."""
    return json.dumps({name: texts for name, texts in held.items() if any(texts)}, ensure_ascii=False)


def remembered(text: str) -> Fields:
    """The same read again; nothing where it did not come back whole."""
    try:
        seen = json.loads(text or "{}")
    except ValueError:
        return {}
    return {name: texts for name, texts in seen.items() if _are_texts(texts)} if isinstance(seen, dict) else {}


def _are_texts(texts) -> bool:
    return isinstance(texts, list) and all(isinstance(text, str) for text in texts)
