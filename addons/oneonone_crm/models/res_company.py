from odoo import fields, models


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = "res.company"

    oneonone_new_days = fields.Integer(
        string="New Customer Days",
        default=30,
        help="A customer is new for this many days after the first purchase.",
    )
    oneonone_active_days = fields.Integer(
        string="Active Customer Days",
        default=120,
        help="A customer without a purchase for more than this many days is at risk.",
    )
    oneonone_lost_days = fields.Integer(
        string="Lost Customer Days",
        default=365,
        help="A customer without a purchase for more than this many days is lost.",
    )
    _oneonone_days_order = models.Constraint(
        "CHECK (oneonone_new_days >= 0 AND oneonone_active_days >= 0"
        " AND oneonone_lost_days >= oneonone_active_days)",
        "The days of the customer status cannot be negative, and a customer is lost after being "
        "at risk: choose at least as many days for lost as for active.",
    )

    def write(self, vals):
        """A company's new limits show at once, not only after the night."""
        result = super().write(vals)
        if vals.keys() & {"oneonone_new_days", "oneonone_active_days", "oneonone_lost_days"}:
            for company in self:
                self.env["oneonone.profile"].sudo()._refresh(company=company)
        return result
