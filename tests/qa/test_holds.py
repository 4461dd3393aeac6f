"""When a recording's call was on hold, by its events."""

from qa.holds import HoldEvent, hold_spans

BEGAN = HoldEvent("recording_started", 100.0)


def test_a_hold_lasts_until_both_sides_have_resumed():
    told = [
        BEGAN,
        HoldEvent("call_held", 110.0, "s1", "agent"),
        HoldEvent("call_held", 115.0, "s1", "caller"),
        HoldEvent("call_resumed", 120.0, "s1", "agent"),
        HoldEvent("call_resumed", 125.0, "s1", "caller"),
        HoldEvent("call_held", 130.0, "s1", "agent"),
        HoldEvent("segment_ended", 140.0, "s1"),
    ]
    assert hold_spans(told) == hold_spans(reversed(told)) == [(10.0, 25.0), (30.0, 40.0)]


def test_a_hold_before_the_recording_or_without_an_end_is_cut():
    assert hold_spans(
        [HoldEvent("call_held", 90.0, "s1", "agent"), BEGAN, HoldEvent("call_resumed", 105.0, "s1", "agent")]
    ) == [(0.0, 5.0)]
    assert hold_spans([BEGAN, HoldEvent("call_held", 110.0, "s1", "agent"), HoldEvent("call_ended", 150.0)]) == [
        (10.0, 50.0)
    ]
    ((begins, ends),) = hold_spans([BEGAN, HoldEvent("call_held", 110.0, "s1", "agent")])
    assert (begins, ends > 3600) == (10.0, True)


def test_without_a_recording_there_is_nothing_to_take_out():
    assert (
        hold_spans([HoldEvent("call_held", 90.0, "s1", "agent"), HoldEvent("call_resumed", 95.0, "s1", "agent")]) == []
    )
