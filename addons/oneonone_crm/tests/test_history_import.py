import base64
import gzip

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..tools.history_survey import HistoryFileError
from .common import HEADER, LINES, ProfileCase


@tagged("post_install", "-at_install")
class TestImportInTheWebInterface(HttpCase):
    """As the browser does it: upload, start, the cron runs, the result is read and downloaded."""

    def setUp(self):
        super().setUp()
        new_test_user(self.env, "importer", "sales_team.group_sale_manager")
        self.authenticate("importer", "importer")

    def call(self, method, *args, **kwargs):
        model = "oneonone.history.import"
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def upload(self, data, name="old.csv"):
        values = {"file": base64.b64encode(data).decode(), "file_name": name}
        [record_id] = self.call("create", [values])
        self.call("action_start", [record_id])
        record = self.env["oneonone.history.import"].browse(record_id)
        self.assertEqual(record.state, "queued")
        record._run_attached()  # as the cron does, which would commit
        record.invalidate_recordset()
        return record

    def test_upload_run_and_download(self):
        bad = "T-C9,2024-02-30,T-9,T-CHAIR,1,1\n,2024-02-03,T-9,=1+1,1,1\n"
        record = self.upload(gzip.compress((HEADER + LINES + bad).encode()), "old.csv.gz")
        self.assertEqual(record.state, "done", record.message)
        counts = record.read(
            ["lines_read", "lines_imported", "lines_known", "lines_rejected"], load=False
        )[0]
        self.assertEqual(list(counts.values())[1:], [6, 4, 0, 2])
        self.assertEqual((record.customers_created, record.products_created), (2, 2))
        info = self.call("progress_info", [record.id])
        self.assertEqual((info["state"], info["percent"]), ("done", 100))
        answer = self.url_open(
            f"/web/content/oneonone.history.import/{record.id}/rejected_file"
            "?filename_field=rejected_file_name&download=1"
        )
        self.assertIn("old.rejected.csv", answer.headers["Content-Disposition"])
        lines = answer.content.decode("utf-8-sig").splitlines()
        self.assertTrue(lines[1].startswith("6,date,The date does not exist"))
        self.assertTrue(lines[2].startswith("7,no_customer,"))
        self.assertIn("'=1+1", lines[2])

    def test_a_refused_file_says_why(self):
        record = self.upload(b"customer;date;amount\n1;2024-01-01;5\n")
        self.assertEqual(record.state, "failed")
        self.assertIn("customer;date;amount", record.message)
        self.assertFalse(self.env["oneonone.history.line"].search([("import_id", "=", record.id)]))

    def test_starting_without_a_file(self):
        record = self.env["oneonone.history.import"].create({"name": "nothing"})
        with self.assertRaises(UserError):
            record.action_start()

    def test_the_sample_file_can_be_imported(self):
        answer = self.url_open("/oneonone_crm/sample.csv")
        record = self.upload(answer.content)
        self.assertEqual((record.state, record.lines_imported), ("done", 3))

    def test_the_sample_file_needs_a_login(self):
        self.authenticate(None, None)
        answer = self.url_open("/oneonone_crm/sample.csv", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)


