"""What takes something from somebody is asked once: what will happen, and why. Each is a form in a dialog.

What a browser must do itself (it listens and talks) is handed to the page's script, the rest goes to its route.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from core.i18n import _, called
from core.installation.service import load_installation
from core.installation.steering import REASON_CHARACTERS, display_names
from core.web.masking import masked_within, sees_numbers
from dashboards.components.dialog import dialog
from dashboards.components.form import Act, FormField, form
from dashboards.components.words import phone
from dashboards.pages.floor.words import OTHER, REASONS, reasons
from dashboards.session import user, web

Said = Mapping[str, str]
Row = Mapping[str, Any]
IN_A_CALL = ("ringing", "talking", "hold")


def reason_dialog(
    title: str,
    effects: Sequence[str],
    go: Act,
    offered: Sequence[str],
    *,
    name: str = "asked",
    chosen: str = "",
    fields: Sequence[FormField] = (),
) -> Any:
    """``offered`` are reasons; none is chosen beforehand but ``chosen``, which was given for this call already."""
    texts = list(dict.fromkeys(filter(None, (chosen, *offered))))
    options = [*([] if chosen else [("", _("choose"))]), *((one, one) for one in texts)]
    why = FormField(
        "why",
        _("Reason"),
        "pick",
        chosen,
        [*options, (OTHER, _("Other, in own words…"))],
        required=True,
        missing=_("Choose the reason."),
        wide=True,
        focus=True,
        bodies={one: {"reason": one} for one in texts},
    )
    own = FormField(
        "reason",
        _("In own words"),
        "area",
        most=REASON_CHARACTERS,
        required=True,
        missing=_("Write the reason."),
        wide=True,
        shown_if={"why": [OTHER]},
    )
    content = [
        html.P([html.Span(one) for one in effects if one], className="floor-effects"),
        form(name, [*fields, why, own], [go], in_dialog=True, quick=True),
    ]
    return dialog(title, content, closes=False)


def over() -> Any:
    return dialog(_("Call"), [html.P(_("This call is over."))])


def of(kind: str) -> list[str]:
    return [_(text) for text in REASONS[kind]]


def agent_label(extension: str) -> str:
    """8003 and the name; of who is not there the number alone."""
    agent = web().live.agent(extension)
    return f"{extension} {agent['name']}" if agent else extension


def will_be_informed(who: str) -> str:
    return _("{who} is told, with the reason.", who=who)


def speaker(call: Row) -> str:
    """The agent of a call, or its caller while it has none."""
    if call["agent"]:
        return agent_label(call["agent"])
    shown = call if sees_numbers(user()) else masked_within(call)
    return phone(shown["caller"])


# --- a seat, a queue --------------------------------------------------------------------------------------------


async def force(said: Said) -> Any:
    extension, state = said.get("extension", ""), said.get("state", "")
    agent = web().live.agent(extension)
    if agent is None or state not in ("ready", "break", "offline"):
        return None
    who = agent_label(extension)
    title, effect = {
        "ready": (_("Set {who} to ready?", who=who), _("{who} becomes ready and may get a call at once.", who=who)),
        "break": (
            _("Set {who} to break?", who=who),
            _("{who} gets no calls until one of you sets the seat to ready again.", who=who),
        ),
        "offline": (_("Sign {who} off?", who=who), _("{who} goes offline and gets no calls.", who=who)),
    }[state]
    later = _("{who} is in a call: it takes effect when the call is over.", who=who)
    effects = [
        effect,
        later if agent["state"] in IN_A_CALL else "",
        _("The wrap-up ends at once.") if agent["state"] == "wrap_up" else "",
        will_be_informed(who),
    ]
    go = Act(_("Set"), "POST", f"/api/v1/agents/{extension}/forced-state", {"state": state})
    kinds = await break_kinds() if state == "break" else []
    return reason_dialog(title, effects, go, of("state"), fields=kinds)


async def break_kinds() -> list[FormField]:
    installation = await web().in_session(load_installation)
    kinds = [(one.id, called(one)) for one in installation.break_reasons.values() if not one.retired]
    first = kinds[0][0] if kinds else ""
    return [FormField("break_reason", _("Kind of break"), "select", first, kinds, wide=True)]


async def queues() -> dict[str, str]:
    """Names in the reader's language by id."""
    installation = await web().in_session(load_installation)
    return {one.id: called(one) for one in installation.queues.values()}


async def close(said: Said) -> Any:
    queue = next((one for one in web().live.state()["queues"] if one["id"] == said.get("queue")), None)
    if queue is None:
        return None
    effect = _(
        "New callers are turned to what the queue does when closed; {n} who wait go on waiting.", n=queue["waiting"]
    )
    go = Act(_("Close the queue"), "PUT", f"/api/v1/queues/{queue['id']}/override", {"state": "closed"}, stop=True)
    name = (await queues()).get(queue["id"], queue["name"])
    return reason_dialog(_("Close the queue {queue}?", queue=name), [effect], go, of("close"))


# --- a call -----------------------------------------------------------------------------------------------------


async def move(said: Said) -> Any:
    call, target = web().live.call(said.get("call", "")), said.get("target", "")
    if call is None:
        return over()
    who = speaker(call)
    name = (await queues()).get(target.removeprefix("queue:")) if target.startswith("queue:") else agent_label(target)
    effect = _("The caller goes to {target}; {who} leaves the call.", target=name or target, who=who)
    go = Act(_("Move"), "POST", f"/api/v1/calls/{call['id']}/steering", {"do": "transfer", "target": target})
    return reason_dialog(_("Move the call of {who}?", who=who), [effect, will_be_informed(who)], go, of("move"))


async def end(said: Said) -> Any:
    call = web().live.call(said.get("call", ""))
    if call is None:
        return over()
    who = speaker(call)
    effects = [_("Caller and agent are cut off."), will_be_informed(who) if call["agent"] else ""]
    go = Act(_("End the call"), "POST", f"/api/v1/calls/{call['id']}/steering", {"do": "end"}, stop=True)
    return reason_dialog(_("End the call of {who}?", who=who), effects, go, of("end"))


async def take_over(said: Said) -> Any:
    call = web().live.call(said.get("call", ""))
    if call is None:
        return over()
    who = speaker(call)
    effects = [_("{who} leaves the call; the caller talks with you.", who=who), will_be_informed(who)]
    go = Act(_("Take over"), body={"call": call["id"], "mode": "take_over"}, stop=True)
    title = _("Take over the call of {who}?", who=who)
    return reason_dialog(title, effects, go, reasons(), name="supervise", chosen=said.get("chosen", ""))


async def take_listening(said: Said) -> Any:
    """Another person's supervision goes on here."""
    call = web().live.call(said.get("call", ""))
    one = next((one for one in (call or {}).get("supervision") or () if one["id"] == said.get("id")), None)
    if call is None or one is None:
        return over()
    names = await web().in_session(display_names)
    name = names.get(one["by"], one["by"])
    effect = _("{name} hears this call no longer; you go on here.", name=name)
    go = Act(_("Take it here"), body={"call": call["id"], "mode": one["mode"], "instead_of": one["id"]})
    title = _("Take over the listening of {name}?", name=name)
    return reason_dialog(title, [effect], go, reasons(), name="supervise", chosen=said.get("chosen", ""))
