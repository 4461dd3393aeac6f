"""``hotline bench pages``: what each page, list and figure costs over sites of any size, and how it grows.

A web process of its own serves each site (made by ``hotline bench history``); one client asks, as browsers do.
``cpu_ms`` is the web process's time on processors, which other programs on the machine hardly change; ``ms`` is by the
clock.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from core.clock import utc_now
from core.commands import bench
from core.config import FILE
from core.errors import NotFound, Unavailable

TIMES = 3
# A newer program fills the analytics file anew first.
START_LIMIT_S = 1800.0
ANSWER_LIMIT_S = 90.0
# The sites of ``bench history`` are demo sites: everybody's password is known.
WHO, PASSWORD = "supervisor", "demo-supervisor"
# From this on a figure is one that grows: twice at ten times the calls is the machine's noise.
GROWS = 3.0

Ask = Callable[[httpx.Client], httpx.Response]


def measure(homes: list[Path], times: int = TIMES) -> dict[str, Any]:
    """Sites in the order of their calls."""
    if not homes:
        raise NotFound("There is no site to measure.", field="--home", remedy="Make one with hotline bench history.")
    for home in homes:
        if not (home / FILE).exists():
            raise NotFound(
                "There is no site in {home}.", field="--home", remedy="Make one with hotline bench history.", home=home
            )
    about = bench.machine()
    sites = sorted((site(home, times) for home in homes), key=lambda one: int(one["calls"]))
    return {"bench": "pages", "machine": about, "times": times, "sites": sites, "growth": growth(sites)}


def growth(sites: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the largest to the smallest: how many times the calls, and how many times the work of each."""
    if len(sites) < 2:
        return {}
    small, large = sites[0], sites[-1]
    ratios = {
        name: round(one["cpu_ms"] / max(small["results"][name]["cpu_ms"], 1.0), 1)
        for name, one in large["results"].items()
        if name in small["results"]
    }
    return {
        "calls": round(large["calls"] / max(small["calls"], 1), 1),
        "cpu": ratios,
        "grow": sorted(name for name, ratio in ratios.items() if ratio >= GROWS),
    }


def site(home: Path, times: int) -> dict[str, Any]:
    """All questions over one site."""
    with _served(home) as (client, process):
        count, call, order = _known(client)
        results: dict[str, Any] = {}
        worst, worst_at = 0.0, ""
        for name, ask in questions(client, call, order):
            results[name] = _timed(client, ask, times, process.pid)
            busy = client.get("/healthz").json()["parts"]["loop"]["busy_ms"]
            if busy > worst:
                worst, worst_at = busy, name
        return {
            "home": home.name,
            "calls": count,
            "loop_busy_ms": worst,
            "loop_busy_at": worst_at,
            "results": results,
        }


def questions(client: httpx.Client, call: str, order: str) -> Iterator[tuple[str, Ask]]:
    """Names and how to ask."""
    today = datetime.fromtimestamp(utc_now(), UTC) + timedelta(hours=8)
    days = {
        name: f"{today - timedelta(days=back):%Y-%m-%d}" for name, back in (("day", 0), ("month", 29), ("year", 364))
    }
    to = days["day"]
    draw = page_caller(client)
    for path in ("/wall", "/floor", "/rosters", "/alerts", "/audit", f"/calls/{call}", f"/orders/{order}"):
        yield f"page {path.replace(call, 'ONE').replace(order, 'ONE')}", draw(path)
    for period, first in days.items():
        yield f"page /calls {period}", draw("/calls", **{"from": first, "to": to})
        yield (
            f"page /calls answered in queues {period}",
            draw("/calls", **{"from": first, "to": to, "visit": "counted"}),
        )
        yield (
            f"page /calls entries {period}",
            draw("/calls", **{"from": first, "to": to, "visit": "offered", "level": "entry"}),
        )
        yield f"page /calls of an agent {period}", draw("/calls", **{"from": first, "to": to, "agent": "8001"})
        yield f"page /orders {period}", draw("/orders", **{"from": first, "to": to, "now": "all"})
    yield "page /calls year, page 20", draw("/calls", **{"from": days["year"], "to": to, "page": "20"})
    yield "page /orders open", draw("/orders")
    yield "list calls", _get("/api/v1/calls", limit="500")
    yield "list orders", _get("/api/v1/work-orders")
    yield "list calls.csv day", _get("/api/v1/calls.csv", **{"from": to, "to": to})
    yield "list work-orders.csv month", _get("/api/v1/work-orders.csv", **{"from": days["month"], "to": to})
    yield "wall figures", _get("/api/v1/wall")
    catalogue = client.get("/api/v1/indicators").json()["items"]
    for one in catalogue:
        for period, first in days.items():
            by = next((name for name in ("agent", "queue", "category") if name in one["by"]), "")
            asked = {"from": f"{first}T00:00:00", **({"by": by} if period == "year" and by else {})}
            yield f"figure {one['id']} {period}", _get(f"/api/v1/indicators/{one['id']}", **asked)


