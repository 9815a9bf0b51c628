"""Figures as they are printed: rounded half up, unlike Python's own rounding."""

from decimal import ROUND_HALF_UP, Decimal


def rounded(number: Decimal, step: str) -> float:
    """Half up, to the decimals of ``step``."""
    return float(number.quantize(Decimal(step), ROUND_HALF_UP))


def percent(part: int, whole: int | None) -> float | None:
    """One decimal; unknown of an unknown whole, 0.0 of none."""
    if whole is None:
        return None
    return rounded(Decimal(part) * 100 / whole, "0.1") if whole else 0.0


def plain(number: Decimal | int | None) -> int | float | None:
    """A whole number without decimals, as JSON is read."""
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)
