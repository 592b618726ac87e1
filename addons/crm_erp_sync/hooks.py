"""What happens once, at install and at removal."""


def post_init_hook(env):
    """Give every company its row for every rule, so that the policies can be seen and set."""
    env["crm_erp_sync.policy"]._create_missing(env["res.company"].search([]))


def uninstall_hook(env):
    """Take our open activities along: nobody would ever close them."""
    env["mail.activity"].sudo().search([("crm_erp_sync_rule", "!=", False)]).unlink()
