"""The voice process works with one thread of the matrix library, whatever the environment asks for."""

import os
import subprocess
import sys

import pytest

from tests.core.telephony.media.running import Control, Media
from tests.core.telephony.media.test_process import stats

pytestmark = [pytest.mark.timeout(60)]
WARNING = "threads before the first tick"


@pytest.fixture
def greedy(monkeypatch):
    for library in ("OPENBLAS", "OMP", "MKL"):
        monkeypatch.setenv(f"{library}_NUM_THREADS", "4")


@pytest.mark.usefixtures("greedy")
def test_the_voice_process_says_one_thread_before_numpy_is_loaded(tmp_path):
    media = Media(tmp_path)
    media.run()
    control = Control(media)
    stats(control)
    control.close()
    media.stop()
    assert WARNING not in media.log()


@pytest.mark.usefixtures("greedy")
def test_the_check_at_its_start_sees_more_than_one():
    program = "import numpy; from core.telephony.media import linux; print(linux.threads())"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ)
    if int(told.stdout) == 1:
        pytest.skip("this numpy's matrix library has no threads")
    assert int(told.stdout) > 1
