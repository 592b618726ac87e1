from . import (
    mrp_production,
    oneonone_profile,
    sale_order,
    sale_order_line,
    stock_picking,
)
