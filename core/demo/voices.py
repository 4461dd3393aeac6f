"""What demo robots say to each other: short invented conversations by text to speech, as G.711 loops that take turns.

Every conversation has the same time for each turn, so that any caller fits any agent and nobody waits for the other.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.chosen import Tables, driver
from core.errors import HotlineError
from core.telephony import pcm
from core.telephony.media import g711

PAUSE_S = 0.4
# A caller who does not let the agent finish: recordings of real calls have that, too.
OVERLAP_S = 0.5

# Turn by turn, the agent first. Invented.
CONVERSATIONS = (
    (
        "您好，演示热线，请问有什么可以帮您？",
        "我们小区门口的路面一直在冒水，流到马路上了。",
        "请问具体在哪条路，门牌号是多少？水流大不大？",
        "在人民路二十八号门口，水挺大的，已经有一个小时了。",
        "好的，已经为您登记，抢修人员会在一小时内到现场。",
        "那麻烦你们快一点，谢谢。",
    ),
    (
        "您好，演示热线，请讲。",
        "我想问一下，我家这个月的水费怎么比上个月多了一半？",
        "请报一下您的户号，我帮您查询抄表记录。",
        "户号我记不太清了，用我的手机号能不能查到？",
        "查到了。本月是按阶梯水价计算的，用量比上月多了九吨。",
        "原来是这样，那我先看看家里是不是有漏水。",
    ),
    (
        "您好，演示热线，很高兴为您服务。",
        "早上起来家里就没有水了，是不是停水了？",
        "请问您住在哪个小区？我看一下今天的停水通知。",
        "我住在城东花园三号楼，楼上楼下都没有水。",
        "那一片正在抢修主管，预计下午四点恢复供水。",
        "好的，知道了，希望能按时来水。",
    ),
)


class Speaks(Protocol):
    def synthesize(self, text: str, language: str) -> bytes:
        """A WAV of the text."""


@dataclass(frozen=True, slots=True)
class Voices:
    """A-law loops of one length: what the agent and the caller of the same conversation say."""

    agents: tuple[bytes, ...]
    callers: tuple[bytes, ...]

    def agent(self, chance: random.Random) -> bytes:
        return chance.choice(self.agents)

    def caller(self, chance: random.Random) -> bytes:
        return chance.choice(self.callers)


def voices(tts: Speaks) -> Voices:
    """Blocking, about a second. Raises what the driver raises."""
    said = [[pcm.read_wav(tts.synthesize(text, "zh_CN")) for text in lines] for lines in CONVERSATIONS]
    turns = [max(len(lines[turn]) for lines in said) for turn in range(len(CONVERSATIONS[0]))]
    begins, at = [], 0
    for turn, length in enumerate(turns):
        begins.append(at)
        at += length + round((-OVERLAP_S if turn % 4 == 2 else PAUSE_S) * pcm.RATE)
    # Whole frames, so that the loop joins where it began.
    total = -(-(begins[-1] + turns[-1] + pcm.RATE) // g711.FRAME) * g711.FRAME
    return Voices(
        tuple(_loop(lines, begins, total, first=0) for lines in said),
        tuple(_loop(lines, begins, total, first=1) for lines in said),
    )


def voices_or_none(tts: str, drivers: Tables) -> Voices | None:
    """By the site's own voice. A machine without speech still gets its traffic, in tones."""
    try:
        return voices(driver("tts", tts, drivers))
    except HotlineError:
        return None


def _loop(lines: list[pcm.Samples], begins: list[int], total: int, first: int) -> bytes:
    track: NDArray[np.int16] = np.zeros(total, np.int16)
    for turn in range(first, len(lines), 2):
        words = np.clip(lines[turn] * 32767, -32768, 32767).astype(np.int16)
        track[begins[turn] : begins[turn] + len(words)] = words
    return g711.encode(track, g711.PCMA)
