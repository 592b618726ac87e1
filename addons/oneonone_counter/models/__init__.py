from . import ir_websocket
from . import oneonone_visit
from . import oneonone_visit_order
from . import sale_order
from . import sale_order_line
from . import auto_id_reader
from . import auto_id_station
