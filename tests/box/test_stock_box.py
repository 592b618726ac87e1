"""A stock IoT Box from Odoo's own sources, with nothing of ours on it, end to end.

It pairs by the link that Odoo shows, gets its drivers from Odoo, and every code that is scanned is
in the database once, whatever happens to the line. One box for all tests, as at a counter; each
test leaves it paired and at work.
"""

import contextlib
import itertools
import time

import pytest

from .line import Line
from .processes import Scanner, wait
from .stock_box import StockBox

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def line(prepared_server):
    line = Line(prepared_server.port)
    yield line
    line.end()


@pytest.fixture(scope="module")
def scanner_of_the_box(tmp_path_factory):
    scanner = Scanner(tmp_path_factory.mktemp("scanner"))
    scanner.start()
    yield scanner
    scanner.end()


@pytest.fixture(scope="module")
def paired_stock_box(tmp_path_factory, prepared_server, line, scanner_of_the_box):
    """Started as it comes, then paired as a user does it."""
    if prepared_server._process is None:
        prepared_server.start()
    box = StockBox(tmp_path_factory.mktemp("stock"), scanner_of_the_box)
    with contextlib.closing(box):
        box.start()
        box.paste(pairing_link(prepared_server, line.url, name="Counter"))
        box.wait_at_work()
        yield box


@pytest.fixture
def stock_box(server, line, paired_stock_box):
    """The box, the line and the server at work."""
    line.mend()
    paired_stock_box.has_network(True)
    return paired_stock_box


@pytest.fixture
def scan(server, stock_box, scanner_of_the_box):
    """Scan some new codes; `scan.arrived()` waits for all, and that each came once, in order."""
    return Scans(server, stock_box, scanner_of_the_box)


def codes(server, box):
    """What its scanner has read."""
    return server.codes(box, "/dev/ttyACM0")


class Scans:
    def __init__(self, server, box, scanner):
        self._server, self._box, self._scanner = server, box, scanner
        self._before = len(codes(server, box))
        self._codes = []

    def __call__(self, count=1):
        codes = [f"CARD-{next(_numbers)}" for _ in range(count)]
        self._codes += codes
        self._scanner.scan(*codes)

    def _found(self):
        return codes(self._server, self._box)[self._before :]

    def arrived(self, seconds=60):
        wait(lambda: self._codes[-1] in self._found(), seconds, "the last read")
        assert self._found() == self._codes


def pairing_link(server, url, **values):
    """What the wizard shows."""
    wizard = server.call("auto_id.connect", "create", [{"url": url, **values}])
    return server.call("auto_id.connect", "action_connect", wizard)["params"]["link"]


def known_as(server, box):
    return server.call("auto_id.box", "search", [("identifier", "=", box.identifier)])


def test_it_gets_its_drivers_from_odoo_and_its_reads_arrive_once(server, stock_box, scan):
    assert (stock_box.handlers / "drivers/auto_id_serial_driver.py").exists()
    assert (stock_box.handlers / "drivers/serial_scale_driver.py").exists()
    assert stock_box.scanners() == ["/dev/ttyACM0"]
    scan(3)
    scan.arrived(10)


def test_it_is_known_in_odoo_with_its_scanner(server, stock_box):
    (known,) = known_as(server, stock_box)
    scanner = [
        ("box_id", "=", known),
        ("type", "=", "scanner"),
        ("identifier", "=", "/dev/ttyACM0"),
    ]
    wait(
        lambda: server.call("auto_id.reader", "search_count", scanner) == 1,
        10,
        "the reader as the box reports it",
    )
    (box,) = server.call("auto_id.box", "read", [known], ["ip", "mac", "state"])
    assert box == {"id": known, "ip": "127.0.0.1", "mac": "b8:27:eb:00:00:01", "state": "paired"}


def test_it_asks_nobody_but_its_server(stock_box):
    """Where stock knows a database's identity, it asks the vendor for a certificate first."""
    assert "odoo.com" not in stock_box.log_since_start


def test_reads_while_the_line_is_cut_arrive_once(line, scan):
    scan()
    scan.arrived()
    line.cut()
    scan(20)
    line.mend()
    scan()
    scan.arrived()


def test_reads_whose_acknowledgement_is_lost_arrive_once(server, stock_box, line, scan):
    before = len(codes(server, stock_box))
    line.swallow_answers()
    scan(3)
    wait(lambda: len(codes(server, stock_box)) > before, 30, "a read that the box cannot know of")
    line.mend()
    scan()
    scan.arrived()


def test_odoo_tests_the_connection(server, stock_box):
    stock_box.wait_listening()
    (known,) = known_as(server, stock_box)
    server.call("auto_id.box", "action_test_connection", [known])
    wait(
        lambda: server.call("auto_id.box", "read", [known], ["tested_at"])[0]["tested_at"],
        30,
        "the answer over the websocket",
    )


def test_odoo_restarts_the_box_and_new_drivers_arrive(server, stock_box, scan):
    stock_box.wait_listening()
    driver = stock_box.handlers / "drivers/auto_id_serial_driver.py"
    current = driver.read_text()
    driver.write_text("# an older one")
    (stock_box.handlers / "drivers/gone.py").write_text("# one that Odoo no longer has")
    stock_box.set_conf("iot_handlers_etag", "an-older-one")
    stock_box.expect_start()
    server.call("auto_id.box", "action_restart", known_as(server, stock_box))
    wait(lambda: driver.exists() and driver.read_text() == current, 60, "the drivers of Odoo")
    assert not (stock_box.handlers / "drivers/gone.py").exists()
    stock_box.wait_at_work()
    scan()
    scan.arrived()


def test_a_box_that_starts_without_a_network_loses_nothing(stock_box, scan):
    """Stock then opens no websocket, ever: our reads do not need it."""
    stock_box.end()
    stock_box.has_network(False)
    stock_box.start()
    stock_box.wait_at_work()
    scan(3)
    stock_box.has_network(True)
    scan.arrived()
    assert "Websocket connected" not in stock_box.log_since_start


def test_a_box_that_starts_before_its_server_loses_nothing(server, stock_box, line, scan):
    """Stock then has no channel, and its websocket dies where it must ask for a session."""
    stock_box.end()
    stock_box.set_conf("db_name", server.database)
    line.say_sorry()
    stock_box.start()
    stock_box.wait_at_work()
    scan(3)
    line.mend()
    scan.arrived()
    assert "Exception in thread" in stock_box.log_since_start
    assert "Websocket connected" not in stock_box.log_since_start


def test_a_box_that_finds_nobody_at_all_works_after_the_button_on_its_page(stock_box, line, scan):
    """Stock's manager dies before it loads a single driver; its page lives on."""
    stock_box.end()
    line.cut()
    stock_box.start()
    wait(lambda: "Exception in thread" in stock_box.log_since_start, 60, "stock's fault")
    line.mend()
    stock_box.restart()
    stock_box.wait_at_work()
    scan()
    scan.arrived()


def test_a_revoked_box_forgets_its_server_and_is_connected_again(server, stock_box, line, scan):
    stock_box.wait_listening()
    # Stock takes no such message in the first five seconds of a connection.
    time.sleep(6)
    (known,) = known_as(server, stock_box)
    stock_box.expect_start()
    server.call("auto_id.box", "action_revoke", [known])
    stock_box.wait_page()
    assert "remote_server" not in stock_box.conf
    stock_box.wait_at_work()
    scan()
    stock_box.paste(pairing_link(server, line.url, box_id=known))
    stock_box.wait_at_work()
    scan()
    scan.arrived()
