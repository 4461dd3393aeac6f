"""The HTML that a browser gets first, and what each page needs besides it: stylesheets, libraries, scripts."""

from __future__ import annotations

import pkgutil
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from dash.fingerprint import check_fingerprint

from dashboards import theme
from dashboards.files import SCRIPT, Files
from dashboards.pages import DashPage

# Language and scheme stand on the root element before anything is drawn, so that nothing flashes. What is deferred runs
# in the order in which it stands: our scripts, Dash's, and then what starts Dash.
TEMPLATE = """<!DOCTYPE html>
<html lang="{%lang%}"{%live%}>
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
<link rel="icon" href="data:,">
<script>document.documentElement.dataset.scheme = localStorage.getItem("scheme") || "light";</script>
{%css%}
</head>
<body{%bare%}>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""

SUITES = "/_dash-component-suites/"
# Dash's own scripts arrive as one, from the folder of dcc: that looks for its parts beside the script that it came in.
FRAME_AT = f"{SUITES}dash/dcc/"
SUITE = re.compile(rf'<script src="[^"]*({SUITES}([\w.-]+)/([^"]+))"></script>')
# No page has a table of Dash's; its polyfill is for browsers without modules, which show no page of ours. The grid is a
# megabyte for those pages only that have one.
NEVER, GRID = ("dash/dash_table/", "dash/deps/polyfill"), "dash_ag_grid/"
EVERYWHERE = ("base", "alerts", "pages", "phone")
# For pages with the bar.
BAR = ("alerts", "phone")


@dataclass(frozen=True, slots=True)
class Needs:
    """Addresses; ``modules`` are a page's own, ``leads_to`` all that a browser will ask for because of them."""

    styles: tuple[str, ...]
    libraries: tuple[str, ...]
    modules: tuple[str, ...]
    leads_to: tuple[str, ...]

    def head(self) -> str:
        sheets = [f'<link rel="stylesheet" href="{escape(one)}">' for one in self.styles]
        return "\n".join([*sheets, *(f'<link rel="modulepreload" href="{escape(one)}">' for one in self.leads_to)])

    def scripts(self, frame: str) -> str:
        """Components of others' come after Dash, which brings React; and where dcc looks for the script that it came in
        it takes the last one that is there."""
        components = [one for one in self.libraries if one.startswith(SUITES)]
        libraries = [one for one in self.libraries if one not in components]
        ours = [f'<script type="module" src="{escape(one)}"></script>' for one in self.modules]
        return "".join(
            [*ours, *(f'<script defer src="{escape(one)}"></script>' for one in (*libraries, frame, *components))]
        )


class Loads:
    """What each page needs, and where Dash's own scripts are; made once Dash knows its components."""

    def __init__(self, files: Files, pages: Iterable[DashPage], dash_scripts: str) -> None:
        """``dash_scripts`` are the tags that Dash would write into its index."""
        suites = [found.groups() for found in SUITE.finditer(dash_scripts)]
        grid = [address for address, package, path in suites if f"{package}/{path}".startswith(GRID)]
        self.frame = frame(
            files,
            [(package, path) for _, package, path in suites if not f"{package}/{path}".startswith((*NEVER, GRID))],
        )
        everywhere = files.style(*EVERYWHERE, before=theme.stylesheet())
        # Lines, bars and pies; a page that needs more loads the whole of it as a library of its own.
        self.plotly = files.library("plotly/plotly-basic.min.js")
        libraries = {"grid": grid, "wave": [files.library("wave/wavesurfer.min.js")], "plotly": [self.plotly]}
        styles = {name: files.style(name) for page in pages for name in page.styles}
        self.of: dict[str, Needs] = {}
        for page in pages:
            modules = [files.module(name) for name in ("shell", *(() if page.bare else BAR), *page.scripts)]
            self.of[page.id] = Needs(
                styles=(everywhere, *(styles[name] for name in page.styles)),
                libraries=tuple(address for name in page.libraries for address in libraries[name]),
                modules=tuple(one.address for one in modules),
                leads_to=tuple(dict.fromkeys(address for one in modules for address in one.leads_to)),
            )

    def as_json(self, pages: Iterable[DashPage]) -> list[dict[str, Any]]:
        """For scripts, which go from page to page without a new index."""
        return [
            {
                "path": f"^{pattern(page.path)}/?$",
                "styles": needs.styles,
                "scripts": needs.libraries,
                "modules": needs.modules,
            }
            for page in pages
            if (needs := self.of[page.id])
        ]


def pattern(path: str) -> str:
    """``/calls/[^/]+`` of ``/calls/<call_id>``, for Python and for browsers."""
    return re.sub(r"<\w+>", "[^/]+", path)


def frame(files: Files, suites: list[tuple[str, str]]) -> str:
    """React, Dash's renderer and its components as one file, by the name that Dash asks its index for."""
    # All that Dash's scripts take of the polyfill.
    regenerator = (files.folder / "regenerator" / "runtime.js").read_bytes()
    content = b"\n;\n".join([regenerator, *(suite(package, check_fingerprint(path)[0]) for package, path in suites)])
    return files.put("dash_renderer.js", SCRIPT, content, below=FRAME_AT)


def suite(package: str, path: str) -> bytes:
    """A file of a package of components, as Dash reads it."""
    assert package in sys.modules
    content = pkgutil.get_data(package, path)
    assert content is not None
    return content
