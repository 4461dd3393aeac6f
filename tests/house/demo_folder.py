"""One demo folder for all houses of a run: filled once, under a lock, and copied.

What ``hotline run --demo`` makes at its first start in an empty folder, as far as it is the same for every house: the
database, its key, the first prompts and the analytics file. Ports, secrets of sessions, journal and logs are each
house's own.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from core.commands.init import init_installation
from core.config import load_settings
from core.db import connect
from core.demo.installation import demo_installation
from core.telephony.prompts import Prompts
from core.telephony.warm_up import texts_of
from etl.feed import Feeder
from etl.warehouse import Warehouse

# Set for the run by tests/conftest.py; without it every house fills its own folder.
WHERE = "HOTLINE_TEST_DEMO_FOLDER"


def copy_to(home: Path, language: str) -> None:
    """``home`` does not exist yet."""
    if where := os.environ.get(WHERE):
        shutil.copytree(_made(Path(where) / language, language), home)


def _made(folder: Path, language: str) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            fresh = folder.with_suffix(".new")
            # A process of its own: the databases' libraries and the voice keep threads and children.
            subprocess.run(
                [sys.executable, "-m", "tests.house.demo_folder", str(fresh)],
                env={**os.environ, "HOTLINE_LANGUAGE": language},
                check=True,
                stdout=subprocess.DEVNULL,
            )
            fresh.rename(folder)
    return folder


def fill(home: Path) -> None:
    init_installation(home, demo=True)
    settings = load_settings(home)
    engine, warehouse = connect(settings.database), Warehouse(settings.warehouse_path).open()
    feeder = Feeder(engine, warehouse, settings.timezone)
    while feeder.once():
        pass
    warehouse.close()
    engine.dispose()
    prompts = Prompts(settings.prompts_dir, home / "clips", settings.tts, settings.language)
    asyncio.run(prompts.warm(texts_of(demo_installation())))
    prompts.close()


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
