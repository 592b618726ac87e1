from odoo import models


class AutoIdReader(models.Model):
    _name = "auto_id.reader"
    _inherit = "auto_id.reader"

    def _counter_health(self):
        """Whether this reader can read now, as far as its box has told, in words for the clerk."""
        self.ensure_one()
        online = self.box_id.state == "paired" and self.connected
        if online:
            status = self.env._("is ready")
        elif self.box_id.state == "paired":
            status = self.env._("is not plugged in")
        else:
            status = self.env._("waits for its box (%s)", self.box_id.name)
        return {"id": self.id, "name": self.name, "online": online, "status": status}
