"""Why a request cannot be taken, as the response that says so. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Refusal(Exception):
    """``headers`` are those that tell the peer what would do instead."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()
