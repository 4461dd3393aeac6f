"""The web process: ``python -m core.web --home HOME``; with ``https_port`` the same pages also over TLS."""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from core.config import load_settings
from core.log_lines import log_without_numbers
from core.private import restrict_umask
from core.pulse import Pulse
from core.web.app import build
from core.web.http_protocol import PatientProtocol, allow_open_files
from core.web.tls import certificate


def main() -> None:
    parser = argparse.ArgumentParser(description="Pages, interface and websockets")
    parser.add_argument("--home", type=Path, required=True)
    home = parser.parse_args().home
    restrict_umask()
    pulse = Pulse()
    log_without_numbers()
    for noisy in ("sqlalchemy", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A warning for every broken request would let strangers write our log.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    allow_open_files()
    settings = load_settings(home)
    app = build(home)
    common: dict[str, Any] = {
        "app": app,
        "host": settings.http_host,
        "log_config": None,
        "access_log": False,
        "http": PatientProtocol,
        # For whom a proxy asks is believed to those that the site names: anybody on this machine could say anything.
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": settings.trusted_proxies,
        # Compressing for every listener anew would cost more than all the rest of a push.
        "ws_per_message_deflate": False,
        "ws_max_size": 1 << 16,
        "timeout_graceful_shutdown": 3,
    }
    plain = uvicorn.Config(**common, port=settings.http_port)
    servers = [uvicorn.Server(plain)]
    if settings.https_port is not None:
        crt, key = certificate(settings.state_dir, settings.http_host)
        # The parts of the process begin and end once, with the first of the two.
        secure = uvicorn.Config(
            **common, port=settings.https_port, ssl_certfile=crt, ssl_keyfile=str(key), lifespan="off"
        )
        servers.append(uvicorn.Server(secure))
    with asyncio.Runner(loop_factory=plain.get_loop_factory()) as runner:
        runner.run(serve(servers, pulse, app.state.web.turns))


async def serve(servers: list[uvicorn.Server], pulse: Pulse, turns: Callable[[], bool]) -> None:
    """Until a signal, which uvicorn hands on from the last to the first. Nobody is let in before the parts stand."""
    beating = asyncio.create_task(pulse.keep(turns))
    first, *others = servers
    running = [asyncio.create_task(first.serve())]
    # uvicorn has no event for it.
    while not first.started and not running[0].done():  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    running += [asyncio.create_task(server.serve()) for server in others]
    await asyncio.gather(*running)
    beating.cancel()


if __name__ == "__main__":
    main()
