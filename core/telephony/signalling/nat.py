"""Phones behind NAT (RFC 3581, RFC 5626 in spirit): to the address in a Contact, or to where messages come from? Pure.

==========  ==================================  ===========================================
mode        is for                              sends to where messages come from
==========  ==================================  ===========================================
``on``      an account of a remote site         always
``off``     an account, a trunk                 never
(empty)     any other account                   when the Contact has another address
``trunk``   a trunk                             when the Contact is private and it is not
==========  ==================================  ===========================================
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Literal

NatMode = Literal["", "on", "off", "trunk"]


def symmetric(mode: NatMode, contact: str, source: str) -> bool:
    """Host names are no matter of this: they are always answered at the source."""
    if mode in ("on", "off"):
        return mode == "on"
    if contact == source or _private(contact) is None:
        return False
    return mode == "" or (_private(contact) is True and (_private(source) is False or _loops(source)))


@lru_cache(maxsize=4096)
def _private(text: str) -> bool | None:
    """RFC 1918, RFC 6598 and the like; None for what is no address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return address.is_private or address in _SHARED


def _loops(text: str) -> bool:
    """From this machine itself no other private address is the way back."""
    return _private(text) is not None and ipaddress.ip_address(text).is_loopback


_SHARED = ipaddress.ip_network("100.64.0.0/10")
