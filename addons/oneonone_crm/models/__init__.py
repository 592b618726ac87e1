from . import (
    oneonone_history_import,
    oneonone_history_line,
    oneonone_history_progress,
    oneonone_profile,
    oneonone_profile_cut,
    oneonone_purchase,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
    sale_order_line,
)
