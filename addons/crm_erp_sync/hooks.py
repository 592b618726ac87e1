"""What happens once, at removal."""


def uninstall_hook(env):
    """Take our open activities along: nobody would ever close them."""
    env["mail.activity"].sudo().search([("crm_erp_sync_rule", "!=", False)]).unlink()
