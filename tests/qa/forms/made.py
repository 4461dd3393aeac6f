"""Forms for tests."""

import copy

GOOD = {
    "name": "报修",
    "pass_mark": 80,
    "sections": [
        {
            "name": "规范",
            "weight": 40,
            "items": [
                {"id": "opening", "text": "开头", "weight": 1},
                {"id": "tone", "text": "语气", "weight": 3, "answer": {"kind": "scale", "least": 1, "most": 5}},
            ],
        },
        {
            "name": "处理",
            "weight": 60,
            "items": [
                {"id": "record", "text": "工单", "weight": 60},
                {"id": "rude", "text": "无辱骂", "weight": 0, "fatal": "customer", "not_applicable": False},
            ],
        },
    ],
}


def put(place, value):
    """A copy of ``GOOD`` with another value at ``sections.0.items.1.weight`` and the like."""
    made = copy.deepcopy(GOOD)
    at = made
    *way, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    for part in way:
        at = at[part]
    at[last] = value
    return made
