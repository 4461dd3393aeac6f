"""A database of before there was one tree of categories is brought to it, with and without a tree of its own."""

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.db import migrate
from core.db.migrate import alembic_config
from core.errors import BadInput
from core.workorders import office


@pytest.fixture
def before(engine):
    config = alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0013")
        connection.commit()
    return engine


def listed(engine, *names):
    with engine.begin() as connection:
        for rank, name in enumerate(names):
            connection.execute(text("insert into categories values (:name, :rank)"), {"name": name, "rank": rank})


def add_node(engine, category, name, parent=""):
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into order_categories values "
                "(:id, :parent, 0, :name, :name, 'urgent', :no, '{}', '[]', '{}', :yes)"
            ),
            {"id": category, "parent": parent, "name": name, "no": False, "yes": True},
        )


def upgraded(engine):
    migrate(engine)
    with Session(engine) as session:
        return office.load(session).tree, office.spellings(session)


def test_names_find_their_nodes_and_others_become_nodes(before):
    add_node(before, "pipe", "管网")
    add_node(before, "pipe.leak", "漏水", "pipe")
    listed(before, "管网/漏水", "骚扰电话", "管网/改管", "别处/其他")
    tree, spellings = upgraded(before)
    ids = {name: spellings[name] for name in ("管网/漏水", "漏水", "骚扰电话", "管网/改管", "别处/其他")}
    assert ids == {
        "管网/漏水": "pipe.leak",
        "漏水": "pipe.leak",
        "骚扰电话": "own_1",
        "管网/改管": "pipe.own_1",
        "别处/其他": "own_2",
    }
    assert (tree["pipe.leak"].urgency, tree["pipe.own_1"].parent, tree["own_1"].name_zh) == (
        "urgent",
        "pipe",
        "骚扰电话",
    )
    # Nobody has named them in English; a node that was named so by the office keeps what it said.
    assert [tree[one].name_en for one in ("own_1", "pipe.own_1", "pipe.leak")] == ["", "", "漏水"]
    assert [tree["own_1"].name(language) for language in ("en", "zh_CN")] == ["骚扰电话", "骚扰电话"]


def test_a_database_without_a_tree_gets_the_shipped_one_around_its_own_names(before):
    listed(before, "报修/明漏", "报修/改管")
    tree, spellings = upgraded(before)
    assert (spellings["报修/明漏"], spellings["报修/改管"]) == ("repair.leak_visible", "repair.own_1")
    assert len(tree) == len(office.SHIPPED) + 1


def test_the_way_back_keeps_the_tree(before):
    add_node(before, "pipe", "管网")
    listed(before, "骚扰电话")
    migrate(before)
    config = alembic_config()
    with before.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0013")
        connection.commit()
        assert set(connection.execute(text("select name from categories")).scalars()) == {"管网", "骚扰电话"}
        assert set(connection.execute(text("select id from order_categories")).scalars()) == {"pipe", "own_1"}


def test_a_category_is_meant_by_its_id_or_by_any_name_it_has_or_had(session):
    office.fill_shipped(session, 0.0)
    for said in ("repair.leak_visible", "报修/明漏", "明漏", "Repair/Visible leak", "Visible leak"):
        assert office.category_of(session, said) == "repair.leak_visible"
    session.get_one(office.CategoryRow, "repair.leak_visible").name_zh = "表前漏水"
    session.flush()
    for said in ("报修/表前漏水", "报修/明漏"):
        assert office.category_of(session, said) == "repair.leak_visible"
    with pytest.raises(BadInput) as refused:
        office.category_of(session, "午饭")
    assert refused.value.field == "category"
