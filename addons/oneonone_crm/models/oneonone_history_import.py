import base64
import logging
import tempfile
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..importer import ImportBusyError, ImportRunner, words
from ..importer.runner import LOCK_RUN
from ..tools.history_file import OPTIONAL, REQUIRED
from ..tools.history_survey import HistoryFileError

_logger = logging.getLogger(__name__)

LISTED = 32 * 1024 * 1024
"""A larger file of rejected lines is not kept in the database, only its beginning."""


class OneononeHistoryImport(models.Model):
    """One import of a purchase-history file: its progress, its counts, its rejected lines."""

    _name = "oneonone.history.import"
    _description = "Purchase History Import"
    _order = "id desc"

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, help="The file's name, by default."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="The company that sold. Amounts in the file are in its currency.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Imported by",
        default=lambda self: self.env.user,
        readonly=True,
    )
    file = fields.Binary(
        attachment=True,
        copy=False,
        help="CSV in UTF-8 or GB18030, as it is or packed with gzip (.csv.gz).",
    )
    file_name = fields.Char(copy=False)
    state = fields.Selection(
        [
            ("draft", "New"),
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    is_interrupted = fields.Boolean(
        compute="_compute_is_interrupted",
        help="It was running, but the process is gone. Nothing was imported; start it again.",
    )
    progress = fields.Float(compute="_compute_progress", help="Per cent done.")
    message = fields.Text(readonly=True, copy=False, help="Why it failed, or what to look at.")
    started_at = fields.Datetime(readonly=True, copy=False)
    finished_at = fields.Datetime(readonly=True, copy=False)
    duration = fields.Float(
        string="Seconds", compute="_compute_duration", help="From the start to the end."
    )
    lines_read = fields.Integer(readonly=True, copy=False, help="Lines after the header.")
    lines_imported = fields.Integer(readonly=True, copy=False)
    lines_known = fields.Integer(
        string="Already Known",
        readonly=True,
        copy=False,
        help="Lines that an earlier import had brought already; they were left out.",
    )
    lines_rejected = fields.Integer(readonly=True, copy=False)
    customers_created = fields.Integer(readonly=True, copy=False)
    products_created = fields.Integer(readonly=True, copy=False)
    rejected_file = fields.Binary(
        string="Rejected Lines",
        attachment=True,
        readonly=True,
        copy=False,
        help="Each rejected line with its number and the reason. Correct it and import it.",
    )
    rejected_file_name = fields.Char(compute="_compute_rejected_file_name")

    @api.depends("file_name")
    def _compute_name(self):
        for record in self:
            record.name = record.name or record.file_name

    @api.depends("file_name", "name")
    def _compute_rejected_file_name(self):
        for record in self:
            stem = (record.file_name or record.name or "import").partition(".")[0]
            record.rejected_file_name = f"{stem}.rejected.csv"

    @api.depends("started_at", "finished_at")
    def _compute_duration(self):
        for record in self:
            ran = record.started_at and record.finished_at
            record.duration = (record.finished_at - record.started_at).total_seconds() if ran else 0

    @api.depends("state")
    def _compute_progress(self):
        rows = self.env["oneonone.history.progress"].sudo().search([("import_id", "in", self.ids)])
        percents = {row.import_id.id: row.percent for row in rows}
        for record in self:
            running = record.state == "running"
            share = percents.get(record.id, 0.0) if running else 0.0
            record.progress = 100.0 if record.state == "done" else share

    @api.depends("state")
    def _compute_is_interrupted(self):
        """A run holds an advisory lock, which falls with its process."""
        rows = self.env.execute_query(
            SQL(
                "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND classid = %s AND database = (SELECT oid FROM pg_database"
                " WHERE datname = CURRENT_DATABASE())",
                LOCK_RUN,
            )
        )
        alive = {row[0] for row in rows}
        for record in self:
            record.is_interrupted = record.state == "running" and record.id not in alive

    # Buttons -------------------------------------------------------------------------------------

    def action_start(self):
        """Import in the background; also again, after a failure or with the same file."""
        self.check_access("write")
        for record in self:
            if not record.file:
                raise UserError(self.env._("Choose the file to import first, then start."))
            if record.state == "queued" or (
                record.state == "running" and not record.is_interrupted
            ):
                raise UserError(self.env._("%(name)s is being imported already.", name=record.name))
        self.write({"state": "queued", "message": False, "user_id": self.env.uid})
        self.env.ref("oneonone_crm.ir_cron_history_import").sudo()._trigger()

    def action_view_lines(self):
        """The lines that this import brought."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "oneonone_crm.oneonone_history_line_action"
        )
        return {**action, "domain": [("import_id", "=", self.id)], "context": {}}

    @api.model
    def sample_file(self):
        """A small file that shows the format, as text."""
        return (
            ",".join([*REQUIRED, *OPTIONAL]) + "\n"
            "C-1001,2024-03-05 14:30,SO-778,CHAIR-OAK,2,398.00,Germany,Oak & Sons,Oak chair\n"
            "C-1001,2024-03-09,SO-790,CHAIR-OAK,-1,-199.00,Germany,Oak & Sons,Oak chair\n"
            "C-1002,2024-04-11,SO-801,TABLE-01,1,1250.00,China,Lin Hua,Dining table\n"
        )

    def progress_info(self):
        """What the progress bar polls: state, percentage and phase in words."""
        self.check_access("read")
        self.ensure_one()
        row = self.env["oneonone.history.progress"].sudo().search([("import_id", "=", self.id)])
        return {
            "state": self.state,
            "interrupted": self.is_interrupted,
            "percent": 100 if self.state == "done" else row.percent,
            "phase": words.phases(self.env).get(row.phase, "") if self.state == "running" else "",
        }

    # Running -------------------------------------------------------------------------------------

    @api.model
    def _cron_run_queued(self):
        """Run what was started in the web interface, one after the other."""
        queued = self.sudo().search([("state", "=", "queued")], order="id")
        for left, record in zip(range(len(queued))[::-1], queued, strict=True):
            record._run_attached()
            self.env["ir.cron"]._commit_progress(1, remaining=left)

    def _run_attached(self):
        """Run this import on its attached file; what goes wrong is told on the record."""
        self.ensure_one()
        with tempfile.TemporaryDirectory() as folder:
            rejected = Path(folder) / "rejected.csv"
            try:
                ImportRunner(self.env.registry, self.id).run(self._source(folder), rejected)
            except ImportBusyError:
                _logger.info("History import %s is running already", self.id)
            except HistoryFileError as error:
                _logger.info("History import %s: file refused: %s", self.id, error)
            except Exception:
                _logger.exception("History import %s failed", self.id)

    def _source(self, folder):
        """The attached file as a path: it is streamed, never held in memory."""
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        if attachment.store_fname:
            return Path(attachment._full_path(attachment.store_fname))
        path = Path(folder) / "history"
        path.write_bytes(attachment.raw or b"")
        return path

    def _set_done(self, counts, rejected_path, survey):
        """The result, written in the transaction of the import itself."""
        self.ensure_one()
        messages = []
        if not survey.ends_with_newline:
            messages.append(
                self.env._(
                    "The last line has no line end: the file may have been cut off there. Compare "
                    "its last line with the system that it comes from."
                )
            )
        rejected = False
        if counts["rejected"]:
            size = rejected_path.stat().st_size
            with open(rejected_path, "rb") as stream:
                rejected = stream.read(LISTED)
            if size > LISTED:
                rejected = rejected[: rejected.rindex(b"\n") + 1]
                messages.append(
                    self.env._("The file of rejected lines is too large: it holds the first ones.")
                )
        self.write(
            {
                "state": "done",
                "finished_at": fields.Datetime.now(),
                "message": "\n".join(messages),
                "lines_read": counts["read"],
                "lines_imported": counts["imported"],
                "lines_known": counts["known"],
                "lines_rejected": counts["rejected"],
                "customers_created": counts["new_customers"],
                "products_created": counts["new_products"],
                "rejected_file": base64.b64encode(rejected) if rejected else False,
            }
        )

    def _set_failed(self, error):
        self.ensure_one()
        if isinstance(error, HistoryFileError):
            message = words.file_error(self.env, error)
        else:
            message = self.env._(
                "The import stopped and nothing was imported: %(error)s", error=error
            )
        self.write({"state": "failed", "finished_at": fields.Datetime.now(), "message": message})
