"""What the office named before there were English names keeps its ids; what was shipped gets them."""

from alembic import command
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.db import migrate
from core.db.migrate import alembic_config
from core.i18n import called, set_language
from core.installation.definition import Installation, Queue
from core.installation.service import of_frame, save_installation
from core.rosters.templates import templates


def test_breaks_keep_the_names_that_facts_carry_as_their_ids(engine):
    config = alembic_config()
    with Session(engine) as session:
        save_installation(session, Installation(1, "x", queues={"a": Queue("a", "综合服务"), "b": Queue("b", "燃气")}))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0014")
        connection.execute(text("insert into break_reasons values ('用餐', 0), ('取暖', 1)"))
        connection.commit()
    migrate(engine)
    with Session(engine) as session:
        reasons, _demo = of_frame(session)
        queues = dict(session.execute(text("select id, name_en from queues")).all())
    assert [(one.id, one.name, one.name_en) for one in reasons] == [("用餐", "用餐", "Meal"), ("取暖", "取暖", "")]
    assert queues == {"a": "General", "b": ""}
    set_language("en")
    assert [called(one) for one in reasons] == ["Meal", "取暖"]
    set_language("zh_CN")


def test_a_file_of_before_has_breaks_by_name():
    text_ = (
        Installation(1, "x")
        .to_json()
        .replace('"break_reasons": {}', '"break_reasons": ["用餐"], "categories": ["报修"]')
    )
    assert Installation.from_json(text_).break_reasons["用餐"].name == "用餐"


def test_leave_of_before_is_kept_by_the_id_of_its_reason_and_shifts_have_english_names(engine):
    config = alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0014")
        for reason in ("年假", "sick leave", "陪产假"):
            connection.execute(
                text(
                    "insert into roster_leaves (extension, starts_at, ends_at, reason, note, state, asked_by, asked_at, "
                    "decided_words) values ('8001', 0, 1, :reason, '', 'asked', 'x', 0, '')"
                ),
                {"reason": reason},
            )
        connection.execute(
            text(
                "insert into shift_templates (name, rank, start_minute, end_minute, breaks, skills, active, example) "
                "values ('夜班', 0, 1290, 1905, '[]', '[]', :yes, :yes)"
            ),
            {"yes": True},
        )
        connection.commit()
    migrate(engine)
    with Session(engine) as session:
        kept = session.execute(text("select reason from roster_leaves order by id")).scalars().all()
        (night,) = templates(session)
    assert kept == ["annual", "sick", "陪产假"]
    assert (night.name, night.name_en) == ("夜班", "Night")
