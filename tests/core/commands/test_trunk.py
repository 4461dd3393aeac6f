"""Trunks and numbers from the command line: a site that rests is written to, what cannot be is refused whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.cli import main
from core.commands.init import init_installation
from core.config import load_settings
from core.db import connect
from core.installation.service import load_installation


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_installation(tmp_path, demo=False)
    return tmp_path


def installation(home: Path):
    engine = connect(load_settings(home).database)
    with Session(engine) as session:
        found = load_installation(session)
    engine.dispose()
    return found


def hotline(*words: object) -> int:
    try:
        main([str(word) for word in words])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_a_trunk_and_a_number_are_set_and_changed(home, capsys):
    words = ("trunk", "set", "city", "--home", home, "--peer", "10.1.2.3", "--peer", "10.1.2.4:5070")
    assert hotline(*words, "--gateway", "gw.example:5060", "--caller", "96000") == 0
    assert hotline("number", "set", "96777", "queue:general", "--home", home) == 0
    found = installation(home)
    assert found.trunks["city"].peers == ("10.1.2.3", "10.1.2.4:5070")
    assert (found.trunks["city"].gateway, found.dids["96777"].target) == ("gw.example:5060", "queue:general")
    assert hotline("trunk", "set", "city", "--home", home, "--peer", "10.9.9.9") == 0
    assert installation(home).trunks["city"].peers == ("10.9.9.9",)
    assert "city" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("trunk", "set", "city", "--peer", "300.1.1.1"),
        ("trunk", "set", "city", "--peer", "provider.example"),
        ("trunk", "set", "city"),
        ("trunk", "set", "CITY!", "--peer", "10.1.1.1"),
        ("trunk", "set", "city", "--gateway", "sip:gw@x y"),
        ("number", "set", "96x", "queue:general"),
        ("number", "set", "96777", "queue:nowhere"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(home, capsys, words):
    before = installation(home)
    assert hotline(*words, "--home", home) == 1
    assert capsys.readouterr().err.strip()
    assert installation(home) == before


def test_rights_to_dial_are_shown_set_tried_and_forgotten(home, capsys):
    assert hotline("dial", "allow", "extension:8001", "--class", "internal", "--class", "local", "--home", home) == 0
    assert installation(home).dial_rights["extension:8001"].classes == ("internal", "local")
    capsys.readouterr()
    assert hotline("dial", "show", "--home", home) == 0
    assert "extension:8001: internal, local" in capsys.readouterr().out
    assert hotline("dial", "check", "16812345", "--extension", "8001", "--home", home) == 0
    assert "premium" in capsys.readouterr().out
    assert hotline("dial", "forget", "extension:8001", "--home", home) == 0
    assert installation(home).dial_rights == {}
    assert hotline("dial", "allow", "agent", "--class", "local", "--home", home) == 1
    assert capsys.readouterr().err.strip()


def test_a_phone_is_behind_nat_or_not(home, capsys):
    words = ("--sip-password", "a-sip-password-1", "--extension", "8001", "--role", "agent", "--home", home)
    assert hotline("user", "add", "alice", "--password", "a-long-password", *words) == 0, capsys.readouterr().err
    for nat, kept in (("on", "on"), ("off", "off"), ("auto", "")):
        assert hotline("phone", "set", "8001", "--nat", nat, "--home", home) == 0
        assert installation(home).accounts["8001"].nat == kept
    assert hotline("phone", "set", "8001", "--nat", "maybe", "--home", home) == 1
    assert hotline("phone", "set", "8999", "--nat", "on", "--home", home) == 1
    assert capsys.readouterr().err.strip()


def test_a_trunk_has_several_gateways_and_is_trusted_or_not(home, capsys):
    words = ("trunk", "set", "city", "--home", home, "--peer", "10.1.2.3")
    assert hotline(*words, "--gateway", "10.1.2.3", "--gateway", "gw.example:5070", "--untrusted") == 0
    trunk = installation(home).trunks["city"]
    assert (trunk.gateways, trunk.trusted) == (("10.1.2.3", "gw.example:5070"), False)
    assert hotline(*words, "--gateway", "10.1.2.3", "--gateway", "10.1.2.3") == 1
    assert capsys.readouterr().err.strip()


def test_categories_and_kinds_of_breaks_are_added_named_retired_and_brought_back(home, capsys):
    assert hotline("category", "add", "name=改管", "parent=repair", "--home", home) == 0
    assert "repair.own_1" in capsys.readouterr().out
    assert hotline("category", "set", "repair.own_1", "name_en=Rerouting", "--home", home) == 0
    assert hotline("break", "add", "id=warm", "name=取暖", "--home", home) == 0
    assert hotline("category", "list", "--home", home) == 0
    assert "Rerouting" in capsys.readouterr().out
    for word, name in (("category", "repair.own_1"), ("break", "warm")):
        assert hotline(word, "retire", name, "--home", home) == 0
        assert hotline(word, "list", "--home", home) == 0
        assert f"{name}:" not in capsys.readouterr().out
        assert hotline(word, "restore", name, "--home", home) == 0
        assert hotline(word, "list", "--home", home) == 0
        assert f"{name}:" in capsys.readouterr().out
    assert hotline("category", "retire", "repair", "--home", home) == 1
    assert hotline("queue", "add", "id=night", "name=夜间", "ring_strategy=linear", "--home", home) == 0
    assert installation(home).queues["night"].ring_strategy == "linear"


def test_queues_and_numbers_are_listed_changed_and_retired(home, capsys):
    assert hotline("queue", "set", "general", "ring_s=12", "name=综合", "--home", home) == 0
    assert (installation(home).queues["general"].ring_s, installation(home).queues["general"].name) == (12.0, "综合")
    assert hotline("number", "set", "96777", "queue:general", "--home", home) == 0
    assert hotline("queue", "retire", "general", "--home", home) != 0
    for wrong in ("ring_s=soon", "ring_s", "colour=red"):
        assert hotline("queue", "set", "general", wrong, "--home", home) != 0
    capsys.readouterr()
    assert hotline("number", "list", "--home", home) == 0
    assert "96777: " in capsys.readouterr().out
    assert hotline("number", "retire", "96777", "--home", home) == 0
    assert installation(home).dids == {}
