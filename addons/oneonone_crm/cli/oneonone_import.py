"""`odoo oneonone_import FILE -d DB [--company ID]`: a purchase history from the command line."""

import argparse
import sys
from pathlib import Path

from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config

DONE, FAILED, SOME_REJECTED = 0, 1, 3


class OneononeImport(Command):
    """Import a purchase history from before Odoo.

    FILE is CSV or CSV.gz with the header
    customer_id,date,order_id,product,quantity,amount[,country,customer_name,product_name].
    Importing a file again adds nothing twice. Either all accepted lines are imported or none.
    Rejected lines are listed with their reasons in FILE.rejected.csv.

    Exit codes: 0 imported, 1 refused or failed (nothing was imported), 2 wrong usage,
    3 imported with rejected lines (with --strict only).
    """

    name = "oneonone_import"

    def run(self, cmdargs):
        """Parse, import, tell."""
        options = self._options(cmdargs)
        config.parse_config(self._config_arguments(options), setup_logging=True)
        databases = config["db_name"]
        if len(databases) != 1:
            self.parser.error("name one database with -d")
        if not options.file.is_file():
            self._fail(f"{options.file}: no such file")
        sys.exit(self._import(Registry(databases[0]), options))

    def _options(self, cmdargs):
        self.parser.formatter_class = argparse.RawDescriptionHelpFormatter
        add = self.parser.add_argument
        add("file", type=Path, metavar="FILE", help="the file to import")
        add("-c", "--config", help="use a specific configuration file")
        add("-d", "--database", metavar="DB", help="the database")
        add("--company", type=int, metavar="ID", help="the company's id, if there are several")
        add("--rejected", type=Path, metavar="PATH", help="where to list rejected lines")
        add("--strict", action="store_true", help="exit code 3 when a line was rejected")
        add("--quiet", action="store_true", help="no progress")
        add("--log-level", default="warn", help="Odoo's log level (default: warn)")
        return self.parser.parse_args(cmdargs)

    def _config_arguments(self, options):
        arguments = ["--no-http", f"--log-level={options.log_level}"]
        if options.config:
            arguments.append(f"--config={options.config}")
        if options.database:
            arguments.append(f"--database={options.database}")
        return arguments

    def _import(self, registry, options) -> int:
        if "oneonone.history.import" not in registry:
            self._fail("the add-on oneonone_crm is not installed in this database")
        from odoo.addons.oneonone_crm.importer import ImportRunner
        from odoo.addons.oneonone_crm.tools.history_survey import HistoryFileError

        rejected = options.rejected or options.file.with_name(f"{options.file.name}.rejected.csv")
        import_id = self._create_import(registry, options)
        progress = None if options.quiet else self._show
        try:
            counts = ImportRunner(registry, import_id, progress).run(options.file, rejected)
        except HistoryFileError:
            self._fail(self._message(registry, import_id))
        except KeyboardInterrupt:
            self._fail("interrupted, nothing was imported")
        except Exception as error:
            self._fail(f"failed, nothing was imported: {error}")
        if not counts["rejected"]:
            rejected.unlink()
        return self._tell(counts, rejected, self._message(registry, import_id), options.strict)

    def _create_import(self, registry, options) -> int:
        with registry.cursor() as cr:
            env = self._environment(cr)
            company = self._company(env, options.company)
            record = env["oneonone.history.import"].create(
                {"file_name": options.file.name, "company_id": company.id}
            )
            return record.id

    def _company(self, env, company_id):
        companies = env["res.company"].search([])
        if company_id:
            company = companies.filtered(lambda c: c.id == company_id)
            return company or self._fail(f"there is no company with the id {company_id}")
        if len(companies) > 1:
            names = ", ".join(f"{c.id} {c.name}" for c in companies)
            self._fail(f"there are several companies, choose one with --company: {names}")
        return companies

    def _environment(self, cr):
        from odoo import SUPERUSER_ID, api

        return api.Environment(cr, SUPERUSER_ID, {})

    def _message(self, registry, import_id) -> str:
        with registry.cursor() as cr:
            record = self._environment(cr)["oneonone.history.import"].browse(import_id)
            return record.message or ""

    def _tell(self, counts, rejected, message, strict) -> int:
        self._write(
            "{read} lines read: {imported} imported, {known} already known, {rejected} rejected;"
            " {new_customers} customers and {new_products} products created".format(**counts)
        )
        if message:
            self._write(message)
        if counts["rejected"]:
            self._write(f"rejected lines: {rejected}")
        return SOME_REJECTED if strict and counts["rejected"] else DONE

    def _show(self, phase: str, percent: float) -> None:
        end = "\n" if percent >= 100 else ""
        start = "\r" if sys.stderr.isatty() else ""
        newline = "" if start else ("" if end else "\n")
        sys.stderr.write(f"{start}{percent:5.1f} % {phase:<16}{end}{newline}")
        sys.stderr.flush()

    def _write(self, text: str) -> None:
        sys.stdout.write(f"{text}\n")

    def _fail(self, text: str) -> None:
        sys.stderr.write(f"\n{self.name}: {text}\n")
        sys.exit(FAILED)
