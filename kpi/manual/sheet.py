"""Entries out of a CSV file, as people and their spreadsheets write it. Pure; ``BadInput`` names row and field."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import cast, get_args

from core.errors import BadInput, Several
from kpi.manual.entries import EntryRequest, SubjectKind
from kpi.scoring.scheme import MANUAL

MOST_ROWS = 5000
MOST_TOLD = 50
# What a column may be called.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "indicator": ("indicator", "指标"),
    "who": ("who", "对象", "工号"),
    "kind": ("kind", "类别"),
    "from": ("from", "开始日期"),
    "to": ("to", "结束日期"),
    "value": ("value", "数值"),
    "out_of": ("out_of", "应出勤"),
    "note": ("note", "说明"),
    "link": ("link", "链接"),
    "evidence": ("evidence", "凭据"),
}
NEEDED = ("indicator", "who", "from", "to", "value")
LONGEST = {"who": 64, "note": 1000, "link": 500, "evidence": 40}
# What an indicator may be called, beside its id.
INDICATORS: Mapping[str, str] = {
    "出勤": "manual.attendance",
    "表扬": "manual.commendations",
    "有责投诉": "manual.complaints",
    "投诉": "manual.complaints",
    "培训": "manual.training",
    "培训成绩": "manual.training",
}
KINDS: Mapping[str, SubjectKind] = {"坐席": "agent", "人员": "user", "站点": "site", "部门": "department"}


def read(content: bytes, evidence: str) -> list[EntryRequest]:
    """``evidence``: the id of the file that proves rows which name neither a link nor evidence of their own."""
    rows = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        head, *body = [row for row in rows if any(cell.strip() for cell in row)] or [[]]
    except csv.Error as problem:
        raise BadInput(
            "Line {line} of the file cannot be read.",
            field="file",
            remedy="Save it as CSV, with commas, and text with commas in double quotes.",
            line=rows.line_num,
        ) from problem
    columns = _columns(head)
    if not 1 <= len(body) <= MOST_ROWS:
        raise BadInput(
            "The file has {n} rows.", field="file", remedy="Send between 1 and {most}.", n=len(body), most=MOST_ROWS
        )
    made, wrong = [], []
    for n, row in enumerate(body, 1):
        try:
            made.append(_entry(row, columns, evidence))
        except BadInput as problem:
            wrong.append(
                BadInput(problem.message, field=f"rows.{n}.{problem.field}", remedy=problem.remedy, **_values(problem))
            )
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Several(wrong[:MOST_TOLD])
    return made


def _text(content: bytes) -> str:
    """UTF-8, or as Chinese spreadsheets save it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("The file is no text.", field="file", remedy="Save it as CSV in UTF-8.")


def _columns(head: list[str]) -> dict[str, int]:
    known = {word: name for name, words in COLUMNS.items() for word in words}
    found: dict[str, int] = {}
    for n, cell in enumerate(head):
        name = known.get(cell.strip().lower())
        if name is None or name in found:
            raise BadInput(
                "The column {name} is not known here, or stands twice.",
                field="file",
                remedy="Use one of: {known}.",
                name=cell.strip()[:40],
                known=", ".join(COLUMNS),
            )
        found[name] = n
    for name in NEEDED:
        if name not in found:
            raise BadInput(
                "The column {name} is missing.", field="file", remedy="The first line names the columns.", name=name
            )
    return found


def _entry(row: list[str], columns: Mapping[str, int], evidence: str) -> EntryRequest:
    cells = {name: row[n].strip() if n < len(row) else "" for name, n in columns.items()}
    for name, most in LONGEST.items():
        if len(cells.get(name, "")) > most:
            raise BadInput("{field} is too long.", field=name, remedy="Use at most {limit} characters.", limit=most)
    kind = cells.get("kind", "") or "agent"
    kind = KINDS.get(kind, cast(SubjectKind, kind))
    if kind not in get_args(SubjectKind):
        raise BadInput(
            "{field} is not one of the words that are possible.",
            field="kind",
            remedy="Use one of: {limit}.",
            limit=", ".join(get_args(SubjectKind)),
        )
    link, own = cells.get("link", ""), cells.get("evidence", "")
    said = cells["indicator"]
    return EntryRequest(
        INDICATORS.get(said, said if said in MANUAL else said[:64]),
        cells["who"],
        _day(cells["from"]),
        _day(cells["to"]),
        _number(cells["value"], "value"),
        _number(cells["out_of"], "out_of") if cells.get("out_of") else None,
        kind,
        cells.get("note", ""),
        link,
        own if own or link else evidence,
    )


def _day(said: str) -> str:
    """2026-10-01, also as spreadsheets write it: 2026/10/1."""
    parts = said.replace("/", "-").split("-")
    return "-".join(part.zfill(2) for part in parts) if len(parts) == 3 else said


def _number(said: str, field: str) -> float:
    try:
        return float(said)
    except ValueError:
        raise BadInput("{field} must be a number.", field=field, remedy="Send digits without a unit.") from None


def _values(problem: BadInput) -> dict[str, object]:
    return {name: value for name, value in problem.values.items() if name != "field"}
