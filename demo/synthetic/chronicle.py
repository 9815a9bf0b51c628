"""How far visa cases have come: the shares of the stages, and the days and steps that bring a case to each."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.synthetic.known import Known
from demo.synthetic.places import after, day_between, weighted, workday_between
from demo.synthetic.visas import Step, VisaCase

# How far cases have come, in per cent. All of it is made up but for this: the great majority settles, as the year of
# 2025 had 460 recruited skilled workers among 480 places (segye 20260206511248, jjan.kr 20251207500102).
STAGES = {
    "settled": 44, "granted": 9, "submitted": 6, "recommended": 6, "received": 5, "asked": 2, "answered": 1,
    "checked": 2, "reviewed": 2, "completed": 1, "left": 4, "moved": 1, "cancelled": 1, "refused": 5, "lapsed": 3,
    "withdrawn": 4, "ineligible": 4,
}  # fmt: skip
# The earlier a place was taken, the further the case has come.
SEATED = {
    "settled": 0, "left": 0, "moved": 0, "cancelled": 0, "refused": 0, "lapsed": 0, "granted": 1, "submitted": 2,
    "recommended": 3,
}  # fmt: skip
# What ended a permit, some months after its holder had settled.
ENDED = ("left", "moved", "cancelled")
# The steps between reception and recommendation by which a case has come to its stage. A university's students are
# checked by no city.
INNER = {
    "asked": ("asked",), "answered": ("asked", "answered"), "checked": ("checked",),
    "reviewed": ("checked", "reviewed"),
}  # fmt: skip
COMPLETED_WITHIN = 14  # days in which papers that are missing are to be handed in; made up
# After the last day of a duty its checks are made; before them nobody's duties are fulfilled.
CHECKED_WITHIN = timedelta(days=31)


def deck(rng: Random, shares: dict[str, int], count: int) -> list[str]:
    """So many stages in these shares, shuffled; each at least once where there are enough cards."""
    total = sum(shares.values())
    cards = [stage for stage, share in shares.items() for _ in range(count * share // total)]
    missing = [stage for stage in shares if stage not in cards]
    while len(cards) < count:
        cards.append(missing.pop() if missing else weighted(rng, shares))
    rng.shuffle(cards)
    return cards


@dataclass
class Chronicle:
    """Gives cases the days of their stage, within the span of what is made."""

    rng: Random
    known: Known
    span: tuple[date, date]

    def knows(self, stage: str, programme: str, of_university: bool) -> bool:
        """Whether a case of the programme can be at the stage by the last day."""
        if stage == "completed":
            return self._served(programme) is not None
        return not (stage == "checked" and of_university)

    def tell(self, case: VisaCase, stage: str, day: date | None, of_university: bool) -> None:
        """Give the case the days of its stage; ``day`` is that of the recommendation, if one was laid down."""
        if stage == "completed":
            self._tell_completed(case)
        elif day is None:
            self._tell_undecided(case, stage, of_university)
        else:
            case.recommended_on = day
            case.received_on = max(
                self.span[0], workday_between(self.rng, day - timedelta(days=35), day - timedelta(days=7))
            )
            self._tell_recommended(case, stage)

    def _tell_undecided(self, case: VisaCase, stage: str, of_university: bool) -> None:
        rng, (first, today) = self.rng, self.span
        open_still = stage == "received" or stage in INNER
        recent = max(first, today - timedelta(days=45)) if open_still else first
        case.received_on = workday_between(rng, recent, today)
        day = case.received_on
        for kind in INNER.get(stage, ()):
            if kind != "checked" or not of_university:
                day = after(rng, day, 2, 9, today)
                case.steps.append(Step(kind, day))
        if not open_still:
            setattr(case, f"{stage}_on", after(rng, case.received_on, 8, 40, today))

    def _tell_recommended(self, case: VisaCase, stage: str) -> None:
        rng, today = self.rng, self.span[1]
        if stage == "lapsed":
            case.lapsed_on = after(rng, case.recommended_on, 60, 100, today)
            return
        if stage == "recommended":
            return
        case.submitted_on = after(rng, case.recommended_on, 1, 12, today)
        if stage == "refused":
            case.refused_on = after(rng, case.submitted_on, 10, 40, today)
        elif stage != "submitted":
            case.granted_on = after(rng, case.submitted_on, 10, 35, today)
            if stage != "granted":
                case.settled_on = after(rng, case.granted_on, 5, 25, today)
            if stage in ENDED:
                setattr(case, f"{stage}_on", after(rng, case.settled_on, 20, 100, today))

    def _tell_completed(self, case: VisaCase) -> None:
        """The permit is of years ago: its duties were over in the span, and are looked at by now."""
        rng, today, months = self.rng, self.span[1], self.known.duties[case.programme][1]
        case.granted_on = workday_between(rng, *self._served(case.programme))
        case.submitted_on = workday_between(rng, *_before(case.granted_on, 10, 35))
        case.recommended_on = workday_between(rng, *_before(case.submitted_on, 1, 12))
        case.received_on = workday_between(rng, *_before(case.recommended_on, 7, 35))
        case.settled_on = after(rng, case.granted_on, 5, 25, today)
        case.completed_on = after(rng, months_later(case.granted_on, months) + CHECKED_WITHIN, 0, 20, today)

    def _served(self, programme: str) -> tuple[date, date] | None:
        """The days of permits whose duties were over in the span, both included; none where there are no such."""
        if programme not in self.known.duties:
            return None
        since, months = self.known.duties[programme]
        first = max(since, months_later(self.span[0], -months))
        last = months_later(self.span[1] - CHECKED_WITHIN, -months) - timedelta(days=1)
        return (first, last) if first <= last else None

    def earlier_attempt(self, case: VisaCase) -> VisaCase | None:
        """Every fortieth had asked before and was not eligible then."""
        rng = self.rng
        received = case.received_on - timedelta(days=rng.randint(60, 120))
        if received < self.span[0] or rng.random() >= 0.025:
            return None
        ended = day_between(rng, received + timedelta(days=8), received + timedelta(days=40))
        return VisaCase(case.person, case.programme, case.place, received, ineligible_on=ended)


def _before(day: date, soonest: int, latest: int) -> tuple[date, date]:
    return day - timedelta(days=latest), day - timedelta(days=soonest)


def months_later(day: date, months: int) -> date:
    """The same day of a month so many months later, the 28th at most."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, min(day.day, 28))
