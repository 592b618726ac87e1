from odoo.addons.crm_erp_sync.tests.common import SyncCase


class OrdersCase(SyncCase):
    """The chair makers, seen from the customer's card."""

    @classmethod
    def card(cls, partner=None, user=None):
        cls.env.flush_all()
        profiles = cls.env["oneonone.profile"].with_user(user or cls.env.user)
        return profiles.card((partner or cls.customer).id)
