"""Codes a second through `parse`, against plain `biip` on the same GS1 inputs, alternating.

    python3 -m dev python tests/bench/bench_parse.py

Ours does more with each: association rules, linters, symbologies; of both the GTIN, serial number
and SSCC are asked for. Row `parse_mixed` has EPCs, cards and plain codes among them, which biip
answers with errors.
"""

import json
import random
import statistics
import sys
import time
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 9
CODES = 2000


def _import_parser():
    addon = types.ModuleType("auto_id")
    addon.__path__ = [str(ROOT / "addons/auto_id")]
    sys.modules.setdefault("auto_id", addon)
    from auto_id.tools.codes import linters, parse

    return parse, linters.check_digit


def _inputs(check_digit, source):
    """GS1 codes of the kinds that shops and warehouses see, and the others."""
    gs1, others = [], []
    for _ in range(CODES):
        body = f"{source.randrange(10**12):012}"
        ean = body + check_digit(body)
        gtin, serial = "0" + ean, source.randrange(10**8)
        sscc = f"0{source.randrange(10**16):016}"
        sscc += check_digit(sscc)
        day = f"2{source.randrange(10)}{source.randrange(1, 13):02}{source.randrange(1, 29):02}"
        gs1 += [
            ean,
            f"]E0{ean}",
            f"]C101{gtin}",
            f"]C101{gtin}17{day}10LOT{serial}",
            f"]d201{gtin}21{serial}\x1d17{day}10L{serial % 999}",
            f"01{gtin}3103{serial % 10**6:06}15{day}",
            f"]C100{sscc}",
            f"https://id.gs1.org/01/{gtin}/21/{serial}",
        ]
        others += [
            f"30{source.randrange(6):01x}{source.randrange(16**6):06x}{source.randrange(16**15):015x}",
            f"04{source.randrange(16**12):012X}",
            f"CARD-{serial}",
        ]
    source.shuffle(gs1)
    source.shuffle(others)
    return gs1[:CODES], others[:CODES]


def _seconds(read, scans):
    start = time.perf_counter()
    for scan in scans:
        read(scan)
    return time.perf_counter() - start


def run():
    """Rows for `make bench`."""
    import biip

    parse, check_digit = _import_parser()
    gs1, others = _inputs(check_digit, random.Random(7))

    def ours(scan):
        code = parse(scan)
        return code.gtin, code.serial, code.sscc

    def theirs(scan):
        found = biip.parse(scan)
        return found.gtin, found.sscc, found.gs1_message or found.gs1_digital_link_uri

    for name, scans in (("parse", gs1), ("parse_mixed", gs1 + others)):
        mine, other = [], []
        for _ in range(ROUNDS):
            mine.append(_seconds(ours, scans))
            other.append(_seconds(theirs, scans))
        rates = [len(scans) / statistics.median(times) for times in (mine, other)]
        yield {
            "name": name,
            "ours": round(rates[0]),
            "peer": round(rates[1]),
            "peer_name": f"biip {biip.__version__}, same codes",
            "unit": "codes/s",
            "ratio": round(rates[0] / rates[1], 2),
            "n": len(scans) * ROUNDS,
        }


if __name__ == "__main__":
    for result in run():
        print(json.dumps(result))
