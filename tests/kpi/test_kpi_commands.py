"""``hotline kpi`` asks the running site, prints its answer, and refuses a file before anything is sent."""

import json

import pytest

from core.cli import main
from kpi import cli
from kpi.commands import periods
from kpi.schemes.service import examples
from kpi.scoring.file import as_file

LINE = {"sentence": "平均处理时长:360 秒"}
SCORES = {
    "name": "坐席",
    "from": "2026-11-01T00:00:00Z",
    "to": "2026-12-01T00:00:00Z",
    "demo": True,
    "scores": [
        {"who": "8001", "name": "王芳", "total": 96.87, "grade": "A", "rank": 1, "lines": [LINE]},
        {"who": "8002", "name": "李娜", "total": None, "grade": None, "rank": None, "lines": [LINE]},
    ],
}


PERIOD = {
    **SCORES,
    "id": "p-1",
    "state": "published",
    "scheme": "agents",
    "version": 2,
    "intact": True,
    "inputs_changed": True,
    "open_appeals": 3,
}


@pytest.fixture
def sent(monkeypatch):
    """What was asked of the site."""
    made = []

    def ask(_about, method, path, body, **_more):
        made.append((method, path, body))
        if path.endswith("/preview"):
            return SCORES
        if "/periods" in path:
            return {"items": [PERIOD], "next": None} if "limit" in path else PERIOD
        return as_file(examples()["example-sites"].scheme) if "/file" in path else {"id": "mine", "version": 1}

    for module in (cli, periods):
        monkeypatch.setattr(module, "ask", ask)
    monkeypatch.setattr(periods, "running_installation", lambda _home: {"http": "x", "token": "x"})
    return made


def run(*words):
    try:
        main(["kpi", *map(str, words)])
    except SystemExit as ended:
        return ended.code
    return 0


def test_a_period_is_scored_as_text_or_as_json(sent, capsys, tmp_path):
    words = ("score", "--home", tmp_path, "--scheme", "example-agents", "--from", "2026-11-01", "--to", "2026-12-01")
    assert run(*words) == 0
    said = capsys.readouterr().out
    assert "96.87" in said
    assert said.count("360") == 2
    assert run(*words, "--json") == 0
    assert json.loads(capsys.readouterr().out) == SCORES
    body = {"from": "2026-11-01", "to": "2026-12-01"}
    assert sent == [("POST", "/api/v1/kpi/schemes/example-agents/preview", body)] * 2


def test_an_exported_file_can_be_imported_and_another_one_is_refused(sent, capsys, tmp_path):
    file = tmp_path / "sites.json"
    assert run("export", "example-sites", "--home", tmp_path, "--out", file) == 0
    assert run("import", file, "--home", tmp_path, "--id", "mine") == 0
    method, path, body = sent[-1]
    assert (method, path, body["format_version"]) == ("POST", "/api/v1/kpi/schemes/import?id=mine", 1)
    n = len(sent)
    file.write_text(json.dumps({**body, "format_version": 2}), "utf-8")
    assert run("import", file, "--home", tmp_path) == 1
    assert run("import", tmp_path / "nothing.json", "--home", tmp_path) == 1
    assert len(sent) == n
    assert capsys.readouterr().err


def test_a_site_that_does_not_run_is_said_with_what_helps(capsys, tmp_path):
    assert run("schemes", "--home", tmp_path) == 1
    assert "hotline run" in capsys.readouterr().err


def test_a_period_is_made_shown_published_and_frozen(sent, capsys, tmp_path):
    home = ("--home", tmp_path)
    days = ("--from", "2026-11-01", "--to", "2026-12-01")
    for words, asked in (
        (("make", *home, "--scheme", "agents", *days, "--version", 2), ("POST", "", 2)),
        (("recompute", "p-1", *home), ("POST", "/p-1/recompute", None)),
        (("publish", "p-1", *home, "--appeal-days", 7), ("POST", "/p-1/publish", 7)),
        (("freeze", "p-1", *home), ("POST", "/p-1/freeze", None)),
        (("period", "p-1", *home), ("GET", "/p-1", None)),
        (("periods", *home, "--state", "frozen"), ("GET", "?state=frozen&limit=200", None)),
    ):
        assert run(*words) == 0
        method, path, body = sent[-1]
        said = (body or {}).get("version", (body or {}).get("appeal_days"))
        assert (method, path.removeprefix("/api/v1/kpi/periods"), said) == asked
        assert "p-1" in capsys.readouterr().out
        assert run(*words, "--json") == 0
        shown = json.loads(capsys.readouterr().out)
        assert shown == ({"items": [PERIOD], "next": None} if words[0] == "periods" else PERIOD)


def test_what_a_reader_must_know_stands_before_the_scores(sent, capsys, tmp_path):
    assert run("period", "p-1", "--home", tmp_path) == 0
    first, *_more = capsys.readouterr().out.partition("王芳")
    assert "3" in first.splitlines()[2]
    assert len(first.splitlines()) > 4
