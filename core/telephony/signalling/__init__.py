"""SIP signalling on sippy behind a narrow interface: commands in, inputs out.

``host`` comes first: it must stand in for sippy's event dispatcher before any other part of sippy is imported,
and this file runs before every module of the package.
"""

from core.telephony.signalling import host
from core.telephony.signalling.shell import KeepAlive, Signalling

__all__ = ["KeepAlive", "Signalling", "host"]
