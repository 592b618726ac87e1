"""Reads a second that one Odoo process takes over HTTP, against record-by-record `create`.

    python3 -m dev bench reads_ingest

Ours: signed batches of 1,000 reads, one after the other, of four readers at one station; one code
in ten has a tag. The peer creates the same rows in the same table, one by one, by the stock web
client's JSON-RPC with a session (no password is hashed for each call). Nobody may create reads; for
the peer, the administrator gets that right in this database. Both alternate in one run.
"""

import itertools
import tempfile
import time
from pathlib import Path

from tests.box.plain_box import PlainBox
from tests.box.processes import Server

DATABASE = "bench_reads_ingest"
ROUNDS = 4
BATCHES = 10
BATCH = 1_000
CREATES = 200
PREPARE = """
station = env["auto_id.station"].create({"name": "Dock"})
partner = env["res.partner"].create({"name": "Holder"})
env["auto_id.tag"].create([
    {"code": f"CODE-{n}", "res_model": "res.partner", "res_id": partner.id}
    for n in range(0, 10_000, 10)
])
env["ir.model.access"].create({
    "name": "bench", "model_id": env["ir.model"]._get_id("auto_id.read"), "perm_create": True,
    "perm_read": True, "group_id": env.ref("base.group_system").id,
})
env.cr.commit()
"""


def run():
    """Rows for `make bench`."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(DATABASE, Path(folder) / "odoo.log")
        server.prepare()
        server.shell(PREPARE)
        server.issue_tokens(1)
        server.start()
        try:
            ours, peer = _measure(server)
        finally:
            server.end()
            server.drop()
    yield {
        "name": "reads_ingest",
        "ours": round(ours),
        "peer": round(peer),
        "peer_name": "create() of one record a call by the web client's JSON-RPC",
        "unit": "reads/s",
        "ratio": round(ours / peer, 1),
        "n": ROUNDS * BATCHES * BATCH,
    }


def _measure(server):
    box, sequences = PlainBox(server), itertools.count(1)
    box.post("/auto_id/v1/reads", events=[_event(next(sequences), n) for n in range(4)])
    server.query("UPDATE auto_id_reader SET station_id = (SELECT id FROM auto_id_station)")
    names = ("reader_id", "box_id", "station_id", "company_id")
    (row,) = server.query("SELECT id, box_id, station_id, company_id FROM auto_id_reader LIMIT 1")
    place = dict(zip(names, row, strict=True))
    _create(server, place, next(sequences))
    seconds = {"ours": 0.0, "peer": 0.0}
    for _round in range(ROUNDS):
        batches = [[_event(next(sequences), n) for n in range(BATCH)] for _ in range(BATCHES)]
        began = time.perf_counter()
        for batch in batches:
            assert box.post("/auto_id/v1/reads", events=batch)["accepted"] == BATCH
        seconds["ours"] += time.perf_counter() - began
        began = time.perf_counter()
        for _ in range(CREATES):
            _create(server, place, next(sequences))
        seconds["peer"] += time.perf_counter() - began
    return (
        ROUNDS * BATCHES * BATCH / seconds["ours"],
        ROUNDS * CREATES / seconds["peer"],
    )


def _event(sequence, number):
    return {
        "sequence": sequence,
        "reader": f"reader-{number % 4}",
        "code": f"CODE-{sequence % 10_000}",
        "time": time.time(),
        "age": 0.5,
    }


def _create(server, place, sequence):
    server.call(
        "auto_id.read",
        "create",
        {
            **place,
            "sequence": sequence,
            "code": f"CODE-{sequence % 10_000}",
            "read_at": "2026-01-01 00:00:00",
            "state": "unknown",
            "reason": "no_tag",
        },
    )
