"""``tests/data/events/<kind>.v<version>.json`` holds a payload of each kind and version of facts for ever: logs are full
of them, so that each is read as a fact of today and fed. A file is never changed; a new field (with a default) is a new
``VERSION`` and a new file beside the old one."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from core.events import FACTS, Event, checked, new_uid
from etl.families import OWN
from etl.rebuilding import plan
from tests.etl.conftest import NOON, contents, feed

FILES = {path.name.removesuffix(".json"): path for path in (Path(__file__).parents[1] / "data/events").glob("*.json")}
ALL = [(kind, version) for kind, fact in FACTS.items() for version in range(1, fact.VERSION + 1)]


def kept(kind, version):
    payload = json.loads(FILES[f"{kind}.v{version}"].read_text("utf-8"))
    subject = Event("", 0, kind, version, "", payload).fact().subject
    return checked(Event(new_uid(NOON), int(NOON * 1e6), kind, version, subject, payload))


def named(fact):
    return {field.name for field in fields(fact)}


def shape_differs(fact, event):
    """What a payload of the current version would have that this one has not, or the other way round."""
    now = Event.of(event.fact(), NOON).payload
    return sorted(name for name in now.keys() | event.payload.keys() if said(now, name) != said(event.payload, name))


def said(payload, name):
    return json.dumps(payload[name]) if name in payload else "-"


def test_every_kind_and_version_has_its_file_and_no_other_file_is_there():
    assert set(FILES) == {f"{kind}.v{version}" for kind, version in ALL}


@pytest.mark.parametrize(("kind", "version"), ALL)
def test_every_version_is_read_as_a_fact_of_today(kind, version):
    fact = kept(kind, version).fact()
    # Also the values are such as the fields take.
    assert TypeAdapter(FACTS[kind]).validate_python({name: getattr(fact, name) for name in named(FACTS[kind])})


@pytest.mark.parametrize("kind", FACTS)
def test_a_payload_that_has_another_shape_than_its_file_needs_a_new_version(kind):
    fact = FACTS[kind]
    event = kept(kind, fact.VERSION)
    assert not shape_differs(fact, event), "raise VERSION and add a file of the new version; never change an old file"
    # A field that is left out when it is empty must stand in the file, else nothing would hold its shape.
    assert named(fact) == event.payload.keys()


def test_what_all_versions_ever_written_tell_is_fed(warehouse):
    feed(warehouse, list(enumerate((kept(kind, version) for kind, version in ALL), start=1)))
    assert warehouse.query("select count(*) n from raw.event_log") == [{"n": len(ALL)}]
    assert warehouse.query("select count(*) n from raw.unreadable") == [{"n": 0}]
    assert all(rows for mart, rows in contents(warehouse).items() if mart != "agg_agent_interval")


def test_a_fact_that_names_no_call_makes_none(warehouse):
    feed(warehouse, [(1, kept("dial_refused", 1))])
    assert warehouse.query("select * from marts.fct_calls") == []


def test_a_kind_is_of_one_family_of_ours_at_most():
    kinds = [kind for family in plan().families for kind in family.kinds]
    assert sorted(kinds) == sorted(set(kinds))
    assert {kind for family in OWN for kind in family.kinds} <= set(FACTS)
