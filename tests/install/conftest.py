import uuid

import pytest

from dev import database, postgres


@pytest.fixture(scope="session", autouse=True)
def _postgres():
    postgres.start()


@pytest.fixture
def fresh_database():
    """The name of a database with Odoo's own modules only, dropped afterwards."""
    name = f"install_{uuid.uuid4().hex[:8]}"
    database.fresh(name)
    yield name
    database.drop(name)
