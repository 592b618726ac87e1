"""The virtual box end to end: a byte on a serial line becomes one read in Odoo's database."""

import json
import os
import signal
import subprocess
import sys
import time

from dev import settings

from .processes import Box, Scanner, fetch, free_port, wait


def codes(server, box):
    """What its scanner has read."""
    return server.codes(box, "counter")


def test_each_scan_becomes_one_read(server, paired_box, scanner):
    cards = [f"CARD-{number}" for number in range(6)]
    for card in cards:
        scanner.scan(card)
        wait(lambda card=card: card in codes(server, paired_box), 10, "the read")
    assert codes(server, paired_box) == cards
    query = "SELECT name FROM auto_id_reader WHERE identifier = 'counter' AND type = 'scanner'"
    assert wait(lambda: server.query(query), 10, "the reader as the box describes it")


def test_the_status_page_answers(paired_box):
    assert "<html" in fetch(paired_box.url).lower()
    status = json.loads(fetch(f"{paired_box.url}/iot_drivers/data"))
    assert status["identifier"] == paired_box.identifier
    assert [device["identifier"] for device in status["devices"]["scanner"]] == ["counter"]


def test_the_page_of_its_readers_shows_how_they_fare(server, paired_box, scanner):
    scanner.scan("CARD-1")
    wait(lambda: codes(server, paired_box) == ["CARD-1"], 10, "the read")
    heard = f'{server.url} <span class="good">connected'
    wait(lambda: heard in (fetch(f"{paired_box.url}/auto_id") or ""), 30, "that it is heard")
    page = fetch(f"{paired_box.url}/auto_id")
    assert paired_box.identifier in page
    assert "none: Odoo has every read" in page
    assert "counter" in page
    assert "CARD-1" not in page


def test_the_health_check_answers_for_its_port(paired_box):
    def health(port):
        command = [sys.executable, "-m", "box.health"]
        environment = {**os.environ, "BOX_PORT": str(port)}
        return subprocess.run(command, cwd=settings.ROOT, env=environment, check=False).returncode

    assert health(paired_box.port) == 0
    assert health(free_port()) == 1


def test_odoo_tests_the_connection(server, paired_box):
    wait(lambda: "Websocket connected" in paired_box.log, 30, "the websocket")
    (known,) = server.call("auto_id.box", "search", [("identifier", "=", paired_box.identifier)])
    server.call("auto_id.box", "action_test_connection", [known])
    wait(
        lambda: server.call("auto_id.box", "read", [known], ["tested_at"])[0]["tested_at"],
        30,
        "the answer over the websocket",
    )


def test_two_boxes_on_one_machine_work_at_once(tmp_path, server, paired_box, scanner):
    (tmp_path / "dock").mkdir()
    other_scanner = Scanner(tmp_path / "dock")
    other = Box(tmp_path / "dock", server, other_scanner)
    try:
        other_scanner.start()
        other.start(server.token())
        other.wait_listening()
        scanner.scan("AT-COUNTER")
        other_scanner.scan("AT-DOCK")
        wait(lambda: codes(server, paired_box) == ["AT-COUNTER"], 20, "the counter's read")
        wait(lambda: codes(server, other) == ["AT-DOCK"], 20, "the dock's read")
        assert other.identifier != paired_box.identifier
    finally:
        other.end()
        other_scanner.end()


def test_reads_while_the_server_is_away_arrive_once(server, paired_box, scanner):
    scanner.scan("BEFORE")
    server.end()
    scanner.scan(*(f"AWAY-{n}" for n in range(20)))
    server.start()
    expected = ["BEFORE", *(f"AWAY-{n}" for n in range(20)), "AFTER"]
    scanner.scan("AFTER")
    wait(lambda: len(codes(server, paired_box)) >= len(expected), 90, "all reads")
    time.sleep(1)
    assert codes(server, paired_box) == expected


def test_a_killed_box_keeps_its_identity_and_its_reads(server, paired_box, scanner):
    identifier = paired_box.identifier
    server.end()
    scanner.scan("ONE", "TWO")
    wait(lambda: "reads wait on this box" in paired_box.log, 10, "a try to send")
    time.sleep(0.5)
    paired_box.end(signal.SIGKILL)
    paired_box.start()  # without a token: the home knows it
    paired_box.wait_listening()  # and without the server
    scanner.scan("THREE")
    server.start()
    wait(lambda: len(codes(server, paired_box)) >= 3, 90, "all reads")
    assert paired_box.identifier == identifier
    assert codes(server, paired_box) == ["ONE", "TWO", "THREE"]


def test_a_box_that_starts_before_its_server_pairs_later(server, box, scanner):
    token = server.token()
    server.end()
    box.start(token)
    wait(lambda: "serve this box yet: Connection refused" in box.log, 30, "a clear message")
    wait(lambda: fetch(box.url), 30, "its page")
    server.start()
    box.wait_listening()
    scanner.scan("CARD-1")
    wait(lambda: codes(server, box) == ["CARD-1"], 30, "the read")


def test_a_wrong_token_is_refused_clearly_and_makes_no_box(server, box):
    before = server.query("SELECT count(*) FROM auto_id_box")
    box.start("not-a-token")
    wait(lambda: "refuses this box: the token is unknown" in box.log, 30, "a refusal in the log")
    assert server.query("SELECT count(*) FROM auto_id_box") == before
    assert (box.identifier,) not in server.query("SELECT identifier FROM auto_id_box")


def test_bad_input_harms_nothing(server, paired_box, scanner):
    scanner.scan(b"\x00\xff\xfe\x01", b"x" * 70_000, b"", "卡-7")
    wait(lambda: "卡-7" in codes(server, paired_box), 20, "the good read")
    binary, long, good = codes(server, paired_box)
    assert binary == "\\xff\\xfe␁"
    assert long.startswith("xxx")
    assert good == "卡-7"
    states = server.query("SELECT state FROM auto_id_read WHERE code LIKE 'xxx%'")
    assert ("invalid",) in states


def test_a_scanner_may_be_unplugged_and_plugged_in_again(server, paired_box, scanner):
    scanner.scan("BEFORE")
    wait(lambda: codes(server, paired_box) == ["BEFORE"], 10, "the read")
    scanner.end()
    wait(lambda: "Device counter is now disconnected" in paired_box.log, 10, "it is missed")
    listened = paired_box.log.count("Listening to")
    scanner.start("--suffix", "crlf", "--stx")
    wait(lambda: paired_box.log.count("Listening to") > listened, 10, "it is back")
    scanner.scan("AFTER")
    wait(lambda: codes(server, paired_box) == ["BEFORE", "AFTER"], 10, "the read")


def test_two_boxes_do_not_share_a_home_or_a_port(tmp_path, server, paired_box, scanner):
    second = Box(tmp_path, server, scanner)
    second.start()
    assert second.exit_code() == 1
    assert "A box is running in" in second.log
    second.home = tmp_path / "second"
    second.port = paired_box.port
    second.start()
    assert second.exit_code() == 1
    assert f"Port {paired_box.port} is in use" in second.log


def test_a_box_without_odoo_says_what_to_do(tmp_path, server, box):
    box.start(ODOO_HOME=str(tmp_path))
    assert box.exit_code() == 1
    assert "No Odoo found in ODOO_HOME" in box.log
