from . import (
    test_card,
    test_history_cli,
    test_history_import,
    test_profile,
    test_profile_random,
    test_security,
)
