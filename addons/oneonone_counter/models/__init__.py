from . import (
    auto_id_reader,
    auto_id_station,
    ir_websocket,
    oneonone_profile,
    oneonone_visit,
    oneonone_visit_order,
    sale_order,
    sale_order_line,
)
