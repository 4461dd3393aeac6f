"""The only place with colours, type and states: tokens for both schemes, and the stylesheet made from them.

Every state has a colour, an icon and a word everywhere; colour never stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from core.i18n import N_

FONT = '"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif'


@dataclass(frozen=True, slots=True)
class StateStyle:
    """``icon`` is the path data of a 24 × 24 stroke icon; pairs are (ink, tint)."""

    code: str
    word: str
    icon: str
    light: tuple[str, str]
    dark: tuple[str, str]


STATES: tuple[StateStyle, ...] = (
    StateStyle(
        "ready",
        N_("Ready"),
        "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12l3 3l5-6",
        ("#17703A", "#E6F4EA"),
        ("#5BD58A", "#123023"),
    ),
    StateStyle(
        "ringing",
        N_("Ringing"),
        "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4M2 8l2-3M22 8l-2-3",
        ("#1B5FC1", "#D3E5FD"),
        ("#8FC0FF", "#17407F"),
    ),
    StateStyle(
        "talking",
        N_("Talking"),
        "M5 4h4l2 5l-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2",
        ("#1B5FC1", "#E8F0FC"),
        ("#6FA8FF", "#14294A"),
    ),
    StateStyle(
        "hold",
        N_("On hold"),
        "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M10 9v6M14 9v6",
        ("#8A5A00", "#FCF0D6"),
        ("#F2B84B", "#3A2C10"),
    ),
    StateStyle(
        "wrap_up", N_("Wrap-up"), "M6 3h9l4 4v14H6zM9 11h7M9 15h7", ("#6B3FA8", "#F1EAFA"), ("#BFA1F7", "#2A2145")
    ),
    StateStyle(
        "break",
        N_("Break"),
        "M4 9h13v6a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5zM17 10h2a2 2 0 0 1 0 5h-2M8 3v3M12 3v3",
        ("#55616B", "#E9EDF0"),
        ("#A9B6C0", "#222D35"),
    ),
    StateStyle(
        "offline", N_("Offline"), "M12 3v8M6.5 6.5a8 8 0 1 0 11 0", ("#66727C", "#F6F8F9"), ("#8294A0", "#131C22")
    ),
    StateStyle(
        "trouble", N_("Trouble"), "M12 4L2.5 20h19zM12 10v5M12 17.5v.5", ("#B3261E", "#FCE8E6"), ("#FF8278", "#43191A")
    ),
)

LIGHT: Mapping[str, str] = {
    "bg": "#EEF2F4",
    "panel": "#FFFFFF",
    "raised": "#F6F8F9",
    "line": "#D5DDE2",
    "text": "#15222B",
    "text2": "#455662",
    "text3": "#5D6D78",
    "accent": "#0B7285",
    "accent-tint": "#E1F1F4",
    "accent-area": "#B6D5DA",
    "on-accent": "#FFFFFF",
    "warn": "#8A5A00",
    "bad": "#B3261E",
    "good": "#17703A",
    "last-period": "#5D6D78",
    "context": "#8094A0",
}
DARK: Mapping[str, str] = {
    "bg": "#0A1116",
    "panel": "#111B22",
    "raised": "#18252E",
    "line": "#263742",
    "text": "#EAF1F5",
    "text2": "#B4C3CD",
    "text3": "#8FA2AE",
    "accent": "#4CC4D6",
    "accent-tint": "#12323A",
    "accent-area": "#234E58",
    "on-accent": "#0A1116",
    "warn": "#F2B84B",
    "bad": "#FF8278",
    "good": "#5BD58A",
    "last-period": "#F5FAFC",
    "context": "#5A7080",
}


NAMED = re.compile(r"var\(--([\w-]+)\)")
_AXIS = {
    "gridcolor": "var(--line)",
    "linecolor": "var(--line)",
    "zerolinecolor": "var(--line)",
    "tickfont": {"color": "var(--text3)", "size": 12},
    "fixedrange": True,
}
# What all figures look like. Colours are names of the stylesheet's properties, in traces as well: the browser puts the
# values of its scheme in (``components/figure.py``).
TEMPLATE: Mapping[str, Any] = {
    "layout": {
        "font": {"family": FONT, "size": 12, "color": "var(--text)"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 40, "r": 8, "t": 8, "b": 22},
        "showlegend": False,
        "dragmode": False,
        "bargap": 0,
        "barmode": "overlay",
        "hoverlabel": {"bgcolor": "var(--raised)", "bordercolor": "var(--line)", "font": {"color": "var(--text)"}},
        "xaxis": {**_AXIS, "showgrid": False, "zeroline": False},
        "yaxis": {**_AXIS, "rangemode": "tozero"},
    }
}


def coloured(part: Any, scheme: Mapping[str, str]) -> Any:
    """A figure's part with the scheme's values for the names of properties, where no browser puts them in."""
    if isinstance(part, str):
        found = NAMED.fullmatch(part)
        return scheme[found[1]] if found else part
    if isinstance(part, Mapping):
        return {name: coloured(one, scheme) for name, one in part.items()}
    return [coloured(one, scheme) for one in part] if isinstance(part, list | tuple) else part


def stylesheet() -> str:
    """Custom properties for both schemes; ``data-scheme="dark"`` on the root element or any part of it."""
    light = {**LIGHT, **{f"s-{s.code}": s.light[0] for s in STATES}, **{f"s-{s.code}-tint": s.light[1] for s in STATES}}
    dark = {**DARK, **{f"s-{s.code}": s.dark[0] for s in STATES}, **{f"s-{s.code}-tint": s.dark[1] for s in STATES}}
    return "\n".join(
        [
            f":root {{ --font: {FONT}; {_properties(light)} }}",
            f'[data-scheme="dark"] {{ {_properties(dark)} color-scheme: dark; }}',
            *(
                f'[data-state="{s.code}"] {{ --ink: var(--s-{s.code}); --tint: var(--s-{s.code}-tint); '
                f"--icon: {_mask(s)}; }}"
                for s in STATES
            ),
        ],
    )


def _mask(state: StateStyle) -> str:
    """The icon as a mask, so that it takes the ink of whatever stands around it."""
    image = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='black' stroke-width='2' "
        f"stroke-linecap='round' stroke-linejoin='round'><path d='{state.icon}'/></svg>"
    )
    return f'url("data:image/svg+xml,{quote(image)}")'


def _properties(values: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in values.items())
