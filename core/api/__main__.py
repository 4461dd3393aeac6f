"""The web process: ``python -m core.api --home HOME``."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import uvicorn

from core.api.app import build
from core.config import load_settings


def main() -> None:
    parser = argparse.ArgumentParser(description="Pages, interface and websockets")
    parser.add_argument("--home", type=Path, required=True)
    home = parser.parse_args().home
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("sqlalchemy", "httpx", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    settings = load_settings(home)
    uvicorn.run(
        build(home),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        # Compressing for every listener anew would cost more than all the rest of a push.
        ws_per_message_deflate=False,
        ws_max_size=1 << 16,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
