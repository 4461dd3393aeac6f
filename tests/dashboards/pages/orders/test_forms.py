"""The form of a step: its fields by kind, what stands there, what to know before, what goes with it."""

import json

import pytest

from dashboards.pages.orders import acts, forms

SITES = [
    {
        "id": "east",
        "name": "城东所",
        "people": [
            {"name": "worker", "display_name": "孙师傅", "role": "worker"},
            {"name": "east.lead", "display_name": "站长", "role": "site_manager"},
        ],
    },
    {"id": "west", "name": "城西所", "people": []},
]
ORDER = {
    "id": "261125-0001",
    "category": {"id": "repair.burst"},
    "site": "east",
    "assignee": "worker",
    "longitude": 120.12,
    "latitude": 30.01,
    "district": "城东区",
    "summary": "冒水",
    "called": False,
    "overdue": False,
    "events": [],
}


def asks(name, kind="text", **more):
    return {"id": name, "name": name, "kind": kind, "required": False, "choices": [], "most": None, **more}


def described(event, *fields, to="taken", order=ORDER, outlines=None, **more):
    step = {"event": event, "name": "办理", "to": to, "fields": list(fields)}
    made = forms.step(order, step, SITES, outlines or {}, version=4, **more)
    return json.loads(getattr(made.children[1].children[0], "data-described"))


def names(form):
    return {one["name"]: one for one in form["fields"]}


def test_a_step_is_sent_with_the_version_that_was_seen_and_may_be_confirmed():
    form = described("urge", asks("note"))
    (act,) = form["acts"]
    assert act["body"] == {"event": "urge", "version": 4}
    assert (act["path"], act["sure"]) == ("/api/v1/work-orders/261125-0001/events", {"confirmed": True})
    # Nothing has to be filled in: Enter is enough.
    assert act["focus"]
    assert (names(form)["note"]["sends"], form["only"], form["draft"]) == ("fields.note", "filled", "261125-0001-urge")
    assert names(form)["note"]["value"] == ""


@pytest.mark.parametrize(("event", "placed"), [("depart", True), ("arrive", True), ("take", False)])
def test_only_steps_on_the_spot_ask_the_phone_where_it_is(event, placed):
    assert described(event, asks("note"))["acts"][0].get("device", False) is placed


def test_workers_hang_on_the_site_that_is_chosen_and_those_of_the_own_one_are_there_at_first():
    form = names(described("reassign", asks("site", "site"), asks("assignee", "user")))
    assert form["site"]["value"] == "east"
    assert [value for value, _name in form["site"]["options"]] == ["", "east", "west"]
    assert [value for value, _name in form["assignee"]["options"]] == ["", "worker"]
    teams = form["assignee"]["options_of"]["site"]
    assert {site: len(people) for site, people in teams.items()} == {"": 2, "east": 2, "west": 1}


def test_whoever_gives_an_order_out_of_sight_is_warned_of_the_other_sites_only():
    assert "warns" not in names(described("reassign", asks("site", "site")))["site"]
    warned = names(described("reassign", asks("site", "site"), loses=True))["site"]["warns"]
    assert list(warned) == ["west"]
    assert "城西所" in warned["west"]


def test_a_correction_begins_with_what_stands_there_sends_changes_and_sets_the_place_on_a_map():
    outlines = {"城东区": [[[120.0, 30.0], [120.2, 30.0], [120.2, 30.2]]]}
    fields = (asks("category", "choice"), asks("longitude", "number", most=180), asks("latitude", "number", most=90))
    form = described("correct", *fields, asks("summary"), asks("note"), outlines=outlines)
    told = names(form)
    assert form["only"] == "changed"
    assert [told[one]["value"] for one in told] == ["repair.burst", 120.12, 30.01, "冒水", ""]
    assert (told["longitude"]["goes_with"], told["longitude"]["pin"]["districts"][0]["name"]) == ("latitude", "城东区")
    assert "pin" not in told["latitude"]
    assert told["category"]["focus"]


def test_a_result_is_of_the_call_that_was_made_and_without_one_says_why():
    fields = (asks("call", "call"), asks("no_call"), asks("note"))
    without, with_call = (described("visit", *fields, order={**ORDER, "called": one}) for one in (False, True))
    assert (list(names(without)), names(without)["no_call"]["required"]) == (["no_call", "note"], True)
    assert (list(names(with_call)), bool(with_call["about"])) == (["note"], True)


@pytest.mark.parametrize(
    ("event", "to", "warned"),
    [("void", "void", True), ("merge", "merged", True), ("close_out", "closed", True), ("visit", "closed", False)],
)
def test_what_ends_an_order_names_it_before(event, to, warned):
    assert ("261125-0001" in described(event, asks("note"), to=to)["warning"]) is warned


@pytest.mark.parametrize(
    ("position", "away", "said"),
    [
        (None, None, "未取得手机位置"),
        ({"longitude": 1, "latitude": 1}, None, "已记录手机位置"),
        ({"longitude": 1, "latitude": 1}, 999.4, "999 米"),
        ({"longitude": 1, "latitude": 1}, 1049.0, "1.0 公里"),
    ],
)
def test_what_became_of_a_step_on_the_spot_says_where_the_phone_was(position, away, said):
    step = {"event": "arrive", "name": "到达现场", "position": position, "distance_m": away}
    told = acts.done({**ORDER, "events": [step]}, "arrive")
    assert told.startswith("到达现场：已完成 · ")
    assert said in told
    assert acts.done(ORDER, "arrive") == ""
