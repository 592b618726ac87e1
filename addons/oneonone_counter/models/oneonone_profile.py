from odoo import api, models


class OneononeProfile(models.Model):
    _name = "oneonone.profile"
    _inherit = "oneonone.profile"

    @api.model
    def _oneonone_orders_changed(self, partners):
        """Let the counters where these customers stand show the new state of their orders."""
        result = super()._oneonone_orders_changed(partners)
        # sudo: who moves an order on (the shop floor, say) may not see visits
        visits = self.env["oneonone.visit"].sudo()._at_the_counter(partners)
        for visit in visits:
            visit.station_id._bus_send(
                "oneonone_counter.refresh",
                {"station_id": visit.station_id.id, "visit_id": visit.id},
            )
        return result
