"""A Burmese name in Latin letters, syllable by syllable, as its bearer's passport is likely to spell it.

Burmese is not spelt as it is spoken: a syllable is what it begins with (a consonant and the signs under it) and a
rhyme (vowel signs and the consonant that closes it), and only the two as wholes have a sound: ထက် is htet, not htk.
The table of rhymes is that of the transcription of the Myanmar Language Commission, without tones, in the spelling
that names commonly have: ို is oe where its tone is high, and a nasal with a creaky tone ends in t (မြင့် Myint).
"""

import re

BURMESE = re.compile("[\u1000-\u109f]")
FIRST = {
    "က": "k", "ခ": "kh", "ဂ": "g", "ဃ": "g", "င": "ng", "စ": "s", "ဆ": "s", "ဇ": "z", "ဈ": "z", "ည": "ny",
    "ဉ": "ny", "ဋ": "t", "ဌ": "ht", "ဍ": "d", "ဎ": "d", "ဏ": "n", "တ": "t", "ထ": "ht", "ဒ": "d", "ဓ": "d",
    "န": "n", "ပ": "p", "ဖ": "ph", "ဗ": "b", "ဘ": "b", "မ": "m", "ယ": "y", "ရ": "y", "လ": "l", "ဝ": "w",
    "သ": "th", "ဟ": "h", "ဠ": "l", "အ": "",
}  # fmt: skip
ALONE = {"ဣ": "i", "ဤ": "i", "ဥ": "u", "ဦ": "u", "ဧ": "ay", "ဩ": "aw", "ဪ": "aw", "ဿ": "tha"}
UNDER = (  # the signs under a consonant: ya, ra, wa, ha
    ("khy", "ch"), ("yh", "sh"), ("thyh", "sh"), ("lyh", "sh"), ("ngy", "ny"), ("nyy", "ny"), ("yy", "y"),
)  # fmt: skip
RHYMES = {
    "": "a", "ာ": "a", "ိ": "i", "ီ": "i", "ု": "u", "ူ": "u", "ေ": "ay", "ဲ": "e", "ော": "aw", "ို": "o",
    "ံ": "an", "ုံ": "on", "ိံ": "ein", "က်": "et", "င်": "in", "စ်": "it", "ည်": "i", "ဉ်": "in", "ယ်": "e",
    "တ်": "at", "ပ်": "at", "န်": "an", "မ်": "an", "ဏ်": "an", "လ်": "al", "ောက်": "auk", "ောင်": "aung",
    "ိုက်": "aik", "ိုင်": "aing", "ိုယ်": "o", "ိုလ်": "o", "ိတ်": "eik", "ိပ်": "eik", "ိန်": "ein", "ိမ်": "ein",
    "ုတ်": "ok", "ုပ်": "ok", "ုန်": "on", "ုမ်": "on", "ုဏ်": "on", "ိဏ်": "ein", "ော်": "aw", "ိဋ်": "eik",
}  # fmt: skip
BY_W = {"at": "ut", "an": "un"}  # what a rhyme is after the sign of wa
HIGH, CREAKY, KILLED = "း", "့", "်"
MEDIALS = {"ျ": "y", "ြ": "y", "ွ": "w", "ှ": "h"}
SYLLABLE = re.compile(
    "(?P<first>[က-အ])(?P<under>[ျြွှ]*)(?P<vowel>[ါာိီုူေဲံ]*)(?P<tone>[့း]*)(?P<last>(?:[က-အ][့]?်(?![ျြွှါာိီုူေဲ]))?)်?(?P<end>[့း]*)"
)


def romanised(text: str) -> str:
    """The text with its Burmese syllables spelt in small Latin letters; the rest of it stands as it is."""
    if not BURMESE.search(text):
        return text
    plain = text.replace("\u1039", KILLED).replace("ါ", "ာ")  # one consonant over another closes the syllable
    plain = "".join(ALONE.get(sign, sign) for sign in plain)
    return re.sub("[\u1000-\u109f]", "", SYLLABLE.sub(_spelt, plain))


def _spelt(found: re.Match) -> str:
    tones = found["tone"] + found["end"] + found["last"]
    last = found["last"].replace(CREAKY, "")
    first = _begun(FIRST[found["first"]], found["under"])
    rhyme = _rhyme(found["vowel"], last)
    if first.endswith("w") and rhyme in BY_W and found["under"]:
        first, rhyme = first[:-1], BY_W[rhyme]
    if rhyme == "o" and HIGH in tones and not first.endswith("y"):
        rhyme = "oe"
    if rhyme.endswith("n") and CREAKY in tones:
        rhyme += "t"
    return first + rhyme


def _begun(consonant: str, under: str) -> str:
    """What a syllable begins with, ha before the rest: လှ is hl."""
    begun = consonant + "".join(MEDIALS[sign] for sign in under if MEDIALS[sign] == "y")
    with_h = begun + "h" if "ှ" in under else begun
    for written, spoken in UNDER:
        if with_h == written or begun == written:
            with_h = begun = spoken
    if with_h != begun:
        begun = "h" + begun
    return begun + ("w" if "ွ" in under else "")


def _rhyme(vowel: str, last: str) -> str:
    """The rhyme as a whole; where no table has it, the vowel and what closes it, each for itself."""
    if vowel + last in RHYMES:
        return RHYMES[vowel + last]
    return RHYMES.get(vowel, "a") + FIRST.get(last[:1], "")
