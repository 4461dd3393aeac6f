"""The sip process: puts the parts together and runs the event loop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import uvloop

from core import __version__
from core.clock import utc_now
from core.config import Settings, load_settings
from core.db import connect
from core.db.identity import Memory
from core.installation.definition import Installation
from core.installation.ours import see_that_it_is_ours
from core.installation.service import follow_timezone, load_installation
from core.log_lines import log_without_numbers
from core.private import restrict_umask
from core.pulse import Pulse
from core.telephony import inputs as inp
from core.telephony.agent_snapshot import AgentSnapshot
from core.telephony.control_server import ControlServer
from core.telephony.engine import Engine
from core.telephony.installation_cache import InstallationCache
from core.telephony.journal import Journal, JournalWriter
from core.telephony.journal_sync import JournalSync
from core.telephony.media.client import MediaClient
from core.telephony.media.recorder import BYTES_PER_SECOND
from core.telephony.prompts import Prompts
from core.telephony.refused_phones import RefusedPhones
from core.telephony.signalling import Signalling
from core.telephony.warm_up import texts_of
from core.vault import Vault, read_vault

log = logging.getLogger(__name__)

TRY_RECORDING_EVERY_S = 3.0
TRY_VOICE_EVERY_S = 30.0
# Signs of life; what is amiss is looked for at every fourth.
BEAT_S = 0.25
HEALTH_BEATS = 4
# The last sounds of calls that a stop has ended reach the disk within this time.
RECORDINGS_LIMIT_S = 3.0
SWITCH_S = 0.001
ROOM_BYTES = 60 * BYTES_PER_SECOND


def main() -> None:
    parser = argparse.ArgumentParser(description="SIP signalling and call control")
    parser.add_argument("--home", type=Path, required=True)
    restrict_umask()
    pulse = Pulse()
    settings = load_settings(parser.parse_args().home)
    log_without_numbers()
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    # Sudden full collections would delay a ring; what lives at the start lives for ever.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    # Calls give the interpreter away at every packet sent: the thread that fills the database gives it back soon.
    sys.setswitchinterval(SWITCH_S)
    uvloop.run(serve(settings, pulse))


async def serve(settings: Settings, pulse: Pulse) -> None:
    """Runs until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    beating = loop.create_task(pulse.keep())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    cache = InstallationCache(settings.state_dir / "site.json", lambda: _load(settings))
    vault = read_vault(settings.key_path)
    installation = _opened(vault, await cache.first())
    journal = Journal(settings.journal_dir)
    prompts = Prompts(settings.prompts_dir, settings.home / "clips", settings.tts, settings.language, settings.drivers)
    memory = AgentSnapshot(settings.agents_path)
    before = memory.read(utc_now())
    engine = Engine(installation, journal, prompts, memory, __version__)
    sync = JournalSync(journal)

    def settle(found: list[tuple[str, str]]) -> None:
        loop.call_soon_threadsafe(media.settle, found)

    def replaced() -> None:
        loop.call_soon_threadsafe(lambda: later(_take_over(reload)))

    writer = JournalWriter(
        journal, settings.database, owed=settle, memory=Memory(settings.state_dir), replaced=replaced
    )
    media = MediaClient(settings.run_dir / "media.sock", engine.take, engine.media_link)
    signalling = Signalling(
        (settings.sip_host, settings.sip_port),
        lambda: engine.installation,
        media,
        engine.take,
        settings.state_dir,
        clock=engine.clock,
    )
    refused = RefusedPhones(engine.note)
    signalling.doors.on_refused = refused.add

    def database_state() -> str:
        return "not_synced" if writer.state == "up" and sync.ill else writer.state

    engine.attach(signalling, media, database_state, signalling.gateways.states, signalling.gateways.by_trunk)

    async def reload() -> int:
        engine.change_installation(_opened(vault, await cache.reload()))
        signalling.installation_changed()
        warm_later()
        return engine.installation.version

    beside: set[asyncio.Task[None]] = set()

    def later(work: Coroutine[Any, Any, None]) -> None:
        task = loop.create_task(work)
        beside.add(task)
        task.add_done_callback(beside.discard)

    def warm_later() -> None:
        later(prompts.warm(texts_of(engine.installation)))

    engine.started(before)
    sync.start()
    writer.start()
    control = ControlServer(settings.run_dir / "sip.sock", engine, reload, sync.on_disk)
    await media.start()
    await signalling.start()
    engine.go_on(before)
    await control.start()
    warm_later()
    later(_try_recording(settings.recordings_dir, engine))
    later(_try_voice(prompts, warm_later))
    if cache.stale:
        later(_refresh_when_back(cache, engine, vault, signalling))
    log.info("listening on %s:%s, site version %s", settings.sip_host, settings.sip_port, installation.version)

    async def live_until(over: Callable[[], bool]) -> None:
        beats = 0
        while not over():
            if beats % HEALTH_BEATS == 0:
                engine.check_health()
                refused.flush()
            engine.memory.breathe()
            beats += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), BEAT_S)

    parent = os.getppid()
    await live_until(stop.is_set)
    # Who is left behind by a ``hotline run`` that was killed has nobody who waits for it.
    if settings.drain_s and os.getppid() == parent:
        log.info("waiting for %d calls", engine.calls())
        stop.clear()
        end = loop.time() + settings.drain_s
        engine.stopping(utc_now() + settings.drain_s)
        await live_until(lambda: stop.is_set() or not engine.calls() or loop.time() >= end)
    log.info("stopping")
    engine.take(inp.CoreStopped())
    await media.drained(RECORDINGS_LIMIT_S)
    refused.flush(all_of_them=True)
    for task in tuple(beside):
        task.cancel()
    await control.stop()
    await signalling.stop()
    await engine.stop()
    await media.stop()
    prompts.close()
    await asyncio.to_thread(writer.stop, 3.0)
    await asyncio.to_thread(sync.stop)
    beating.cancel()


async def _take_over(reload: Callable[[], Awaitable[int]]) -> None:
    """Another copy of the database stands there: its site holds from now on."""
    try:
        log.info("site version %s of the database that was put there", await reload())
    except Exception as problem:
        log.warning("the site stays as it was: %s", problem)


async def _refresh_when_back(cache: InstallationCache, engine: Engine, vault: Vault, signalling: Signalling) -> None:
    """The database was away at the start: take its site over once it answers."""
    while cache.stale:
        await asyncio.sleep(5.0)
        try:
            engine.change_installation(_opened(vault, await cache.reload()))
            signalling.installation_changed()
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


def _opened(vault: Vault, installation: Installation) -> Installation:
    """The copy on disk stays sealed; only this process' memory holds the phones' secrets."""
    found, lost = vault.opened_installation(installation)
    if lost:
        log.error("the key does not open the secrets of %s: these phones cannot register", ", ".join(lost))
    return found


def _load(settings: Settings) -> Installation:
    """Of the database of this house only: whatever else stands there must not become the copy on disk."""
    engine = connect(settings.database)
    try:
        from sqlalchemy.orm import Session

        with Session(engine) as session:
            see_that_it_is_ours(settings, session.connection(), old_will_do=True)
            follow_timezone(session, settings.timezone)
            return load_installation(session)
    finally:
        engine.dispose()
