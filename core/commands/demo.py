"""``hotline demo traffic``: robots that call and answer, so that anyone can watch the floor live."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Annotated

import typer

from core.clock import utc_now
from core.config import load_settings
from core.demo.traffic import Score, Traffic
from core.demo.voices import voices_or_none
from core.errors import BadInput, NotFound, Unavailable
from core.i18n import _
from core.telephony.control_client import ControlClient

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def register(app: typer.Typer) -> None:
    demo = typer.Typer(help="Labelled demo traffic.", no_args_is_help=True)
    app.add_typer(demo, name="demo")

    @demo.callback()
    def group() -> None:
        """Keeps ``traffic`` a word of its own while it is the only one."""

    @demo.command("traffic")
    def traffic(
        home: Annotated[Path, typer.Option(help="The running demo site's data folder.", readable=False)],
        calls_per_hour: Annotated[float, typer.Option(help="Mean arrivals an hour.")],
        minutes: Annotated[float, typer.Option(help="How long to place calls.")] = 60.0,
        agents: Annotated[int, typer.Option(help="How many agent robots to sign on.")] = 10,
        talk_scale: Annotated[float, typer.Option(help="Multiplies the conversations' lengths.")] = 1.0,
        seed: Annotated[int | None, typer.Option(help="Repeat an earlier run.")] = None,
    ) -> None:
        """Place real SIP calls from caller robots to agent robots through the running core."""
        if calls_per_hour <= 0:
            raise BadInput("The rate must be above zero.", field="--calls-per-hour", remedy="Give for example 240.")
        chosen = int(utc_now()) if seed is None else seed
        score = asyncio.run(run(home, calls_per_hour, minutes, agents, talk_scale, chosen))
        print(
            _(
                "Demo traffic: {placed} calls, {answered} answered, {gave_up} gave up, {failed} failed (seed {seed}).",
                placed=score.placed,
                answered=score.answered,
                gave_up=score.gave_up,
                failed=score.failed,
                seed=chosen,
            ),
        )


async def run(home: Path, calls_per_hour: float, minutes: float, agents: int, talk_scale: float, seed: int) -> Score:
    """Finds the running site and lets the robots loose on it."""
    try:
        about = json.loads((home / "run" / "site.json").read_text("utf-8"))
    except (OSError, ValueError) as missing:
        raise Unavailable("No running site in {home}.", remedy="Start it with hotline run.", home=home) from missing
    try:
        installation = json.loads((home / "demo.json").read_text("utf-8"))
    except (OSError, ValueError) as missing:
        raise NotFound(
            "{home} is not a demo site.",
            remedy="Robots call demo sites only: hotline run --demo.",
            home=home,
        ) from missing
    settings = load_settings(home)
    host, _colon, port = about["sip"].rpartition(":")
    control = ControlClient(home / "run" / "sip.sock")
    robots = Traffic(
        (host, int(port)),
        control,
        {account["extension"]: account["password"] for account in installation["accounts"]},
        installation.get("callers", []),
        seed=seed,
        talk_scale=talk_scale,
        voices=await asyncio.to_thread(voices_or_none, settings.tts, settings.drivers),
    )
    loop = asyncio.get_running_loop()
    for one in ENDINGS:
        # The first asks the robots to leave in good order; the next one has its usual effect.
        loop.add_signal_handler(one, _leave, loop, robots)
    return await robots.run(calls_per_hour, minutes * 60, agents)


def _leave(loop: asyncio.AbstractEventLoop, robots: Traffic) -> None:
    for one in ENDINGS:
        loop.remove_signal_handler(one)
    print(_("Demo traffic ends: the callers who wait are answered first."), flush=True)
    robots.stop()
