"""QA's families of facts, fed by ``etl`` through the entry points of ``hotline.families``."""

from __future__ import annotations

from pathlib import Path

from etl.families import Family
from qa.facts import AppealDecided, CallMeasured, CallScored, CallsDrawn, ScoreAnswered

SQL = Path(__file__).parent / "sql"

QA = Family("qa", frozenset({CallsDrawn.KIND, CallScored.KIND, ScoreAnswered.KIND, AppealDecided.KIND}), SQL)
# Apart, since the subjects of these facts are calls.
AUDIO = Family("audio", frozenset({CallMeasured.KIND}), SQL)
