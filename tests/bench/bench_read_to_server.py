"""From the last byte on a scanner's line to the committed read, against the stock path.

    python3 -m dev bench read_to_server

One real box process with two scanners on pseudo-terminals: ours (spool, signed batch, exactly
once), and one written as drivers of Odoo are, whose events go through `event_manager` and
`send_websocket` to the same server. Scans alternate. A trigger on the table of reads tells when a
read is committed.
"""

import contextlib
import os
import random
import select
import shutil
import statistics
import tempfile
import time
import tty
from pathlib import Path

import psycopg2

from tests.box.processes import Box, Server, wait

DATABASE = "bench_read_to_server"
SCANS = 150
WARM_UP = 10
PEER = Path(__file__).parent / "stock_scanner"
TELL = """
CREATE FUNCTION bench_tell() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('bench_reads', NEW.code); RETURN NEW; END $$;
CREATE TRIGGER bench_tell AFTER INSERT ON auto_id_read
FOR EACH ROW EXECUTE FUNCTION bench_tell()
"""


class Line:
    """A scanner's end of a line."""

    def __init__(self, path):
        self._end, self._far = os.openpty()
        tty.setraw(self._far)
        self.link = path
        path.symlink_to(os.ttyname(self._far))

    def scan(self, code):
        os.write(self._end, code.encode() + b"\r")


def run():
    """Rows for `make bench`."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as at_end:
        folder = Path(folder)
        server = Server(DATABASE, folder / "odoo.log")
        server.prepare()
        at_end.callback(server.drop)
        server.issue_tokens(1)
        server.query(TELL)
        server.start()
        at_end.callback(server.end)
        lines = {"ours": Line(folder / "ours"), "peer": Line(folder / "peer")}
        box = Box(folder, server, lines["ours"])
        at_end.callback(box.end)
        _start(box, server, lines["peer"])
        delays = _measure(lines)
    for name, figure in (("median", statistics.median), ("p95", _p95)):
        ours, peer = figure(delays["ours"]), figure(delays["peer"])
        yield {
            "name": f"read_to_server_ms_{name}",
            "ours": round(ours, 1),
            "peer": round(peer, 1),
            "peer_name": "send_websocket of a stock scanner's event, same box and server",
            "unit": "ms",
            "ratio": round(ours / peer, 3),
            "n": SCANS,
        }


def _start(box, server, line):
    """A paired box with both scanners, whose stock events the server accepts."""
    box.start(server.token())
    box.wait_listening()
    box.end()
    server.query("UPDATE auto_id_box SET auto_handlers = false, accept_unsigned = true")
    handlers = next(box.home.rglob("iot_handlers"))
    for path in PEER.glob("*/*.py"):
        shutil.copy(path, handlers / path.parent.name)
    box.start(BENCH_STOCK_LINE=str(line.link))
    box.wait_listening()
    known = "SELECT 1 FROM auto_id_reader WHERE identifier = 'stock' AND connected"
    wait(lambda: server.query(known), 60, "both scanners are known")


def _measure(lines):
    """{"ours" or "peer": milliseconds of each scan}"""
    delays, chance = {name: [] for name in lines}, random.Random(1)
    with contextlib.closing(psycopg2.connect(dbname=DATABASE)) as link:
        link.autocommit = True
        link.cursor().execute("LISTEN bench_reads")
        for number in range(WARM_UP + SCANS):
            for name, line in lines.items():
                time.sleep(chance.uniform(0.02, 0.08))
                code = f"{name}-{number}"
                began = time.perf_counter()
                line.scan(code)
                _wait_for(link, code)
                if number >= WARM_UP:
                    delays[name].append((time.perf_counter() - began) * 1000)
    return delays


def _wait_for(link, code):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        select.select([link], [], [], 1)
        link.poll()
        told = [notice.payload for notice in link.notifies]
        link.notifies.clear()
        if code in told:
            return
    raise AssertionError(f"{code} did not arrive")


def _p95(values):
    return statistics.quantiles(values, n=20)[-1]
