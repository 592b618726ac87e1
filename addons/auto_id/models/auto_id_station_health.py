from odoo import models


class AutoIdStation(models.Model):
    _inherit = "auto_id.station"

    def _on_health_changed(self):
        """Hook: the health of a box whose readers serve these stations has changed."""
