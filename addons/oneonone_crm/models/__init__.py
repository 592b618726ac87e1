from . import (
    res_company,
    res_config_settings,
    res_partner,
    oneonone_history_import,
    oneonone_history_progress,
    oneonone_history_line,
    oneonone_purchase,
    oneonone_profile_cut,
    oneonone_profile,
    sale_order,
    sale_order_line,
)
