import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from core.db import connect, migrate
from core.db.tables import Base
from core.errors import ConfigError


def test_migrations_make_exactly_the_declared_tables_and_may_be_repeated(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.parametrize("url", ["mysql://a@b/c", "nonsense", "sqlite+nothing://"])
def test_an_unknown_database_is_refused_in_words(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        connect(url)
    assert refused.value.field == "database_url"
