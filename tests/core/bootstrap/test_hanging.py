"""Which silence is a hang: a table of what the kernel says of a process, second by second."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bootstrap.hanging import LONGEST_WAIT_S, Patience, ProcessSample, sample_of, state_of
from tests.house.running import until

STEP_S = 0.1


def hung_after(seconds, state, cpu_share=0.0, wait_share=0.0, begun=True, gap_s=0.0):
    """When a process that is silent from 0 on is found to hang; ``None``: not within ``seconds``. ``gap_s``: once,
    nobody looks for so long."""
    patience = Patience(-STEP_S)
    if begun:
        assert not patience.hangs(ProcessSample(0.0, 1, "S", 5.0, 5.0))
    step = 1
    while step * STEP_S <= seconds:
        quiet = step * STEP_S
        waited_s = None if wait_share is None else 5 + wait_share * quiet
        look = ProcessSample(quiet + (gap_s if quiet > 2 else 0), 0, state, 5 + cpu_share * quiet, waited_s)
        if patience.hangs(look):
            return quiet
        step += 1
    return None


@pytest.mark.parametrize(
    ("what", "earliest", "latest"),
    [
        ({"state": "T"}, 5.9, 7.0),
        ({"state": "t"}, 5.9, 7.0),
        # An endless loop with a processor of its own, with half of one, with a tenth on a machine at load 20.
        ({"state": "R", "cpu_share": 1.0}, 5.9, 7.0),
        ({"state": "R", "cpu_share": 0.5, "wait_share": 0.5}, 5.9, 9.0),
        ({"state": "R", "cpu_share": 0.1, "wait_share": 0.9}, 20.0, 45.0),
        # It waits for something that does not come.
        ({"state": "S"}, 5.9, 7.0),
        ({"state": "S", "cpu_share": 0.01, "wait_share": 0.1}, 5.9, 7.0),
        # Stopped before it said its first word.
        ({"state": "T", "begun": False}, 5.9, 7.0),
    ],
)
def test_a_hang_is_found_in_time(what, earliest, latest):
    assert earliest <= hung_after(60, **what) <= latest


@pytest.mark.parametrize(
    "what",
    [
        # It gets a fiftieth of a processor and waits for the rest.
        {"state": "R", "cpu_share": 0.02, "wait_share": 0.95},
        {"state": "S", "cpu_share": 0.02, "wait_share": 0.8},
        # A start with slow imports, on a machine with something else to do.
        {"state": "R", "cpu_share": 0.2, "wait_share": 0.8, "begun": False},
        {"state": "S", "begun": False},
        {"state": "D", "begun": False},
    ],
)
def test_who_waits_for_the_machine_is_left_alone(what):
    assert hung_after(55, **what) is None


def test_a_disk_that_does_not_answer_is_waited_for():
    assert hung_after(25, "D") is None
    assert hung_after(40, "D") is not None


@pytest.mark.parametrize("state", ["S", "R"])
def test_where_the_kernel_tells_no_waiting_it_may_be_starved_but_not_for_ever(state):
    assert LONGEST_WAIT_S <= hung_after(90, state, cpu_share=0.02, wait_share=None) <= LONGEST_WAIT_S + 1
    assert hung_after(60, "R", cpu_share=1.0, wait_share=None) <= 7.0
    assert hung_after(60, "T", wait_share=None) <= 7.0


@pytest.fixture
def proc(tmp_path):
    """A process as proc(5) shows it: ``(thread, state)``; the main thread is 7."""

    def made(*threads, schedstat=None):
        for number, state in threads:
            folder = tmp_path / "7" / "task" / str(number)
            folder.mkdir(parents=True)
            (folder / "stat").write_text(f"{number} (a) b) {state} 1 7 7 0 -1 0 0 0 0 0 250 50 0 0 20 0 9 0 5 0 0")
            if schedstat:
                (folder / "schedstat").write_text(schedstat)
        read, write = os.pipe()
        os.close(write)
        try:
            return sample_of(7, read, 1.0, proc=tmp_path)
        finally:
            os.close(read)

    return made


def test_the_kernel_s_times_of_the_main_thread(proc):
    assert proc((7, "S"), schedstat="2500000000 1500000000 9\n") == ProcessSample(1.0, 0, "S", 2.5, 1.5)


@pytest.mark.parametrize("schedstat", [None, "0 0 0\n"])
def test_a_kernel_that_does_not_count_waiting_says_the_processor_s_time_only(proc, schedstat):
    assert proc((7, "R"), schedstat=schedstat) == ProcessSample(1.0, 0, "R", 300 / os.sysconf("SC_CLK_TCK"), None)


@pytest.mark.parametrize(
    ("main", "other", "found"), [("S", "D", "D"), ("S", "S", "S"), ("R", "D", "R"), ("T", "D", "T"), ("D", "S", "D")]
)
def test_who_sleeps_while_a_thread_waits_for_the_disk_may_wait_for_that_thread(proc, main, other, found):
    assert proc((7, main), (8, "S"), (9, other)).state == found


@pytest.mark.parametrize("gap_s", [10.0, 3600.0, 1e6])
def test_time_in_which_nobody_looked_is_no_silence(gap_s):
    """A laptop that slept, a keeper that was stopped: all go on together, and the first look finds nobody hung."""
    patience = Patience(0.0)
    assert not patience.hangs(ProcessSample(1.0, 1, "S", 1.0, 0.0))
    assert not patience.hangs(ProcessSample(1.0 + gap_s, 0, "T", 1.0, 0.0))
    assert not patience.hangs(ProcessSample(2.0 + gap_s, 1, "S", 1.0, 0.0))
    assert hung_after(60, "T", gap_s=gap_s) >= 5.5


@given(st.lists(st.tuples(st.floats(0.05, 5.0), st.booleans(), st.sampled_from("RSDT")), max_size=200))
def test_whoever_beats_at_every_tenth_look_never_hangs(looks):
    patience, at = Patience(0.0), 0.0
    for number, (gap_s, beats, state) in enumerate(looks):
        at += min(gap_s, 0.5)
        assert not patience.hangs(ProcessSample(at, int(beats or number % 10 == 0), state, at, 0.0))


def test_the_kernel_s_letter_of_a_process_whose_name_holds_brackets():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as one:
        until(lambda: state_of(one.pid) == "S")
        one.send_signal(19)
        until(lambda: state_of(one.pid) == "T")
        one.kill()
    assert state_of(one.pid) == ""
