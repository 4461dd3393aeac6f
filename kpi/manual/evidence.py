"""Files that prove what was written down: kept under the home by their hash, closed to others, with a row for each.

The file is on the disk before its row is. What it is, its first bytes say, not its name; nothing of it is ever run or
shown inside a page.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from core.db.tables import KpiEvidenceRow
from core.durable import put, remove
from core.errors import BadInput, NotFound, Unavailable
from core.people import audit

MOST_BYTES = 10 << 20
LONGEST_NAME = 120
# By their first bytes, with the endings that their names may have.
MARKS: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
)
# Office files are archives that hold one of these.
OFFICE = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
}
TEXT = ("text/plain", (".txt", ".csv"))
KNOWN = ".pdf .png .jpg .jpeg .docx .xlsx .txt .csv"


@dataclass(frozen=True, slots=True)
class Evidence:
    """``kind`` is its media type, ``size`` in bytes, ``added_at`` in epoch seconds."""

    id: str
    sha256: str
    name: str
    kind: str
    size: int
    added_by: str
    added_at: float


def take_in(session: Session, folder: Path, name: str, content: bytes, by: str, at: float) -> tuple[Evidence, bool]:
    """As ``keep``, and commits."""
    try:
        found = keep(session, folder, name, content, by, at)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return found


def keep(session: Session, folder: Path, name: str, content: bytes, by: str, at: float) -> tuple[Evidence, bool]:
    """The file's record, and whether it is new: the same file under the same name is there once. Does not commit."""
    name = plain_name(name)
    kind = kind_of(name, content)
    digest = hashlib.sha256(content).hexdigest()
    path, evidence_id = path_of(folder, digest), id_of(name, content)
    if not path.exists():
        _write(path, content)
    row = session.get(KpiEvidenceRow, evidence_id)
    if row is not None:
        return _evidence(row), False
    row = KpiEvidenceRow(
        id=evidence_id, sha256=digest, name=name, kind=kind, size=len(content), added_by=by, added_at=at
    )
    session.add(row)
    session.flush()
    audit.note(session, by, "kpi_evidence_added", evidence_id, {"name": name, "sha256": digest}, at)
    return _evidence(row), True


def id_of(name: str, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    return f"e-{hashlib.sha256(f'{digest} {name}'.encode()).hexdigest()[:20]}"


def evidence(session: Session, evidence_id: str) -> Evidence:
    row = session.get(KpiEvidenceRow, evidence_id)
    if row is None:
        raise no_evidence(evidence_id)
    return _evidence(row)


def content_of(folder: Path, one: Evidence) -> bytes:
    """As it was taken in; ``Unavailable`` where it is gone or another."""
    try:
        content = path_of(folder, one.sha256).read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != one.sha256:
        raise Unavailable(
            "The file {name} is not as it was taken in.", remedy="Put it back from a backup.", name=one.name
        )
    return content


def path_of(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def plain_name(name: str) -> str:
    """The last part of it; ``BadInput`` where nothing is left."""
    last = name.replace("\\", "/").rpartition("/")[2].strip().strip(".")
    if not last or len(last) > LONGEST_NAME or not last.isprintable():
        raise BadInput(
            "The file needs a name of at most {most} characters.",
            field="name",
            remedy="Send its name with it, such as notice.pdf.",
            most=LONGEST_NAME,
        )
    return last


def kind_of(name: str, content: bytes) -> str:
    """``BadInput`` for what is no evidence of ours, also where name and content say different things."""
    ending = f".{name.rpartition('.')[2].lower()}"
    kind, endings = _kind(content)
    if kind is None or ending not in endings:
        raise BadInput(
            "A file of this kind is not taken in.",
            field="name",
            remedy="Send one of: {known}; its name must end as its content is.",
            known=KNOWN,
        )
    return kind


def no_evidence(evidence_id: str) -> NotFound:
    return NotFound("There is no evidence {id}.", field="evidence", remedy="Send the file first.", id=evidence_id[:40])


def _kind(content: bytes) -> tuple[str | None, tuple[str, ...]]:
    for mark, kind, endings in MARKS:
        if content.startswith(mark):
            return kind, endings
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return TEXT if content and _is_text(content) else (None, ())


def _office(content: bytes) -> tuple[str | None, tuple[str, ...]]:
    """Only the archive's list of names is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None, ()
    return next((found for name, found in OFFICE.items() if name in names), (None, ()))


def _is_text(content: bytes) -> bool:
    """UTF-8 or the Chinese encoding, without control characters but line ends and tabs."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(one) < 32 and one not in "\r\n\t" for one in text)
    return False


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as fresh:
            try:
                fresh.write(content)
                fresh.flush()
                put(Path(fresh.name), path)
            except BaseException:
                remove(Path(fresh.name))
                raise
    except OSError as problem:
        raise Unavailable(
            "The file cannot be kept: {problem}.",
            remedy="Make room on the disk, then send it again.",
            problem=problem.strerror,
        ) from problem


def _evidence(row: KpiEvidenceRow) -> Evidence:
    return Evidence(row.id, row.sha256, row.name, row.kind, row.size, row.added_by, row.added_at)
