"""``hotline run``: starts and watches all processes of a site and says when calls and pages are served."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from core.bootstrap.household import Household
from core.bootstrap.ports import check_ports
from core.clock import iso, shift_s, utc_now
from core.commands.apart import apart
from core.commands.folders import folder_in_words
from core.commands.status import ask
from core.config import Settings, load_settings
from core.durable import try_folder
from core.errors import BadInput, Unavailable
from core.i18n import _, translate_error
from core.role_names import ROLE_NAMES
from core.terminal import speak

READY_LIMIT_S = 60.0
# Without these no call or no page is served. A hotline with a full disk still takes calls.
WAITED_FOR = ("sip", "media", "database")
WATCH_EVERY_S = 0.1


def register(app: typer.Typer) -> None:
    @app.command("run")
    def run(
        home: Annotated[Path, typer.Option(help="The site's data folder.", readable=False)],
        http: Annotated[str | None, typer.Option(help="HOST:PORT of the pages.")] = None,
        sip: Annotated[str | None, typer.Option(help="HOST:PORT of SIP (UDP).")] = None,
        rtp_ports: Annotated[str | None, typer.Option(help="A-B, the UDP ports for voice.")] = None,
        drain: Annotated[
            float | None, typer.Option(help="Seconds that a stop waits for calls; a second signal stops at once.")
        ] = None,
        demo: Annotated[bool, typer.Option(help="Fill an empty folder with the labelled demo site.")] = False,
    ) -> None:
        """Start and watch sip, media and web."""
        run_installation(home, overrides(http, sip, rtp_ports, drain), demo=demo)


def overrides(http: str | None, sip: str | None, rtp_ports: str | None, drain: float | None = None) -> dict[str, str]:
    """The options as settings of the environment, which every process of the site reads."""
    found: dict[str, str] = {}
    for name, value in (("http", http), ("sip", sip)):
        if value is not None:
            host, colon, port = value.rpartition(":")
            if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
                raise BadInput(
                    "{value} is not HOST:PORT.",
                    field=f"--{name}",
                    remedy="Give it like 127.0.0.1:8050.",
                    value=value,
                )
            found[f"HOTLINE_{name.upper()}_HOST"], found[f"HOTLINE_{name.upper()}_PORT"] = host, port
    if rtp_ports is not None:
        first, dash, last = rtp_ports.partition("-")
        if not dash or not first.isdigit() or not last.isdigit() or not 1024 <= int(first) < int(last) < 65536:
            raise BadInput(
                "{value} is not a port range.",
                field="--rtp-ports",
                remedy="Give it like 20000-27999.",
                value=rtp_ports,
            )
        found["HOTLINE_RTP_FROM"], found["HOTLINE_RTP_TO"] = first, last
    if drain is not None:
        found["HOTLINE_DRAIN_S"] = str(drain)
    return found


def run_installation(home: Path, environment: dict[str, str], *, demo: bool) -> None:
    """Blocks until SIGTERM or SIGINT. The line beginning ``ready`` is a promise: a call and a page are served."""
    home = home.resolve()
    os.environ.update(environment)
    with folder_in_words(home):
        finished = apart(lambda: _finish_restore(home))
        settings = load_settings(home)
        speak(settings.language, os.environ.get("HOTLINE_LANGUAGE", ""))
        if finished:
            say(_("A restore that was cut short is finished."))
        household = Household(settings, environment, say)
        if settings.run_dir.is_dir():
            # Before anything is touched: another one may be running here.
            household.claim()
        else:
            check_ports(settings)
        _ensure(settings, demo=demo)
    see_that_we_may_write(settings)
    if shift_s():
        say(_("The clock of this site is shifted: here it is {now}.", now=iso(utc_now())))
    stopping = 0

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping += 1

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        household.start()
        ready_by = time.monotonic() + READY_LIMIT_S
        ready = False
        while not stopping:
            household.watch()
            if not ready and (ready := is_ready(settings)):
                say(welcome(settings))
                say(voice_limit(settings))
                say(
                    f"ready http://{settings.http_host}:{settings.http_port} "
                    f"sip:{settings.sip_host}:{settings.sip_port}",
                )
            if not ready and time.monotonic() > ready_by:
                # Said again every minute, and no reason to give up: calls connect while a database is away.
                say(not_ready(home))
                ready_by = time.monotonic() + READY_LIMIT_S
            time.sleep(WATCH_EVERY_S)
    finally:
        if stopping == 1 and settings.drain_s:
            say(_("Calls may go on for {seconds} s; a second signal stops at once.", seconds=f"{settings.drain_s:g}"))
            household.drain(settings.drain_s, lambda: stopping > 1)
        household.stop()


def see_that_we_may_write(settings: Settings) -> None:
    """Refuses a start that would lose facts, or what every seat was doing, as soon as it matters."""
    for folder in (settings.state_dir, settings.journal_dir):
        with folder_in_words(folder):
            try_folder(folder)


def voice_limit(settings: Settings) -> str:
    """A call between two has two legs, and a leg two ports."""
    return _(
        "Voice ports {first} to {last} are enough for {calls} calls at the same time.",
        first=settings.rtp_from,
        last=settings.rtp_to,
        calls=(settings.rtp_to - settings.rtp_from - settings.rtp_from % 2 + 1) // 4,
    )


def say(line: str) -> None:
    """For people. Nobody who reads any more, or a full disk behind ``>``, is no reason to end the calls."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def _ensure(settings: Settings, *, demo: bool) -> None:
    """The site exists, in the database or at least in the copy that calls can be served from."""

    def work() -> None:
        from core.commands.init import ensure_installation

        ensure_installation(settings.home, demo=demo)

    try:
        apart(work)
    except Unavailable as away:
        if not (settings.state_dir / "site.json").exists():
            raise
        message, _remedy = translate_error(away)
        say(message)
        say(_("Calls are served from the copy of the site in {folder} meanwhile.", folder=settings.state_dir))


