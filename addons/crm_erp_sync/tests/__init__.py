from . import (
    test_floor,
    test_ledger,
    test_parallel,
    test_policy,
    test_quantity,
    test_revenue,
    test_routes,
    test_security,
    test_tools,
)
