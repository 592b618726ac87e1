"""One Odoo with auto_id for all tests of this folder; each has its own box and scanner."""

import os

import pytest

from dev import postgres

from .processes import Box, Scanner, Server

DATABASE = os.environ.get("BOX_TEST_DATABASE", "test_box")


@pytest.fixture(scope="session")
def prepared_server(tmp_path_factory):
    postgres.start()
    server = Server(DATABASE, tmp_path_factory.mktemp("server") / "odoo.log")
    server.prepare()
    server.issue_tokens(90)  # one for each box of each test, and some to spare
    yield server
    server.end()
    server.drop()


@pytest.fixture
def server(prepared_server):
    """A running server; a test may stop it."""
    if prepared_server._process is None:
        prepared_server.start()
    return prepared_server


@pytest.fixture
def scanner(tmp_path):
    scanner = Scanner(tmp_path)
    scanner.start()
    yield scanner
    scanner.end()


@pytest.fixture
def box(tmp_path, server, scanner):
    """A box that was never started."""
    box = Box(tmp_path, server, scanner)
    yield box
    box.end()


@pytest.fixture
def paired_box(box, server):
    """A box that listens to its scanner and is known to the server."""
    box.start(server.token())
    box.wait_listening()
    return box
