"""The words people read: gettext with English ids, zh_CN complete and the default, English by its own ids.

``_`` translates when called, in the language of the request (a context variable); ``N_`` only marks a constant.
"""

from __future__ import annotations

import gettext
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Protocol

from core.errors import HotlineError

LANGUAGES = ("zh_CN", "en")
_language: ContextVar[str] = ContextVar("language", default="zh_CN")


def language() -> str:
    return _language.get()


def set_language(code: str) -> None:
    """For this request or task; anything unknown means the default."""
    _language.set(code if code in LANGUAGES else LANGUAGES[0])


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    return gettext.translation("hotline", Path(__file__).parent / "locale", [code], fallback=True)


def _(message: str, **values: object) -> str:
    """The message in the current language, with ``{name}`` placeholders filled."""
    text = _catalogue(_language.get()).gettext(message)
    return text.format(**values) if values else text


def translated(message: str, code: str) -> str:
    """The message in a language that is nobody's request: the site's."""
    return _catalogue(code).gettext(message)


class Named(Protocol):
    """What the office has named; its English name may be empty."""

    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def called(one: Named) -> str:
    """Its name in the current language; the Chinese one where it has no other."""
    return (one.name_en if _language.get() == "en" else "") or one.name


def N_(message: str) -> str:
    """Marks a constant for the catalogue; translate it with ``_`` where it is shown."""
    return message


def ngettext(one: str, many: str, n: int) -> str:
    return _catalogue(_language.get()).ngettext(one, many, n).format(n=n)


def translate_error(error: HotlineError) -> tuple[str, str | None]:
    """The error's message and its remedy, in the current language."""
    values = {name: str(value) for name, value in error.values.items()}
    catalogue = _catalogue(_language.get())
    message = catalogue.gettext(error.message).format(**values)
    return message, catalogue.gettext(error.remedy).format(**values) if error.remedy else None
