"""What each process of the house may load: libraries weigh on the machine for months, needed or not."""

import subprocess
import sys

import pytest

HEAVY = ("alembic", "argon2", "cryptography", "dash", "duckdb", "fastapi", "numpy", "ortools", "pandas", "plotly", "pyarrow", "scipy", "sippy", "sklearn", "sqlalchemy")  # fmt: skip
# Each process's own module, and the heavy libraries that it cannot do without.
PROCESSES = {
    "core.commands.run": (),
    "core.telephony.media.process": ("numpy",),
    "core.bootstrap.sip": (),
    "core.bootstrap.sip_process": ("cryptography", "numpy", "sippy", "sqlalchemy"),
    "core.telephony.voice": (),
    "core.drivers.tts.espeak": ("numpy",),
    "core.web.app": ("argon2", "cryptography", "fastapi", "sqlalchemy"),
    # The feed lives in the web process.
    "kpi.web": ("argon2", "cryptography", "duckdb", "fastapi", "numpy", "pyarrow", "sqlalchemy"),
}


def loaded_by(*modules: str) -> set[str]:
    """In a process of its own."""
    code = f"import sys, {', '.join(modules)}; print(*[name for name in {HEAVY} if name in sys.modules])"
    return set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())


@pytest.mark.parametrize("module", PROCESSES)
def test_a_process_loads_no_library_that_it_does_not_need(module):
    assert loaded_by(module) <= set(PROCESSES[module])


def test_the_command_that_watches_the_site_loads_no_other_command():
    code = (
        "import sys; from core.cli import build; build('run');"
        f"print(*[name for name in {HEAVY} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert found == []


def test_pages_do_without_the_solver_and_without_data_frames():
    assert not {"ortools", "pandas", "scipy", "sklearn"} & loaded_by("etl.web", "kpi.web", "dashboards.app")


def test_the_feed_takes_a_batch_in_without_data_frames(tmp_path):
    code = (
        "import sys; from pathlib import Path; from etl.feed import load, prepare; from etl.warehouse import Warehouse;"
        "from tests.etl.test_marts import one_call;"
        f"made = Warehouse(Path({str(tmp_path)!r}) / 'w.duckdb').open(); prepare(made);"
        "print(load(made, list(one_call('c1', '8001')), 'Asia/Shanghai') > 0, 'pandas' in sys.modules); made.close()"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert found == ["True", "False"]
