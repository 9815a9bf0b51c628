"""The look rests on the values of KRDS, each written once, and can be read in both contrasts."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CSS = ROOT / "config" / "static" / "css"
KRDS = json.loads((ROOT / "docs" / "krds-tokens.json").read_text(encoding="utf-8"))
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
LOOKS = ("semantic_light", "semantic_high_contrast")

DECLARED = re.compile(r"--([a-z0-9-]+):\s*([^;]+);(?:\s*/\*\s*([a-z0-9 -]+)\s*\*/)?")
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab|color)a?\(|(?<![-\w])(?:white|black|red|gr[ae]y|blue)\b(?![-\w])"
)
PAIR = re.compile(r"light-dark\(var\(--krds-([\w-]+)\), var\(--krds-([\w-]+)\)\)|var\(--krds-([\w-]+)\)")
REM = 16 / 10  # KRDS counts a rem as 10 px, browsers as 16

# What is read on what.
READ = [
    *((ink, ground) for ink in ("ink", "ink-soft", "ink-faint", "primary-deep", "bad")
      for ground in ("paper", "ground")),
    ("ink", "ground-deep"), ("ink-soft", "ground-deep"), ("ink", "input"), ("ink-faint", "ground-deep"),
    *((name, f"{name}-pale") for name in ("good", "wait", "bad", "note")), ("primary-deep", "primary-pale"),
    *(("ink", f"{name}-pale") for name in ("good", "wait", "bad", "note", "primary")),
    ("bar-ink", "bar"), ("bar-ink", "bar-raised"), ("bar-soft", "bar-raised"),
    ("button-ink", "button"), ("button-ink", "button-hover"), ("paper", "bad"), ("ink-faint", "input"),
]  # fmt: skip
# What is seen, and not read: borders, focus, bars.
SEEN = [("line-strong", "paper"), ("line-strong", "input"), ("primary", "paper"), ("primary", "ground"),
        ("bad-line", "input"), ("bar-ink", "bar")]  # fmt: skip


def long(colour: str) -> str:
    return "#" + "".join(letter * 2 for letter in colour[1:]) if len(colour) == 4 else colour


def declared() -> dict[str, tuple[str, str]]:
    """Each token of the first block, with its value and the word that stands beside it."""
    first = TOKENS[: TOKENS.index("\n}")]
    return {name: (" ".join(value.split()), (word or "").strip()) for name, value, word in DECLARED.findall(first)}


def colours() -> dict[str, tuple[str, str]]:
    """Each colour by what it is for: its name in the palette in the light look, and in high contrast."""
    found = {}
    for name, (value, _word) in declared().items():
        match = PAIR.fullmatch(value)
        if match and not name.startswith("krds-"):
            light, high, both = match.groups()
            found[name] = (light or both, high or both)
    return found


def brightness(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str, look: int) -> float:
    shades = sorted(brightness(KRDS["palette"][colours()[name][look]]) for name in (first, second))
    return (shades[1] + 0.05) / (shades[0] + 0.05)


class TokenTests:
    def test_the_palette_is_that_of_krds(self):
        used = {
            name.removeprefix("krds-"): long(value) for name, (value, _word) in declared().items() if "krds" in name
        }
        assert used
        assert {name: KRDS["palette"][name] for name in used} == used

    def test_every_value_stands_there_once(self):
        names = re.findall(r"--(krds-[a-z0-9-]+):", TOKENS)
        assert len(names) == len(set(names))
        assert set(names) == {f"krds-{name}" for pair in colours().values() for name in pair}

    def test_a_colour_that_krds_names_has_its_value_in_both_looks(self):
        named = {name: declared()[name][1] for name in colours() if declared()[name][1]}
        assert len(named) >= 15
        for name, word in named.items():
            values = tuple(KRDS["palette"][shade] for shade in colours()[name])
            assert values == tuple(KRDS[look][word] for look in LOOKS), name

    @pytest.mark.parametrize("kind", ["text", "space"])
    def test_sizes_and_spaces_are_those_of_krds(self, kind):
        table = KRDS["type_desktop"] | KRDS["space"]
        checked = 0
        for name, (value, word) in declared().items():
            if name.startswith(f"{kind}-") and word:
                size = (
                    float(value.removesuffix("rem")) * REM if "rem" in value else float(value.removesuffix("px")) / 10
                )
                assert f"{size:g}rem" == table[word], name
                checked += 1
        assert checked >= 5

    def test_no_other_file_holds_a_colour(self):
        wrong = []
        files = [*CSS.glob("*.css"), *ROOT.glob("*/templates/**/*.html"), *ROOT.glob("*/static/js/*.js")]
        for path in files:
            text = re.sub(r"/\*.*?\*/|\{%.*?%\}|href=\"#[^\"]*\"", "", path.read_text(encoding="utf-8"), flags=re.S)
            if path.name != "tokens.css" and COLOUR.search(text.lower()):
                wrong.append((path.name, COLOUR.search(text.lower())[0]))
        assert wrong == []


class ContrastTests:
    @pytest.mark.parametrize(("ink", "ground"), READ)
    def test_what_is_read_can_be_read(self, ink, ground):
        assert contrast(ink, ground, 0) >= 4.5
        assert contrast(ink, ground, 1) >= 7

    @pytest.mark.parametrize(("line", "ground"), SEEN)
    def test_what_is_seen_can_be_seen(self, line, ground):
        assert min(contrast(line, ground, 0), contrast(line, ground, 1)) >= 3
