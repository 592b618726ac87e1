from . import (
    account_move,
    crm_erp_sync_changes,
    crm_erp_sync_ledger,
    crm_erp_sync_policy,
    crm_lead,
    mail_activity,
    mrp_production,
    res_company,
    sale_order,
    sale_order_line,
    stock_move,
    stock_rule,
)