def _finish_restore(home: Path) -> bool:
    from core.commands.restoring import finish_restore

    return bool(finish_restore(home))


def not_ready(home: Path) -> str:
    """What is missing, in words, with the place to look."""
    parts = ask(home).get("parts", {})
    down = [name for name, part in parts.items() if isinstance(part, dict) and part.get("status") == "down"]
    return _(
        "Not ready yet: {parts}. Look into the folder {logs}.",
        parts=", ".join(down) or _("no answer"),
        logs=home / "log",
    )


def is_ready(settings: Settings) -> bool:
    """A page would be served and an OPTIONS request is answered; what else is amiss (``hotline status``) may be."""
    url = f"http://{settings.http_host}:{settings.http_port}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            parts = json.load(answer)["parts"]
    except urllib.error.HTTPError as unwell:
        try:
            parts = json.load(unwell)["parts"]
        except (ValueError, KeyError):
            return False
    except (OSError, ValueError, KeyError):
        return False
    if any(parts.get(name, {}).get("status", "down") == "down" for name in WAITED_FOR):
        return False
    return answers_options(settings.sip_host, settings.sip_port)


def answers_options(host: str, port: int, limit_s: float = 1.0) -> bool:
    """RFC 3261 11: any final answer to OPTIONS says that the user agent is there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(limit_s)
        phone.connect((host, port))
        own_host, own_port = phone.getsockname()
        tag = f"{time.monotonic_ns():x}"
        phone.send(
            (
                f"OPTIONS sip:{host}:{port} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {own_host}:{own_port};branch=z9hG4bK{tag};rport\r\n"
                f"Max-Forwards: 70\r\nFrom: <sip:ready@{own_host}>;tag={tag}\r\nTo: <sip:{host}:{port}>\r\n"
                f"Call-ID: {tag}@{own_host}\r\nCSeq: 1 OPTIONS\r\nContact: <sip:ready@{own_host}:{own_port}>\r\n"
                "Content-Length: 0\r\n\r\n"
            ).encode(),
        )
        try:
            return phone.recv(2048).startswith(b"SIP/2.0 ")
        except OSError:
            return False


def _who(user: Mapping[str, str]) -> str:
    """Sites made before people had names in their list show the role alone."""
    return _("({text})", text=" · ".join(filter(None, (user.get("display_name", ""), _(ROLE_NAMES[user["role"]])))))


def welcome(settings: Settings) -> str:
    """Address, and for a demo site its log-ins and SIP accounts."""
    lines = [_("Pages:") + f" http://{settings.http_host}:{settings.http_port}/"]
    about = settings.home / "demo.json"
    if about.exists():
        demo = json.loads(about.read_text("utf-8"))
        lines.append(_("Demo site: all people, calls and customers in it are invented."))
        lines.append(_("Log-ins (user / password):"))
        lines += [f"  {user['name']} / {user['password']}  {_who(user)}" for user in demo["users"]]
        lines.append(_("SIP accounts (registrar {host}:{port}, UDP):", host=settings.sip_host, port=settings.sip_port))
        lines += [f"  {account['extension']} / {account['password']}" for account in demo["accounts"]]
        lines.append(
            _("Numbers to dial:") + " " + ", ".join(f"{did['number']} ({did['name']})" for did in demo["dids"])
        )
        lines.append(_("Traffic to watch: hotline demo traffic --home {home} --calls-per-hour 240", home=settings.home))
    return "\n".join(lines)
