"""The rules that come with the program, marked as examples: the office makes them its own. Pure."""

from __future__ import annotations

from dataclasses import replace

from core.notify.rules import AlertScope, Rule

SUPERVISORS = ("supervisor",)
KEEPERS = ("supervisor", "admin")


def _seat(figure: str, warn: float) -> Rule:
    """Long in a state: worth a look, not a noise; over as soon as the state is."""
    return Rule(0, figure, "agent", warn=warn, clear_after_s=0, sound=False)


def _broken(figure: str, scope: AlertScope = "site", after_s: float = 5) -> Rule:
    return Rule(0, figure, scope, alarm=1, raise_after_s=after_s, recipients=KEEPERS)


EXAMPLES: tuple[Rule, ...] = tuple(
    replace(rule, example=True)
    for rule in (
        # The limits stand with each queue.
        Rule(0, "longest_wait_s", "queue", queue_limits=True),
        Rule(0, "waiting", "queue", warn=5, alarm=10, clear=3, raise_after_s=10),
        # On a busy day nobody is free for half a minute every few minutes: that is no alert.
        Rule(0, "unserved", "queue", warn=1, alarm=3, raise_after_s=60),
        # Of two or three calls a share says nothing.
        Rule(
            0,
            "service_level_15min",
            "queue",
            comparison="below",
            warn=0.8,
            alarm=0.6,
            clear=0.82,
            raise_after_s=60,
            clear_after_s=60,
            least_sample=5,
            sound=False,
        ),
        _seat("agent_talking_s", 480),
        _seat("agent_hold_s", 120),
        _seat("agent_break_s", 900),
        Rule(0, "agent_trouble_s", "agent", alarm=10, clear_after_s=5, recipients=SUPERVISORS),
        _broken("sip_down", after_s=10),
        _broken("core_restarted", after_s=0),
        _broken("media_down"),
        _broken("recording_failed"),
        Rule(0, "spilling", "site", warn=1, raise_after_s=30, recipients=KEEPERS),
        _broken("lookups_beyond", after_s=0),
        _broken("trunk_down", "trunk", 10),
        # A phone whose password is known abroad dials at night, fast, and expensive numbers.
        Rule(0, "dials_refused", "site", warn=5, alarm=20, recipients=KEEPERS),
        Rule(0, "costly_calls", "site", warn=5, alarm=15, recipients=KEEPERS),
        Rule(0, "costly_s", "site", warn=1800, alarm=3600, recipients=KEEPERS),
        Rule(
            0,
            "disk_free_gb",
            "site",
            comparison="below",
            warn=10,
            alarm=2,
            clear=12,
            clear_after_s=60,
            recipients=KEEPERS,
        ),
        # Reports that chance does not explain: somebody looks at the map.
        Rule(0, "suspected_incidents", "site", alarm=1, recipients=SUPERVISORS),
        Rule(0, "overdue_orders", "site", warn=1, clear_after_s=60, sound=False),
    )
)
