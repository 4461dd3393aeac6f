"""A throw-away PostgreSQL server for tests: own folder, Unix socket only, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg


class NoPostgres(Exception):
    """Says why there is none."""


@dataclass
class Cluster:
    folder: Path
    programs: Path

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def run(self, sql: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.encode())

    def start(self) -> None:
        self._control(
            "start", "-w", "-o", f"-c listen_addresses='' -k {self.folder} -c fsync=off -c max_connections=50"
        )

    def stop(self) -> None:
        self._control("stop", "-m", "immediate")

    def _control(self, *arguments: str) -> None:
        as_postgres(self.programs / "pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", *arguments)


def create() -> Cluster:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if not found:
        raise NoPostgres("no PostgreSQL server programs in /usr/lib/postgresql")
    folder = Path(tempfile.mkdtemp(prefix="hotline-pg-"))
    cluster = Cluster(folder, found[0].parent)
    try:
        if os.geteuid() == 0:
            if not shutil.which("runuser"):
                raise NoPostgres("a server does not run as root, and there is no runuser")
            shutil.chown(folder, "postgres")
        as_postgres(
            cluster.programs / "initdb",
            "-D",
            folder / "data",
            "-A",
            "trust",
            "-U",
            "postgres",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        )
        cluster.start()
    except (OSError, LookupError, subprocess.CalledProcessError) as problem:
        shutil.rmtree(folder, ignore_errors=True)
        raise NoPostgres(f"PostgreSQL could not be started: {problem}") from problem
    except NoPostgres:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return cluster


def remove(cluster: Cluster) -> None:
    with contextlib.suppress(subprocess.CalledProcessError):
        cluster.stop()
    shutil.rmtree(cluster.folder, ignore_errors=True)


def as_postgres(*command: object) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    subprocess.run(
        words,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        timeout=60,
    )
