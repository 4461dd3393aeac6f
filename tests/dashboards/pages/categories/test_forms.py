"""The tree in its order, and a form that offers no place that the tree does not have."""

from dashboards.pages.categories.forms import names, place
from dashboards.pages.categories.queries import in_tree


def row(category, parent="", **more):
    return {
        "id": category,
        "parent": parent,
        "name": category,
        "name_en": "",
        "urgency": "normal",
        "immediate": False,
        **more,
    }


ROWS = [row("repair"), row("bill"), row("repair.burst", "repair", urgency="emergency"), row("lost.one", "gone")]
FOUND = {
    "items": ROWS,
    "choices": {
        "parents": [{"id": "repair", "name": "报修"}, {"id": "bill", "name": "查询"}],
        "urgencies": ["normal", "urgent", "emergency"],
    },
}


def test_each_group_is_followed_by_what_stands_in_it_and_nothing_is_left_out():
    assert [one["id"] for one in in_tree(ROWS)] == ["repair", "repair.burst", "bill", "lost.one"]


def test_a_group_with_categories_in_it_is_offered_no_other_group_and_nobody_itself():
    def offered(there):
        parent, *_rest = place(there, FOUND)
        return [value for value, _caption in parent.options]

    assert offered(ROWS[0]) == [""]
    assert offered(ROWS[1]) == ["", "repair"]
    assert offered(ROWS[2]) == ["", "repair", "bill"]
    assert offered(None) == ["", "repair", "bill"]


def test_a_form_begins_with_what_stands():
    parent, urgency, immediate = place(ROWS[2], FOUND)
    assert (parent.value, urgency.value, immediate.value) == ("repair", "emergency", False)
    name, english = names(row("bill", name_en="Bill enquiry"))
    assert (name.value, english.value, name.required, english.required) == ("bill", "Bill enquiry", True, False)
