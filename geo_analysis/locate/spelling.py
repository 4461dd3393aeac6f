"""How a name sounds and how it is written: the forms that are compared. Pure.

A Chinese name is compared as it is written and as it sounds; sounds that many callers and typists do not tell apart
(zh and z, in and ing, n and l) are one. Latin letters are compared as pinyin, as initials, or as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Syllables are told by one character each, from the private use area, so that strings of sounds can be compared.
PRIVATE = 0xE000
_LATIN = re.compile(r"[a-z ]+")
_SPOKEN_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"))
# As street signs and clerks shorten them.
SHORT = {
    "street": "st", "avenue": "av", "ave": "av", "place": "pl", "boulevard": "bl", "blvd": "bl", "drive": "dr",
    "road": "rd", "court": "ct", "lane": "ln", "terrace": "ter", "trail": "tr", "circle": "cir", "parkway": "pkwy",
    "north": "n", "south": "s", "east": "e", "west": "w", "wy": "way",
}  # fmt: skip
_JOINED: dict[str, str] = {}


def plain(text: str) -> str:
    """Half width, small letters, English words shortened; without punctuation, and spaces only between Latin words."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = re.sub(r"[&@]", " & ", folded)
    folded = re.sub(r"[^\w&#/\-]+|_", " ", folded)
    words = [SHORT.get(word, word) for word in folded.split()]
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", " ".join(words))


def is_latin(text: str) -> bool:
    return bool(_LATIN.fullmatch(text))


@lru_cache(maxsize=20_000)
def sound(character: str) -> str:
    """One character for the syllable; what has none stands for itself."""
    if character.isascii():
        return character
    found = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    return _JOINED.setdefault(merged(found[0]), chr(PRIVATE + len(_JOINED))) if found else character


def merged(syllable: str) -> str:
    """Sounds that are not told apart as one: zhang and zang, lin and ling, nan and lan."""
    for long, short in _SPOKEN_ALIKE:
        if syllable.startswith(long):
            syllable = short + syllable[2:]
            break
    if syllable[0] == "n" and len(syllable) > 1:
        syllable = "l" + syllable[1:]
    return syllable[:-1] if syllable.endswith("ng") and syllable[-3:-2] in "aei" else syllable


def sounds(text: str) -> str:
    return "".join(map(sound, text))


def readings(name: str) -> tuple[str, ...]:
    """A name in Latin letters: pinyin as the phrase is read, and as its characters are one by one."""
    as_phrase = "".join(lazy_pinyin(name)).lower()
    each = "".join(lazy_pinyin(one)[0] for one in name).lower()
    return tuple(dict.fromkeys((as_phrase, each)))


def initials(name: str) -> str:
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
