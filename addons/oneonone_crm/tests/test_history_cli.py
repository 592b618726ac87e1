"""The import as a process of its own, with real commits: progress, exit codes, kill, parallel."""

import gzip
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import config

from .common import HEADER

ONLINE_RETAIL = Path(__file__).resolve().parents[4] / "shared/data/onlineretail_lines.csv.gz"


@tagged("post_install", "-at_install")
class TestCommandLine(BaseCase):
    def setUp(self):
        super().setUp()
        self.mark = f"CLI{uuid4().hex[:8]}"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.addCleanup(self.clean)
        self.company = self.query("SELECT MIN(id) FROM res_company")[0][0]

    def query(self, query, *args):
        with Registry(get_db_name()).cursor() as cr:
            cr.execute(query, args)
            return cr.fetchall() if cr.description else []

    def clean(self):
        """Take away what this test committed."""
        like = f"{self.mark}%"
        for query in (
            "DELETE FROM oneonone_history_line WHERE order_ref LIKE %s",
            "DELETE FROM oneonone_profile WHERE partner_id IN"
            " (SELECT id FROM res_partner WHERE ref LIKE %s)",
            "DELETE FROM res_partner WHERE ref LIKE %s",
            "DELETE FROM product_template WHERE default_code LIKE %s",
            "DELETE FROM oneonone_history_import WHERE name LIKE %s",
        ):
            self.query(query, like)
        self.query("DELETE FROM oneonone_profile_cut")

    def write(self, lines, name="history.csv"):
        path = self.folder / f"{self.mark}-{name}"
        text = HEADER + "".join(lines)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
        return path

    def line(self, number, customer=1, product=1):
        m = self.mark
        return f"{m}-C{customer},2024-03-05,{m}-{number},{m}-P{product},2,{number}\n"

    def command(self, path, *options):
        return [
            *(sys.executable, "-m", "odoo", "oneonone_import", str(path)),
            *("-c", config["config"], "-d", get_db_name(), f"--company={self.company}", *options),
        ]

    def start(self, path, *options):
        return subprocess.Popen(
            self.command(path, *options),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "ODOO_RC": config["config"]},
        )

    def run_import(self, path, *options):
        process = self.start(path, *options)
        output, errors = process.communicate(timeout=400)
        return process.returncode, output, errors

    def stored(self):
        return self.query(
            "SELECT COUNT(*) FROM oneonone_history_line WHERE order_ref LIKE %s", f"{self.mark}%"
        )[0][0]

    def customers(self):
        return self.query("SELECT COUNT(*) FROM res_partner WHERE ref LIKE %s", f"{self.mark}%")[0][
            0
        ]

    def test_import_and_again(self):
        path = self.write([self.line(n) for n in range(5)] + [",2024-01-01,x,y,1,1\n"], "a.csv.gz")
        code, output, errors = self.run_import(path)
        self.assertEqual(code, 0, errors)
        self.assertIn("6 lines read: 5 imported, 0 already known, 1 rejected", output)
        self.assertIn("100.0 %", errors)
        rejected = path.with_name(f"{path.name}.rejected.csv").read_text("utf-8-sig")
        self.assertIn("7,no_customer,The line has no customer.", rejected)
        code, output, _errors = self.run_import(path, "--quiet", "--strict")
        self.assertEqual(code, 3)
        self.assertIn("0 imported, 5 already known", output)
        self.assertEqual(self.stored(), 5)

    def test_refused(self):
        path = self.write([self.line(1)], "cut.csv.gz")
        path.write_bytes(path.read_bytes()[:-9])
        code, _output, errors = self.run_import(path)
        self.assertEqual(code, 1)
        self.assertIn("cut off", errors)
        code, _output, errors = self.run_import(self.folder / "missing.csv")
        self.assertEqual((code, self.stored()), (1, 0))
        self.assertIn("no such file", errors)

    @contextmanager
    def held_back(self):
        """Hold the table's lock, so that an import stands still just before it stores lines."""
        with Registry(get_db_name()).cursor() as cr:
            cr.execute("LOCK TABLE oneonone_history_line IN SHARE MODE")
            yield

    def wait_for(self, phase):
        deadline = time.monotonic() + 240
        query = """SELECT phase FROM oneonone_history_progress p
                     JOIN oneonone_history_import i ON i.id = p.import_id WHERE i.name LIKE %s"""
        while (phase,) not in self.query(query, f"{self.mark}%"):
            self.assertLess(time.monotonic(), deadline, "the import did not get there")
            time.sleep(0.1)

    def test_killed_in_the_middle(self):
        path = self.write(self.line(n, n % 9, n % 7) for n in range(3000))
        with self.held_back():
            process = self.start(path)
            self.wait_for("insert")
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
        self.assertEqual((self.stored(), self.customers()), (0, 0))
        registry = Registry(get_db_name())
        with registry.cursor() as cr:
            from odoo import SUPERUSER_ID, api

            env = api.Environment(cr, SUPERUSER_ID, {})
            record = env["oneonone.history.import"].search([("name", "like", self.mark)])
            deadline = time.monotonic() + 20
            while not record.is_interrupted and time.monotonic() < deadline:
                time.sleep(0.2)
                record.invalidate_recordset()
            self.assertEqual((record.state, record.is_interrupted), ("running", True))
        code, output, errors = self.run_import(path)
        self.assertEqual(code, 0, errors)
        self.assertEqual((self.stored(), self.customers()), (3000, 9))
        self.assertIn("3000 imported, 0 already known", output)

    def test_two_at_once_do_not_double(self):
        path = self.write(self.line(n, n % 9, n % 7) for n in range(500))
        processes = [self.start(path, f"--rejected={self.folder / str(n)}") for n in range(2)]
        outputs = [process.communicate(timeout=400) for process in processes]
        self.assertEqual([p.returncode for p in processes], [0, 0], outputs)
        self.assertEqual((self.stored(), self.customers()), (500, 9))
        imported = sorted("500 imported" in output for output, _errors in outputs)
        self.assertEqual(imported, [False, True])

    def test_some_real_lines(self):
        if not ONLINE_RETAIL.is_file():
            self.skipTest(f"missing: {ONLINE_RETAIL.name} in the folder of real data")
        with gzip.open(ONLINE_RETAIL, "rt") as stream:
            next(stream)
            lines = [next(stream).split(",") for _ in range(3000)]
        m = self.mark
        marked = [
            ",".join([c and f"{m}-{c}", d, f"{m}-{o}", f"{m}-{p}", *rest])
            for c, d, o, p, *rest in lines
        ]
        path = self.folder / f"{self.mark}-real.csv"
        path.write_text(HEADER.strip() + ",country\n" + "".join(marked))
        code, output, errors = self.run_import(path)
        self.assertEqual(code, 0, errors)
        nameless = sum(not line[0] for line in lines)
        self.assertIn(f"{3000 - nameless} imported, 0 already known, {nameless} rejected", output)
