"""The keys of names in the database: the functions that its generated columns are made by.

They are written out of the same tables as ``sounds``, and the tests hold both against each other. Where a table
changes, what is stored does not: ``DIGEST`` is that of the functions that the last migration made, and a test fails
until another migration makes them anew and works the columns out again.
"""

import hashlib

from cases.matching.signs import BEFORE, BLANKS, GAP
from cases.matching.sounds import (
    DIGRAPHS,
    FIRST_SYLLABLE,
    KIND_OF,
    LETTERS,
    RUNS,
    SYLLABLES,
    VOWEL,
    alphabet,
)

DIGEST = "b001ef9f1a476e67"


def digest() -> str:
    """What the functions are told from others by."""
    return hashlib.sha256((sound_body() + words_body() + initials_body()).encode()).hexdigest()[:16]


def sound_body() -> str:
    """plpgsql of ``wall.sound(text)``; as SQL it would be taken into each statement, with all its tables."""
    spoken, chinese = alphabet()
    last = chr(FIRST_SYLLABLE + len(SYLLABLES) - 1)
    syllables = "key"
    for place, spelt in enumerate(SYLLABLES):
        syllables = f"replace({syllables}, {_text(chr(FIRST_SYLLABLE + place))}, {_text(spelt)})"
    pairs = "key"
    for pair, kind in DIGRAPHS:
        pairs = f"replace({pairs}, {_text(pair)}, {_text(kind)})"
    runs = "\n".join(f"key := {_replaced('key', pattern, instead)};" for pattern, instead in RUNS)
    return f"""
    DECLARE key text;
    BEGIN
      IF name ~ '^[ -~]*$' THEN
        key := lower(name);
      ELSE
        key := {_replaced("normalize(name, NFKD)", *BEFORE)};
        key := {_translated("key", spoken)};
        IF key ~ '[\\u4e00-\\u9fff{chr(FIRST_SYLLABLE)}-{last}]' THEN
          key := {_translated("key", chinese)};
          key := {syllables};
        END IF;
      END IF;
      key := translate({pairs}, '{LETTERS}', '{KIND_OF}');
      {runs}
      RETURN coalesce(nullif(replace(key, '{VOWEL}', ''), ''), nullif(key, ''));
    END
    """


def words_body() -> str:
    """plpgsql of ``wall.name_sound(name text, first_word int)``: from a word on, or with the last word first for 0."""
    return f"""
    DECLARE parts text[] := regexp_split_to_array(btrim(name, {_text(BLANKS)}), {_text(GAP)});
    DECLARE many int := cardinality(parts);
    BEGIN
      IF first_word = 0 THEN
        RETURN CASE WHEN many > 1 THEN wall.sound(parts[many] || array_to_string(parts[:many - 1], '')) END;
      END IF;
      RETURN CASE WHEN first_word <= many THEN wall.sound(array_to_string(parts[first_word:], '')) END;
    END
    """


def initials_body() -> str:
    """SQL of ``wall.name_initials(name text)``: the first letters of its Hangul syllables."""
    return "SELECT nullif(regexp_replace(normalize(name, NFKD), '[^\\u1100-\\u1112]', '', 'g'), '')"


def _replaced(text: str, pattern: str, instead: str) -> str:
    return f"regexp_replace({text}, {_text(pattern)}, {_text(instead)}, 'g')"


def _translated(text: str, signs: dict[str, str]) -> str:
    """translate() drops the signs that have no partner, so those stand last."""
    ordered = sorted(signs, key=lambda sign: not signs[sign])
    kinds = "".join(signs[sign] for sign in ordered)
    return f"translate({text}, {_text(''.join(ordered))}, {_text(kinds)})"


def _text(value: str) -> str:
    """A constant of SQL, with its blanks and controls written out."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    for sign, written in (("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\f", "\\f"), ("\v", "\\x0b")):
        escaped = escaped.replace(sign, written)
    return f"E'{escaped}'"
