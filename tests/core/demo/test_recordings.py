"""Some calls of the demo's last days can be heard: as long as they were, both sides, told as facts."""

from core.clock import from_micros
from core.demo import history, recordings
from core.demo.voices import Voices
from core.events import Event
from core.telephony.recordings import peaks, scan

NOW = 1_795_572_000.0
VOICES = Voices((bytes([0x55, 0xD5]) * 4000, bytes([0x2A]) * 8000), (bytes([0xAA]) * 8000, bytes([0xD5]) * 8000))


def made(tmp_path):
    told = list(history.events(8, 96000, NOW))
    return told, recordings.fill(told, tmp_path, VOICES, 96000, NOW)


def test_each_of_the_last_days_has_some_and_older_days_have_none(tmp_path):
    _told, facts = made(tmp_path)
    started = [event for event in facts if event.kind == "recording_started"]
    days = {event.payload["path"][:10] for event in started}
    assert len(days) >= recordings.DAYS
    assert len(started) <= recordings.A_DAY * len(days)
    assert all(NOW - from_micros(event.at_us) < recordings.DAYS * 86_400 for event in started)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.wav")} == {
        event.payload["path"] for event in started
    }
    # A site to be tried fills no disk.
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.wav")) < 60_000_000


def test_a_recording_is_as_long_as_the_talk_and_has_both_sides(tmp_path):
    told, facts = made(tmp_path)
    times: dict[str, list[float]] = {}
    for event in told:
        if event.kind in ("call_answered", "call_ended"):
            times.setdefault(event.subject, []).append(from_micros(event.at_us))
    saved = [event for event in facts if event.kind == "recording_saved"]
    assert saved
    for event in saved:
        found = scan(tmp_path, event.payload["path"])
        answered, ended = times[event.subject]
        assert abs(found.seconds - (ended - answered)) < 0.001
        assert abs(found.seconds - event.payload["seconds"]) < 0.001
        assert (found.channels, found.rate) == (2, 8000)
    assert len(peaks(found, 10)) == 2


def test_their_facts_fit_between_those_of_the_calls(tmp_path):
    told, facts = made(tmp_path)
    known = {event.subject for event in told if isinstance(event, Event)}
    assert {event.subject for event in facts} <= known
    assert [event.at_us for event in facts] == sorted(event.at_us for event in facts)
