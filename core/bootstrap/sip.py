"""The sip process: ``python -m core.bootstrap.sip --home HOME``. Puts the parts together and runs the event loop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvloop

from core import __version__
from core.clock import utc_now
from core.config import Settings, load_settings
from core.db import connect
from core.log_lines import log_without_numbers
from core.people.site_service import follow_timezone, load_site
from core.private import keep_to_ourselves
from core.site import Site
from core.telephony.control_server import ControlServer
from core.telephony.engine import Engine
from core.telephony.journal import Journal, JournalWriter
from core.telephony.media.client import MediaClient
from core.telephony.media.recorder import BYTES_PER_SECOND
from core.telephony.prompts import Prompts
from core.telephony.refused_phones import RefusedPhones
from core.telephony.seat_memory import SeatMemory
from core.telephony.signalling import Signalling
from core.telephony.site_cache import SiteCache
from core.telephony.warm_up import texts_of
from core.vault import Vault, read_vault

log = logging.getLogger(__name__)

TRY_RECORDING_EVERY_S = 3.0
TRY_VOICE_EVERY_S = 30.0
ROOM_BYTES = 60 * BYTES_PER_SECOND


def main() -> None:
    parser = argparse.ArgumentParser(description="SIP signalling and call control")
    parser.add_argument("--home", type=Path, required=True)
    keep_to_ourselves()
    settings = load_settings(parser.parse_args().home)
    log_without_numbers()
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    # Sudden full collections would delay a ring; what lives at the start lives for ever.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    uvloop.run(serve(settings))


async def serve(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    cache = SiteCache(settings.state_dir / "site.json", lambda: _load(settings.database, settings.timezone))
    vault = read_vault(settings.key_path)
    site = _opened(vault, await cache.first())
    journal = Journal(settings.journal_dir)
    prompts = Prompts(settings.prompts_dir, settings.home / "clips", settings.tts, settings.language)
    memory = SeatMemory(settings.state_dir / "seats.jsonl")
    before = memory.read(utc_now())
    engine = Engine(site, journal, prompts, memory, __version__)
    writer = JournalWriter(journal, settings.database)
    media = MediaClient(settings.run_dir / "media.sock", engine.take, engine.media_link)
    signalling = Signalling(
        (settings.sip_host, settings.sip_port), lambda: engine.site, media, engine.take, settings.state_dir
    )
    refused = RefusedPhones(engine.note)
    signalling.doors.on_refused = refused.add
    engine.attach(signalling, media, lambda: writer.state, signalling.gateways.states, signalling.gateways.by_trunk)

    async def reload() -> int:
        engine.change_site(_opened(vault, await cache.reload()))
        signalling.site_changed()
        warm_later()
        return engine.site.version

    beside: set[asyncio.Task[None]] = set()

    def later(work: Coroutine[Any, Any, None]) -> None:
        task = loop.create_task(work)
        beside.add(task)
        task.add_done_callback(beside.discard)

    def warm_later() -> None:
        later(prompts.warm(texts_of(engine.site)))

    engine.started()
    writer.start()
    control = ControlServer(settings.run_dir / "sip.sock", engine, reload)
    await media.start()
    await signalling.start()
    engine.go_on(before)
    await control.start()
    warm_later()
    later(_try_recording(settings.recordings_dir, engine))
    later(_try_voice(prompts, warm_later))
    if cache.stale:
        later(_refresh_when_back(cache, engine, vault, signalling))
    log.info("listening on %s:%s, site version %s", settings.sip_host, settings.sip_port, site.version)
    while not stop.is_set():
        engine.check_health()
        refused.flush()
        try:
            await asyncio.wait_for(stop.wait(), 1.0)
        except TimeoutError:
            continue
    log.info("stopping")
    refused.flush(all_of_them=True)
    for task in tuple(beside):
        task.cancel()
    await control.stop()
    await signalling.stop()
    await engine.stop()
    await media.stop()
    prompts.close()
    await asyncio.to_thread(writer.stop, 3.0)


async def _refresh_when_back(cache: SiteCache, engine: Engine, vault: Vault, signalling: Signalling) -> None:
    """The database was away at the start: take its site over once it answers."""
    while cache.stale:
        await asyncio.sleep(5.0)
        try:
            engine.change_site(_opened(vault, await cache.reload()))
            signalling.site_changed()
        except Exception as problem:
            log.info("site still from the copy on disk: %s", problem)


async def _try_recording(folder: Path, engine: Engine) -> None:
    """At the start, and as long as recording is down: is there room again? No call need fail to find out."""
    first = True
    while True:
        if first or engine.recording != "ok":
            engine.recording = await asyncio.to_thread(room_for_recordings, folder)
            first = False
        await asyncio.sleep(TRY_RECORDING_EVERY_S)


async def _try_voice(prompts: Prompts, warm: Callable[[], None]) -> None:
    """A voice that was missing may have been installed meanwhile."""
    while True:
        await asyncio.sleep(TRY_VOICE_EVERY_S)
        if prompts.voice != "up":
            warm()


def room_for_recordings(folder: Path) -> str:
    """``ok`` when a minute of sound can be written, ``disk_full`` or ``failed`` when not."""
    probe = folder / ".room"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with probe.open("wb") as file:
            file.write(bytes(ROOM_BYTES))
            file.flush()
            # A quota or a server may say no only now.
            os.fsync(file.fileno())
    except OSError as problem:
        log.warning("no room for recordings in %s: %s", folder, problem)
        return "disk_full" if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "failed"
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)
    return "ok"


def _opened(vault: Vault, site: Site) -> Site:
    """The copy on disk stays sealed; only this process' memory holds the phones' secrets."""
    found, lost = vault.opened_site(site)
    if lost:
        log.error("the key does not open the secrets of %s: these phones cannot register", ", ".join(lost))
    return found


def _load(url: str, timezone: str) -> Site:
    engine = connect(url)
    try:
        from sqlalchemy.orm import Session

        with Session(engine) as session:
            follow_timezone(session, timezone)
            return load_site(session)
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
