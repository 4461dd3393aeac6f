"""A call in its flow: what is said, which key leads where, and what silence means. ``ivr`` knows the flow itself."""

from __future__ import annotations

from collections.abc import Callable

from core.events import FlowEntered, MenuChosen
from core.installation.definition import Flow
from core.telephony import commands as cmd
from core.telephony import ivr
from core.telephony.call_control import bridging, endings
from core.telephony.call_control.states import Call
from core.telephony.call_control.world import World
from core.telephony.hours import state_at

GoTo = Callable[[Call, str], None]


def enter(w: World, call: Call, flow: Flow, go_to: GoTo) -> None:
    call.flow, call.place = flow, ivr.FlowPosition(flow.start)
    call.back.clear()
    w.set_call(call, "ivr")
    w.listen(call, on=True)
    w.emit(FlowEntered(call.id, flow.id, flow.version))
    walk(w, call, flow, go_to)


def walk(w: World, call: Call, flow: Flow, go_to: GoTo) -> None:
    """On to the next thing that the caller hears, or out of the flow."""

    def hours(calendar_id: str) -> str:
        calendar = w.installation.calendars.get(calendar_id)
        return state_at(calendar, w.wall) if calendar else "open"

    step = ivr.walk(flow, call.place, hours)
    if step.say:
        bridging.play(w, call, step.say)
    elif step.wait_s is not None:
        wait_for_key(w, call, flow)
    elif step.queue:
        call.urgency, call.skills = step.priority, step.skills
        go_to(call, f"queue:{step.queue}")
    elif step.target:
        go_to(call, step.target)
    else:
        endings.end_call(w, call, "flow_ended")


def wait_for_key(w: World, call: Call, flow: Flow) -> None:
    w.send(cmd.StartTimer(f"key:{call.id}", ivr.wait_s(flow, call.place)))


def spoken(w: World, call: Call, go_to: GoTo) -> None:
    """What was said was heard to its end."""
    flow = call.flow
    if call.state != "ivr" or flow is None:
        return
    if ivr.waits_for_keys(flow, call.place):
        wait_for_key(w, call, flow)
    else:
        ivr.said(flow, call.place)
        walk(w, call, flow, go_to)


def pressed(w: World, call: Call, digit: str, go_to: GoTo) -> None:
    flow = call.flow
    if call.state != "ivr" or flow is None or not ivr.barge_in(flow, call.place):
        return
    bridging.stop_play(w, call)
    node = call.place.node
    outcome = ivr.pressed(flow, call.place, digit)
    if outcome is None:
        wait_for_key(w, call, flow)
        return
    w.send(cmd.StopTimer(f"key:{call.id}"))
    w.emit(MenuChosen(call.id, node, digit, outcome))
    walk(w, call, flow, go_to)


def waited(w: World, call: Call, go_to: GoTo) -> None:
    """No key came in time."""
    flow = call.flow
    if call.state != "ivr" or flow is None:
        return
    node, digits = call.place.node, call.place.digits
    w.emit(MenuChosen(call.id, node, digits, ivr.timed_out(flow, call.place)))
    walk(w, call, flow, go_to)
