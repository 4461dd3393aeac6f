"""Every error this program raises on purpose.

HotlineError
├── ConfigError           a setting or a site definition is wrong; names the field and the remedy
├── BadInput              what a user or an outside program sent is wrong; names the field and the remedy
│   ├── Doubtful          it looks like a mistake: sent once more as confirmed it is taken
│   └── Several           more than one part is wrong; each is named by its own
├── NotAllowed            the role or the state does not permit it
├── NotFound              the thing named does not exist
├── Conflict              the thing exists but is in another state; says what is allowed
├── Unavailable           a part of the house is down or busy; says which and what to do
│   └── DriverUnavailable / DriverRejected / DriverBadAnswer   failures of outside systems
├── TooLong               the question was stopped at its limit
├── AskerLeft             nobody reads the answer any more
└── PeerError             a SIP or media peer broke the protocol; carries the status to answer with

Messages are English message ids: the edge that shows one to a person translates it with
``core.i18n.translate_error``. ``fields`` fill the placeholders of the message.
"""

from __future__ import annotations

from collections.abc import Sequence


class HotlineError(Exception):
    """Root of the tree.

    ``message`` and ``remedy`` are gettext ids, with ``{name}`` placeholders filled from ``values``.
    ``field`` names the input at fault, when there is one.
    """

    status = 500
    code = "error"

    def __init__(self, message: str, *, field: str | None = None, remedy: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.remedy = remedy
        self.values = values if field is None else {"field": field, **values}

    def __str__(self) -> str:
        text = self.message.format(**self.values)
        if self.remedy:
            text = f"{text} {self.remedy.format(**self.values)}"
        return text


class ConfigError(HotlineError):
    """A setting, a site definition or the machine's set-up is wrong."""

    code = "config"


class BadInput(HotlineError):
    """Input from outside that cannot be accepted as it is."""

    status = 422
    code = "bad_input"


class Doubtful(BadInput):
    """Input that looks like a mistake; sent once more as confirmed it is taken."""

    code = "confirm"


class Several(BadInput):
    """More than one part is wrong; told as the first where there is room for one only."""

    def __init__(self, parts: Sequence[BadInput]) -> None:
        first = parts[0]
        super().__init__(first.message, field=first.field, remedy=first.remedy)
        self.values = first.values
        self.parts = tuple(parts)


class NotAllowed(HotlineError):
    """The person is known but lacks the right."""

    status = 403
    code = "not_allowed"


class NotFound(HotlineError):
    """Nothing by that name."""

    status = 404
    code = "not_found"


class Conflict(HotlineError):
    """Right request, wrong moment: the message says what is allowed now."""

    status = 409
    code = "conflict"


class Unavailable(HotlineError):
    """A part of the house is down, full or too busy to answer."""

    status = 503
    code = "unavailable"


class TooLong(HotlineError):
    """The question was stopped at its limit; a smaller one may be answered."""

    status = 504
    code = "too_long"


class AskerLeft(HotlineError):
    """Nobody reads the answer any more; 499 as web servers write it into their logs."""

    status = 499
    code = "asker_left"


class DriverUnavailable(Unavailable):
    """The outside system does not answer."""

    code = "driver_unavailable"


class DriverRejected(HotlineError):
    """The outside system answered, and said no."""

    status = 502
    code = "driver_rejected"


class DriverBadAnswer(HotlineError):
    """The outside system answered with something that cannot be read."""

    status = 502
    code = "driver_bad_answer"


class PeerError(HotlineError):
    """A SIP peer broke the protocol; ``sip_status`` is what we answer it with."""

    code = "peer"

    def __init__(self, message: str, *, sip_status: int) -> None:
        super().__init__(message)
        self.sip_status = sip_status
