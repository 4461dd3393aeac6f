"""The picture of a recording and its shares, from loudness alone."""

import pytest

from dashboards.pages.floor import voice

QUIET, LOUD = 0.005, 0.4


@pytest.mark.parametrize(
    ("left", "right", "both", "silence"),
    [
        ([LOUD] * 100, [LOUD] * 100, 1.0, 0.0),
        ([LOUD] * 100, [QUIET] * 100, 0.0, 0.0),
        ([LOUD] * 50 + [QUIET] * 50, [QUIET] * 40 + [LOUD] * 60, 0.1, 0.0),
        ([QUIET] * 100, [QUIET] * 100, 0.0, 1.0),
    ],
)
def test_shares_are_of_the_whole_recording(left, right, both, silence):
    found = voice.picture(10.0, left, right)
    assert (found["both"], found["silence"]) == (both, silence)


def test_a_pause_between_words_is_no_silence_and_a_long_one_is():
    talk, pause = [LOUD] * 10, [QUIET] * 19
    assert voice.picture(3.9, talk + pause + talk, [QUIET] * 39)["silence"] == 0.0
    longer = [*talk, *pause, QUIET, *talk]
    assert voice.picture(4.0, longer, [QUIET] * 40)["silence"] == 0.5


def test_a_long_recording_has_as_many_bars_as_fit_and_loses_no_peak():
    left = [QUIET] * 4801
    left[1234] = 0.9
    found = voice.picture(480.1, left, [QUIET] * 4801)
    assert (len(found["left"]), len(found["right"])) == (voice.BARS, voice.BARS)
    assert max(found["left"]) == 0.9


def test_nothing_recorded_yet_is_no_share():
    found = voice.picture(0.0, [], [])
    assert (found["left"], found["both"], found["silence"]) == ([], None, None)
    assert voice.pieces(0.0) == 1
