from odoo import models

SEEN_ON_SCREEN = {"state", "connected", "station_id", "name"}


class AutoIdReader(models.Model):
    _name = "auto_id.reader"
    _inherit = "auto_id.reader"

    def write(self, vals):
        if SEEN_ON_SCREEN.isdisjoint(vals):
            return super().write(vals)
        stations = self.sudo().station_id
        result = super().write(vals)
        (stations | self.sudo().station_id)._on_health_changed()
        return result

    def _counter_health(self):
        """Whether this reader can read now, as far as its box has told, in words for the clerk."""
        self.ensure_one()
        status = self._counter_trouble()
        return {
            "id": self.id,
            "name": self.name,
            "online": not status,
            "status": status or self.env._("is ready"),
        }

    def _counter_trouble(self):
        """Why this reader cannot read now; empty if it can."""
        if self.box_id.state != "paired":
            return self.env._("waits for its box (%s)", self.box_id.name)
        if self.box_id.health == "silent":
            return self.env._("does not answer: is its box (%s) switched on?", self.box_id.name)
        if not self.connected:
            return self.env._("is not plugged in")
        if self.state == "failing":
            return self.env._("does not work: %s", self.last_error or "")
        return ""
