from dataclasses import replace

from core.installation.definition import Agent, Installation, Queue
from core.notify.figures import FLOOR, HEALTH, FigureCatalogue
from core.notify.rules import Rule
from dashboards.pages.alerts.rule_form import fields

WAIT = Rule(3, "longest_wait_s", "queue", "repair", warn=90, alarm=120.5, clear=None, recipients=("supervisor", "li"))


SITE = Installation(1, "演示", queues={"repair": Queue("repair", "报修抢修")}, agents={"8001": Agent("8001", "王芳")})


def form_of(rule):
    return {one.name: one for one in fields(rule, FigureCatalogue([*FLOOR, *HEALTH]), SITE)}


def test_a_limit_is_written_as_it_is_typed_and_only_in_the_fields_of_its_figure():
    found = form_of(WAIT)
    assert [found[name].value for name in ("warn_seconds", "alarm_seconds", "clear_seconds")] == ["1:30", "120.5", ""]
    assert {found[name].value for name in ("warn_share", "warn_number")} == {""}
    assert found["warn_seconds"].sends == "warn"
    assert "waiting" in found["warn_number"].shown_if["figure"]
    assert "longest_wait_s" not in found["warn_number"].shown_if["figure"]


def test_a_figure_offers_what_it_is_known_of_and_each_sends_what_it_is():
    found = form_of(WAIT)
    target = found["target_queue_site"]
    assert target.value == "queue:repair"
    assert target.bodies["queue:repair"] == {"scope": "queue", "scope_id": "repair"}
    assert target.bodies["site:"] == {"scope": "site", "scope_id": ""}
    # Of a seat's figure a group stands for its seats.
    assert "group:" not in found["target_agent_group"].bodies
    assert found["target_trunk"].shown_if == {"figure": ["trunk_down"]}


def test_whoever_is_notified_can_be_taken_away_again_and_what_is_gone_from_the_site_stays_chosen():
    found = form_of(replace(WAIT, scope_id="closed-down"))
    assert ("li", "li") in found["recipients"].options
    assert found["target_queue_site"].value == "queue:closed-down"
    assert "queue:closed-down" in found["target_queue_site"].bodies


def test_what_is_so_or_not_has_a_severity_and_no_limits():
    found = form_of(Rule(4, "trunk_down", "trunk", alarm=1.0))
    assert found["severity"].value == "alarm"
    assert found["severity"].bodies["alarm"] == {"comparison": "above", "alarm": 1.0}
    assert all("trunk_down" not in found[f"warn_{kind}"].shown_if["figure"] for kind in ("seconds", "share", "number"))
