"""The one door to the outside: every leg that the house dials out passes here, whoever made it dial. Pure.

A desk's call, a phone's call, a transfer, a question, a conference, a diversion and a menu that leads outside differ in
who pays: an extension, the site, or nobody. A party outside has no right to make us dial anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import numbering
from core.events import DialledOut, DialRefused
from core.i18n import N_
from core.installation.definition import Trunk
from core.telephony.call_control.spending import Costly
from core.telephony.call_control.states import Call, Segment
from core.telephony.hours import state_at
from core.telephony.inputs import CallId, LegId

if TYPE_CHECKING:
    from core.telephony.call_control.world import World

# Who pays when a menu, a queue or one of our numbers leads outside.
SITE = "site"
WINDOW_S = 3600.0

_ASK = N_("Ask an administrator to change the dialling rights.")
_CLASS: Mapping[str, str] = {
    "internal": N_("You have no right to call colleagues."),
    "local": N_("You have no right to dial local numbers."),
    "national": N_("You have no right to dial national numbers."),
    "international": N_("You have no right to dial international numbers."),
    "premium": N_("You have no right to dial premium numbers."),
}
_HOURS = N_("You may not dial outside at this hour.")
_MOST = N_("You have as many calls to the outside as you may.")
_STRANGER = N_("Nobody outside may have numbers dialled.")


@dataclass(frozen=True, slots=True)
class BarredCall:
    """``why`` is ``nowhere`` when no pattern knows the number or no trunk leads outside."""

    number: str
    number_class: str
    why: str

    @property
    def status(self) -> int:
        return 404 if self.why == "nowhere" else 403

    @property
    def phrase(self) -> str:
        """The reason phrase of the SIP response."""
        match self.why:
            case "nowhere":
                return "Not Found"
            case "stranger":
                return "Forbidden"
            case "hours":
                return "Forbidden at this hour"
            case "most":
                return "Forbidden: too many calls at once"
        return f"Forbidden: no right to dial {self.number_class} numbers"

    @property
    def words(self) -> tuple[str, str]:
        """Message and remedy, as gettext ids."""
        match self.why:
            case "stranger":
                return _STRANGER, N_("Have it dialled by an extension of the house.")
            case "hours":
                return _HOURS, _ASK
            case "most":
                return _MOST, N_("End one of them first.")
        return _CLASS.get(self.number_class, _CLASS["premium"]), _ASK


def refusal(w: World, target: str, payer: str | None) -> BarredCall | None:
    """Why ``payer`` (an extension, ``SITE``, or None for a party outside) may not have this target called."""
    kind, _, rest = target.partition(":")
    installation = w.installation
    if kind != "number":
        if payer is None or payer == SITE:
            return None
        right = _right(w, payer)
        why = numbering.judge("internal", right, in_hours=True, at_once=0)
        return BarredCall(rest, "internal", why) if why else None
    number_class = numbering.classify(rest, installation.number_rules.values(), installation.area_code)
    if payer is None:
        return BarredCall(rest, number_class, "stranger")
    if not number_class or trunk_out(w) is None:
        return BarredCall(rest, number_class, "nowhere")
    right = _right(w, payer)
    calendar = installation.calendars.get(right.hours or "")
    in_hours = right.hours is None or (calendar is not None and state_at(calendar, w.wall) == "open")
    why = numbering.judge(number_class, right, in_hours=in_hours, at_once=_at_once(w, payer))
    return BarredCall(rest, number_class, why) if why else None


def trunk_out(w: World) -> Trunk | None:
    """The first that has a gateway, back to ourselves only where no other one has."""
    ways = [trunk for trunk in w.installation.trunks.values() if trunk.gateway]
    return min(ways, key=lambda one: one.loops, default=None)


def payer_at(w: World, call: Call, leg: LegId) -> str | None:
    """Who of the house talks through this leg; None when it is a party outside."""
    segment = call.first if leg == call.caller_leg else call.segments.get(leg)
    if segment is not None:
        if segment.outside:
            return None
        if segment.tab:
            return segment.extension
    extension = w.extension_at(call, leg)
    return extension if extension in w.installation.accounts or extension in w.installation.agents else None


def role_of(w: World, extension: str) -> str:
    """A phone that nobody signs in with is an agent's when an agent sits there."""
    return w.installation.roles.get(extension) or ("agent" if extension in w.installation.agents else "phone")


def note_refused(w: World, no: BarredCall, payer: str | None, call: CallId | None) -> None:
    """On record, and counted for the alert; a number that nobody knows is a slip of the finger."""
    if no.why != "nowhere":
        w.emit(DialRefused(call, payer or "", no.number, no.number_class, no.why))  # type: ignore[arg-type]
        w.spending.refusals.append(w.now)


def note_dialled(w: World, call: Call, segment: Segment, trunk: str) -> None:
    number_class = numbering.classify(segment.extension, w.installation.number_rules.values(), w.installation.area_code)
    w.spending.out[segment.leg] = segment
    w.emit(DialledOut(call.id, segment.id, segment.payer, segment.extension, number_class, trunk))
    if number_class in numbering.COSTLY:
        one = Costly(segment, w.now)
        w.spending.costly.append(one)
        w.spending.running.append(one)


def follow_spending(w: World) -> None:
    """After every input: what of the expensive calls is answered or over by now."""
    if not w.spending.running:
        return
    for one in w.spending.running:
        if one.answered_at is None and one.segment.answered:
            one.answered_at = w.now
        if one.segment.leg not in w.legs:
            one.ended_at = w.now
    w.spending.running = [one for one in w.spending.running if one.ended_at is None]


def figures(w: World, now: float) -> dict[str, int]:
    """Of the last hour, for health and alerts."""
    since = now - WINDOW_S
    recent = [one for one in w.spending.costly if one.started_at >= since or (one.ended_at or now) >= since]
    spent_s = sum(
        max(0.0, (one.ended_at or now) - max(one.answered_at, since)) for one in recent if one.answered_at is not None
    )
    return {
        "refused": sum(1 for at in w.spending.refusals if at >= since),
        "costly_calls": sum(1 for one in recent if one.started_at >= since),
        "costly_minutes": round(spent_s / 60),
    }


def _right(w: World, payer: str) -> numbering.DialRight:
    if payer == SITE:
        return numbering.right_of(w.installation.dial_rights, None, "")
    return numbering.right_of(w.installation.dial_rights, payer, role_of(w, payer))


def _at_once(w: World, payer: str) -> int:
    """Numbers outside that are being called or talked to on this right, whichever call they are in by now."""
    out = w.spending.out = {leg: segment for leg, segment in w.spending.out.items() if leg in w.legs}
    return sum(1 for segment in out.values() if segment.payer == payer)
