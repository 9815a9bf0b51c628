"""Visa cases and vouchers: 611 settled principals, the students of five universities, and what did not go well."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.people import Person, Register, birth_at_age
from demo.synthetic.places import RESIDENTS, weighted, workday_between
from demo.synthetic.places import after as workday_after
from demo.synthetic.visas import NATIONS_OF, SKILLED, VisaCase
from tests.data.demo_workbook.places import FIRST, LAST, OFFERED_IN, UNIVERSITIES, hand_of

# 460 skilled workers by the days on which the shared pool of 160, then 433, then 480 places had room for them: at most
# 155 are recommended before July, 425 before December. With 151 of F-2-R and F-4-R they are the published 611.
WAVES = (
    (SKILLED, 150, date(2025, 3, 24), date(2025, 6, 27)),
    (SKILLED, 205, date(2025, 7, 7), date(2025, 9, 19)),
    (SKILLED, 65, date(2025, 9, 22), date(2025, 11, 14)),
    (SKILLED, 40, date(2025, 12, 1), date(2025, 12, 5)),
    (("F-2-R",), 88, date(2025, 3, 17), date(2025, 8, 29)),
    (("F-2-R",), 36, date(2025, 9, 1), date(2025, 10, 31)),
    (("F-4-R",), 27, date(2025, 3, 17), date(2025, 10, 31)),
)


def after(rng: Random, day: date, soonest: int, latest: int, last: date = LAST) -> date:
    """A workday so many days after the given one, within the year."""
    return workday_after(rng, day, soonest, latest, last)


def carry_to_settlement(rng: Random, case: VisaCase) -> VisaCase:
    """Give a recommended case its later dates, all within the year however late it was recommended."""
    days_left = (LAST - case.recommended_on).days
    pace = min(1.0, days_left / 75)
    case.submitted_on = after(rng, case.recommended_on, 1, max(2, int(12 * pace)))
    case.granted_on = after(rng, case.submitted_on, int(10 * pace), max(3, int(35 * pace)))
    case.settled_on = after(rng, case.granted_on, int(5 * pace), max(3, int(25 * pace)))
    return case


def municipality_for(rng: Random, programme: str) -> str:
    """One of the municipalities where the programme is offered."""
    return weighted(rng, {code: RESIDENTS[code] for code in OFFERED_IN[programme]})


def new_candidate(register: Register, programme: str, status: str) -> Person:
    """A worker or graduate who asks for a recommendation, living where the programme is offered."""
    rng = register.rng
    men = 0.86 if programme in SKILLED else 0.55
    sex = "M" if rng.random() < men else "F"
    place = municipality_for(rng, programme)
    return register.add(
        status, weighted(rng, NATIONS_OF[programme]), sex, birth_at_age(rng, FIRST, 25, 43), place, registered=0.97
    )


def settled_cases(register: Register) -> list[VisaCase]:
    """The 611: each recommended, permitted and settled in the year."""
    rng, cases = register.rng, []
    for programmes, count, first, last in WAVES:
        for _ in range(count):
            programme = rng.choice(programmes)
            person = new_candidate(register, programme, status=programme)
            recommended_on = workday_between(rng, first, last)
            received_on = workday_between(rng, recommended_on - timedelta(days=35), recommended_on - timedelta(days=7))
            case = VisaCase(person, programme, person.municipality, received_on, recommended_on)
            cases.append(carry_to_settlement(rng, case))
    for case in rng.sample([case for case in cases if case.settled_on < date(2025, 9, 1)], 5):
        case.left_on = after(rng, case.settled_on, 40, 100)
    return cases


def earlier_attempts(rng: Random, cases: list[VisaCase]) -> list[VisaCase]:
    """A first case of eight persons that ended before their second one began."""
    late = [case for case in cases if case.programme in SKILLED and case.received_on > date(2025, 8, 15)]
    attempts = []
    for number, later in enumerate(rng.sample(late, 8)):
        received_on = workday_between(rng, date(2025, 3, 4), date(2025, 3, 28))
        attempt = VisaCase(later.person, later.programme, later.place, received_on)
        if number < 3:
            attempt.ineligible_on = after(rng, received_on, 10, 30)
        else:
            attempt.recommended_on = after(rng, received_on, 10, 30)
            end_attempt(rng, attempt, ("refused_on", "lapsed_on", "withdrawn_on")[number % 3])
        attempts.append(attempt)
    return attempts


def end_attempt(rng: Random, case: VisaCase, how: str) -> None:
    """End a recommended case without a permit; only a refusal has been before the immigration office."""
    if how == "refused_on":
        case.submitted_on = after(rng, case.recommended_on, 2, 10)
        case.refused_on = after(rng, case.submitted_on, 10, 40)
    else:
        setattr(case, how, after(rng, case.recommended_on, 20, 80))


def unsuccessful_cases(register: Register) -> list[VisaCase]:
    """Persons without a recommendation by the end of the year: still examined, ineligible or withdrawn."""
    rng, cases = register.rng, []
    for outcome, count, first, last in (
        (None, 20, date(2025, 11, 10), date(2025, 12, 19)),
        ("ineligible_on", 14, date(2025, 3, 17), date(2025, 10, 31)),
        ("withdrawn_on", 8, date(2025, 4, 1), date(2025, 10, 31)),
    ):
        for _ in range(count):
            programme = rng.choice((*SKILLED, "F-2-R"))
            person = new_candidate(register, programme, "D-10" if programme == "F-2-R" else "E-9")
            case = VisaCase(person, programme, person.municipality, workday_between(rng, first, last))
            if outcome:
                setattr(case, outcome, after(rng, case.received_on, 8, 40))
            cases.append(case)
    return cases


# Received, first and last day of the recommendations, last day of permits; the second intake begins in spring 2026.
INTAKES = (
    (205, date(2025, 5, 12), date(2025, 7, 11), date(2025, 8, 22)),
    (140, date(2025, 10, 13), date(2025, 12, 5), LAST),
)


def student_cases(register: Register) -> list[VisaCase]:
    """Applicants for D-2 through the five universities: about 300 recommended of some 345."""
    rng, cases = register.rng, []
    for count, first, last, permits_by in INTAKES:
        for number in range(count):
            university = weighted(
                rng, {"전북대학교": 32, "군산대학교": 20, "전주대학교": 18, "우석대학교": 18, "원광대학교": 12}
            )
            sex = rng.choice("MF")
            person = register.add(
                "D-2",
                weighted(rng, NATIONS_OF["D-2"]),
                sex,
                birth_at_age(rng, FIRST, 18, 27),
                UNIVERSITIES[university],
                registered=0.5,
            )
            received_on = workday_between(rng, first - timedelta(days=25), first)
            case = VisaCase(person, "D-2", university, received_on)
            decide_student_case(rng, case, number, (first, last, permits_by))
            person.here_from = case.settled_on or LAST
            cases.append(case)
    return cases


def decide_student_case(rng: Random, case: VisaCase, number: int, days: tuple[date, date, date]) -> None:
    """Every eighth applicant is not recommended; of the rest most get the permit, those of the first intake arrive."""
    first, last, permits_by = days
    if number % 8 == 0:
        setattr(case, rng.choice(("ineligible_on", "withdrawn_on")), after(rng, case.received_on, 5, 25))
        return
    case.recommended_on = workday_between(rng, first + timedelta(days=3), last)
    if number % 40 == 1:
        case.withdrawn_on = after(rng, case.recommended_on, 3, 20)
        return
    case.submitted_on = after(rng, case.recommended_on, 2, 10)
    if number % 11 == 2:
        case.refused_on = after(rng, case.submitted_on, 10, 30)
    elif permits_by < LAST or case.submitted_on < date(2025, 11, 20):
        case.granted_on = after(rng, case.submitted_on, 12, 30, permits_by)
    if case.granted_on and permits_by < LAST and number % 15:
        case.settled_on = after(rng, date(2025, 8, 25), 0, 18)
        case.left_on = after(rng, case.settled_on, 45, 90) if number % 50 == 3 else None


def visa_rows(rng: Random, cases: list[VisaCase]) -> Iterator[dict]:
    """The rows of `비자추천`, in the order of receipt; each office and each university numbers from 1."""
    numbers: dict[str, int] = {}
    letters: dict[str, int] = {}
    for case in sorted(cases, key=lambda case: (case.place, case.received_on, case.person.ref)):
        hand, student = hand_of(case.place), case.programme == "D-2"
        numbers[case.place] = numbers.get(case.place, 0) + 1
        if case.recommended_on:
            letters[case.programme] = letters.get(case.programme, 0) + 1
        yield {
            "번호": numbers[case.place],
            "사람번호": case.person.ref,
            "유형": case.programme,
            "시군": None if student else hand.municipality(case.place),
            "대학": case.place if student else None,
            "접수일": hand.day(case.received_on),
            "추천일": hand.day(case.recommended_on),
            "추천번호": f"시연-{case.programme}-{letters[case.programme]:03d}" if case.recommended_on else None,
            "출입국신청일": hand.day(case.submitted_on),
            "허가일": hand.day(case.granted_on),
            "불허일": hand.day(case.refused_on),
            "부적격일": hand.day(case.ineligible_on),
            "철회일": hand.day(case.withdrawn_on),
            "실효일": hand.day(case.lapsed_on),
            "정착일": hand.day(case.settled_on),
            "이탈일": hand.day(case.left_on),
            "최초입력일": hand.day(after(rng, last_day(case), 0, 5)) if rng.random() < 0.03 else None,
        }


def last_day(case: VisaCase) -> date:
    """The last thing that happened in a case; no row can have been written down earlier."""
    return max(day for day in vars(case).values() if isinstance(day, date))


@dataclass
class Voucher:
    """One row of `승급지원금`."""

    person: Person
    municipality: str
    status_changed_on: date
    applied_on: date
    paid_on: date | None = None
    ineligible_on: date | None = None
    cancelled_on: date | None = None


PAID = 611
LAST_PAYMENT = date(2025, 12, 19)


def make_vouchers(register: Register, cases: list[VisaCase]) -> list[Voucher]:
    """611 payments: to recommended persons who have lived a month where they are (Iksan: three), and to others.

    The others changed to E-7-4 without the governor's recommendation, which most municipalities accept. Some
    applications are open, ineligible or cancelled; three persons were paid after a cancelled first application.
    """
    rng = register.rng
    vouchers = [
        apply(rng, case.person, case.place, case.granted_on)
        for case in cases
        if case.granted_on and case.programme in (*SKILLED, "F-2-R") and earliest(case) < date(2025, 11, 20)
    ]
    while len(vouchers) < PAID:
        vouchers.append(apply_without_case(register))
    for voucher in vouchers[:PAID]:
        voucher.paid_on = after(rng, voucher.applied_on, 5, 35, LAST_PAYMENT)
    again = [voucher for voucher in vouchers if voucher.applied_on > date(2025, 9, 1)][:3]
    return vouchers[:PAID] + unpaid_vouchers(register, again)


def months_needed(municipality: str) -> int:
    """Days of residence after the change of status before one may apply."""
    return 92 if municipality == "52140" else 31


def earliest(case: VisaCase) -> date:
    """The first day on which the person of this case may apply."""
    return case.granted_on + timedelta(days=months_needed(case.place))


def apply(rng: Random, person: Person, municipality: str, changed_on: date) -> Voucher:
    """An application, made within some weeks of the first possible day."""
    wait = months_needed(municipality)
    return Voucher(person, municipality, changed_on, after(rng, changed_on, wait, wait + 40, date(2025, 12, 12)))


def apply_without_case(register: Register) -> Voucher:
    """An application of someone whose change of status needed no recommendation of the governor."""
    rng = register.rng
    person = new_candidate(register, "E-7-4", status="E-7-4")
    changed_on = workday_between(rng, date(2025, 1, 2), date(2025, 8, 15))
    return apply(rng, person, person.municipality, changed_on)


def unpaid_vouchers(register: Register, again: list[Voucher]) -> list[Voucher]:
    """Open, ineligible and cancelled applications, with the cancelled first ones of those paid later."""
    rng, vouchers = register.rng, []
    for outcome, count in ((None, 14), ("ineligible_on", 8), ("cancelled_on", 4)):
        for _ in range(count):
            voucher = apply_without_case(register)
            if outcome is None:
                voucher.applied_on = workday_between(rng, date(2025, 12, 3), date(2025, 12, 19))
            else:
                setattr(voucher, outcome, after(rng, voucher.applied_on, 3, 20))
            vouchers.append(voucher)
    for later in again:
        first = Voucher(later.person, later.municipality, later.status_changed_on, later.applied_on)
        first.applied_on = first.cancelled_on = later.applied_on - timedelta(days=6)
        vouchers.append(first)
    return vouchers


def voucher_rows(vouchers: list[Voucher]) -> Iterator[dict]:
    """The rows of `승급지원금`; some offices leave the usual amount out."""
    numbers: dict[str, int] = {}
    for voucher in sorted(vouchers, key=lambda voucher: (voucher.municipality, voucher.applied_on)):
        hand = hand_of(voucher.municipality)
        numbers[voucher.municipality] = numbers.get(voucher.municipality, 0) + 1
        yield {
            "번호": numbers[voucher.municipality],
            "사람번호": voucher.person.ref,
            "시군": hand.municipality(voucher.municipality),
            "체류자격변경일": hand.day(voucher.status_changed_on),
            "신청일": hand.day(voucher.applied_on),
            "부적격일": hand.day(voucher.ineligible_on),
            "취소일": hand.day(voucher.cancelled_on),
            "지급일": hand.day(voucher.paid_on),
            "지급액": 300_000 if hand.codes or voucher.municipality == "52130" else None,
        }
