"""The web process: ``python -m core.api --home HOME``; with ``https_port`` the same pages also over TLS."""

from __future__ import annotations

import argparse
import asyncio
import logging
from pathlib import Path
from typing import Any

import uvicorn

from core.api.app import build
from core.api.http_protocol import PatientProtocol, allow_open_files
from core.api.tls import certificate
from core.config import load_settings
from core.log_lines import log_without_numbers
from core.private import keep_to_ourselves


def main() -> None:
    parser = argparse.ArgumentParser(description="Pages, interface and websockets")
    parser.add_argument("--home", type=Path, required=True)
    home = parser.parse_args().home
    keep_to_ourselves()
    log_without_numbers()
    for noisy in ("sqlalchemy", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A warning for every broken request would let strangers write our log.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    allow_open_files()
    settings = load_settings(home)
    common: dict[str, Any] = {
        "app": build(home),
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
        runner.run(serve(servers))


async def serve(servers: list[uvicorn.Server]) -> None:
    """Until a signal, which uvicorn hands on from the last to the first. Nobody is let in before the parts stand."""
    first, *others = servers
    running = [asyncio.create_task(first.serve())]
    # uvicorn has no event for it.
    while not first.started and not running[0].done():  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    running += [asyncio.create_task(server.serve()) for server in others]
    await asyncio.gather(*running)


if __name__ == "__main__":
    main()
