"""What every importer shares: the outcome of a row, and ids that are the same at every run.

An imported fact's uid comes from the file's format, the row's own key and the fact's place in the row, so that a
second run of the same file finds everything there already.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from core.clock import to_micros
from core.errors import BadInput, NotFound
from core.events import Event, Fact
from core.i18n import N_

TimedFact = tuple[float, Fact]


class RefusedRow(Exception):
    """This row is no call that can be taken; the text (an English message id) says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Tally:
    """What became of a file's rows; ``examples`` holds the first line of each reason."""

    read: int = 0
    taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, int] = field(default_factory=dict)

    def refuse(self, reason: str, line: int) -> None:
        self.refused[reason] += 1
        self.examples.setdefault(reason, line)


# One call of a file: its row's own key, and the facts of it in order of time.
Parsed = tuple[str, Sequence[TimedFact]]
Parse = Callable[[dict[str, str]], Parsed]


def rows_of(path: Path, needed: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of each row of a CSV file in UTF-8 (a byte order mark may lead)."""
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except FileNotFoundError as missing:
        raise NotFound("There is no file {path}.", field="FILE", path=path) from missing
    except OSError as problem:
        raise BadInput(
            "{path} cannot be read: {problem}.", field="FILE", path=path, problem=problem.strerror
        ) from problem
    with file:
        reader = csv.DictReader(file)
        try:
            absent = [name for name in needed if name not in (reader.fieldnames or ())]
            if absent:
                raise BadInput(
                    "{path} lacks the columns {columns}.",
                    field="FILE",
                    remedy="Choose the right --format, or add the columns.",
                    path=path,
                    columns=", ".join(absent),
                )
            for row in reader:
                yield reader.line_num, {name: (value or "").strip() for name, value in row.items() if name}
        except (UnicodeDecodeError, csv.Error) as problem:
            raise BadInput(
                "{path} is no CSV file in UTF-8: {problem}.",
                field="FILE",
                remedy="Save it as CSV in UTF-8.",
                path=path,
                problem=problem,
            ) from problem


def events_of(
    rows: Iterable[tuple[int, dict[str, str]]], parse: Parse, source: str, tally: Tally
) -> Iterator[list[Event]]:
    """The events of each call that can be taken; ``tally`` is filled meanwhile."""
    seen: set[str] = set()
    for line, row in rows:
        tally.read += 1
        try:
            key, facts = parse(row)
            if key in seen:
                raise RefusedRow(N_("The same call stands in the file twice."))
        except RefusedRow as no:
            tally.refuse(no.reason, line)
            continue
        seen.add(key)
        tally.taken += 1
        yield [_event(source, key, number, at, fact) for number, (at, fact) in enumerate(facts)]


def derived_id(at: float, *parts: str) -> str:
    """32 hex digits that depend on nothing else; sorted by time like the ids that the core gives."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f"{max(0, int(at * 1000)) & (1 << 48) - 1:012x}7{digest[:19]}"


def _event(source: str, key: str, number: int, at: float, fact: Fact) -> Event:
    made = Event.of(fact, at)
    uid = derived_id(at, source, key, str(number), fact.KIND)
    return Event(uid, to_micros(at), made.kind, made.version, made.subject, made.payload)


def timestamp(text: str, zone: tzinfo) -> float | None:
    """Epoch seconds of an ISO 8601 time; without an offset it is the site's own. Empty means never."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise RefusedRow(N_("A time cannot be read.")) from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).timestamp()


def seconds(text: str) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        raise RefusedRow(N_("A length is no number of seconds.")) from None
    if not 0 <= value < timedelta(days=1).total_seconds():
        raise RefusedRow(N_("A length is not possible."))
    return value
