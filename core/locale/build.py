"""``python -m core.locale.build``: merges ``fragments/*.tsv`` (English id, tab, Chinese) into the zh_CN catalogue.

The fragments are what people edit, one for each part of the program; the .po and .mo files are made from them.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

from core.errors import ConfigError

FOLDER = Path(__file__).parent
# A fixed date: the time of the making would change the files at every build.
MADE_ON = datetime(2026, 11, 23, tzinfo=UTC)


def read_fragments(folder: Path = FOLDER / "fragments") -> dict[str, str]:
    """Id to Chinese. Raises ``ConfigError`` for a line that is not two columns and for two translations of one id."""
    words: dict[str, str] = {}
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            english, tab, chinese = line.partition("\t")
            where = f"{path.name}:{number}"
            if not tab or not chinese.strip():
                raise ConfigError("{where} is not an id, a tab and its translation.", where=where)
            english, chinese = english.replace("\\n", "\n"), chinese.strip().replace("\\n", "\n")
            if words.setdefault(english, chinese) != chinese:
                raise ConfigError("{where} translates again, and otherwise: {id}.", where=where, id=english)
    return words


def catalogue(words: dict[str, str]) -> Catalog:
    made = Catalog(
        "zh_CN",
        project="hotline",
        fuzzy=False,
        header_comment="# Made by python -m core.locale.build.",
        creation_date=MADE_ON,
        revision_date=MADE_ON,
    )
    for english in sorted(words):
        made.add(english, words[english])
    return made


def build(folder: Path = FOLDER) -> int:
    """Writes the .po and the .mo; the number of messages. The same fragments give the same bytes."""
    words = read_fragments(folder / "fragments")
    made = catalogue(words)
    target = folder / "zh_CN" / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    for write, name in ((write_po, "hotline.po"), (write_mo, "hotline.mo")):
        buffer = io.BytesIO()
        write(buffer, made)
        (target / name).write_bytes(buffer.getvalue())
    return len(words)


if __name__ == "__main__":
    print(build(), "messages")  # noqa: T201 - a command
