from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import memory_disk


@pytest.mark.parametrize(
    ("meminfo", "has_room"),
    [
        ("MemTotal: 64000000 kB\nMemAvailable: 32000000 kB\n", True),
        ("MemTotal: 4000000 kB\nMemAvailable: 3000000 kB\n", False),
        ("MemTotal: 4000000 kB\n", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_folders_lie_in_memory_where_there_is_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meminfo: str, has_room: bool
) -> None:
    (tmp_path / "meminfo").write_text(meminfo)
    monkeypatch.setattr(memory_disk, "NEEDED_BYTES", 4 << 30)
    monkeypatch.setattr(memory_disk.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=8 << 30))
    assert memory_disk.has_room(tmp_path, tmp_path / "meminfo") is has_room


def test_a_system_that_tells_nothing_keeps_its_folder_for_temporary_files(tmp_path: Path) -> None:
    assert not memory_disk.has_room(tmp_path, tmp_path / "none")
    assert not memory_disk.has_room(tmp_path / "none")
