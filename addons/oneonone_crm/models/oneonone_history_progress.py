from odoo import fields, models
from odoo.tools import SQL


class OneononeHistoryProgress(models.Model):
    """How far a running import is, in a row of its own.

    The import is one transaction, so nobody else sees its rows before its end. Progress is
    written by other, short transactions, and may therefore not touch the import's own row: the
    import could no longer write its result there ("could not serialize access").
    """

    _name = "oneonone.history.progress"
    _description = "Progress of a Purchase History Import"
    _log_access = False
    _rec_name = "phase"

    import_id = fields.Many2one("oneonone.history.import", required=True, ondelete="cascade")
    phase = fields.Char(readonly=True)
    percent = fields.Float(readonly=True)

    _import_uniq = models.Constraint("UNIQUE(import_id)", "An import has one progress.")

    def _report(self, import_id, phase, percent):
        self.env.execute_query(
            SQL(
                """INSERT INTO oneonone_history_progress (import_id, phase, percent)
                        VALUES (%s, %s, %s)
                   ON CONFLICT (import_id) DO UPDATE
                           SET phase = EXCLUDED.phase, percent = EXCLUDED.percent
                     RETURNING id""",
                import_id,
                phase,
                percent,
            )
        )
