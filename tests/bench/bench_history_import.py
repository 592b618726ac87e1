"""Purchase history import against Odoo's own `load()`, alternating in one run.

    python3 -m dev python tests/bench/bench_history_import.py

Ours reads the whole Online Retail file into a fresh database; the peer loads `PEER_LINES` of the
same lines into the same table by `load()`, in two halves, before and after.
"""

import csv
import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT.parent / "shared/data/onlineretail_lines.csv.gz"
DATABASE = "bench_history_import"
PEER_LINES = 2000

PEER = """
import json, time
rows = json.loads(open({path!r}).read())
company = env.company
codes = sorted({{row[3] for row in rows}})
partner = env["res.partner"].create([{{"name": r, "ref": r}} for r in {{row[0] for row in rows}}])
product = env["product.product"].create([{{"name": c, "default_code": c}} for c in codes])
partners = dict(zip(partner.mapped("ref"), partner.ids))
products = dict(zip(product.mapped("default_code"), product.ids))
names = ["company_id/.id", "partner_id/.id", "date", "order_ref", "product_id/.id", "quantity",
         "amount", "country", "line_key"]
data = [[str(company.id), str(partners[c]), d[:10], o, str(products[p]), q, a, land, f"k{{n}}"]
        for n, (c, d, o, p, q, a, land) in enumerate(rows)]
start = time.perf_counter()
result = env["oneonone.history.line"].load(names, data)
env.flush_all()
assert not result["messages"], result["messages"][:2]
print("SECONDS", time.perf_counter() - start)
env.cr.rollback()
"""


def _dev(*arguments: str, text: str | None = None) -> str:
    command = [sys.executable, "-m", "dev", *arguments]
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, check=True)
    return done.stdout


def _peer(rows: list[list[str]]) -> float:
    """Seconds that `load()` takes for these lines, customers and products being there."""
    path = ROOT / ".state" / "bench_history_rows.json"
    path.write_text(json.dumps(rows))
    options = ("-d", DATABASE, "--no-http", "--log-level=error")
    output = _dev("odoo", "shell", *options, text=PEER.format(path=str(path)))
    path.unlink()
    return float(output.rpartition("SECONDS")[2].split()[0])


def _ours() -> float:
    """Seconds of the whole command: start, survey, customers, products, lines, profiles."""
    rejected = ROOT / ".state" / "bench_history_rejected.csv"
    start = time.perf_counter()
    _dev("odoo", "oneonone_import", str(FILE), "-d", DATABASE, f"--rejected={rejected}", "--quiet")
    rejected.unlink()
    return time.perf_counter() - start


def _sample() -> tuple[int, list[list[str]]]:
    with gzip.open(FILE, "rt") as stream:
        lines = list(csv.reader(stream))[1:]
    return len(lines), [line for line in lines if line[0]][:PEER_LINES]


def run() -> list[dict]:
    """Rows for `make bench`."""
    if not FILE.is_file():
        print(f"history_import: missing {FILE.name}", file=sys.stderr)
        return []
    total, sample = _sample()
    half = PEER_LINES // 2
    _dev("fresh", DATABASE)
    _dev("odoo", "-d", DATABASE, "-i", "oneonone_crm", "--stop-after-init", "--no-http")
    before = _peer(sample[:half])
    ours = _ours()
    peer = before + _peer(sample[half:])
    peer_rate, rate = PEER_LINES / peer, total / ours
    name = f"Odoo load(), {PEER_LINES} lines, customers and products ready"
    rows = [
        ("history_import_s", ours, total / peer_rate, f"{name}, scaled", "s"),
        ("history_import_lines", rate, peer_rate, name, "lines/s"),
    ]
    return [
        {
            "name": row,
            "ours": round(mine, 2),
            "peer": round(other, 2),
            "peer_name": peer_name,
            "unit": unit,
            "ratio": round(mine / other, 4),
            "n": total,
        }
        for row, mine, other, peer_name, unit in rows
    ]


if __name__ == "__main__":
    for result in run():
        print(json.dumps(result))
