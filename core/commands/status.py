"""``hotline status``: the health of every part of a running site, as text or JSON; exit code 0 only when healthy."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from core.bootstrap.hanging import STOPPED, state_of
from core.errors import HotlineError
from core.i18n import N_, _
from core.pulse import watched

ANSWER_LIMIT_S = 5.0
SITE = {
    "ok": N_("The site is well."),
    "degraded": N_("The site works; somebody should look."),
    "down": N_("A part of the site is down."),
}
STATES = {"ok": N_("works"), "degraded": N_("needs a look"), "down": N_("is down")}
GATEWAYS = {"up": N_("works"), "down": N_("does not answer"), "": N_("state unknown")}
NAMES = {
    "sip": N_("Signalling"),
    "media": N_("Sound"),
    "recording": N_("Recording"),
    "voice": N_("Speech"),
    "journal": N_("Call records"),
    "database": N_("Database"),
    "disk": N_("Disk"),
    "folders": N_("Folders"),
    "keeper": N_("Watching"),
    "feed": N_("Analysis"),
    "figures": N_("Figures"),
    "loop": N_("Pages' clockwork"),
    "readers": N_("Questions to the analysis"),
    "trunks": N_("Trunks"),
}
FIGURES = {
    "calls": N_("calls up: {value}"),
    "answer_ms": N_("answers in {value} ms"),
    "free_gb": N_("free: {value} GB"),
    "log_aside": N_("what the one before had not taken in lies in {value}; delete it when it is of no use"),
    "wal_mb": N_("log: {value} MB"),
    "folders": N_("folders: {value}"),
    "gateways": N_("gateways: {value}"),
    "lag_s": N_("behind by {value} s"),
    "unreadable": N_("{value} facts cannot be read; see hotline unreadable show"),
    "aside": N_("a damaged file lies aside as {value}; look at the disk, then delete it"),
}
# What a word of ``/healthz`` means to the site's keeper, with the remedy.
DETAILS = {
    ("recording", "disk_full"): N_("the disk is full; calls go on unrecorded until there is room in recordings/"),
    ("recording", "failed"): N_("recordings/ cannot be written; calls go on unrecorded; see log/media.log"),
    ("voice", "missing"): N_("callers hear tones; correct the setting tts, or install espeakng-loader again"),
    ("voice", "failed"): N_("callers hear tones; see log/sip.log"),
    ("journal", "spilling"): N_("the database takes nothing; facts wait in journal/ and follow by themselves"),
    ("journal", "not_synced"): N_("the disk does not sync; facts go to the database all the same; look at the disk"),
    ("journal", "not_ours"): N_("the database is of another house or empty; facts wait in journal/"),
    ("database", "not_ours"): N_("of another house or empty; put the right one back, or end hotline run and start it"),
    ("database", "wal_held"): N_("a program reads hotline.db in one long transaction and its log grows; end it"),
    ("database", "replaced"): N_("another file was put in its place while the site ran"),
    ("folders", "not_writable"): N_("may not be written; give them to the user that runs hotline"),
    ("database", "no_answer"): N_("no answer; calls go on; start the database or look at database_url"),
    ("feed", "database_away"): N_("waits for the database"),
    ("feed", "filling"): N_("takes in what is new"),
    ("feed", "failed"): N_("cannot write warehouse.duckdb; see log/web.log"),
    ("loop", "late"): N_("pages and live screens come late; the machine is too busy, see log/web.log"),
    ("readers", "waiting"): N_("many long questions are being worked out; pages of long periods are slow"),
    ("readers", "not_stopping"): N_("a question does not end; restart the web process"),
    ("figures", "not_reconciled"): N_("calls are not counted as they should be; send log/web.log to the maintainer"),
    ("trunks", "gateway_away"): N_("a gateway does not answer; calls go out by another one"),
    ("trunks", "no_way_out"): N_("no gateway of a trunk answers; look at the line and at hotline trunk set"),
    ("feed", "slow"): N_("a round takes long; see log/web.log"),
    ("keeper", "stopped"): N_("hotline run is stopped or hangs; let it go on with kill -CONT, or start it again"),
    ("media", "unknown"): N_("not known while calls are down"),
}


def register(app: typer.Typer) -> None:
    @app.command("status")
    def status(
        home: Annotated[Path, typer.Option(help="The site's data folder.", readable=False)],
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Say how the site is."""
        health = ask(home)
        print(json.dumps(health, ensure_ascii=False) if as_json else as_text(health))
        raise typer.Exit(0 if health["status"] == "ok" else 1)


