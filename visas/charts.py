"""Charts drawn on the server as SVG: each has a title and a description, and a table stands beside it."""

from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from visas.forecast import Forecast

WIDTH, LEFT, RIGHT = 420, 116, 84
BAR, GAP = 16, 12
LONGEST = 17  # a label, in Latin letters
HEIGHT, TOP, BOTTOM = 240, 14, 26


def bars(name: str, title: str, description: str, rows: list[tuple[str, int | None, int, int, int]]) -> SafeString:
    """Lying bars of (label, capacity, taken, granted, settled), all on one scale; without a capacity there is no
    ground to the bar.
    """
    most = max([1, *(max(capacity or 0, taken) for _label, capacity, taken, *_more in rows)])
    unit = (WIDTH - LEFT - RIGHT) / most
    drawn = format_html_join("", "{}", ((_bar(place, row, unit),) for place, row in enumerate(rows)))
    return _svg(name, title, description, len(rows) * (BAR + GAP) + GAP, drawn)


def _bar(place: int, row: tuple, unit: float) -> SafeString:
    label, capacity, *counts = row
    top = GAP + place * (BAR + GAP)
    parts = [
        ("gauge__ground", capacity or 0),
        *zip(("gauge__taken", "gauge__granted", "gauge__settled"), counts, strict=True),
    ]
    drawn = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        ((css, LEFT, top, f"{number * unit:.1f}", BAR) for css, number in parts if number),
    )
    end = LEFT + max(capacity or 0, counts[0]) * unit + 6
    number = f"{counts[0]:,} / {capacity:,}" if capacity is not None else f"{counts[0]:,}"
    middle = top + BAR - 4
    return format_html(
        '<text class="chart__label" x="{}" y="{}" text-anchor="end">{}</text>{}'
        '<text class="chart__label" x="{}" y="{}">{}</text>',
        LEFT - 8, middle, _short(label), drawn, f"{end:.1f}", middle, number,
    )  # fmt: skip


def _short(label: str) -> str:
    """Cut where it would not fit; a Korean letter is as wide as two Latin ones."""
    room = LONGEST
    for place, letter in enumerate(label):
        room -= 1 if letter.isascii() else 2
        if room < 0:
            return label[: place - 1] + "…"
    return label


def pace(name: str, title: str, description: str, found: Forecast, course: list[tuple[date, int]]) -> SafeString:
    """The course of a quota against the even pace, with the range of what is expected at the deadline."""
    first, last = found.pool.starts_on, found.pool.ends_on
    most = max(found.capacity, found.taken, 1)

    def at(day: date, number: float) -> str:
        x = LEFT / 2 + (WIDTH - LEFT / 2 - RIGHT) * (day - first).days / max((last - first).days, 1)
        return f"{x:.1f},{TOP + (HEIGHT - TOP - BOTTOM) * (1 - number / most):.1f}"

    points = " ".join([at(first, 0), *(at(day, number) for day, number in course)])
    drawn = [
        format_html('<polyline class="chart__even" points="{} {}"/>', at(first, 0), at(last, found.capacity)),
        format_html('<polyline class="chart__line" points="{}"/>', points),
    ]
    if found.likely is not None:
        here = at(found.day, found.taken)
        drawn += [
            format_html(
                '<polygon class="chart__range" points="{} {} {}"/>',
                here, at(last, found.highest), at(last, found.lowest),
            ),
            format_html('<polyline class="chart__likely" points="{} {}"/>', here, at(last, found.likely)),
        ]  # fmt: skip
    for day, number in ((first, 0), (first, found.capacity)):
        x, y = at(day, number).split(",")
        drawn.append(
            format_html(
                '<text class="chart__label" x="{}" y="{}" text-anchor="end">{}</text>', float(x) - 6, y, f"{number:,}"
            )
        )
    for day, anchor in ((first, "start"), (last, "end")):
        x = at(day, 0).split(",")[0]
        drawn.append(
            format_html(
                '<text class="chart__label" x="{}" y="{}" text-anchor="{}">{}</text>',
                x,
                HEIGHT - 6,
                anchor,
                f"{day:%Y-%m-%d}",
            )
        )
    return _svg(name, title, description, HEIGHT, format_html_join("", "{}", ((part,) for part in drawn)))


def _svg(name: str, title: str, description: str, height: int, drawn: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        WIDTH, height, name, name, name, title, name, description, drawn,
    )  # fmt: skip
