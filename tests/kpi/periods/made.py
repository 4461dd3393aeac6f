"""Judged periods without a warehouse."""

from core.people.users import Role, User
from kpi.judging import JudgedPeriod
from kpi.periods.record import record_of
from kpi.schemes.values import Judged, Watermark, question_of
from kpi.scoring.check import checked
from kpi.scoring.scheme import scheme_of
from kpi.scoring.score import LineValue, scores

BEGIN, END = 1_793_462_400.0, 1_796_054_400.0  # November 2026 in Shanghai
AT = END + 86_400.0
RAW = {
    "id": "agents",
    "name": "坐席",
    "for": {"post": "agent"},
    "from": "2026-01-01",
    "lines": [
        {"indicator": "aht", "weight": 60, "curve": {"kind": "linear", "floor": 420, "target": 300, "stretch": 240}},
        {
            "indicator": "manual.training",
            "weight": 40,
            "minimum": 1,
            "curve": {"kind": "linear", "floor": 60, "target": 80, "stretch": 100},
        },
    ],
}
SCHEME = checked(scheme_of(RAW))
PEOPLE = (Judged("8001", "王芳", "甲班"), Judged("8002", "李娜", "甲班"), Judged("8003", "赵敏", "乙班"))
FIGURES = {
    "8001": (LineValue(30_000, 100, 300.0, 100), LineValue(160, 2, 80.0, 2)),
    "8002": (LineValue(27_000, 100, 270.0, 100), LineValue(70, 1, 70.0, 1)),
    "8003": (LineValue(3_900, 10, 390.0, 10), LineValue()),
}


def judged_period(scheme=SCHEME, people=PEOPLE, figures=None, at=AT):
    known = {one.key: (figures or FIGURES)[one.key] for one in people}
    found = scores(scheme, known, {one.key: one.group for one in people})
    questions = [question_of(scheme, line, BEGIN, END, at) for line in scheme.lines]
    return JudgedPeriod(scheme, BEGIN, END, people, questions, known, found, Watermark(7, None), False, at)


def record(version=1, **more):
    return record_of(judged_period(**more), version, example=False)


def user(name="chief", role=Role.DIRECTOR, extension=None):
    return User(1, name, name, role, extension)
