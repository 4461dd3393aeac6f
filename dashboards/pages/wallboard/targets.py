"""From when on a ratio of the wall turns amber, then red. Shipped examples until the office can set its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """``warn`` is the target itself; ``bad`` is where it becomes an alarm. Shares from 0 to 1."""

    warn: float
    bad: float
    lower_is_better: bool = False


SERVICE_LEVEL = Target(0.80, 0.60)
ABANDON_RATE = Target(0.05, 0.10, lower_is_better=True)


def as_data() -> dict[str, dict[str, float | bool]]:
    """For the wall's script, which colours the figures."""
    return {"service": asdict(SERVICE_LEVEL), "abandon": asdict(ABANDON_RATE)}


def percent(share: float) -> str:
    return f"{share * 100:g}%"
