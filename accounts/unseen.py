"""Signs that nobody sees and that come along when text is copied: marks of direction, soft hyphens, empty blanks.

They are no part of a name or a number. In a longer text they may be, and a form tells of them there.
"""

import re

DIRECTION = "\u202a-\u202e\u2066-\u2069"  # what follows reads the other way round, until it is taken back
NOTHING = "\u00ad\u200b\u200e\u200f\ufeff"
JOINERS = "\u200c\u200d"  # within a word they tell how letters join, as in Nepali, Khmer and Persian


def bare(text: str) -> str:
    """A number, a telephone, a day or what is looked for, without such signs; joiners stay within a word."""
    return _ends_bare(re.sub(f"[{DIRECTION}{NOTHING}]", "", text))


def bare_words(text: str) -> str:
    """The same of a name, in which a mark that turns the direction amid a word stays: a form refuses it."""
    return _ends_bare(re.sub(f"[{NOTHING}]", "", text))


def _ends_bare(text: str) -> str:
    """Without such signs at the ends of words, and with plain blanks between them."""
    around = f"{DIRECTION}{JOINERS}"
    text = re.sub(r"[^\S\r\n]", " ", text)
    return re.sub(rf"(?:^|(?<=\s))[{around}]+|[{around}]+(?=\s|$)", "", text).strip(" ")
