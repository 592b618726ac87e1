"""SGTIN-96 in hexadecimal to GTIN and serial number, against `epcpy`, alternating.

    python3 -m dev python tests/bench/bench_epc.py

Row `epc` goes through `parse`, as a read does; row `epc_direct` is the decoder alone.
"""

import importlib.metadata
import json
import random
import statistics
import sys
import time
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 9
EPCS = 2000


def _import_parser():
    addon = types.ModuleType("auto_id")
    addon.__path__ = [str(ROOT / "addons/auto_id")]
    sys.modules.setdefault("auto_id", addon)
    from auto_id.tools.codes import epc, epc_binary, parse

    return parse, epc, epc_binary


def _inputs(epc, epc_binary, source):
    found = []
    for _ in range(EPCS):
        length = source.randrange(6, 13)
        digits = f"{source.randrange(10**13):013}"
        uri = (
            f"urn:epc:tag:sgtin-96:1.{digits[:length]}.{digits[length:]}.{source.randrange(2**38)}"
        )
        found.append(epc_binary.encode(epc.parse_uri(uri))[0])
    return found


def _seconds(read, scans):
    start = time.perf_counter()
    for scan in scans:
        read(scan)
    return time.perf_counter() - start


def run():
    """Rows for `make bench`; ours and the peer's answers are compared before."""
    import epcpy

    parse, epc, epc_binary = _import_parser()
    scans = _inputs(epc, epc_binary, random.Random(7))

    def parsed(scan):
        code = parse(scan)
        return code.gtin, code.serial

    def direct(scan):
        return epc_binary.sgtin96(int(scan, 16))

    def theirs(scan):
        found = epcpy.hex_to_tag_encodable(scan)
        return found.gs1_key(), found.epc_uri.rpartition(".")[2]

    assert [parsed(scan) for scan in scans] == [theirs(scan) for scan in scans]
    for name, ours in (("epc", parsed), ("epc_direct", direct)):
        mine, other = [], []
        for _ in range(ROUNDS):
            mine.append(_seconds(ours, scans))
            other.append(_seconds(theirs, scans))
        rates = [len(scans) / statistics.median(times) for times in (mine, other)]
        yield {
            "name": name,
            "ours": round(rates[0]),
            "peer": round(rates[1]),
            "peer_name": f"epcpy {importlib.metadata.version('epcpy')}, same tags",
            "unit": "EPCs/s",
            "ratio": round(rates[0] / rates[1], 2),
            "n": len(scans) * ROUNDS,
        }


if __name__ == "__main__":
    for result in run():
        print(json.dumps(result))
