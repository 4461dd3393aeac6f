"""Agents by chance, with calls of their own, and what is judged by their mean seconds."""

from __future__ import annotations

import numpy as np

from kpi.fairness.bootstrap import Units
from kpi.scoring.curves import Linear
from kpi.scoring.scheme import Scheme
from kpi.scoring.score import LineValue
from tests.kpi.scoring.made import line, scheme


def calls(means, n, seed=1, cv=0.7):
    """Seconds of ``n`` calls of each, skewed as handling times are, by place."""
    spread = np.log(1 + cv * cv)
    chance = np.random.default_rng(seed)
    return np.exp(chance.normal(np.log(means)[:, None] - spread / 2, np.sqrt(spread), (len(means), n)))


def units(seconds, places=None):
    people, n = seconds.shape
    return Units(
        "handling",
        places or [f"80{k:02}" for k in range(people)],
        np.repeat(np.arange(people), n),
        np.stack([seconds.ravel(), np.ones(seconds.size)], axis=1),
        np.ones(seconds.size, dtype=np.int64),
    )


def figures(seconds, places=None):
    names = places or [f"80{k:02}" for k in range(len(seconds))]
    return {
        name: (LineValue(float(own.sum()), len(own), float(own.mean()), len(own)),)
        for name, own in zip(names, seconds, strict=True)
    }


def judged() -> Scheme:
    return scheme(line(Linear(420, 300, 200, reverse=True)))
