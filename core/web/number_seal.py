"""Telephone numbers in addresses: sealed, so that no history, bookmark, referrer or proxy log tells them.

The same number gives the same seal, so that a filter's address can be kept; only this site can open it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from core.errors import BadInput
from core.web.masking import masked

MARK = "~"
ABOUT = [b"number in an address"]


class NumberSeal:
    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(hashlib.sha512(b"number-seal\0" + secret).digest())

    def seal(self, number: str) -> str:
        return MARK + base64.urlsafe_b64encode(self._cipher.encrypt(number.encode(), ABOUT)).decode().rstrip("=")

    def open(self, text: str) -> str:
        """``BadInput`` for what this site has not sealed."""
        try:
            data = base64.urlsafe_b64decode(text.removeprefix(MARK) + "=" * (-len(text.removeprefix(MARK)) % 4))
            return self._cipher.decrypt(data, ABOUT).decode()
        except (InvalidTag, ValueError, binascii.Error) as strange:
            raise BadInput(
                "This number cannot be read.", field="caller", remedy="Type the number once more."
            ) from strange

    def opened(self, parameters: Mapping[str, Any], name: str = "caller") -> dict[str, Any]:
        """The parameters of a page with the number as it is, and beside it the seal that it came with."""
        given = dict(parameters)
        sealed = str(given.get(f"{name}_sealed") or "")
        text = str(given.get(name) or "").strip()
        if text.startswith(MARK):
            sealed, text = text, self.open(text)
        elif "*" in text and sealed:
            # The field showed it masked, and nobody has changed it.
            text = self.open(sealed)
        else:
            sealed = self.seal(text) if is_private(text) else ""
        return {**given, name: text, f"{name}_sealed": sealed}


def is_private(text: str) -> bool:
    """What is masked where it is shown has no place in an address either."""
    return bool(text) and not text.startswith(MARK) and masked(text) != text
