"""Call control: the rules of the floor, pure. ``Floor`` is its whole face."""

from core.telephony.call_control.floor import Floor

__all__ = ["Floor"]
