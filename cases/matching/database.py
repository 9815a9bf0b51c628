"""The keys of names in the database: the functions that its generated columns are made by.

They are written out of the same tables as ``sounds``, and the tests hold both against each other. Where a table
changes, what is stored does not: ``DIGEST`` is that of the functions that the last migration made, and a test fails
until another migration makes them anew and works the columns out again.
"""

import hashlib

from cases.matching import hanja
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
from cases.matching.surnames import DIVISIONS, HAN, SYLLABLE

DIGEST = "8714f7257ab6ebf3"
GAPLESS = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"  # Thai and Lao, Burmese, Khmer


def digest() -> str:
    """What the functions are told from others by."""
    bodies = (sound_body(), words_body(), initials_body(), key_body(), backwards_body(), reading_body())
    return hashlib.sha256("".join(bodies).encode()).hexdigest()[:16]


def sound_body() -> str:
    """plpgsql of ``wall.sound(text)``; as SQL it would be taken into each statement, with all its tables."""
    spoken, chinese = alphabet()
    last = chr(FIRST_SYLLABLE + len(SYLLABLES) - 1)
    syllables = "key"
    for place, spelt in enumerate(SYLLABLES):
        syllables = f"replace({syllables}, {constant(chr(FIRST_SYLLABLE + place))}, {constant(spelt)})"
    pairs = "key"
    for pair, kind in DIGRAPHS:
        pairs = f"replace({pairs}, {constant(pair)}, {constant(kind)})"
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
    DECLARE parts text[] := regexp_split_to_array(btrim(name, {constant(BLANKS)}), {constant(GAP)});
    DECLARE many int := cardinality(parts);
    BEGIN
      IF first_word = 0 THEN
        RETURN CASE WHEN many > 1 THEN wall.sound(parts[many] || array_to_string(parts[:many - 1], '')) END;
      END IF;
      parts := {_parts()};
      RETURN CASE WHEN first_word <= cardinality(parts) THEN wall.sound(array_to_string(parts[first_word:], '')) END;
    END
    """


def initials_body() -> str:
    """SQL of ``wall.name_initials(name text, first_word int)``: the first letters of its Hangul syllables."""
    text = f"array_to_string(({_parts()})[first_word:], '')"
    return f"SELECT nullif(regexp_replace(normalize({text}, NFKD), '[^\\u1100-\\u1112]', '', 'g'), '')"


def key_body() -> str:
    """SQL of ``wall.name_key(name text, first_word int)``: a name without what two hands write differently.

    That is marks over letters, capitals, blanks, stops and hyphens.
    """
    parts = f"regexp_split_to_array({_divided('btrim(name)')}, '\\s+')"
    return rf"""
    SELECT nullif(translate(lower(regexp_replace(
      normalize(array_to_string(({parts})[first_word:], ''), NFKD),
      '[\u0300-\u036F\s.,·''’ʼ`´()_/-]', '', 'g')), 'đ', 'd'), '')
    """


def backwards_body() -> str:
    """SQL of ``wall.name_key_backwards(name text)``: a name in a script that leaves no gaps, from its end.

    Where a given name begins in it nobody can tell, but a search for its last part begins at the end.
    """
    return f"SELECT CASE WHEN btrim(name) ~ '^{GAPLESS}+$' THEN reverse(wall.name_key(name, 1)) END"


def reading_body() -> str:
    """plpgsql of ``wall.name_reading(name text, first_word int)``: a name as Koreans read it (``hanja``)."""
    return f"""
    DECLARE key text := normalize(array_to_string(({_parts()})[first_word:], ''), NFC);
    BEGIN
      IF key !~ '^{SYLLABLE}+$' THEN
        RETURN NULL;
      END IF;
      IF first_word = 1 THEN
        key := {_translated("left(key, 1)", hanja.SURNAMES)} || substr(key, 2);
      END IF;
      key := {_translated("key", hanja.spoken())};
      IF key ~ '{HAN}' THEN
        key := {_translated("key", hanja.readings())};
      END IF;
      RETURN CASE WHEN key ~ '^{hanja.HANGUL}$' THEN key END;
    END
    """


def _parts() -> str:
    """The words of a name, a surname that is written together with what follows as a word of its own."""
    return f"regexp_split_to_array({_divided(f'btrim(name, {constant(BLANKS)})')}, {constant(GAP)})"


def _divided(text: str) -> str:
    text = f"normalize({text}, NFC)"
    for pattern, instead in DIVISIONS:
        text = f"regexp_replace({text}, {constant(pattern)}, {constant(instead)})"
    return text


def _replaced(text: str, pattern: str, instead: str) -> str:
    return f"regexp_replace({text}, {constant(pattern)}, {constant(instead)}, 'g')"


def _translated(text: str, signs: dict[str, str]) -> str:
    """translate() drops the signs that have no partner, so those stand last."""
    ordered = sorted(signs, key=lambda sign: not signs[sign])
    kinds = "".join(signs[sign] for sign in ordered)
    return f"translate({text}, {constant(''.join(ordered))}, {constant(kinds)})"


def constant(value: str) -> str:
    """A constant of SQL, with its blanks and controls written out."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    for sign, written in (("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\f", "\\f"), ("\v", "\\x0b")):
        escaped = escaped.replace(sign, written)
    return f"E'{escaped}'"