@tagged("post_install", "-at_install")
class TestImport(ProfileCase):
    def lines(self, **domain):
        domain = [("company_id", "=", self.company.id)] + [(k, "=", v) for k, v in domain.items()]
        return self.env["oneonone.history.line"].search(domain)

    def partner(self, ref):
        return self.env["res.partner"].search(
            [("ref", "=", ref), ("company_id", "=", self.company.id)]
        )

    def test_lines_customers_products_and_profiles(self):
        record, rejected = self.history(HEADER + LINES)
        self.assertEqual(record.state, "done")
        self.assertEqual(len(rejected.splitlines()), 1)
        self.assertEqual(len(self.lines()), 4)
        chair = self.env["product.product"].search([("default_code", "=", "T-CHAIR")])
        self.assertEqual(chair.list_price, 20)
        one, two = self.profile(self.partner("T-C1")), self.profile(self.partner("T-C2"))
        self.assertEqual((one.order_count, one.amount_total), (1, 80))
        self.assertEqual((two.order_count, two.amount_total), (1, 0))
        self.assertEqual(two.last_purchase_date.isoformat(), "2024-04-01")

    def test_again_adds_nothing(self):
        self.history(HEADER + LINES)
        record, _rejected = self.history(HEADER + LINES)
        self.assertEqual((record.lines_imported, record.lines_known), (0, 4))
        self.assertEqual((record.customers_created, record.products_created), (0, 0))
        self.assertEqual(len(self.lines()), 4)

    def test_an_overlapping_file_adds_what_is_missing(self):
        twin = "T-C1,2024-03-05 14:30,T-1,T-CHAIR,2,40.00\n"
        self.history(HEADER + twin)
        record, _rejected = self.history(HEADER + "T-C3,2024-05-01,T-4,T-CHAIR,1,9\n" + twin * 3)
        self.assertEqual((record.lines_imported, record.lines_known), (3, 1))
        self.assertEqual(len(self.lines(order_ref="T-1")), 3)

    def test_the_same_said_otherwise_is_the_same(self):
        self.history(HEADER + "T-C1,2024-03-05,T-1,T-CHAIR,2,40\n")
        record, _rejected = self.history(
            "product,customer_id,date,order_id,quantity,amount,country\n"
            "T-CHAIR, T-C1 ,2024/3/5 00:00,T-1,2.0,4e1,France\n"
        )
        self.assertEqual(record.lines_known, 1)

    def test_known_customers_and_products_are_used(self):
        mine = self.env["res.partner"].create({"name": "Lin", "ref": "T-C1"})
        self.env["res.partner"].create(
            {"name": "Foreign", "ref": "T-C2", "company_id": self.env.ref("base.main_company").id}
        )
        self.product.default_code = "T-CHAIR"
        record, _rejected = self.history(HEADER + LINES)
        self.assertEqual((record.customers_created, record.products_created), (1, 1))
        self.assertEqual(len(self.lines(partner_id=mine.id, product_id=self.product.id)), 2)

    def test_names_and_countries_of_new_records(self):
        self.history(
            HEADER.strip() + ",country,customer_name,product_name\n"
            "T-C1,2024-03-05,T-1,T-CHAIR,2,40,germany,Oak & Sons,橡木椅\n"
        )
        partner = self.partner("T-C1")
        self.assertEqual((partner.name, partner.country_id.code), ("Oak & Sons", "DE"))
        self.assertEqual(self.lines().country, "germany")
        self.assertEqual(self.lines().product_id.name, "橡木椅")

    def test_backslashes_tabs_and_quotes_survive(self):
        self.history(HEADER + 'T-C1,2024-03-05,"a\\tb\\N",P\t1,1,5\n')
        self.assertEqual(self.lines().order_ref, "a\\tb\\N")
        self.assertEqual(self.lines().product_id.default_code, "P\t1")

    def test_amounts_are_rounded_to_the_currency(self):
        self.history(HEADER + "T-C1,2024-03-05,T-1,P,1,10.005\nT-C1,2024-03-05,T-2,P,3,-0.3333\n")
        self.assertEqual(sorted(self.lines().mapped("amount")), [-0.33, 10.01])

    def test_a_refused_file_imports_nothing_and_can_be_repeated(self):
        packed = gzip.compress((HEADER + LINES * 2000).encode())
        for data in (packed[: len(packed) // 2], b"\xff\xfe\x00", b"", b"a,b\n1,2\n"):
            with self.subTest(data=data[:8]), self.assertRaises(HistoryFileError):
                self.history(data)
        self.assertFalse(self.lines())
        self.assertFalse(self.partner("T-C1"))

    def test_a_missing_last_newline_is_told(self):
        record, _rejected = self.history((HEADER + LINES).strip())
        self.assertEqual(record.lines_imported, 4)
        self.assertIn("cut off", record.message)

    def test_an_interrupted_import_is_recognised_and_can_start_again(self):
        record = self.env["oneonone.history.import"].create(
            {"file": base64.b64encode((HEADER + LINES).encode()), "file_name": "x.csv"}
        )
        record.state = "running"
        self.assertTrue(record.is_interrupted)
        record.action_start()
        self.assertEqual(record.state, "queued")
        with self.assertRaises(UserError):
            record.action_start()
