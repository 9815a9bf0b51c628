"""The look is in KRDS values, and a colour stands in one file."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHEETS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "config" / "static" / "css").glob("*.css")}
PALETTE = json.loads((ROOT / "tests" / "data" / "krds.json").read_text(encoding="utf-8"))["palette"]
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b", re.I)
WRITTEN_OUT = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab)\(", re.I)
USED = re.compile(r"var\((--[a-z0-9-]+)")
SET = re.compile(r"^\s*(--[a-z0-9-]+):", re.M)


def whole(colour: str) -> str:
    digits = colour.lower().lstrip("#")
    return "#" + ("".join(2 * digit for digit in digits) if len(digits) in (3, 4) else digits)


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    parts = [int(whole(colour)[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def themes() -> dict[str, dict[str, str]]:
    """What each token is by default and in high contrast."""
    found = {}
    for name, start in (("light", ":root {"), ("high", ':root[data-contrast="high"] {')):
        block = SHEETS["tokens"].split(start, 1)[1].split("}", 1)[0]
        found[name] = dict(re.findall(r"(--[a-z-]+):\s*(#[0-9a-f]+);", block, re.I))
    return {"light": found["light"], "high": found["light"] | found["high"]}


def test_every_colour_is_one_of_krds():
    known = {whole(value) for value in PALETTE.values()}
    assert {colour for colour in COLOUR.findall(SHEETS["tokens"]) if whole(colour) not in known} == set()


def test_colours_stand_in_the_tokens_alone():
    assert {name: WRITTEN_OUT.findall(text) for name, text in SHEETS.items() if name != "tokens"} == {
        name: [] for name in SHEETS if name != "tokens"
    }


def test_every_token_that_is_used_is_set():
    used = {token for text in SHEETS.values() for token in USED.findall(text)}
    assert used - set(SET.findall(SHEETS["tokens"])) == set()


GROUNDS = ("--paper", "--ground")
WORDS = ("--ink", "--ink-soft", "--ink-faint", "--primary-deep", "--good", "--wait", "--bad", "--note")


@pytest.mark.parametrize(("theme", "bar"), [("light", 4.5), ("high", 7)])
def test_words_stand_out_from_what_they_stand_on(theme, bar):
    tokens = themes()[theme]
    pairs = [(word, ground) for word in WORDS for ground in GROUNDS]
    pairs += [(f"--{kind}", f"--{kind}-pale") for kind in ("good", "wait", "bad", "note")]
    pairs += [("--paper", "--primary"), ("--bar-ink", "--bar"), ("--bar-ink", "--bar-raised")]
    weak = {pair: round(contrast(*map(tokens.get, pair)), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < bar} == {}
