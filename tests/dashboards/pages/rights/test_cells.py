"""What the boxes say as rights: only what was changed, and nothing that is not in the table."""

import pytest

from core.errors import BadInput
from core.numbering import DialRight
from core.rights import MEANINGS, SHIPPED, Right
from dashboards.pages.rights import ids
from dashboards.pages.rights.cells import changed, dial_rights, irrevocable, scope_of
from dashboards.pages.rights.words import ABOUT

DRAWN = {"agent": {"calls": "own", "numbers": "none", "live": "all"}}


def test_the_page_says_of_each_right_what_the_interface_says():
    assert dict(ABOUT) == dict(MEANINGS)


def test_only_what_was_changed_is_sent():
    cells = [
        (ids.cell("agent", "calls"), "own"),
        (ids.cell("agent", "numbers"), ["all"]),
        (ids.cell("agent", "live"), []),
        (ids.cell("agent", "no such right"), ["all"]),
        (ids.cell("king", "live"), ["all"]),
    ]
    assert changed(cells, DRAWN) == {"agent": {"numbers": "all", "live": "none"}}
    assert changed([(ids.cell("agent", "calls"), "all")], DRAWN) == {"agent": {"calls": "all"}}
    assert (scope_of(Right.CALLS, None), scope_of(Right.LIVE, None)) == ("none", "none")


def test_what_nobody_could_give_back_is_fixed():
    assert [role for role in SHIPPED if irrevocable(role, Right.RIGHTS)] == ["admin"]
    assert all(irrevocable(role, Right.SELF) for role in SHIPPED)
    assert not irrevocable("admin", Right.USERS)


def test_rows_of_dialling_that_were_changed_and_a_new_extension_s():
    drawn = {
        "role:agent": {"classes": ["internal", "local"], "hours": "", "most": 3},
        "site": {"classes": ["local"], "hours": "", "most": None},
    }
    rows = {
        "role:agent": {"classes": ["local", "internal"], "hours": "", "most": 3},
        "site": {"classes": ["local"], "hours": "office", "most": ""},
        ids.NEW: {"classes": ["internal"], "hours": "", "most": 1},
    }
    assert dial_rights(rows, drawn, "") == [DialRight("site", ("local",), "office", None)]
    assert dial_rights(rows, drawn, " 8001 ")[1:] == [DialRight("extension:8001", ("internal",), None, 1)]


@pytest.mark.parametrize(
    ("forged", "field"),
    [
        *(({"most": value}, "most_at_once") for value in ("many", "１", 2.5, -1, True, [3], {}, "9" * 5000)),
        *(({"classes": value}, "classes") for value in ("local", 5, [["local"]])),
        ({"hours": ["office"]}, "hours"),
    ],
)
def test_what_no_box_can_say_is_refused_with_its_field(forged, field):
    row = {"classes": ["local"], "hours": "", "most": 3, **forged}
    with pytest.raises(BadInput) as no:
        dial_rights({"site": row}, {}, "")
    assert no.value.field == field
