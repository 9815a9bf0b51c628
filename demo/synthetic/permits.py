"""On which day the stay of a made-up person ends, by the status they hold."""

from datetime import date, timedelta
from random import Random

# Permanent residents may stay for good (출입국관리법 10조의3); for the others of these no permit runs.
WITHOUT_AN_END = {"F-5", "UNREG", "UNK", "KOR"}

# How far off an end may lie, in days. A short stay has 90 at most (출입국관리법 10조의2); the others are made up, in
# the order in which permits are short and long.
FURTHEST = {
    "C-3": 90, "E-8": 240, "D-10": 182, "G-1": 365, "D-2": 730, "D-4": 730, "F-1": 730, "F-3": 730, "F-2": 1_825,
}  # fmt: skip
FURTHEST_OF_OTHERS = 1_095


def furthest(status: str) -> int:
    """Days from today to the latest end that fits; a narrower code (E-7-4R) is as its own group (E-7)."""
    return FURTHEST.get("-".join(status.split("-")[:2]), FURTHEST_OF_OTHERS)


def has_end(status: str) -> bool:
    return status not in WITHOUT_AN_END


def expiry(rng: Random, status: str, today: date) -> date | None:
    """A last day of stay, if there is one: one in sixteen is over, one in eight is over within a quarter.

    Where a permit is no longer than a quarter, all that run are over by then.
    """
    if not has_end(status):
        return None
    chance, most = rng.random(), furthest(status)
    if chance < 0.06:
        return today - timedelta(days=rng.randint(1, 150))
    near = chance < 0.19 or most <= 90
    return today + timedelta(days=rng.randint(0, 90) if near else rng.randint(91, most))


def fitted(status: str, day: date, today: date) -> date | None:
    """A day that was drawn for anybody, as it fits the status: never further off than its permits last."""
    if not has_end(status):
        return None
    return min(day, today) + timedelta(days=max(0, (day - today).days) % (furthest(status) + 1))
