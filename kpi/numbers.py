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


def likely(part: int, whole: int) -> tuple[float, float] | None:
    """Between which per cents a rate lies with 95 % confidence (Wilson's interval); none of nothing.

    Few records say little: 3 of 4 and 300 of 400 are the same rate, and not equally sure.
    """
    if not whole:
        return None
    z = Decimal("1.959964")
    share, square = Decimal(part) / whole, z * z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = z * (share * (1 - share) / whole + square / (4 * whole * whole)).sqrt() / (1 + square / whole)
    low, high = max(Decimal(0), middle - half), min(Decimal(1), middle + half)
    return rounded(low * 100, "0.1"), rounded(high * 100, "0.1")


def plain(number: Decimal | int | None) -> int | float | None:
    """A whole number without decimals, as JSON is read."""
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)
