from . import (
    test_js,
    test_order,
    test_reads,
    test_refresh,
    test_screen,
    test_security,
    test_tools,
    test_tours,
)