def page_caller(client: httpx.Client) -> Callable[..., Ask]:
    """A page is drawn by its router's callback: as the browser calls it."""
    router = next(one for one in client.get("/_dash-dependencies").json() if "_pages_content.children" in one["output"])
    outputs = [
        dict(zip(("id", "property"), part.split("."), strict=True)) for part in router["output"].strip(".").split("...")
    ]

    def draw(path: str, **query: str) -> Ask:
        values = {"pathname": path, "search": f"?{urlencode(query)}" if query else ""}
        body = {
            "output": router["output"],
            "outputs": outputs,
            "inputs": [{**one, "value": values.get(one["property"])} for one in router["inputs"]],
            "state": [{**one, "value": None} for one in router["state"]],
            "changedPropIds": ["_pages_location.pathname"],
        }
        return lambda asked: asked.post("/_dash-update-component", json=body)

    return draw


def _get(path: str, **query: str) -> Ask:
    return lambda client: client.get(path, params=query)


def _timed(client: httpx.Client, ask: Ask, times: int, pid: int) -> dict[str, Any]:
    taken, worked, answer = [], [], None
    for _ in range(times):
        before, begun = bench.cpu_seconds(pid), time.monotonic()
        answer = ask(client)
        taken.append(time.monotonic() - begun)
        worked.append(bench.cpu_seconds(pid) - before)
    assert answer is not None
    return {
        "ms": round(statistics.median(taken) * 1000, 1),
        "cpu_ms": round(min(worked) * 1000, 1),
        "bytes": len(answer.content),
        **({"status": answer.status_code} if answer.status_code != 200 else {}),
    }


def _known(client: httpx.Client) -> tuple[int, str, str]:
    """How many calls there are, and a call and an order."""
    call = _found(client, "/api/v1/calls", limit="1")["items"][0]["id"]
    order = _found(client, "/api/v1/work-orders", limit="1")["items"][0]["id"]
    rows = _found(client, "/api/v1/indicators/service_level.strict", **{"from": _year_ago()})["values"]
    return int(sum(one["denominator"] for one in rows)), call, order


def _found(client: httpx.Client, path: str, **query: str) -> dict[str, Any]:
    answer = client.get(path, params=query)
    if answer.status_code != 200:
        raise Unavailable("The benchmark was refused {path}: {problem}", path=path, problem=answer.text)
    found: dict[str, Any] = answer.json()
    return found


def _year_ago() -> str:
    return f"{datetime.fromtimestamp(utc_now(), UTC) - timedelta(days=364):%Y-%m-%dT00:00:00}"


@contextmanager
def _served(home: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    port = bench.free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    environment |= {"HOTLINE_HTTP_HOST": "127.0.0.1", "HOTLINE_HTTP_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "core.web", "--home", str(home)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=ANSWER_LIMIT_S) as client:
            client.headers["Authorization"] = f"Bearer {_token(client, process)}"
            yield client, process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _token(client: httpx.Client, process: subprocess.Popen[bytes]) -> str:
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit and process.poll() is None:
        try:
            # Not before the analytics file is open and nothing waits to be taken in.
            if client.get("/healthz").json()["parts"]["feed"]["state"] == "up":
                answer = client.post("/api/v1/token", data={"username": WHO, "password": PASSWORD})
                answer.raise_for_status()
                return str(answer.json()["access_token"])
        except (httpx.TransportError, KeyError):
            pass
        time.sleep(0.2)
    raise Unavailable("The web process did not start: {problem}.", problem=process.poll())
