from . import (
    test_box,
    test_box_ask,
    test_box_health,
    test_iot_box,
    test_pairing,
    test_parallel,
    test_reads_wire,
    test_security,
    test_station,
    test_tag,
    test_websocket,
)
