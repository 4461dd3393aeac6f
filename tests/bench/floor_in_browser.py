"""How long a change takes to be seen on the live floor: ``python -m tests.bench.floor_in_browser`` prints JSON.

A whole demo site, fifty other live sockets, one Chromium with the floor of 200 seats. Time runs from the request that
changes an agent's state to the moment the tile's new state stands in the page. Bounded in changes and time.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from core.clock import utc_now
from core.commands import bench
from core.demo.phone import Phone
from tests.browser.conftest import FLAGS
from tests.browser.visits import Visit
from tests.house.running import House

OTHERS, SEATS, CHANGES, PAUSE_S = 50, 200, 60, 0.35
MORE_SEATS = """
for (let n = 0; n < value - 12; n += 1) {
  const like = [...floor.agents.values()][n % 12];
  floor.agents.set(`7${n}`, { ...like, extension: `7${n}`, name: `座席${n}`, group: `${n % 8}组` });
}
"""
WATCH = """
window.seen = []; window.frames = [];
const tile = document.querySelector('.seat[data-seat="8001"]');
new MutationObserver(() => window.seen.push([tile.dataset.state, Date.now()])).observe(tile, { attributes: true, attributeFilter: ['data-state'] });
let last = performance.now();
const tick = (now) => { window.frames.push(now - last); last = now; requestAnimationFrame(tick); };
requestAnimationFrame(tick);
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        house = House(Path(folder) / "site")
        house.start()
        try:
            print(json.dumps(measure(house)))
        finally:
            house.stop()


def measure(house: House) -> dict[str, object]:
    token = house.token()
    asyncio.run(register(house))
    seconds = str(CHANGES * PAUSE_S + 30)
    others = subprocess.Popen(
        [sys.executable, "-m", "core.commands.bench_live", "clients", str(house.http), str(OTHERS), seconds, token],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert others.stdout is not None
    assert others.stdout.readline().strip() == "connected"
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            found, frames = look(Visit(chromium, house, "supervisor", 1440, 900), house, token)
            chromium.close()
    finally:
        others.kill()
        others.wait()
    return {
        "bench": "floor_in_browser",
        "machine": bench.machine(),
        "size": {"other_sockets": OTHERS, "seats": SEATS, "changes": CHANGES},
        "goal": {"latency_ms_p95": 200},
        "results": {"latency_ms": spread(found), "frame_gap_ms": spread(frames)},
    }


async def register(house: House) -> None:
    phone = Phone(house.server, "8001", "demo-8001")
    await phone.open()
    assert await phone.register(600) == 200
    await phone.close()


def look(window: Visit, house: House, token: str) -> tuple[list[float], list[float]]:
    page = window.open("/floor")
    page.wait_for_selector(".seat")
    window.put(MORE_SEATS, SEATS)
    expect(page.locator(".seat")).to_have_count(SEATS)
    page.evaluate(WATCH)
    asked: list[tuple[str, float]] = []
    for n in range(CHANGES):
        state = ("break", "ready")[n % 2]
        asked.append((state, utc_now() * 1000))
        house.ask("POST", "/api/v1/agents/8001/state", {"state": state, "reason": ""}, token)
        time.sleep(PAUSE_S)
    seen = page.evaluate("window.seen")
    assert [state for state, _at in seen] == [state for state, _at in asked], "a change was not seen"
    return [at - sent for (_s, at), (_t, sent) in zip(seen, asked, strict=True)], page.evaluate("window.frames")


def spread(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100)
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "max": round(max(values), 1)}


if __name__ == "__main__":
    main()
