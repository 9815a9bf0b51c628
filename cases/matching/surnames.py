"""Where the given name begins in a name that is written without a gap, as Koreans and Chinese write theirs.

The surname has one syllable. Of those that have two, the first and the second syllable are cut off one after the
other, since it cannot be told whether 황보라 is Hwang Bora or Hwangbo Ra: both given names are found.
"""

import re
import unicodedata

from cases.matching.signs import BLANKS, words

LONGEST = 5  # syllables; a longer text in Hangul is a foreign name, of which nobody knows the parts
DOUBLE = (
    "남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방", "구양", "사마", "상관", "공손", "하후", "영호",
    "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "皇甫", "南宫", "南宮", "司空", "司徒", "鲜于", "鮮于",
    "西门", "西門", "独孤", "獨孤", "东方", "東方", "公孙", "公孫", "夏侯", "令狐", "慕容", "尉迟", "尉遲", "宇文",
    "端木", "长孙", "長孫", "轩辕", "軒轅", "呼延", "闻人", "聞人",
)  # fmt: skip
HANGUL, HAN = "[\uac00-\ud7a3]", "[\u4e00-\u9fff]"
SYLLABLE = "[\u4e00-\u9fff\uac00-\ud7a3]"
# One after the other, the same for Python and for PostgreSQL (``cases/matching/database.py``).
DIVISIONS = (
    (f"^(?={'|'.join(DOUBLE)})({SYLLABLE})({SYLLABLE})({SYLLABLE}{{1,{LONGEST - 2}}})$", r"\1 \2 \3"),
    (f"^({HANGUL})({HANGUL}{{1,{LONGEST - 1}}})$", r"\1 \2"),
    (f"^({HAN})({HAN}{{1,{LONGEST - 1}}})$", r"\1 \2"),
)


def divided(name: str) -> str:
    """The name with a gap after its surname, where it is written without one; else as it stands."""
    text = unicodedata.normalize("NFC", name)
    for pattern, instead in DIVISIONS:
        text = re.sub(pattern, instead, text)
    return text


def parts_of(name: str) -> list[str]:
    """The words of a name, a surname that is written together with what follows as a word of its own."""
    return words(divided(name.strip(BLANKS)))
