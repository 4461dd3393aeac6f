import io

import pytest

from core import sealed_file
from core.sealed_file import DamagedFile, SealedReader, SealedWriter, WrongPassphrase

TEXT = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file, "PIECE_BYTES", 4096)
    monkeypatch.setattr(sealed_file, "LOG_N", 10)


def sealed(text: bytes = TEXT) -> bytes:
    below = io.BytesIO()
    with SealedWriter(below, "eight words and more") as out:
        for start in range(0, len(text), 1000):
            out.write(text[start : start + 1000])
    return below.getvalue()


def opened(raw: bytes, passphrase: str = "eight words and more") -> bytes:
    return io.BufferedReader(SealedReader(io.BytesIO(raw), passphrase)).read()


@pytest.mark.parametrize("length", [0, 1, 4096, 4097, 8192, len(TEXT)])
def test_what_went_in_comes_out(length: int) -> None:
    raw = sealed(TEXT[:length])
    assert opened(raw) == TEXT[:length]
    assert length < 16 or TEXT[:16] not in raw


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(WrongPassphrase):
        opened(sealed(), "eight words and less")


def test_a_file_that_is_cut_changed_turned_round_or_longer_is_found() -> None:
    raw = sealed()
    head = len(sealed_file.MARK) + sealed_file._HEAD.size
    piece = 4 + 4096 + 16
    swapped = raw[:head] + raw[head + piece : head + 2 * piece] + raw[head : head + piece] + raw[head + 2 * piece :]
    with pytest.raises((DamagedFile, WrongPassphrase)):
        opened(swapped)
    for cut in (raw[: head + piece], raw[:-1], raw[: head + 3], raw[:5], raw + b"x"):
        with pytest.raises(DamagedFile):
            opened(cut)
    for at in range(head + piece, len(raw), 997):
        with pytest.raises(DamagedFile):
            opened(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
