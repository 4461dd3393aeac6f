"""A file that opens with a passphrase only: written and read as a stream, every piece authenticated. Knows no backup.

Head: mark, the three numbers of scrypt, salt, nonce's beginning. Then pieces of AES-256-GCM, each with its length;
its number and whether it is the last are authenticated, too: pieces changed, moved, left out or cut off are found.
"""

from __future__ import annotations

import io
import secrets
import struct
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MARK = b"HOTLINE-SEALED-1\n"
PIECE_BYTES = 1 << 18
# scrypt: 128 MB and a few tenths of a second for each guess.
LOG_N, R, P = 17, 8, 1
SALT_BYTES, BEGIN_BYTES, TAG_BYTES = 16, 7, 16
_HEAD = struct.Struct(f">BBB{SALT_BYTES}s{BEGIN_BYTES}s")
_LENGTH = struct.Struct(">I")


class WrongPassphrase(Exception):
    """Or the file's beginning was changed: nobody can tell."""


class DamagedFile(Exception):
    """Cut short or changed."""


class SealedWriter(io.RawIOBase):
    """Closing writes the last piece; a file without it is not whole. The file below stays open."""

    def __init__(self, below: IO[bytes], passphrase: str) -> None:
        self._below = below
        self._held = bytearray()
        self._number = 0
        head = _HEAD.pack(LOG_N, R, P, secrets.token_bytes(SALT_BYTES), secrets.token_bytes(BEGIN_BYTES))
        below.write(MARK + head)
        self._pieces = _Pieces(head, passphrase)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        given = bytes(data)  # type: ignore[call-overload]
        self._held += given
        while len(self._held) > PIECE_BYTES:
            self._put(bytes(self._held[:PIECE_BYTES]), last=False)
            del self._held[:PIECE_BYTES]
        return len(given)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._held), last=True)
        super().close()

    def _put(self, plain: bytes, *, last: bool) -> None:
        sealed = self._pieces.seal(plain, self._number, last=last)
        self._below.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


class SealedReader(io.RawIOBase):
    """Raises ``WrongPassphrase`` at the beginning, ``DamagedFile`` later; what it gave out is genuine."""

    def __init__(self, below: IO[bytes], passphrase: str) -> None:
        self._below = below
        if below.read(len(MARK)) != MARK:
            raise DamagedFile
        head = below.read(_HEAD.size)
        if len(head) != _HEAD.size or head[:3] != bytes((LOG_N, R, P)):
            raise DamagedFile
        self._pieces = _Pieces(head, passphrase)
        self._number = 0
        self._ended = False
        self._held = b""
        self._next()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        while not self._held and not self._ended:
            self._next()
        view = memoryview(buffer)  # type: ignore[arg-type]
        given = self._held[: len(view)]
        view[: len(given)] = given
        self._held = self._held[len(given) :]
        return len(given)

    def _next(self) -> None:
        raw = self._below.read(_LENGTH.size)
        length = _LENGTH.unpack(raw)[0] if len(raw) == _LENGTH.size else -1
        if not TAG_BYTES <= length <= PIECE_BYTES + TAG_BYTES:
            raise DamagedFile
        sealed = self._below.read(length)
        if len(sealed) < length:
            raise DamagedFile
        for last in (False, True):
            try:
                self._held = self._pieces.open(sealed, self._number, last=last)
            except InvalidTag:
                continue
            self._number += 1
            self._ended = last
            if last and self._below.read(1):
                raise DamagedFile
            return
        raise DamagedFile if self._number else WrongPassphrase


class _Pieces:
    def __init__(self, head: bytes, passphrase: str) -> None:
        log_n, r, p, salt, begin = _HEAD.unpack(head)
        self._head, self._begin = head, bytes(begin)
        self._cipher = AESGCM(Scrypt(salt, 32, 2**log_n, r, p).derive(passphrase.encode()))

    def seal(self, plain: bytes, number: int, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(number, last=last), plain, self._head)

    def open(self, sealed: bytes, number: int, *, last: bool) -> bytes:
        return self._cipher.decrypt(self._nonce(number, last=last), sealed, self._head)

    def _nonce(self, number: int, *, last: bool) -> bytes:
        return self._begin + struct.pack(">I?", number, last)


def is_sealed_file(file: IO[bytes]) -> bool:
    """Reads the mark and goes back to the beginning."""
    found = file.read(len(MARK)) == MARK
    file.seek(0)
    return found
