"""Names and numbers that look right on a screen and can belong to nobody."""

from dataclasses import dataclass
from datetime import date
from random import Random


@dataclass(frozen=True)
class Nation:
    """A nationality with a small invented vocabulary; each word is romanised, Korean and, where given, native.

    `mark` is a word for "sample" in the native script, so that a native name can be told from a real one too.
    """

    korean: str
    language: str
    language_korean: str
    families: str
    men: str
    women: str
    mark: str = ""


NATIONS = {
    "VN": Nation(
        "베트남",
        "vi",
        "베트남어",
        "NGUYEN/응우옌/Nguyễn TRAN/쩐/Trần LE/레/Lê PHAM/팜/Phạm VO/보/Võ",
        "VAN/반/Văn MINH/민/Minh DUC/득/Đức HUNG/훙/Hùng",
        "THI/티/Thị HOA/호아/Hoa LAN/란/Lan MAI/마이/Mai",
        "Mẫu",
    ),
    "NP": Nation(
        "네팔",
        "ne",
        "네팔어",
        "GURUNG/구룽/गुरुङ TAMANG/타망/तामाङ RAI/라이/राई THAPA/타파/थापा",
        "RAM/람/राम BISHNU/비슈누/विष्णु DIPAK/디팍/दीपक",
        "SITA/시타/सीता MAYA/마야/माया GITA/기타/गीता",
        "नमूना",
    ),
    "KH": Nation(
        "캄보디아",
        "km",
        "크메르어",
        "SOK/속/សុខ CHAN/찬/ចាន់ KEO/께오/កែវ CHEA/찌어/ជា",
        "DARA/다라/ដារ៉ា VANNA/반나/វណ្ណា RITHY/리티/រិទ្ធី",
        "SREY/스레이/ស្រី BOPHA/보파/បុប្ផា SOPHY/소피/សុភី",
        "គំរូ",
    ),
    "MM": Nation(
        "미얀마",
        "my",
        "미얀마어",
        "AUNG/아웅/အောင် MYINT/민/မြင့် WIN/윈/ဝင်း",
        "KYAW/쪼/ကျော် ZAW/조/ဇော် MIN/민/မင်း",
        "KHIN/킨/ခင် SU/수/စု THIDA/티다/သီတာ",
        "နမူနာ",
    ),
    "TH": Nation(
        "태국",
        "th",
        "태국어",
        "SAETANG/새땅/แซ่ตั้ง JAIDEE/짜이디/ใจดี SRISUK/시숙/ศรีสุข",
        "SOMCHAI/솜차이/สมชาย ANAN/아난/อนันต์",
        "MALEE/말리/มาลี SUDA/수다/สุดา",
        "ตัวอย่าง",
    ),
    "CN": Nation(
        "중국",
        "zh",
        "중국어",
        "WANG/왕/王 LI/리/李 ZHANG/장/张 CHEN/천/陈",
        "WEI/웨이/伟 JUN/쥔/军 BO/보/波",
        "FANG/팡/芳 LI/리/丽 NA/나/娜",
        "样本",
    ),
    "MN": Nation(
        "몽골",
        "mn",
        "몽골어",
        "BAT/바트/Бат DORJ/도르지/Дорж GANBOLD/간볼드/Ганболд",
        "TEMUULEN/테물렌/Тэмүүлэн BOLD/볼드/Болд",
        "SARNAI/사르나이/Сарнай OYUN/오윤/Оюун",
        "Загвар",
    ),
    "UZ": Nation(
        "우즈베키스탄",
        "uz",
        "우즈베크어",
        "KARIMOV/카리모프/Karimov YUSUPOV/유수포프/Yusupov RAKHIMOV/라히모프/Rahimov",
        "AZIZ/아지즈/Aziz JASUR/자수르/Jasur",
        "DILNOZA/딜노자/Dilnoza NODIRA/노디라/Nodira",
        "Namuna",
    ),
    "RU": Nation(
        "러시아",
        "ru",
        "러시아어",
        "KIM/김/Ким PAK/박/Пак TEN/텐/Тен",
        "IVAN/이반/Иван VIKTOR/빅토르/Виктор",
        "ANNA/안나/Анна OLGA/올가/Ольга",
        "Образец",
    ),
    "KZ": Nation(
        "카자흐스탄",
        "ru",
        "러시아어",
        "TSOY/최/Цой KHAN/한/Хан",
        "TIMUR/티무르/Тимур ARMAN/아르만/Арман",
        "AIGUL/아이굴/Айгуль",
        "Образец",
    ),
    "PH": Nation(
        "필리핀",
        "tl",
        "타갈로그어",
        "SANTOS/산토스 REYES/레예스 CRUZ/크루스",
        "JOSE/호세 RAMON/라몬",
        "MARIA/마리아 LIZA/리사",
    ),
    "ID": Nation(
        "인도네시아",
        "id",
        "인도네시아어",
        "WIJAYA/위자야 SAPUTRA/사푸트라 SUSANTO/수산토",
        "BUDI/부디 AGUS/아구스",
        "SITI/시티 DEWI/데위",
    ),
    "LK": Nation(
        "스리랑카",
        "si",
        "싱할라어",
        "PERERA/페레라 SILVA/실바 FERNANDO/페르난도",
        "NIMAL/니말 SUNIL/수닐",
        "KUMARI/쿠마리",
    ),
    "BD": Nation(
        "방글라데시",
        "bn",
        "벵골어",
        "RAHMAN/라만 ISLAM/이슬람 HOSSAIN/호사인",
        "KARIM/카림 RAFIQ/라픽",
        "FATEMA/파테마",
    ),
}


@dataclass(frozen=True)
class Name:
    """One invented name in up to three scripts."""

    roman: str
    korean: str
    native: str | None


def make_name(rng: Random, nation: Nation, sex: str, serial: int) -> Name:
    """A name that says it is a demo in every script; the serial keeps two demo persons apart."""
    given_words = nation.women if sex == "F" else nation.men
    family = rng.choice(nation.families.split()).split("/")
    given = rng.choice(given_words.split()).split("/")
    native = f"{nation.mark} {family[2]} {given[2]}" if nation.mark else None
    return Name(f"DEMO {family[0]} {given[0]}-{serial:04d}", f"데모{family[1]}{given[1]}", native)


def make_phone(serial: int) -> str:
    """A number in a block that is never given out: 010-0000."""
    return f"010-0000-{serial % 10_000:04d}"


WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def valid_check_digits(first_twelve: str) -> set[int]:
    """The last digits that would make the number a true one.

    The official algorithm weighs the first twelve digits with 2..9, 2..5 and takes the sum modulo 11. A registration
    number of a foreigner ends in (13 - rest) mod 10, the number of a Korean or of an overseas Korean in
    (11 - rest) mod 10; both are held to be taken.
    """
    rest = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_twelve, strict=True)) % 11
    return {(13 - rest) % 10, (11 - rest) % 10}


def make_registration_number(rng: Random, birth: date, sex: str) -> str:
    """A number of the right form, YYMMDD-Nxxxxxx, whose check digit fails, so that it names nobody.

    N tells the century and the sex of a foreigner: 5 and 6 before 2000, 7 and 8 after.
    """
    century = 5 if birth.year < 2000 else 7
    first_twelve = f"{birth:%y%m%d}{century + (sex == 'F')}{rng.randint(0, 99999):05d}"
    wrong = sorted(set(range(10)) - valid_check_digits(first_twelve))
    number = f"{first_twelve}{rng.choice(wrong)}"
    return f"{number[:6]}-{number[6:]}"
