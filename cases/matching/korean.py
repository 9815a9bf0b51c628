"""Korean names in Latin letters, which people spell as they please: PARK YOUNG HEE and BAK YEONGHUI are 박영희.

``SURNAMES`` are spelt as passports commonly have them and by the Revised Romanisation (국어의 로마자 표기법), the
syllables of a given name by that and by what is usual beside it (young for 영, hee for 희).
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice, product

from cases.matching import hanja
from cases.matching.signs import words

SURNAMES = {
    "김": "kim gim", "이": "lee yi rhee i", "박": "park bak pak", "최": "choi choe", "정": "jung jeong chung cheong",
    "강": "kang gang", "조": "cho jo", "윤": "yoon yun", "장": "jang chang", "임": "lim im yim rim", "한": "han",
    "오": "oh o", "서": "seo suh", "신": "shin sin", "권": "kwon gwon", "황": "hwang", "안": "ahn an", "송": "song",
    "유": "yoo yu ryu you", "전": "jeon jun chun", "홍": "hong", "고": "ko go koh", "문": "moon mun", "양": "yang",
    "손": "son sohn", "배": "bae pae", "백": "baek paik baik", "허": "heo hur huh", "남": "nam", "심": "shim sim",
    "노": "noh no roh", "하": "ha", "곽": "kwak gwak", "성": "sung seong", "차": "cha", "주": "joo ju chu",
    "우": "woo u wu", "구": "koo gu ku", "민": "min", "진": "jin chin", "지": "ji chi", "나": "na ra",
    "엄": "eom um uhm", "원": "won", "채": "chae", "천": "cheon chun", "방": "bang pang", "공": "kong gong",
    "현": "hyun hyeon", "함": "ham", "변": "byun byeon pyun", "염": "yeom yum", "추": "choo chu", "도": "do doh",
    "소": "so soh", "석": "seok suk", "선": "sun seon", "설": "seol sul", "마": "ma mah", "길": "kil gil", "위": "wi",
    "표": "pyo", "명": "myung myeong", "기": "ki gi", "반": "ban pan", "왕": "wang", "금": "keum geum", "옥": "ok",
    "육": "yook yuk", "인": "in", "맹": "maeng", "제": "je jae", "모": "mo", "탁": "tak", "국": "kook guk",
    "여": "yeo yuh", "어": "eo uh", "은": "eun", "편": "pyun pyeon", "용": "yong", "남궁": "namgung namkung",
    "황보": "hwangbo", "제갈": "jegal", "선우": "sunwoo seonu",
}  # fmt: skip
# In the order of Hangul (Unicode): how the parts of a syllable are spelt; nothing for those that no name begins with.
INITIALS = ("g k", "", "n", "d t", "", "r l", "m", "b p", "", "s sh", "", "-", "j ch", "", "ch", "k", "t", "p", "h")
VOWELS = (
    "a ah", "ae ai", "ya", "", "eo u uh", "e", "yeo you yu yo", "ye", "o oh", "wa", "", "oe oi", "yo",
    "u oo ou woo", "wo weo", "we", "wi", "yu yoo", "eu u", "ui ee eui i", "i ee",
)  # fmt: skip
FINALS = {0: "-", 1: "k g", 4: "n", 8: "l r", 16: "m", 17: "p b", 21: "ng"}
LONGEST = 7  # letters of a syllable: kyoung has six
MOST = 64  # ways of reading one name
LONGEST_GIVEN = 3  # syllables of a given name


@cache
def _surnames() -> dict[str, list[str]]:
    return _by_spelling((hangul, spelt) for hangul, ways in SURNAMES.items() for spelt in ways.split())


@cache
def _syllables() -> dict[str, list[str]]:
    parts = product(enumerate(INITIALS), enumerate(VOWELS), FINALS.items())
    return _by_spelling(
        (_syllable(first, vowel, last), "".join(way).replace("-", ""))
        for (first, begun), (vowel, spoken), (last, closed) in parts
        for way in product(begun.split(), spoken.split(), closed.split())
    )


def _syllable(first: int, vowel: int, last: int) -> str:
    return chr(hanja.FIRST + (first * hanja.VOWELS + vowel) * hanja.FINALS + last)


def _by_spelling(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for hangul, spelt in pairs:
        found.setdefault(spelt, []).append(hangul)
    return found


def may_be_korean(name: str) -> bool:
    """Whether the name begins or ends with a surname of Koreans, in Latin letters."""
    parts = words(name.lower())
    return len(parts) > 1 and not {parts[0], parts[-1]}.isdisjoint(_surnames())


def hangul_of(name: str) -> list[str]:
    """What a name in Latin letters may be in Hangul, as ``hanja.reading`` folds it; nothing where it is no such name.

    The surname stands first or last.
    """
    if not name.isascii() or not may_be_korean(name):
        return []
    parts = words(name.lower())
    found = [
        hanja.reading(surname + given)
        for first, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1]))
        for surname in _surnames().get(first, ())
        for given in islice(_given("".join(rest)), MOST)
    ]
    return list(dict.fromkeys(found))[:MOST]


def in_hangul(text: str) -> list[str]:
    """How Koreans read what somebody types, in whatever script; nothing where they do not."""
    return list(hanja.asked(text)) or hangul_of(text)


def spellings(hangul: str) -> list[str]:
    """How a name in Hangul is spelt in Latin letters by the usual ways of its surname, the given name in Hangul."""
    double = hangul[:2] in SURNAMES and len(hangul) > 2
    surname, given = (hangul[:2], hangul[2:]) if double else (hangul[:1], hangul[1:])
    return [f"{spelt} {given}" for spelt in SURNAMES.get(surname, "").split()] if given else []


def _given(spelt: str, syllables: int = LONGEST_GIVEN) -> Iterator[str]:
    """The syllables that the letters may stand for, up to so many of them."""
    if not spelt:
        yield ""
        return
    if not syllables:
        return
    for length in range(min(LONGEST, len(spelt)), 0, -1):
        for syllable in _syllables().get(spelt[:length], ()):
            for rest in _given(spelt[length:], syllables - 1):
                yield syllable + rest
