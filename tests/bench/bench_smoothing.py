"""Smoothing of raw RFID reports, as one box process does it.

    python3 -m dev python tests/bench/bench_smoothing.py

`smoothing`: a simulated reader with 500 tags in view reports as fast as it can; the driver takes
the reports from the socket through sllurp and the smoothing to the spool on disk. The peer is the
same driver and spool, but each report is handed on as it comes, as stock drivers do with theirs.
It is spared the POST a report that stock makes. `smoothing_pure`: the smoothing alone, against a
timer for each tag that each report starts anew. `smoothing_rss_mb`: growth of memory over an
hour of reads at 1,000 a second, 36,000 tags passing by, against a table that forgets nothing.
"""

import importlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/unit")]

TAGS = 500
ANTENNAS = 4
SECONDS = 3.0
PURE = 400_000
TIMERS = 4_000
HOUR = 3600
RATE = 1000


def run() -> Iterator[dict]:
    """Rows for `make bench`."""
    rows = [_in_turn("driver", "reports/s"), _in_turn("pure", "reports/s"), _in_turn("hour", "MB")]
    names = ("smoothing", "smoothing_pure", "smoothing_rss_mb")
    for name, (ours, peer, peer_name, unit, n) in zip(names, rows, strict=True):
        yield {
            "name": name,
            "ours": round(ours, 2),
            "peer": round(peer, 2),
            "peer_name": peer_name,
            "unit": unit,
            "ratio": round(ours / peer, 4),
            "n": n,
        }


def _in_turn(what: str, unit: str) -> tuple[float, float, str, str, int]:
    """Peer, ours, and the peer again: each in a process of its own.

    Memory is no matter of the moment: there the peer runs once.
    """
    turns = ("peer", "ours") if what == "hour" else ("peer", "ours", "peer")
    results = {"peer": [], "ours": []}
    for who in turns:
        results[who].append(_child(what, who))
    peers = [result["value"] for result in results["peer"]]
    (ours,) = results["ours"]
    return ours["value"], sum(peers) / len(peers), PEERS[what], unit, ours["n"]


PEERS = {
    "driver": "same driver and spool, each report stored as it comes, without stock's POST",
    "pure": "a timer for each tag, started anew by each report",
    "hour": "a table of the tags seen, without an end",
}


def _child(what: str, who: str) -> dict:
    command = [sys.executable, __file__, what, who]
    output = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return json.loads(output.splitlines()[-1])


# In the child process.


def driver(who: str) -> dict:
    """Reports a second that the driver takes from a reader's socket."""
    simulator = subprocess.Popen(
        [sys.executable, "-c", _SIMULATOR], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        port = int(simulator.stdout.readline())
        with tempfile.TemporaryDirectory() as folder:
            return _measure_driver(who, port, Path(folder))
    finally:
        simulator.kill()


_SIMULATOR = f"""
import time
from box.simulators.llrp_reader import Reader
from box.simulators.llrp_scenes import epc, field
reader = Reader("impinj", pace=0).start()
codes = [epc(number) for number in range({TAGS})]
reader.show(field(codes, rate=1e6, antennas=range(1, {ANTENNAS + 1})))
print(reader.port, flush=True)
time.sleep(600)
"""


def _measure_driver(who: str, port: int, folder: Path) -> dict:
    import pytest
    from box_stand_in import STOCK, Box

    with pytest.MonkeyPatch.context() as patch:
        box = Box(patch, folder)
        patch.setitem(sys.modules, f"{STOCK}.event_manager", type(sys)("event_manager"))
        sys.modules[f"{STOCK}.event_manager"].event_manager = None
        modules = ("clock", "llrp", "llrp_link", "outbox", "raw_reads", "smoothing", "wire")
        module = box.load("drivers.auto_id_llrp_driver", *modules)
        settings = {"driver": "llrp", "place": f"127.0.0.1:{port}", "present_every": 10}
        box.library("configuration").store("v", {"dock": settings})
        return _count_reports(module.AutoIdLlrpReader, who)


def _count_reports(reader_class: type, who: str) -> dict:
    reader = reader_class("dock", {"place": ""})
    taken, take = [0], reader._take

    def note(reports):
        taken[0] += len(reports)
        if who == "ours":
            take(reports)
            return
        for report in reports:
            reader.deliver(report.code, antenna=report.antenna, rssi=report.rssi)

    reader._take = note
    reader.start()
    while not taken[0]:
        time.sleep(0.01)
    time.sleep(0.5)
    began, start = taken[0], time.perf_counter()
    time.sleep(SECONDS)
    number, seconds = taken[0] - began, time.perf_counter() - start
    reader.stop()
    reader.join(10)
    assert not reader.errors, reader.last_error
    return {"value": number / seconds, "n": number}


def pure(who: str) -> dict:
    """Reports a second that the smoothing alone takes."""
    smoothing = _library("smoothing")
    number = PURE if who == "ours" else TIMERS
    codes = [f"3034257BF400B780{tag:08X}" for tag in range(TAGS)]
    reports = [
        smoothing.Report(n / 5000, codes[n % TAGS], n // TAGS % ANTENNAS + 1, -55.0 - n % 7)
        for n in range(number)
    ]
    start = time.perf_counter()
    if who == "ours":
        smoother = smoothing.Smoother(smoothing.Thresholds())
        for at in range(0, number, 100):
            smoother.feed(reports[at : at + 100])
            smoother.tick(reports[at].time)
    else:
        _with_timers(reports)
    return {"value": number / (time.perf_counter() - start), "n": number}


def _with_timers(reports: list) -> None:
    timers: dict[str, threading.Timer] = {}
    for report in reports:
        timer = timers.pop(report.code, None)
        if timer:
            timer.cancel()
        timer = timers[report.code] = threading.Timer(60, print)
        timer.daemon = True
        timer.start()
    for timer in timers.values():
        timer.cancel()


def hour(who: str) -> dict:
    """MB that the process grows by from the first five minutes to the end of the hour."""
    smoothing = _library("smoothing")
    smoother = smoothing.Smoother(smoothing.Thresholds())
    kept: dict[str, list] = {}
    told, early = 0, 0.0
    for second in range(HOUR):
        # Ten tags come and ten go each second; 500 are in view.
        reports = [
            smoothing.Report(
                second + n / RATE, f"3034257BF400B780{second * 10 + n % TAGS:08X}", n % 4 + 1, -55.0
            )
            for n in range(RATE)
        ]
        if who == "ours":
            told += len(smoother.feed(reports)) + len(smoother.tick(second + 1))
        else:
            for report in reports:
                kept.setdefault(report.code, []).append(report)
                del kept[report.code][:-5]
        if second == HOUR // 12:
            early = _megabytes()
    assert len(smoother) < 3 * TAGS
    assert told > HOUR or who != "ours"
    return {"value": max(_megabytes() - early, 0.01), "n": HOUR * RATE}


def _megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1024 / 1024


def _library(name: str):
    importlib.import_module("conftest")  # registers the add-ons without Odoo
    return importlib.import_module(f"auto_id.iot_handlers.lib.auto_id.{name}")


if __name__ == "__main__":
    if sys.argv[1:]:
        _library("smoothing")
        print(json.dumps({"driver": driver, "pure": pure, "hour": hour}[sys.argv[1]](sys.argv[2])))
    else:
        for row in run():
            print(json.dumps(row), flush=True)
