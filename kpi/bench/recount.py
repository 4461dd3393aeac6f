"""The benchmark's twelve lines once more by pandas, out of the rows of the marts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.clock import naive_utc
from etl.warehouse import Warehouse
from kpi.measures.counting import ShiftSums
from kpi.scoring.curves import Linear
from kpi.scoring.scheme import Scheme

Frames = Mapping[str, pd.DataFrame]
ROWS = {
    "segments": "select * from marts.fct_call_segments where counted_at >= $from_at and counted_at < $until",
    "quarters": "select * from marts.agg_agent_interval where interval_start >= $from_at and interval_start < $until",
    "calls": "select call_id, last_extension, caller, category, arrived_at, caller_wait_seconds from marts.fct_calls"
    " where arrived_at >= $from_at and arrived_at < $until + interval 7 days",
    "closed": "select round from marts.fct_orders where closed_at >= $from_at and closed_at < $until",
    "orders": "select * from marts.fct_orders where opened_at >= $from_at and opened_at < $until",
}


def frames(warehouse: Warehouse, from_at: float, until: float) -> dict[str, pd.DataFrame]:
    period = {"from_at": naive_utc(from_at), "until": naive_utc(until)}
    with_until = warehouse.cursor()
    try:
        found: dict[str, pd.DataFrame] = {name: with_until.execute(sql, period).df() for name, sql in ROWS.items()}
    finally:
        with_until.close()
    found["period"] = pd.DataFrame({"until": [pd.Timestamp(period["until"])]})
    return found


def totals(scheme: Scheme, known: Frames, shifts: Sequence[ShiftSums]) -> dict[str, float]:
    """Before any rounding, by extension."""
    values, samples = _values(known, shifts)
    weights = pd.Series({n: line.weight for n, line in enumerate(scheme.lines)})
    scored = pd.DataFrame(
        {
            n: _score(line.curve, values[line.indicator].where(samples[line.indicator] >= (line.minimum or 0)))
            for n, line in enumerate(scheme.lines)
        }
    )
    counted = scored.notna().mul(weights)
    return dict((scored.mul(weights).sum(axis=1) / counted.sum(axis=1)).dropna())


def _score(curve: Any, values: pd.Series[float]) -> pd.Series[float]:
    if not isinstance(curve, Linear):
        raise TypeError("only lines are recounted")
    x, y = zip(*curve.knots, strict=True)
    return pd.Series(np.interp(values, x, y), values.index).where(values.notna())


def _values(known: Frames, shifts: Sequence[ShiftSums]) -> tuple[pd.DataFrame, pd.DataFrame]:
    segments = known["segments"].groupby("extension")
    of_calls = segments[["talk_seconds", "hold_seconds", "wrap_up_seconds"]].sum()
    handled = segments.size()
    quarters = (
        known["quarters"].groupby("extension")[["contact_seconds", "available_seconds", "logged_in_seconds"]].sum()
    )
    present = known["quarters"].groupby("extension").size()
    kept = pd.DataFrame(
        [
            (group["agent"], one.scheduled_s, one.adherent_s, one.planned_work_s, one.worked_s, one.shifts)
            for _shift, group, one in shifts
        ],
        columns=["who", "scheduled", "adherent", "planned", "worked", "shifts"],
    )
    rostered = kept.groupby("who").sum()
    contacts = _contacts(known["calls"], known["period"]["until"][0])
    fixed = float((known["closed"]["round"] == 1).mean())
    late = float((known["orders"]["missed"] > 0).mean())
    by_method = {
        method: (known["segments"]["transfer_method"] == method).groupby(known["segments"]["extension"]).sum()
        for method in ("blind", "attended")
    }
    values = {
        "aht": of_calls.sum(axis=1) / handled,
        "att": of_calls["talk_seconds"] / handled,
        "transfer_rate": (by_method["blind"] + by_method["attended"]) / handled,
        "transfer_rate.blind": by_method["blind"] / handled,
        "transfer_rate.attended": by_method["attended"] / handled,
        "occupancy": quarters["contact_seconds"] / (quarters["contact_seconds"] + quarters["available_seconds"]),
        "utilisation": quarters["contact_seconds"] / quarters["logged_in_seconds"],
        "adherence": rostered["adherent"] / rostered["scheduled"],
        "conformance": rostered["worked"] / rostered["planned"],
        "fcr.no_repeat(7)": contacts.mean(),
    }
    samples = {
        **dict.fromkeys(list(values)[:5], handled),
        **dict.fromkeys(("occupancy", "utilisation"), present),
        **dict.fromkeys(("adherence", "conformance"), rostered["shifts"]),
        "fcr.no_repeat(7)": contacts.size(),
    }
    found, counts = pd.DataFrame(values), pd.DataFrame(samples)
    for name, value, n in (
        ("first_fix_rate", fixed, len(known["closed"])),
        ("overdue_rate", late, len(known["orders"])),
    ):
        found[name], counts[name] = value, n
    return found, counts


def _contacts(calls: pd.DataFrame, until: pd.Timestamp) -> Any:
    """By agent, whether each contact of the month was enough."""
    ordered = calls.sort_values(["caller", "category", "arrived_at"])
    following = ordered.groupby(["caller", "category"])["arrived_at"].shift(-1)
    enough = ~(following <= ordered["arrived_at"] + pd.Timedelta(days=7))
    month = ordered["arrived_at"] < until
    return enough[month].groupby(ordered["last_extension"][month])
