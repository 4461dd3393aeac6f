"""The files that pages load: each named by its content, so that browsers keep it for good, and packed once.

Scripts are ES modules that import one another by ``import … from "./name.js"``; those names become the hashed ones, and
a page is told all that its own modules lead to, so that a browser asks for everything at once.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

from core.errors import NotFound

FOLDER = Path(__file__).parent / "assets"
BELOW = "/res/"
IMPORT = re.compile(r'^import (?:[^"]* from )?"\./([\w-]+)\.js";$', re.MULTILINE)
# A script that another thread runs is named, and not asked for before it is needed.
WORKLET = re.compile(r'new URL\("\./([\w-]+)\.js", import\.meta\.url\)')
SCRIPT, STYLE = "text/javascript", "text/css"
LEVEL = 9


@dataclass(slots=True)
class File:
    """``read`` is called once, when somebody asks first; afterwards only the packed form is kept."""

    media_type: str
    read: Callable[[], bytes]
    packed: bytes | None = None

    async def answer(self, request: Request) -> Response:
        if self.packed is None:
            self.packed = await asyncio.to_thread(lambda: gzip.compress(self.read(), LEVEL, mtime=0))
        # Some of Dash's parts are asked for by a name without a version.
        mark = f'"{sha256(self.packed).hexdigest()[:16]}"'
        headers = {"Vary": "Accept-Encoding", "ETag": mark}
        if mark in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(gzip.decompress(self.packed), headers=headers, media_type=self.media_type)
        headers["Content-Encoding"] = "gzip"
        return Response(self.packed, headers=headers, media_type=self.media_type)


@dataclass(slots=True)
class Module:
    """A script with all that it imports, itself last."""

    address: str
    leads_to: tuple[str, ...]


@dataclass(slots=True)
class Files:
    """Everything below ``/res/`` of the pages; ``at`` has each file by its whole address."""

    folder: Path = FOLDER
    at: dict[str, File] = field(default_factory=dict)
    _modules: dict[str, Module] = field(default_factory=dict)

    def put(self, name: str, media_type: str, content: bytes, below: str = BELOW) -> str:
        """``name`` is ``desk.js``; returns the address with the content's hash in it."""
        stem, _, kind = name.rpartition(".")
        address = f"{below}{stem}-{sha256(content).hexdigest()[:16]}.{kind}"
        self.at[address] = File(media_type, lambda: content)
        return address

    def style(self, *names: str, before: str = "") -> str:
        """One stylesheet of several; named by the first."""
        parts = [before, *((self.folder / f"{name}.css").read_text("utf-8") for name in names)]
        return self.put(f"{names[0]}.css", STYLE, "\n".join(parts).encode())

    def library(self, path: str) -> str:
        """A script of others' that is no module; ``path`` is below the folder."""
        file = self.folder / path
        return self.put(file.name, SCRIPT, file.read_bytes())

    def module(self, name: str) -> Module:
        """The script with this name, its imports renamed. A circle of imports is refused: it has no hash."""
        return self._module(name, ())

    def _module(self, name: str, above: tuple[str, ...]) -> Module:
        if name in above:
            raise ValueError(f"scripts import one another in a circle: {' → '.join((*above, name))}")
        if name not in self._modules:
            text = (self.folder / f"{name}.js").read_text("utf-8")
            imported = IMPORT.findall(text)
            parts = {part: self._module(part, (*above, name)) for part in (*imported, *WORKLET.findall(text))}

            def renamed(found: re.Match[str]) -> str:
                hashed = parts[found[1]].address.rpartition("/")[2]
                return found[0].replace(f"./{found[1]}.js", f"./{hashed}")

            text = WORKLET.sub(renamed, IMPORT.sub(renamed, text))
            address = self.put(f"{name}.js", SCRIPT, text.encode())
            leads_to = dict.fromkeys(one for part in imported for one in parts[part].leads_to)
            self._modules[name] = Module(address, (*leads_to, address))
        return self._modules[name]

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        if path not in self.at:
            raise NotFound("There is nothing at {path}.", path=path)
        return await self.at[path].answer(request)