def ask(home: Path) -> dict[str, Any]:
    """The running site's own word; a site that does not answer is ``down``, and ``detail`` says so in words."""
    try:
        about = json.loads((home / "run" / "site.json").read_text("utf-8"))
        url, processes = str(about["http"]), dict(about["processes"])
    except (OSError, ValueError, KeyError, TypeError):
        return {"status": "down", "detail": _("No running site in {home}.", home=home), "parts": {}}
    health: dict[str, Any]
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=ANSWER_LIMIT_S) as answer:  # noqa: S310 - our own site
            health = json.load(answer)
    except urllib.error.HTTPError as unwell:
        with contextlib.suppress(ValueError):
            return {**json.load(unwell), "processes": processes, "trunks": _trunks(about)}
        health = _silent(_("The pages' process answers with an error: {status}.", status=unwell.code))
    except (OSError, ValueError):
        if not _alive(about.get("pid")):
            health = _silent(_("hotline run of {home} has ended; start it again.", home=home))
            processes = {}
        elif not watched(home / "run"):
            health = _silent(
                _(
                    "hotline run (process {pid}) is stopped or hangs; let it go on with kill -CONT {pid}, or start it "
                    "again.",
                    pid=about.get("pid"),
                )
            )
        else:
            health = _silent(_("The pages' process does not answer at {url}; it is being started again.", url=url))
    trunks = _trunks(about) if health.get("parts") else {}
    return {**health, "processes": processes, "trunks": trunks}


def _trunks(about: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    """Every gateway by trunk, up or down; nothing when the site does not say."""
    # The watcher of a site holds this module for months, and asks for no trunk.
    from core.commands import running

    try:
        listed = running.ask(about, "GET", "/api/v1/trunks", None, limit_s=ANSWER_LIMIT_S)["items"]
        return {one["id"]: {way["address"]: way["state"] for way in one["gateways"]} for one in listed}
    except (HotlineError, KeyError, TypeError):
        return {}


def _silent(detail: str) -> dict[str, Any]:
    return {"status": "down", "detail": detail, "parts": {}}


def _alive(pid: object) -> bool:
    return isinstance(pid, int) and Path(f"/proc/{pid}").exists()


def as_text(health: dict[str, Any]) -> str:
    lines = [str(health.get("detail") or _(SITE.get(health["status"], health["status"])))]
    for name, process in health.get("processes", {}).items():
        said = f"{process['pid'] or '-'}, {_('restarts')} {process['restarts']}"
        if process["pid"] and state_of(int(process["pid"])) in tuple(STOPPED):
            said += f", {_('halted')}"
        lines.append(_row(name, _("Process"), said))
    for name, part in health.get("parts", {}).items():
        lines.append(
            _row(_(NAMES.get(name, name)), _(STATES.get(part["status"], part["status"])), _figures(name, part))
        )
    for trunk, gateways in health.get("trunks", {}).items():
        for gateway, state in gateways.items():
            lines.append(_row(trunk, _(GATEWAYS.get(str(state), GATEWAYS[""])), gateway))
    return "\n".join(lines)


def _row(name: str, state: str, rest: str) -> str:
    return f"  {_padded(name, 12)}{_padded(state, 10)}{rest}".rstrip()


def _padded(text: str, width: int) -> str:
    """Chinese characters are as wide as two letters."""
    return text + " " * max(1, width - sum(2 if ord(c) > 0x2E7F else 1 for c in text))


def _figures(name: str, part: dict[str, Any]) -> str:
    said = [_(label, value=part[key]) for key, label in FIGURES.items() if part.get(key) is not None]
    meaning = DETAILS.get((name, str(part.get("detail")))) or DETAILS.get((name, str(part.get("state"))))
    if meaning:
        said.append(_(meaning))
    elif part["status"] != "ok" and part.get("detail"):
        said.append(str(part["detail"]))
    return "; ".join(said)
