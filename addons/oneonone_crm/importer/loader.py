"""Loads one history file in one transaction: COPY, then sets.

The file is streamed into a temporary table; the database finds what is new, which customers and
products are missing, and inserts. Python holds one chunk of the file at a time.
"""

import io
from collections.abc import Callable, Iterable
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from ..tools.history_file import Line, read_lines
from ..tools.history_survey import Source, Survey

CHUNK_LINES = 20_000
BATCH = 500
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}
# From this many new lines on, all profiles of the company are computed, cut points included.
MANY_LINES = 1000

_COPY = "COPY oneonone_stage FROM STDIN"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class HistoryLoader:
    """One file into one company. `load` returns the counts; the caller commits or not."""

    def __init__(self, env, company, import_id: int, report: Callable[[str, float], None]):
        self.env = env(su=True, context={**env.context, **QUIET, "lang": None})
        self.company = company.with_env(self.env)
        self.import_id = import_id
        self.report = report
        self.counts = dict.fromkeys(
            ("read", "imported", "known", "rejected", "new_customers", "new_products"), 0
        )

    def load(self, source: Source, survey: Survey, reject: Callable[[Line], None]) -> dict:
        """Import the file's lines; `reject` gets each line that cannot be.

        :raises HistoryFileError: the header is not ours
        """
        self._stage(source, survey, reject)
        self.report("match", 50)
        self._find_new_lines()
        self._match_customers()
        self._match_products()
        self.counts["new_customers"] = self._create_missing(
            "customer", self._customer_values, 55, 65
        )
        self.counts["new_products"] = self._create_missing("product", self._product_values, 65, 88)
        self.report("insert", 88)
        self._insert()
        self.report("profiles", 95)
        self._refresh_profiles()
        # the end of the transaction would drop them too, but a caller may load a second file
        self._execute(
            "DROP TABLE oneonone_stage, oneonone_fresh, oneonone_customer, oneonone_product"
        )
        return self.counts

    # The file into a temporary table -----------------------------------------------------------

    def _stage(self, source, survey, reject):
        self._execute("""
            CREATE TEMPORARY TABLE oneonone_stage (
                line integer, customer text, bought timestamp, order_ref text, product text,
                quantity float8, amount float8, country text, customer_name text,
                product_name text
            ) ON COMMIT DROP""")
        # a day's grace: the file may come from a time zone where it is tomorrow already
        latest = fields.Date.today() + timedelta(days=1)
        lines = self._accepted(read_lines(source, survey.encoding, latest), reject)
        total = max(1, survey.lines)
        while last := self._copy_chunk(lines):
            self.report("read", 5 + 45 * last / total)
        self._execute("ANALYZE oneonone_stage")

    def _accepted(self, lines: Iterable[Line], reject) -> Iterable[Line]:
        for line in lines:
            self.counts["read"] += 1
            if line.values is None:
                self.counts["rejected"] += 1
                reject(line)
            else:
                yield line

    def _copy_chunk(self, lines) -> int:
        """COPY the next lines; the number of the last one, 0 at the end."""
        chunk, number = io.StringIO(), 0
        for _count, (number, values, _reason, _cells) in zip(
            range(CHUNK_LINES), lines, strict=False
        ):
            cells = "\x00".join(map(str, values)).translate(_ESCAPES).replace("\x00", "\t")
            chunk.write(f"{number}\t{cells}\n")
        if number:
            chunk.seek(0)
            self.env.cr.copy_expert(_COPY, chunk)
        return number

    # What is new in it ---------------------------------------------------------------------------

    def _find_new_lines(self):
        """Leave out what an earlier import brought.

        A line's identity is what it says plus its number among the lines of the file that say
        the same: an order may hold the same line twice, and a file that overlaps an earlier one
        adds exactly what is missing.
        """
        self._execute(
            """
            CREATE TEMPORARY TABLE oneonone_fresh ON COMMIT DROP AS
            SELECT numbered.*
              FROM (SELECT s.*,
                           digest || CASE WHEN twin > 1 THEN ':' || twin ELSE '' END AS line_key
                      FROM (SELECT d.*, ROW_NUMBER() OVER (PARTITION BY digest
                                                               ORDER BY line) AS twin
                              FROM (SELECT *, MD5(CONCAT_WS(E'\\x1f', customer,
                                                   TO_CHAR(bought, 'YYYYMMDDHH24MISS'),
                                                   order_ref, product, quantity::numeric,
                                                   amount::numeric)) AS digest
                                      FROM oneonone_stage) d) s) numbered
             WHERE NOT EXISTS (SELECT FROM oneonone_history_line h
                                WHERE h.company_id = %s AND h.line_key = numbered.line_key)""",
            self.company.id,
        )
        self._execute("ANALYZE oneonone_fresh")
        [(fresh,)] = self._query("SELECT COUNT(*) FROM oneonone_fresh")
        self.counts["known"] = self.counts["read"] - self.counts["rejected"] - fresh

    def _match_customers(self):
        self._execute("""
            CREATE TEMPORARY TABLE oneonone_customer ON COMMIT DROP AS
            SELECT customer AS code, MAX(customer_name) AS name, MAX(country) AS country,
                   NULL::integer AS record_id
              FROM oneonone_fresh GROUP BY customer""")
        self._execute(
            """
            UPDATE oneonone_customer c SET record_id = found.id
              FROM (SELECT DISTINCT ON (p.ref) p.ref, p.id
                      FROM res_partner p
                      JOIN oneonone_customer c ON c.code = p.ref
                     WHERE p.company_id IS NULL OR p.company_id = %s
                  ORDER BY p.ref, p.active DESC, p.company_id NULLS LAST, p.id) found
             WHERE found.ref = c.code""",
            self.company.id,
        )

    def _match_products(self):
        """A missing product's price is what one piece cost in its newest sale."""
        self._execute("""
            CREATE TEMPORARY TABLE oneonone_product ON COMMIT DROP AS
            SELECT product AS code, MAX(product_name) AS name, NULL::integer AS record_id,
                   (ARRAY_AGG(amount / quantity ORDER BY bought DESC, line DESC)
                       FILTER (WHERE quantity > 0 AND amount > 0))[1] AS price
              FROM oneonone_fresh GROUP BY product""")
        self._execute(
            """
            UPDATE oneonone_product c SET record_id = found.id
              FROM (SELECT DISTINCT ON (p.default_code) p.default_code, p.id
                      FROM product_product p
                      JOIN product_template t ON t.id = p.product_tmpl_id
                      JOIN oneonone_product c ON c.code = p.default_code
                     WHERE t.company_id IS NULL OR t.company_id = %s
                  ORDER BY p.default_code, p.active DESC, t.company_id NULLS LAST, p.id) found
             WHERE found.default_code = c.code""",
            self.company.id,
        )

    # Missing customers and products, by the ORM, in batches ---------------------------------------

    def _create_missing(self, kind, values, start, end) -> int:
        """Create the records that no code matched; how many."""
        table = SQL.identifier(f"oneonone_{kind}")
        [(total,)] = self._query(SQL("SELECT COUNT(*) FROM %s WHERE record_id IS NULL", table))
        done = 0
        while rows := self.env.execute_query_dict(
            SQL("SELECT * FROM %s WHERE record_id IS NULL ORDER BY code LIMIT %s", table, BATCH)
        ):
            # the collector would look through all these new objects, again and again
            with disabling_gc():
                records = values(rows)
                self.env.flush_all()
            codes = [row["code"] for row in rows]
            self._execute(
                SQL(
                    "UPDATE %s c SET record_id = made.id"
                    " FROM UNNEST(%s::text[], %s::integer[]) AS made (code, id)"
                    " WHERE made.code = c.code",
                    table,
                    codes,
                    records.ids,
                )
            )
            self.env.invalidate_all()
            done += len(rows)
            self.report(f"create_{kind}", start + (end - start) * done / total)
        return done

    def _customer_values(self, rows):
        countries = self._countries()
        return self.env["res.partner"].create(
            [
                {
                    "name": row["name"] or row["code"],
                    "ref": row["code"],
                    "company_id": self.company.id,
                    "customer_rank": 1,
                    "country_id": countries.get((row["country"] or "").lower()),
                }
                for row in rows
            ]
        )

    def _countries(self) -> dict[str, int]:
        """Countries by their code and their name in every language, in lower case."""
        rows = self._query(
            "SELECT id, LOWER(code), LOWER(name.value) FROM res_country, JSONB_EACH_TEXT(name) name"
        )
        return {name: country for country, *names in rows for name in names if name}

    def _product_values(self, rows):
        products = self.env["product.product"]
        # asked once a batch: `create` asks for them once a product, with a query each
        defaults = products.default_get(list(products._fields))
        return products.create(
            [
                {
                    **defaults,
                    "name": row["name"] or row["code"],
                    "default_code": row["code"],
                    "company_id": self.company.id,
                    "type": "consu",
                    "purchase_ok": False,
                    "list_price": self.company.currency_id.round(row["price"] or 0.0),
                }
                for row in rows
            ]
        )

    # The lines themselves ----------------------------------------------------------------------

    def _insert(self):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO oneonone_history_line
                            (company_id, partner_id, date, order_ref, product_id, quantity, amount,
                             country, import_id, line_key)
                SELECT %s, c.record_id, f.bought::date, f.order_ref, p.record_id, f.quantity,
                       ROUND(f.amount::numeric, %s), NULLIF(f.country, ''), %s, f.line_key
                  FROM oneonone_fresh f
                  JOIN oneonone_customer c ON c.code = f.customer
                  JOIN oneonone_product p ON p.code = f.product
              ORDER BY c.record_id, f.bought, f.line
           ON CONFLICT DO NOTHING""",
                self.company.id,
                self.company.currency_id.decimal_places,
                self.import_id,
            )
        )
        self.counts["imported"] = self.env.cr.rowcount

    def _refresh_profiles(self):
        profiles = self.env["oneonone.profile"]
        if self.counts["imported"] >= MANY_LINES:
            profiles._refresh(company=self.company)
        elif self.counts["imported"]:
            touched = self._query("SELECT record_id FROM oneonone_customer")
            profiles._refresh([partner for (partner,) in touched], company=self.company)

    def _execute(self, query: str | SQL, *args) -> None:
        self.env.cr.execute(query if isinstance(query, SQL) else SQL(query, *args))

    def _query(self, query: str | SQL) -> list[tuple]:
        return self.env.execute_query(query if isinstance(query, SQL) else SQL(query))
