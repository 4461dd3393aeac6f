"""A power cut in the middle of the day's work: what was answered is there when the power is back."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.commands.init import init_installation
from core.telephony.journal import read_segment
from tests.house.power_cut import NotPossible, PowerCut

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cut"), pytest.mark.timeout(600)]

WRITES = """
import os, sys
from pathlib import Path
home = Path(sys.argv[1])
def write(name, data, sync=True):
    fd = os.open(home / name, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.write(fd, data)
    if sync:
        os.fdatasync(fd)
    os.close(fd)
def names():
    fd = os.open(home, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
write("old", b" synced")
write("old", b" and not", sync=False)
write("named", b"all of it")
(home / "renamed").rename(home / "under another name")
names()
write("empty", b"nothing of it", sync=False)
names()
write("nameless", b"synced under a name that was not")
(home / "gone").unlink()
"""


def cut(home: Path, beside: Path) -> PowerCut:
    try:
        return PowerCut(home, beside)
    except NotPossible:
        pytest.skip("no compiler for the library that stands before the disk")


def test_what_was_not_synced_is_not_there_after_the_cut(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("old", "renamed", "gone"):
        (home / name).write_bytes(name.encode())
    power = cut(home, tmp_path)
    subprocess.run([sys.executable, "-c", WRITES, home], env={**os.environ, **power.environment}, check=True)
    image = power.image(tmp_path / "image")
    assert {path.name: path.read_bytes() for path in image.iterdir()} == {
        "old": b"old synced",
        "named": b"all of it",
        "under another name": b"renamed",
        "empty": b"",
        "gone": b"gone",
    }


# Both writers of a site without the rest of it: orders into the database, facts through the journal into the same.
WORKS = """
import asyncio, os, sys, threading
from pathlib import Path
from sqlalchemy.orm import Session
from core.clock import utc_now
from core.config import load_settings
from core.db import connect
from core.events import CallArrived, Event
from core.telephony.journal import Journal, JournalWriter
from core.telephony.journal_sync import JournalSync
from core.workorders import service
from core.workorders.intake import IntakeRequest
from core.workorders.rights import Actor
settings = load_settings(Path(sys.argv[1]))
def say(*words):
    os.write(1, " ".join(words).encode() + b"\\n")
def orders():
    engine = connect(settings.database)
    wanted = IntakeRequest("repair.leak_visible", "x", channel="web", address="x")
    for number in range(10_000):
        with Session(engine) as session:
            kept = service.open_order(session, wanted, Actor("x", "supervisor"), utc_now(), f"k{number}")
        say("order", kept.id)
async def facts():
    journal = Journal(settings.journal_dir)
    sync = JournalSync(journal)
    sync.start()
    JournalWriter(journal, settings.database).start()
    for number in range(100_000):
        journal.append([Event.of(CallArrived(f"c{number}", "inbound", "1", "2"), utc_now())])
        await sync.on_disk()
        say("fact", f"c{number}")
def or_end(work):
    try:
        work()
    finally:
        os._exit(1)
threading.Thread(target=or_end, args=(orders,), daemon=True).start()
or_end(lambda: asyncio.run(facts()))
"""
ANSWERS = 25


@pytest.mark.parametrize("seed", range(2))
def test_answered_orders_and_facts_are_in_what_a_power_cut_leaves_of_database_and_journal(
    tmp_path: Path, seed: int
) -> None:
    home = tmp_path / "home"
    init_installation(home, demo=False)
    power = cut(home, tmp_path)
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKS, home], env={**os.environ, **power.environment}, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    least = ANSWERS + random.Random(seed).randrange(20)
    answered: dict[str, list[str]] = {"order": [], "fact": []}
    for line in worker.stdout:
        kind, about = line.split()
        answered[kind].append(about)
        if min(map(len, answered.values())) >= least:
            break
    assert min(map(len, answered.values())) >= least, "it ended by itself"
    # What was told before the power went is in the pipe, its last line perhaps cut.
    worker.send_signal(signal.SIGSTOP)
    image = power.image(tmp_path / "image")
    worker.kill()
    for line in worker.stdout.read().split("\n")[:-1]:
        kind, about = line.split()
        answered[kind].append(about)
    worker.stdout.close()
    worker.wait()

    with sqlite3.connect(image / "hotline.db") as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        orders = {order for (order,) in db.execute("select id from work_orders")}
        facts = {subject for (subject,) in db.execute("select subject from event_log where kind = 'call_arrived'")}
    for segment in sorted((image / "journal").glob("*.jsonl")):
        facts |= {found.subject for found in read_segment(segment, 0, 10**9)[0]}
    assert not set(answered["order"]) - orders, "answered and lost"
    assert not set(answered["fact"]) - facts, "answered and lost"
