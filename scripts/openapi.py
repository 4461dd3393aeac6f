"""Writes the interface's description to a file: ``python scripts/openapi.py docs/openapi.json`` (``make openapi``)."""

import sys
import tempfile
from pathlib import Path

from core.web.app import build
from core.web.openapi import text_of


def main(file: Path) -> None:
    # Any home: the description is that of the program and not of a site.
    with tempfile.TemporaryDirectory() as home:
        app = build(Path(home))
        file.write_text(text_of(app.openapi()), "utf-8")
        app.state.web.database.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
