"""Numbers as people read them: pure functions, the same in the terminal, in summary.md and in the report.

Thousands are parted by a narrow no-break space, on both sides of the point. None is "unknown".
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from corpora.wording import THIN as THIN
from corpora.wording import counted as counted
from corpora.wording import thousands

UNKNOWN = "unknown"
NOTHING = "–"  # where there can be no number
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥"}


def count(value: float | None) -> str:
    """A whole number: 1 234."""
    return UNKNOWN if value is None else thousands(round(value))


def amount(value: float | None) -> str:
    """How much of something that may be parts of one: 0.4, 2.5, 1 234, 1 000 000; never rounded to nothing."""
    if value is None:
        return UNKNOWN
    return count(value) if value >= 100 else _decimal(value)


def amount_of(value: float, one: str, many: str) -> str:
    """An amount with its noun: 1 query, 0.4 queries."""
    written = amount(value)
    return f"{written} {one if written == '1' else many}"


def short(value: float) -> str:
    """A round number on an axis, 0.1, 10, 1 k, 10 M, 10 B, 1 T: thousands, millions, billions, trillions."""
    for size, letter in ((1e12, " T"), (1e9, " B"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{_decimal(value / size)}{letter}"
    return _decimal(value)


def score(value: float | None) -> str:
    """A score with two decimals: 0.85."""
    if value is None:
        return UNKNOWN
    return f"{value:.2f}".replace("-0.00", "0.00")


def difference(value: float | None) -> str:
    """A difference of scores with its sign: +0.12."""
    if value is None:
        return UNKNOWN
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")


def interval(low: float | None, high: float | None, signed: bool = False) -> str:
    """0.80 to 0.89; signed for differences."""
    if low is None or high is None:
        return UNKNOWN
    write = difference if signed else score
    return f"{write(low)} to {write(high)}"


def percent(value: float | None) -> str:
    """A share: 85 %."""
    return UNKNOWN if value is None else f"{value * 100:.0f}{THIN}%"


def level(value: float) -> str:
    """A level of confidence, to its last digit: 95 %, 99.9 %."""
    return f"{value * 100:g}{THIN}%"


def seconds(value: float | None) -> str:
    """A duration in seconds, in the unit that suits it: 0.4 ms, 12 ms, 1.25 s, 3 min 20 s, 1 h 5 min."""
    if value is None:
        return UNKNOWN
    if value < 0.00995:
        return f"{value * 1000:.1f} ms" if value else "0 ms"
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    if value < 9.995:
        return f"{value:.2f} s"
    if value < 59.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 3600:
        return _two(whole, 60, "min", "s")
    return _two(round(whole / 60), 60, "h", "min")


def money(value: float | None, currency: str = "USD") -> str:
    """An amount to two significant digits, and to the cent at least: $12.50, $0.000 12."""
    if value is None:
        return UNKNOWN
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    if value == 0:
        return f"{symbol}0"
    decimals = max(2, 1 - Decimal(f"{abs(value):.1e}").adjusted())
    whole, _, fraction = f"{abs(value):.{decimals}f}".partition(".")
    groups = THIN.join(fraction[start : start + 3] for start in range(0, len(fraction), 3))
    return f"{'−' if value < 0 else ''}{symbol}{thousands(int(whole))}.{groups}"


def signed(write: Callable[[float], str], value: float | None) -> str:
    """A difference in any unit, with its sign: +1.25 s, −$0.01."""
    if value is None:
        return UNKNOWN
    return f"{'−' if value < 0 else '+' if value > 0 else ''}{write(abs(value))}"


def probability(value: float) -> str:
    """A p-value: 0.03, and <0.001 for the smallest."""
    return "<0.001" if value < 0.001 else f"{value:.3f}" if value < 0.0995 else f"{value:.2f}"


def rate(value: float | None) -> str:
    """Tokens a second: 9.5, 121."""
    if value is None:
        return UNKNOWN
    return f"{value:.1f}" if value < 99.5 else count(value)


def plain(value: float | None) -> str:
    """Any number as it is, to four digits: 0.7254, 12 340."""
    if value is None:
        return UNKNOWN
    return count(value) if abs(value) >= 1e4 else f"{value:.4g}".replace("-", "−")


def _decimal(value: float) -> str:
    """Four digits that count, none of them as a power of ten."""
    return f"{Decimal(f'{value:.4g}'):f}"


def _two(value: int, base: int, large: str, small: str) -> str:
    quotient, rest = divmod(value, base)
    return f"{quotient} {large} {rest} {small}" if rest else f"{quotient} {large}"
