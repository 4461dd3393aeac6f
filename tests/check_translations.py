"""``python -m tests.check_translations``: every message of the program has its Chinese; exit code 1 and a list if not.

Ids are found in the source: ``_()`` and ``N_()`` with a literal, and the message and remedy of every error raised.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from core import errors
from core.locale.build import read_fragments

ROOT = Path(__file__).parent.parent
FOLDERS = ("core", "etl", "kpi", "qa", "geo_analysis", "dashboards")
MARKS = {"_", "N_"}
# A time's pattern (分:秒), what is typed as it stands (queue:编号, `code`), and links.
NO_WORDS = re.compile(r"分:秒|[a-z_]+:(?=[\u4e00-\u9fff])|`[^`]*`|https?://\S+")
NARROW = re.compile(r"[\u4e00-\u9fff”》][:,;()?!]|[:,;()?!][\u4e00-\u9fff“《]")
ERRORS = {name for name in vars(errors) if isinstance(getattr(errors, name), type)}


def ids_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in MARKS or name in ERRORS:
            candidates = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "remedy" and name in ERRORS)]
        elif name == "ngettext":
            candidates = node.args[:2]
        elif name == "refuse" and len(node.args) > 1:
            candidates = [node.args[1], *node.args[3:4]]
        else:
            continue
        found |= {c.value for c in candidates if isinstance(c, ast.Constant) and isinstance(c.value, str)}
    return found - {""}


def missing() -> dict[str, str]:
    """Id to the first file that uses it, for every id without Chinese."""
    known = read_fragments()
    lost: dict[str, str] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for message in ids_of(path) - known.keys():
                lost.setdefault(message, str(path.relative_to(ROOT)))
    return lost


def narrow(chinese: str) -> bool:
    """Whether a sign of half width stands beside a Chinese one, but for times, placeholders and what is code."""
    plain = NO_WORDS.sub("", chinese)
    return bool(NARROW.search(plain))


def narrow_ones() -> list[str]:
    return sorted(f"{english}\t{chinese}" for english, chinese in read_fragments().items() if narrow(chinese))


def main() -> int:
    lost = missing()
    thin = narrow_ones()
    for words in thin:
        print(f"half-width signs beside Chinese: {words}")
    for message, path in sorted(lost.items(), key=lambda item: item[1]):
        print(f"{path}\t{message}")
    print(f"{len(lost)} messages without zh_CN")
    return 1 if lost or thin else 0


if __name__ == "__main__":
    sys.exit(main())
