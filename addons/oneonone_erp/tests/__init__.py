from . import test_card, test_changed, test_progress, test_security
