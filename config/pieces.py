"""Small pieces that stand many times on a page, where a template of its own takes longer than the rest of a row."""

from datetime import date
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

register = template.Library()


@register.simple_tag
def badge(text: str, kind: str = "") -> SafeString:
    """A state in a word; the colour only adds. ``kind`` is good, wait, bad or note, or empty for none of these."""
    colour = f" badge--{escape(kind)}" if kind else ""
    return mark_safe(f'<span class="badge{colour}">{escape(str(text))}</span>')  # noqa: S308  (each part is escaped)


@register.simple_tag
def whole_list(figure, number: int) -> SafeString:
    """The way from a part of a start page to the list that has all of its rows; ``number`` are not shown here."""
    more = ngettext("%(number)s more: the whole list", "%(number)s more: the whole list", number) % {"number": number}
    text = escape(more if number > 0 else gettext("The whole list"))
    return mark_safe(f'<p class="no-print"><a href="{escape(figure.url)}">{text}</a></p>')  # noqa: S308  (escaped)


@register.simple_tag
def as_of(day: date) -> SafeString:
    """For which day the figures of a part hold, beside its heading."""
    said = gettext("As of %(day)s") % {"day": day.isoformat()}
    return mark_safe(f'<span class="muted as-of">{escape(said)}</span>')  # noqa: S308  (escaped)


@register.simple_tag
def defined(definitions) -> SafeString:
    """What the figures of a part count, folded, and told in full on paper. ``definitions`` are pairs of what a figure
    is called and one sentence; figures of which the same is said stand together.
    """
    words: dict[str, list[str]] = {}
    for word, sentence in definitions:
        words.setdefault(str(sentence), []).append(str(word))
    told = "".join(
        f"<div><dt>{escape(' · '.join(of))}</dt><dd>{escape(sentence)}</dd></div>" for sentence, of in words.items()
    )
    heading = escape(gettext("What is counted"))
    return mark_safe(  # noqa: S308  (each part is escaped)
        f'<div class="fold defined"><details><summary>{heading}</summary><dl>{told}</dl></details></div>'
    )


@register.simple_tag
def timeline(entries: list, here: str = "") -> SafeString:
    """What happened, newest first.

    Each entry has day, kind and kind_name (a word for what it is), title, url, mark (what is wrong with it), detail
    and workspace, of which the last four may be empty; a workspace that is called ``here`` goes without saying.
    """
    items = "".join(_entry(entry, str(here)) for entry in entries)
    return mark_safe(f'<ol class="timeline">{items}</ol>')  # noqa: S308  (each part is escaped)


def _entry(entry, here: str) -> str:
    day, title = entry.day.isoformat(), escape(str(entry.title))
    said = badge(entry.kind_name, "note" if entry.kind == "session" else "") + " "
    said += f'<a href="{escape(entry.url)}">{title}</a>' if entry.url else title
    said += f" {badge(entry.mark, 'bad')}" if entry.mark else ""
    more = [f"<bdi>{escape(entry.detail)}</bdi>"] if entry.detail else []
    more += [escape(entry.workspace)] if entry.workspace != here else []
    told = f'<p class="muted">{" · ".join(more)}</p>' if more else ""
    when = f'<time class="timeline__day" datetime="{day}">{day[5:]}</time>'
    return f'<li class="timeline__entry">{when}<div><p>{said}</p>{told}</div></li>'
